/**
 * The constants of the covariance matrix adaptation evolution strategy, with the default values of Hansen 2016, "The
 * CMA evolution strategy: a tutorial" (arXiv 1604.00772), table 1, but for c_σ, which is (μ_eff + 2) / (n + μ_eff + 3)
 * as in Hansen's `pycma` (there: + 5); and for the separable strategy the faster learning of Ros and Hansen 2008, "A
 * simple modification in CMA-ES achieving linear time and space complexity".
 *
 * Symbols: n dimension, λ population size, μ parents, w recombination weights, μ_eff their effective number, c and d
 * learning rates and damping, χ_n the expected length of a standard normal vector.
 */

/** What a strategy is set up from. */
export interface StrategyOptions {
  readonly dimension: number;
  /** λ, at least 2. */
  readonly populationSize: number;
  /** Whether the worst half takes part, with negative weights ("active" CMA-ES). */
  readonly active: boolean;
  /** Whether the covariance is a diagonal. */
  readonly separable: boolean;
}

/** The constants; names as in the tutorial. */
export interface StrategyParameters {
  /** μ: how many of the best make the new mean. */
  readonly parentCount: number;
  /** w, `[λ]`, for the best first; the first μ are positive and sum to one, the others are at most zero. */
  readonly weights: Float64Array;
  readonly weightSum: number;
  /** μ_eff. */
  readonly effectiveParentCount: number;
  /** c_σ: cumulation of the step-size path. */
  readonly stepPathRate: number;
  /** d_σ: damping of the step size. */
  readonly stepDamping: number;
  /** c_c: cumulation of the rank-one path. */
  readonly covariancePathRate: number;
  /** c_1. */
  readonly rankOneRate: number;
  /** c_μ. */
  readonly rankMuRate: number;
  /** χ_n. */
  readonly expectedLength: number;
  /** Generations from one decomposition of the covariance to the next. */
  readonly decompositionInterval: number;
}

/** λ = 4 + ⌊3 ln n⌋, the tutorial's population for a first run. */
export const defaultPopulationSize = (dimension: number): number => 4 + Math.floor(3 * Math.log(dimension));

/** (Σ w)² / Σ w² over a part of the weights. */
function effectiveCount(weights: Float64Array, from: number, to: number): number {
  let sum = 0;
  let squares = 0;
  for (let i = from; i < to; i++) {
    sum += weights[i]!;
    squares += weights[i]! ** 2;
  }
  return squares > 0 ? sum ** 2 / squares : 0;
}

/** Works the constants out. */
export function strategyParameters({ dimension: n, populationSize, active, separable }: StrategyOptions): StrategyParameters {
  const weights = Float64Array.from({ length: populationSize }, (_, i) => Math.log((populationSize + 1) / 2) - Math.log(i + 1));
  const parentCount = Math.floor(populationSize / 2);
  const effectiveParentCount = effectiveCount(weights, 0, parentCount);
  const effectiveNegativeCount = effectiveCount(weights, parentCount, populationSize);

  const stepPathRate = (effectiveParentCount + 2) / (n + effectiveParentCount + 3);
  const stepDamping = 1 + 2 * Math.max(0, Math.sqrt((effectiveParentCount - 1) / (n + 1)) - 1) + stepPathRate;
  const covariancePathRate = (4 + effectiveParentCount / n) / (n + 4 + (2 * effectiveParentCount) / n);
  const speed = separable ? (n + 2) / 3 : 1;
  const rankOneRate = Math.min(1, (speed * 2) / ((n + 1.3) ** 2 + effectiveParentCount));
  const rankMuRate = Math.min(
    1 - rankOneRate,
    (speed * 2 * (0.25 + effectiveParentCount - 2 + 1 / effectiveParentCount)) / ((n + 2) ** 2 + effectiveParentCount),
  );

  const positiveSum = weights.subarray(0, parentCount).reduce((sum, weight) => sum + weight, 0);
  const negativeSum = weights.subarray(parentCount).reduce((sum, weight) => sum + Math.min(weight, 0), 0);
  // So scaled, negative weights keep the covariance positive definite and do not outweigh the rest.
  const negativeScale = active
    ? Math.min(
        1 + rankOneRate / rankMuRate,
        1 + (2 * effectiveNegativeCount) / (effectiveParentCount + 2),
        (1 - rankOneRate - rankMuRate) / (n * rankMuRate),
      )
    : 0;
  for (let i = 0; i < populationSize; i++) {
    const weight = weights[i]!;
    if (i < parentCount) weights[i] = weight / positiveSum;
    else weights[i] = negativeSum < 0 ? (negativeScale * Math.min(weight, 0)) / -negativeSum : 0;
  }
  return {
    parentCount,
    weights,
    weightSum: weights.reduce((sum, weight) => sum + weight, 0),
    effectiveParentCount,
    stepPathRate,
    stepDamping,
    covariancePathRate,
    rankOneRate,
    rankMuRate,
    expectedLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
    decompositionInterval: separable ? 1 : Math.max(1, Math.floor(1 / (10 * n * (rankOneRate + rankMuRate)))),
  };
}
