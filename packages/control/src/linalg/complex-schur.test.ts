import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { factorComplexSchur } from './complex-schur.js';

const square = fc.integer({ min: 1, max: 8 }).chain((n) =>
  fc.array(
    fc.integer({ min: -64, max: 64 }).map((value) => value / 32),
    { minLength: n * n, maxLength: n * n },
  ),
);

describe('complex Schur form', () => {
  it('is unitary and triangular and rebuilds A', () => {
    fc.assert(
      fc.property(square, (values) => {
        const n = Math.sqrt(values.length);
        const A = Matrix.from1DArray(n, n, values);
        const schur = factorComplexSchur(Float64Array.from(values), n);
        expect(schur).not.toBeNull();
        const [tr, ti, zr, zi] = [schur!.realT, schur!.imagT, schur!.realZ, schur!.imagZ].map((part) => Matrix.from1DArray(n, n, part)) as [
          Matrix,
          Matrix,
          Matrix,
          Matrix,
        ];
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect([tr.get(i, j), ti.get(i, j)]).toEqual([0, 0]);
        // A Z = Z T and Zᴴ Z = I, real and imaginary parts.
        const bound = 1e-13 * (1 + A.norm());
        expect(Matrix.sub(A.mmul(zr), Matrix.sub(zr.mmul(tr), zi.mmul(ti))).norm()).toBeLessThan(bound);
        expect(Matrix.sub(A.mmul(zi), Matrix.add(zr.mmul(ti), zi.mmul(tr))).norm()).toBeLessThan(bound);
        const gram = Matrix.add(zr.transpose().mmul(zr), zi.transpose().mmul(zi));
        expect(Matrix.sub(gram, Matrix.eye(n)).norm()).toBeLessThan(1e-13);
        expect(Matrix.sub(zr.transpose().mmul(zi), zi.transpose().mmul(zr)).norm()).toBeLessThan(1e-13);
      }),
    );
  });
});
