/**
 * The augmented Lagrangian of constraint rows c (Powell, Hestenes, Rockafellar): with multiplier λ and penalty μ > 0, an
 * equality adds λc + ½μc², an inequality (max(0, λ + μc)² − λ²) / 2μ. Gauss–Newton Hessian: μ∇c∇cᵀ of active rows.
 */
import type { CostExpansion } from './cost.js';
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** The terms of one workspace. */
export interface AugmentedLagrangian {
  /** μ; changed by {@link AugmentedLagrangian.update}. */
  readonly penalty: number;
  reset(penalty: number): void;
  /** Adds the terms' value at step t to `out[at]`; a number that is returned would be put on the heap. */
  addValue(t: number, x: Float64Array, u: Float64Array, out: Float64Array, at: number): void;
  /** Adds the terms' derivatives at step t, and stores c and its derivatives. */
  expand(t: number, x: Float64Array, u: Float64Array, out: CostExpansion): void;
  /** Largest |c| of equalities and c of inequalities at the current iterate, as stored by `expand`; 0 without rows. */
  violation(): number;
  /** Largest of |c| of equalities and |max(c, −λ⁺/μ)| of inequalities: 0 only where complementarity holds too. */
  residual(): number;
  /** Multipliers to first order, λ⁺ = λ + μc (at least 0 for inequalities), written to `out` `[rows]`. */
  firstOrder(out: Float64Array): void;
  /** Takes over λ⁺ and sets the penalty. */
  update(penalty: number): void;
}

/** Makes the terms over the arrays of `w`. */
export function createAugmentedLagrangian({ n, m, rows }: ResolvedProblem, w: Workspace): AugmentedLagrangian {
  const { c, cx, cu, multipliers } = w;
  const { start, equality, total } = rows;
  const values = new Float64Array(total);
  let penalty = 1;

  return {
    get penalty() {
      return penalty;
    },
    reset(value) {
      penalty = value;
    },
    addValue(t, x, u, out, at) {
      const end = start[t + 1]!;
      if (start[t] === end) return;
      rows.evaluate(t, x, u, values);
      let sum = 0;
      for (let row = start[t]!; row < end; row++) {
        const lambda = multipliers[row]!;
        const value = values[row]!;
        if (equality[row] === 1) sum += value * (lambda + 0.5 * penalty * value);
        else {
          const shifted = lambda + penalty * value;
          // Written this way, NaN stays NaN.
          sum += ((shifted <= 0 ? 0 : shifted * shifted) - lambda * lambda) / (2 * penalty);
        }
      }
      out[at] = out[at]! + sum;
    },
    expand(t, x, u, out) {
      const end = start[t + 1]!;
      if (start[t] === end) return;
      rows.evaluate(t, x, u, c);
      rows.linearize(t, x, u, cx, cu);
      for (let row = start[t]!; row < end; row++) {
        const slope = multipliers[row]! + penalty * c[row]!;
        if (equality[row] === 0 && slope <= 0) continue;
        const rx = row * n;
        const ru = row * m;
        for (let i = 0; i < n; i++) {
          const value = cx[rx + i]!;
          if (value === 0) continue;
          out.x[i] = out.x[i]! + slope * value;
          for (let j = 0; j < n; j++) out.xx[i * n + j] = out.xx[i * n + j]! + penalty * value * cx[rx + j]!;
        }
        for (let i = 0; i < m; i++) {
          const value = cu[ru + i]!;
          if (value === 0) continue;
          out.u[i] = out.u[i]! + slope * value;
          for (let j = 0; j < n; j++) out.ux[i * n + j] = out.ux[i * n + j]! + penalty * value * cx[rx + j]!;
          for (let j = 0; j < m; j++) out.uu[i * m + j] = out.uu[i * m + j]! + penalty * value * cu[ru + j]!;
        }
      }
    },
    violation() {
      let largest = 0;
      for (let row = 0; row < total; row++) largest = Math.max(largest, equality[row] === 1 ? Math.abs(c[row]!) : c[row]!);
      return largest;
    },
    residual() {
      let largest = 0;
      for (let row = 0; row < total; row++) {
        const value = c[row]!;
        largest = Math.max(largest, Math.abs(equality[row] === 1 ? value : Math.max(value, -multipliers[row]! / penalty)));
      }
      return largest;
    },
    firstOrder(out) {
      for (let row = 0; row < total; row++) {
        const value = multipliers[row]! + penalty * c[row]!;
        out[row] = equality[row] === 1 ? value : Math.max(0, value);
      }
    },
    update(value) {
      this.firstOrder(multipliers);
      penalty = value;
    },
  };
}
