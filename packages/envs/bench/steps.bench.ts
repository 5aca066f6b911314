/**
 * Steps a second of the classic tasks through their public `step`, in one thread, as ratios to two loops over the same
 * equations in the same run: a bare one on local numbers, and one that also hands out what the contract demands of a
 * step, a fresh observation and a fresh result. The second is the bound of any implementation; what is missing to it is
 * the cost of checks, reward and time limit. Runs of the three take turns, so that a busy machine slows all alike.
 *
 *   npx tsx --conditions=@mbrl/source bench/steps.bench.ts [name ...]
 */
import { createEnvironment } from '@mbrl/envs';
import type { ClassicOptions } from '../src/classic/catalogue.js';
import { actionCount, bareLoops, type Loop } from './bare-loops.js';

/** The tasks that are timed. */
type ClassicName = keyof ClassicOptions;

/** One environment's result. */
export interface StepsResult {
  readonly name: ClassicName;
  /** Median steps a second through `step`. */
  readonly stepsPerSecond: number;
  /** Median steps a second of the bare equations. */
  readonly barePerSecond: number;
  /** Median steps a second of the equations with a fresh observation and result. */
  readonly handingPerSecond: number;
}

function environmentLoop(name: ClassicName): Loop {
  const environment = createEnvironment(name);
  const space = environment.actionSpace;
  const wave = (i: number): number => Math.fround((space.kind === 'box' ? space.high[0]! : 0) * Math.sin(i * i * 0.37));
  const actions = Array.from({ length: actionCount }, (_, i) => {
    if (space.kind === 'discrete') return (i * 7 + (i >> 2)) % space.count;
    return space.size === 1 ? wave(i) : Float32Array.from({ length: space.size }, (_unused, j) => wave(i + j));
  });
  environment.reset({ seed: 1 });
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const result = environment.step(actions[i & (actionCount - 1)]!);
      sum += result.observation[0]! + result.reward;
      if (result.terminated || result.truncated) environment.reset();
    }
    return sum;
  };
}

/** Median steps a second of each loop, whose runs take turns. */
function medianRates(loops: readonly Loop[], steps: number, repeats: number): number[] {
  const rates = loops.map((): number[] => []);
  for (let r = 0; r < repeats; r++) {
    loops.forEach((loop, i) => {
      const start = performance.now();
      const sum = loop(steps);
      rates[i]!.push((1000 * steps) / (performance.now() - start));
      if (!Number.isFinite(sum)) throw new Error('benchSteps: the sum must stay finite');
    });
  }
  return rates.map((list) => list.sort((a, b) => a - b)[repeats >> 1]!);
}

/** How to time. */
export interface BenchOptions {
  /** Steps of one run; 30,000 when absent. */
  readonly steps?: number;
  /** Runs of which the median counts; 15 when absent. */
  readonly repeats?: number;
  /** Which tasks; all when absent. */
  readonly names?: readonly ClassicName[];
}

/**
 * Times every environment. All are warmed up first, in one process, so that none gains from being the only kind
 * that its callers have seen.
 */
export function benchSteps({ steps = 30_000, repeats = 15, names }: BenchOptions = {}): StepsResult[] {
  const timed = names ?? (Object.keys(bareLoops) as ClassicName[]);
  const loops = timed.map((name) => ({ name, all: [environmentLoop(name), bareLoops[name](false), bareLoops[name](true)] }));
  for (let r = 0; r < 2; r++) for (const { all } of loops) for (const loop of all) loop(steps);
  return loops.map(({ name, all }) => {
    const [stepsPerSecond, barePerSecond, handingPerSecond] = medianRates(all, steps, repeats) as [number, number, number];
    return { name, stepsPerSecond, barePerSecond, handingPerSecond };
  });
}

if (process.argv[1]?.endsWith('/steps.bench.ts')) {
  const given = process.argv.slice(2) as ClassicName[];
  for (const { name, stepsPerSecond, barePerSecond, handingPerSecond } of benchSteps(given.length > 0 ? { names: given } : {})) {
    const million = (rate: number): string => `${(rate / 1e6).toFixed(2).padStart(6)} M/s`;
    const ratio = (rate: number): string => (stepsPerSecond / rate).toFixed(2);
    process.stdout.write(
      `${name.padEnd(24)} step ${million(stepsPerSecond)}   bare ${million(barePerSecond)} ratio ${ratio(barePerSecond)}   ` +
        `handing out ${million(handingPerSecond)} ratio ${ratio(handingPerSecond)}\n`,
    );
  }
}
