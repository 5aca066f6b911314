/**
 * The contract of a trajectory optimiser. It holds no hidden state: what it carries from one call to the next (its
 * warm start) goes in and comes out, so planning can be saved, resumed and repeated exactly. Only a deadline makes a
 * plan depend on the machine, and only in how many iterations there was time for.
 */
import type { Rng } from './rng.js';
import type { SequenceEvaluator } from './sequence-evaluator.js';

/** Why a search ended: it did all its iterations, it had nothing left to gain, or the next one would have ended too late. */
export type PlanStatus = 'iterationLimit' | 'converged' | 'deadline';

/** Milliseconds that a search spent in each of its phases, by the clock that it was given. */
export interface PlanPhaseTimes {
  /** Drawing candidates. */
  readonly sampling: number;
  /** Waiting for the evaluator. */
  readonly evaluation: number;
  /** Ranking, and learning from the returns. */
  readonly update: number;
}

/** What a plan took and how it went. The lists by iteration all have one entry for each iteration that was done. */
export interface PlanDiagnostics {
  /** Greatest finite return among the candidates, by iteration. */
  readonly bestReturnByIteration: readonly number[];
  /** Mean finite return among the elites, by iteration. */
  readonly eliteReturnByIteration: readonly number[];
  /** Mean over the plan of the sampling standard deviation, by iteration, in action units. */
  readonly spreadByIteration: readonly number[];
  /** Mean over the plan of the standard deviation of the elites about their mean, by iteration, in action units; 0 where none was finite. */
  readonly eliteSpreadByIteration?: readonly number[];
  /** Sequences scored. */
  readonly evaluationCount: number;
  /** Sequences whose return was not finite; they rank last. */
  readonly nonFiniteCount: number;
  /** Iterations done. */
  readonly iterationCount?: number;
  /** Why the search ended. */
  readonly status?: PlanStatus;
  /** (Σ w)² / Σ w² of the candidates' weights, by iteration; 0 where no return was finite. Absent where a planner does not weight. */
  readonly effectiveSampleSizeByIteration?: readonly number[];
  /** Absent without a clock. */
  readonly phaseMilliseconds?: PlanPhaseTimes;
  /** The elites of each iteration, best first, `[k, H, A]` each with k its own; copies. Absent unless `recordElites`. */
  readonly elitesByIteration?: readonly Float32Array[];
}

/** What a planner carries from one call to the next. The arrays belong to the state; nobody else writes them. */
export interface PlannerState {
  /** The last plan's actions, `[H, A]`, from which the next search starts. */
  readonly actions: Float32Array;
  /** Sequences kept for the next search, `[keptCount, H, A]`; empty where none are. */
  readonly kept: Float32Array;
  /**
   * What else describes the distribution that the next search draws from, `[H, S]` with S the planner's own (standard
   * deviations, probabilities); it moves up with the plan. Absent where each search begins with the same spread.
   */
  readonly spread?: Float32Array;
}

/** A plan. */
export interface Plan {
  /** Actions from now on, `[H, A]`; the caller's own copy. */
  readonly actions: Float32Array;
  /** What to pass to the next call. */
  readonly state: PlannerState;
  readonly diagnostics: PlanDiagnostics;
}

/** One planning problem. */
export interface PlanRequest {
  /** Where to plan from, `[O]`. */
  readonly observation: Float32Array;
  readonly evaluator: SequenceEvaluator;
  /** From `initialState`, `shift` or the last plan. */
  readonly state: PlannerState;
  readonly rng: Rng;
  /** Gives the time in milliseconds, from any origin; without it no times are reported and no deadline can be kept. */
  readonly clock?: () => number;
  /**
   * Milliseconds from the call within which the best plan found so far is wanted, above 0. At least one iteration is
   * done. Needs `clock`.
   */
  readonly deadlineMs?: number;
  /** Whether the diagnostics hold the elites of each iteration. Default false. */
  readonly recordElites?: boolean;
}

/** Searches for a good action sequence. */
export interface Planner {
  readonly horizon: number;
  readonly actionSize: number;
  /** The state of a search that knows nothing yet. */
  initialState(): PlannerState;
  /** The state one step later: plans move up by `steps`, the end is filled anew. */
  shift(state: PlannerState, steps?: number): PlannerState;
  /**
   * Searches.
   * @throws ShapeError when the evaluator or state does not fit, or the evaluator does not leave one return for each
   *   sequence; NumericalError on a non-finite observation; OptionError on a deadline out of bounds or without a clock.
   */
  plan(request: PlanRequest): Promise<Plan>;
}
