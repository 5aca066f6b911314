import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorComplexSchur } from './complex-schur.js';
import { eigenvalues } from './eigenvalues.js';

describe('eigenvalues', () => {
  it('gives known eigenvalues, and null for NaN', () => {
    const companion = eigenvalues(Float64Array.of(0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), 4); // fourth roots of 1
    expect([...companion!.real].map((value) => Math.round(1e12 * value) + 0).sort((a, b) => a - b)).toEqual(
      [-1e12, 0, 0, 1e12].map((v) => v + 0),
    );
    expect([...companion!.imag].map((value) => Math.round(1e12 * value) + 0).sort((a, b) => a - b)).toEqual([-1e12, 0, 0, 1e12]);
    expect(eigenvalues(Float64Array.of(NaN), 1)).toBeNull();
  });

  it('agree with the diagonal of a complex Schur form, pairs standing together', () => {
    const square = fc.integer({ min: 1, max: 12 }).chain((n) =>
      fc.array(
        fc.integer({ min: -64, max: 64 }).map((value) => value / 32),
        { minLength: n * n, maxLength: n * n },
      ),
    );
    fc.assert(
      fc.property(square, (values) => {
        const n = Math.sqrt(values.length);
        const [found, schur] = [eigenvalues(Float64Array.from(values), n)!, factorComplexSchur(Float64Array.from(values), n)!];
        // Coefficients of the characteristic polynomial, which also multiple eigenvalues determine well.
        const coefficients = (real: (i: number) => number, imag: (i: number) => number): number[] => {
          let [re, im] = [[1], [0]];
          for (let i = 0; i < n; i++) {
            const [a, b] = [real(i), imag(i)];
            const [oldRe, oldIm] = [re, im];
            const at = (list: number[], k: number): number => list[k] ?? 0;
            re = Array.from({ length: i + 2 }, (_, k) => at(oldRe, k) - a * at(oldRe, k - 1) + b * at(oldIm, k - 1));
            im = Array.from({ length: i + 2 }, (_, k) => at(oldIm, k) - a * at(oldIm, k - 1) - b * at(oldRe, k - 1));
          }
          return [...re, ...im];
        };
        const expected = coefficients(
          (i) => schur.realT[i * (n + 1)]!,
          (i) => schur.imagT[i * (n + 1)]!,
        );
        const size = Math.max(...expected.map(Math.abs));
        coefficients(
          (i) => found.real[i]!,
          (i) => found.imag[i]!,
        ).forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-11 * size));
        for (let i = 0; i < n; i++) {
          if (found.imag[i]! <= 0) continue;
          expect([found.real[i + 1], found.imag[i + 1]]).toEqual([found.real[i], -found.imag[i]!]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('splits at small entries, and survives a cyclic permutation and a Jordan block', () => {
    const shift = (n: number, corner: number, diagonal: number): Float64Array => {
      const A = new Float64Array(n * n);
      for (let i = 0; i + 1 < n; i++) A[(i + 1) * n + i] = 1;
      for (let i = 0; i < n; i++) A[i * (n + 1)]! += diagonal;
      A[n - 1]! += corner;
      return A;
    };
    const roots = eigenvalues(shift(7, 1, 0), 7)!;
    for (let i = 0; i < 7; i++) expect(Math.hypot(roots.real[i]!, roots.imag[i]!)).toBeCloseTo(1, 13);
    expect(roots.real.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 13);
    const jordan = eigenvalues(shift(5, 0, 0.5), 5)!;
    expect([...jordan.real, ...jordan.imag]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0]);
  });
});
