/**
 * Convex quadratic programs as they are given and answered:
 *
 *   minimise ½ xᵀPx + qᵀx   subject to   l ≤ Ax ≤ u,   lx ≤ x ≤ ux
 *
 * with P ⪰ 0 symmetric `[n, n]` and A `[m, n]`, both dense and row-major. Sides may be infinite, and 10²⁰ or more in size
 * counts as that; l = u is an equality.
 *
 * Sign of the multipliers: stationarity reads Px + q + Aᵀy + z = 0. A positive y presses on the upper side, a negative
 * one on the lower; so do the z of the bounds.
 */
import { checkInteger, OptionError, ShapeError } from '@mbrl/core';

/** A convex quadratic program; see the header. */
export interface QuadraticProgram {
  /** P, `[n, n]`; absent: zero, a linear program. */
  readonly P?: ArrayLike<number>;
  /** q, `[n]`. */
  readonly q: ArrayLike<number>;
  /** A, `[m, n]`; may be absent where m = 0. */
  readonly A?: ArrayLike<number>;
  /** l, `[m]`; absent: −∞. */
  readonly l?: ArrayLike<number>;
  /** u, `[m]`; absent: ∞. */
  readonly u?: ArrayLike<number>;
  /** lx, `[n]`; absent: −∞. */
  readonly lx?: ArrayLike<number>;
  /** ux, `[n]`; absent: ∞. */
  readonly ux?: ArrayLike<number>;
}

/**
 * What became of a program. `solved`: the residuals are within the tolerance. `inaccurate`: the method got no further;
 * the residuals say how far. `primalInfeasible`, `dualInfeasible` (unbounded): the certificate proves it. `nonconvex`:
 * P has a direction of negative curvature, which the certificate is. `iterationLimit`: ended before any of these.
 */
export type QpStatus = 'solved' | 'inaccurate' | 'primalInfeasible' | 'dualInfeasible' | 'nonconvex' | 'iterationLimit';

/** An answer. Its arrays belong to the solver and are overwritten by its next `solve`. */
export interface QpResult {
  readonly status: QpStatus;
  /** `[n]`. */
  readonly x: Float64Array;
  /** Multipliers of the rows, `[m]`. */
  readonly y: Float64Array;
  /** Multipliers of the bounds, `[n]`. */
  readonly z: Float64Array;
  /** ½ xᵀPx + qᵀx. */
  readonly objective: number;
  /** Largest violation of a constraint. */
  readonly primalResidual: number;
  /** Largest element of Px + q + Aᵀy + z. */
  readonly dualResidual: number;
  /** |xᵀPx + qᵀx + Σ (side · multiplier)|. */
  readonly gap: number;
  /** Interior-point steps; where the dual active-set method sufficed, constraints taken in and dropped. */
  readonly iterations: number;
  /** Rounds of active-set refinement. */
  readonly polishRounds: number;
  /**
   * Primal infeasible: multipliers (y, z) `[m + n]` with Aᵀy + z = 0 and Σ (side · multiplier) < 0. Dual infeasible: a
   * direction `[n]` with Pd = 0, qᵀd < 0 along which every constraint holds for ever. Nonconvex: d `[n]` with dᵀPd < 0.
   */
  readonly certificate: Float64Array | undefined;
}

/** Where to start: a point and multipliers, as an earlier result gives them. */
export interface QpWarmStart {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z: ArrayLike<number>;
}

/** Checks sizes, sides and finiteness of a program. @throws ShapeError, OptionError */
export function checkQuadraticProgram(caller: string, program: QuadraticProgram, n: number, m: number): void {
  checkInteger(caller, 'variableCount', n, { min: 1 });
  checkInteger(caller, 'constraintCount', m, { min: 0 });
  checkLength(caller, 'P', program.P, n * n);
  checkLength(caller, 'q', program.q, n);
  checkLength(caller, 'l', program.l, m);
  checkLength(caller, 'u', program.u, m);
  checkLength(caller, 'lx', program.lx, n);
  checkLength(caller, 'ux', program.ux, n);
  checkLength(caller, 'A', program.A, m * n);
  if (program.A === undefined && m > 0) throw new ShapeError(`${caller}: A must have ${m * n} elements, got none`);
  checkFinite(caller, 'P', program.P);
  checkFinite(caller, 'q', program.q);
  checkFinite(caller, 'A', program.A);
  checkSides(caller, 'l', program.l, 'u', program.u, m);
  checkSides(caller, 'lx', program.lx, 'ux', program.ux, n);
  if (program.P !== undefined) checkSymmetric(caller, program.P, n);
}

function checkLength(caller: string, name: string, array: ArrayLike<number> | undefined, size: number): void {
  if (array !== undefined && array.length !== size)
    throw new ShapeError(`${caller}: ${name} must have ${size} elements, got ${array.length}`);
}

function checkFinite(caller: string, name: string, array: ArrayLike<number> | undefined): void {
  if (array === undefined) return;
  // A difference that is not zero tells of NaN or infinity somewhere.
  let rest = 0;
  for (let i = 0, size = array.length; i < size; i++) rest += array[i]! - array[i]!;
  if (rest === 0) return;
  for (let i = 0; i < array.length; i++) {
    if (!Number.isFinite(array[i])) throw new OptionError(`${caller}: ${name}[${i}] must be finite, got ${array[i]}`);
  }
}

function checkSides(
  caller: string,
  lowName: string,
  low: ArrayLike<number> | undefined,
  highName: string,
  high: ArrayLike<number> | undefined,
  size: number,
): void {
  if (low === undefined && high === undefined) return;
  for (let i = 0; i < size; i++) {
    const one = low === undefined ? -Infinity : low[i]!;
    const other = high === undefined ? Infinity : high[i]!;
    if (one <= other && one < Infinity && other > -Infinity) continue;
    if (!(one < Infinity)) throw new OptionError(`${caller}: ${lowName}[${i}] must be a number below Infinity, got ${one}`);
    if (!(other > -Infinity)) throw new OptionError(`${caller}: ${highName}[${i}] must be a number above -Infinity, got ${other}`);
    throw new OptionError(`${caller}: ${lowName}[${i}] must be at most ${highName}[${i}]=${other}, got ${one}`);
  }
}

function checkSymmetric(caller: string, P: ArrayLike<number>, n: number): void {
  let differs = 0;
  for (let i = 1; i < n; i++) {
    for (let j = 0, row = i * n; j < i; j++) {
      const difference = Math.abs(P[row + j]! - P[j * n + i]!);
      if (difference > differs) differs = difference;
    }
  }
  if (differs === 0) return;
  let largest = 0;
  for (let i = 0; i < n * n; i++) largest = Math.max(largest, Math.abs(P[i]!));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const difference = Math.abs(P[i * n + j]! - P[j * n + i]!);
      if (difference > 1e-9 * largest)
        throw new OptionError(`${caller}: P must be symmetric, got P[${i}, ${j}]=${P[i * n + j]} and P[${j}, ${i}]=${P[j * n + i]}`);
    }
  }
}
