/**
 * The infinite-horizon linear-quadratic regulator in discrete (x⁺ = Ax + Bu + c) or continuous time (ẋ = Ax + Bu + c), with cross,
 * affine and tracking terms as in ./finite-lqr.ts. Where affine terms make the cost grow for ever, its average per step (per unit
 * of time) is minimised, and then the transient: u = −Kx + k with P from the Riccati equation and p from
 * p = (A − BK)ᵀ(Pc + p) + q − Kᵀr, or 0 = (A − BK)ᵀp + Pc + q − Kᵀr.
 */
import { checkOneOf } from '@mbrl/core';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { factorLu, solveLu } from '../linalg/lu.js';
import { readVector } from '../linalg/matrix-input.js';
import { bilinearForm, multiplyVector, multiplyVectorTransposed } from '../linalg/multiply-vector.js';
import { congruence } from '../linalg/symmetric-product.js';
import { addDiagonal, dot, transpose } from '../linalg/vector.js';
import { readRiccatiOptions } from '../riccati/dare.js';
import { readRiccatiProblem, type RiccatiProblem } from '../riccati/riccati-problem.js';
import { type RiccatiOptions, type RiccatiSolution, solveRiccati } from '../riccati/solve-riccati.js';

/** An infinite-horizon problem; terms that are absent are zero. */
export interface LqrProblem extends Omit<RiccatiProblem, 'E'> {
  /** Default 'discrete'. */
  readonly time?: 'discrete' | 'continuous';
  /** Drift, `[n]`. */
  readonly c?: ArrayLike<number>;
  /** Linear costs, `[n]` and `[m]`. */
  readonly q?: ArrayLike<number>;
  readonly r?: ArrayLike<number>;
  /** State to track, `[n]`. */
  readonly stateReference?: ArrayLike<number>;
  /** Action to track, `[m]`. */
  readonly actionReference?: ArrayLike<number>;
}

/** The optimal policy u = −Kx + k; meaningful where the status is 'converged' or 'inaccurate'. */
export interface LqrSolution extends Omit<RiccatiSolution, 'X'> {
  /** Feedforward action, `[m]`. */
  readonly k: Float64Array;
  /** Relative cost to go ½xᵀPx + pᵀx: `[n, n]` and `[n]`. */
  readonly P: Float64Array;
  readonly p: Float64Array;
  /** Optimal average cost per step, or per unit of time. */
  readonly averageCost: number;
}

/**
 * Solves an infinite-horizon problem. Expected failures are statuses, see RiccatiStatus.
 * @throws ShapeError, NumericalError, OptionError as solveDare and solveCare
 */
export function solveLqr(problem: LqrProblem, options: RiccatiOptions = {}): LqrSolution {
  const caller = 'solveLqr';
  const discrete = checkOneOf(caller, 'time', problem.time ?? 'discrete', ['discrete', 'continuous']) === 'discrete';
  const coefficients = readRiccatiProblem(caller, problem, !discrete);
  const { n, m, A, B, Q, R, S } = coefficients;
  const vector = (name: string, value: ArrayLike<number> | undefined, size: number): Float64Array =>
    value === undefined ? new Float64Array(size) : readVector(caller, name, value, size);
  const [c, q, r] = [vector('c', problem.c, n), vector('q', problem.q, n), vector('r', problem.r, m)];
  const [x, u] = [vector('stateReference', problem.stateReference, n), vector('actionReference', problem.actionReference, m)];
  multiplyVector(Q, x, q, n, n, -1, 1);
  multiplyVector(S, u, q, n, m, -1, 1);
  multiplyVector(R, u, r, m, m, -1, 1);
  multiplyVectorTransposed(S, x, r, n, m, -1, 1);
  const constant = 0.5 * bilinearForm(x, Q, x, n, n) + bilinearForm(x, S, u, n, m) + 0.5 * bilinearForm(u, R, u, m, m);

  const { X: P, ...riccati } = solveRiccati(coefficients, discrete, readRiccatiOptions(caller, options));
  const { K } = riccati;
  const [p, k] = [new Float64Array(n), new Float64Array(m)];
  if (riccati.status !== 'converged' && riccati.status !== 'inaccurate') {
    return { ...riccati, P, p: p.fill(Number.NaN), k: k.fill(Number.NaN), averageCost: Number.NaN };
  }
  // M p = f with M = I − (A − BK)ᵀ, f = (A − BK)ᵀPc + q − Kᵀr, or M = −(A − BK)ᵀ, f = Pc + q − Kᵀr.
  const closedLoop = A.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < m; l++) closedLoop[i * n + j]! -= B[i * m + l]! * K[l * n + j]!;
    }
  }
  const [M, pivots, Pc] = [new Float64Array(n * n), new Int32Array(n), new Float64Array(n)];
  transpose(closedLoop, M, n, n);
  for (let i = 0; i < n * n; i++) M[i] = -M[i]!;
  if (discrete) addDiagonal(M, n, 1);
  multiplyVector(P, c, Pc, n, n);
  if (discrete) multiplyVectorTransposed(closedLoop, Pc, p, n, n);
  else p.set(Pc);
  for (let i = 0; i < n; i++) p[i]! += q[i]!;
  multiplyVectorTransposed(K, r, p, m, n, -1, 1);
  factorLu(M, pivots, n);
  solveLu(M, pivots, p, n, 1);

  // k = −W⁻¹(r + Bᵀ(Pc + p)), with W = R + BᵀPB, or −R⁻¹(r + Bᵀp).
  const future = p.slice();
  if (discrete) for (let i = 0; i < n; i++) future[i]! += Pc[i]!;
  const [g, W] = [r.slice(), R.slice()];
  multiplyVectorTransposed(B, future, g, n, m, 1, 1);
  if (discrete) congruence(B, P, W, new Float64Array(n * m), m, n, 1, 1);
  k.set(g.map((value) => -value));
  factorCholesky(W, W, m);
  solveCholesky(W, k, m, 1);
  const averageCost = constant + dot(p, c) + 0.5 * dot(g, k) + (discrete ? 0.5 * dot(c, Pc) : 0);
  return { ...riccati, P, p, k, averageCost };
}
