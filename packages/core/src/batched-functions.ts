/**
 * What an environment knows of itself as functions over batches of TensorFlow.js tensors, so that planners and
 * models can put them inside a compiled program. Core imports no TensorFlow.js: it sees a tensor structurally, and
 * the methods are written with `tf.Tensor` by whoever provides them.
 */

/** A TensorFlow.js tensor, seen from outside. Every `tf.Tensor` is one. */
export interface TensorLike {
  readonly shape: number[];
  readonly dtype: string;
  readonly size: number;
}

/**
 * Pure functions over a batch. With `B` any batch extent, `O` observation size and `A` action size:
 * observations are `[B, O]` and actions `[B, A]` float32 tensors.
 */
export interface BatchedFunctions {
  /** Reward of each transition, `[B]` float32. */
  reward?(observation: TensorLike, action: TensorLike, nextObservation: TensorLike): TensorLike;
  /** Whether each transition ends the episode, `[B]` bool. Absent: it never does. */
  terminated?(observation: TensorLike, action: TensorLike, nextObservation: TensorLike): TensorLike;
  /** Next observation `[B, O]` of the true dynamics. */
  dynamics?(observation: TensorLike, action: TensorLike): TensorLike;
}
