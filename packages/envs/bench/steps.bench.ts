/**
 * Steps a second of the classic tasks through their public `step`, in one thread, as ratios to bare loops in the same
 * run, by processor time: `step(action, into)`, whose observation goes into one array, to a loop over all the equations
 * of the task (motion, observation, reward, end and limit of steps; `full-loops.ts`), and to one over the motion alone,
 * which for some tasks leaves half of the sines and roots out; and `step(action)`, with a new array each time, to the
 * motion with a fresh observation and result. Loops that are compared take turns, so that a busy machine slows all
 * alike; a ratio is the median of those of each turn. Each task, and each of the two ways to step, has a process of its
 * own: V8 makes faster code of what it has seen used in one way, and what one way leaves behind would be collected in
 * the other's time. With `together` all tasks share one.
 *
 *   npx tsx --conditions=@mbrl/source bench/steps.bench.ts [into|fresh] [together] [name ...]
 */
import { spawnSync } from 'node:child_process';
import type { Action } from '@mbrl/core';
import { createEnvironment } from '@mbrl/envs';
import type { ClassicOptions } from '../src/classic/catalogue.js';
import { actionCount, bareLoops, type Loop } from './bare-loops.js';
import { fullLoop, requireSame } from './full-loops.js';

/** The tasks that are timed. */
type ClassicName = keyof ClassicOptions;

/** The two ways to step: with the observation in an array that is lent, or in a new one each time. */
type Way = 'into' | 'fresh';

/** One environment's result. */
export interface StepsResult {
  readonly name: ClassicName;
  readonly way: Way;
  /** Median steps a second through `step`. */
  readonly stepsPerSecond: number;
  /** Loops that it is compared with. */
  readonly comparisons: readonly {
    readonly with: string;
    /** Median steps a second. */
    readonly stepsPerSecond: number;
    /** Median over the turns of the loop's time by that of `step`: 1 is no cost at all. */
    readonly ratio: number;
  }[];
}

function actionsOf(name: ClassicName): Action[] {
  const space = createEnvironment(name).actionSpace;
  const wave = (i: number): number => Math.fround((space.kind === 'box' ? space.high[0]! : 0) * Math.sin(i * i * 0.37));
  return Array.from({ length: actionCount }, (_, i) => {
    if (space.kind === 'discrete') return (i * 7 + (i >> 2)) % space.count;
    return space.size === 1 ? wave(i) : Float32Array.from({ length: space.size }, (_unused, j) => wave(i + j));
  });
}

function environmentLoop(name: ClassicName, actions: readonly Action[], isInto: boolean): Loop {
  const environment = createEnvironment(name);
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

/** Seconds of processor time that this process has used: unlike the clock, without those that others held the processor. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Steps a second of each loop, `[loop][turn]`; the runs take turns. */
function ratesOf(loops: readonly Loop[], steps: number, repeats: number): number[][] {
  const rates = loops.map((): number[] => []);
  for (let r = 0; r < repeats; r++) {
    loops.forEach((loop, i) => {
      const start = processorSeconds();
      const sum = loop(steps);
      rates[i]!.push(steps / (processorSeconds() - start));
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

/** The bare loops that a way to step is compared with. */
function loopsBeside(name: ClassicName, way: Way, actions: readonly Action[]): { readonly [name: string]: Loop } {
  return way === 'into'
    ? { equations: fullLoop(name, actions), 'motion alone': bareLoops[name](false) }
    : { 'motion handed out': bareLoops[name](true) };
}

/**
 * Times every environment in one way. All are warmed up first: given together in one process, none gains from being the
 * only kind that its callers have seen, neither of the environments nor of the loops.
 */
export function benchSteps(way: Way, { steps = 10_000, repeats = 31, names }: BenchOptions = {}): StepsResult[] {
  const timed = names ?? (Object.keys(bareLoops) as ClassicName[]);
  const loops = timed.map((name) => {
    const actions = actionsOf(name);
    requireSame(name, actions);
    const others = loopsBeside(name, way, actions);
    return { name, labels: Object.keys(others), all: [environmentLoop(name, actions, way === 'into'), ...Object.values(others)] };
  });
  for (let r = 0; r < 4; r++) for (const { all } of loops) for (const loop of all) loop(steps);
  return loops.map(({ name, labels, all }) => {
    const [ours, ...others] = ratesOf(all, steps, repeats) as [number[], ...number[][]];
    return {
      name,
      way,
      stepsPerSecond: median(ours),
      comparisons: others.map((rates, i) => ({
        with: labels[i]!,
        stepsPerSecond: median(rates),
        ratio: median(ours.map((rate, turn) => rate / rates[turn]!)),
      })),
    };
  });
}

const million = (rate: number): string => `${(rate / 1e6).toFixed(2).padStart(6)} M/s`;

const lineOf = ({ name, way, stepsPerSecond, comparisons }: StepsResult): string =>
  [
    `${name.padEnd(24)} ${way.padEnd(5)} ${million(stepsPerSecond)}`,
    ...comparisons.map((each) => `${each.with} ${million(each.stepsPerSecond)} ratio ${each.ratio.toFixed(2)}`),
  ].join('   ');

if (process.argv[1]?.endsWith('/steps.bench.ts')) {
  const given = process.argv.slice(2);
  const isWay = (word: string): word is Way => word === 'into' || word === 'fresh';
  const ways = given.some(isWay) ? given.filter(isWay) : (['into', 'fresh'] as const);
  const named = given.filter((word) => !isWay(word) && word !== 'together') as ClassicName[];
  const names = named.length > 0 ? named : (Object.keys(bareLoops) as ClassicName[]);
  const together = given.includes('together');
  const groups = together ? [names] : names.map((name) => [name]);
  if (ways.length === 1 && groups.length === 1) {
    for (const result of benchSteps(ways[0]!, { names })) process.stdout.write(`${lineOf(result)}\n`);
  } else {
    for (const way of ways) {
      for (const group of groups) {
        const words = [way, ...(together ? ['together'] : []), ...group];
        spawnSync(process.execPath, [...process.execArgv, process.argv[1], ...words], { stdio: 'inherit' });
      }
    }
  }
}
