/**
 * Factorisation A = L D Lᵀ without pivoting, with unit lower triangular L and diagonal D, of a symmetric matrix. It is
 * stable for quasi-definite matrices [H, Gᵀ; G, −S] with H and S positive definite (Vanderbei 1995), as the systems of
 * interior-point methods are. Flat and row-major; nothing is allocated.
 */
import { solveLower, solveLowerTransposed } from './triangular.js';

/**
 * Writes L (unit diagonal included, zeros above) and D. Only the lower triangle of A is read.
 * @param A `[n, n]`
 * @param L `[n, n]`, overwritten; may be A itself
 * @param D `[n]`, overwritten
 * @returns the number of negative pivots, or −1 where a pivot is zero or not finite, and L and D are then unusable
 */
export function factorLdlt(A: Float64Array, L: Float64Array, D: Float64Array, n: number): number {
  let negative = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let pivot = A[row + i]!;
    // L[i, j] holds L_ij D_j until the pivot of row i is known.
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let sum = A[row + j]!;
      for (let k = 0; k < j; k++) sum -= L[row + k]! * L[other + k]!;
      L[row + j] = sum;
    }
    for (let j = 0; j < i; j++) {
      const scaled = L[row + j]!;
      const value = scaled / D[j]!;
      pivot -= scaled * value;
      L[row + j] = value;
    }
    if (pivot === 0 || !Number.isFinite(pivot)) return -1;
    if (pivot < 0) negative++;
    D[i] = pivot;
    L[row + i] = 1;
    for (let j = i + 1; j < n; j++) L[row + j] = 0;
  }
  return negative;
}

/** Overwrites B `[n, columns]` with A⁻¹ B, given L and D of {@link factorLdlt}. */
export function solveLdlt(L: Float64Array, D: Float64Array, B: Float64Array, n: number, columns: number): void {
  solveLower(L, B, n, columns, true);
  for (let i = 0; i < n; i++) {
    const pivot = D[i]!;
    for (let j = 0; j < columns; j++) B[i * columns + j] = B[i * columns + j]! / pivot;
  }
  solveLowerTransposed(L, B, n, columns, true);
}
