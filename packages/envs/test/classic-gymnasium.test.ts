import { createAcrobot, createMountainCar, createMountainCarContinuous, type ClassicEnvironment } from '@mbrl/envs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Episode {
  readonly state0: readonly number[];
  readonly observation0: readonly number[];
  readonly actions: readonly (number | readonly number[])[];
  readonly observations: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly terminated: readonly boolean[];
}

/** Made by data/generate-classic-control.py from the equations, in numpy. */
const golden = JSON.parse(readFileSync(new URL('data/classic-control.json', import.meta.url), 'utf8')) as { [name: string]: Episode[] };

const environments: { readonly [name: string]: () => ClassicEnvironment } = {
  'MountainCar-v0': () => createMountainCar(),
  'MountainCar-v0, goalVelocity 0.03': () => createMountainCar({ goalVelocity: 0.03 }),
  'MountainCarContinuous-v0': () => createMountainCarContinuous(),
  'Acrobot-v1': () => createAcrobot(),
  'Acrobot-v1, nips': () => createAcrobot({ dynamics: 'nips' }),
};

const cases = Object.entries(golden).flatMap(([name, episodes]) => episodes.map((episode, i) => ({ name, i, episode })));

describe('trajectories of Gymnasium 1.3, from its equations', () => {
  it.each(cases)('$name, episode $i', ({ name, episode }) => {
    const environment = environments[name]!();
    const near = (actual: ArrayLike<number>, wanted: readonly number[], when: string): void =>
      wanted.forEach((value, i) =>
        expect(Math.abs(actual[i]! - value), `${when}, component ${i}`).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(value))),
      );
    near(environment.reset({ state: episode.state0 }).observation, episode.observation0, 'reset');
    episode.actions.forEach((action, t) => {
      const result = environment.step(action);
      near(result.observation, episode.observations[t]!, `step ${t}`);
      expect(result.reward).toBeCloseTo(episode.rewards[t]!, 12);
      expect(result.terminated, `step ${t}`).toBe(episode.terminated[t]);
    });
  });

  it('the continuous mountain car to the bit: its state is float32, rounded where Gymnasium rounds', () => {
    for (const episode of golden['MountainCarContinuous-v0']!) {
      const environment = createMountainCarContinuous();
      environment.reset({ state: episode.state0 });
      episode.actions.forEach((action, t) => {
        expect(Array.from(environment.step(action).observation)).toEqual(episode.observations[t]);
      });
    }
  });

  it.each([
    [createMountainCar, 1, 200],
    [createMountainCarContinuous, 0, 999],
    [createAcrobot, 1, 500],
  ] as const)('time limits: %o', (create, idle, limit) => {
    const environment = create();
    environment.reset({ seed: 3 });
    for (let t = 1; t < limit; t++) expect(environment.step(idle).truncated).toBe(false);
    expect(environment.step(idle).truncated).toBe(true);
    const short = create({ maxSteps: 2 });
    short.reset();
    expect([short.step(idle), short.step(idle)].map(({ truncated }) => truncated)).toEqual([false, true]);
  });

  it('starts: mountain cars at rest in [−0.6, −0.4], the acrobot in ±0.1, in float32', () => {
    const starts = (environment: ClassicEnvironment): number[][] =>
      Array.from({ length: 300 }, () => {
        environment.reset();
        return (environment.saveState() as unknown as { physics: number[] }).physics;
      });
    for (const environment of [createMountainCar(), createMountainCarContinuous()]) {
      const drawn = starts(environment);
      const positions = drawn.map(([position]) => position!);
      expect(Math.min(...positions)).toBeGreaterThanOrEqual(-0.6);
      expect(Math.min(...positions)).toBeLessThan(-0.59);
      expect(Math.max(...positions)).toBeLessThanOrEqual(-0.4);
      expect(Math.max(...positions)).toBeGreaterThan(-0.41);
      expect(drawn.every(([, velocity]) => velocity === 0)).toBe(true);
    }
    const chain = starts(createAcrobot()).flat();
    expect(Math.max(...chain.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
    expect(Math.max(...chain)).toBeGreaterThan(0.099);
    expect(Math.min(...chain)).toBeLessThan(-0.099);
    expect(chain.every((value) => Math.fround(value) === value)).toBe(true);
  });
});

describe('noise of the acrobot torque', () => {
  const after = (environment: ClassicEnvironment): number[] => {
    environment.reset({ state: [0, 0, 0, 0] });
    return Array.from(environment.step(1).observation);
  };

  it('moves a chain without torque, differently at every step, within its bounds', () => {
    const noisy = createAcrobot({ torqueNoise: 0.5, seed: 4 });
    const draws = Array.from({ length: 200 }, () => after(noisy)[5]!);
    const greatest = Math.abs(
      (() => {
        const still = createAcrobot();
        still.reset({ state: [0, 0, 0, 0] });
        return still.step(2).observation[5]!;
      })(),
    );
    after(createAcrobot()).forEach((value, i) => expect(value).toBeCloseTo([1, 0, 1, 0, 0, 0][i]!, 12));
    expect(new Set(draws).size).toBeGreaterThan(190);
    // The motion is nearly linear in so small a torque.
    expect(Math.max(...draws.map(Math.abs))).toBeLessThan(0.51 * greatest);
    expect(Math.max(...draws)).toBeGreaterThan(0.45 * greatest);
    expect(Math.min(...draws)).toBeLessThan(-0.45 * greatest);
  });

  it('is part of a snapshot, and leaves no exact dynamics', () => {
    const environment = createAcrobot({ torqueNoise: 0.5 });
    environment.reset({ seed: 1 });
    environment.step(1);
    const buffer = environment.snapshot();
    const rest = (): number[][] => Array.from({ length: 5 }, () => Array.from(environment.step(1).observation));
    const first = rest();
    environment.restoreSnapshot(buffer);
    expect(rest()).toEqual(first);
    expect(environment.batched.dynamics).toBeUndefined();
    expect(createAcrobot().batched.dynamics).toBeDefined();
    expect(buffer.length).toBe(createAcrobot().snapshot().length + 8);
  });
});
