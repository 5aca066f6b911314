import { createRng } from '@mbrl/core';
import { expect, it } from 'vitest';
import type { CandidateDistribution } from './candidates.js';
import { createFullCovariance, drawFullCovariance, factorCovariance, refitCovariance, resetCovariance } from './full-covariance.js';

const distributionOf = (mean: number[], scale: number[], bound = 100): CandidateDistribution => ({
  actionSize: 1,
  mean: Float64Array.from(mean),
  variance: new Float64Array(mean.length),
  low: new Float64Array(mean.length).fill(-bound),
  high: new Float64Array(mean.length).fill(bound),
  scale: Float64Array.from(scale),
  previous: new Float64Array(1),
});

it('factors by hand-computed numbers, and leaves out directions without spread', () => {
  const full = createFullCovariance(3);
  full.covariance.set([4, 2, -2, 2, 10, 2, -2, 2, 6]);
  factorCovariance(full, 3);
  expect(Array.from(full.factor)).toEqual([2, 0, 0, 1, 3, 0, -1, 1, 2]);
  full.covariance.set([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  factorCovariance(full, 3);
  expect(Array.from(full.factor)).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0]);
});

it('draws with the mean and covariance that it is given', () => {
  const full = createFullCovariance(2);
  const covariance = [1, -0.6, -0.6, 0.5];
  full.covariance.set(covariance);
  factorCovariance(full, 2);
  const count = 40_000;
  const candidates = new Float32Array(2 * count);
  const distribution = distributionOf([3, -1], [1, Math.sqrt(0.5)]);
  drawFullCovariance(full, distribution, candidates, 0, count, createRng(1), 'clipped');
  for (const [i, j] of [
    [0, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += (candidates[2 * n + i]! - [3, -1][i]!) * (candidates[2 * n + j]! - [3, -1][j]!);
    // Five standard errors.
    expect(Math.abs(sum / count - covariance[2 * i + j]!)).toBeLessThan(0.036);
  }
});

it('narrows by the scale, truncates its noise and clips', () => {
  const full = createFullCovariance(1);
  full.covariance.set([4]);
  factorCovariance(full, 1);
  const candidates = new Float32Array(5000);
  drawFullCovariance(full, distributionOf([1], [0.5]), candidates, 0, 5000, createRng(1), 'truncated');
  expect(Math.max(...candidates)).toBeLessThanOrEqual(2);
  expect(Math.max(...candidates)).toBeGreaterThan(1.95);
  drawFullCovariance(full, distributionOf([1], [2], 1.5), candidates, 0, 5000, createRng(1), 'clipped');
  expect(Math.max(...candidates)).toBe(1.5);
  expect(Math.min(...candidates)).toBe(-1.5);
});

it('begins with the correlation of the noise, within a component alone', () => {
  const full = createFullCovariance(4);
  resetCovariance(full, Float64Array.of(1, 4, 1, 4), 2, (lag) => 0.5 ** lag);
  expect(Array.from(full.covariance)).toEqual([1, 0, 0.5, 0, 0, 4, 0, 2, 0.5, 0, 1, 0, 0, 2, 0, 4]);
});

it('refits by hand-computed numbers', () => {
  const full = createFullCovariance(2);
  full.covariance.set([1, 0.4, 0.4, 1]);
  // Elites (3, 0) and (1, −1): means 2 and −0.5, covariance ((1)(0.5) + (−1)(−0.5)) / 2 = 0.5.
  refitCovariance(full, {
    candidates: Float32Array.of(9, 9, 1, -1, 9, 9, 3, 0),
    elites: Int32Array.of(3, 1),
    eliteCount: 2,
    momentum: 0.25,
    eliteMean: Float64Array.of(2, -0.5),
    variance: Float64Array.of(7, 8),
  });
  expect(full.covariance[1]).toBeCloseTo(0.25 * 0.4 + 0.75 * 0.5, 14);
  expect(full.covariance[2]).toBe(full.covariance[1]);
  expect([full.covariance[0], full.covariance[3]]).toEqual([7, 8]);
});
