/**
 * Candidates from a normal distribution with a full covariance C over the D = H·A numbers of a plan, and the step that
 * moves C towards the elites' covariance. Draws are x = μ + S L z with C = L Lᵀ (Cholesky) and S a diagonal that
 * narrows each component by the sampling rule (`candidates.ts`), which is the identity where nothing narrows.
 */
import type { Rng } from '@mbrl/core';
import type { CandidateDistribution, CandidateSampling } from './candidates.js';

/** C and what is worked out from it, all `[D, D]` row-major but `white`, `[D]`. */
export interface FullCovariance {
  readonly covariance: Float64Array;
  /** L, lower triangular. */
  readonly factor: Float64Array;
  /** Scratch. */
  readonly white: Float64Array;
}

/** Noise beyond this many deviations is redrawn when sampling is 'truncated'. */
const LIMIT = 2;
/** Pivots under this share of their variance count as zero: elites fewer than dimensions leave directions without spread. */
const PIVOT_TOLERANCE = 1e-12;

/** Makes the buffers for plans of `size` numbers. */
export function createFullCovariance(size: number): FullCovariance {
  return { covariance: new Float64Array(size * size), factor: new Float64Array(size * size), white: new Float64Array(size) };
}

/** Sets C from variances `[D]` and the correlation of the noise in time, none between action components. */
export function resetCovariance(
  { covariance }: FullCovariance,
  variance: Float64Array,
  actionSize: number,
  correlationAt: (lag: number) => number,
): void {
  const size = variance.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const lag = Math.abs(i - j) / actionSize;
      covariance[i * size + j] = Number.isInteger(lag) ? Math.sqrt(variance[i]! * variance[j]!) * correlationAt(lag) : 0;
    }
  }
}

/** Factors a positive semidefinite C into L Lᵀ; columns without a pivot are zero. */
export function factorCovariance({ covariance, factor }: FullCovariance, size: number): void {
  for (let j = 0; j < size; j++) {
    let pivot = covariance[j * size + j]!;
    for (let k = 0; k < j; k++) pivot -= factor[j * size + k]! ** 2;
    const root = pivot > PIVOT_TOLERANCE * covariance[j * size + j]! ? Math.sqrt(pivot) : 0;
    factor[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = covariance[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * size + k]! * factor[j * size + k]!;
      factor[i * size + j] = root > 0 ? sum / root : 0;
    }
  }
}

/** Draws the candidates of rows `from … to`; L and the scale of `distribution` are set. */
export function drawFullCovariance(
  { covariance, factor, white }: FullCovariance,
  { mean, scale, low, high }: CandidateDistribution,
  candidates: Float32Array,
  from: number,
  to: number,
  rng: Rng,
  sampling: CandidateSampling,
): void {
  const size = mean.length;
  const limit = sampling === 'truncated' ? LIMIT : Infinity;
  rng.fillNormal(candidates, from * size, to * size);
  for (let row = from; row < to; row++) {
    const start = row * size;
    for (let d = 0; d < size; d++) {
      let z = candidates[start + d]!;
      while (z > limit || z < -limit) z = rng.normal();
      white[d] = z;
    }
    for (let d = 0; d < size; d++) {
      let noise = 0;
      for (let k = 0; k <= d; k++) noise += factor[d * size + k]! * white[k]!;
      const variance = covariance[d * size + d]!;
      const value = mean[d]! + (variance > 0 ? (scale[d]! / Math.sqrt(variance)) * noise : 0);
      candidates[start + d] = value < low[d]! ? low[d]! : value > high[d]! ? high[d]! : value;
    }
  }
}

/** What a refit of C reads. */
export interface CovarianceRefit {
  /** `[N, D]` */
  readonly candidates: Float32Array;
  /** Rows of the elites. */
  readonly elites: Int32Array;
  readonly eliteCount: number;
  /** α in [0, 1): the share of the old C. */
  readonly momentum: number;
  /** Mean of the elites, `[D]`. */
  readonly eliteMean: Float64Array;
  /** The new variances, floor included, `[D]`. */
  readonly variance: Float64Array;
}

/** C ← α C + (1 − α) cov(elites), with the diagonal taken from the variances that are refitted already. */
export function refitCovariance({ covariance }: FullCovariance, refit: CovarianceRefit): void {
  const { candidates, elites, eliteCount, momentum, eliteMean, variance } = refit;
  const size = variance.length;
  const share = (1 - momentum) / eliteCount;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let e = 0; e < eliteCount; e++) {
        const start = elites[e]! * size;
        sum += (candidates[start + i]! - eliteMean[i]!) * (candidates[start + j]! - eliteMean[j]!);
      }
      const moved = momentum * covariance[i * size + j]! + share * sum;
      covariance[i * size + j] = moved;
      covariance[j * size + i] = moved;
    }
    covariance[i * size + i] = variance[i]!;
  }
}
