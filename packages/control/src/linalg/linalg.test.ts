import fc from 'fast-check';
import { CholeskyDecomposition, determinant, EigenvalueDecomposition, inverse, Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { factorCholesky, logDeterminantCholesky, solveCholesky } from './cholesky.js';
import { factorLdlt, solveLdlt } from './ldlt.js';
import { factorLu, reciprocalCondition, solveLu, solveLuTransposed } from './lu.js';
import { bilinearForm, multiplyVector, multiplyVectorTransposed } from './multiply-vector.js';
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from './multiply.js';
import { isFiniteArray, matrixNorm1, matrixNormInfinity, maxAbs, norm2 } from './norms.js';
import { applyQ, applyQTransposed, factorQr, solveLeastSquares } from './qr.js';
import { factorSymmetricEigen } from './symmetric-eigen.js';
import { congruence, multiplyTransposedLeftSymmetric, symmetricRankUpdate, symmetrize } from './symmetric-product.js';
import { solveLower, solveLowerTransposed, solveUpper, solveUpperTransposed } from './triangular.js';
import { addDiagonal, addScaled, copy, dot, scale, setIdentity, transpose } from './vector.js';

const size = fc.integer({ min: 1, max: 9 });
const entry = fc.integer({ min: -192, max: 192 }).map((value) => value / 64);
const array = (length: number) => fc.array(entry, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
const dense = (values: Float64Array, rows: number, columns: number) => Matrix.from1DArray(rows, columns, values);
const flat = (matrix: Matrix) => Float64Array.from(matrix.to1DArray());

function expectClose(actual: Float64Array, expected: Float64Array, tolerance = 1e-11): void {
  expect(actual.length).toBe(expected.length);
  const bound = tolerance * (1 + maxAbs(expected));
  for (let i = 0; i < actual.length; i++) expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(bound);
}

/** Sizes (rows, inner, columns), matrices A and B, an output C and the factors α and β. */
const product = fc.tuple(size, size, size).chain(([rows, inner, columns]) =>
  fc.record({
    rows: fc.constant(rows),
    inner: fc.constant(inner),
    columns: fc.constant(columns),
    A: array(rows * inner),
    B: array(inner * columns),
    C: array(rows * columns),
    alpha: entry,
    beta: fc.constantFrom(0, 1, -0.5),
  }),
);

/** A square matrix away from singularity (a random one plus a multiple of the identity that may be of either sign) and a right side. */
const system = fc
  .tuple(size, fc.integer({ min: 1, max: 3 }))
  .chain(([n, columns]) => fc.record({ n: fc.constant(n), columns: fc.constant(columns), A: array(n * n), B: array(n * columns) }));

describe('products', () => {
  it('match ml-matrix in every variant, with α and β', () => {
    fc.assert(
      fc.property(product, ({ rows, inner, columns, A, B, C, alpha, beta }) => {
        const expected = flat(
          dense(A, rows, inner)
            .mmul(dense(B, inner, columns))
            .mul(alpha)
            .add(Matrix.mul(dense(C, rows, columns), beta)),
        );
        const plain = beta === 0 ? new Float64Array(C.length).fill(Number.NaN) : C.slice();
        multiply(A, B, plain, rows, inner, columns, alpha, beta);
        expectClose(plain, expected);
        const left = C.slice();
        multiplyTransposedLeft(flat(dense(A, rows, inner).transpose()), B, left, rows, inner, columns, alpha, beta);
        expectClose(left, expected);
        const right = C.slice();
        multiplyTransposedRight(A, flat(dense(B, inner, columns).transpose()), right, rows, inner, columns, alpha, beta);
        expectClose(right, expected);
      }),
    );
  });

  it('of matrix and vector match those of matrices', () => {
    fc.assert(
      fc.property(product, ({ rows, inner, A, B, C, alpha, beta }) => {
        const x = Float64Array.from({ length: inner }, (_, i) => B[i % B.length]!);
        const y = Float64Array.from({ length: rows }, (_, i) => C[i % C.length]!);
        const expected = y.slice();
        multiply(A, x, expected, rows, inner, 1, alpha, beta);
        const actual = y.slice();
        multiplyVector(A, x, actual, rows, inner, alpha, beta);
        expectClose(actual, expected);
        const transposed = new Float64Array(A.length);
        transpose(A, transposed, rows, inner);
        const actualTransposed = y.slice();
        multiplyVectorTransposed(transposed, x, actualTransposed, inner, rows, alpha, beta);
        expectClose(actualTransposed, expected);
        const Ax = new Float64Array(rows);
        multiplyVector(A, x, Ax, rows, inner);
        expect(bilinearForm(y, A, x, rows, inner)).toBeCloseTo(dot(y, Ax), 9);
      }),
    );
  });

  it('that are symmetric are so to the last bit', () => {
    fc.assert(
      fc.property(product, ({ rows: n, inner, A, alpha, beta }) => {
        const start = new Float64Array(n * n);
        symmetricRankUpdate(A, start, n, inner, 0.3);
        const expected = start.slice();
        multiplyTransposedRight(A, A, expected, n, inner, n, alpha, beta);
        const actual = beta === 0 ? new Float64Array(n * n).fill(Number.NaN) : start.slice();
        symmetricRankUpdate(A, actual, n, inner, alpha, beta);
        expectClose(actual, expected);
        expect(dense(actual, n, n).isSymmetric()).toBe(true);

        const P = new Float64Array(n * n);
        symmetricRankUpdate(A, P, n, inner);
        const base = new Float64Array(inner * inner);
        setIdentity(base, inner, 0.7);
        const PA = flat(dense(P, n, n).mmul(dense(A, n, inner)));
        const expectedCongruence = base.slice();
        multiplyTransposedLeft(A, PA, expectedCongruence, inner, n, inner, alpha, beta);
        const viaProduct = beta === 0 ? base.slice().fill(Number.NaN) : base.slice();
        multiplyTransposedLeftSymmetric(A, PA, viaProduct, inner, n, alpha, beta);
        expectClose(viaProduct, expectedCongruence);
        congruence(A, P, base, new Float64Array(n * inner), inner, n, alpha, beta);
        expectClose(base, expectedCongruence);
        expect(dense(base, inner, inner).isSymmetric()).toBe(true);
      }),
    );
  });
});

describe('vectors and norms', () => {
  it('do what they say on a worked example', () => {
    const x = Float64Array.of(3, -4);
    const y = Float64Array.of(1, 2);
    expect(dot(x, y)).toBe(-5);
    expect(dot(x, y, 1)).toBe(3);
    addScaled(2, x, y);
    expect([...y]).toEqual([7, -6]);
    scale(0.5, y, 1);
    expect([...y]).toEqual([3.5, -6]);
    copy(x, y, 1);
    expect([...y]).toEqual([3, -6]);
    expect(norm2(x)).toBe(5);
    expect(norm2(Float64Array.of(3e200, 4e200))).toBeCloseTo(5e200, -190);
    expect(norm2(Float64Array.of(3e-200, 4e-200)) / 5e-200).toBeCloseTo(1, 14);
    expect(maxAbs(x)).toBe(4);
    const A = Float64Array.of(1, -2, 3, 4);
    expect(matrixNorm1(A, 2, 2)).toBe(6);
    expect(matrixNormInfinity(A, 2, 2)).toBe(7);
    addDiagonal(A, 2, 1);
    expect([...A]).toEqual([2, -2, 3, 5]);
    symmetrize(A, 2);
    expect([...A]).toEqual([2, 0.5, 0.5, 5]);
  });

  it('carry NaN', () => {
    for (const place of [0, 1, 3]) {
      const A = Float64Array.of(1, 2, 3, 4);
      A[place] = Number.NaN;
      expect([maxAbs(A), norm2(A), matrixNorm1(A, 2, 2), matrixNormInfinity(A, 2, 2)]).toEqual([NaN, NaN, NaN, NaN]);
      expect(isFiniteArray(A)).toBe(false);
    }
    expect(isFiniteArray(Float64Array.of(1, Infinity), 1)).toBe(true);
  });
});

describe('triangular solves', () => {
  it('invert the products, reading one triangle only', () => {
    fc.assert(
      fc.property(system, fc.boolean(), ({ n, columns, A: start, B }, unit) => {
        const A = start.slice();
        const [lower, upper] = [A.slice(), A.slice()];
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (j > i) lower[i * n + j] = 0;
            if (j < i) upper[i * n + j] = 0;
          }
          A[i * n + i] = 3 + Math.abs(A[i * n + i]!);
          lower[i * n + i] = unit ? 1 : A[i * n + i]!;
          upper[i * n + i] = unit ? 1 : A[i * n + i]!;
        }
        const cases = [
          [solveLower, dense(lower, n, n)],
          [solveLowerTransposed, dense(lower, n, n).transpose()],
          [solveUpper, dense(upper, n, n)],
          [solveUpperTransposed, dense(upper, n, n).transpose()],
        ] as const;
        for (const [solveTriangular, T] of cases) {
          const X = B.slice();
          solveTriangular(A, X, n, columns, unit);
          expectClose(flat(T.mmul(dense(X, n, columns))), B, 1e-9 * (1 + maxAbs(X)));
        }
      }),
    );
  });
});

describe('Cholesky and LDLᵀ', () => {
  it('factor definite matrices as ml-matrix does, in place too, and solve', () => {
    fc.assert(
      fc.property(system, ({ n, columns, A, B }) => {
        const M = new Float64Array(n * n);
        setIdentity(M, n, 0.5);
        symmetricRankUpdate(A, M, n, n, 1, 1);
        const L = new Float64Array(n * n);
        expect(factorCholesky(M, L, n)).toBe(true);
        expectClose(L, flat(new CholeskyDecomposition(dense(M, n, n)).lowerTriangularMatrix));
        expect(logDeterminantCholesky(L, n)).toBeCloseTo(Math.log(determinant(dense(M, n, n))), 8);
        const inPlace = M.slice();
        factorCholesky(inPlace, inPlace, n);
        expect(inPlace).toEqual(L);
        const X = B.slice();
        solveCholesky(L, X, n, columns);
        expectClose(flat(dense(M, n, n).mmul(dense(X, n, columns))), B, 1e-10);

        const D = new Float64Array(n);
        const factor = M.slice();
        expect(factorLdlt(factor, factor, D, n)).toBe(0);
        const Y = B.slice();
        solveLdlt(factor, D, Y, n, columns);
        expectClose(Y, X, 1e-10);
      }),
    );
  });

  it('refuse what is not definite, NaN and infinities', () => {
    const L = new Float64Array(4);
    expect(factorCholesky(Float64Array.of(1, 2, 2, 1), L, 2)).toBe(false);
    expect(factorCholesky(Float64Array.of(1, 1, 1, 1), L, 2)).toBe(false);
    expect(factorCholesky(Float64Array.of(1, 0, 0, 0.1), L, 2, 0.2)).toBe(false);
    expect(factorCholesky(Float64Array.of(1, NaN, NaN, 1), L, 2)).toBe(false);
    expect(factorCholesky(Float64Array.of(Infinity, 0, 0, 1), L, 2)).toBe(false);
    const D = new Float64Array(2);
    expect(factorLdlt(Float64Array.of(0, 1, 1, 0), L, D, 2)).toBe(-1);
    expect(factorLdlt(Float64Array.of(1, NaN, NaN, 1), L, D, 2)).toBe(-1);
  });

  it('count the negative pivots of a quasi-definite matrix', () => {
    fc.assert(
      fc.property(product, ({ rows: n, inner: m, A: G }) => {
        const total = n + m;
        const K = new Float64Array(total * total);
        for (let i = 0; i < n; i++) K[i * total + i] = 1 + i;
        for (let i = 0; i < m; i++) {
          K[(n + i) * total + n + i] = -0.5;
          for (let j = 0; j < n; j++) K[(n + i) * total + j] = K[j * total + n + i] = G[j * m + i]!;
        }
        const L = new Float64Array(total * total);
        const D = new Float64Array(total);
        expect(factorLdlt(K, L, D, total)).toBe(m);
        const rebuilt = dense(L, total, total)
          .mmul(Matrix.diag([...D]))
          .mmul(dense(L, total, total).transpose());
        expectClose(flat(rebuilt), K);
      }),
    );
  });
});

describe('LU', () => {
  it('solves with A and Aᵀ, and bounds the condition from above, within a factor of 10', () => {
    fc.assert(
      fc.property(system, ({ n, columns, A: start, B }) => {
        const A = start.slice();
        addDiagonal(A, n, 1);
        const M = dense(A, n, n);
        const LU = A.slice();
        const pivots = new Int32Array(n);
        const factored = factorLu(LU, pivots, n);
        fc.pre(factored);
        const estimate = reciprocalCondition(LU, pivots, n, matrixNorm1(A, n, n), new Float64Array(n), new Float64Array(n));
        fc.pre(estimate > 1e-8);
        const exact = 1 / (matrixNorm1(A, n, n) * matrixNorm1(flat(inverse(M)), n, n));
        expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-6));
        expect(estimate).toBeLessThanOrEqual(10 * exact);
        const X = B.slice();
        solveLu(LU, pivots, X, n, columns);
        expectClose(X, flat(solve(M, dense(B, n, columns))), 1e-13 / estimate);
        const Y = B.slice();
        solveLuTransposed(LU, pivots, Y, n, columns);
        expectClose(Y, flat(solve(M.transpose(), dense(B, n, columns))), 1e-13 / estimate);
      }),
    );
  });

  it('pivots, and tells a singular matrix', () => {
    const pivots = new Int32Array(2);
    const exchange = Float64Array.of(0, 1, 1, 0);
    expect(factorLu(exchange, pivots, 2)).toBe(true);
    const x = Float64Array.of(2, 3);
    solveLu(exchange, pivots, x, 2, 1);
    expect([...x]).toEqual([3, 2]);
    expect(factorLu(Float64Array.of(1, 2, 2, 4), pivots, 2)).toBe(false);
    expect(factorLu(Float64Array.of(NaN, 2, 2, 4), pivots, 2)).toBe(false);
    const hilbert = Float64Array.from({ length: 64 }, (_, k) => 1 / (1 + (k >> 3) + (k & 7)));
    const norm = matrixNorm1(hilbert, 8, 8);
    const many = new Int32Array(8);
    expect(factorLu(hilbert, many, 8)).toBe(true);
    const rcond = reciprocalCondition(hilbert, many, 8, norm, new Float64Array(8), new Float64Array(8));
    expect(1 / rcond / 3.387e10).toBeCloseTo(1, 3); // ‖H₈‖₁ ‖H₈⁻¹‖₁, tabulated (Higham 2002, table 28.1)
  });
});

describe('QR', () => {
  it('is orthogonal, rebuilds A and solves least squares as the normal equations do', () => {
    const tall = fc.tuple(size, fc.integer({ min: 0, max: 4 })).chain(([columns, more]) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.constant(columns + more),
        A: array(columns * (columns + more)),
        b: array(columns + more),
      }),
    );
    fc.assert(
      fc.property(tall, ({ columns, rows, A, b }) => {
        const QR = A.slice();
        const tau = new Float64Array(columns);
        factorQr(QR, tau, rows, columns);
        const R = new Float64Array(rows * columns);
        for (let i = 0; i < columns; i++) for (let j = i; j < columns; j++) R[i * columns + j] = QR[i * columns + j]!;
        const rebuilt = R.slice();
        applyQ(QR, tau, rebuilt, rows, columns, columns);
        expectClose(rebuilt, A);
        const turned = A.slice();
        applyQTransposed(QR, tau, turned, rows, columns, columns);
        expectClose(turned, R);
        const x = b.slice();
        applyQTransposed(QR, tau, x, rows, columns, 1);
        expect(norm2(x)).toBeCloseTo(norm2(b), 9);
        const y = b.slice();
        if (!solveLeastSquares(QR, tau, y, rows, columns, 1, 1e-6)) return;
        const residual = b.slice();
        multiplyVector(A, y, residual, rows, columns, -1, 1);
        const gradient = new Float64Array(columns);
        multiplyVectorTransposed(A, residual, gradient, rows, columns);
        expect(maxAbs(gradient)).toBeLessThan(1e-8 * (1 + maxAbs(y)));
        expect(norm2(residual)).toBeCloseTo(norm2(y.subarray(columns)), 7);
      }),
    );
  });

  it('tells missing rank', () => {
    const QR = Float64Array.of(1, 2, 2, 4, 3, 6);
    const tau = new Float64Array(2);
    factorQr(QR, tau, 3, 2);
    expect(solveLeastSquares(QR, tau, new Float64Array(3), 3, 2, 1)).toBe(false);
  });
});

describe('symmetric eigenvalues', () => {
  it('match ml-matrix, with orthonormal vectors', () => {
    fc.assert(
      fc.property(system, ({ n, A: start }) => {
        const A = start.slice();
        symmetrize(A, n);
        const D = A.slice();
        const V = new Float64Array(n * n);
        expect(factorSymmetricEigen(D, V, n)).toBe(true);
        const eigenvalues = Float64Array.from({ length: n }, (_, i) => D[i * n + i]!).sort();
        expectClose(eigenvalues, Float64Array.from(new EigenvalueDecomposition(dense(A, n, n)).realEigenvalues).sort());
        const VM = dense(V, n, n);
        expectClose(flat(VM.transpose().mmul(VM)), flat(Matrix.eye(n)));
        expectClose(flat(VM.mmul(dense(D, n, n)).mmul(VM.transpose())), A);
      }),
    );
  });

  it('gives small eigenvalues of a graded definite matrix to their own digits', () => {
    const [d0, d1] = [1, 1e-10];
    const A = Float64Array.of(d0 * d0, 0.5 * d0 * d1, 0.5 * d0 * d1, d1 * d1);
    const V = new Float64Array(4);
    factorSymmetricEigen(A, V, 2);
    expect(Math.min(A[0]!, A[3]!) / 0.75e-20).toBeCloseTo(1, 12);
  });

  it('refuses NaN', () => {
    expect(factorSymmetricEigen(Float64Array.of(1, NaN, NaN, 1), new Float64Array(4), 2)).toBe(false);
  });
});
