/**
 * The contract of what a planner plans through: an observation and N action sequences in, N returns out. A learned
 * model, a true simulator and a table can each provide one; a planner cannot tell which.
 */
import type { Rng } from './rng.js';

/** What an evaluator expects of one sequence: P possible trajectories of H steps. */
export interface PredictedTrajectories {
  /** P; one where the future is certain. */
  readonly particleCount: number;
  /** Observations after each step, `[P, H, O]` row-major; the caller's own copy. */
  readonly observations: Float32Array;
}

/** Scores action sequences from one starting observation. */
export interface SequenceEvaluator {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Steps in a sequence. */
  readonly horizon: number;
  /**
   * Writes the return of each sequence.
   * @param observation where the sequences start, `[O]`
   * @param sequences candidate actions, `[N, horizon, A]` row-major; read only during the call
   * @param returns filled with the N returns; may hold non-finite values, which planners rank last
   * @param rng all randomness of the evaluation
   */
  evaluate(observation: Float32Array, sequences: Float32Array, returns: Float32Array, rng: Rng): Promise<void>;
  /**
   * Writes the returns as `evaluate` does, equal for an equal generator, and their gradients by the actions. Absent
   * where returns cannot be differentiated.
   * @param gradients filled with the derivative of each return by its own sequence, `[N, horizon, A]`
   */
  evaluateWithGradient?(
    observation: Float32Array,
    sequences: Float32Array,
    returns: Float32Array,
    gradients: Float32Array,
    rng: Rng,
  ): Promise<void>;
  /**
   * Says what one sequence `[horizon, A]` is expected to lead to, for reports. Absent where it cannot be told.
   */
  predictTrajectory?(observation: Float32Array, sequence: Float32Array, rng: Rng): Promise<PredictedTrajectories>;
}
