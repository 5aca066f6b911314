/**
 * Nonlinear programs with n variables and m constraints,
 *
 *   minimise f(x)   subject to   l ≤ c(x) ≤ u,   lx ≤ x ≤ ux,
 *
 * given by functions that write into flat float64 arrays. Lagrangian: f + yᵀc + zᵀx; a positive multiplier presses on
 * the upper side.
 */
import { checkInteger, OptionError, ShapeError } from '@mbrl/core';

/** A nonlinear program. Sides and bounds may be infinite; absent ones are. */
export interface NonlinearProgram {
  /** n, at least 1. */
  readonly variableCount: number;
  /** m, at least 0. */
  readonly constraintCount: number;
  /** Rounding unit of what the functions compute in: 2⁻⁵³ (the default), or 2⁻²⁴ where a float32 network is in them. */
  readonly precision?: number;
  /**
   * Where functions share their work, or have to wait for it: called before they are at each point. Order 0: for `objective` and
   * `constraints`; 1: for `gradient`, `jacobian` and `gaussNewton`, at the last point of order 0 that was taken; 2: for
   * `hessian` with multipliers y.
   * @returns a promise where the work is asynchronous; `solveSqpAsync` awaits it
   */
  prepare?(x: Float64Array, order: 0 | 1 | 2, y: Float64Array): void | Promise<void>;
  /** f(x). */
  objective(x: Float64Array): number;
  /** Writes ∇f `[n]`. */
  gradient(x: Float64Array, out: Float64Array): void;
  /** Writes c(x) `[m]`; needed where m > 0. */
  constraints?(x: Float64Array, out: Float64Array): void;
  /** Writes the Jacobian of c, `[m, n]`; needed where m > 0. */
  jacobian?(x: Float64Array, out: Float64Array): void;
  /** Writes ∇²f + Σ yᵢ ∇²cᵢ, `[n, n]`, for the exact Hessian. */
  hessian?(x: Float64Array, y: Float64Array, out: Float64Array): void;
  /** Writes JᵣᵀJᵣ of f = ½‖r‖², `[n, n]`, for the Gauss-Newton Hessian. */
  gaussNewton?(x: Float64Array, out: Float64Array): void;
  /** l, `[m]`. */
  readonly lower?: ArrayLike<number>;
  /** u, `[m]`. */
  readonly upper?: ArrayLike<number>;
  /** lx, `[n]`. */
  readonly variableLower?: ArrayLike<number>;
  /** ux, `[n]`. */
  readonly variableUpper?: ArrayLike<number>;
}

/** Sides and bounds with all infinities filled in. */
export interface Sides {
  readonly l: Float64Array;
  readonly u: Float64Array;
  readonly lx: Float64Array;
  readonly ux: Float64Array;
}

/** Checks a program and fills in its sides. @throws OptionError, ShapeError */
export function completeSides(caller: string, program: NonlinearProgram): Sides {
  const { variableCount: n, constraintCount: m } = program;
  checkInteger(caller, 'variableCount', n, { min: 1 });
  checkInteger(caller, 'constraintCount', m, { min: 0 });
  if (m > 0 && (program.constraints === undefined || program.jacobian === undefined)) {
    throw new OptionError(`${caller}: constraints and jacobian must be given where constraintCount > 0, got constraintCount ${m}`);
  }
  const take = (name: string, given: ArrayLike<number> | undefined, size: number, open: number): Float64Array => {
    if (given === undefined) return new Float64Array(size).fill(open);
    if (given.length !== size) throw new ShapeError(`${caller}: ${name} must have ${size} elements, got ${given.length}`);
    const out = Float64Array.from(given);
    const bad = out.findIndex((value) => Number.isNaN(value));
    if (bad >= 0) throw new OptionError(`${caller}: ${name}[${bad}] must be a number, got NaN`);
    return out;
  };
  const sides = {
    l: take('lower', program.lower, m, -Infinity),
    u: take('upper', program.upper, m, Infinity),
    lx: take('variableLower', program.variableLower, n, -Infinity),
    ux: take('variableUpper', program.variableUpper, n, Infinity),
  };
  for (let i = 0; i < m; i++)
    if (sides.l[i]! > sides.u[i]!)
      throw new OptionError(`${caller}: lower[${i}] must be at most upper[${i}]=${sides.u[i]}, got ${sides.l[i]}`);
  for (let j = 0; j < n; j++) {
    if (sides.lx[j]! > sides.ux[j]!)
      throw new OptionError(`${caller}: variableLower[${j}] must be at most variableUpper[${j}]=${sides.ux[j]}, got ${sides.lx[j]}`);
  }
  return sides;
}

/** Σ of how far values lie outside of their sides. */
export function violationOf(values: Float64Array, low: Float64Array, high: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.max(0, low[i]! - values[i]!, values[i]! - high[i]!);
  return sum;
}
