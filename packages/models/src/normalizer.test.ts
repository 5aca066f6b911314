import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnStatistics, identityStatistics, normalizeRows } from './normalizer.js';

describe('columnStatistics', () => {
  it('normalises columns to mean 0 and deviation 1, whatever their offset and scale', () => {
    const moderate = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.tuple(moderate(-100, 100), moderate(0.1, 100)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 5, max: 60 }),
        (seed, columns, count) => {
          const size = columns.length;
          const values = new Float32Array(count * size);
          createRng(seed).fillNormal(values);
          for (let i = 0; i < values.length; i++) values[i] = columns[i % size]![0] + columns[i % size]![1] * values[i]!;
          normalizeRows(values, columnStatistics(values, count, size));
          for (let column = 0; column < size; column++) {
            const z = Array.from({ length: count }, (_, row) => values[row * size + column]!);
            const mean = z.reduce((a, b) => a + b, 0) / count;
            const variance = z.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
            expect(Math.abs(mean)).toBeLessThan(1e-3);
            expect(Math.abs(variance - 1)).toBeLessThan(1e-3);
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('only shifts a column that is constant but for rounding', () => {
    const values = Float32Array.of(1000, 5, 1000.0001, 5, 1000, 5);
    const { mean, deviation } = columnStatistics(values, 3, 2);
    expect([...deviation.data]).toEqual([1, 1]);
    expect(mean.data[0]).toBeCloseTo(1000, 3);
    normalizeRows(values, { mean, deviation });
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-3);
  });

  it('gives finite statistics for a single row and for large offsets', () => {
    expect(columnStatistics(Float32Array.of(7, -3), 1, 2)).toEqual({
      ...identityStatistics(2),
      mean: { dtype: 'float32', shape: [2], data: Float32Array.of(7, -3) },
    });
    // In float32 the sum of squares would lose these.
    const { deviation } = columnStatistics(Float32Array.of(10_001, 10_003, 10_001, 10_003), 4, 1);
    expect(deviation.data[0]).toBe(1);
  });
});
