import { createRng } from '@mbrl/core';
import { expect, it } from 'vitest';
import { type CandidateDistribution, type CandidateSampling, drawCandidates, updateScale } from './candidates.js';

const COUNT = 100_000;

interface Setting {
  readonly horizon?: number;
  readonly actionSize?: number;
  readonly mean?: number;
  readonly deviation?: number;
  readonly low?: number;
  readonly high?: number;
}

function distributionOf({ horizon = 1, actionSize = 1, mean = 0, deviation = 1, low = -100, high = 100 }: Setting): CandidateDistribution {
  const full = (value: number) => new Float64Array(horizon * actionSize).fill(value);
  return {
    actionSize,
    mean: full(mean),
    variance: full(deviation ** 2),
    low: full(low),
    high: full(high),
    scale: full(NaN),
    previous: new Float64Array(actionSize),
  };
}

function draw(setting: Setting, sampling: CandidateSampling, correlation = 0, count = COUNT): Float32Array {
  const distribution = distributionOf(setting);
  updateScale(distribution, sampling);
  const candidates = new Float32Array(count * distribution.mean.length);
  drawCandidates(distribution, candidates, 0, count, createRng(3), sampling, correlation);
  return candidates;
}

const average = (values: Float32Array, f = (value: number): number => value): number => {
  let sum = 0;
  for (const value of values) sum += f(value);
  return sum / values.length;
};
const moment = (values: Float32Array, power: number): number => average(values, (value) => value ** power);

/** Integral of f(z) φ(z) over [−2, 2] by Simpson's rule, by its value for f = 1: a moment of the truncated normal. */
function truncatedMoment(f: (z: number) => number): number {
  const intervals = 2000;
  let weighted = 0;
  let mass = 0;
  for (let i = 0; i <= intervals; i++) {
    const z = -2 + (4 * i) / intervals;
    const weight = Math.exp((-z * z) / 2) * (i === 0 || i === intervals ? 1 : i % 2 ? 4 : 2);
    mass += weight;
    weighted += weight * f(z);
  }
  return weighted / mass;
}

it('draws truncated noise with the moments of the normal truncated to [−2, 2]', () => {
  const values = draw({}, 'truncated');
  // Closed form 1 − 4 φ(2) / (2 Φ(2) − 1).
  const variance = 1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / 0.9544997361036416;
  expect(truncatedMoment((z) => z ** 2)).toBeCloseTo(variance, 10);
  // Five standard errors of each estimate.
  for (const power of [1, 2, 3, 4]) {
    const expected = truncatedMoment((z) => z ** power);
    const error = Math.sqrt((truncatedMoment((z) => z ** (2 * power)) - expected ** 2) / COUNT);
    expect(Math.abs(moment(values, power) - expected)).toBeLessThan(5 * error);
  }
  expect(Math.max(...values.subarray(0, 50_000))).toBeLessThanOrEqual(2);
});

it('scales truncated noise by the nearest bound: min(σ, distance / 2)', () => {
  const scaleAt = (setting: Setting): number => {
    const distribution = distributionOf(setting);
    expect(updateScale(distribution, 'truncated')).toBe(distribution.scale[0]);
    return distribution.scale[0]!;
  };
  expect(scaleAt({ mean: 0, deviation: 0.5, low: -2, high: 2 })).toBe(0.5);
  expect(scaleAt({ mean: 1.5, deviation: 0.5, low: -2, high: 2 })).toBe(0.25);
  expect(scaleAt({ mean: -1, deviation: 3, low: -2, high: 2 })).toBe(0.5);
  expect(scaleAt({ mean: 2, deviation: 1, low: -2, high: 2 })).toBe(0);
  const values = draw({ mean: 1.5, deviation: 0.5, low: -2, high: 2 }, 'truncated');
  expect(average(values)).toBeCloseTo(1.5, 2);
  expect(values.every((value) => value >= 1 && value <= 2)).toBe(true);
});

it('clips instead, with the whole deviation: mass gathers on the bounds', () => {
  const values = draw({ mean: 0, deviation: 1, low: -1, high: 1 }, 'clipped');
  const onBound = average(values, (value) => (Math.abs(value) === 1 ? 1 : 0));
  // 2 (1 − Φ(1)) = 0.3173, standard error 0.0015.
  expect(onBound).toBeGreaterThan(0.3173 - 0.0075);
  expect(onBound).toBeLessThan(0.3173 + 0.0075);
  expect(values.every((value) => value >= -1 && value <= 1)).toBe(true);
  expect(moment(draw({}, 'clipped'), 2)).toBeCloseTo(1, 1);
});

it('colours noise in time: variance one, lag-k correlation ρᵏ, none between components', () => {
  const horizon = 6;
  const values = draw({ horizon, actionSize: 2 }, 'clipped', 0.7, 40_000);
  const products = (step: number, other: number, component: number, otherComponent: number): number => {
    let sum = 0;
    for (let n = 0; n < 40_000; n++) {
      sum += values[(n * horizon + step) * 2 + component]! * values[(n * horizon + other) * 2 + otherComponent]!;
    }
    return sum / 40_000;
  };
  // Standard error at most √2 / 200.
  for (let step = 0; step < horizon; step++) expect(Math.abs(products(step, step, 1, 1) - 1)).toBeLessThan(0.036);
  for (let lag = 1; lag < horizon; lag++) expect(Math.abs(products(0, lag, 0, 0) - 0.7 ** lag)).toBeLessThan(0.036);
  expect(Math.abs(products(2, 3, 0, 1))).toBeLessThan(0.036);
  expect(Math.abs(products(3, 3, 0, 1))).toBeLessThan(0.036);
});

it('keeps coloured noise within two deviations when it truncates', () => {
  const horizon = 8;
  const values = draw({ horizon }, 'truncated', 0.9, 20_000);
  expect(values.every((value) => Math.abs(value) <= 2)).toBe(true);
  let sum = 0;
  let squares = 0;
  for (let n = 0; n < 20_000; n++) {
    sum += values[n * horizon + 4]! * values[n * horizon + 5]!;
    squares += values[n * horizon + 4]! ** 2;
  }
  expect(sum / squares).toBeGreaterThan(0.8);
});

it('leaves the rows outside of its part alone', () => {
  const distribution = distributionOf({ horizon: 3 });
  updateScale(distribution, 'clipped');
  const candidates = new Float32Array(4 * 3).fill(7);
  drawCandidates(distribution, candidates, 1, 3, createRng(0), 'clipped', 0);
  expect(Array.from(candidates, (value) => value === 7)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1].map(Boolean));
});
