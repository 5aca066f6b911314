/** A program that walks the half-cheetah made by its name, in whatever runtime imports it. */
import { loadEnvironment, loadMujoco } from '@mbrl/envs';

export { loadMujoco };

/** Every observation and reward of 20 steps. */
export async function walk(): Promise<number[]> {
  const runner = await loadEnvironment('HalfCheetah-v5');
  const numbers = [...runner.reset({ seed: 7 }).observation];
  for (let t = 0; t < 20; t++) {
    const { observation, reward } = runner.step(Array.from({ length: 6 }, (_, i) => Math.round(8 * Math.sin(t + 2 * i)) / 8));
    numbers.push(...observation, reward);
  }
  numbers.push(...runner.qpos, ...runner.qvel);
  runner.dispose();
  return numbers;
}
