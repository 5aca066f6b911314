import { expect, it } from 'vitest';
import { weighReturns, weightedMean } from './reward-weights.js';

const LN2 = Math.log(2);

it('weighs by hand-computed numbers, with none for what is not finite', () => {
  const weights = new Float64Array(4);
  // e^{κR} = 1, 2, 5 by κ R = 0, ln 2, ln 5.
  const size = weighReturns(Float64Array.of(0, LN2, -Infinity, Math.log(5)), 1, 'none', weights);
  expect(Array.from(weights, (weight) => Math.round(1e12 * weight) / 1e12)).toEqual([0.125, 0.25, 0, 0.625]);
  expect(size).toBeCloseTo(64 / 30, 12);
  weighReturns(Float64Array.of(0, LN2 / 3, -Infinity, Math.log(5) / 3), 3, 'none', weights);
  expect(weights[3]).toBeCloseTo(0.625, 12);
});

it('does not overflow', () => {
  const weights = new Float64Array(3);
  expect(weighReturns(Float64Array.of(-1e30, 1e30, 1e30), 20, 'none', weights)).toBe(2);
  expect(Array.from(weights)).toEqual([0, 0.5, 0.5]);
});

it('normalises by the range or the deviation of the finite returns', () => {
  const weights = new Float64Array(4);
  const scores = Float64Array.of(10, 30, -Infinity, 20);
  weighReturns(scores, LN2, 'range', weights);
  // Returns 0, 1 and a half in units of the range: weights 1, 2, √2.
  expect(weights[1]! / weights[0]!).toBeCloseTo(2, 12);
  expect(weights[3]! / weights[0]!).toBeCloseTo(Math.SQRT2, 12);
  weighReturns(scores, LN2, 'deviation', weights);
  expect(weights[1]! / weights[0]!).toBeCloseTo(2 ** (20 / Math.sqrt(200 / 3)), 12);
  for (const normalization of ['range', 'deviation'] as const) {
    weighReturns(Float64Array.of(4, 4, 4, 4), 100, normalization, weights);
    expect(Array.from(weights)).toEqual([0.25, 0.25, 0.25, 0.25]);
  }
});

it('takes penalties off the exponent', () => {
  const weights = new Float64Array(2);
  weighReturns(Float64Array.of(1, 1), 5, 'none', weights, Float64Array.of(0, LN2));
  expect(weights[0]! / weights[1]!).toBeCloseTo(2, 12);
});

it('averages candidates', () => {
  const mean = new Float64Array(2);
  weightedMean(Float32Array.of(1, 2, 3, 4, 50, 60), Float64Array.of(0.25, 0.75, 0), 3, mean);
  expect(Array.from(mean)).toEqual([2.5, 3.5]);
});
