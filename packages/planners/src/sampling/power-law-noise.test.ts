import { createRng } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { colourNoise, createPowerLawNoise, powerLawCorrelation } from './power-law-noise.js';

/** Covariance of the steps, B Bᵀ. */
function covarianceOf(horizon: number, exponent: number): number[][] {
  const { synthesis } = createPowerLawNoise(horizon, exponent);
  const row = (t: number): number[] => Array.from(synthesis.subarray(t * horizon, (t + 1) * horizon));
  return Array.from({ length: horizon }, (_, s) =>
    Array.from({ length: horizon }, (_, t) => row(s).reduce((sum, value, j) => sum + value * row(t)[j]!, 0)),
  );
}

/** Correlation at a lag by the definition: Σ_k p_k cos(2π k lag / H) / Σ p_k over all frequencies, negative ones too. */
function correlationBySum(horizon: number, exponent: number, lag: number): number {
  let sum = 0;
  let total = 0;
  for (let k = 0; k < horizon; k++) {
    const frequency = Math.min(k, horizon - k);
    const power = Math.max(frequency, 1) ** -exponent;
    sum += power * Math.cos((2 * Math.PI * k * lag) / horizon);
    total += power;
  }
  return sum / total;
}

describe('the synthesis', () => {
  it.each([
    [1, 2],
    [2, 1],
    [5, 0.25],
    [8, 1],
    [25, 2],
    [30, 4],
  ])('over %i steps with exponent %f has variance one and the correlations of its spectrum', (horizon, exponent) => {
    const covariance = covarianceOf(horizon, exponent);
    for (let s = 0; s < horizon; s++) {
      for (let t = 0; t < horizon; t++) {
        expect(covariance[s]![t]!).toBeCloseTo(correlationBySum(horizon, exponent, s - t), 12);
      }
    }
    expect(powerLawCorrelation(createPowerLawNoise(horizon, exponent), 0)).toBeCloseTo(1, 12);
  });

  it('is white at exponent 0', () => {
    const covariance = covarianceOf(9, 0);
    for (let s = 0; s < 9; s++) for (let t = 0; t < 9; t++) expect(covariance[s]![t]!).toBeCloseTo(s === t ? 1 : 0, 12);
  });

  it('binds neighbours the closer the greater the exponent', () => {
    const neighbours = [0, 0.5, 1, 2, 4].map((exponent) => powerLawCorrelation(createPowerLawNoise(25, exponent), 1));
    expect(neighbours).toEqual(neighbours.toSorted((a, b) => a - b));
    expect(neighbours.at(-1)!).toBeGreaterThan(0.9);
  });
});

it('colours each component apart, and no rows but those it is told', () => {
  const [horizon, actionSize, count] = [6, 2, 20_000];
  const noise = createPowerLawNoise(horizon, 1);
  const values = new Float32Array(count * horizon * actionSize);
  createRng(3).fillNormal(values);
  const before = values.slice();
  colourNoise(noise, values, 1, count, actionSize, new Float64Array(horizon * actionSize));
  expect(values.subarray(0, 12)).toEqual(before.subarray(0, 12));
  const moment = (s: number, a: number, t: number, b: number): number => {
    let sum = 0;
    for (let n = 1; n < count; n++) sum += values[(n * horizon + s) * 2 + a]! * values[(n * horizon + t) * 2 + b]!;
    return sum / (count - 1);
  };
  // Five standard errors of at most √2 / √20,000.
  for (let t = 0; t < horizon; t++) {
    expect(Math.abs(moment(1, 1, t, 1) - powerLawCorrelation(noise, Math.abs(t - 1)))).toBeLessThan(0.05);
    expect(Math.abs(moment(1, 0, t, 1))).toBeLessThan(0.05);
  }
});
