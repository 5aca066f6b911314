/**
 * The contract of a learned simulator. Shapes: `N` rows, `O` observation size, `A` action size.
 */
import type { Checkpoint } from './checkpoint.js';
import type { NdArray } from './nd-array.js';
import type { Rng } from './rng.js';
import type { TransitionColumns } from './transition.js';

/** A prediction of the next observation, with its variance by source. All `[N, O]`. */
export interface Prediction {
  /** Expected next observation. */
  readonly mean: NdArray<'float32'>;
  /** Variance of the outcome itself: noise that more data does not remove. */
  readonly aleatoricVariance: NdArray<'float32'>;
  /** Variance between the beliefs: what more data would remove. */
  readonly epistemicVariance: NdArray<'float32'>;
}

/** One epoch of a fit. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean training loss over the epoch. */
  readonly trainLoss: number;
  /** Mean loss on held-out data; undefined when none is held out. */
  readonly holdoutLoss?: number;
}

/** What a fit did. */
export interface FitReport {
  readonly epochs: readonly EpochReport[];
  /** Why it ended. */
  readonly status: 'epochLimit' | 'earlyStop' | 'aborted';
  /** Epoch whose parameters were kept; 0 where no epoch improved on those from before the fit. */
  readonly bestEpoch: number;
  /** Held-out loss by member with the parameters kept, where data is held out. */
  readonly holdoutLossByMember: readonly number[];
  /** Rows trained on and rows held out. */
  readonly trainCount: number;
  readonly holdoutCount: number;
}

/** How to fit. */
export interface FitOptions {
  /** All randomness of the fit. */
  readonly rng: Rng;
  /** Called after each epoch. */
  readonly onEpoch?: (report: EpochReport) => void;
  /** Ends the fit after the current epoch, with the best parameters so far kept. */
  readonly signal?: AbortSignal;
}

/** A simulator learned from data. */
export interface DynamicsModel {
  readonly observationSize: number;
  readonly actionSize: number;
  /**
   * Learns from transitions. @throws ShapeError on wrong sizes, NumericalError when the loss stops being finite
   * (the message says in which epoch and member).
   */
  fit(data: TransitionColumns, options: FitOptions): Promise<FitReport>;
  /** Predicts the distribution of the next observation for rows `[N, O]` and `[N, A]`. */
  predict(observations: NdArray<'float32'>, actions: NdArray<'float32'>): Promise<Prediction>;
  /** Draws a next observation for each row, `[N, O]`. */
  sample(observations: NdArray<'float32'>, actions: NdArray<'float32'>, rng: Rng): Promise<NdArray<'float32'>>;
  /** First-order expansion of the mean: next ≈ A (observation − observation₀) + B (action − action₀) + next₀. */
  linearize(observation: ArrayLike<number>, action: ArrayLike<number>): Promise<Linearization>;
  /** {@link DynamicsModel.linearize} at N points at once, `[N, O]` and `[N, A]`: what trajectory optimisers ask for. */
  linearizeBatch?(observations: NdArray<'float32'>, actions: NdArray<'float32'>): Promise<BatchLinearization>;
  /** Everything that is learned. */
  save(): Checkpoint;
  /** Takes over what `save` gave. @throws CheckpointError when it does not fit this model. */
  load(checkpoint: Checkpoint): void;
  /** Frees compiled programs. Calls after it throw a LifecycleError. */
  dispose(): void;
}

/** A linear expansion of the dynamics at a point. */
export interface Linearization {
  /** Next observation at the point, `[O]`. */
  readonly nextObservation: NdArray<'float32'>;
  /** Derivative by the observation, `[O, O]`. */
  readonly A: NdArray<'float32'>;
  /** Derivative by the action, `[O, A]`. */
  readonly B: NdArray<'float32'>;
}

/** Linear expansions of the dynamics at N points. */
export interface BatchLinearization {
  /** Next observations at the points, `[N, O]`. */
  readonly nextObservations: NdArray<'float32'>;
  /** Derivatives by the observation, `[N, O, O]`. */
  readonly A: NdArray<'float32'>;
  /** Derivatives by the action, `[N, O, A]`. */
  readonly B: NdArray<'float32'>;
}
