/**
 * Products whose result is symmetric: half of the entries are computed and mirrored, so that the result is symmetric
 * to the last bit. Flat, row-major float64 matrices; nothing is allocated; the output must not alias an input.
 */
import { multiply } from './multiply.js';

/** Copies the lower triangle of A `[n, n]` onto its upper one. */
function mirrorLower(A: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) A[j * n + i] = A[i * n + j]!;
}

/** Replaces A `[n, n]` by (A + Aᵀ) / 2. */
export function symmetrize(A: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const average = 0.5 * (A[i * n + j]! + A[j * n + i]!);
      A[i * n + j] = average;
      A[j * n + i] = average;
    }
  }
}

/**
 * Writes C = α A Aᵀ + β C.
 * @param A `[n, inner]`
 * @param C `[n, n]`, symmetric before where β is not 0; overwritten
 */
export function symmetricRankUpdate(A: Float64Array, C: Float64Array, n: number, inner: number, alpha = 1, beta = 0): void {
  for (let i = 0; i < n; i++) {
    const a = i * inner;
    for (let j = 0; j <= i; j++) {
      const b = j * inner;
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += A[a + k]! * A[b + k]!;
      const value = beta === 0 ? alpha * sum : alpha * sum + beta * C[i * n + j]!;
      C[i * n + j] = value;
      C[j * n + i] = value;
    }
  }
}

/**
 * Writes C = α Aᵀ B + β C, which the caller knows to be symmetric, as AᵀPA is with B = PA: only the lower half is computed.
 * @param A `[inner, n]`
 * @param B `[inner, n]`
 * @param C `[n, n]`, symmetric before where β is not 0; overwritten
 */
export function multiplyTransposedLeftSymmetric(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  n: number,
  inner: number,
  alpha = 1,
  beta = 0,
): void {
  const whole = inner - (inner & 3);
  for (let i = 0; i < n; i++) {
    const c = i * n;
    if (beta === 0) {
      for (let j = 0; j <= i; j++) C[c + j] = 0;
    } else if (beta !== 1) {
      for (let j = 0; j <= i; j++) C[c + j]! *= beta;
    }
    for (let k = 0; k < whole; k += 4) {
      const b0 = k * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      const a0 = alpha * A[b0 + i]!;
      const a1 = alpha * A[b1 + i]!;
      const a2 = alpha * A[b2 + i]!;
      const a3 = alpha * A[b3 + i]!;
      for (let j = 0; j <= i; j++) {
        C[c + j] = C[c + j]! + (a0 * B[b0 + j]! + a1 * B[b1 + j]! + a2 * B[b2 + j]! + a3 * B[b3 + j]!);
      }
    }
    for (let k = whole; k < inner; k++) {
      const a0 = alpha * A[k * n + i]!;
      for (let j = 0; j <= i; j++) C[c + j] = C[c + j]! + a0 * B[k * n + j]!;
    }
  }
  mirrorLower(C, n);
}

/**
 * Writes C = α Aᵀ P A + β C.
 * @param A `[inner, n]`
 * @param P `[inner, inner]`, symmetric
 * @param C `[n, n]`, symmetric before where β is not 0; overwritten
 * @param work `[inner, n]`, overwritten by P A
 */
export function congruence(
  A: Float64Array,
  P: Float64Array,
  C: Float64Array,
  work: Float64Array,
  n: number,
  inner: number,
  alpha = 1,
  beta = 0,
): void {
  multiply(P, A, work, inner, inner, n);
  multiplyTransposedLeftSymmetric(A, work, C, n, inner, alpha, beta);
}
