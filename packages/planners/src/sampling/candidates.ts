/**
 * Drawing of candidate action sequences around a mean.
 *
 * With z a noise of unit variance, lag-one correlation ρ in time and one component for each of a sequence's H·A
 * numbers (z₀ = ε₀, z_t = ρ z_{t−1} + √(1 − ρ²) ε_t), a candidate is μ + s·z, where
 * - 'truncated': ε is redrawn until |z| ≤ 2, and s = min(σ, distance from μ to the nearest bound / 2), so that no
 *   candidate leaves the bounds (Chua et al. 2018, "Deep reinforcement learning in a handful of trials", code).
 *   With ρ = 0, z is the standard normal truncated to [−2, 2], of variance 0.7737. The scale
 *   shrinks as the mean nears a bound, so a search for an optimum on the bounds slows down before it gets there;
 * - 'clipped': s = σ, and the candidate is clipped to the bounds.
 *
 * Noise that follows a power law (`power-law-noise.ts`) arises as a whole and cannot be redrawn at one step: where
 * |z| > 2, 'truncated' takes ±2 instead.
 */
import type { Rng } from '@mbrl/core';
import { colourNoise, type PowerLawNoise } from './power-law-noise.js';

/** How candidates are kept within the bounds. */
export type CandidateSampling = 'truncated' | 'clipped';

/** What candidates are drawn from; the arrays are all `[H·A]`. */
export interface CandidateDistribution {
  readonly actionSize: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Filled by {@link updateScale}: the scale s. */
  readonly scale: Float64Array;
  /** Scratch, `[A]`: the noise of the step before. */
  readonly previous: Float64Array;
  /** Colours the noise by a power law, where there is one; then the lag-one correlation is 0. */
  readonly powerLaw?: PowerLawNoise;
  /** Scratch, `[H·A]`, with a power law. */
  readonly colouring?: Float64Array;
}

/** Noise beyond this many deviations is redrawn when sampling is 'truncated'. */
const LIMIT = 2;

/** Sets the scale of the draws from mean, variance and bounds, and gives its mean over the plan. */
export function updateScale(distribution: CandidateDistribution, sampling: CandidateSampling): number {
  const { mean, variance, low, high, scale } = distribution;
  let sum = 0;
  for (let d = 0; d < mean.length; d++) {
    let deviation = Math.sqrt(variance[d]!);
    if (sampling === 'truncated') deviation = Math.min(deviation, (mean[d]! - low[d]!) / LIMIT, (high[d]! - mean[d]!) / LIMIT);
    scale[d] = deviation;
    sum += deviation;
  }
  return sum / mean.length;
}

/**
 * Draws the candidates of rows `from … to` into `candidates`, `[N, H, A]`; the other rows stay as they are.
 * @param correlation ρ in [0, 1)
 */
export function drawCandidates(
  distribution: CandidateDistribution,
  candidates: Float32Array,
  from: number,
  to: number,
  rng: Rng,
  sampling: CandidateSampling,
  correlation: number,
): void {
  const size = distribution.mean.length;
  rng.fillNormal(candidates, from * size, to * size);
  const { powerLaw, colouring, actionSize } = distribution;
  if (powerLaw && colouring) {
    colourNoise(powerLaw, candidates, from, to, actionSize, colouring);
    scaleNoise(distribution, candidates, from, to, sampling);
  } else if (correlation > 0) drawCorrelated(distribution, candidates, from, to, rng, sampling, correlation);
  else drawWhite(distribution, candidates, from, to, rng, sampling);
}

/** Keeps a value within bounds. */
const within = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value);

/** Turns the noise of rows `from … to` into candidates. */
function scaleNoise(
  { mean, scale, low, high }: CandidateDistribution,
  candidates: Float32Array,
  from: number,
  to: number,
  sampling: CandidateSampling,
): void {
  const limit = sampling === 'truncated' ? LIMIT : Infinity;
  for (let row = from, i = from * mean.length; row < to; row++) {
    for (let d = 0; d < mean.length; d++, i++) {
      candidates[i] = within(mean[d]! + scale[d]! * within(candidates[i]!, -limit, limit), low[d]!, high[d]!);
    }
  }
}

function drawWhite(
  distribution: CandidateDistribution,
  candidates: Float32Array,
  from: number,
  to: number,
  rng: Rng,
  sampling: CandidateSampling,
): void {
  const { mean, scale, low, high } = distribution;
  const limit = sampling === 'truncated' ? LIMIT : Infinity;
  for (let row = from, i = from * mean.length; row < to; row++) {
    for (let d = 0; d < mean.length; d++, i++) {
      let z = candidates[i]!;
      while (z > limit || z < -limit) z = rng.normal();
      const value = mean[d]! + scale[d]! * z;
      candidates[i] = value < low[d]! ? low[d]! : value > high[d]! ? high[d]! : value;
    }
  }
}

function drawCorrelated(
  distribution: CandidateDistribution,
  candidates: Float32Array,
  from: number,
  to: number,
  rng: Rng,
  sampling: CandidateSampling,
  correlation: number,
): void {
  const { mean, scale, low, high, previous, actionSize } = distribution;
  const limit = sampling === 'truncated' ? LIMIT : Infinity;
  const innovation = Math.sqrt(1 - correlation * correlation);
  for (let row = from, i = from * mean.length; row < to; row++) {
    for (let d = 0, a = 0; d < mean.length; d++, i++) {
      const carried = d < actionSize ? 0 : correlation * previous[a]!;
      const fresh = d < actionSize ? 1 : innovation;
      let z = carried + fresh * candidates[i]!;
      while (z > limit || z < -limit) z = carried + fresh * rng.normal();
      previous[a] = z;
      a = a + 1 === actionSize ? 0 : a + 1;
      const value = mean[d]! + scale[d]! * z;
      candidates[i] = value < low[d]! ? low[d]! : value > high[d]! ? high[d]! : value;
    }
  }
}
