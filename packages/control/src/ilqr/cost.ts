/**
 * Costs of a trajectory: J = Σₜ l(t, xₜ, uₜ) + l_T(x_T), with n state and m action components. A solver hands in its own
 * buffers and reads the results at once.
 */

/** First and second derivatives at a point. The solver zeroes all of them before each call. */
export interface CostExpansion {
  /** l_x `[n]`. */
  readonly x: Float64Array;
  /** l_u `[m]`. */
  readonly u: Float64Array;
  /** l_xx `[n, n]`, symmetric. */
  readonly xx: Float64Array;
  /** l_ux `[m, n]`. */
  readonly ux: Float64Array;
  /** l_uu `[m, m]`, symmetric. */
  readonly uu: Float64Array;
}

/** What a trajectory costs, with derivatives. */
export interface Cost {
  /** Cost of state x `[n]` and action u `[m]` at step t in [0, T). */
  stage(x: Float64Array, u: Float64Array, t: number): number;
  /** Cost of the last state `[n]`. */
  terminal(x: Float64Array): number;
  /** Writes the derivatives of the stage cost. */
  expandStage(x: Float64Array, u: Float64Array, t: number, out: CostExpansion): void;
  /** Writes the derivatives of the terminal cost into `out.x` and `out.xx`. */
  expandTerminal(x: Float64Array, out: CostExpansion): void;
}

/** A zeroed expansion for n state and m action components. */
export function createCostExpansion(n: number, m: number): CostExpansion {
  return {
    x: new Float64Array(n),
    u: new Float64Array(m),
    xx: new Float64Array(n * n),
    ux: new Float64Array(m * n),
    uu: new Float64Array(m * m),
  };
}
