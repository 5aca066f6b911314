import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeGap } from './gap-closing.js';
import { createOptimality } from './optimality.js';
import type { SparseProgram } from './scaled-program.js';
import { gatherSparseRows } from './sparse-rows.js';

const rows = (values: number[], columns: number) =>
  gatherSparseRows(
    values,
    columns,
    Int32Array.from({ length: values.length / columns }, (_, i) => i),
  );

/** An equality x₁ + x₂ = side and a bound x₁ ≥ low, with costs of which the multipliers are a solution. */
const makeProgram = (side: number, low: number, multiplier: number, ofBound: number): [SparseProgram, Float64Array, Float64Array] => [
  {
    P: rows([0, 0, 0, 0], 2),
    A: rows([1, 1], 2),
    q: Float64Array.of(-multiplier - ofBound, -multiplier),
    lower: Float64Array.of(side, low, -Infinity),
    upper: Float64Array.of(side, Infinity, Infinity),
  },
  Float64Array.of(low, side - low),
  Float64Array.of(multiplier, ofBound, 0),
];

describe('closeGap', () => {
  it('brings gaps of rounding in large terms within the tolerance, and moves nothing that shows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e3, max: 1e6, noNaN: true }),
        fc.double({ min: -1e3, max: -200, noNaN: true }),
        fc.double({ min: 1, max: 1e2, noNaN: true }),
        fc.double({ min: -1e2, max: -1, noNaN: true }),
        fc.double({ min: -5e-8, max: 5e-8, noNaN: true }),
        (side, low, multiplier, ofBound, error) => {
          const [program, x, y] = makeProgram(side, low, multiplier, ofBound);
          y[0]! += error / side;
          const before = y.slice();
          const optimality = createOptimality(2, 1);
          optimality.evaluate(program, x, y, true);
          const { stationarity } = optimality;
          expect(closeGap(program, x, y, optimality, 1e-9)).toBe(true);
          expect(optimality.gap).toBeLessThanOrEqual(1e-9);
          expect(optimality.stationarity).toBeLessThanOrEqual(Math.max(stationarity, 1e-9));
          y.forEach((value, i) => expect(Math.sign(value)).toBe(Math.sign(before[i]!)));
        },
      ),
    );
  });

  it('leaves alone what is no matter of rounding: the change would show in the stationarity', () => {
    const [program, x, y] = makeProgram(1e3, -10, 5, -2);
    y[0]! += 1e-3;
    const optimality = createOptimality(2, 1);
    optimality.evaluate(program, x, y, true);
    const { gap, stationarity } = optimality;
    expect(gap).toBeGreaterThan(0.5);
    expect(closeGap(program, x, y, optimality, 1e-9)).toBe(false);
    expect([...y]).toEqual([5 + 1e-3, -2, 0]);
    expect([optimality.gap, optimality.stationarity]).toEqual([gap, stationarity]);
  });

  it('takes no multiplier through zero, and none whose side is zero', () => {
    // x₀ ≤ 0 with a multiplier of 1 leaves a gap of 4e-9; 1000 ≤ x₁ ≤ 2000 with one of 1e-12 could close it below zero only.
    const program: SparseProgram = {
      P: rows([0, 0, 0, 0], 2),
      A: rows([0, 1], 2),
      q: Float64Array.of(-1, -1e-12),
      lower: Float64Array.of(1e3, -Infinity, -Infinity),
      upper: Float64Array.of(2e3, 0, Infinity),
    };
    const x = Float64Array.of(-4e-9, 1500);
    const y = Float64Array.of(1e-12, 1, 0);
    const optimality = createOptimality(2, 1);
    optimality.evaluate(program, x, y, true);
    expect(optimality.gap).toBeCloseTo(4.5e-9, 12);
    expect(closeGap(program, x, y, optimality, 1e-9)).toBe(false);
    expect([...y]).toEqual([1e-12, 1, 0]);
  });
});
