/**
 * Many environments of one kind that step together, with their results in arrays that are made once; the `info` of
 * resets and steps is not among them. Shapes: `N`
 * environments, `O` observation size, `A` action size.
 *
 * What happens to an environment whose episode has ended is stated by its autoreset mode, as in Gymnasium 1.3:
 *
 * - `nextStep`: the step after an end ignores the action, resets, and gives the first observation, reward 0, no end.
 * - `sameStep`: the step that ends an episode gives its reward and flags, and resets at once: `observations` holds the
 *   first observation of the next episode, `finalObservations` the last one of the ended.
 * - `disabled`: nothing; the environment must be reset, by `mask`, before the next step.
 */
import type { Space } from '@mbrl/core';

/** What happens after the end of an episode. */
export type AutoresetMode = 'nextStep' | 'sameStep' | 'disabled';

/** Every autoreset mode. */
export const autoresetModes: readonly AutoresetMode[] = ['nextStep', 'sameStep', 'disabled'];

/** How to reset. */
export interface VectorResetOptions {
  /**
   * Unsigned 32-bit integer. Environment `i` is seeded by a key split of it by `i`, so that its episodes depend on
   * neither the number of environments nor the number of workers.
   */
  readonly seed?: number;
  /** Which environments to reset, `[N]`, those that are not 0; all when absent. */
  readonly mask?: ArrayLike<number>;
}

/** Many environments that step together. */
export interface VectorEnvironment {
  readonly environmentCount: number;
  /** Threads that do the work; 1 where it is done on the calling one. */
  readonly workerCount: number;
  /** The spaces of each environment. */
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly autoreset: AutoresetMode;
  /** `[N, O]`, overwritten by each reset and step, as are all that follow. */
  readonly observations: Float32Array;
  /** `[N]` */
  readonly rewards: Float64Array;
  /** `[N]`, 0 or 1 */
  readonly terminated: Uint8Array;
  /** `[N]`, 0 or 1 */
  readonly truncated: Uint8Array;
  /**
   * `[N, O]`: in the mode `sameStep`, the last observations of the episodes that this step ended; other rows keep what
   * they held. Not written in other modes, in which `observations` holds them.
   */
  readonly finalObservations: Float32Array;
  /**
   * Starts episodes. The first reset without a seed takes the option `seed`; later ones go on with the generators.
   * @throws OptionError on a seed that is no unsigned 32-bit integer; ShapeError on a mask of another length.
   */
  reset(options?: VectorResetOptions): Promise<void>;
  /**
   * Steps every environment.
   * @param actions `[N, A]`; read only
   * @throws ShapeError on another length; OptionError on an action that is not finite or, for a discrete space, not
   * one of its values; LifecycleError where an environment has not been reset yet and, in the mode `disabled`, where one
   * has ended. Nothing is stepped then.
   */
  step(actions: ArrayLike<number>): Promise<void>;
  /**
   * As {@link reset}, done when it returns. A browser's page may not wait for workers: UnsupportedError. A LifecycleError
   * where a worker has died, or is not done within the pool's `blockingLimit`.
   */
  resetNow(options?: VectorResetOptions): void;
  /** As {@link step}, done when it returns; errors as of {@link resetNow} too. */
  stepNow(actions: ArrayLike<number>): void;
  /** Frees the environments and ends the workers. Calls after it throw a LifecycleError; more than once does no harm. */
  dispose(): Promise<void>;
}
