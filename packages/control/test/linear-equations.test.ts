import { OptionError } from '@mbrl/core';
import { solveLyapunov, solveStein, solveSylvester } from '@mbrl/control';
import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

const rows = (n: number, m: number): fc.Arbitrary<number[][]> =>
  fc.array(
    fc.array(
      fc.integer({ min: -64, max: 64 }).map((value) => value / 32),
      { minLength: m, maxLength: m },
    ),
    { minLength: n, maxLength: n },
  );

const sizes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }));
const problem = sizes.chain(([n, m]) => fc.record({ A: rows(n, n), B: rows(m, m), C: rows(n, m), root: rows(n, n), E: rows(n, n) }));

/** ‖total‖ relative to the sum of the norms of its terms. */
function residualOf(terms: Matrix[]): number {
  const total = terms.reduce((sum, term) => Matrix.add(sum, term));
  return total.norm() / terms.reduce((sum, term) => sum + term.norm(), 1e-300);
}

describe('Lyapunov, Stein and Sylvester', () => {
  it('satisfy their equations for any A with a unique solution', () => {
    let solved = 0;
    fc.assert(
      fc.property(problem, ({ A, B, C, root, E: skewed }) => {
        const n = A.length;
        const Q = Matrix.add(new Matrix(root), new Matrix(root).transpose());
        const [a, e] = [new Matrix(A), Matrix.add(new Matrix(skewed), Matrix.eye(n).mul(6))];
        const input = { A, Q: Q.to2DArray(), E: e.to2DArray() };
        const lyapunov = solveLyapunov(input);
        if (lyapunov.separation > 1e-6) {
          solved++;
          const x = Matrix.from1DArray(n, n, lyapunov.X);
          expect(lyapunov.status).toBe('solved');
          expect(residualOf([a.transpose().mmul(x).mmul(e), e.transpose().mmul(x).mmul(a), Q])).toBeLessThan(1e-10);
        }
        const stein = solveStein(input);
        if (stein.separation > 1e-6) {
          solved++;
          const x = Matrix.from1DArray(n, n, stein.X);
          expect(stein.status).toBe('solved');
          expect(residualOf([a.transpose().mmul(x).mmul(a), e.transpose().mmul(x).mmul(e).neg(), Q])).toBeLessThan(1e-10);
        }
        const sylvester = solveSylvester(A, B, C);
        if (sylvester.separation > 1e-6) {
          solved++;
          const x = Matrix.from1DArray(n, B.length, sylvester.X);
          expect(sylvester.status).toBe('solved');
          expect(residualOf([a.mmul(x), x.mmul(new Matrix(B)), new Matrix(C)])).toBeLessThan(1e-10);
        }
      }),
      { numRuns: 200, seed: 5 },
    );
    expect(solved).toBeGreaterThan(450);
  });

  it('have closed forms for scalars', () => {
    expect(solveLyapunov({ A: [[-2]], Q: [[8]] }).X[0]).toBe(2);
    expect(solveLyapunov({ A: [[3]], Q: [[12]], E: [[2]] }).X[0]).toBe(-1);
    expect(solveStein({ A: [[0.5]], Q: [[3]] }).X[0]).toBe(4);
    expect(solveStein({ A: [[3]], Q: [[10]], E: [[2]] }).X[0]).toBeCloseTo(-2, 14);
    expect(solveSylvester([[1]], [[2]], [[6]]).X[0]).toBe(-2);
  });

  it('tell where there is no unique solution', () => {
    expect(
      solveLyapunov({
        A: [
          [1, 0],
          [0, -1],
        ],
        Q: [
          [1, 1],
          [1, 1],
        ],
      }).status,
    ).toBe('singular');
    expect(
      solveLyapunov({
        A: [
          [0, 1],
          [-1, 0],
        ],
        Q: [
          [1, 0],
          [0, 1],
        ],
      }).status,
    ).toBe('singular');
    expect(
      solveStein({
        A: [
          [2, 0],
          [0, 0.5],
        ],
        Q: [
          [1, 1],
          [1, 1],
        ],
      }).status,
    ).toBe('singular');
    expect(solveSylvester([[1]], [[-1]], [[1]]).status).toBe('singular');
  });

  it('refuse bad input', () => {
    expect(() => solveStein({ A: [[1, 2]], Q: [[1]] })).toThrow('solveStein: A must be a matrix [1, 1], got [1, 2]');
    expect(() => solveLyapunov({ A: [[1]], Q: [[1]], E: [[0]] })).toThrow(OptionError);
    expect(() => solveSylvester([[1]], [[1]], [[1, 2]])).toThrow('C must be a matrix [1, 1]');
  });
});
