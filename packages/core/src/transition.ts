/** Transitions, one at a time and in columns. Shapes: `N` rows, `O` observation size, `A` action size. */

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
