/**
 * Weights of candidates by their returns, w_n ∝ exp(κ R_n − c_n), which sum to one: what MPPI (κ = 1/λ) and PDDM
 * average by. A return that is not finite has weight zero.
 */

/** What returns are divided by before they are weighted: nothing, the range of the finite ones, or their standard deviation. */
export type ReturnNormalization = 'none' | 'range' | 'deviation';

/** The values of {@link ReturnNormalization}. */
export const RETURN_NORMALIZATIONS: readonly ReturnNormalization[] = ['none', 'range', 'deviation'];

/** The divisor of the returns, 1 where they are all equal. */
function normalizer(scores: Float64Array, normalization: ReturnNormalization): number {
  if (normalization === 'none') return 1;
  let least = Infinity;
  let greatest = -Infinity;
  let sum = 0;
  let count = 0;
  for (let n = 0; n < scores.length; n++) {
    const score = scores[n]!;
    if (score === -Infinity) continue;
    least = Math.min(least, score);
    greatest = Math.max(greatest, score);
    sum += score;
    count++;
  }
  if (normalization === 'range') return greatest > least ? greatest - least : 1;
  const mean = sum / count;
  let squares = 0;
  for (let n = 0; n < scores.length; n++) if (scores[n]! > -Infinity) squares += (scores[n]! - mean) ** 2;
  return squares > 0 ? Math.sqrt(squares / count) : 1;
}

/**
 * Writes the weights.
 * @param scores returns `[N]`, −Infinity where not finite; at least one is finite
 * @param rewardWeight κ, above 0, of the normalised returns
 * @param penalties c, `[N]`, each finite; absent: none
 * @param weights filled, `[N]`
 * @returns the effective sample size (Σ w)² / Σ w², in [1, N].
 */
export function weighReturns(
  scores: Float64Array,
  rewardWeight: number,
  normalization: ReturnNormalization,
  weights: Float64Array,
  penalties?: Float64Array,
): number {
  const factor = rewardWeight / normalizer(scores, normalization);
  let greatest = -Infinity;
  for (let n = 0; n < scores.length; n++) {
    weights[n] = factor * scores[n]! - (penalties?.[n] ?? 0);
    greatest = Math.max(greatest, weights[n]!);
  }
  let sum = 0;
  let squares = 0;
  for (let n = 0; n < scores.length; n++) {
    const weight = Math.exp(weights[n]! - greatest);
    weights[n] = weight;
    sum += weight;
    squares += weight * weight;
  }
  for (let n = 0; n < scores.length; n++) weights[n]! /= sum;
  return (sum * sum) / squares;
}

/** Writes the weighted mean of the candidates `[N, D]` into `mean`, `[D]`. */
export function weightedMean(candidates: Float32Array, weights: Float64Array, count: number, mean: Float64Array): void {
  const size = mean.length;
  mean.fill(0);
  for (let n = 0; n < count; n++) {
    const weight = weights[n]!;
    if (weight === 0) continue;
    const start = n * size;
    for (let d = 0; d < size; d++) mean[d]! += weight * candidates[start + d]!;
  }
}
