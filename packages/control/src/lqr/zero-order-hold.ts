/**
 * Discretisation of ẋ = Ax + Bu + c with the action held over a period h, exact: x⁺ = A_d x + B_d u + c_d, of its cost
 * ∫₀ʰ ½xᵀQx + xᵀSu + ½uᵀRu dt = ½xᵀQ_d x + xᵀS_d u + ½uᵀR_d u, and of white noise of intensity W, ∫₀ʰ e^{As} W e^{Aᵀs} ds.
 * One exponential of Van Loan's block matrix (1978) over h / 2ˢ, then s doublings J(2h) = J(h) + F(h)ᵀ J(h) F(h), which do not
 * suffer from the block's growing part −Aᵀ over a long period.
 */
import { checkNumber, NumericalError } from '@mbrl/core';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, readVector, squareSize } from '../linalg/matrix-input.js';
import { createExponentialWork, exponentiate } from '../linalg/matrix-exponential.js';
import { multiply, multiplyTransposedLeft } from '../linalg/multiply.js';
import { matrixNorm1 } from '../linalg/norms.js';
import { congruence, symmetrize } from '../linalg/symmetric-product.js';
import { copy } from '../linalg/vector.js';

/** What to discretise. */
export interface ZeroOrderHoldProblem {
  /** `[n, n]`. */
  readonly A: MatrixInput;
  /** `[n, m]`. */
  readonly B: MatrixInput;
  /** Constant drift, `[n]`; zero where absent. */
  readonly c?: ArrayLike<number>;
  /** Period h, > 0. */
  readonly period: number;
  /** Cost rate of the state, `[n, n]`, symmetric; zero where absent. */
  readonly Q?: MatrixInput;
  /** Cost rate of the action, `[m, m]`, symmetric; zero where absent. */
  readonly R?: MatrixInput;
  /** Cross cost rate, `[n, m]`; zero where absent. */
  readonly S?: MatrixInput;
  /** Intensity of white noise on ẋ, `[n, n]`, symmetric; zero where absent. */
  readonly W?: MatrixInput;
}

/** The discrete equivalent, all matrices flat and row-major. */
export interface ZeroOrderHold {
  /** `[n, n]`. */
  readonly A: Float64Array;
  /** `[n, m]`. */
  readonly B: Float64Array;
  /** `[n]`. */
  readonly c: Float64Array;
  /** `[n, n]`. */
  readonly Q: Float64Array;
  /** `[m, m]`. */
  readonly R: Float64Array;
  /** `[n, m]`; not zero in general, even where the rate's S is. */
  readonly S: Float64Array;
  /** Covariance of the noise of a step, `[n, n]`. */
  readonly W: Float64Array;
}

/** Writes F = e^{Mh} and J = ∫₀ʰ e^{Mᵀs} C e^{Ms} ds, all `[n, n]`. @throws NumericalError where a result overflows */
function integrateQuadratic(M: Float64Array, C: Float64Array, n: number, period: number, F: Float64Array, J: Float64Array): void {
  const doublings = Math.max(0, Math.ceil(Math.log2(matrixNorm1(M, n, n) * period * 2)));
  const step = period / 2 ** doublings;
  const wide = 2 * n;
  // exp([−Mᵀ, C; 0, M] h) = [·, F⁻ᵀ J; 0, F]
  const block = new Float64Array(wide * wide);
  const result = new Float64Array(wide * wide);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      block[i * wide + j] = -step * M[j * n + i]!;
      block[i * wide + n + j] = step * C[i * n + j]!;
      block[(n + i) * wide + n + j] = step * M[i * n + j]!;
    }
  }
  let finite = exponentiate(block, result, createExponentialWork(wide));
  const corner = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      corner[i * n + j] = result[i * wide + n + j]!;
      F[i * n + j] = result[(n + i) * wide + n + j]!;
    }
  }
  multiplyTransposedLeft(F, corner, J, n, n, n);
  symmetrize(J, n);
  const work = new Float64Array(n * n);
  for (let k = 0; k < doublings; k++) {
    copy(J, corner, n * n);
    congruence(F, corner, J, work, n, n, 1, 1);
    multiply(F, F, work, n, n, n);
    copy(work, F, n * n);
  }
  finite &&= F.every(Number.isFinite) && J.every(Number.isFinite);
  if (!finite) throw new NumericalError(`zeroOrderHold: the exponential over a period of ${period} must be finite, got an overflow`);
}

/**
 * Discretises a linear system, its quadratic cost and its noise under a held action.
 * @throws ShapeError, NumericalError on bad matrices, OptionError on a bad period, NumericalError where e^{Ah} overflows
 */
export function zeroOrderHold(problem: ZeroOrderHoldProblem): ZeroOrderHold {
  const caller = 'zeroOrderHold';
  const n = squareSize(caller, 'A', problem.A);
  const m = columnCount(caller, 'B', problem.B, n);
  const period = checkNumber(caller, 'period', problem.period, { above: 0 });
  const a = readMatrix(caller, 'A', problem.A, n, n);
  const b = readMatrix(caller, 'B', problem.B, n, m);
  const c = problem.c === undefined ? new Float64Array(n) : readVector(caller, 'c', problem.c, n);
  const q = problem.Q === undefined ? new Float64Array(n * n) : readSymmetric(caller, 'Q', problem.Q, n);
  const r = problem.R === undefined ? new Float64Array(m * m) : readSymmetric(caller, 'R', problem.R, m);
  const s = problem.S === undefined ? new Float64Array(n * m) : readMatrix(caller, 'S', problem.S, n, m);
  const w = problem.W === undefined ? new Float64Array(n * n) : readSymmetric(caller, 'W', problem.W, n);

  // The state, the action and the constant 1 in one: the last two do not move.
  const size = n + m + 1;
  const [M, C, F, J] = [1, 2, 3, 4].map(() => new Float64Array(size * size)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      M[i * size + j] = a[i * n + j]!;
      C[i * size + j] = q[i * n + j]!;
    }
    for (let j = 0; j < m; j++) {
      M[i * size + n + j] = b[i * m + j]!;
      C[i * size + n + j] = C[(n + j) * size + i] = s[i * m + j]!;
    }
    M[i * size + n + m] = c[i]!;
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) C[(n + i) * size + n + j] = r[i * m + j]!;
  integrateQuadratic(M, C, size, period, F, J);
  const cut = (from: Float64Array, row: number, column: number, rows: number, columns: number): Float64Array =>
    Float64Array.from({ length: rows * columns }, (_, k) => from[(row + Math.floor(k / columns)) * size + column + (k % columns)]!);

  const transposed = Float64Array.from({ length: n * n }, (_, k) => a[(k % n) * n + Math.floor(k / n)]!);
  const W = new Float64Array(n * n);
  integrateQuadratic(transposed, w, n, period, new Float64Array(n * n), W);
  return {
    A: cut(F, 0, 0, n, n),
    B: cut(F, 0, n, n, m),
    c: cut(F, 0, n + m, n, 1),
    Q: cut(J, 0, 0, n, n),
    R: cut(J, n, n, m, m),
    S: cut(J, 0, n, n, m),
    W,
  };
}
