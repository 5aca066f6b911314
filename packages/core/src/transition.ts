/** Transitions, one at a time and in columns. Shapes: `N` rows, `O` observation size, `A` action size. */
import { checkInteger } from './options.js';

/** One step of experience. Arrays are read, not kept, by whoever is given one. */
export interface Transition {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: number;
  readonly nextObservation: Float32Array;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Many transitions, each field one flat row-major array. */
export interface TransitionColumns {
  /** Number of rows N. */
  readonly count: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** `[N, O]` */
  readonly observations: Float32Array;
  /** `[N, A]` */
  readonly actions: Float32Array;
  /** `[N]` */
  readonly rewards: Float32Array;
  /** `[N, O]` */
  readonly nextObservations: Float32Array;
  /** `[N]`, 0 or 1 */
  readonly terminated: Uint8Array;
  /** `[N]`, 0 or 1 */
  readonly truncated: Uint8Array;
}

/** Makes columns of `count` rows, all zeros; count may be 0. @throws OptionError on a size that is not a whole number. */
export function createTransitionColumns(count: number, observationSize: number, actionSize: number): TransitionColumns {
  checkInteger('createTransitionColumns', 'count', count, { min: 0 });
  checkInteger('createTransitionColumns', 'observationSize', observationSize, { min: 1 });
  checkInteger('createTransitionColumns', 'actionSize', actionSize, { min: 1 });
  return {
    count,
    observationSize,
    actionSize,
    observations: new Float32Array(count * observationSize),
    actions: new Float32Array(count * actionSize),
    rewards: new Float32Array(count),
    nextObservations: new Float32Array(count * observationSize),
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
  };
}
