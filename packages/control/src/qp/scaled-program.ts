/**
 * The form in which the solvers hold a quadratic program, and its equilibration. Constraints are numbered 0 … m−1 for
 * the rows of A and m … m+n−1 for the bounds of the variables; each is one of the kinds below.
 *
 *   minimise ½ xᵀPx + qᵀx   subject to   lower ≤ (Ax, x) ≤ upper
 *
 * Scaling (Ruiz 2001, on [P Aᵀ; A 0]): x = D x̂, P̂ = c D P D, q̂ = c D q, Â = E A D, multipliers y = E ŷ / c. A bound is
 * scaled by E = 1/D, so it stays a bound.
 */
import { addTransposedProduct, multiplyRows, type SparseRows } from './sparse-rows.js';

/** No finite side. */
export const kindFree = 0;
/** Finite below only. */
export const kindLower = 1;
/** Finite above only. */
export const kindUpper = 2;
/** Finite on both sides. */
export const kindRange = 3;
/** An equality, or a variable fixed by its bounds. */
export const kindEqual = 4;

/** A quadratic program with sparse rows; see the header. */
export interface SparseProgram {
  readonly P: SparseRows;
  readonly A: SparseRows;
  /** `[n]`. */
  readonly q: Float64Array;
  /** `[m + n]`. */
  readonly lower: Float64Array;
  /** `[m + n]`. */
  readonly upper: Float64Array;
  /** The products of A where its structure makes them quicker than row by row, in working precision. */
  readonly products?: {
    /** Writes A x `[m]` into `out`. */
    multiply(x: Float64Array, out: Float64Array): void;
    /** Adds Aᵀ y `[n]` to `out`. */
    addTransposed(y: Float64Array, out: Float64Array): void;
  };
}

/** A scaled program with what leads back to the original. */
export interface ScaledProgram extends SparseProgram {
  /** Kind of each constraint, `[m + n]`. */
  readonly kind: Uint8Array;
  /** D, `[n]`. */
  readonly variableScale: Float64Array;
  /** E, `[m + n]`. */
  readonly constraintScale: Float64Array;
  /** c. */
  costScale: number;
}

/** Makes the arrays of a scaled program for one pattern. */
export function createScaledProgram({ P, A }: Pick<SparseProgram, 'P' | 'A'>): ScaledProgram {
  const n = P.rows;
  const count = A.rows + n;
  return {
    P: { ...P, values: new Float64Array(P.values.length) },
    A: { ...A, values: new Float64Array(A.values.length) },
    q: new Float64Array(n),
    lower: new Float64Array(count),
    upper: new Float64Array(count),
    kind: new Uint8Array(count),
    variableScale: new Float64Array(n).fill(1),
    constraintScale: new Float64Array(count).fill(1),
    costScale: 1,
  };
}

/**
 * Writes the kind of each constraint. Sides that differ by rounding alone make an equality.
 */
export function classifyConstraints(lower: Float64Array, upper: Float64Array, kind: Uint8Array): void {
  for (let i = 0; i < kind.length; i++) {
    const low = lower[i]!;
    const high = upper[i]!;
    if (high - low < Infinity && high - low <= 1e-14 * Math.max(1, Math.abs(low))) kind[i] = kindEqual;
    else kind[i] = (low > -Infinity ? kindLower : 0) + (high < Infinity ? kindUpper : 0);
  }
}

/**
 * Equilibrates a program into `scaled`, whose patterns must be those of `program`.
 * @param rounds rounds of Ruiz scaling; 0 leaves variables and constraints as they are
 * @param keep takes over new q and sides only, with the scaling that is there
 */
export function scaleProgram(program: SparseProgram, scaled: ScaledProgram, rounds: number, keep: boolean): void {
  if (!keep) equilibrate(program, scaled, rounds);
  const { q, lower, upper, variableScale: D, constraintScale: E, costScale: c } = scaled;
  classifyConstraints(program.lower, program.upper, scaled.kind);
  for (let i = 0; i < q.length; i++) q[i] = c * D[i]! * program.q[i]!;
  for (let i = 0; i < lower.length; i++) {
    lower[i] = program.lower[i]! * E[i]!;
    upper[i] = program.upper[i]! * E[i]!;
  }
}

function equilibrate(program: SparseProgram, scaled: ScaledProgram, rounds: number): void {
  const { P, A } = scaled;
  const n = P.rows;
  const m = A.rows;
  const { variableScale: D, constraintScale: E } = scaled;
  P.values.set(program.P.values);
  A.values.set(program.A.values);
  D.fill(1);
  E.fill(1);
  const norm = scaled.q;
  for (let round = 0; round < rounds; round++) {
    norm.fill(0);
    for (let i = 0; i < n; i++) {
      let largest = 0;
      for (let k = P.start[i]!; k < P.start[i + 1]!; k++) largest = Math.max(largest, Math.abs(P.values[k]!));
      norm[i] = largest;
    }
    let spread = 0;
    for (let i = 0; i < m; i++) {
      let largest = 0;
      for (let k = A.start[i]!; k < A.start[i + 1]!; k++) {
        const size = Math.abs(A.values[k]!);
        if (size > largest) largest = size;
        const j = A.index[k]!;
        if (size > norm[j]!) norm[j] = size;
      }
      spread = Math.max(spread, largest === 0 ? 0 : Math.abs(1 - largest));
      const factor = largest === 0 ? 1 : 1 / Math.sqrt(largest);
      E[i]! *= factor;
      for (let k = A.start[i]!; k < A.start[i + 1]!; k++) A.values[k]! *= factor;
    }
    for (let j = 0; j < n; j++) {
      spread = Math.max(spread, norm[j] === 0 ? 0 : Math.abs(1 - norm[j]!));
      norm[j] = norm[j] === 0 ? 1 : 1 / Math.sqrt(norm[j]!);
      D[j]! *= norm[j]!;
    }
    for (let i = 0; i < m; i++) for (let k = A.start[i]!; k < A.start[i + 1]!; k++) A.values[k]! *= norm[A.index[k]!]!;
    for (let i = 0; i < n; i++) for (let k = P.start[i]!; k < P.start[i + 1]!; k++) P.values[k]! *= norm[i]! * norm[P.index[k]!]!;
    if (spread < 0.1) break;
  }
  let largestCost = 0;
  let meanColumn = 0;
  for (let i = 0; i < n; i++) {
    let largest = 0;
    for (let k = P.start[i]!; k < P.start[i + 1]!; k++) largest = Math.max(largest, Math.abs(P.values[k]!));
    meanColumn += largest / n;
    largestCost = Math.max(largestCost, Math.abs(D[i]! * program.q[i]!));
  }
  const size = Math.max(largestCost, meanColumn);
  const c = size > 0 ? 1 / size : 1;
  scaled.costScale = c;
  for (let k = 0; k < P.values.length; k++) P.values[k]! *= c;
  for (let i = 0; i < n; i++) E[m + i] = 1 / D[i]!;
}

/** Writes the values of all constraints, (Ax, x) `[m + n]`. */
export function evaluateConstraints(A: SparseRows, x: Float64Array, out: Float64Array): void {
  multiplyRows(A, x, out);
  out.set(x, A.rows);
}

/** Writes the gradient of the Lagrangian Px + q + Aᵀy + y of the bounds, `[n]`; `y` has all m + n multipliers. */
export function evaluateStationarity(program: SparseProgram, x: Float64Array, y: Float64Array, out: Float64Array): void {
  const { P, A, q } = program;
  multiplyRows(P, x, out);
  for (let j = 0; j < q.length; j++) out[j]! += q[j]! + y[A.rows + j]!;
  addTransposedProduct(A, y, out);
}
