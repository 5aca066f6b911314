/**
 * The contract of what a planner plans through: an observation and N action sequences in, N returns out. A learned
 * model, a true simulator and a table can each provide one; a planner cannot tell which.
 */
import type { Rng } from './rng.js';

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
}
