import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallCosine, smallSine } from './small-turn.js';

it('equal Math.sin and Math.cos within ±0.5 to the last place or two', () => {
  fc.assert(
    fc.property(fc.double({ min: -0.5, max: 0.5, noNaN: true }), (angle) => {
      expect(Math.abs(smallSine(angle) - Math.sin(angle))).toBeLessThanOrEqual(1.2e-16);
      expect(Math.abs(smallCosine(angle) - Math.cos(angle))).toBeLessThanOrEqual(1.2e-16);
    }),
    { numRuns: 2000 },
  );
});
