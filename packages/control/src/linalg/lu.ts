/**
 * LU factorisation with partial pivoting, PA = LU, solves with it, and an estimate of the condition number. Flat and
 * row-major; nothing is allocated.
 */
import { solveLower, solveLowerTransposed, solveUpper, solveUpperTransposed } from './triangular.js';

/**
 * Overwrites A with its factors: U on and above the diagonal, L (unit diagonal) below.
 * @param A `[n, n]`, overwritten
 * @param pivots `[n]`, overwritten: row that row i was exchanged with
 * @returns false where A is singular to the last bit or not finite, and the factors are then unusable
 */
export function factorLu(A: Float64Array, pivots: Int32Array, n: number): boolean {
  for (let k = 0; k < n; k++) {
    let best = k;
    let largest = Math.abs(A[k * n + k]!);
    for (let i = k + 1; i < n; i++) {
      const value = Math.abs(A[i * n + k]!);
      if (value > largest) {
        largest = value;
        best = i;
      }
    }
    pivots[k] = best;
    if (!(largest > 0) || largest === Infinity) return false;
    if (best !== k) {
      for (let j = 0; j < n; j++) {
        const value = A[k * n + j]!;
        A[k * n + j] = A[best * n + j]!;
        A[best * n + j] = value;
      }
    }
    const pivot = A[k * n + k]!;
    const row = k * n;
    for (let i = k + 1; i < n; i++) {
      const factor = A[i * n + k]! / pivot;
      A[i * n + k] = factor;
      if (factor === 0) continue;
      const other = i * n;
      for (let j = k + 1; j < n; j++) A[other + j] = A[other + j]! - factor * A[row + j]!;
    }
  }
  return true;
}

function swapRows(B: Float64Array, first: number, second: number, columns: number): void {
  if (first === second) return;
  for (let j = 0; j < columns; j++) {
    const value = B[first * columns + j]!;
    B[first * columns + j] = B[second * columns + j]!;
    B[second * columns + j] = value;
  }
}

/** Overwrites B `[n, columns]` with A⁻¹ B, given the factors of {@link factorLu}. */
export function solveLu(LU: Float64Array, pivots: Int32Array, B: Float64Array, n: number, columns: number): void {
  for (let i = 0; i < n; i++) swapRows(B, i, pivots[i]!, columns);
  solveLower(LU, B, n, columns, true);
  solveUpper(LU, B, n, columns);
}

/** Overwrites B `[n, columns]` with A⁻ᵀ B, given the factors of {@link factorLu}. */
export function solveLuTransposed(LU: Float64Array, pivots: Int32Array, B: Float64Array, n: number, columns: number): void {
  solveUpperTransposed(LU, B, n, columns);
  solveLowerTransposed(LU, B, n, columns, true);
  for (let i = n - 1; i >= 0; i--) swapRows(B, i, pivots[i]!, columns);
}

/**
 * Estimates 1 / (‖A‖₁ ‖A⁻¹‖₁) from the factors of {@link factorLu}: an upper bound that is nearly always within a
 * factor of 3 (Hager 1984, Higham 1988). Near 1e-16 the solution of a system has no correct digit.
 * @param normOfA ‖A‖₁ of the matrix before its factorisation
 * @param x `[n]`, overwritten
 * @param signs `[n]`, overwritten
 */
export function reciprocalCondition(
  LU: Float64Array,
  pivots: Int32Array,
  n: number,
  normOfA: number,
  x: Float64Array,
  signs: Float64Array,
): number {
  if (n === 0) return 1;
  let estimate = 0;
  let last = -1;
  x.fill(1 / n, 0, n);
  for (let iteration = 0; iteration < 5; iteration++) {
    solveLu(LU, pivots, x, n, 1);
    let norm = 0;
    for (let i = 0; i < n; i++) norm += Math.abs(x[i]!);
    if (!Number.isFinite(norm)) return 0;
    if (iteration > 0 && norm <= estimate) break;
    estimate = norm;
    for (let i = 0; i < n; i++) signs[i] = x[i]! >= 0 ? 1 : -1;
    solveLuTransposed(LU, pivots, signs, n, 1);
    let largest = 0;
    for (let i = 1; i < n; i++) if (Math.abs(signs[i]!) > Math.abs(signs[largest]!)) largest = i;
    if (largest === last) break;
    last = largest;
    x.fill(0, 0, n);
    x[largest] = 1;
  }
  // Higham's alternating vector guards against the cases that fool the gradient.
  for (let i = 0; i < n; i++) x[i] = (i % 2 === 0 ? 1 : -1) * (1 + (n > 1 ? i / (n - 1) : 0));
  solveLu(LU, pivots, x, n, 1);
  let alternating = 0;
  for (let i = 0; i < n; i++) alternating += Math.abs(x[i]!);
  const inverseNorm = Math.max(estimate, (2 * alternating) / (3 * n));
  const product = normOfA * inverseNorm;
  return Number.isFinite(product) && product > 0 ? Math.min(1, 1 / product) : 0;
}
