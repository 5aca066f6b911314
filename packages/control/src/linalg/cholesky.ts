/**
 * Cholesky factorisation A = L Lᵀ of a symmetric positive definite matrix, flat and row-major. Nothing is allocated;
 * an indefinite matrix is an expected outcome, told by the return value.
 */
import { solveLower, solveLowerTransposed } from './triangular.js';

/**
 * Writes L, lower triangular with zeros above, of A = L Lᵀ. Only the lower triangle of A is read.
 * @param A `[n, n]`
 * @param L `[n, n]`, overwritten; may be A itself
 * @returns false where a pivot is not above `leastPivot` (or NaN), and L is then unusable
 */
export function factorCholesky(A: Float64Array, L: Float64Array, n: number, leastPivot = 0): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let sum = A[row + j]!;
      for (let k = 0; k < j; k++) sum -= L[row + k]! * L[other + k]!;
      L[row + j] = sum / L[other + j]!;
    }
    let pivot = A[row + i]!;
    for (let k = 0; k < i; k++) pivot -= L[row + k]! * L[row + k]!;
    if (!(pivot > leastPivot) || pivot === Infinity) return false;
    L[row + i] = Math.sqrt(pivot);
    for (let j = i + 1; j < n; j++) L[row + j] = 0;
  }
  return true;
}

/** Overwrites B `[n, columns]` with A⁻¹ B, given L `[n, n]` of {@link factorCholesky}. */
export function solveCholesky(L: Float64Array, B: Float64Array, n: number, columns: number): void {
  solveLower(L, B, n, columns);
  solveLowerTransposed(L, B, n, columns);
}

/** Returns log det A, given L `[n, n]` of {@link factorCholesky}. */
export function logDeterminantCholesky(L: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(L[i * n + i]!);
  return 2 * sum;
}
