import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactSineCosine } from './exact-turn.js';

test('sine and cosine agree with the engine to 1e-15 over a thousand turns', () => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
      const [sine, cosine] = exactSineCosine(x);
      expect(Math.abs(sine - Math.sin(x))).toBeLessThan(1e-15);
      expect(Math.abs(cosine - Math.cos(x))).toBeLessThan(1e-15);
    }),
    { numRuns: 3000 },
  );
});

test('quarter turns come out as they should', () => {
  for (let k = -9; k <= 9; k++) {
    const [sine, cosine] = exactSineCosine((k * Math.PI) / 2);
    expect(sine).toBeCloseTo([0, 1, 0, -1][((k % 4) + 4) % 4]!, 14);
    expect(cosine).toBeCloseTo([1, 0, -1, 0][((k % 4) + 4) % 4]!, 14);
  }
});
