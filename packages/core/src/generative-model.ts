/**
 * A simulator that can be asked for any state: what a tree search plans through. A true environment, a table and a
 * learned model can each provide one. Symbols: S numbers describe a state, A an action.
 */
import type { Rng } from './rng.js';
import type { Space } from './space.js';

/** What a transition pays and whether it ends the episode. */
export interface GenerativeOutcome {
  readonly reward: number;
  readonly terminated: boolean;
}

/** Draws transitions from any state. It keeps no state of its own. */
export interface GenerativeModel {
  /** S. */
  readonly stateSize: number;
  readonly actionSpace: Space;
  /**
   * Draws what follows from acting in a state.
   * @param state `[S]`, only read
   * @param action `[A]`, only read
   * @param next `[S]`, filled with the state that follows
   * @param rng all randomness of the transition
   * @returns a promise where the work is asynchronous; the arrays stay untouched by others until it settles
   */
  step(state: Float64Array, action: Float32Array, next: Float64Array, rng: Rng): GenerativeOutcome | Promise<GenerativeOutcome>;
}
