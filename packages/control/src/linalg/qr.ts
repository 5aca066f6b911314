/**
 * Householder QR factorisation A = Q R of a matrix `[rows, columns]`, rows ≥ columns, and least squares with it. The
 * reflections H_k = I − τ_k v_k v_kᵀ with v_k[k] = 1 stand below the diagonal of R. Flat and row-major; nothing is allocated.
 */
import { solveUpper } from './triangular.js';

/**
 * Overwrites A with R on and above the diagonal and the reflections below.
 * @param A `[rows, columns]`, rows ≥ columns; overwritten
 * @param tau `[columns]`, overwritten
 */
export function factorQr(A: Float64Array, tau: Float64Array, rows: number, columns: number): void {
  for (let k = 0; k < columns; k++) {
    let largest = 0;
    for (let i = k; i < rows; i++) largest = Math.max(largest, Math.abs(A[i * columns + k]!));
    let below = 0;
    for (let i = k + 1; i < rows; i++) below += (A[i * columns + k]! / (largest || 1)) ** 2;
    if (below === 0) {
      tau[k] = 0;
      continue;
    }
    const alpha = A[k * columns + k]! / largest;
    const norm = Math.sqrt(alpha * alpha + below);
    const beta = alpha >= 0 ? -norm : norm;
    tau[k] = (beta - alpha) / beta;
    const divisor = largest * (alpha - beta);
    for (let i = k + 1; i < rows; i++) A[i * columns + k] = A[i * columns + k]! / divisor;
    A[k * columns + k] = largest * beta;
    for (let j = k + 1; j < columns; j++) {
      let sum = A[k * columns + j]!;
      for (let i = k + 1; i < rows; i++) sum += A[i * columns + k]! * A[i * columns + j]!;
      sum *= tau[k]!;
      A[k * columns + j] = A[k * columns + j]! - sum;
      for (let i = k + 1; i < rows; i++) A[i * columns + j] = A[i * columns + j]! - sum * A[i * columns + k]!;
    }
  }
}

function reflect(QR: Float64Array, tau: Float64Array, k: number, B: Float64Array, rows: number, columns: number, width: number): void {
  const factor = tau[k]!;
  if (factor === 0) return;
  for (let j = 0; j < width; j++) {
    let sum = B[k * width + j]!;
    for (let i = k + 1; i < rows; i++) sum += QR[i * columns + k]! * B[i * width + j]!;
    sum *= factor;
    B[k * width + j] = B[k * width + j]! - sum;
    for (let i = k + 1; i < rows; i++) B[i * width + j] = B[i * width + j]! - sum * QR[i * columns + k]!;
  }
}

/** Overwrites B `[rows, width]` with Qᵀ B, Q being the full orthogonal matrix `[rows, rows]` of {@link factorQr}. */
export function applyQTransposed(QR: Float64Array, tau: Float64Array, B: Float64Array, rows: number, columns: number, width: number): void {
  for (let k = 0; k < columns; k++) reflect(QR, tau, k, B, rows, columns, width);
}

/** Overwrites B `[rows, width]` with Q B, Q being the full orthogonal matrix `[rows, rows]` of {@link factorQr}. */
export function applyQ(QR: Float64Array, tau: Float64Array, B: Float64Array, rows: number, columns: number, width: number): void {
  for (let k = columns - 1; k >= 0; k--) reflect(QR, tau, k, B, rows, columns, width);
}

/**
 * Overwrites the first `columns` rows of B `[rows, width]` with the X `[columns, width]` that minimises ‖A X − B‖, and the
 * others with the residual's coordinates, given the factors of {@link factorQr}.
 * @returns false where a diagonal entry of R is at most `rankTolerance` times the greatest one: A lacks full column rank
 */
export function solveLeastSquares(
  QR: Float64Array,
  tau: Float64Array,
  B: Float64Array,
  rows: number,
  columns: number,
  width: number,
  rankTolerance = 1e-14,
): boolean {
  let largest = 0;
  for (let k = 0; k < columns; k++) largest = Math.max(largest, Math.abs(QR[k * columns + k]!));
  for (let k = 0; k < columns; k++) if (!(Math.abs(QR[k * columns + k]!) > rankTolerance * largest)) return false;
  applyQTransposed(QR, tau, B, rows, columns, width);
  // R's leading square has rows of length `columns`, as solveUpper reads them.
  solveUpper(QR, B, columns, width);
  return true;
}
