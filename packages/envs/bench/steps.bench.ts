/**
 * Steps a second of the classic tasks through their public `step`, in one thread, with the observation written into one
 * array (`step(action, into)`) and with a new one each time, as ratios to two loops over the same equations of motion
 * in the same run: a bare one on a state, and one that also hands out a fresh observation and result each step. The
 * bare loop computes no reward, no end and no observation, which for some tasks are sines and roots of their own. Runs
 * of the four take turns, so that a busy machine slows all alike; a ratio is the median of those of each turn.
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
  /** Median steps a second through `step(action, into)`. */
  readonly stepsPerSecond: number;
  /** Median steps a second through `step(action)`. */
  readonly freshPerSecond: number;
  /** Median steps a second of the bare equations. */
  readonly barePerSecond: number;
  /** Median steps a second of the equations with a fresh observation and result. */
  readonly handingPerSecond: number;
  /** Median over the turns of the time of the bare equations by that of `step(action, into)`: 1 is no cost at all. */
  readonly ratio: number;
  /** As `ratio`, of handing out by that of `step(action)`. */
  readonly freshRatio: number;
}

function environmentLoop(name: ClassicName, isInto: boolean): Loop {
  const environment = createEnvironment(name);
  const space = environment.actionSpace;
  const wave = (i: number): number => Math.fround((space.kind === 'box' ? space.high[0]! : 0) * Math.sin(i * i * 0.37));
  const actions = Array.from({ length: actionCount }, (_, i) => {
    if (space.kind === 'discrete') return (i * 7 + (i >> 2)) % space.count;
    return space.size === 1 ? wave(i) : Float32Array.from({ length: space.size }, (_unused, j) => wave(i + j));
  });
  environment.reset({ seed: 1 });
  const into = isInto ? new Float32Array(environment.observationSpace.size) : undefined;
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const result = environment.step(actions[i & (actionCount - 1)]!, into);
      sum += result.observation[0]! + result.reward;
      if (result.terminated || result.truncated) environment.reset();
    }
    return sum;
  };
}

/** Steps a second of each loop, `[loop][turn]`; the runs take turns. */
function ratesOf(loops: readonly Loop[], steps: number, repeats: number): number[][] {
  const rates = loops.map((): number[] => []);
  for (let r = 0; r < repeats; r++) {
    loops.forEach((loop, i) => {
      const start = performance.now();
      const sum = loop(steps);
      rates[i]!.push((1000 * steps) / (performance.now() - start));
      if (!Number.isFinite(sum)) throw new Error('benchSteps: the sum must stay finite');
    });
  }
  return rates;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** How to time. */
export interface BenchOptions {
  /** Steps of one run; 10,000 when absent. */
  readonly steps?: number;
  /** Turns of which the median counts; 31 when absent. */
  readonly repeats?: number;
  /** Which tasks; all when absent. */
  readonly names?: readonly ClassicName[];
}

/**
 * Times every environment. All are warmed up first, in one process, so that none gains from being the only kind
 * that its callers have seen.
 */
export function benchSteps({ steps = 10_000, repeats = 31, names }: BenchOptions = {}): StepsResult[] {
  const timed = names ?? (Object.keys(bareLoops) as ClassicName[]);
  const loops = timed.map((name) => ({
    name,
    all: [environmentLoop(name, true), environmentLoop(name, false), bareLoops[name](false), bareLoops[name](true)],
  }));
  for (let r = 0; r < 4; r++) for (const { all } of loops) for (const loop of all) loop(steps);
  return loops.map(({ name, all }) => {
    const [into, fresh, bare, handing] = ratesOf(all, steps, repeats) as [number[], number[], number[], number[]];
    return {
      name,
      stepsPerSecond: median(into),
      freshPerSecond: median(fresh),
      barePerSecond: median(bare),
      handingPerSecond: median(handing),
      ratio: median(into.map((rate, turn) => rate / bare[turn]!)),
      freshRatio: median(fresh.map((rate, turn) => rate / handing[turn]!)),
    };
  });
}

if (process.argv[1]?.endsWith('/steps.bench.ts')) {
  const given = process.argv.slice(2) as ClassicName[];
  for (const result of benchSteps(given.length > 0 ? { names: given } : {})) {
    const million = (rate: number): string => `${(rate / 1e6).toFixed(2).padStart(6)} M/s`;
    process.stdout.write(
      `${result.name.padEnd(24)} into ${million(result.stepsPerSecond)}   bare ${million(result.barePerSecond)} ratio ${result.ratio.toFixed(2)}   ` +
        `fresh ${million(result.freshPerSecond)}   handing out ${million(result.handingPerSecond)} ratio ${result.freshRatio.toFixed(2)}\n`,
    );
  }
}
