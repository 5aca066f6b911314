import { createRng, NumericalError, OptionError, ShapeError } from '@mbrl/core';
import { createIlqr, fitGaussianMixture, fitLinearModel, fittedLinearDynamics, quadraticCost, responsibilities } from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { linearRollouts, M, N, T, truth } from './linear-system.js';

/** Largest error of A and B over all steps. */
function error(model: ReturnType<typeof fitLinearModel>): number {
  let largest = 0;
  for (let t = 0; t < T; t++) {
    const { A, B } = truth(t);
    A.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - model.A[t * N * N + i]!))));
    B.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - model.B[t * N * M + i]!))));
  }
  return largest;
}

describe('fitLinearModel', () => {
  it('finds the matrices of a linear system exactly from rollouts without noise', () => {
    const model = fitLinearModel(linearRollouts(10, 0), { prior: 'none', regularization: 0 });
    expect(error(model)).toBeLessThan(1e-9);
    for (let t = 0; t < T; t++) truth(t).c.forEach((value, i) => expect(model.c[t * N + i]).toBeCloseTo(value, 9));
    expect(Math.max(...model.covariances.map(Math.abs))).toBeLessThan(1e-12);
  });

  it('finds the noise too, at the rate of the square root of the number of rollouts', () => {
    const [few, many] = [100, 10_000].map((count) => fitLinearModel(linearRollouts(count, 0.1), { prior: 'none' }));
    expect(error(many!)).toBeLessThan(error(few!) / 4);
    for (let t = 0; t < T; t++) {
      expect(many!.covariances[t * 4]).toBeCloseTo(0.01, 3);
      expect(many!.covariances[t * 4 + 3]).toBeCloseTo(0.01, 3);
    }
  });

  it('is the normal-inverse-Wishart posterior: a prior worth ν and N points weigh ν : N', () => {
    // One state, one action, one step: by hand.
    const rollouts = {
      stateSize: 1,
      actionSize: 1,
      horizon: 1,
      states: Float64Array.of(0, 1, 2, 5, 4, 3),
      actions: Float64Array.of(1, 0, 2),
    };
    const prior = { mean: Float64Array.of(1, 2, 3), covariance: Float64Array.of(2, 0.5, 0.3, 0.5, 1, 0.2, 0.3, 0.2, 4), strength: 1.5 };
    const model = fitLinearModel(rollouts, { prior, regularization: 0 });
    const points = [
      [0, 1, 1],
      [2, 0, 5],
      [4, 2, 3],
    ];
    const mean = [0, 1, 2].map((i) => (points[0]![i]! + points[1]![i]! + points[2]![i]!) / 3);
    const S = (i: number, j: number): number => {
      const scatter = points.reduce((sum, p) => sum + (p[i]! - mean[i]!) * (p[j]! - mean[j]!), 0);
      const between = (mean[i]! - prior.mean[i]!) * (mean[j]! - prior.mean[j]!);
      return (scatter + 1.5 * prior.covariance[3 * i + j]! + ((3 * 1.5) / 4.5) * between) / 4.5;
    };
    const determinant = S(0, 0) * S(1, 1) - S(0, 1) ** 2;
    expect(model.A[0]).toBeCloseTo((S(1, 1) * S(0, 2) - S(0, 1) * S(1, 2)) / determinant, 12);
    expect(model.B[0]).toBeCloseTo((S(0, 0) * S(1, 2) - S(0, 1) * S(0, 2)) / determinant, 12);
    const posteriorMean = mean.map((value, i) => (3 * value + 1.5 * prior.mean[i]!) / 4.5);
    expect(model.c[0]).toBeCloseTo(posteriorMean[2]! - model.A[0]! * posteriorMean[0]! - model.B[0]! * posteriorMean[1]!, 12);
    expect(model.covariances[0]).toBeCloseTo(S(2, 2) - model.A[0]! * S(0, 2) - model.B[0]! * S(1, 2), 12);
  });

  it('needs a prior where rollouts are fewer than states and actions, and is better with one', () => {
    const rollouts = linearRollouts(3, 0.05);
    expect(() => fitLinearModel(rollouts, { prior: 'none', regularization: 0 })).toThrow(NumericalError);
    const without = error(fitLinearModel(rollouts, { prior: 'none' }));
    const withGlobal = error(fitLinearModel(rollouts, { prior: 'global' }));
    const withMixture = error(fitLinearModel(rollouts, { prior: 'mixture', clusterCount: 2, rng: createRng(1) }));
    expect(withGlobal).toBeLessThan(0.5 * without);
    expect(withMixture).toBeLessThan(0.5 * without);
    expect(withMixture).not.toBe(withGlobal);
    const stronger = error(fitLinearModel(rollouts, { prior: 'global', priorStrength: 10 }));
    expect(stronger).not.toBe(withGlobal);
  });

  it('gives the moments of the first states', () => {
    const { initialMean, initialCovariance } = fitLinearModel(linearRollouts(5000, 0), { prior: 'none' });
    expect(initialMean[0]).toBeCloseTo(1, 1);
    expect(initialCovariance[0]).toBeCloseTo(0.09, 2);
    expect(initialCovariance[1]).toBeCloseTo(0, 2);
  });

  it('serves as dynamics: LQR on them is LQR on the truth', () => {
    const dynamics = fittedLinearDynamics(fitLinearModel(linearRollouts(10, 0), { prior: 'none', regularization: 0 }));
    const cost = quadraticCost({ stateSize: N, actionSize: M, Q: [1, 0.1], R: [0.05] });
    const { states, actions, status, iterations } = createIlqr({ dynamics, cost, horizon: T }).solve({ initialState: [1, 0] });
    expect([status, iterations]).toEqual(['converged', 1]);
    let x = [1, 0];
    for (let t = 0; t < T; t++) {
      const { A, B, c } = truth(t);
      x = [0, 1].map((i) => A[2 * i]! * x[0]! + A[2 * i + 1]! * x[1]! + B[i]! * actions[t]! + c[i]!);
    }
    expect(states[T * N]).toBeCloseTo(x[0]!, 8);
    expect(states[T * N + 1]).toBeCloseTo(x[1]!, 8);
  });

  it('says what is wrong', () => {
    const rollouts = linearRollouts(4, 0);
    expect(() => fitLinearModel({ ...rollouts, actions: rollouts.actions.slice(1) })).toThrow(ShapeError);
    expect(() => fitLinearModel(rollouts, { prior: 'mixture', clusterCount: 2 })).toThrow(/rng must be given/);
    expect(() => fitLinearModel(rollouts, { priorStrength: 0 })).toThrow(OptionError);
    const states = rollouts.states.slice();
    states[3] = NaN;
    expect(() => fitLinearModel({ ...rollouts, states })).toThrow(/states must be finite, got NaN/);
  });
});

describe('fitGaussianMixture', () => {
  const rng = createRng(3);
  const centers = [
    [0, 0],
    [10, 0],
    [0, 20],
  ];
  const points = Float64Array.from(
    { length: 3000 },
    (_, i) => centers[Math.floor(i / 1000)]![i % 2]! + (i % 2 === 0 ? 1 : 2) * rng.normal(),
  );

  it('finds clusters that lie apart', () => {
    const { means, weights, covariances, logLikelihood } = fitGaussianMixture(points, { size: 2, clusterCount: 3, rng: createRng(0) });
    for (const center of centers) {
      const k = [0, 1, 2].find((at) => Math.hypot(means[2 * at]! - center[0]!, means[2 * at + 1]! - center[1]!) < 0.3)!;
      expect(weights[k]).toBeCloseTo(1 / 3, 2);
      expect(covariances[4 * k]).toBeCloseTo(1, 0);
      expect(covariances[4 * k + 3]! / 4).toBeCloseTo(1, 0);
    }
    // Entropy of three clusters far apart: log 3 + log 2πe·σ₁σ₂.
    expect(-logLikelihood).toBeCloseTo(Math.log(3) + Math.log(2 * Math.PI * Math.E * 2), 1);
  });

  it('never loses likelihood with more iterations, and is determined by the seed', () => {
    const fit = (maxIterations: number, seed = 0): number =>
      fitGaussianMixture(points, { size: 2, clusterCount: 4, rng: createRng(seed), maxIterations, tolerance: 0 }).logLikelihood;
    const values = [1, 2, 5, 10, 30].map((limit) => fit(limit));
    for (let i = 1; i < values.length; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]! - 1e-6);
    expect(fit(10)).toBe(values[3]);
  });

  it('shares each point out among the clusters', () => {
    const mixture = fitGaussianMixture(points, { size: 2, clusterCount: 3, rng: createRng(0) });
    const shares = responsibilities(mixture, Float64Array.of(10, 0, 5, 0));
    expect(Math.max(...shares.subarray(0, 3))).toBeGreaterThan(0.999);
    expect(shares[3]! + shares[4]! + shares[5]!).toBeCloseTo(1, 12);
  });

  it('says what is wrong', () => {
    expect(() => fitGaussianMixture(Float64Array.of(1, 2), { size: 2, clusterCount: 2, rng })).toThrow(ShapeError);
    expect(() => fitGaussianMixture(Float64Array.of(1, NaN), { size: 2, clusterCount: 1, rng })).toThrow(NumericalError);
  });
});
