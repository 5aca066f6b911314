import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from './rng.js';
import { bootstrapInterval, interquartileMean, mean, median, quantile, standardDeviation, summarize } from './statistics.js';

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const list = fc.array(finite, { minLength: 1, maxLength: 40 });
/** Eleven returns, one of them an outlier. The expected figures are NumPy 2.4's and SciPy 1.17's. */
const returns = [3.1, -2, 7.25, 0.5, 12, 4, 4, -8.5, 1000, 6, 2.2];

describe('against NumPy and SciPy', () => {
  it.each([
    [0, -8.5],
    [0.1, -2],
    [0.25, 1.35],
    [0.5, 4],
    [0.75, 6.625],
    [0.9, 12],
    [1, 1000],
  ])('quantile %s is %s', (probability, expected) => {
    expect(quantile(returns, probability)).toBeCloseTo(expected, 12);
  });

  it('mean, standard deviations and interquartile mean', () => {
    expect(mean(returns)).toBeCloseTo(93.50454545454545, 10);
    expect(standardDeviation(returns)).toBeCloseTo(300.69609446627794, 10);
    expect(standardDeviation(returns, { kind: 'population' })).toBeCloseTo(286.7024768058546, 10);
    expect(interquartileMean(returns)).toBeCloseTo(3.8642857142857143, 12);
  });

  it('interquartile means of squares, by count', () => {
    const squares = [0, 1, 4, 9, 16, 25, 36, 49, 64];
    const expected = [0.0, 0.5, 1.6666666666666667, 2.5, 4.666666666666667, 7.5, 11.0, 13.5, 18.0];
    expected.forEach((value, i) => expect(interquartileMean(squares.slice(0, i + 1))).toBeCloseTo(value, 12));
  });
});

describe('properties', () => {
  it('quantiles rise with the probability and stay within the values', () => {
    fc.assert(
      fc.property(list, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (values, a, b) => {
        const [low, high] = [quantile(values, Math.min(a, b)), quantile(values, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it('no statistic depends on the order or changes its input', () => {
    fc.assert(
      fc.property(list, (values) => {
        const reversed = values.toReversed();
        const kept = [...reversed];
        for (const statistic of [median, interquartileMean]) expect(statistic(reversed)).toBe(statistic(values));
        expect(Math.abs(mean(reversed) - mean(values))).toBeLessThan(1e-4);
        expect(reversed).toEqual(kept);
      }),
    );
  });

  it('mean and deviation of large values neither overflow nor cancel', () => {
    expect(mean([1e308, 1e308, 1e308])).toBe(1e308);
    expect(mean([1.5e308, -1.5e308])).toBe(0);
    expect(mean([1.5e308, 1e308, -1e308]) / 5e307).toBeCloseTo(1, 12);
    expect(standardDeviation([1e9, 1e9 + 1, 1e9 + 2])).toBe(1);
  });

  it('one outlier moves the mean, not the median nor the interquartile mean', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const spoiled = [1, 2, 3, 4, 5, 6, 7, 8e6];
    expect(median(spoiled)).toBe(median(values));
    expect(interquartileMean(spoiled)).toBe(interquartileMean(values));
    expect(mean(spoiled)).toBeGreaterThan(1e5);
  });
});

describe('bootstrapInterval', () => {
  it('is near the interval of normal theory for a mean', () => {
    const values = new Float32Array(400);
    createRng('sample').fillNormal(values);
    const { estimate, low, high } = bootstrapInterval(values, { rng: createRng(1), resampleCount: 4000 });
    const error = standardDeviation(values) / 20;
    expect(estimate).toBe(mean(values));
    expect((low - estimate) / error).toBeCloseTo(-1.96, 0.8);
    expect((high - estimate) / error).toBeCloseTo(1.96, 0.8);
  });

  it('covers the true mean in about the stated share of samples', () => {
    const rng = createRng('coverage');
    const sample = new Float32Array(40);
    let covered = 0;
    for (let i = 0; i < 300; i++) {
      rng.fillNormal(sample);
      const { low, high } = bootstrapInterval(sample, { rng: rng.split(i), confidence: 0.8, resampleCount: 200 });
      if (low <= 0 && high >= 0) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.7);
    expect(covered / 300).toBeLessThan(0.87);
  });

  it('is a function of the generator', () => {
    const interval = (seed: number) => bootstrapInterval(returns, { rng: createRng(seed) });
    expect(interval(1)).toEqual(interval(1));
    expect(interval(1)).not.toEqual(interval(2));
  });

  it('takes any statistic', () => {
    const widest = bootstrapInterval(returns, { rng: createRng(1), statistic: (values) => Math.max(...values) });
    expect(widest.estimate).toBe(1000);
    expect(widest.high).toBe(1000);
    const robust = bootstrapInterval(returns, { rng: createRng(1), statistic: median });
    expect(robust.high).toBeLessThan(100);
  });

  it('widens with the confidence', () => {
    const width = (confidence: number): number => {
      const { low, high } = bootstrapInterval(returns, { rng: createRng(1), statistic: median, confidence });
      return high - low;
    };
    expect(width(0.99)).toBeGreaterThan(width(0.5));
  });

  it('draws as many resamples as asked', () => {
    let calls = 0;
    bootstrapInterval([1, 2], { rng: createRng(1), resampleCount: 17, statistic: (values) => ((calls += 1), values[0]!) });
    expect(calls).toBe(17 + 1);
  });

  it('refuses a statistic that is not finite', () => {
    expect(() => bootstrapInterval([1, 2], { rng: createRng(1), statistic: () => NaN })).toThrow(
      /^bootstrapInterval: statistic: values must be finite, got NaN/,
    );
  });
});

describe('summarize', () => {
  it('gathers the figures', () => {
    expect(summarize(returns)).toEqual({
      count: 11,
      mean: mean(returns),
      standardDeviation: standardDeviation(returns),
      min: -8.5,
      lowerQuartile: quantile(returns, 0.25),
      median: 4,
      upperQuartile: quantile(returns, 0.75),
      max: 1000,
      interquartileMean: interquartileMean(returns),
    });
    expect(summarize([5])).toMatchObject({ count: 1, standardDeviation: 0, min: 5, max: 5, median: 5 });
  });

  it('adds intervals when a generator is given, with its options', () => {
    const { intervals } = summarize(returns, { rng: createRng(1), confidence: 0.5, resampleCount: 100 });
    expect(intervals?.median).toEqual(
      bootstrapInterval(returns, { rng: createRng(1).split('median'), statistic: median, confidence: 0.5, resampleCount: 100 }),
    );
    expect(intervals?.interquartileMean.estimate).toBe(interquartileMean(returns));
    expect(intervals?.mean.estimate).toBe(mean(returns));
  });
});

describe('bad input', () => {
  it.each(Object.entries({ mean, median, interquartileMean, summarize, standardDeviation }))(
    '%s refuses empty lists and non-finite values',
    (name, statistic) => {
      expect(() => statistic([])).toThrow(new RegExp(`^${name}: values must have at least`));
      expect(() => statistic([1, NaN])).toThrow(`${name}: values must be finite, got NaN at index 1`);
      expect(() => statistic([-Infinity, 2])).toThrow(`${name}: values must be finite, got -Infinity at index 0`);
    },
  );

  it('quantile, deviation and intervals name what is wrong', () => {
    expect(() => quantile([1], 1.01)).toThrow('quantile: probability must be a finite number in [0, 1], got 1.01');
    expect(() => standardDeviation([1])).toThrow('standardDeviation: values must have at least 2 entries, got 1');
    expect(standardDeviation([1], { kind: 'population' })).toBe(0);
    const rng = createRng(1);
    expect(() => bootstrapInterval([1], { rng, confidence: 1 })).toThrow(
      'bootstrapInterval: confidence must be a finite number in (0, 1), got 1',
    );
    expect(() => bootstrapInterval([1], { rng, resampleCount: 0 })).toThrow(
      'bootstrapInterval: resampleCount must be an integer in [1, Infinity), got 0',
    );
  });
});
