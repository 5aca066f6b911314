/**
 * A finite Markov decision process as tables, exact or estimated: what dynamic programming plans through. Outcomes are
 * kept sparse: those of acting with `a` in `s` are the entries from `offsets[s·A + a]` to `offsets[s·A + a + 1]`.
 *
 * Symbols: S states, A actions, M outcomes in all.
 */

/** A finite Markov decision process. Nobody writes the arrays after it is made. */
export interface TabularModel {
  readonly stateCount: number;
  readonly actionCount: number;
  /** Discount γ in [0, 1] that the task is stated with. */
  readonly discount: number;
  /** Where the outcomes of each pair begin, `[S·A + 1]`, from 0 to M without a decrease. A pair without outcomes cannot be taken. */
  readonly offsets: Int32Array;
  /** State that each outcome leads to, `[M]`. */
  readonly nextStates: Int32Array;
  /** Probability of each outcome given its pair, `[M]`; those of a pair sum to 1. */
  readonly probabilities: Float64Array;
  /** Reward of each outcome, `[M]`. */
  readonly rewards: Float64Array;
  /** Whether each outcome ends the episode, `[M]`, 0 or 1: no value follows it. */
  readonly endings: Uint8Array;
  /** Probability of starting in each state, `[S]`. */
  readonly startProbabilities: Float64Array;
}
