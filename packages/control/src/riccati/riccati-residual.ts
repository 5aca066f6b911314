/**
 * Residual of an algebraic Riccati equation at X, evaluated in twice the working precision: at a solution that is correct
 * to rounding all leading digits cancel. With the gain K = (R + BᵀXB)⁻¹(BᵀXA + Sᵀ) the discrete residual is
 * (A − BK)ᵀX(A − BK) − EᵀXE + Q + KᵀRK − SK − KᵀSᵀ, with K = R⁻¹(BᵀXE + Sᵀ) and L = BᵀXE + Sᵀ the continuous one is
 * AᵀXE + EᵀXA + Q − LᵀK − KᵀL + KᵀRK; an error in K enters in second order only.
 */
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import {
  addExtended,
  addTransposedExtended,
  clearExtended,
  createExtended,
  type ExtendedMatrix,
  type ExtendedOutput,
  multiplyExtended,
} from '../linalg/extended-product.js';
import { factorLu, reciprocalCondition, solveLu } from '../linalg/lu.js';
import { multiply, multiplyTransposedLeft } from '../linalg/multiply.js';
import { matrixNorm1, maxAbs, norm2 } from '../linalg/norms.js';
import { congruence } from '../linalg/symmetric-product.js';
import { transpose } from '../linalg/vector.js';
import { descriptorOf, type RiccatiCoefficients } from './riccati-problem.js';

/** Evaluates the gain and the residual at some X; made once per equation, with all the room it needs. */
export interface RiccatiResidual {
  /** The gain at the last X, `[m, n]`. */
  readonly gain: Float64Array;
  /** The residual at the last X, `[n, n]`, rounded to float64. */
  readonly residual: Float64Array;
  /** A − BK, `[n, n]`, at the last X. */
  readonly closedLoop: Float64Array;
  /** Whether R + BᵀXB (R in continuous time) was positive definite at the last X, so that the gain is a minimum. */
  readonly definite: boolean;
  /**
   * Evaluates both at X `[n, n]`; false where R + BᵀXB (discrete) is singular.
   * Returns the Frobenius norm of the residual relative to the sum of those of its terms otherwise.
   */
  evaluate(X: Float64Array): number | false;
}

const plain = (high: Float64Array): ExtendedMatrix => ({ high, low: null });

/** Creates the evaluation of a discrete or continuous equation. */
export function createRiccatiResidual(coefficients: RiccatiCoefficients, discrete: boolean): RiccatiResidual {
  const { n, m, A, B, Q, R, S } = coefficients;
  const E = descriptorOf(coefficients);
  const gain = new Float64Array(m * n);
  const residual = new Float64Array(n * n);
  const closedLoop = new Float64Array(n * n);
  const XB = new Float64Array(n * m);
  const factor = new Float64Array(m * m);
  const [weight, pivots] = [new Float64Array(m * m), new Int32Array(m)];
  const [diagonal, signs] = [new Float64Array(m), new Float64Array(m)];
  let definite = true;
  const transposedS = new Float64Array(m * n);
  transpose(S, transposedS, n, m);
  const loop = createExtended(n * n);
  const first = createExtended(n * n);
  const second = createExtended(n * n);
  const total = createExtended(n * n);
  const [xA, xB, xE, xQ, xR, xS, xK] = [
    plain(A),
    plain(B),
    coefficients.E === null ? null : plain(E),
    plain(Q),
    plain(R),
    plain(S),
    plain(gain),
  ];
  const small = createExtended(m * n);
  const wide = createExtended(n * n);

  /** Writes K; discrete from A, continuous from E. */
  const computeGain = (X: Float64Array): boolean => {
    multiply(X, B, XB, n, n, m);
    factor.set(R);
    if (discrete) congruence(B, X, factor, XB, m, n, 1, 1);
    gain.set(transposedS);
    multiplyTransposedLeft(XB, discrete ? A : E, gain, m, n, n, 1, 1);
    for (let i = 0; i < m; i++) diagonal[i] = factor[i * (m + 1)]!;
    weight.set(factor);
    definite = factorCholesky(factor, factor, m);
    if (definite) {
      // A pivot within the rounding of R + BᵀXB is as good as zero.
      const noise = 1e-15 * (discrete ? maxAbs(X, n * n) : 0);
      for (let i = 0; i < m; i++) {
        let square = 0;
        for (let k = 0; k < n; k++) square += B[k * m + i]! ** 2;
        if (!(factor[i * (m + 1)]! ** 2 > noise * square + 1e-15 * m * diagonal[i]!)) return false;
      }
      solveCholesky(factor, gain, m, n);
    } else {
      const norm = matrixNorm1(weight, m, m);
      if (!factorLu(weight, pivots, m) || !(reciprocalCondition(weight, pivots, m, norm, diagonal, signs) > 1e-14)) return false;
      solveLu(weight, pivots, gain, m, n);
    }
    closedLoop.set(A);
    multiply(B, gain, closedLoop, n, m, n, -1, 1);
    return true;
  };

  /** Adds KᵀRK to the total, and −SK − KᵀSᵀ where the equation is discrete. */
  const addActionTerms = (): number => {
    clearExtended(small);
    multiplyExtended(xR, xK, small, m, m, n);
    clearExtended(wide);
    multiplyExtended(xK, small, wide, n, m, n, true);
    const size = norm2(wide.high, n * n);
    addExtended(wide, total, n * n);
    if (discrete) {
      clearExtended(wide);
      multiplyExtended(xS, xK, wide, n, m, n, false, -1);
      addExtended(wide, total, n * n);
      addTransposedExtended(wide, total, n, n);
    }
    return size;
  };

  /** Adds leftᵀ X right to the total; null stands for the identity. */
  const addProduct = (left: ExtendedMatrix | null, X: ExtendedMatrix, right: ExtendedMatrix | null, sign: 1 | -1): number => {
    clearExtended(first);
    if (right === null) addExtended(X, first, n * n);
    else multiplyExtended(X, right, first, n, n, n);
    clearExtended(second);
    if (left === null) addExtended(first, second, n * n);
    else multiplyExtended(left, first, second, n, n, n, true);
    addExtended(second, total, n * n, sign);
    return norm2(second.high, n * n);
  };

  const evaluate = (X: Float64Array): number | false => {
    if (!computeGain(X)) return false;
    const xX = plain(X);
    clearExtended(total);
    let scale = norm2(Q, n * n);
    if (discrete) {
      setProductDifference(xA, xB, xK, loop, n, m);
      scale += addProduct(loop, xX, loop, 1);
      scale += addProduct(xE, xX, xE, -1);
      addExtended(xQ, total, n * n);
    } else {
      // XE stays in `first` for L = BᵀXE + Sᵀ.
      scale += 2 * addProduct(xA, xX, xE, 1);
      clearExtended(small);
      multiplyExtended(xB, first, small, m, n, n, true);
      addExtended(plain(transposedS), small, m * n);
      clearExtended(wide);
      multiplyExtended(xK, small, wide, n, m, n, true, -1);
      addExtended(wide, total, n * n);
      clearExtended(second);
      addTransposedExtended(total, second, n, n);
      addExtended(second, total, n * n);
      addExtended(xQ, total, n * n);
    }
    scale += addActionTerms();
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const value = 0.5 * (total.high[i * n + j]! + total.high[j * n + i]!);
        residual[i * n + j] = value;
        residual[j * n + i] = value;
      }
    }
    return scale === 0 ? 0 : norm2(residual, n * n) / scale;
  };

  return {
    gain,
    residual,
    closedLoop,
    get definite() {
      return definite;
    },
    evaluate,
  };
}

/** Writes A − BK. */
function setProductDifference(A: ExtendedMatrix, B: ExtendedMatrix, K: ExtendedMatrix, out: ExtendedOutput, n: number, m: number): void {
  clearExtended(out);
  addExtended(A, out, n * n);
  multiplyExtended(B, K, out, n, m, n, false, -1);
}
