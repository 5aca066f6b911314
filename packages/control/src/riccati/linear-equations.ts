/**
 * Linear matrix equations: Lyapunov AᵀXE + EᵀXA + Q = 0, Stein AᵀXA − EᵀXE + Q = 0 and Sylvester AX + XB + C = 0. Lyapunov and
 * Stein are solved for any A with a unique solution, not only a stable one; a Lyapunov function of a stable system is
 * definite where Q is.
 */
import { OptionError } from '@mbrl/core';
import { factorLu, solveLuTransposed } from '../linalg/lu.js';
import { type MatrixInput, readMatrix, readSymmetric, squareSize } from '../linalg/matrix-input.js';
import { multiply, multiplyTransposedLeft } from '../linalg/multiply.js';
import { norm2 } from '../linalg/norms.js';
import { symmetrize } from '../linalg/symmetric-product.js';
import { transpose } from '../linalg/vector.js';
import { divideByE } from './riccati-problem.js';
import { solveSchurEquation } from './schur-equations.js';

/**
 * The outcome of a linear matrix equation. 'singular': two eigenvalues cancel (λ + μ = 0, or λμ = 1), so that there is no unique
 * solution; 'inaccurate': the residual is above 1e-8.
 */
export interface LinearEquationSolution {
  readonly status: 'solved' | 'singular' | 'inaccurate';
  /** The solution, flat and row-major; meaningless where 'singular'. */
  readonly X: Float64Array;
  /** Frobenius norm of the residual relative to the sum of the norms of the equation's terms. */
  readonly residual: number;
  /** Least divisor (|λ + μ| or |λμ − 1|) relative to the greatest: how far from singular. */
  readonly separation: number;
}

/** Coefficients of a Lyapunov or Stein equation. */
export interface LyapunovProblem {
  /** `[n, n]`. */
  readonly A: MatrixInput;
  /** `[n, n]`, symmetric. */
  readonly Q: MatrixInput;
  /** `[n, n]`, nonsingular; the identity where absent. */
  readonly E?: MatrixInput;
}

/** Solves AᵀXE + EᵀXA + Q = 0. @throws ShapeError, NumericalError, OptionError on bad input */
export function solveLyapunov(problem: LyapunovProblem): LinearEquationSolution {
  return solveSymmetric('solveLyapunov', problem, false);
}

/** Solves AᵀXA − EᵀXE + Q = 0. @throws ShapeError, NumericalError, OptionError on bad input */
export function solveStein(problem: LyapunovProblem): LinearEquationSolution {
  return solveSymmetric('solveStein', problem, true);
}

/**
 * Solves AX + XB + C = 0 for X `[n, m]`.
 * @param A `[n, n]`
 * @param B `[m, m]`
 * @param C `[n, m]`
 * @throws ShapeError, NumericalError on bad input
 */
export function solveSylvester(A: MatrixInput, B: MatrixInput, C: MatrixInput): LinearEquationSolution {
  const caller = 'solveSylvester';
  const [n, m] = [squareSize(caller, 'A', A), squareSize(caller, 'B', B)];
  const [a, b, c] = [readMatrix(caller, 'A', A, n, n), readMatrix(caller, 'B', B, m, m), readMatrix(caller, 'C', C, n, m)];
  const solution = solveSchurEquation(a, b, c, n, m, false);
  const X = solution?.X ?? new Float64Array(n * m);
  const [left, right, total] = [new Float64Array(n * m), new Float64Array(n * m), c.slice()];
  multiply(a, X, left, n, n, m);
  multiply(X, b, right, n, m, m);
  for (let i = 0; i < total.length; i++) total[i]! += left[i]! + right[i]!;
  return judge(X, norm2(total), norm2(left) + norm2(right) + norm2(c), solution?.separation ?? 0);
}

function solveSymmetric(caller: string, problem: LyapunovProblem, discrete: boolean): LinearEquationSolution {
  const n = squareSize(caller, 'A', problem.A);
  const A = readMatrix(caller, 'A', problem.A, n, n);
  const Q = readSymmetric(caller, 'Q', problem.Q, n);
  const E = problem.E === undefined ? null : readMatrix(caller, 'E', problem.E, n, n);
  const [factors, pivots, work] = [E?.slice() ?? null, new Int32Array(n), new Float64Array(n * n)];
  if (factors !== null && !factorLu(factors, pivots, n)) throw new OptionError(`${caller}: E must be nonsingular`);
  const [reducedA, reducedQ, reducedAt] = [A.slice(), Q.slice(), new Float64Array(n * n)];
  if (factors !== null) {
    divideByE(factors, pivots, reducedA, n, n, work);
    divideByE(factors, pivots, reducedQ, n, n, work);
    solveLuTransposed(factors, pivots, reducedQ, n, n);
    symmetrize(reducedQ, n);
  }
  transpose(reducedA, reducedAt, n, n);
  const solution = solveSchurEquation(reducedAt, reducedA, reducedQ, n, n, discrete);
  const X = solution?.X ?? new Float64Array(n * n);
  symmetrize(X, n);
  // The residual of the equation as given.
  const total = Q.slice();
  const term = new Float64Array(n * n);
  let size = norm2(Q);
  const addTerm = (left: Float64Array | null, right: Float64Array | null, sign: number): void => {
    if (right === null) work.set(X);
    else multiply(X, right, work, n, n, n);
    if (left === null) term.set(work);
    else multiplyTransposedLeft(left, work, term, n, n, n);
    size += norm2(term);
    for (let i = 0; i < n * n; i++) total[i]! += sign * term[i]!;
  };
  addTerm(A, discrete ? A : E, 1);
  addTerm(E, discrete ? E : A, discrete ? -1 : 1);
  return judge(X, norm2(total), size, solution?.separation ?? 0);
}

function judge(X: Float64Array, residual: number, size: number, separation: number): LinearEquationSolution {
  const relative = size === 0 ? 0 : residual / size;
  const status = !(separation > 1e-15) || Number.isNaN(relative) ? 'singular' : relative <= 1e-8 ? 'solved' : 'inaccurate';
  return { status, X, residual: relative, separation };
}
