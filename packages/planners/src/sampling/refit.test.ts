import { expect, it } from 'vitest';
import { refitDistribution } from './refit.js';

const candidates = Float32Array.of(9, 9, 1, -1, 9, 9, 3, 0);
const elites = Int32Array.of(3, 1);

const problem = () => ({
  momentum: 0.25,
  low: Float64Array.of(-10, -10),
  high: Float64Array.of(10, 10),
  minimumVariance: new Float64Array(2),
  mean: Float64Array.of(4, 8),
  variance: Float64Array.of(2, 16),
  eliteMean: new Float64Array(2),
  eliteVariance: new Float64Array(2),
});

it('moves mean and variance by hand-computed steps', () => {
  // Elites (3, 0) and (1, −1): means 2 and −0.5, variances 1 and 0.25.
  const refit = problem();
  const greatest = refitDistribution(refit, candidates, elites, 2);
  expect(Array.from(refit.mean)).toEqual([0.25 * 4 + 0.75 * 2, 0.25 * 8 + 0.75 * -0.5]);
  expect(Array.from(refit.variance)).toEqual([0.25 * 2 + 0.75 * 1, 0.25 * 16 + 0.75 * 0.25]);
  expect(greatest).toBe(refit.variance[1]);
});

it('takes the elites alone without momentum, and only as many as it is told', () => {
  const refit = { ...problem(), momentum: 0 };
  refitDistribution(refit, candidates, elites, 1);
  expect(Array.from(refit.mean)).toEqual([3, 0]);
  expect(Array.from(refit.variance)).toEqual([0, 0]);
});

it('keeps the variance at its floor and the mean within the bounds', () => {
  const refit = { ...problem(), minimumVariance: Float64Array.of(1.5, 0), high: Float64Array.of(2, 10) };
  refitDistribution(refit, candidates, elites, 2);
  expect(Array.from(refit.variance)).toEqual([1.5, 4.1875]);
  expect(refit.mean[0]).toBe(2);
});
