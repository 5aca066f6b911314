/**
 * The contract of a trajectory optimiser. It holds no hidden state: what it carries from one call to the next (its
 * warm start) goes in and comes out, so planning can be saved, resumed and repeated exactly.
 */
import type { Rng } from './rng.js';
import type { SequenceEvaluator } from './sequence-evaluator.js';

/** What a plan took and how it went. */
export interface PlanDiagnostics {
  /** Greatest finite return among the candidates, by iteration. */
  readonly bestReturnByIteration: readonly number[];
  /** Mean finite return among the elites, by iteration. */
  readonly eliteReturnByIteration: readonly number[];
  /** Mean over the plan of the sampling standard deviation, by iteration, in action units. */
  readonly spreadByIteration: readonly number[];
  /** Sequences scored. */
  readonly evaluationCount: number;
  /** Sequences whose return was not finite; they rank last. */
  readonly nonFiniteCount: number;
}

/** What a planner carries from one call to the next. The arrays belong to the state; nobody else writes them. */
export interface PlannerState {
  /** The last plan's actions, `[H, A]`, from which the next search starts. */
  readonly actions: Float32Array;
  /** Sequences kept for the next search, `[keptCount, H, A]`; empty where none are. */
  readonly kept: Float32Array;
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
}

/** Searches for a good action sequence. */
export interface Planner {
  readonly horizon: number;
  readonly actionSize: number;
  /** The state of a search that knows nothing yet. */
  initialState(): PlannerState;
  /** The state one step later: plans move up by `steps`, the end is filled anew. */
  shift(state: PlannerState, steps?: number): PlannerState;
  /** Searches. @throws ShapeError when the evaluator or state does not fit; NumericalError on a non-finite observation. */
  plan(request: PlanRequest): Promise<Plan>;
}
