import { createRng } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { createRun, drawPoints, resetRun, tellCosts } from './cma-es.js';

const off = { functionTolerance: 0, stepTolerance: 0 };
const outer = (v: number[]): number[][] => v.map((a) => v.map((b) => a * b));

describe.each([
  // A slope and many points make the step-size path long: the rank-one update waits. Few points leave it short.
  ['a long path', 100, 0],
  ['a short path', 6, 1],
] as const)('the first generation, with %s', (_, populationSize, isShort) => {
  it('moves mean, paths, covariance and step size by the equations of the tutorial, written out', () => {
    const run = createRun({ dimension: 2, populationSize, active: true, separable: false, tolerances: off });
    resetRun(run, [1, -2], 0.5);
    drawPoints(run, createRng(3));
    const points = Array.from({ length: populationSize }, (_, k) => Array.from(run.points.slice(2 * k, 2 * k + 2)));
    const steps = points.map(([x, y]) => [(x! - 1) / 0.5, (y! + 2) / 0.5]);
    const costs = Float64Array.from(points, ([x, y]) => x! + 0.1 * y! ** 2);
    const order = Array.from(costs.keys()).toSorted((a, b) => costs[a]! - costs[b]!);
    const {
      weights,
      parentCount,
      effectiveParentCount,
      stepPathRate,
      stepDamping,
      covariancePathRate,
      rankOneRate,
      rankMuRate,
      expectedLength,
    } = run.parameters;
    tellCosts(run, costs);

    const mean = [0, 1].map((i) => order.slice(0, parentCount).reduce((sum, k, rank) => sum + weights[rank]! * steps[k]![i]!, 0));
    // C is the identity still, so C^(−1/2) y = y.
    const stepPath = mean.map((value) => Math.sqrt(stepPathRate * (2 - stepPathRate) * effectiveParentCount) * value);
    const length = Math.hypot(...stepPath);
    expect(length / Math.sqrt(1 - (1 - stepPathRate) ** 2) < (1.4 + 2 / 3) * expectedLength ? 1 : 0).toBe(isShort);
    const path = mean.map((value) => isShort * Math.sqrt(covariancePathRate * (2 - covariancePathRate) * effectiveParentCount) * value);
    const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
    const keep = 1 + rankOneRate * (1 - isShort) * covariancePathRate * (2 - covariancePathRate) - rankOneRate - rankMuRate * weightSum;
    const covariance = [keep, 0, 0, keep];
    const add = (matrix: number[][], factor: number): void => matrix.flat().forEach((value, i) => (covariance[i]! += factor * value));
    add(outer(path), rankOneRate);
    for (const [rank, k] of order.entries()) {
      const [a, b] = steps[k] as [number, number];
      const weight = weights[rank]!;
      add(outer([a, b]), rankMuRate * (weight >= 0 ? weight : (2 * weight) / (a * a + b * b)));
    }
    for (const [i, value] of mean.entries()) expect(run.mean[i]).toBeCloseTo([1, -2][i]! + 0.5 * value, 12);
    for (const [i, value] of covariance.entries()) expect(run.covariance[i]).toBeCloseTo(value, 12);
    expect(run.stepSize).toBeCloseTo(0.5 * Math.exp(Math.min(1, (stepPathRate / stepDamping) * (length / expectedLength - 1))), 12);
  });
});

it('a separable run has the diagonal of the same update', () => {
  const of = (separable: boolean): Float64Array => {
    const run = createRun({ dimension: 2, populationSize: 6, active: true, separable, tolerances: off });
    // The same learning rates, so that the updates can be compared.
    Object.assign(run.parameters, { rankOneRate: 0.1, rankMuRate: 0.2 });
    resetRun(run, [1, -2], 0.5);
    drawPoints(run, createRng(3));
    tellCosts(run, Float64Array.of(3, 1, 2, 6, 5, 4));
    return run.covariance;
  };
  const full = of(false);
  const separable = of(true);
  expect(separable.length).toBe(2);
  expect([separable[0], separable[1]]).toEqual([expect.closeTo(full[0]!, 12), expect.closeTo(full[3]!, 12)]);
});
