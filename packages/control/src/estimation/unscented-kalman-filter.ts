/**
 * The unscented Kalman filter (Julier & Uhlmann 1997; scaled form of Wan & van der Merwe 2000) for x⁺ = f(t, x, u) + w,
 * y = h(x) + v: mean and covariance of f and h over 2n + 1 points x̂, x̂ ± √(n + λ) C eᵢ with P = CCᵀ and λ = α²(n + κ) − n. All points go
 * through the dynamics in one batch.
 */
import { checkNumber } from '@mbrl/core';
import { factorCholesky, logDeterminantCholesky } from '../linalg/cholesky.js';
import { multiplyVector } from '../linalg/multiply-vector.js';
import { multiplyTransposedRight } from '../linalg/multiply.js';
import { isFiniteArray } from '../linalg/norms.js';
import { symmetrize } from '../linalg/symmetric-product.js';
import { solveLower } from '../linalg/triangular.js';
import { copy, transpose } from '../linalg/vector.js';
import { symmetricRoot } from './belief.js';
import { checkAction, type NonlinearFilter, type NonlinearFilterOptions, readNonlinearFilter } from './extended-kalman-filter.js';
import { subtractMeasurement } from './measurement.js';

/** Settings of the unscented filter. */
export interface UnscentedKalmanFilterOptions extends NonlinearFilterOptions {
  /** Spread of the points, in (0, 1]. Default 1. */
  readonly alpha?: number;
  /** Weight of the central point in covariances, ≥ 0; 2 suits Gaussians. Default 2. */
  readonly beta?: number;
  /** Secondary spread, > −n. Default 0; n + κ = 3 matches fourth moments of a Gaussian where α = 1. */
  readonly kappa?: number;
}

/**
 * Creates an unscented Kalman filter.
 * @throws ShapeError, NumericalError on bad matrices, OptionError where a covariance is indefinite or an option out of range
 */
export function createUnscentedKalmanFilter(options: UnscentedKalmanFilterOptions): NonlinearFilter {
  const caller = 'createUnscentedKalmanFilter';
  const { measurement } = options;
  const { dynamics, n, m, p, W, V, mean, covariance: P } = readNonlinearFilter(caller, options);
  const alpha = checkNumber(caller, 'alpha', options.alpha ?? 1, { above: 0, max: 1 });
  const beta = checkNumber(caller, 'beta', options.beta ?? 2, { min: 0 });
  const kappa = checkNumber(caller, 'kappa', options.kappa ?? 0, { above: -n });
  const lambda = alpha * alpha * (n + kappa) - n;
  const count = 2 * n + 1;
  const [meanWeight, centralWeight] = [lambda / (n + lambda), lambda / (n + lambda) + 1 - alpha * alpha + beta];
  const weight = 0.5 / (n + lambda);
  const radius = Math.sqrt(n + lambda);

  const [root, eigen, vectors] = [new Float64Array(n * n), new Float64Array(n * n), new Float64Array(n * n)];
  const [points, moved, actions] = [new Float64Array(count * n), new Float64Array(count * n), new Float64Array(count * m)];
  const times = new Int32Array(count);
  const views = (flat: Float64Array, width: number): Float64Array[] =>
    Array.from({ length: count }, (_, i) => flat.subarray(i * width, (i + 1) * width));
  const measured = new Float64Array(count * p);
  const [pointViews, measuredViews] = [views(points, n), views(measured, p)];
  const deviations = new Float64Array(count * p);
  const deviationViews = views(deviations, p);
  const [expected, shift, innovation] = [new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  const [S, cross, transposed] = [new Float64Array(p * p), new Float64Array(n * p), new Float64Array(p * n)];
  const [white, product] = [new Float64Array(p), new Float64Array(n * p)];

  const spreadPoints = (): void => {
    symmetricRoot(P, root, n, eigen, vectors);
    for (let i = 0; i < n; i++) {
      points[i] = mean[i]!;
      for (let j = 0; j < n; j++) {
        points[(1 + j) * n + i] = mean[i]! + radius * root[i * n + j]!;
        points[(1 + n + j) * n + i] = mean[i]! - radius * root[i * n + j]!;
      }
    }
  };
  const gather = (): void => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 1; k < count; k++) sum += moved[k * n + i]!;
      mean[i] = meanWeight * moved[i]! + weight * sum;
    }
    copy(W, P, n * n);
    for (let k = 0; k < count; k++) {
      const factor = k === 0 ? centralWeight : weight;
      for (let i = 0; i < n; i++) {
        const deviation = factor * (moved[k * n + i]! - mean[i]!);
        for (let j = 0; j < n; j++) P[i * n + j]! += deviation * (moved[k * n + j]! - mean[j]!);
      }
    }
    symmetrize(P, n);
  };

  const filter: NonlinearFilter = {
    stateSize: n,
    actionSize: m,
    measurementSize: p,
    W,
    V,
    mean,
    innovation,
    normalizedSquare: Number.NaN,
    logLikelihood: Number.NaN,
    predict(action, step = 0) {
      checkAction(`${caller}.predict`, action, m);
      spreadPoints();
      for (let k = 0; k < count; k++) for (let i = 0; i < m; i++) actions[k * m + i] = action[i]!;
      times.fill(step);
      const stepped = dynamics.step(points, actions, moved, count, times);
      if (stepped instanceof Promise) return stepped.then(gather);
      gather();
      return undefined;
    },
    update(measurementNow) {
      spreadPoints();
      for (let k = 0; k < count; k++) measurement.measure(pointViews[k]!, measuredViews[k]!);
      // Means are taken relative to the central point, so that wrapped measurements average well.
      shift.fill(0);
      for (let k = 1; k < count; k++) {
        subtractMeasurement(measurement, measuredViews[k]!, measuredViews[0]!, deviationViews[k]!);
        for (let i = 0; i < p; i++) shift[i]! += weight * deviations[k * p + i]!;
      }
      for (let i = 0; i < p; i++) {
        expected[i] = measured[i]! + shift[i]!;
        deviations[i] = 0;
      }
      for (let k = 0; k < count; k++) for (let i = 0; i < p; i++) deviations[k * p + i]! -= shift[i]!;
      subtractMeasurement(measurement, measurementNow, expected, innovation);
      if (!isFiniteArray(innovation) || !isFiniteArray(deviations)) return false;
      copy(V, S, p * p);
      cross.fill(0);
      for (let k = 0; k < count; k++) {
        const factor = k === 0 ? centralWeight : weight;
        for (let j = 0; j < p; j++) {
          const deviation = factor * deviations[k * p + j]!;
          for (let i = 0; i < p; i++) S[i * p + j]! += deviation * deviations[k * p + i]!;
          for (let i = 0; i < n; i++) cross[i * p + j]! += deviation * (points[k * n + i]! - mean[i]!);
        }
      }
      symmetrize(S, p);
      if (!factorCholesky(S, S, p)) return false;
      copy(innovation, white, p);
      solveLower(S, white, p, 1);
      transpose(cross, transposed, n, p);
      solveLower(S, transposed, p, n);
      transpose(transposed, product, p, n);
      // P − (cross S^(−T/2))(cross S^(−T/2))ᵀ, mean + cross S^(−T/2) S^(−1/2) e
      multiplyTransposedRight(product, product, P, n, p, n, -1, 1);
      symmetrize(P, n);
      multiplyVector(product, white, mean, n, p, 1, 1);
      let sum = 0;
      for (let i = 0; i < p; i++) sum += white[i]! ** 2;
      filter.normalizedSquare = sum;
      filter.logLikelihood = -0.5 * (sum + logDeterminantCholesky(S, p) + p * Math.log(2 * Math.PI));
      return true;
    },
    covariance(out = new Float64Array(n * n)) {
      copy(P, out, n * n);
      return out;
    },
  };
  return filter;
}
