/**
 * A mixture of K normal distributions over d components, fitted by expectation-maximisation: π, means μ `[K, d]` and
 * covariances Σ `[K, d, d]`.
 */
import { checkInteger, checkNumber, NumericalError, type Rng, ShapeError } from '@mbrl/core';
import { checkFlat } from '../linalg/flat-input.js';
import { factorCholesky } from '../linalg/cholesky.js';

/** A fitted mixture. */
export interface GaussianMixture {
  readonly clusterCount: number;
  readonly size: number;
  /** π `[K]`, summing to 1. */
  readonly weights: Float64Array;
  /** `[K, d]`. */
  readonly means: Float64Array;
  /** `[K, d, d]`. */
  readonly covariances: Float64Array;
  /** Mean log-likelihood of the points, at the end. */
  readonly logLikelihood: number;
  readonly iterations: number;
}

/** How to fit. */
export interface GaussianMixtureOptions {
  /** d. */
  readonly size: number;
  /** K, at least 1. */
  readonly clusterCount: number;
  /** Draws the first centers. */
  readonly rng: Rng;
  /** Added to the variances, relative to each component's over all points. Default 1e-6. */
  readonly regularization?: number;
  /** Default 100. */
  readonly maxIterations?: number;
  /** Least rise of the mean log-likelihood to go on. Default 1e-6. */
  readonly tolerance?: number;
}

/** Adds log πₖ + log N(pᵢ; μₖ, Σₖ) of all points to column k of `logs` `[N, K]`. @returns false where Σₖ is singular */
function logDensities(
  points: Float64Array,
  { clusterCount: K, size: d, weights, means, covariances }: Omit<GaussianMixture, 'logLikelihood' | 'iterations'>,
  logs: Float64Array,
): boolean {
  const L = new Float64Array(d * d);
  const z = new Float64Array(d);
  for (let k = 0; k < K; k++) {
    if (!factorCholesky(covariances.subarray(k * d * d, (k + 1) * d * d), L, d)) return false;
    let constant = Math.log(weights[k]!) - 0.5 * d * Math.log(2 * Math.PI);
    for (let i = 0; i < d; i++) constant -= Math.log(L[i * d + i]!);
    for (let p = 0; p * d < points.length; p++) {
      let sum = 0;
      for (let i = 0; i < d; i++) {
        let value = points[p * d + i]! - means[k * d + i]!;
        for (let j = 0; j < i; j++) value -= L[i * d + j]! * z[j]!;
        z[i] = value / L[i * d + i]!;
        sum += z[i]! * z[i]!;
      }
      logs[p * K + k] = constant - 0.5 * sum;
    }
  }
  return true;
}

/** Turns each row of log densities into responsibilities. @returns the mean of their log sums */
function normalizeLogs(logs: Float64Array, K: number): number {
  const count = logs.length / K;
  let total = 0;
  for (let p = 0; p < count; p++) {
    let largest = -Infinity;
    for (let k = 0; k < K; k++) largest = Math.max(largest, logs[p * K + k]!);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(logs[p * K + k]! - largest);
    total += largest + Math.log(sum);
    for (let k = 0; k < K; k++) logs[p * K + k] = Math.exp(logs[p * K + k]! - largest) / sum;
  }
  return total / count;
}

/** Returns the responsibilities `[N, K]` of a mixture for points `[N, d]`. @throws NumericalError on singular covariances. */
export function responsibilities(mixture: GaussianMixture, points: Float64Array): Float64Array {
  const logs = new Float64Array((points.length / mixture.size) * mixture.clusterCount);
  if (!logDensities(points, mixture, logs)) throw new NumericalError('responsibilities: covariances must be positive definite');
  normalizeLogs(logs, mixture.clusterCount);
  return logs;
}

/** Centers far apart: each next one drawn with probability proportional to the squared distance from those there (k-means++). */
function drawCenters(points: Float64Array, d: number, K: number, scale: Float64Array, rng: Rng): Float64Array {
  const count = points.length / d;
  const centers = new Float64Array(K * d);
  const distance = new Float64Array(count).fill(Infinity);
  let chosen = rng.integer(count);
  for (let k = 0; k < K; k++) {
    centers.set(points.subarray(chosen * d, (chosen + 1) * d), k * d);
    let total = 0;
    for (let p = 0; p < count; p++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (points[p * d + i]! - centers[k * d + i]!) ** 2 / scale[i]!;
      distance[p] = Math.min(distance[p]!, sum);
      total += distance[p]!;
    }
    let rest = rng.uniform() * total;
    chosen = 0;
    while (chosen < count - 1 && rest >= distance[chosen]!) rest -= distance[chosen++]!;
  }
  return centers;
}

/**
 * Fits a mixture to points `[N, d]`.
 * @throws ShapeError when there are fewer points than clusters, NumericalError on points that are not finite.
 */
export function fitGaussianMixture(points: Float64Array, options: GaussianMixtureOptions): GaussianMixture {
  const caller = 'fitGaussianMixture';
  const { rng } = options;
  const d = checkInteger(caller, 'size', options.size, { min: 1 });
  const K = checkInteger(caller, 'clusterCount', options.clusterCount, { min: 1 });
  const regularization = checkNumber(caller, 'regularization', options.regularization ?? 1e-6, { above: 0 });
  const maxIterations = checkInteger(caller, 'maxIterations', options.maxIterations ?? 100, { min: 1 });
  const tolerance = checkNumber(caller, 'tolerance', options.tolerance ?? 1e-6, { min: 0 });
  const count = points.length / d;
  if (!Number.isInteger(count) || count < K)
    throw new ShapeError(`${caller}: points must be [N, ${d}] with N ≥ ${K}, got ${points.length} elements`);
  checkFlat(caller, 'points', points, points.length);

  const center = new Float64Array(d);
  const spread = new Float64Array(d);
  for (let i = 0; i < points.length; i++) center[i % d] = center[i % d]! + points[i]! / count;
  for (let i = 0; i < points.length; i++) spread[i % d] = spread[i % d]! + (points[i]! - center[i % d]!) ** 2 / count;
  for (let i = 0; i < d; i++) if (!(spread[i]! > 0)) spread[i] = 1;

  const mixture = {
    clusterCount: K,
    size: d,
    weights: new Float64Array(K).fill(1 / K),
    means: drawCenters(points, d, K, spread, rng),
    covariances: new Float64Array(K * d * d),
  };
  for (let k = 0; k < K; k++) for (let i = 0; i < d; i++) mixture.covariances[k * d * d + i * d + i] = spread[i]!;
  const shares = new Float64Array(count * K);
  let logLikelihood = -Infinity;
  let iterations = 0;
  while (iterations < maxIterations) {
    if (!logDensities(points, mixture, shares)) throw new NumericalError(`${caller}: a covariance lost its rank`);
    const likelihood = normalizeLogs(shares, K);
    iterations += 1;
    const rise = likelihood - logLikelihood;
    logLikelihood = likelihood;
    if (rise < tolerance) break;
    maximize(points, shares, mixture, spread, regularization);
  }
  return { ...mixture, logLikelihood, iterations };
}

/** Takes weights, means and covariances from responsibilities. */
function maximize(
  points: Float64Array,
  shares: Float64Array,
  { clusterCount: K, size: d, weights, means, covariances }: Omit<GaussianMixture, 'logLikelihood' | 'iterations'>,
  spread: Float64Array,
  regularization: number,
): void {
  const count = points.length / d;
  for (let k = 0; k < K; k++) {
    let mass = 0;
    const mean = means.subarray(k * d, (k + 1) * d);
    const covariance = covariances.subarray(k * d * d, (k + 1) * d * d);
    for (let p = 0; p < count; p++) mass += shares[p * K + k]!;
    weights[k] = Math.max(mass / count, 1e-12);
    // A cluster without points stays where it is.
    if (mass < 1e-9) continue;
    mean.fill(0);
    covariance.fill(0);
    for (let p = 0; p < count; p++) for (let i = 0; i < d; i++) mean[i] = mean[i]! + (shares[p * K + k]! * points[p * d + i]!) / mass;
    for (let p = 0; p < count; p++) {
      const share = shares[p * K + k]! / mass;
      for (let i = 0; i < d; i++) {
        const di = share * (points[p * d + i]! - mean[i]!);
        for (let j = 0; j < d; j++) covariance[i * d + j] = covariance[i * d + j]! + di * (points[p * d + j]! - mean[j]!);
      }
    }
    for (let i = 0; i < d; i++) covariance[i * d + i] = covariance[i * d + i]! + regularization * spread[i]!;
  }
}
