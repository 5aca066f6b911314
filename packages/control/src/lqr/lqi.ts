/**
 * Linear-quadratic control with integral action: the outputs Cx are to follow a reference r without a lasting error, whatever
 * constant disturbance acts. The error is summed up, z⁺ = z + (r − Cx) or ż = r − Cx, and u = −K_x x − K_z z minimises
 * Σ ½xᵀQx + ½zᵀQ_z z + ½uᵀRu at r = 0.
 */
import { checkOneOf } from '@mbrl/core';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, rowCount, squareSize } from '../linalg/matrix-input.js';
import type { RiccatiOptions, RiccatiSolution } from '../riccati/solve-riccati.js';
import { solveLqr } from './infinite-lqr.js';

/** An LQI problem. */
export interface LqiProblem {
  /** Default 'discrete'. */
  readonly time?: 'discrete' | 'continuous';
  /** `[n, n]`. */
  readonly A: MatrixInput;
  /** `[n, m]`. */
  readonly B: MatrixInput;
  /** Outputs that follow the reference, `[p, n]`; p ≤ m for a solution to exist. */
  readonly C: MatrixInput;
  /** Cost of the state, `[n, n]`, symmetric positive semidefinite. */
  readonly Q: MatrixInput;
  /** Cost of the summed error, `[p, p]`, symmetric positive definite. */
  readonly integralQ: MatrixInput;
  /** Cost of the action, `[m, m]`, symmetric positive definite. */
  readonly R: MatrixInput;
}

/**
 * The optimal gains. The status is 'unstabilizable' also where the plant has a zero at 1 (continuous: at 0), so that no constant action
 * moves the outputs, or more outputs than actions.
 */
export interface LqiSolution extends Omit<RiccatiSolution, 'X' | 'K'> {
  /** K_x, `[m, n]`. */
  readonly stateGain: Float64Array;
  /** K_z, `[m, p]`. */
  readonly integralGain: Float64Array;
  /** Cost to go of (x, z), `[n + p, n + p]`. */
  readonly P: Float64Array;
}

/** Solves an LQI problem. @throws ShapeError, NumericalError, OptionError on bad input */
export function solveLqi(problem: LqiProblem, options: RiccatiOptions = {}): LqiSolution {
  const caller = 'solveLqi';
  const time = checkOneOf(caller, 'time', problem.time ?? 'discrete', ['discrete', 'continuous']);
  const n = squareSize(caller, 'A', problem.A);
  const m = columnCount(caller, 'B', problem.B, n);
  const p = rowCount(caller, 'C', problem.C, n);
  const [a, b, c] = [
    readMatrix(caller, 'A', problem.A, n, n),
    readMatrix(caller, 'B', problem.B, n, m),
    readMatrix(caller, 'C', problem.C, p, n),
  ];
  const [q, qz] = [readSymmetric(caller, 'Q', problem.Q, n), readSymmetric(caller, 'integralQ', problem.integralQ, p)];
  const R = readSymmetric(caller, 'R', problem.R, m);
  const size = n + p;
  const [A, B, Q] = [new Float64Array(size * size), new Float64Array(size * m), new Float64Array(size * size)];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      A[i * size + j] = a[i * n + j]!;
      Q[i * size + j] = q[i * n + j]!;
    }
  }
  B.set(b);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < n; j++) A[(n + i) * size + j] = -c[i * n + j]!;
    A[(n + i) * (size + 1)] = time === 'discrete' ? 1 : 0;
    for (let j = 0; j < p; j++) Q[(n + i) * size + n + j] = qz[i * p + j]!;
  }
  const { K, k: _k, p: _p, averageCost: _averageCost, ...rest } = solveLqr({ time, A, B, Q, R }, options);
  const [stateGain, integralGain] = [new Float64Array(m * n), new Float64Array(m * p)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) stateGain[i * n + j] = K[i * size + j]!;
    for (let j = 0; j < p; j++) integralGain[i * p + j] = K[i * size + n + j]!;
  }
  return { ...rest, stateGain, integralGain };
}
