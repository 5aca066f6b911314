/**
 * A Gaussian belief over a state, x ~ N(x̂, P), and the two linear steps of every Kalman filter on it: P ← FPFᵀ + W, and the
 * update by a measurement y = Hx + v, v ~ N(0, V). The covariance form updates by Joseph's formula
 * (I − LH)P(I − LH)ᵀ + LVLᵀ; the square-root form keeps a factor P = CCᵀ and updates it by QR factorisations (Kailath, Sayed &
 * Hassibi 2000, ch. 12), which keeps P definite where measurements are many orders of magnitude more precise than the belief.
 * Everything is preallocated; a step allocates nothing.
 */
import { factorCholesky, logDeterminantCholesky } from '../linalg/cholesky.js';
import { multiplyVector } from '../linalg/multiply-vector.js';
import { multiply, multiplyTransposedRight } from '../linalg/multiply.js';
import { factorQr } from '../linalg/qr.js';
import { factorSymmetricEigen } from '../linalg/symmetric-eigen.js';
import { symmetricRankUpdate, symmetrize } from '../linalg/symmetric-product.js';
import { solveLower, solveLowerTransposed } from '../linalg/triangular.js';
import { copy, transpose } from '../linalg/vector.js';

/** How a covariance is kept. */
export type CovarianceForm = 'covariance' | 'squareRoot';

/** What an update tells about the measurement. */
export interface Innovation {
  /** y − ŷ, `[p]`. */
  readonly innovation: Float64Array;
  /** Normalised square eᵀS⁻¹e: χ² with p degrees of freedom where the model is right. */
  normalizedSquare: number;
  /** log p(y | all measurements before). */
  logLikelihood: number;
}

/** A Gaussian belief with the linear steps of a filter. */
export interface Belief extends Innovation {
  /** x̂, `[n]`; may be written. */
  readonly mean: Float64Array;
  /** Gain L of the last update, `[n, p]`. */
  readonly gain: Float64Array;
  /** Writes P, `[n, n]`, to `out`. */
  readCovariance(out: Float64Array): void;
  /** Sets P, `[n, n]`, symmetric positive semidefinite. */
  writeCovariance(P: Float64Array): void;
  /** P ← FPFᵀ + W, for F `[n, n]` and W `[n, n]`. */
  spread(F: Float64Array, W: Float64Array): void;
  /**
   * Updates mean and covariance by the innovation e = y − ŷ that stands in `innovation`, for H `[p, n]` and V `[p, p]`.
   * Returns false, with the belief unchanged, where HPHᵀ + V is not positive definite.
   */
  absorb(H: Float64Array, V: Float64Array): boolean;
}

/** Writes a square root C of M = CCᵀ, M `[n, n]` symmetric positive semidefinite; negative rounding counts as zero. */
export function symmetricRoot(M: Float64Array, C: Float64Array, n: number, eigen: Float64Array, vectors: Float64Array): void {
  copy(M, eigen, n * n);
  factorSymmetricEigen(eigen, vectors, n);
  for (let j = 0; j < n; j++) {
    const root = Math.sqrt(Math.max(0, eigen[j * (n + 1)]!));
    for (let i = 0; i < n; i++) C[i * n + j] = root * vectors[i * n + j]!;
  }
}

/** Creates a belief with n states and p measurements; mean and covariance are zero. */
export function createBelief(form: CovarianceForm, n: number, p: number): Belief {
  return form === 'covariance' ? createCovarianceBelief(n, p) : createSquareRootBelief(n, p);
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

function createCovarianceBelief(n: number, p: number): Belief {
  const square = (): Float64Array => new Float64Array(n * n);
  const [P, work, reduction] = [square(), square(), square()];
  const [PHt, gain, GV] = [new Float64Array(n * p), new Float64Array(n * p), new Float64Array(n * p)];
  const [S, white] = [new Float64Array(p * p), new Float64Array(p)];
  const [mean, innovation] = [new Float64Array(n), new Float64Array(p)];
  const transposedGain = new Float64Array(p * n);

  const belief: Belief = {
    mean,
    gain,
    innovation,
    normalizedSquare: Number.NaN,
    logLikelihood: Number.NaN,
    readCovariance: (out) => copy(P, out, n * n),
    writeCovariance: (value) => copy(value, P, n * n),
    spread(F, W) {
      multiply(F, P, work, n, n, n);
      copy(W, P, n * n);
      multiplyTransposedRight(work, F, P, n, n, n, 1, 1);
      symmetrize(P, n);
    },
    absorb(H, V) {
      multiplyTransposedRight(P, H, PHt, n, n, p);
      copy(V, S, p * p);
      multiply(H, PHt, S, p, n, p, 1, 1);
      symmetrize(S, p);
      if (!factorCholesky(S, S, p)) return false;
      transpose(PHt, transposedGain, n, p);
      solveLower(S, transposedGain, p, n);
      copy(innovation, white, p);
      solveLower(S, white, p, 1);
      finish(belief, white, S, p);
      solveLowerTransposed(S, transposedGain, p, n);
      transpose(transposedGain, gain, p, n);
      multiplyVector(gain, innovation, work, n, p);
      for (let i = 0; i < n; i++) mean[i] = mean[i]! + work[i]!;
      // Joseph's form.
      for (let i = 0; i < n * n; i++) reduction[i] = 0;
      for (let i = 0; i < n; i++) reduction[i * (n + 1)] = 1;
      multiply(gain, H, reduction, n, p, n, -1, 1);
      multiply(reduction, P, work, n, n, n);
      multiply(gain, V, GV, n, p, p);
      multiplyTransposedRight(work, reduction, P, n, n, n);
      multiplyTransposedRight(GV, gain, P, n, p, n, 1, 1);
      symmetrize(P, n);
      return true;
    },
  };
  return belief;
}

/** Fills in what the innovation tells, given S^(−1/2) e and the factor of S. */
function finish(belief: Innovation, white: Float64Array, factorS: Float64Array, p: number): void {
  let sum = 0;
  for (let i = 0; i < p; i++) sum += white[i]! ** 2;
  belief.normalizedSquare = sum;
  belief.logLikelihood = -0.5 * (sum + logDeterminantCholesky(factorS, p) + p * LOG_TWO_PI);
}

function createSquareRootBelief(n: number, p: number): Belief {
  const square = (): Float64Array => new Float64Array(n * n);
  const [C, rootW, eigen, vectors] = [square(), square(), square(), square()];
  const tall = new Float64Array(2 * n * n);
  const tauTall = new Float64Array(n);
  const wide = n + p;
  const array = new Float64Array(wide * wide);
  const tauArray = new Float64Array(wide);
  const [rootV, eigenV, vectorsV] = [new Float64Array(p * p), new Float64Array(p * p), new Float64Array(p * p)];
  const [HC, S, white] = [new Float64Array(p * n), new Float64Array(p * p), new Float64Array(p)];
  const [mean, innovation, gain, step] = [new Float64Array(n), new Float64Array(p), new Float64Array(n * p), new Float64Array(n)];

  const belief: Belief = {
    mean,
    gain,
    innovation,
    normalizedSquare: Number.NaN,
    logLikelihood: Number.NaN,
    readCovariance: (out) => symmetricRankUpdate(C, out, n, n),
    writeCovariance: (value) => symmetricRoot(value, C, n, eigen, vectors),
    spread(F, W) {
      // The QR factor R of [CᵀFᵀ; W^(T/2)] has RᵀR = FPFᵀ + W.
      symmetricRoot(W, rootW, n, eigen, vectors);
      multiply(F, C, eigen, n, n, n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          tall[j * n + i] = eigen[i * n + j]!;
          tall[(n + j) * n + i] = rootW[i * n + j]!;
        }
      }
      factorQr(tall, tauTall, 2 * n, n);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) C[i * n + j] = j <= i ? tall[j * n + i]! : 0;
    },
    absorb(H, V) {
      // The QR factor of [V^(T/2), 0; CᵀHᵀ, Cᵀ] is [S^(T/2), S^(−1/2)HP; 0, C⁺ᵀ].
      symmetricRoot(V, rootV, p, eigenV, vectorsV);
      multiply(H, C, HC, p, n, n);
      array.fill(0);
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) array[j * wide + i] = rootV[i * p + j]!;
        for (let j = 0; j < n; j++) array[(p + j) * wide + i] = HC[i * n + j]!;
      }
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) array[(p + j) * wide + p + i] = C[i * n + j]!;
      factorQr(array, tauArray, wide, wide);
      for (let i = 0; i < p; i++) {
        // Signs so that the diagonal of S^(1/2) is positive.
        const sign = array[i * wide + i]! < 0 ? -1 : 1;
        if (!(Math.abs(array[i * wide + i]!) > 0)) return false;
        for (let j = 0; j < p; j++) S[j * p + i] = j >= i ? sign * array[i * wide + j]! : 0;
        for (let j = 0; j < n; j++) gain[j * p + i] = sign * array[i * wide + p + j]!;
      }
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) C[i * n + j] = j <= i ? array[(p + j) * wide + p + i]! : 0;
      copy(innovation, white, p);
      solveLower(S, white, p, 1);
      finish(belief, white, S, p);
      multiplyVector(gain, white, step, n, p);
      for (let i = 0; i < n; i++) mean[i] = mean[i]! + step[i]!;
      // L = (HP)ᵀ S^(−T/2) S^(−1/2): the columns of `gain` still lack the last factor.
      for (let i = 0; i < n; i++) {
        for (let j = p - 1; j >= 0; j--) {
          let sum = gain[i * p + j]!;
          for (let k = j + 1; k < p; k++) sum -= gain[i * p + k]! * S[k * p + j]!;
          gain[i * p + j] = sum / S[j * p + j]!;
        }
      }
      return true;
    },
  };
  return belief;
}
