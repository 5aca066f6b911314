import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eliteSpread, scoreReturns, selectElites } from './elites.js';

it('finds what a stable sort finds, best first, with ties by lower index', () => {
  const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }), fc.constant(-Infinity));
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 60 }), fc.nat(), (values, pick) => {
      const elites = new Int32Array(1 + (pick % values.length));
      selectElites(Float64Array.from(values), elites);
      // Not by difference: that of two infinities is NaN, and −0 equals 0.
      const ranked = values.map((_, index) => index).sort((a, b) => (values[a]! > values[b]! ? -1 : values[a]! < values[b]! ? 1 : a - b));
      expect(Array.from(elites)).toEqual(ranked.slice(0, elites.length));
    }),
  );
});

it('ranks every value that is not finite last, +Infinity too, and counts them', () => {
  const scores = new Float64Array(5);
  expect(scoreReturns(Float32Array.of(1, NaN, Infinity, -Infinity, -2), scores)).toBe(3);
  expect(Array.from(scores)).toEqual([1, -Infinity, -Infinity, -Infinity, -2]);
});

it('gives the deviation of the elites that take part, mean over the plan', () => {
  const candidates = Float32Array.of(1, 10, 99, 99, 3, 10, 2, 16);
  // Of (1, 10) and (3, 10): 1 and 0. With (2, 16) too: √(2/3) and √8.
  expect(eliteSpread(candidates, Int32Array.of(2, 0, 3), 2, 2)).toBeCloseTo(0.5, 12);
  expect(eliteSpread(candidates, Int32Array.of(2, 0, 3), 3, 2)).toBeCloseTo((Math.sqrt(2 / 3) + Math.sqrt(8)) / 2, 12);
  expect([eliteSpread(candidates, Int32Array.of(1, 2), 1, 2), eliteSpread(candidates, Int32Array.of(1, 2), 0, 2)]).toEqual([0, 0]);
});
