import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoxNewton } from './box-newton.js';

const decimal = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((value) => value / 1000);
const size = fc.integer({ min: 1, max: 7 });
const program = size.chain((m) =>
  fc.record({
    m: fc.constant(m),
    factor: fc.array(decimal(-2, 2), { minLength: m * m, maxLength: m * m }),
    g: fc.array(decimal(-5, 5), { minLength: m, maxLength: m }),
    low: fc.array(decimal(-2, 0), { minLength: m, maxLength: m }),
    width: fc.array(decimal(0, 3), { minLength: m, maxLength: m }),
  }),
);

describe('box Newton', () => {
  it('meets the optimality conditions of any convex program', () => {
    fc.assert(
      fc.property(program, ({ m, factor, g, low, width }) => {
        const H = new Float64Array(m * m);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < m; j++) {
            let sum = i === j ? 0.1 : 0;
            for (let k = 0; k < m; k++) sum += factor[i * m + k]! * factor[j * m + k]!;
            H[i * m + j] = sum;
          }
        const high = low.map((value, i) => value + width[i]!);
        const x = new Float64Array(m);
        const box = createBoxNewton(m);
        expect(box.solve(H, Float64Array.from(g), Float64Array.from(low), Float64Array.from(high), x)).toBe(true);
        for (let i = 0; i < m; i++) {
          let gradient = g[i]!;
          for (let j = 0; j < m; j++) gradient += H[i * m + j]! * x[j]!;
          expect(x[i]!).toBeGreaterThanOrEqual(low[i]!);
          expect(x[i]!).toBeLessThanOrEqual(high[i]!);
          const projected = x[i]! - Math.min(high[i]!, Math.max(low[i]!, x[i]! - gradient));
          expect(Math.abs(projected)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('solves on the free components and leaves held ones at zero', () => {
    const box = createBoxNewton(2);
    const x = new Float64Array(2);
    // Unbounded minimum at (3, 0); the first component is held at 1, the second then moves to −1.
    expect(box.solve(Float64Array.of(2, 1, 1, 1), Float64Array.of(-6, -3), Float64Array.of(-1, -9), Float64Array.of(1, 9), x)).toBe(true);
    expect([...x]).toEqual([1, 2]);
    expect([...box.free]).toEqual([0, 1]);
    const rows = Float64Array.of(5, 6, 7, 8);
    box.solveFree(rows, 2);
    expect([...rows]).toEqual([0, 0, 7, 8]);
  });

  it('refuses what is not convex', () => {
    const infinite = [Float64Array.of(-Infinity), Float64Array.of(Infinity)] as const;
    expect(createBoxNewton(1).solve(Float64Array.of(-1), Float64Array.of(1), ...infinite, new Float64Array(1))).toBe(false);
  });
});
