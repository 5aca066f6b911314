/** The arrays of a vector environment, in memory of one thread or shared by several. */
import { checkInteger, createRng, LifecycleError, OptionError, ShapeError, type Space } from '@mbrl/core';
import type { AutoresetMode, VectorResetOptions } from './vector-environment.js';

/** Everything that goes in and out of a step; see `VectorEnvironment`. */
export interface VectorMemory {
  readonly buffer: ArrayBufferLike;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** Which environments have been reset at all, `[N]`. */
  readonly begun: Uint8Array;
  /** Which environments the next reset is for, `[N]`. */
  readonly mask: Uint8Array;
  /** Seeds of the next reset, `[N]`; used where the job says so. */
  readonly seeds: Uint32Array;
  /** The job: a step, {@link resetJob} or {@link seededResetJob}. */
  readonly job: Int32Array;
}

const stepJob = 0;
/** The job of a reset that goes on with the generators. */
export const resetJob = 1;
/** The job of a reset that takes the seeds. */
export const seededResetJob = 2;

/** Sizes of a vector environment. */
export interface VectorSizes {
  readonly environmentCount: number;
  readonly observationSize: number;
  readonly actionSize: number;
}

/** Lays the arrays out in a buffer; without one, in memory of this thread, or that can be shared. */
export function vectorMemory(sizes: VectorSizes, buffer?: ArrayBufferLike | 'own' | 'shared'): VectorMemory {
  const { environmentCount: n, observationSize, actionSize } = sizes;
  // By falling alignment, so that each begins where its own is kept.
  const bytes = 8 * n + 4 * n * (2 * observationSize + actionSize + 1) + 4 + 4 * n;
  const memory = typeof buffer === 'object' ? buffer : buffer === 'shared' ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  let at = 0;
  const take = (size: number): number => (at += size) - size;
  return {
    buffer: memory,
    rewards: new Float64Array(memory, take(8 * n), n),
    observations: new Float32Array(memory, take(4 * n * observationSize), n * observationSize),
    finalObservations: new Float32Array(memory, take(4 * n * observationSize), n * observationSize),
    actions: new Float32Array(memory, take(4 * n * actionSize), n * actionSize),
    seeds: new Uint32Array(memory, take(4 * n), n),
    job: new Int32Array(memory, take(4), 1),
    terminated: new Uint8Array(memory, take(n), n),
    truncated: new Uint8Array(memory, take(n), n),
    begun: new Uint8Array(memory, take(n), n),
    mask: new Uint8Array(memory, take(n), n),
  };
}

/** What all steps of a vector environment have in common. */
export interface StepRules {
  readonly actionSpace: Space;
  readonly environmentCount: number;
  readonly autoreset: AutoresetMode;
}

/** Writes the actions of a step and makes it the job. @throws LifecycleError, ShapeError or OptionError, with nothing to be stepped. */
export function prepareStep(memory: VectorMemory, rules: StepRules, actions: ArrayLike<number>): void {
  const caller = 'VectorEnvironment.step';
  const { actionSpace: space, environmentCount, autoreset } = rules;
  for (let i = 0; i < environmentCount; i++) {
    if (memory.begun[i] === 0) throw new LifecycleError(`${caller}: environment ${i} must be reset before its first step`);
    if (autoreset === 'disabled' && (memory.terminated[i] === 1 || memory.truncated[i] === 1))
      throw new LifecycleError(`${caller}: environment ${i} has ended and must be reset before the next step`);
  }
  const length = environmentCount * space.size;
  if (actions.length !== length)
    throw new ShapeError(`${caller}: actions must have ${length} entries for ${environmentCount} environments, got ${actions.length}`);
  const isDiscrete = space.kind === 'discrete';
  for (let i = 0; i < length; i++) {
    const value = actions[i]!;
    const isAllowed = isDiscrete ? Number.isInteger(value) && value >= 0 && value < space.count : value - value === 0;
    if (!isAllowed) {
      const wanted = isDiscrete ? `a whole number in [0, ${space.count - 1}]` : 'finite';
      throw new OptionError(`${caller}: action of environment ${Math.floor(i / space.size)} must be ${wanted}, got ${value}`);
    }
  }
  memory.actions.set(actions);
  memory.job[0] = stepJob;
}

/** Writes what a reset needs and makes it the job. @throws ShapeError or OptionError, with nothing reset. */
export function prepareReset(memory: VectorMemory, environmentCount: number, { seed, mask }: VectorResetOptions): void {
  const caller = 'VectorEnvironment.reset';
  if (mask !== undefined && mask.length !== environmentCount)
    throw new ShapeError(`${caller}: mask must have ${environmentCount} entries, got ${mask.length}`);
  if (seed !== undefined) {
    checkInteger(caller, 'seed', seed, { min: 0, max: 2 ** 32 - 1 });
    const root = createRng(seed);
    for (let i = 0; i < environmentCount; i++) memory.seeds[i] = root.split(i).integer(2 ** 32);
  }
  for (let i = 0; i < environmentCount; i++) memory.mask[i] = mask === undefined || mask[i] ? 1 : 0;
  memory.job[0] = seed === undefined ? resetJob : seededResetJob;
}
