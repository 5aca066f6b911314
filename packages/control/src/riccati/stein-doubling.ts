/**
 * Stein equation X = AᵀXA + Q for a stable A (spectral radius < 1) by squared Smith doubling, X = Σ (Aᵏ)ᵀ Q Aᵏ
 * (Smith 1968), and the Lyapunov equation AᵀX + XA + Q = 0 for a stable A (real parts < 0) by a Cayley transform to it.
 * Works on preallocated arrays; nothing is allocated in a solve.
 */
import { factorLu, solveLu, solveLuTransposed } from '../linalg/lu.js';
import { multiply } from '../linalg/multiply.js';
import { isFiniteArray, matrixNorm1, maxAbs } from '../linalg/norms.js';
import { congruence, symmetrize } from '../linalg/symmetric-product.js';
import { addDiagonal, copy, setIdentity, transpose } from '../linalg/vector.js';

/** Room for solves with matrices `[n, n]`. */
export interface SteinWork {
  readonly n: number;
  readonly power: Float64Array;
  readonly next: Float64Array;
  readonly product: Float64Array;
  readonly increment: Float64Array;
  readonly factors: Float64Array;
  readonly pivots: Int32Array;
}

/** Makes room for Stein and Lyapunov solves of size n. */
export function createSteinWork(n: number): SteinWork {
  const square = (): Float64Array => new Float64Array(n * n);
  return {
    n,
    power: square(),
    next: square(),
    product: square(),
    increment: square(),
    factors: square(),
    pivots: new Int32Array(n),
  };
}

/**
 * Writes X of X = AᵀXA + Q.
 * @param A `[n, n]`, not changed
 * @param Q `[n, n]`, symmetric, not changed
 * @param X `[n, n]`, overwritten; not Q itself
 * @returns false where the sum diverges, as for an A that is not stable
 */
export function doubleStein(A: Float64Array, Q: Float64Array, X: Float64Array, work: SteinWork, doublingLimit = 64): boolean {
  const { n, product, increment } = work;
  let { power, next } = work;
  copy(A, power, n * n);
  copy(Q, X, n * n);
  for (let k = 0; k < doublingLimit; k++) {
    congruence(power, X, increment, product, n, n);
    const change = maxAbs(increment, n * n);
    for (let i = 0; i < n * n; i++) X[i] = X[i]! + increment[i]!;
    const size = maxAbs(X, n * n);
    if (!Number.isFinite(size)) return false;
    multiply(power, power, next, n, n, n);
    [power, next] = [next, power];
    // The powers must have died out, too: Q may not see a growing mode at first.
    const remaining = maxAbs(power, n * n);
    if (change <= 1e-17 * size && remaining < 1) return true;
    if (!(remaining < 1e150)) return false;
  }
  return false;
}

/**
 * Writes X of AᵀX + XA + Q = 0; arguments and result as {@link doubleStein}. The parameter of the Cayley transform is the
 * geometric mean of ‖A‖ and 1/‖A⁻¹‖, which halves the range of the eigenvalues' magnitudes on a logarithmic scale.
 */
export function doubleLyapunov(A: Float64Array, Q: Float64Array, X: Float64Array, work: SteinWork, scratch: SteinWork): boolean {
  const { n, factors, pivots } = work;
  const [inverse, cayley, right, temporary] = [scratch.product, scratch.power, scratch.increment, scratch.next];
  copy(A, factors, n * n);
  if (!factorLu(factors, pivots, n)) return false;
  setIdentity(inverse, n);
  solveLu(factors, pivots, inverse, n, n);
  const gamma = Math.sqrt(matrixNorm1(A, n, n) / matrixNorm1(inverse, n, n));
  if (!(gamma > 0) || !Number.isFinite(gamma)) return false;
  copy(A, factors, n * n);
  addDiagonal(factors, n, -gamma);
  if (!factorLu(factors, pivots, n)) return false;
  copy(A, cayley, n * n);
  addDiagonal(cayley, n, gamma);
  solveLu(factors, pivots, cayley, n, n);
  // 2γ (A − γI)⁻ᵀ Q (A − γI)⁻¹
  copy(Q, right, n * n);
  solveLuTransposed(factors, pivots, right, n, n);
  transpose(right, temporary, n, n);
  solveLuTransposed(factors, pivots, temporary, n, n);
  for (let i = 0; i < n * n; i++) right[i] = 2 * gamma * temporary[i]!;
  symmetrize(right, n);
  if (!isFiniteArray(right, n * n)) return false;
  return doubleStein(cayley, right, X, work);
}
