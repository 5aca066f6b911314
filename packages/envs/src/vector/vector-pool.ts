/** A vector environment whose environments are spread over several threads that share the arrays. */
import { checkInteger, checkNumber, checkOneOf, LifecycleError } from '@mbrl/core';
import type { EnvironmentSource } from '../workers/environment-module.js';
import { defaultWorkerCount, WorkerCrew } from '../workers/worker-crew.js';
import type { StartWorker } from '../workers/worker-port.js';
import { type AutoresetMode, autoresetModes, type VectorEnvironment, type VectorResetOptions } from './vector-environment.js';
import { prepareReset, prepareStep, vectorMemory } from './vector-memory.js';
import type { VectorDescription, VectorShare } from './vector-servant.js';

/** Options of {@link createVectorPool}. */
export interface VectorPoolOptions {
  /** The environment that each worker makes, as often as it holds one. */
  readonly environment: EnvironmentSource;
  /** N, at least 1. */
  readonly environmentCount: number;
  /** Threads, at least 1; no more than there are environments are started. Default: one for each core that the runtime tells of, else 2. */
  readonly workerCount?: number;
  /** Default `nextStep`. */
  readonly autoreset?: AutoresetMode;
  /** Seed of the first reset that has none of its own, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
  /**
   * Seconds that `stepNow` and `resetNow` wait for a worker before they take it for dead, above 0. A worker of Node that
   * ends is found at once; one that is killed, or of a browser, by this limit alone. Default 60.
   */
  readonly blockingLimit?: number;
  /** Starts a worker, where the default cannot find this package's worker module. */
  readonly startWorker?: StartWorker;
}

/**
 * Starts workers and makes a vector environment of them. What it gives is what `createVectorEnvironment` gives, bit for
 * bit and whatever the number of workers. After an error of a step the environments stand at different steps: reset.
 * @throws OptionError on an option outside of its bounds or an environment that the workers cannot make; UnsupportedError
 * where there are no workers or no shared memory.
 * @example
 * const vector = await createVectorPool({ environment: { name: 'Pendulum-v1' }, environmentCount: 256 });
 * await vector.reset({ seed: 1 });
 * await vector.step(new Float32Array(256));
 * await vector.dispose();
 */
export async function createVectorPool(options: VectorPoolOptions): Promise<VectorEnvironment> {
  const caller = 'createVectorPool';
  const { environment, environmentCount, autoreset = 'nextStep', seed = 0, blockingLimit = 60, startWorker } = options;
  checkInteger(caller, 'environmentCount', environmentCount, { min: 1 });
  checkOneOf(caller, 'autoreset', autoreset, autoresetModes);
  checkInteger(caller, 'seed', seed, { min: 0, max: 2 ** 32 - 1 });
  checkNumber(caller, 'blockingLimit', blockingLimit, { above: 0 });
  const workerCount = Math.min(
    environmentCount,
    checkInteger(caller, 'workerCount', options.workerCount ?? defaultWorkerCount(), { min: 1 }),
  );
  const border = (worker: number): number => Math.floor((worker * environmentCount) / workerCount);
  const shareOf = (worker: number): VectorShare => ({ environmentCount, first: border(worker), end: border(worker + 1), autoreset });
  const { crew, answers } = await WorkerCrew.start(
    caller,
    workerCount,
    (worker) => ({ kind: 'vector', environment, settings: shareOf(worker) }),
    startWorker,
  );
  const { observationSpace, actionSpace } = answers[0] as VectorDescription;
  const memory = vectorMemory({ environmentCount, observationSize: observationSpace.size, actionSize: actionSpace.size }, 'shared');
  await crew.call(() => memory.buffer);
  const rules = { actionSpace, environmentCount, autoreset };
  let isReset = false;
  let isAtWork = false;
  const prepared = (prepare: () => void): void => {
    if (isAtWork) throw new LifecycleError('VectorEnvironment: the step or reset before must have ended');
    prepare();
  };
  const toReset =
    (how: VectorResetOptions = {}) =>
    (): void =>
      prepareReset(memory, environmentCount, isReset ? how : { seed, ...how });
  const toStep = (actions: ArrayLike<number>) => (): void => prepareStep(memory, rules, actions);
  const work = async (prepare: () => void): Promise<void> => {
    prepared(prepare);
    isAtWork = true;
    try {
      await crew.run();
    } finally {
      isAtWork = false;
    }
  };
  const workNow = (prepare: () => void): void => {
    prepared(prepare);
    crew.runNow(blockingLimit);
  };
  const { observations, rewards, terminated, truncated, finalObservations } = memory;
  return {
    environmentCount,
    workerCount,
    observationSpace,
    actionSpace,
    autoreset,
    observations,
    rewards,
    terminated,
    truncated,
    finalObservations,
    async reset(how) {
      await work(toReset(how));
      isReset = true;
    },
    step: (actions) => work(toStep(actions)),
    resetNow(how) {
      workNow(toReset(how));
      isReset = true;
    },
    stepNow: (actions) => workNow(toStep(actions)),
    dispose: () => crew.dispose(),
  };
}
