/**
 * Structure-preserving doubling for X = Q + AᵀX(I + GX)⁻¹A with G, Q symmetric positive semidefinite (Anderson 1978;
 * Chu, Fan, Lin & Wang 2004): after k steps Hₖ is the cost of a horizon of 2ᵏ steps without a terminal cost, so Hₖ → X
 * quadratically where (A, Q) is detectable. For the continuous equation AᵀX + XA − XGX + Q = 0 the same after a Cayley
 * transform (Chu, Fan & Lin 2005). Works on preallocated arrays; nothing is allocated in a solve.
 */
import { factorLu, reciprocalCondition, solveLu } from '../linalg/lu.js';
import { multiply, multiplyTransposedRight } from '../linalg/multiply.js';
import { isFiniteArray, matrixNorm1, maxAbs } from '../linalg/norms.js';
import { multiplyTransposedLeftSymmetric, symmetrize } from '../linalg/symmetric-product.js';
import { addDiagonal, copy, transpose } from '../linalg/vector.js';

/** Room for a doubling of size n. */
export interface DoublingWork {
  readonly n: number;
  readonly A: Float64Array;
  readonly G: Float64Array;
  readonly H: Float64Array;
  readonly W: Float64Array;
  readonly V1: Float64Array;
  readonly V2: Float64Array;
  readonly product: Float64Array;
  readonly pivots: Int32Array;
  readonly x: Float64Array;
  readonly signs: Float64Array;
}

/** Makes room for a doubling of size n. */
export function createDoublingWork(n: number): DoublingWork {
  const square = (): Float64Array => new Float64Array(n * n);
  return {
    n,
    A: square(),
    G: square(),
    H: square(),
    W: square(),
    V1: square(),
    V2: square(),
    product: square(),
    pivots: new Int32Array(n),
    x: new Float64Array(n),
    signs: new Float64Array(n),
  };
}

/**
 * Runs the doubling in `work`, whose A, G and H hold A, G and Q on entry; H holds X on return.
 * @returns the number of steps, or −1 where a system is singular, a number overflows or `stepLimit` steps do not suffice
 */
export function doubleRiccati(work: DoublingWork, stepLimit: number): number {
  const { n, A, G, H, W, V1, V2, product, pivots } = work;
  const size = n * n;
  for (let step = 1; step <= stepLimit; step++) {
    multiply(G, H, W, n, n, n);
    addDiagonal(W, n, 1);
    if (!factorLu(W, pivots, n)) return -1;
    copy(A, V1, size);
    solveLu(W, pivots, V1, n, n);
    copy(G, V2, size);
    solveLu(W, pivots, V2, n, n);
    symmetrize(V2, n);
    // H + Aᵀ H (I + GH)⁻¹ A
    multiply(H, V1, product, n, n, n);
    const before = maxAbs(H, size);
    multiplyTransposedLeftSymmetric(A, product, W, n, n);
    const change = maxAbs(W, size);
    for (let i = 0; i < size; i++) H[i] = H[i]! + W[i]!;
    // G + A (I + GH)⁻¹ G Aᵀ
    multiply(A, V2, product, n, n, n);
    multiplyTransposedRight(product, A, G, n, n, n, 1, 1);
    symmetrize(G, n);
    // A (I + GH)⁻¹ A
    multiply(A, V1, product, n, n, n);
    copy(product, A, size);
    if (!isFiniteArray(H, size) || !isFiniteArray(A, size) || !isFiniteArray(G, size)) return -1;
    if (change <= 1e-16 * before && (change > 0 || maxAbs(A, size) < 1)) return step;
    if (change === 0 && before === 0 && maxAbs(A, size) < 1e-16) return step;
  }
  return -1;
}

/**
 * Overwrites A, G, H in `work`, the coefficients of AᵀX + XA − XGX + H = 0, by those of the discrete equation that has
 * the same solution: with A_γ = A − γI and W = A_γᵀ + H A_γ⁻¹ G,
 * A ← I + 2γ W⁻ᵀ, G ← 2γ A_γ⁻¹ G W⁻¹, H ← 2γ W⁻¹ H A_γ⁻¹. γ is the one of a geometric grid around ‖A‖ + √(‖G‖‖H‖), coarser
 * for large n, with the best conditioned A_γ and W.
 * @returns false where no γ of the grid serves
 */
export function transformCayley(work: DoublingWork): boolean {
  const { n, A, G, H, W, V1, V2, product, pivots, x, signs } = work;
  const size = n * n;
  const centre = matrixNorm1(A, n, n) + Math.sqrt(matrixNorm1(G, n, n) * matrixNorm1(H, n, n));
  if (!(centre > 0)) return false;
  /** Writes A_γ⁻¹ G to V2 and W to `W`, factored; returns the lesser reciprocal condition of A_γ and W. */
  const prepare = (gamma: number): number => {
    copy(A, V1, size);
    addDiagonal(V1, n, -gamma);
    const normA = matrixNorm1(V1, n, n);
    transpose(V1, W, n, n);
    if (!factorLu(V1, pivots, n)) return 0;
    const conditionA = reciprocalCondition(V1, pivots, n, normA, x, signs);
    copy(G, V2, size);
    solveLu(V1, pivots, V2, n, n);
    multiply(H, V2, W, n, n, n, 1, 1);
    const normW = matrixNorm1(W, n, n);
    if (!factorLu(W, pivots, n)) return 0;
    return Math.min(conditionA, reciprocalCondition(W, pivots, n, normW, x, signs));
  };
  let [best, bestGamma] = [0, 0];
  const stride = n < 64 ? 1 : 3;
  for (let exponent = 1; exponent >= -20; exponent -= stride) {
    const gamma = centre * 2 ** exponent;
    // A smaller parameter must pay by a clearly better condition.
    const condition = prepare(gamma) * (exponent === 1 ? 1 : 0.9);
    if (condition > best) [best, bestGamma] = [condition, gamma];
    else if (condition < 0.01 * best) break;
  }
  if (best === 0) return false;
  prepare(bestGamma);
  // A_γ⁻¹ G W⁻¹ = (W⁻ᵀ (A_γ⁻¹ G)ᵀ)ᵀ is symmetric, as is W⁻¹ H A_γ⁻¹.
  const inverse = product;
  inverse.fill(0);
  addDiagonal(inverse, n, 1);
  solveLu(W, pivots, inverse, n, n);
  multiply(V2, inverse, G, n, n, n, 2 * bestGamma);
  symmetrize(G, n);
  multiply(inverse, H, V2, n, n, n);
  copy(A, V1, size);
  addDiagonal(V1, n, -bestGamma);
  transpose(inverse, A, n, n);
  for (let i = 0; i < size; i++) A[i]! *= 2 * bestGamma;
  addDiagonal(A, n, 1);
  if (!factorLu(V1, pivots, n)) return false;
  W.fill(0);
  addDiagonal(W, n, 1);
  solveLu(V1, pivots, W, n, n);
  multiply(V2, W, H, n, n, n, 2 * bestGamma);
  symmetrize(H, n);
  return isFiniteArray(A, size) && isFiniteArray(G, size) && isFiniteArray(H, size);
}
