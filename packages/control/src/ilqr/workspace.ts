/** All arrays of one solver, made once: n state and m action components, T steps, C constraint rows, L step lengths at once. */
import type { ResolvedProblem } from './problem.js';

/** Flat row-major arrays. */
export interface Workspace {
  /** States `[T+1, n]`, actions `[T, m]` and gaps f(xₜ, uₜ) − xₜ₊₁ `[T, n]` of the current iterate. */
  readonly X: Float64Array;
  readonly U: Float64Array;
  readonly gaps: Float64Array;
  /** x₀ `[n]`. */
  readonly initial: Float64Array;
  /** Derivatives of the dynamics, A `[T, n, n]` and B `[T, n, m]`. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  /** Derivatives of the cost with the terms of the augmented Lagrangian; row T of lx and lxx is the terminal cost. */
  readonly lx: Float64Array;
  readonly lu: Float64Array;
  readonly lxx: Float64Array;
  readonly lux: Float64Array;
  readonly luu: Float64Array;
  /** Costates `[T+1, n]`: derivative of what follows by the state, along the current iterate. */
  readonly costates: Float64Array;
  /** Second derivatives of the dynamics times the costates `[T, n+m, n+m]`; empty for Gauss–Newton. */
  readonly tensors: Float64Array;
  /** Policy: feedback K `[T, m, n]`, feedforward k `[T, m]`. */
  readonly K: Float64Array;
  readonly k: Float64Array;
  /** Value function's derivatives at each step, `[T+1, n]` and `[T+1, n, n]`. */
  readonly Vx: Float64Array;
  readonly Vxx: Float64Array;
  /** Candidates of the line search: states `[T+1, L, n]`, actions `[T, L, m]`, costs `[L]`. */
  readonly candidateX: Float64Array;
  readonly candidateU: Float64Array;
  readonly candidateCosts: Float64Array;
  /** One step of all candidates. */
  readonly stepX: Float64Array;
  readonly stepU: Float64Array;
  readonly stepNext: Float64Array;
  readonly stepTimes: Int32Array;
  /** 0 … T−1. */
  readonly times: Int32Array;
  /** Constraint rows: values, multipliers, derivatives by state and action. */
  readonly c: Float64Array;
  readonly multipliers: Float64Array;
  readonly cx: Float64Array;
  readonly cu: Float64Array;
  /** One state and one action. */
  readonly x: Float64Array;
  readonly u: Float64Array;
}

/** Allocates the arrays for `candidates` step lengths at once. */
export function createWorkspace({ T, n, m, rows }: ResolvedProblem, candidates: number, secondOrder: boolean): Workspace {
  const array = (length: number): Float64Array => new Float64Array(length);
  return {
    X: array((T + 1) * n),
    U: array(T * m),
    gaps: array(T * n),
    initial: array(n),
    A: array(T * n * n),
    B: array(T * n * m),
    lx: array((T + 1) * n),
    lu: array(T * m),
    lxx: array((T + 1) * n * n),
    lux: array(T * m * n),
    luu: array(T * m * m),
    costates: array((T + 1) * n),
    tensors: array(secondOrder ? T * (n + m) * (n + m) : 0),
    K: array(T * m * n),
    k: array(T * m),
    Vx: array((T + 1) * n),
    Vxx: array((T + 1) * n * n),
    candidateX: array((T + 1) * candidates * n),
    candidateU: array(T * candidates * m),
    candidateCosts: array(candidates),
    stepX: array(candidates * n),
    stepU: array(candidates * m),
    stepNext: array(candidates * n),
    stepTimes: new Int32Array(candidates),
    times: Int32Array.from({ length: T }, (_, t) => t),
    c: array(rows.total),
    multipliers: array(rows.total),
    cx: array(rows.total * n),
    cu: array(rows.total * m),
    x: array(n),
    u: array(m),
  };
}
