/**
 * The program of the least violation of l ≤ c(x) ≤ u within lx ≤ x ≤ ux, smooth and always feasible:
 *
 *   minimise Σ (pᵢ + nᵢ)   subject to   l ≤ c(x) + p − n ≤ u,   p, n ≥ 0,   lx ≤ x ≤ ux,
 *
 * in w = (x, p, n). Its multipliers at a solution prove that no direction reduces the violation to first order: |yᵢ| ≤ 1, yᵢ is 1
 * where cᵢ is above uᵢ, −1 where it is below lᵢ, and Jᵀy + z = 0.
 */
import type { NonlinearProgram, Sides } from './nonlinear-program.js';

/** A program of least violation, and its start from a point of the program that it stems from. */
export interface FeasibilityProgram {
  readonly program: NonlinearProgram;
  /** Returns w `[n + 2m]` at x `[n]` with c(x) `[m]`: without violation, whatever x is. */
  startAt(x: Float64Array, constraints: Float64Array): Float64Array;
}

/** Makes the program of the least violation. Where the objective is not finite, its own is not either. */
export function createFeasibilityProgram(program: NonlinearProgram, { l, u, lx, ux }: Sides): FeasibilityProgram {
  const { variableCount: n, constraintCount: m } = program;
  const wide = n + 2 * m;
  const narrow = new Float64Array(m * n);
  const inner = (w: Float64Array): Float64Array => w.subarray(0, n);
  const variableLower = new Float64Array(wide);
  const variableUpper = new Float64Array(wide).fill(Infinity);
  variableLower.set(lx);
  variableUpper.set(ux);
  return {
    program: {
      variableCount: wide,
      constraintCount: m,
      ...(program.precision === undefined ? {} : { precision: program.precision }),
      ...(program.prepare === undefined ? {} : { prepare: (w, order, y) => program.prepare!(inner(w), order, y) }),
      objective: (w) => (Number.isFinite(program.objective(inner(w))) ? w.subarray(n).reduce((sum, value) => sum + value, 0) : Number.NaN),
      gradient: (_, out) => void out.fill(0, 0, n).fill(1, n),
      constraints(w, out) {
        program.constraints!(inner(w), out);
        for (let i = 0; i < m; i++) out[i]! += w[n + i]! - w[n + m + i]!;
      },
      jacobian(w, out) {
        program.jacobian!(inner(w), narrow);
        out.fill(0);
        for (let i = 0; i < m; i++) {
          out.set(narrow.subarray(i * n, (i + 1) * n), i * wide);
          out[i * wide + n + i] = 1;
          out[i * wide + n + m + i] = -1;
        }
      },
      lower: l,
      upper: u,
      variableLower,
      variableUpper,
    },
    startAt(x, constraints) {
      const w = new Float64Array(wide);
      w.set(x);
      for (let i = 0; i < m; i++) {
        w[n + i] = Math.max(0, l[i]! - constraints[i]!);
        w[n + m + i] = Math.max(0, constraints[i]! - u[i]!);
      }
      return w;
    },
  };
}
