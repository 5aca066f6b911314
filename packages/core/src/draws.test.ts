import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorov, normalCdf } from '../test/toys/distributions.js';
import { createRng } from './rng.js';

describe('normal draws', () => {
  const count = 8_000_000;
  const draws = new Float32Array(count);
  createRng('moments').fillNormal(draws);

  it('have the moments of the standard normal within four standard errors', () => {
    const sums = [0, 0, 0, 0];
    for (const x of draws) {
      const square = x * x;
      sums[0]! += x;
      sums[1]! += square;
      sums[2]! += square * x;
      sums[3]! += square * square;
    }
    const [first, second, third, fourth] = sums.map((sum) => sum / count) as [number, number, number, number];
    const bound = (variance: number): number => 4 * Math.sqrt(variance / count);
    expect(Math.abs(first)).toBeLessThan(bound(1));
    expect(Math.abs(second - 1)).toBeLessThan(bound(2));
    expect(Math.abs(third)).toBeLessThan(bound(15));
    expect(Math.abs(fourth - 3)).toBeLessThan(bound(96));
  });

  it('have tails of the right weight, before and beyond where the ziggurat changes method', () => {
    const thresholds = [1, 2, 3, 3.4, 3.442619855899, 3.5, 4, 4.5, 5];
    for (const sign of [1, -1]) {
      const counts = thresholds.map(() => 0);
      for (const x of draws) {
        const side = sign * x;
        if (side < 1) continue;
        for (let k = 0; k < thresholds.length && side > thresholds[k]!; k++) counts[k]!++;
      }
      thresholds.forEach((threshold, k) => {
        const expected = count * normalCdf(-threshold);
        expect(Math.abs(counts[k]! - expected), `beyond ${sign * threshold}`).toBeLessThan(4 * Math.sqrt(expected));
      });
    }
  });

  it('fill 512 bins of equal probability evenly (chi-square)', () => {
    const bins = 512;
    const counts = new Float64Array(bins);
    const used = 2_000_000;
    for (let i = 0; i < used; i++) counts[Math.min(bins - 1, Math.floor(normalCdf(draws[i]!) * bins))]!++;
    const expected = used / bins;
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - (bins - 1)) / Math.sqrt(2 * (bins - 1))).toBeLessThan(4);
  });

  it('pass Kolmogorov–Smirnov, as do sums of neighbours', () => {
    const n = 200_000;
    expect(kolmogorov(Float64Array.from(draws.subarray(0, n)), normalCdf)).toBeLessThan(1.95);
    const pairs = Float64Array.from({ length: n }, (_, i) => (draws[2 * i]! + draws[2 * i + 1]!) / Math.SQRT2);
    expect(kolmogorov(pairs, normalCdf)).toBeLessThan(1.95);
  });

  it('are never zero and uncorrelated with their neighbours', () => {
    expect(draws.includes(0)).toBe(false);
    for (const lag of [1, 2, 3, 4, 5, 128]) {
      let product = 0;
      for (let i = lag; i < 4_000_000; i++) product += draws[i]! * draws[i - lag]!;
      expect(Math.abs(product) / Math.sqrt(4_000_000 - lag), `lag ${lag}`).toBeLessThan(4);
    }
  });

  it('come from one stream whether drawn singly or in bulk', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 }), (seed, parts) => {
        const total = parts.reduce((a, b) => a + b, 0);
        const single = createRng(seed);
        const expected = Float32Array.from({ length: total }, () => single.normal());
        const bulk = createRng(seed);
        const actual = new Float32Array(total);
        let start = 0;
        for (const part of parts) bulk.fillNormal(actual, start, (start += part));
        expect(actual).toEqual(expected);
        expect(bulk.save()).toEqual(single.save());
      }),
    );
  });

  it('leave the rest of the array alone', () => {
    const out = new Float32Array(6).fill(9);
    createRng(1).fillNormal(out, 2, 4);
    expect([...out].map((x) => x === 9)).toEqual([true, true, false, false, true, true]);
  });
});

describe('uniform draws', () => {
  it('pass Kolmogorov–Smirnov and stay in [0, 1)', () => {
    const rng = createRng('uniform');
    const values = Float64Array.from({ length: 200_000 }, () => rng.uniform());
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(kolmogorov(values, (x) => x)).toBeLessThan(1.95);
  });

  it('use each of 32 bits evenly', () => {
    const rng = createRng('bits');
    const ones = new Float64Array(32);
    const count = 100_000;
    for (let i = 0; i < count; i++) {
      const bits = rng.uniform() * 2 ** 32;
      for (let b = 0; b < 32; b++) ones[b]! += (bits >>> b) & 1;
    }
    for (const n of ones) expect(Math.abs(n - count / 2)).toBeLessThan(4 * Math.sqrt(count / 4));
  });

  it('fill float32 arrays within [low, high) even where rounding would reach high', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (seed, low, width) => {
          const high = low + width;
          fc.pre(Math.fround(low) >= low || Math.fround(high) > Math.fround(low));
          fc.pre(Math.fround(high) - Math.fround(low) > Math.abs(low) * 1e-6);
          const out = new Float32Array(200);
          createRng(seed).fillUniform(out, low, high);
          expect(out.every((x) => x >= low && x < high)).toBe(true);
        },
      ),
    );
    // Three float32 numbers lie in this range; one draw in six would round to its excluded end.
    const narrow = new Float32Array(1000);
    createRng(1).fillUniform(narrow, 1, 1 + 3 * 2 ** -23);
    expect(new Set(narrow)).toEqual(new Set([1, 1 + 2 ** -23, 1 + 2 ** -22]));
  });

  it('consume one word each, in bulk as singly', () => {
    const [bulk, single] = [createRng(5), createRng(5)];
    const out = new Float32Array(10);
    bulk.fillUniform(out, -2, 2, 0, 10);
    expect(out).toEqual(Float32Array.from({ length: 10 }, () => -2 + 4 * single.uniform()));
    expect(bulk.save()).toEqual(single.save());
  });
});
