/**
 * The Kalman filter for x⁺ = Ax + Bu + c + w, w ~ N(0, W), y = Cx + Du + v, v ~ N(0, V), in covariance or square-root form. The
 * matrices stand in the filter as flat arrays and may be overwritten between steps, for systems that vary.
 */
import { checkOneOf, OptionError } from '@mbrl/core';
import { factorCholesky } from '../linalg/cholesky.js';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, readVector, rowCount, squareSize } from '../linalg/matrix-input.js';
import { multiplyVector } from '../linalg/multiply-vector.js';
import { copy } from '../linalg/vector.js';
import { type CovarianceForm, createBelief, type Innovation } from './belief.js';

/** What a filter starts from. */
export interface KalmanFilterOptions {
  /** `[n, n]`. */
  readonly A: MatrixInput;
  /** `[n, m]`; no action where absent. */
  readonly B?: MatrixInput;
  /** Drift, `[n]`; zero where absent. */
  readonly c?: ArrayLike<number>;
  /** `[p, n]`. */
  readonly C: MatrixInput;
  /** `[p, m]`; zero where absent. */
  readonly D?: MatrixInput;
  /** Covariance of the process noise, `[n, n]`, positive semidefinite. */
  readonly W: MatrixInput;
  /** Covariance of the measurement noise, `[p, p]`, positive definite. */
  readonly V: MatrixInput;
  /** Mean before the first step, `[n]`; zero where absent. */
  readonly mean?: ArrayLike<number>;
  /** Covariance before the first step, `[n, n]`. */
  readonly covariance: MatrixInput;
  /** Default 'covariance'. */
  readonly form?: CovarianceForm;
}

/** A filter: alternate `predict` and `update`. */
export interface KalmanFilter extends Innovation {
  readonly stateSize: number;
  readonly actionSize: number;
  readonly measurementSize: number;
  /** The model, flat; may be overwritten between steps. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly c: Float64Array;
  readonly C: Float64Array;
  readonly D: Float64Array;
  readonly W: Float64Array;
  readonly V: Float64Array;
  /** Mean of the belief, `[n]`. */
  readonly mean: Float64Array;
  /** Gain of the last update, `[n, p]`. */
  readonly gain: Float64Array;
  /** Carries the belief over a step under `action` `[m]`. */
  predict(action?: Float64Array): void;
  /**
   * Conditions the belief on a measurement `[p]`, taken under `action` `[m]` where D is given. Returns false, with the belief
   * unchanged, where the measurement is not finite or its covariance not positive definite.
   */
  update(measurement: Float64Array, action?: Float64Array): boolean;
  /** Writes the covariance, `[n, n]`, to `out` and returns it. */
  covariance(out?: Float64Array): Float64Array;
}

/** Refuses a noise covariance that no filter can use. */
export function checkMeasurementNoise(caller: string, V: Float64Array, p: number): void {
  if (!factorCholesky(V, new Float64Array(p * p), p)) {
    throw new OptionError(`${caller}: V must be symmetric positive definite, got a matrix that is not`);
  }
}

/** Refuses a covariance with a negative eigenvalue, up to rounding. */
export function checkCovariance(caller: string, name: string, P: Float64Array, n: number): void {
  const shifted = P.slice();
  let scale = 0;
  for (let i = 0; i < n * n; i++) scale = Math.max(scale, Math.abs(P[i]!));
  for (let i = 0; i < n; i++) shifted[i * (n + 1)]! += 1e-12 * scale + Number.MIN_VALUE;
  if (!factorCholesky(shifted, shifted, n)) {
    throw new OptionError(`${caller}: ${name} must be symmetric positive semidefinite, got a matrix that is not`);
  }
}

/**
 * Creates a filter.
 * @throws ShapeError, NumericalError on bad matrices, OptionError where a covariance is indefinite or `form` unknown
 */
export function createKalmanFilter(options: KalmanFilterOptions): KalmanFilter {
  const caller = 'createKalmanFilter';
  const n = squareSize(caller, 'A', options.A);
  const p = rowCount(caller, 'C', options.C, n);
  const m = options.B === undefined ? 0 : columnCount(caller, 'B', options.B, n);
  const A = readMatrix(caller, 'A', options.A, n, n);
  const B = options.B === undefined ? new Float64Array(0) : readMatrix(caller, 'B', options.B, n, m);
  const C = readMatrix(caller, 'C', options.C, p, n);
  const D = options.D === undefined ? new Float64Array(p * m) : readMatrix(caller, 'D', options.D, p, m);
  const c = options.c === undefined ? new Float64Array(n) : readVector(caller, 'c', options.c, n);
  const [W, V] = [readSymmetric(caller, 'W', options.W, n), readSymmetric(caller, 'V', options.V, p)];
  const covariance = readSymmetric(caller, 'covariance', options.covariance, n);
  checkCovariance(caller, 'W', W, n);
  checkCovariance(caller, 'covariance', covariance, n);
  checkMeasurementNoise(caller, V, p);
  const form = checkOneOf(caller, 'form', options.form ?? 'covariance', ['covariance', 'squareRoot']);
  const belief = createBelief(form, n, p);
  if (options.mean !== undefined) belief.mean.set(readVector(caller, 'mean', options.mean, n));
  belief.writeCovariance(covariance);
  const { mean, gain, innovation } = belief;
  const next = new Float64Array(n);

  const filter: KalmanFilter = {
    stateSize: n,
    actionSize: m,
    measurementSize: p,
    A,
    B,
    c,
    C,
    D,
    W,
    V,
    mean,
    gain,
    innovation,
    normalizedSquare: Number.NaN,
    logLikelihood: Number.NaN,
    predict(action) {
      copy(c, next, n);
      multiplyVector(A, mean, next, n, n, 1, 1);
      if (m > 0 && action !== undefined) multiplyVector(B, action, next, n, m, 1, 1);
      copy(next, mean, n);
      belief.spread(A, W);
    },
    update(measurement, action) {
      for (let i = 0; i < p; i++) {
        if (!Number.isFinite(measurement[i]!)) return false;
        innovation[i] = measurement[i]!;
      }
      multiplyVector(C, mean, innovation, p, n, -1, 1);
      if (m > 0 && action !== undefined) multiplyVector(D, action, innovation, p, m, -1, 1);
      if (!belief.absorb(C, V)) return false;
      filter.normalizedSquare = belief.normalizedSquare;
      filter.logLikelihood = belief.logLikelihood;
      return true;
    },
    covariance(out = new Float64Array(n * n)) {
      belief.readCovariance(out);
      return out;
    },
  };
  return filter;
}
