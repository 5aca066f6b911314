import fc from 'fast-check';
import { expect, it } from 'vitest';
import { worstCount } from './plan-objective.js';

it('counts the particles in the worst share, whatever the last digit of the product says', () => {
  // 0.07 · 100 is 7.000000000000001 in floating point.
  expect([worstCount(0.07, 100), worstCount(0.55, 20), worstCount(0.51, 2), worstCount(0.001, 5), worstCount(1, 9)]).toEqual([
    7, 11, 2, 1, 9,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (k, particles) => {
      fc.pre(k <= particles);
      expect(worstCount(k / particles, particles)).toBe(k);
    }),
  );
});
