import { readFileSync } from 'node:fs';
import { NumericalError, OptionError, ShapeError } from '@mbrl/core';
import {
  findUndetectableModes,
  findUnstabilizableModes,
  type MatrixInput,
  type RiccatiProblem,
  type RiccatiSolution,
  solveCare,
  solveDare,
  solveLqr,
} from '@mbrl/control';
import fc from 'fast-check';
import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

type Sparse = number[][] | { shape: [number, number]; entries: [number, number, number][] };
interface Case {
  readonly name: string;
  readonly kind: 'care' | 'dare';
  readonly scipy: number | null;
  readonly A: Sparse;
  readonly B: Sparse;
  readonly Q: Sparse;
  readonly R: Sparse;
  readonly S?: Sparse;
  readonly E?: Sparse;
}

const { cases } = JSON.parse(readFileSync(new URL('data/riccati.json', import.meta.url), 'utf8')) as { cases: Case[] };

function matrixOf(value: Sparse): MatrixInput {
  if (Array.isArray(value)) return value;
  const [rows, columns] = value.shape;
  const out = new Float64Array(rows * columns);
  for (const [i, j, entry] of value.entries) out[i * columns + j] = entry;
  return out;
}

function problemOf({ A, B, Q, R, S, E }: Case): RiccatiProblem {
  return {
    A: matrixOf(A),
    B: matrixOf(B),
    Q: matrixOf(Q),
    R: matrixOf(R),
    ...(S === undefined ? {} : { S: matrixOf(S) }),
    ...(E === undefined ? {} : { E: matrixOf(E) }),
  };
}

type Rows = number[][];
interface Dense {
  readonly A: Rows;
  readonly B: Rows;
  readonly Q: Rows;
  readonly R: Rows;
  readonly S: Rows;
  readonly E: Rows;
}

/** Judges a solution by ml-matrix alone: relative residual in plain arithmetic, and stability of the closed loop. */
function judge({ A, B, Q, R, S, E }: Dense, { X, K }: RiccatiSolution, discrete: boolean): { residual: number; stable: boolean } {
  const [a, b, q, r, s, e] = [A, B, Q, R, S, E].map((rows) => new Matrix(rows)) as [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix];
  const x = Matrix.from1DArray(A.length, A.length, X);
  const k = Matrix.from1DArray(R.length, A.length, K);
  const L = discrete ? b.transpose().mmul(x).mmul(a).add(s.transpose()) : b.transpose().mmul(x).mmul(e).add(s.transpose());
  const W = discrete ? Matrix.add(r, b.transpose().mmul(x).mmul(b)) : r;
  expect(Matrix.sub(W.mmul(k), L).norm()).toBeLessThanOrEqual(1e-12 * (W.norm() * k.norm() + L.norm()));
  const terms = discrete
    ? [a.transpose().mmul(x).mmul(a), e.transpose().mmul(x).mmul(e).neg(), L.transpose().mmul(k).neg(), q]
    : [a.transpose().mmul(x).mmul(e), e.transpose().mmul(x).mmul(a), L.transpose().mmul(k).neg(), q];
  const total = terms.reduce((sum, term) => Matrix.add(sum, term), Matrix.zeros(A.length, A.length));
  const size = terms.reduce((sum, term) => sum + term.norm(), 0);
  const closed = new EigenvalueDecomposition(inverse(e).mmul(Matrix.sub(a, b.mmul(k))));
  const stable = closed.realEigenvalues.every((re, i) =>
    discrete ? Math.hypot(re, closed.imaginaryEigenvalues[i]!) < 1 + 1e-7 : re < 1e-7,
  );
  return { residual: size === 0 ? 0 : total.norm() / size, stable };
}

describe('DAREX and CAREX', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))('%s: residual at or below SciPy’s', (_, entry) => {
    const solution = (entry.kind === 'dare' ? solveDare : solveCare)(problemOf(entry));
    if (entry.scipy === null) {
      // SciPy refuses these for the conditioning of E; we must solve them or say that we did not.
      expect(solution.status === 'converged' ? solution.residual : 0).toBeLessThan(1e-10);
      return;
    }
    if (entry.name === 'DAREX 4 with S') {
      // The exact solution, rounded: SciPy's last bits differ, and its residual of 4.99e-17 happens to be less than the 5.12e-17 of this one.
      expect(solution.status).toBe('saddle');
      expect([...solution.X]).toEqual([-1.4021341244239196, 13.056866399158116, 13.056866399158116, -125.63649279529076]);
      expect(solution.residual).toBeLessThan(2 ** -53);
      return;
    }
    expect(solution.status).toBe('converged');
    expect(solution.residual).toBeLessThanOrEqual(entry.scipy);
  });

  it('solves also where R + BᵀXB is indefinite, and says that the cost has no minimum', () => {
    // X = ¼X − ¼X²/(1 + X) − 9 has the roots of X² + 9.75X + 9; A − BK = ½ / (1 + X) is stable at the lesser one.
    const { status, X, K, residual } = solveDare({ A: [[0.5]], B: [[1]], Q: [[-9]], R: [[1]] });
    const x = -(9.75 + Math.sqrt(9.75 ** 2 - 36)) / 2;
    expect(status).toBe('saddle');
    expect(X[0]).toBeCloseTo(x, 13);
    expect(K[0]).toBeCloseTo((0.5 * x) / (1 + x), 13);
    expect(residual).toBeLessThan(1e-15);
    const regulator = solveLqr({ A: [[0.5]], B: [[1]], Q: [[-9]], R: [[1]] });
    expect([regulator.status, regulator.averageCost]).toEqual(['saddle', Number.NaN]);
  });

  it('a singular R with a cross term: as the limit of R + εI', () => {
    const problem = {
      A: [
        [0.9, 0.5, 0],
        [0, 1.1, 0.3],
        [0.2, 0, 0.7],
      ],
      B: [
        [1, 0.2],
        [0, 1],
        [0.5, -0.4],
      ],
      Q: [
        [2, 0.3, 0],
        [0.3, 1, 0.1],
        [0, 0.1, 3],
      ],
      S: [
        [0.1, 0.2],
        [0.05, 0.1],
        [-0.1, -0.2],
      ],
    };
    const singular = solveDare({
      ...problem,
      R: [
        [1, 2],
        [2, 4],
      ],
    });
    expect(singular.status).toBe('converged');
    expect(singular.residual).toBeLessThan(1e-15);
    const errors = [1e-4, 1e-6].map((eps) => {
      const near = solveDare({
        ...problem,
        R: [
          [1 + eps, 2],
          [2, 4 + eps],
        ],
      });
      return Math.max(...near.X.map((value, i) => Math.abs(value - singular.X[i]!)));
    });
    expect(errors[0]).toBeLessThan(1e-3);
    expect(errors[1]! / errors[0]!).toBeCloseTo(1e-2, 3);
  });
});

describe('closed forms', () => {
  it('double integrator: K = [1, √3], X = [[√3, 1], [1, √3]]', () => {
    const { X, K } = solveCare({
      A: [
        [0, 1],
        [0, 0],
      ],
      B: [[0], [1]],
      Q: [
        [1, 0],
        [0, 1],
      ],
      R: [[1]],
    });
    const root = Math.sqrt(3);
    [root, 1, 1, root].forEach((value, i) => expect(X[i]).toBeCloseTo(value, 15));
    [1, root].forEach((value, i) => expect(K[i]).toBeCloseTo(value, 15));
  });

  it('a shift register of 100 cells: X = diag(1 … 100) exactly', () => {
    const n = 100;
    const A = new Float64Array(n * n);
    for (let i = 0; i + 1 < n; i++) A[i * n + i + 1] = 1;
    const B = new Float64Array(n);
    B[n - 1] = 1;
    const Q = new Float64Array(n * n);
    for (let i = 0; i < n; i++) Q[i * (n + 1)] = 1;
    const { status, X } = solveDare({ A, B, Q, R: [[1]] });
    expect(status).toBe('converged');
    X.forEach((value, index) => expect(value).toBe(index % (n + 1) === 0 ? index / (n + 1) + 1 : 0));
  });

  it('DAREX 1 and 3, and CAREX 10 (Benner, Laub & Mehrmann)', () => {
    const golden = (1 + Math.sqrt(5)) / 2;
    const first = solveDare({
      A: [
        [4, 3],
        [-4.5, -3.5],
      ],
      B: [[1], [-1]],
      Q: [
        [9, 6],
        [6, 4],
      ],
      R: [[1]],
    });
    [9, 6, 6, 4].forEach((value, i) => expect(first.X[i]! / (golden * value)).toBeCloseTo(1, 14));
    const third = solveDare({
      A: [
        [2, -1],
        [1, 0],
      ],
      B: [[1], [0]],
      Q: [
        [0, 0],
        [0, 1],
      ],
      R: [[0]],
    });
    expect([...third.X]).toEqual([1, 0, 0, 1]);
    for (const eps of [1, 1e-3, 1e-7]) {
      const h = 1 + eps;
      const x11 = 0.5 * (2 * h + Math.sqrt(2 * h * h + 2) * 1 + Math.SQRT2 * eps);
      const { X, status } = solveCare({
        A: [
          [h, 1],
          [1, h],
        ],
        B: [
          [1, 0],
          [0, 1],
        ],
        Q: [
          [eps * eps, 0],
          [0, eps * eps],
        ],
        R: [
          [1, 0],
          [0, 1],
        ],
      });
      expect(status).toBe('converged');
      // X commutes with A: its eigenvalues solve x² − 2λx − ε² = 0 for λ = 2 + ε and λ = ε.
      const [wide, narrow] = [2 + eps, eps].map((lambda) => lambda + Math.hypot(lambda, eps)) as [number, number];
      expect(X[0]! / (0.5 * (wide + narrow))).toBeCloseTo(1, 13);
      expect(X[1]! / (0.5 * (wide - narrow))).toBeCloseTo(1, 13);
      if (eps === 1e-7) expect(X[0]! / x11).toBeCloseTo(1, 6);
    }
  });

  it('scalars: stabilises what the cost does not see', () => {
    const discrete = solveDare({ A: [[2]], B: [[1]], Q: [[0]], R: [[1]] });
    expect([discrete.status, discrete.X[0], discrete.K[0]]).toEqual(['converged', 3, 1.5]);
    expect(discrete.closedLoopEigenvalues.real[0]).toBe(0.5);
    const continuous = solveCare({ A: [[2]], B: [[1]], Q: [[0]], R: [[1]] });
    expect([continuous.status, continuous.X[0], continuous.K[0]]).toEqual(['converged', 4, 4]);
  });

  it('cross term and descriptor: agree with the same problem in other coordinates', () => {
    const plain = solveDare({
      A: [
        [0.9, 0.4],
        [-0.2, 1.1],
      ],
      B: [[0], [1]],
      Q: [
        [2, 0],
        [0, 1],
      ],
      R: [[0.5]],
    });
    // u = v − Nx turns (A, Q, S = 0) into (A + BN... ) with S = −NᵀR: the cost of the optimum stays.
    const N = [0.3, -0.7];
    const crossed = solveDare({
      A: [
        [0.9, 0.4],
        [-0.2 - N[0]!, 1.1 - N[1]!],
      ],
      B: [[0], [1]],
      Q: [
        [2 + 0.5 * N[0]! ** 2, 0.5 * N[0]! * N[1]!],
        [0.5 * N[0]! * N[1]!, 1 + 0.5 * N[1]! ** 2],
      ],
      R: [[0.5]],
      S: [[-0.5 * N[0]!], [-0.5 * N[1]!]],
    });
    crossed.X.forEach((value, i) => expect(value).toBeCloseTo(plain.X[i]!, 13));
    crossed.K.forEach((value, i) => expect(value).toBeCloseTo(plain.K[i]! - N[i]!, 13));
    // Multiplying the dynamics by a nonsingular E changes X to E⁻ᵀXE⁻¹ and leaves K.
    const E = [
      [2, 1],
      [0, 4],
    ];
    const EA = new Matrix(E)
      .mmul(
        new Matrix([
          [0.9, 0.4],
          [-0.2, 1.1],
        ]),
      )
      .to2DArray();
    const EB = new Matrix(E).mmul(new Matrix([[0], [1]])).to2DArray();
    const described = solveDare({
      A: EA,
      B: EB,
      Q: [
        [2, 0],
        [0, 1],
      ],
      R: [[0.5]],
      E,
    });
    described.K.forEach((value, i) => expect(value).toBeCloseTo(plain.K[i]!, 13));
    const back = new Matrix(E)
      .transpose()
      .mmul(Matrix.from1DArray(2, 2, described.X))
      .mmul(new Matrix(E))
      .to1DArray();
    back.forEach((value, i) => expect(value).toBeCloseTo(plain.X[i]!, 12));
  });

  it('doubling alone, without refinement, knows E and S', () => {
    const problem = {
      A: [
        [0.9, 0.4],
        [-0.2, 1.1],
      ],
      B: [[0.3], [1]],
      Q: [
        [2, 0.3],
        [0.3, 1],
      ],
      R: [[0.5]],
      S: [[0.4], [-0.3]],
      E: [
        [2, 1],
        [0.5, 3],
      ],
    };
    for (const solve of [solveDare, solveCare]) {
      const { status, residual, newtonSteps } = solve(problem, { newtonLimit: 0 });
      expect([status, newtonSteps]).toEqual(['converged', 0]);
      expect(residual).toBeLessThan(1e-11);
    }
  });

  it('a singular R and an unstable mode that the cost does not see, at once', () => {
    const { status, X } = solveDare({
      A: [
        [2, 0],
        [0, 0.5],
      ],
      B: [
        [1, 0],
        [0, 1],
      ],
      Q: [
        [0, 0],
        [0, 1],
      ],
      R: [
        [1, 0],
        [0, 0],
      ],
    });
    expect(status).toBe('converged');
    [3, 0, 0, 1].forEach((value, i) => expect(X[i]).toBeCloseTo(value, 13));
  });

  it('condition: predicts how X answers to a perturbed Q', () => {
    const problem = {
      A: [
        [1.2, 1],
        [0, 0.7],
      ],
      B: [[0], [1e-3]],
      Q: [
        [1, 0],
        [0, 1],
      ],
      R: [[1]],
    };
    const base = solveDare(problem);
    const moved = solveDare({
      ...problem,
      A: [
        [1.2 * (1 + 1e-9), 1],
        [0, 0.7],
      ],
    });
    const change = Math.abs(moved.X[0]! - base.X[0]!) / base.X[0]!;
    expect(change).toBeLessThan(base.condition * 1e-9);
    expect(change).toBeGreaterThan(base.condition * 1e-12);
  });
});

describe('what cannot be solved', () => {
  const eye = [
    [1, 0],
    [0, 1],
  ];
  it('is told by a status', () => {
    const A = [
      [2, 0],
      [0, 0.5],
    ];
    expect(solveDare({ A, B: [[0], [1]], Q: eye, R: [[1]] }).status).toBe('unstabilizable');
    expect(solveDare({ A, B: [[1], [0]], Q: eye, R: [[1]] }).status).toBe('converged');
    expect(
      solveCare({
        A: [
          [1, 0],
          [0, -1],
        ],
        B: [[0], [1]],
        Q: eye,
        R: [[1]],
      }).status,
    ).toBe('unstabilizable');
    expect(
      solveCare({
        A: [
          [0, 1],
          [0, 0],
        ],
        B: [[1], [0]],
        Q: eye,
        R: [[1]],
      }).status,
    ).toBe('unstabilizable');
    expect(solveDare({ A: [[1]], B: [[1]], Q: [[0]], R: [[1]] }).status).toBe('undetectable');
    expect(
      solveCare({
        A: [
          [0, 1],
          [-1, 0],
        ],
        B: [[0], [1]],
        Q: [
          [0, 0],
          [0, 0],
        ],
        R: [[1]],
      }).status,
    ).toBe('undetectable');
    expect(solveCare({ A: [[-1]], B: [[1]], Q: [[-2]], R: [[1]] }).status).toBe('indefinite');
    // No real root: X² + 1.75X + 1 = 0.
    expect(solveDare({ A: [[0.5]], B: [[1]], Q: [[-1]], R: [[1]] }).status).toBe('indefinite');
  });

  it('lists the modes', () => {
    expect(
      findUnstabilizableModes(
        [
          [2, 0],
          [0, 0.5],
        ],
        [[0], [1]],
      ),
    ).toEqual([{ real: 2, imag: 0, distance: 0 }]);
    expect(
      findUnstabilizableModes(
        [
          [2, 0],
          [0, 0.5],
        ],
        [[1], [0]],
      ),
    ).toEqual([]);
    expect(
      findUnstabilizableModes(
        [
          [-1, 0],
          [0, -3],
        ],
        [[0], [0]],
        { time: 'continuous' },
      ),
    ).toEqual([]);
    expect(
      findUnstabilizableModes(
        [
          [-1, 0],
          [0, -3],
        ],
        [[0], [0]],
      ).length,
    ).toBe(2);
    expect(
      findUnstabilizableModes(
        [
          [4, 0],
          [0, 1],
        ],
        [[0], [1]],
        {
          E: [
            [2, 0],
            [0, 4],
          ],
        },
      )[0]?.real,
    ).toBe(2);
    expect(findUnstabilizableModes([[2]], [[1e-6]], { tolerance: 1e-3 }).length).toBe(1);
    expect(findUnstabilizableModes([[0.95]], [[0]], { margin: 0.1 }).length).toBe(1);
    const rotation = [
      [0, 2],
      [-2, 0],
    ];
    expect(findUndetectableModes(rotation, [[0, 0]]).map(({ imag }) => Math.abs(imag).toFixed(12))).toEqual([
      '2.000000000000',
      '2.000000000000',
    ]);
    expect(findUndetectableModes(rotation, [[1, 0]])).toEqual([]);
    expect(
      findUndetectableModes(
        [
          [2, 0],
          [0, 3],
        ],
        [[1, 0]],
        {
          E: [
            [1, 0],
            [1, 1],
          ],
        },
      )[0]?.real,
    ).toBeCloseTo(3, 12);
  });

  it('bad input is refused by name', () => {
    const good: RiccatiProblem = {
      A: [
        [0, 1],
        [0, 0],
      ],
      B: [[0], [1]],
      Q: eye,
      R: [[1]],
    };
    const refuses = (change: Partial<RiccatiProblem>, error: new (message: string) => Error, message: string): void => {
      expect(() => solveDare({ ...good, ...change })).toThrow(error);
      expect(() => solveCare({ ...good, ...change })).toThrow(message);
    };
    refuses(
      {
        A: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      ShapeError,
      'A must be a matrix [2, 2], got [2, 3]',
    );
    refuses({ A: [1, 2, 3] }, ShapeError, 'A must be a square matrix, got 3 numbers');
    refuses({ B: [[1], [2], [3]] }, ShapeError, 'B must be a matrix [2, 1], got [3, 1]');
    refuses({ Q: [[1]] }, ShapeError, 'Q must be a matrix [2, 2]');
    refuses(
      {
        Q: [
          [1, 0.5],
          [0, 1],
        ],
      },
      ShapeError,
      'Q must be symmetric',
    );
    refuses({ R: [[-1]] }, OptionError, 'R must be symmetric positive');
    refuses({ S: [[1, 1]] }, ShapeError, 'S must be a matrix [2, 1]');
    refuses(
      {
        E: [
          [1, 1],
          [1, 1],
        ],
      },
      OptionError,
      'E must be nonsingular',
    );
    refuses(
      {
        A: [
          [0, NaN],
          [0, 0],
        ],
      },
      NumericalError,
      'A must be finite, got NaN at row 0, column 1',
    );
    expect(() => solveCare({ ...good, R: [[0]] })).toThrow('solveCare: R must be symmetric positive definite');
    expect(() =>
      solveDare({
        ...good,
        B: [
          [0, 1],
          [1, 0],
        ],
        R: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toThrow(OptionError);
    expect(() => solveDare(good, { tolerance: 0 })).toThrow('solveDare: tolerance');
    expect(() => solveDare(good, { doublingLimit: 0 })).toThrow('solveDare: doublingLimit');
    expect(() => solveDare(good, { newtonLimit: -1 })).toThrow('solveDare: newtonLimit');
  });

  it('options change the outcome', () => {
    const problem: RiccatiProblem = {
      A: [
        [3, 1],
        [4, 2],
      ],
      B: [[1], [1]],
      Q: [
        [-11, -5],
        [-5, -2],
      ],
      R: [[1]],
    };
    const plain = solveCare(problem, { newtonLimit: 0 });
    expect(plain.newtonSteps).toBe(0);
    expect(solveCare(problem).residual).toBeLessThan(plain.residual);
    expect(
      solveCare(
        {
          ...problem,
          Q: [
            [11, 5],
            [5, 4],
          ],
        },
        { doublingLimit: 2, newtonLimit: 0 },
      ).status,
    ).not.toBe('converged');
    expect(
      solveCare(
        {
          ...problem,
          Q: [
            [11, 5],
            [5, 4],
          ],
        },
        { newtonLimit: 0, tolerance: 1e-30 },
      ).status,
    ).toBe('inaccurate');
  });
});

describe('random problems', () => {
  const entry = fc.integer({ min: -64, max: 64 }).map((value) => value / 32);
  const rows = (n: number, m: number): fc.Arbitrary<Rows> =>
    fc.array(fc.array(entry, { minLength: m, maxLength: m }), { minLength: n, maxLength: n });
  const problem: fc.Arbitrary<Dense> = fc
    .record({ n: fc.integer({ min: 1, max: 5 }), m: fc.integer({ min: 1, max: 3 }), rank: fc.integer({ min: 0, max: 8 }) })
    .chain(({ n, m, rank }) =>
      fc.record({
        A: rows(n, n),
        B: rows(n, m),
        root: rows(rank, n + m),
        E: rows(n, n),
        withE: fc.boolean(),
        withS: fc.boolean(),
        ridge: fc.constantFrom(0, 1e-4, 1),
        dead: fc.boolean(),
      }),
    )
    .map(({ A, B, root, E, withE, withS, ridge, dead }) => {
      const [n, m] = [A.length, B[0]!.length];
      const cost = root.length === 0 ? Matrix.zeros(n + m, n + m) : new Matrix(root).transpose().mmul(new Matrix(root));
      const at = (i0: number, i1: number, j0: number, j1: number): Rows => cost.subMatrix(i0, i1 - 1, j0, j1 - 1).to2DArray();
      const R = at(n, n + m, n, n + m);
      R.forEach((row, i) => (row[i]! += ridge));
      // Now and then the first state is cut off from the input.
      if (dead) {
        B[0]!.fill(0);
        A[0]!.fill(0, 1);
      }
      return {
        A,
        B,
        Q: at(0, n, 0, n),
        R,
        S: withS ? at(0, n, n, n + m) : Matrix.zeros(n, m).to2DArray(),
        E: withE ? Matrix.add(new Matrix(E), Matrix.eye(n, n).mul(5)).to2DArray() : Matrix.eye(n, n).to2DArray(),
      };
    });
  const counts: Record<string, number> = {};

  it.each([
    ['discrete', true],
    ['continuous', false],
  ] as const)('%s: converged means a small residual and a stable loop, told by others', (time, discrete) => {
    fc.assert(
      fc.property(problem, (dense) => {
        const smallest = Math.min(...new EigenvalueDecomposition(new Matrix(dense.R)).realEigenvalues);
        fc.pre(discrete || smallest > 1e-6);
        const solution = (discrete ? solveDare : solveCare)(dense);
        counts[solution.status] = (counts[solution.status] ?? 0) + 1;
        const reduced = inverse(new Matrix(dense.E));
        const hidden = findUnstabilizableModes(dense.A, dense.B, { E: dense.E, time, tolerance: 1e-13, margin: -1e-3 });
        if (hidden.length > 0) expect(solution.status).not.toBe('converged');
        if (solution.status === 'unstabilizable') {
          expect(findUnstabilizableModes(dense.A, dense.B, { E: dense.E, time, tolerance: 1e-6, margin: 1e-6 }).length).toBeGreaterThan(0);
        }
        if (solution.status !== 'converged' || solution.condition > 1e9) return;
        const { residual, stable } = judge(dense, solution, discrete);
        expect(stable).toBe(true);
        expect(residual).toBeLessThan(1e-13 * (1 + solution.condition) * (1 + reduced.norm()));
      }),
      { numRuns: 1000, seed: 5 },
    );
    expect(counts['converged']).toBeGreaterThan(200);
  });

  it('agrees with value iteration, started from nothing, where the cost sees all', () => {
    fc.assert(
      fc.property(problem, (dense) => {
        const { A, B, R } = dense;
        const n = A.length;
        const Q = Matrix.eye(n, n);
        const definite = Matrix.add(new Matrix(R), Matrix.eye(R.length, R.length).mul(0.1));
        const solution = solveDare({ A, B, Q: Q.to2DArray(), R: definite.to2DArray() });
        fc.pre(solution.status === 'converged' && solution.condition < 1e6);
        const [a, b] = [new Matrix(A), new Matrix(B)];
        let P = Matrix.zeros(n, n);
        for (let k = 0; k < 3000; k++) {
          const gain = inverse(Matrix.add(definite, b.transpose().mmul(P).mmul(b))).mmul(b.transpose().mmul(P).mmul(a));
          const next = Matrix.add(
            Q,
            a
              .transpose()
              .mmul(P)
              .mmul(Matrix.sub(a, b.mmul(gain))),
          );
          const change = Matrix.sub(next, P).norm();
          P = next;
          if (change < 1e-15 * P.norm()) break;
        }
        expect(Matrix.sub(P, Matrix.from1DArray(n, n, solution.X)).norm() / P.norm()).toBeLessThan(1e-11 * solution.condition + 1e-12);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
