/**
 * Distributions over trajectories that a linear-Gaussian controller and fitted linear dynamics make, and the expected cost
 * under them. n state and m action components, T steps.
 */
import { NumericalError } from '@mbrl/core';
import { createCostExpansion, type Cost } from '../ilqr/cost.js';
import type { FittedLinearModel } from './fitted-linear.js';

/** A controller u ~ N(Kₜx + kₜ, Cₜ). */
export interface LinearGaussianController {
  /** `[T, m, n]`. */
  readonly K: Float64Array;
  /** `[T, m]`. */
  readonly k: Float64Array;
  /** C `[T, m, m]`, positive definite. */
  readonly covariances: Float64Array;
}

/** A trajectory distribution: means and covariances of the states `[T+1, …]`, means of the actions. */
export interface Marginals {
  readonly states: Float64Array;
  readonly actions: Float64Array;
  readonly covariances: Float64Array;
}

/** Quadratic model of the cost around `states` and `actions`. */
export interface QuadraticModel {
  readonly lx: Float64Array;
  readonly lu: Float64Array;
  readonly lxx: Float64Array;
  readonly lux: Float64Array;
  readonly luu: Float64Array;
  readonly value: number;
}

/** Follows a controller through the model. */
export function propagate(
  { stateSize: n, actionSize: m, horizon: T, A, B, c, covariances: noise, initialMean, initialCovariance }: FittedLinearModel,
  { K, k, covariances: C }: LinearGaussianController,
): Marginals {
  const states = new Float64Array((T + 1) * n);
  const actions = new Float64Array(T * m);
  const covariances = new Float64Array((T + 1) * n * n);
  states.set(initialMean);
  covariances.set(initialCovariance);
  const closed = new Float64Array(n * n);
  const moved = new Float64Array(n * n);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < m; i++) {
      let sum = k[t * m + i]!;
      for (let j = 0; j < n; j++) sum += K[(t * m + i) * n + j]! * states[t * n + j]!;
      actions[t * m + i] = sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = c[t * n + i]!;
      for (let j = 0; j < n; j++) {
        sum += A[(t * n + i) * n + j]! * states[t * n + j]!;
        let entry = A[(t * n + i) * n + j]!;
        for (let l = 0; l < m; l++) entry += B[(t * n + i) * m + l]! * K[(t * m + l) * n + j]!;
        closed[i * n + j] = entry;
      }
      for (let j = 0; j < m; j++) sum += B[(t * n + i) * m + j]! * actions[t * m + j]!;
      states[(t + 1) * n + i] = sum;
    }
    // Σ⁺ = (A + BK) Σ (A + BK)ᵀ + B C Bᵀ + noise.
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += closed[i * n + l]! * covariances[(t * n + l) * n + j]!;
        moved[i * n + j] = sum;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = noise[(t * n + i) * n + j]!;
        for (let l = 0; l < n; l++) sum += moved[i * n + l]! * closed[j * n + l]!;
        for (let a = 0; a < m; a++)
          for (let b = 0; b < m; b++) sum += B[(t * n + i) * m + a]! * C[(t * m + a) * m + b]! * B[(t * n + j) * m + b]!;
        covariances[((t + 1) * n + i) * n + j] = sum;
      }
    }
  }
  return { states, actions, covariances };
}

/** Expands a cost around mean states and actions. @throws NumericalError where it is not finite there. */
export function expandCost(cost: Cost, T: number, n: number, m: number, { states, actions }: Marginals): QuadraticModel {
  const out = createCostExpansion(n, m);
  const model = {
    lx: new Float64Array((T + 1) * n),
    lu: new Float64Array(T * m),
    lxx: new Float64Array((T + 1) * n * n),
    lux: new Float64Array(T * m * n),
    luu: new Float64Array(T * m * m),
  };
  let value = 0;
  for (let t = 0; t <= T; t++) {
    for (const array of [out.x, out.u, out.xx, out.ux, out.uu]) array.fill(0);
    const x = states.slice(t * n, (t + 1) * n);
    const u = actions.slice(t * m, (t + 1) * m);
    if (t < T) {
      cost.expandStage(x, u, t, out);
      value += cost.stage(x, u, t);
      model.lu.set(out.u, t * m);
      model.lux.set(out.ux, t * m * n);
      model.luu.set(out.uu, t * m * m);
    } else {
      cost.expandTerminal(x, out);
      value += cost.terminal(x);
    }
    model.lx.set(out.x, t * n);
    model.lxx.set(out.xx, t * n * n);
  }
  if (!Number.isFinite(value) || !Object.values(model).every((array) => array.every(Number.isFinite)))
    throw new NumericalError(
      `klBoundedStep: the cost and its derivatives must be finite along the mean trajectory, got a cost of ${value}`,
    );
  return { ...model, value };
}

/** Returns the expected cost of a controller by a quadratic model around other means. */
export function expectedCost(
  model: FittedLinearModel,
  { K, covariances: C }: LinearGaussianController,
  around: Marginals,
  at: Marginals,
  { lx, lu, lxx, lux, luu, value }: QuadraticModel,
): number {
  const { stateSize: n, actionSize: m, horizon: T } = model;
  let sum = value;
  const dx = new Float64Array(n);
  const du = new Float64Array(m);
  for (let t = 0; t <= T; t++) {
    for (let i = 0; i < n; i++) dx[i] = at.states[t * n + i]! - around.states[t * n + i]!;
    for (let i = 0; i < n; i++) {
      sum += lx[t * n + i]! * dx[i]!;
      for (let j = 0; j < n; j++) sum += 0.5 * lxx[(t * n + i) * n + j]! * (dx[i]! * dx[j]! + at.covariances[(t * n + i) * n + j]!);
    }
    if (t === T) break;
    for (let i = 0; i < m; i++) du[i] = at.actions[t * m + i]! - around.actions[t * m + i]!;
    for (let i = 0; i < m; i++) {
      sum += lu[t * m + i]! * du[i]!;
      for (let j = 0; j < n; j++) {
        let cross = du[i]! * dx[j]!;
        for (let l = 0; l < n; l++) cross += K[(t * m + i) * n + l]! * at.covariances[(t * n + l) * n + j]!;
        sum += lux[(t * m + i) * n + j]! * cross;
      }
      for (let j = 0; j < m; j++) {
        let square = du[i]! * du[j]! + C[(t * m + i) * m + j]!;
        for (let a = 0; a < n; a++)
          for (let b = 0; b < n; b++) square += K[(t * m + i) * n + a]! * at.covariances[(t * n + a) * n + b]! * K[(t * m + j) * n + b]!;
        sum += 0.5 * luu[(t * m + i) * m + j]! * square;
      }
    }
  }
  return sum;
}
