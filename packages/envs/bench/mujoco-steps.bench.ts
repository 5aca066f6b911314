/**
 * Steps a second of each MuJoCo task through its public `step`, as a ratio to bare `mj_step` calls over the very same
 * states (same starts, same actions, no observation, no reward, no checks), and microseconds of saving and restoring.
 * Both are timed by turns in one run, by processor time.
 *
 *   npx tsx --conditions=@mbrl/source bench/mujoco-steps.bench.ts [name ...]
 */
import {
  createEnvironment,
  describeEnvironment,
  type EnvironmentName,
  environmentNames,
  loadMujoco,
  type MujocoEnvironment,
} from '@mbrl/envs';
import { mujocoModule } from '../src/mujoco/load-mujoco.js';

/** One task's result. */
export interface MujocoStepsResult {
  readonly name: string;
  /** Median steps a second through `step`. */
  readonly stepsPerSecond: number;
  /** Median steps of the physics a second in the bare loop. */
  readonly physicsPerSecond: number;
  /** Least time of a bare turn over the least of ours: 1 is no cost at all. Other work on the machine only adds to times. */
  readonly ratio: number;
  /** Median over the turns of a bare turn's time by ours. */
  readonly medianRatio: number;
  readonly saveMicroseconds: number;
  readonly restoreMicroseconds: number;
}

const episodeSteps = 50;
const actionCount = 64;

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds of processor time that this process has used: unlike the clock, without those that others held the processor. */
function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timed(run: () => void): number {
  const start = processorMilliseconds();
  run();
  return processorMilliseconds() - start;
}

/** Options under which nothing ends an episode before its 50 steps. */
const endless = (name: string): object => {
  if (/Hopper|Walker|Ant|Humanoid/.test(name)) return { terminateWhenUnhealthy: false };
  return name.includes('Hand') ? { dropHeight: -100 } : {};
};

function benchTask(name: EnvironmentName, rounds: number, steps: number): MujocoStepsResult {
  const mj = mujocoModule('benchMujoco');
  const environment = createEnvironment(name, endless(name)) as MujocoEnvironment;
  const { high } = environment.actionSpace;
  // Pendulums fall within ten steps; from an upright start, with next to no pushes, they stay up for over twenty.
  const isUpright = name.startsWith('Inverted');
  const short = isUpright ? 20 : episodeSteps;
  const scale = isUpright ? 1e-12 : 1;
  const actions = Array.from({ length: actionCount }, (_, i) => Array.from(high, (bound, j) => scale * bound * Math.sin(i * 1.7 + j)));
  environment.reset({ seed: 1 });
  const { qpos, qvel } = environment;
  if (isUpright) for (const values of [qpos, qvel]) values.fill(0);
  const model = mj.MjModel.from_xml_string(environment.mjcf);
  const data = new mj.MjData(model);
  const skip = Math.round(environment.timeStep / model.opt.timestep);
  const ours = (): void => {
    for (let i = 0; i < steps; i++) {
      if (i % short === 0) environment.reset({ qpos, qvel });
      environment.step(actions[i % actionCount]!);
    }
  };
  const bare = (): void => {
    const [positions, velocities, controls] = [data.qpos, data.qvel, data.ctrl] as Float64Array[];
    for (let i = 0; i < steps; i++) {
      if (i % short === 0) {
        mj.mj_resetData(model, data);
        positions!.set(qpos);
        velocities!.set(qvel);
      }
      controls!.set(actions[i % actionCount]!);
      for (let k = 0; k < skip; k++) mj.mj_step(model, data);
    }
  };
  ours();
  bare();
  const times = Array.from({ length: rounds }, () => ({ ours: timed(ours), bare: timed(bare) }));
  const buffer = environment.snapshot();
  const perCall = (call: () => void): number => {
    const calls = 20_000;
    const run = (): void => {
      for (let i = 0; i < calls; i++) call();
    };
    run();
    return (1000 * median(Array.from({ length: 5 }, () => timed(run)))) / calls;
  };
  const result = {
    name,
    stepsPerSecond: (1000 * steps) / median(times.map((time) => time.ours)),
    physicsPerSecond: (1000 * steps * skip) / median(times.map((time) => time.bare)),
    ratio: Math.min(...times.map((time) => time.bare)) / Math.min(...times.map((time) => time.ours)),
    medianRatio: median(times.map((time) => time.bare / time.ours)),
    saveMicroseconds: perCall(() => environment.snapshot(buffer)),
    restoreMicroseconds: perCall(() => environment.restoreSnapshot(buffer)),
  };
  data.delete();
  model.delete();
  environment.dispose();
  return result;
}

/** How to time. */
export interface BenchOptions {
  /** Turns of each; 60 when absent. */
  readonly rounds?: number;
  /** Steps of one run; 100 when absent. */
  readonly steps?: number;
  /** Which tasks; all when absent. */
  readonly names?: readonly EnvironmentName[];
}

/** Times MuJoCo tasks, one after another. */
export async function* benchMujoco({ rounds = 60, steps = 100, names }: BenchOptions = {}): AsyncGenerator<MujocoStepsResult> {
  await loadMujoco();
  const all = environmentNames().filter((name) => describeEnvironment(name).needsLoading);
  for (const name of names ?? all) yield benchTask(name, rounds, steps);
}

if (process.argv[1]?.endsWith('mujoco-steps.bench.ts')) {
  const names = process.argv.slice(2) as EnvironmentName[];
  for await (const result of benchMujoco(names.length > 0 ? { names } : {})) {
    process.stdout.write(
      `${result.name.padEnd(26)} step ${result.stepsPerSecond.toFixed(0).padStart(7)}/s   mj_step ${result.physicsPerSecond.toFixed(0).padStart(7)}/s   ` +
        `ratio ${result.ratio.toFixed(2)} (median of turns ${result.medianRatio.toFixed(2)})   save ${result.saveMicroseconds.toFixed(2)} us   restore ${result.restoreMicroseconds.toFixed(2)} us\n`,
    );
  }
}
