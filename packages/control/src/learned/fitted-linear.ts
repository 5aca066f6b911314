/**
 * Time-varying linear models fitted to rollouts (Levine & Abbeel 2014): at each step t, xₜ₊₁ ~ N(Aₜxₜ + Bₜuₜ + cₜ, Σₜ), the
 * conditional of a normal distribution over y = (x, u, x⁺) of d = 2n + m components. That distribution is estimated from the
 * few rollouts at hand with a normal-inverse-Wishart prior, whose moments may come from a mixture fitted to all steps.
 */
import { checkInteger, checkNumber, NumericalError, OptionError, type Rng, ShapeError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';
import { checkFlat } from '../linalg/flat-input.js';
import { fitGaussianMixture, type GaussianMixture, responsibilities } from './gaussian-mixture.js';

/** N rollouts of T steps. */
export interface Rollouts {
  readonly stateSize: number;
  readonly actionSize: number;
  readonly horizon: number;
  /** `[N, T+1, n]`. */
  readonly states: Float64Array;
  /** `[N, T, m]`. */
  readonly actions: Float64Array;
}

/** A linear model of each step. */
export interface FittedLinearModel {
  readonly stateSize: number;
  readonly actionSize: number;
  readonly horizon: number;
  /** `[T, n, n]`. */
  readonly A: Float64Array;
  /** `[T, n, m]`. */
  readonly B: Float64Array;
  /** `[T, n]`. */
  readonly c: Float64Array;
  /** Σ `[T, n, n]`. */
  readonly covariances: Float64Array;
  /** Mean `[n]` and covariance `[n, n]` of the first states. */
  readonly initialMean: Float64Array;
  readonly initialCovariance: Float64Array;
}

/** A normal-inverse-Wishart prior over (x, u, x⁺): what `strength` observations with these moments would say. */
export interface GaussianPrior {
  /** `[d]`. */
  readonly mean: Float64Array;
  /** `[d, d]`. */
  readonly covariance: Float64Array;
  /** Observations that the prior is worth, above 0. */
  readonly strength: number;
}

/** How to fit. */
export interface FittedLinearOptions {
  /**
   * `'none'`; `'global'`: one normal distribution over all steps; `'mixture'`: the clusters that the step's points belong to;
   * or a prior of your own. Default 'mixture'.
   */
  readonly prior?: 'none' | 'global' | 'mixture' | GaussianPrior;
  /** Observations that a prior made here is worth. Default 1. */
  readonly priorStrength?: number;
  /** Clusters of the mixture. Default: one for every 40 transitions, between 1 and 20. */
  readonly clusterCount?: number;
  /** Draws the mixture's first centers; needed for 'mixture' with more than one cluster. */
  readonly rng?: Rng;
  /** Added to the variances of x and u before they are inverted, relative to each component's overall variance. Default 1e-6. */
  readonly regularization?: number;
}

/** All transitions as points y `[T·N, d]`, step by step. */
function transitionPoints({ stateSize: n, actionSize: m, horizon: T, states, actions }: Rollouts, count: number): Float64Array {
  const d = 2 * n + m;
  const points = new Float64Array(T * count * d);
  for (let t = 0; t < T; t++) {
    for (let r = 0; r < count; r++) {
      const at = (t * count + r) * d;
      const state = (r * (T + 1) + t) * n;
      points.set(states.subarray(state, state + n), at);
      points.set(actions.subarray((r * T + t) * m, (r * T + t + 1) * m), at + n);
      points.set(states.subarray(state + n, state + 2 * n), at + n + m);
    }
  }
  return points;
}

function moments(points: Float64Array, d: number): { mean: Float64Array; covariance: Float64Array } {
  const count = points.length / d;
  const mean = new Float64Array(d);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < points.length; i++) mean[i % d] = mean[i % d]! + points[i]! / count;
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < d; i++) {
      const di = (points[p * d + i]! - mean[i]!) / count;
      for (let j = 0; j < d; j++) covariance[i * d + j] = covariance[i * d + j]! + di * (points[p * d + j]! - mean[j]!);
    }
  }
  return { mean, covariance };
}

/** Moments of the clusters that `points` belong to. */
function mixtureMoments(mixture: GaussianMixture, points: Float64Array): { mean: Float64Array; covariance: Float64Array } {
  const { clusterCount: K, size: d, means, covariances } = mixture;
  const shares = responsibilities(mixture, points);
  const count = points.length / d;
  const weights = new Float64Array(K);
  for (let i = 0; i < shares.length; i++) weights[i % K] = weights[i % K]! + shares[i]! / count;
  const mean = new Float64Array(d);
  const covariance = new Float64Array(d * d);
  for (let k = 0; k < K; k++) for (let i = 0; i < d; i++) mean[i] = mean[i]! + weights[k]! * means[k * d + i]!;
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const between = (means[k * d + i]! - mean[i]!) * (means[k * d + j]! - mean[j]!);
        covariance[i * d + j] = covariance[i * d + j]! + weights[k]! * (covariances[k * d * d + i * d + j]! + between);
      }
    }
  }
  return { mean, covariance };
}

/**
 * Posterior mean of the moments: with N points of moments (ȳ, S) and a prior worth ν of (μ₀, Φ),
 * Σ = (NS + νΦ + Nν/(N+ν) (ȳ−μ₀)(ȳ−μ₀)ᵀ) / (N + ν).
 */
function posterior(
  { mean, covariance }: { mean: Float64Array; covariance: Float64Array },
  count: number,
  prior: GaussianPrior | undefined,
): { mean: Float64Array; covariance: Float64Array } {
  if (prior === undefined) return { mean, covariance };
  const d = mean.length;
  const v = prior.strength;
  const joint = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const between = (mean[i]! - prior.mean[i]!) * (mean[j]! - prior.mean[j]!);
      joint[i * d + j] =
        (count * covariance[i * d + j]! + v * prior.covariance[i * d + j]! + ((count * v) / (count + v)) * between) / (count + v);
    }
  }
  return { mean: mean.map((value, i) => (count * value + v * prior.mean[i]!) / (count + v)), covariance: joint };
}

function checkRollouts({ stateSize, actionSize, horizon, states, actions }: Rollouts): number {
  const caller = 'fitLinearModel';
  const n = checkInteger(caller, 'stateSize', stateSize, { min: 1 });
  const m = checkInteger(caller, 'actionSize', actionSize, { min: 1 });
  const T = checkInteger(caller, 'horizon', horizon, { min: 1 });
  const count = states.length / ((T + 1) * n);
  if (!Number.isInteger(count) || count < 1 || actions.length !== count * T * m) {
    throw new ShapeError(
      `${caller}: states and actions must be [N, ${T + 1}, ${n}] and [N, ${T}, ${m}], got ${states.length} and ${actions.length} elements`,
    );
  }
  checkFlat(caller, 'states', states, states.length);
  checkFlat(caller, 'actions', actions, actions.length);
  return count;
}

/**
 * Fits a linear model of each step to rollouts.
 * @throws ShapeError on wrong sizes, NumericalError on values that are not finite, OptionError on settings out of bounds.
 */
export function fitLinearModel(rollouts: Rollouts, options: FittedLinearOptions = {}): FittedLinearModel {
  const caller = 'fitLinearModel';
  const count = checkRollouts(rollouts);
  const { stateSize: n, actionSize: m, horizon: T } = rollouts;
  const d = 2 * n + m;
  const z = n + m;
  const { prior: kind = 'mixture' } = options;
  const strength = checkNumber(caller, 'priorStrength', options.priorStrength ?? 1, { above: 0 });
  const regularization = checkNumber(caller, 'regularization', options.regularization ?? 1e-6, { min: 0 });
  const clusterCount = checkInteger(
    caller,
    'clusterCount',
    options.clusterCount ?? Math.min(20, Math.max(1, Math.floor((count * T) / 40))),
    { min: 1, max: count * T },
  );
  const points = transitionPoints(rollouts, count);
  const overall = moments(points, d);
  const mixture = kind === 'mixture' ? mixtureOf(points, d, clusterCount, options.rng) : undefined;
  const priorOf = (part: Float64Array): GaussianPrior | undefined => {
    if (kind === 'none') return undefined;
    if (typeof kind === 'object') return kind;
    return { ...(mixture ? mixtureMoments(mixture, part) : overall), strength };
  };

  const A = new Float64Array(T * n * n);
  const B = new Float64Array(T * n * m);
  const c = new Float64Array(T * n);
  const covariances = new Float64Array(T * n * n);
  const L = new Float64Array(z * z);
  const gains = new Float64Array(z * n);
  for (let t = 0; t < T; t++) {
    const part = points.subarray(t * count * d, (t + 1) * count * d);
    const { mean, covariance } = posterior(moments(part, d), count, priorOf(part));
    const zz = new Float64Array(z * z);
    for (let i = 0; i < z; i++) {
      for (let j = 0; j < z; j++) zz[i * z + j] = covariance[i * d + j]!;
      zz[i * z + i] = zz[i * z + i]! + regularization * Math.max(overall.covariance[i * d + i]!, 1e-12);
      for (let j = 0; j < n; j++) gains[i * n + j] = covariance[i * d + z + j]!;
    }
    if (!factorCholesky(zz, L, z)) {
      throw new NumericalError(
        `${caller}: the points of step ${t} must span states and actions; give more rollouts than ${count}, a prior, or regularization`,
      );
    }
    solveCholesky(L, gains, z, n);
    for (let i = 0; i < n; i++) {
      let offset = mean[z + i]!;
      for (let j = 0; j < z; j++) {
        const gain = gains[j * n + i]!;
        if (j < n) A[(t * n + i) * n + j] = gain;
        else B[(t * n + i) * m + j - n] = gain;
        offset -= gain * mean[j]!;
      }
      c[t * n + i] = offset;
      for (let j = 0; j < n; j++) {
        // Σ_x⁺x⁺ − GΣ_zx⁺ − Σ_x⁺zGᵀ + GΣ_zzGᵀ: nonnegative whatever was added to Σ_zz.
        let value = covariance[(z + i) * d + z + j]!;
        for (let a = 0; a < z; a++) {
          value -= gains[a * n + i]! * covariance[a * d + z + j]! + covariance[(z + i) * d + a]! * gains[a * n + j]!;
          for (let b = 0; b < z; b++) value += gains[a * n + i]! * covariance[a * d + b]! * gains[b * n + j]!;
        }
        covariances[(t * n + i) * n + j] = value;
      }
    }
  }
  const first = moments(
    Float64Array.from({ length: count * n }, (_, i) => rollouts.states[Math.floor(i / n) * (T + 1) * n + (i % n)]!),
    n,
  );
  return { stateSize: n, actionSize: m, horizon: T, A, B, c, covariances, initialMean: first.mean, initialCovariance: first.covariance };
}

function mixtureOf(points: Float64Array, d: number, clusterCount: number, rng: Rng | undefined): GaussianMixture {
  if (rng === undefined) throw new OptionError("fitLinearModel: rng must be given for the prior 'mixture', got undefined");
  return fitGaussianMixture(points, { size: d, clusterCount, rng });
}

/** Makes dynamics of a fitted model's mean: x⁺ = Aₜx + Bₜu + cₜ. For iLQR this is LQR with fitted linear models. */
export function fittedLinearDynamics({ stateSize: n, actionSize: m, horizon: T, A, B, c }: FittedLinearModel): Dynamics {
  return pointwiseDynamics({
    stateSize: n,
    actionSize: m,
    step(x, u, time, next) {
      const t = Math.min(time, T - 1);
      for (let i = 0; i < n; i++) {
        let sum = c[t * n + i]!;
        for (let j = 0; j < n; j++) sum += A[(t * n + i) * n + j]! * x[j]!;
        for (let j = 0; j < m; j++) sum += B[(t * n + i) * m + j]! * u[j]!;
        next[i] = sum;
      }
    },
    linearize(_x, _u, time, outA, outB) {
      const t = Math.min(time, T - 1);
      outA.set(A.subarray(t * n * n, (t + 1) * n * n));
      outB.set(B.subarray(t * n * m, (t + 1) * n * m));
    },
  });
}
