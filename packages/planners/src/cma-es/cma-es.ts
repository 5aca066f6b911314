/**
 * The covariance matrix adaptation evolution strategy (Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv
 * 1604.00772): minimises a cost over R^n by drawing λ points x = m + σ y, y ~ N(0, C), and moving mean m, step size σ
 * and covariance C after those that cost least. Complete: cumulative step-size adaptation, rank-one and rank-μ update
 * with negative weights, lazy decomposition; separable on request (Ros and Hansen 2008).
 *
 * Here is one run, told what its points cost; bounds, restarts and the loop are in `minimize.ts` and `cma-planner.ts`.
 */
import type { Rng } from '@mbrl/core';
import {
  createRunHistory,
  type CmaEsStop,
  recordGeneration,
  resetHistory,
  type RunHistory,
  type StopTolerances,
  whyStop,
} from './stopping.js';
import { type StrategyParameters, strategyParameters } from './strategy-parameters.js';
import { createSymmetricEigen, decomposeSymmetric, type SymmetricEigen } from './symmetric-eigen.js';

/** How a run is set up. */
export interface CmaEsRunOptions {
  readonly dimension: number;
  readonly populationSize: number;
  readonly active: boolean;
  readonly separable: boolean;
  readonly tolerances: StopTolerances;
}

/** One run. Arrays of n numbers are `[n]`, of λ points `[λ, n]`, matrices `[n, n]` row-major. */
export interface CmaEsRun {
  readonly dimension: number;
  readonly populationSize: number;
  readonly separable: boolean;
  readonly parameters: StrategyParameters;
  readonly tolerances: StopTolerances;
  /** m. */
  readonly mean: Float64Array;
  /** σ. */
  stepSize: number;
  /** C; the diagonal alone, `[n]`, in a separable run. */
  readonly covariance: Float64Array;
  /** Roots of the eigenvalues of C, or of its diagonal. */
  readonly scales: Float64Array;
  /** Eigenvectors of C in columns; absent in a separable run. */
  readonly eigen: SymmetricEigen | undefined;
  /** p_σ. */
  readonly stepPath: Float64Array;
  /** p_c. */
  readonly covariancePath: Float64Array;
  /** The points drawn last. */
  readonly points: Float64Array;
  /** y of those points. */
  readonly steps: Float64Array;
  /** ‖C^(−1/2) y‖² of those points, `[λ]`. */
  readonly squaredLengths: Float64Array;
  /** Points by rising cost, `[λ]`, after `tellCosts`. */
  readonly order: Int32Array;
  /** Scratch, `[n]` each but the matrix. */
  readonly scratch: {
    readonly white: Float64Array;
    readonly step: Float64Array;
    readonly isotropic: Float64Array;
    readonly matrix: Float64Array;
  };
  generation: number;
  /** The generation of the last decomposition. */
  decomposedAt: number;
  readonly history: RunHistory;
}

/** Makes the buffers of a run; `resetRun` starts it. */
export function createRun({ dimension, populationSize, active, separable, tolerances }: CmaEsRunOptions): CmaEsRun {
  const vector = (): Float64Array => new Float64Array(dimension);
  const matrix = (): Float64Array => new Float64Array(separable ? dimension : dimension * dimension);
  return {
    dimension,
    populationSize,
    separable,
    parameters: strategyParameters({ dimension, populationSize, active, separable }),
    tolerances,
    mean: vector(),
    stepSize: 1,
    covariance: matrix(),
    scales: vector(),
    eigen: separable ? undefined : createSymmetricEigen(dimension),
    stepPath: vector(),
    covariancePath: vector(),
    points: new Float64Array(populationSize * dimension),
    steps: new Float64Array(populationSize * dimension),
    squaredLengths: new Float64Array(populationSize),
    order: new Int32Array(populationSize),
    scratch: { white: vector(), step: vector(), isotropic: vector(), matrix: matrix() },
    generation: 0,
    decomposedAt: 0,
    history: createRunHistory(dimension, populationSize),
  };
}

/** Starts a run from a mean, with C = I. */
export function resetRun(run: CmaEsRun, mean: ArrayLike<number>, stepSize: number): void {
  const { dimension, covariance, eigen, separable } = run;
  run.mean.set(mean);
  run.stepSize = stepSize;
  covariance.fill(separable ? 1 : 0);
  run.scales.fill(1);
  if (eigen) {
    eigen.vectors.fill(0);
    for (let i = 0; i < dimension; i++) {
      covariance[i * dimension + i] = 1;
      eigen.vectors[i * dimension + i] = 1;
    }
  }
  run.stepPath.fill(0);
  run.covariancePath.fill(0);
  run.generation = 0;
  run.decomposedAt = 0;
  resetHistory(run.history, stepSize);
}

/** Draws the points of the next generation into `run.points`. @param meanFirst whether the first point is the mean itself */
export function drawPoints(run: CmaEsRun, rng: Rng, meanFirst = false): void {
  const { dimension: n, populationSize, mean, stepSize, scales, eigen, points, steps, squaredLengths, scratch } = run;
  const { white } = scratch;
  for (let k = 0; k < populationSize; k++) {
    const start = k * n;
    let length = 0;
    for (let i = 0; i < n; i++) {
      const z = k === 0 && meanFirst ? 0 : rng.normal();
      length += z * z;
      white[i] = scales[i]! * z;
    }
    squaredLengths[k] = length;
    for (let i = 0; i < n; i++) {
      let y = white[i]!;
      if (eigen) {
        y = 0;
        for (let j = 0; j < n; j++) y += eigen.vectors[i * n + j]! * white[j]!;
      }
      steps[start + i] = y;
      points[start + i] = mean[i]! + stepSize * y;
    }
  }
}

/** Writes C^(−1/2) y into `out`, which is neither y nor the scratch in between. */
function whiten({ dimension: n, scales, eigen, scratch }: CmaEsRun, y: Float64Array, out: Float64Array): void {
  if (!eigen) {
    for (let i = 0; i < n; i++) out[i] = y[i]! / scales[i]!;
    return;
  }
  const { white } = scratch;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += eigen.vectors[i * n + j]! * y[i]!;
    white[j] = sum / scales[j]!;
  }
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += eigen.vectors[i * n + j]! * white[j]!;
    out[i] = sum;
  }
}

/** Moves mean and paths. @returns h_σ: 1, or 0 where the step-size path is so long that the rank-one update must wait. */
function movePaths(run: CmaEsRun): number {
  const { dimension: n, parameters, mean, stepSize, steps, order, stepPath, covariancePath, scratch } = run;
  const { parentCount, weights, effectiveParentCount, stepPathRate, covariancePathRate, expectedLength } = parameters;
  const { step, isotropic } = scratch;
  step.fill(0);
  for (let k = 0; k < parentCount; k++) {
    const start = order[k]! * n;
    for (let i = 0; i < n; i++) step[i]! += weights[k]! * steps[start + i]!;
  }
  for (let i = 0; i < n; i++) mean[i]! += stepSize * step[i]!;
  whiten(run, step, isotropic);
  const stepGain = Math.sqrt(stepPathRate * (2 - stepPathRate) * effectiveParentCount);
  let length = 0;
  for (let i = 0; i < n; i++) {
    stepPath[i] = (1 - stepPathRate) * stepPath[i]! + stepGain * isotropic[i]!;
    length += stepPath[i]! ** 2;
  }
  length = Math.sqrt(length);
  const correction = Math.sqrt(1 - (1 - stepPathRate) ** (2 * (run.generation + 1)));
  const isShort = length / correction / expectedLength < 1.4 + 2 / (n + 1) ? 1 : 0;
  const covarianceGain = isShort * Math.sqrt(covariancePathRate * (2 - covariancePathRate) * effectiveParentCount);
  for (let i = 0; i < n; i++) covariancePath[i] = (1 - covariancePathRate) * covariancePath[i]! + covarianceGain * step[i]!;
  run.stepSize *= Math.exp(Math.min(1, (stepPathRate / parameters.stepDamping) * (length / expectedLength - 1)));
  return isShort;
}

/** Rank-one and rank-μ update of C. */
function updateCovariance(
  { dimension: n, separable, parameters, covariance, steps, squaredLengths, order, covariancePath }: CmaEsRun,
  isShort: number,
): void {
  const { weights, weightSum, rankOneRate, rankMuRate, covariancePathRate } = parameters;
  const missing = (1 - isShort) * covariancePathRate * (2 - covariancePathRate);
  const keep = 1 + rankOneRate * missing - rankOneRate - rankMuRate * weightSum;
  for (let i = 0; i < covariance.length; i++) covariance[i]! *= keep;
  const add = (vector: Float64Array, start: number, factor: number): void => {
    for (let i = 0; i < n; i++) {
      const value = factor * vector[start + i]!;
      if (separable) covariance[i]! += value * vector[start + i]!;
      else for (let j = 0; j <= i; j++) covariance[i * n + j]! += value * vector[start + j]!;
    }
  };
  add(covariancePath, 0, rankOneRate);
  for (let k = 0; k < order.length; k++) {
    const point = order[k]!;
    const weight = weights[k]!;
    // Long steps that failed would take away more than there is; all count as if of the usual length.
    const factor = weight >= 0 ? weight : squaredLengths[point]! > 0 ? (weight * n) / squaredLengths[point]! : 0;
    if (factor !== 0) add(steps, point * n, rankMuRate * factor);
  }
  if (!separable) for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) covariance[j * n + i] = covariance[i * n + j]!;
}

/** Least eigenvalue that is kept, by the greatest: rounding and negative weights must not make C indefinite. */
const LEAST_EIGENVALUE_RATIO = 1e-15;

/** Works scales and eigenvectors out of C. @returns whether it was possible. */
function decompose(run: CmaEsRun): boolean {
  const { dimension: n, covariance, scales, eigen, scratch } = run;
  run.decomposedAt = run.generation;
  let values: Float64Array = covariance;
  if (eigen) {
    scratch.matrix.set(covariance);
    if (!decomposeSymmetric(scratch.matrix, eigen)) return false;
    values = eigen.values;
  }
  let greatest = 0;
  for (let i = 0; i < n; i++) greatest = Math.max(greatest, values[i]!);
  if (!(greatest > 0 && greatest < Infinity)) return false;
  for (let i = 0; i < n; i++) scales[i] = Math.sqrt(Math.max(values[i]!, LEAST_EIGENVALUE_RATIO * greatest));
  return true;
}

/**
 * Learns from what the points cost.
 * @param costs `[λ]`; what is not finite counts as infinite. Where no cost is finite, nothing is learned.
 * @returns why the run should stop, or undefined.
 */
export function tellCosts(run: CmaEsRun, costs: Float64Array): CmaEsStop | undefined {
  const { order, parameters } = run;
  for (let k = 0; k < order.length; k++) {
    order[k] = k;
    if (!Number.isFinite(costs[k]!)) costs[k] = Infinity;
  }
  order.sort((a, b) => (costs[a]! === costs[b]! ? a - b : costs[a]! < costs[b]! ? -1 : 1));
  if (costs[order[0]!] === Infinity) return undefined;
  updateCovariance(run, movePaths(run));
  run.generation++;
  if (run.generation - run.decomposedAt >= parameters.decompositionInterval && !decompose(run)) return 'conditionNumber';
  recordGeneration(run.history, costs, order);
  return whyStop(run, costs);
}
