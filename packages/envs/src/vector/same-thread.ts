/** A vector environment whose environments step one after another on the calling thread. */
import { checkInteger, checkOneOf, type Environment, LifecycleError } from '@mbrl/core';
import { type AutoresetMode, autoresetModes, type VectorEnvironment, type VectorResetOptions } from './vector-environment.js';
import { VectorLanes } from './vector-lanes.js';
import { prepareReset, prepareStep, vectorMemory } from './vector-memory.js';

/** Options of {@link createVectorEnvironment}. */
export interface VectorEnvironmentOptions {
  /** Makes environment `index`; all alike but for the index. */
  readonly environment: (index: number) => Environment;
  /** N, at least 1. */
  readonly environmentCount: number;
  /** Default `nextStep`. */
  readonly autoreset?: AutoresetMode;
  /** Seed of the first reset that has none of its own, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/**
 * Makes a vector environment on the calling thread.
 * @throws OptionError on an option outside of its bounds.
 * @example
 * const vector = createVectorEnvironment({ environment: () => createPendulum(), environmentCount: 8 });
 * vector.resetNow({ seed: 1 });
 * vector.stepNow(new Float32Array(8));
 */
export function createVectorEnvironment(options: VectorEnvironmentOptions): VectorEnvironment {
  const caller = 'createVectorEnvironment';
  const { environment, environmentCount, autoreset = 'nextStep', seed = 0 } = options;
  checkInteger(caller, 'environmentCount', environmentCount, { min: 1 });
  checkOneOf(caller, 'autoreset', autoreset, autoresetModes);
  checkInteger(caller, 'seed', seed, { min: 0, max: 2 ** 32 - 1 });
  const environments = Array.from({ length: environmentCount }, (_, i) => environment(i));
  const { observationSpace, actionSpace } = environments[0]!;
  const memory = vectorMemory({ environmentCount, observationSize: observationSpace.size, actionSize: actionSpace.size });
  const lanes = new VectorLanes(environments, 0, memory, autoreset);
  const rules = { actionSpace, environmentCount, autoreset };
  let isReset = false;
  let isDisposed = false;
  const checkUsable = (): void => {
    if (isDisposed) throw new LifecycleError('VectorEnvironment: it must not be used after dispose');
  };
  const resetNow = (how: VectorResetOptions = {}): void => {
    checkUsable();
    prepareReset(memory, environmentCount, isReset ? how : { seed, ...how });
    lanes.work();
    isReset = true;
  };
  const stepNow = (actions: ArrayLike<number>): void => {
    checkUsable();
    prepareStep(memory, rules, actions);
    lanes.work();
  };
  const { observations, rewards, terminated, truncated, finalObservations } = memory;
  return {
    environmentCount,
    workerCount: 1,
    observationSpace,
    actionSpace,
    autoreset,
    observations,
    rewards,
    terminated,
    truncated,
    finalObservations,
    reset: async (how) => resetNow(how),
    step: async (actions) => stepNow(actions),
    resetNow,
    stepNow,
    async dispose() {
      isDisposed = true;
      for (const one of environments) one.dispose?.();
    },
  };
}
