/**
 * The matrix exponential by scaling and squaring with the diagonal Padé approximant of degree 13 (Higham 2005):
 * e^A = (r₁₃(A / 2ˢ))^(2ˢ), s the least with ‖A‖₁ / 2ˢ ≤ 5.37. Flat and row-major; nothing is allocated.
 */
import { factorLu, solveLu } from './lu.js';
import { multiply } from './multiply.js';
import { matrixNorm1 } from './norms.js';
import { addDiagonal, copy } from './vector.js';

const COEFFICIENTS = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640,
  1323241920, 40840800, 960960, 16380, 182, 1,
] as const;

/** Room for exponentials of matrices `[n, n]`. */
export interface ExponentialWork {
  readonly n: number;
  readonly matrices: readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  readonly pivots: Int32Array;
}

/** Makes room for exponentials of size n. */
export function createExponentialWork(n: number): ExponentialWork {
  const square = (): Float64Array => new Float64Array(n * n);
  return { n, matrices: [square(), square(), square(), square(), square(), square()], pivots: new Int32Array(n) };
}

/**
 * Writes e^A to `out`; both `[n, n]`, A is not changed and must not be `out`.
 * @returns false where A or the result is not finite
 */
export function exponentiate(A: Float64Array, out: Float64Array, work: ExponentialWork): boolean {
  const { n, pivots } = work;
  const [scaled, A2, A4, A6, U, V] = work.matrices;
  const size = n * n;
  const b = COEFFICIENTS;
  const norm = matrixNorm1(A, n, n);
  if (!Number.isFinite(norm)) return false;
  const squarings = norm > 5.371920351148152 ? Math.ceil(Math.log2(norm / 5.371920351148152)) : 0;
  const factor = 2 ** -squarings;
  for (let i = 0; i < size; i++) scaled[i] = factor * A[i]!;
  multiply(scaled, scaled, A2, n, n, n);
  multiply(A2, A2, A4, n, n, n);
  multiply(A2, A4, A6, n, n, n);
  // The odd part U = A (A6 (b13 A6 + b11 A4 + b9 A2) + b7 A6 + b5 A4 + b3 A2 + b1 I), the even part V alike.
  for (let i = 0; i < size; i++) V[i] = b[13] * A6[i]! + b[11] * A4[i]! + b[9] * A2[i]!;
  for (let i = 0; i < size; i++) out[i] = b[7] * A6[i]! + b[5] * A4[i]! + b[3] * A2[i]!;
  addDiagonal(out, n, b[1]);
  multiply(A6, V, out, n, n, n, 1, 1);
  multiply(scaled, out, U, n, n, n);
  for (let i = 0; i < size; i++) out[i] = b[12] * A6[i]! + b[10] * A4[i]! + b[8] * A2[i]!;
  for (let i = 0; i < size; i++) V[i] = b[6] * A6[i]! + b[4] * A4[i]! + b[2] * A2[i]!;
  addDiagonal(V, n, b[0]);
  multiply(A6, out, V, n, n, n, 1, 1);
  // (V − U) r = V + U
  for (let i = 0; i < size; i++) {
    out[i] = V[i]! + U[i]!;
    V[i] = V[i]! - U[i]!;
  }
  if (!factorLu(V, pivots, n)) return false;
  solveLu(V, pivots, out, n, n);
  for (let k = 0; k < squarings; k++) {
    multiply(out, out, U, n, n, n);
    copy(U, out, size);
  }
  return Number.isFinite(matrixNorm1(out, n, n));
}
