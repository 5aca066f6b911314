/**
 * Steps a second of the classic tasks through their public `step`, in one thread, as ratios to bare loops in the same
 * run, by processor time: `step(action, into)`, whose observation goes into one array, to a loop over all the equations of the task (motion,
 * observation, reward, end and limit of steps; `full-loops.ts`), and to one over the motion alone, which for some tasks
 * leaves half of the sines and roots out; and `step(action)`, with a new array each time, to the motion with a fresh
 * observation and result. Runs of the five take turns, so that a busy machine slows all alike; a ratio is the median of
 * those of each turn. Each task has a process of its own, as V8 makes faster code of loops and steps that see one kind
 * of task; with `together` all share one.
 *
 *   npx tsx --conditions=@mbrl/source bench/steps.bench.ts [together] [name ...]
 */
import { spawnSync } from 'node:child_process';
import type { Action } from '@mbrl/core';
import { createEnvironment } from '@mbrl/envs';
import type { ClassicOptions } from '../src/classic/catalogue.js';
import { actionCount, bareLoops, type Loop } from './bare-loops.js';
import { fullLoop, requireSame } from './full-loops.js';

/** The tasks that are timed. */
type ClassicName = keyof ClassicOptions;

/** One environment's result. */
export interface StepsResult {
  readonly name: ClassicName;
  /** Median steps a second through `step(action, into)`. */
  readonly stepsPerSecond: number;
  /** Median steps a second through `step(action)`. */
  readonly freshPerSecond: number;
  /** Median steps a second of all the equations. */
  readonly fullPerSecond: number;
  /** Median steps a second of the motion alone. */
  readonly barePerSecond: number;
  /** Median steps a second of the motion with a fresh observation and result. */
  readonly handingPerSecond: number;
  /** Median over the turns of the time of all the equations by that of `step(action, into)`: 1 is no cost at all. */
  readonly ratio: number;
  /** As `ratio`, of the motion alone. */
  readonly motionRatio: number;
  /** As `ratio`, of handing out by that of `step(action)`. */
  readonly freshRatio: number;
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

/**
 * Times every environment. All are warmed up first: given together in one process, none gains from being the only kind
 * that its callers have seen, neither of the environments nor of the loops.
 */
export function benchSteps({ steps = 10_000, repeats = 31, names }: BenchOptions = {}): StepsResult[] {
  const timed = names ?? (Object.keys(bareLoops) as ClassicName[]);
  const loops = timed.map((name) => {
    const actions = actionsOf(name);
    requireSame(name, actions);
    const ours = [environmentLoop(name, actions, true), environmentLoop(name, actions, false)];
    return { name, all: [...ours, fullLoop(name, actions), bareLoops[name](false), bareLoops[name](true)] };
  });
  for (let r = 0; r < 4; r++) for (const { all } of loops) for (const loop of all) loop(steps);
  return loops.map(({ name, all }) => {
    const [into, fresh, full, bare, handing] = ratesOf(all, steps, repeats) as [number[], number[], number[], number[], number[]];
    return {
      name,
      stepsPerSecond: median(into),
      freshPerSecond: median(fresh),
      fullPerSecond: median(full),
      barePerSecond: median(bare),
      handingPerSecond: median(handing),
      ratio: median(into.map((rate, turn) => rate / full[turn]!)),
      motionRatio: median(into.map((rate, turn) => rate / bare[turn]!)),
      freshRatio: median(fresh.map((rate, turn) => rate / handing[turn]!)),
    };
  });
}

const million = (rate: number): string => `${(rate / 1e6).toFixed(2).padStart(6)} M/s`;

const lineOf = (result: StepsResult): string =>
  `${result.name.padEnd(24)} into ${million(result.stepsPerSecond)}   equations ${million(result.fullPerSecond)} ratio ${result.ratio.toFixed(2)}   ` +
  `motion alone ${million(result.barePerSecond)} ratio ${result.motionRatio.toFixed(2)}   ` +
  `fresh ${million(result.freshPerSecond)}   motion handed out ${million(result.handingPerSecond)} ratio ${result.freshRatio.toFixed(2)}\n`;

if (process.argv[1]?.endsWith('/steps.bench.ts')) {
  const given = process.argv.slice(2);
  const isTogether = given[0] === 'together';
  const named = (isTogether ? given.slice(1) : given) as ClassicName[];
  const names = named.length > 0 ? named : (Object.keys(bareLoops) as ClassicName[]);
  if (isTogether || names.length === 1) for (const result of benchSteps({ names })) process.stdout.write(lineOf(result));
  else for (const name of names) spawnSync(process.execPath, [...process.execArgv, process.argv[1], name], { stdio: 'inherit' });
}
