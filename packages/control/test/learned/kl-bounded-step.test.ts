import { createRng, NumericalError, ShapeError } from '@mbrl/core';
import {
  createIlqr,
  fitLinearModel,
  fittedLinearDynamics,
  klBoundedStep,
  type LinearGaussianController,
  quadraticCost,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { linearRollouts, M, N, T } from './linear-system.js';

const model = fitLinearModel(linearRollouts(50, 0.05), { prior: 'none' });
const cost = quadraticCost({ stateSize: N, actionSize: M, Q: [1, 0.1], R: [0.05], N: [0.02, 0.01] });
const controller: LinearGaussianController = {
  K: Float64Array.from({ length: T * M * N }, (_, i) => -0.2 - 0.1 * Math.cos(i)),
  k: Float64Array.from({ length: T * M }, (_, i) => 0.1 * Math.sin(i)),
  covariances: new Float64Array(T * M * M).fill(0.3),
};

/** Log-ratio of the densities of trajectories drawn from `next`, averaged: an estimate of the divergence, with its error. */
function sampledDivergence(next: LinearGaussianController, samples: number): { mean: number; error: number } {
  const rng = createRng(9);
  const normal = (mean: number[], covariance: number[]): number[] => {
    const a = Math.sqrt(Math.max(0, covariance[0]!));
    const b = a > 0 ? covariance[2]! / a : 0;
    const c = Math.sqrt(Math.max(0, covariance[3]! - b * b));
    const [e, f] = [rng.normal(), rng.normal()];
    return [mean[0]! + a * e, mean[1]! + b * e + c * f];
  };
  const values = Array.from({ length: samples }, () => {
    let x = normal([...model.initialMean], [...model.initialCovariance]);
    let sum = 0;
    for (let t = 0; t < T; t++) {
      const mean = (of: LinearGaussianController): number => of.K[2 * t]! * x[0]! + of.K[2 * t + 1]! * x[1]! + of.k[t]!;
      const density = (of: LinearGaussianController, u: number): number =>
        -0.5 * Math.log(of.covariances[t]!) - (u - mean(of)) ** 2 / (2 * of.covariances[t]!);
      const u = mean(next) + Math.sqrt(next.covariances[t]!) * rng.normal();
      sum += density(next, u) - density(controller, u);
      const A = model.A.subarray(4 * t);
      const B = model.B.subarray(2 * t);
      const c = model.c.subarray(2 * t);
      x = normal(
        [0, 1].map((i) => A[2 * i]! * x[0]! + A[2 * i + 1]! * x[1]! + B[i]! * u + c[i]!),
        [...model.covariances.subarray(4 * t, 4 * t + 4)],
      );
    }
    return sum;
  });
  const mean = values.reduce((a, b) => a + b, 0) / samples;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / samples;
  return { mean, error: Math.sqrt(variance / samples) };
}

describe('klBoundedStep', () => {
  it('meets the bound, for bounds of many sizes, and gains more from larger ones', () => {
    let last = Infinity;
    for (const bound of [0.01, 0.1, 1, 5]) {
      const step = klBoundedStep({ model, cost, controller, bound });
      expect(step.status).toBe('bounded');
      expect(step.divergence / bound).toBeGreaterThan(1 - 2e-6);
      expect(step.divergence).toBeLessThanOrEqual(bound * (1 + 1e-9));
      expect(step.expectedCost).toBeLessThan(step.previousCost);
      expect(step.expectedCost).toBeLessThan(last);
      last = step.expectedCost;
    }
  });

  it('measures the divergence that samples show', () => {
    const { controller: next, divergence } = klBoundedStep({ model, cost, controller, bound: 2 });
    const { mean, error } = sampledDivergence(next, 20_000);
    expect(Math.abs(mean - divergence)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.05);
  });

  it('recovers LQR as η → 0', () => {
    const step = klBoundedStep({ model, cost, controller, bound: 1e12, minEta: 1e-9 });
    expect(step.status).toBe('inactive');
    const lqr = createIlqr({ dynamics: fittedLinearDynamics(model), cost, horizon: T }).solve({ initialState: model.initialMean });
    for (let i = 0; i < step.controller.K.length; i++) expect(step.controller.K[i]).toBeCloseTo(lqr.gains[i]!, 6);
    for (let i = 0; i < step.actions.length; i++) expect(step.actions[i]).toBeCloseTo(lqr.actions[i]!, 6);
    expect(Math.max(...step.controller.covariances)).toBeLessThan(1e-6);
  });

  it('is optimal: no controller near it has a lower cost within the bound', () => {
    const bound = 0.5;
    const { controller: best, eta, expectedCost } = klBoundedStep({ model, cost, controller, bound, tolerance: 1e-10 });
    // Stationarity of cost + η·KL: along any direction, the derivative of the sum is 0. The library's own measure of both
    // comes from a step that starts at a moved controller and is not allowed to move.
    const lagrangian = (moved: LinearGaussianController): number => {
      const { mean } = { mean: exactCost(moved) };
      return mean + eta * exactDivergence(moved);
    };
    const rng = createRng(2);
    const direction = {
      K: best.K.map(() => rng.normal()),
      k: best.k.map(() => rng.normal()),
      covariances: best.covariances.map((c) => 0.1 * c * rng.normal()),
    };
    const at = (length: number): number =>
      lagrangian({
        K: best.K.map((value, i) => value + length * direction.K[i]!),
        k: best.k.map((value, i) => value + length * direction.k[i]!),
        covariances: best.covariances.map((value, i) => value + length * direction.covariances[i]!),
      });
    const h = 1e-4;
    const slope = (at(h) - at(-h)) / (2 * h);
    const curvature = (at(h) - 2 * at(0) + at(-h)) / (h * h);
    expect(curvature).toBeGreaterThan(0);
    expect(Math.abs(slope)).toBeLessThan(1e-5 * curvature);
    expect(exactCost(best)).toBeCloseTo(expectedCost, 9);
  });

  it('stops at the greatest η where even that breaks the bound, with the old controller', () => {
    const step = klBoundedStep({ model, cost, controller, bound: 1e-9, maxEta: 10 });
    expect(step.status).toBe('limit');
    expect(step.divergence).toBeCloseTo(0, 12);
    expect(step.expectedCost).toBeCloseTo(step.previousCost, 12);
  });

  it('says what is wrong', () => {
    expect(() => klBoundedStep({ model, cost, controller, bound: 0 })).toThrow(/bound must be/);
    expect(() => klBoundedStep({ model, cost, controller: { ...controller, k: new Float64Array(3) }, bound: 1 })).toThrow(ShapeError);
    const flat = { ...controller, covariances: new Float64Array(T) };
    expect(() => klBoundedStep({ model, cost, controller: flat, bound: 1 })).toThrow(NumericalError);
  });
});

/** Means and covariances of the joint (x, u) at each step, written out for n = 2, m = 1. */
function joints(of: LinearGaussianController): { x: number[]; P: number[]; t: number }[] {
  let x = [...model.initialMean];
  let P = [...model.initialCovariance];
  const result = [{ x, P, t: 0 }];
  for (let t = 0; t < T; t++) {
    const [A, B, c] = [model.A.subarray(4 * t), model.B.subarray(2 * t), model.c.subarray(2 * t)];
    const K = of.K.subarray(2 * t);
    const F = [0, 1, 2, 3].map((i) => A[i]! + B[i >> 1]! * K[i & 1]!);
    const u = K[0]! * x[0]! + K[1]! * x[1]! + of.k[t]!;
    x = [0, 1].map((i) => A[2 * i]! * x[0]! + A[2 * i + 1]! * x[1]! + B[i]! * u + c[i]!);
    const FP = [F[0]! * P[0]! + F[1]! * P[2]!, F[0]! * P[1]! + F[1]! * P[3]!, F[2]! * P[0]! + F[3]! * P[2]!, F[2]! * P[1]! + F[3]! * P[3]!];
    P = [0, 1, 2, 3].map(
      (i) =>
        FP[2 * (i >> 1)]! * F[2 * (i & 1)]! +
        FP[2 * (i >> 1) + 1]! * F[2 * (i & 1) + 1]! +
        B[i >> 1]! * of.covariances[t]! * B[i & 1]! +
        model.covariances[4 * t + i]!,
    );
    result.push({ x, P, t: t + 1 });
  }
  return result;
}

function exactCost(of: LinearGaussianController): number {
  const [Q, R, cross] = [[1, 0.1], 0.05, [0.02, 0.01]];
  return joints(of).reduce((sum, { x, P, t }) => {
    let value = 0.5 * (Q[0]! * (x[0]! ** 2 + P[0]!) + Q[1]! * (x[1]! ** 2 + P[3]!));
    if (t < T) {
      const K = of.K.subarray(2 * t);
      const u = K[0]! * x[0]! + K[1]! * x[1]! + of.k[t]!;
      const KP = [K[0]! * P[0]! + K[1]! * P[2]!, K[0]! * P[1]! + K[1]! * P[3]!];
      value += 0.5 * R * (u * u + KP[0]! * K[0]! + KP[1]! * K[1]! + of.covariances[t]!);
      value += cross[0]! * (u * x[0]! + KP[0]!) + cross[1]! * (u * x[1]! + KP[1]!);
    }
    return sum + value;
  }, 0);
}

function exactDivergence(of: LinearGaussianController): number {
  return joints(of)
    .slice(0, T)
    .reduce((sum, { x, P, t }) => {
      const [d0, d1] = [of.K[2 * t]! - controller.K[2 * t]!, of.K[2 * t + 1]! - controller.K[2 * t + 1]!];
      const mean = d0 * x[0]! + d1 * x[1]! + of.k[t]! - controller.k[t]!;
      const spread = d0 * (d0 * P[0]! + d1 * P[2]!) + d1 * (d0 * P[1]! + d1 * P[3]!);
      const ratio = of.covariances[t]! / controller.covariances[t]!;
      return sum + 0.5 * ((mean * mean + spread) / controller.covariances[t]! + ratio - 1 - Math.log(ratio));
    }, 0);
}
