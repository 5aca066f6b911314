/**
 * The step of the cross-entropy method that learns: mean and variance move towards those of the elites,
 * μ ← α μ + (1 − α) mean(elites) and σ² ← α σ² + (1 − α) var(elites), component by component. The variance is the
 * mean squared deviation (divisor k, as in the PETS paper's code; mbrl-lib divides by k − 1), so that a single elite
 * is allowed.
 */

/** What a refit reads and writes; arrays over a plan are `[H·A]`. */
export interface Refit {
  /** α in [0, 1). */
  readonly momentum: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Least variance, by component of the plan. */
  readonly minimumVariance: Float64Array;
  /** Updated in place. */
  readonly mean: Float64Array;
  /** Updated in place. */
  readonly variance: Float64Array;
  /** Scratch: the mean of the elites, after the refit. */
  readonly eliteMean: Float64Array;
  /** Scratch. */
  readonly eliteVariance: Float64Array;
}

/**
 * Moves mean and variance towards the elites'; gives the greatest variance after it.
 * @param candidates `[N, H·A]`
 * @param elites rows of the elites, best first
 * @param eliteCount how many of `elites` take part, at least 1
 */
export function refitDistribution(refit: Refit, candidates: Float32Array, elites: Int32Array, eliteCount: number): number {
  const { momentum, low, high, minimumVariance, mean, variance, eliteMean, eliteVariance } = refit;
  const size = mean.length;
  eliteMean.fill(0);
  eliteVariance.fill(0);
  for (let e = 0; e < eliteCount; e++) {
    const start = elites[e]! * size;
    for (let d = 0; d < size; d++) eliteMean[d]! += candidates[start + d]!;
  }
  for (let d = 0; d < size; d++) eliteMean[d]! /= eliteCount;
  for (let e = 0; e < eliteCount; e++) {
    const start = elites[e]! * size;
    for (let d = 0; d < size; d++) {
      const deviation = candidates[start + d]! - eliteMean[d]!;
      eliteVariance[d]! += deviation * deviation;
    }
  }
  let greatest = 0;
  for (let d = 0; d < size; d++) {
    const moved = momentum * mean[d]! + (1 - momentum) * eliteMean[d]!;
    // Rounding may leave the bounds by the last digit.
    mean[d] = Math.min(Math.max(moved, low[d]!), high[d]!);
    const spread = momentum * variance[d]! + ((1 - momentum) * eliteVariance[d]!) / eliteCount;
    variance[d] = Math.max(spread, minimumVariance[d]!);
    greatest = Math.max(greatest, variance[d]!);
  }
  return greatest;
}
