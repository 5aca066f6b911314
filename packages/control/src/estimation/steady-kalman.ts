/**
 * The steady Kalman filter: the covariance that the filter settles at, from the Riccati equation dual to that of the regulator
 * (A → Aᵀ, B → Cᵀ), and the constant gain. Discrete: x⁺ = Ax + w, y = Cx + v; continuous (Kalman–Bucy): ẋ = Ax + w with white noise
 * of intensities W and V. Cross covariance N = E[w vᵀ].
 */
import { checkOneOf } from '@mbrl/core';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { type MatrixInput, readMatrix, readSymmetric, rowCount, squareSize } from '../linalg/matrix-input.js';
import { multiply, multiplyTransposedRight } from '../linalg/multiply.js';
import { symmetrize } from '../linalg/symmetric-product.js';
import { transpose } from '../linalg/vector.js';
import { readRiccatiOptions } from '../riccati/dare.js';
import { readRiccatiProblem } from '../riccati/riccati-problem.js';
import { type RiccatiOptions, type RiccatiSolution, type RiccatiStatus, solveRiccati } from '../riccati/solve-riccati.js';

/** A stationary estimation problem. */
export interface SteadyKalmanProblem {
  /** Default 'discrete'. */
  readonly time?: 'discrete' | 'continuous';
  /** `[n, n]`. */
  readonly A: MatrixInput;
  /** `[p, n]`. */
  readonly C: MatrixInput;
  /** Process noise, `[n, n]`, symmetric positive semidefinite. */
  readonly W: MatrixInput;
  /** Measurement noise, `[p, p]`, symmetric positive definite (semidefinite in discrete time). */
  readonly V: MatrixInput;
  /** Cross covariance E[w vᵀ], `[n, p]`; zero where absent. */
  readonly N?: MatrixInput;
}

/** 'undetectable' here: C does not show an unstable mode; 'unexcited': W does not excite a mode on the stability boundary. */
export type SteadyKalmanStatus = Exclude<RiccatiStatus, 'unstabilizable'> | 'unexcited';

/** The steady filter; meaningful where the status is 'converged' or 'inaccurate'. */
export interface SteadyKalman extends Omit<RiccatiSolution, 'X' | 'K' | 'status'> {
  readonly status: SteadyKalmanStatus;
  /** Covariance before a measurement (discrete), or the covariance (continuous), `[n, n]`. */
  readonly prior: Float64Array;
  /** Covariance after a measurement, `[n, n]`; in continuous time the same. */
  readonly posterior: Float64Array;
  /**
   * Gain of the predictor x̂⁺ = Ax̂ + Bu + gain (y − Cx̂), `[n, p]`; in continuous time of x̂' = Ax̂ + Bu + gain (y − Cx̂).
   */
  readonly gain: Float64Array;
  /** Gain of the measurement update x̂ + filterGain (y − Cx̂), `[n, p]`; in continuous time the same as `gain`. */
  readonly filterGain: Float64Array;
}

/** Solves for the steady filter. @throws ShapeError, NumericalError, OptionError on bad input */
export function solveSteadyKalman(problem: SteadyKalmanProblem, options: RiccatiOptions = {}): SteadyKalman {
  const caller = 'solveSteadyKalman';
  const discrete = checkOneOf(caller, 'time', problem.time ?? 'discrete', ['discrete', 'continuous']) === 'discrete';
  const n = squareSize(caller, 'A', problem.A);
  const p = rowCount(caller, 'C', problem.C, n);
  const [A, C] = [readMatrix(caller, 'A', problem.A, n, n), readMatrix(caller, 'C', problem.C, p, n)];
  const [W, V] = [readSymmetric(caller, 'W', problem.W, n), readSymmetric(caller, 'V', problem.V, p)];
  const [dualA, dualB] = [new Float64Array(n * n), new Float64Array(n * p)];
  transpose(A, dualA, n, n);
  transpose(C, dualB, p, n);
  const S = problem.N === undefined ? {} : { S: readMatrix(caller, 'N', problem.N, n, p) };
  const coefficients = readRiccatiProblem(caller, { A: dualA, B: dualB, Q: W, R: V, ...S }, !discrete);
  const { X: prior, K, status: found, ...rest } = solveRiccati(coefficients, discrete, readRiccatiOptions(caller, options));
  const gain = new Float64Array(n * p);
  transpose(K, gain, p, n);
  const status = found === 'unstabilizable' ? 'undetectable' : found === 'undetectable' ? 'unexcited' : found;
  if (!discrete) return { status, ...rest, prior, posterior: prior.slice(), gain, filterGain: gain.slice() };

  // PCᵀ(CPCᵀ + V)⁻¹
  const PCt = new Float64Array(n * p);
  multiply(prior, dualB, PCt, n, n, p);
  const innovation = V.slice();
  multiply(C, PCt, innovation, p, n, p, 1, 1);
  symmetrize(innovation, p);
  const [filterGain, posterior, transposed] = [new Float64Array(n * p), prior.slice(), new Float64Array(p * n)];
  if (factorCholesky(innovation, innovation, p)) {
    transpose(PCt, transposed, n, p);
    solveCholesky(innovation, transposed, p, n);
    transpose(transposed, filterGain, p, n);
    multiplyTransposedRight(filterGain, PCt, posterior, n, p, n, -1, 1);
    symmetrize(posterior, n);
  } else filterGain.fill(Number.NaN);
  return { status, ...rest, prior, posterior, gain, filterGain };
}
