/**
 * Linear-quadratic-Gaussian control: x⁺ = Ax + Bu + w, y = Cx + v (or ẋ with white noise), at the least average of
 * ½xᵀQx + xᵀSu + ½uᵀRu. By the separation principle the optimum is u = −Kx̂ with the regulator's K and the Kalman filter's x̂, at the
 * average cost ½ tr(PW) + ½ tr(Kᵀ(R + BᵀPB)KΣ), Σ the covariance of x − x̂ (continuous: KᵀRK).
 */
import { checkOneOf } from '@mbrl/core';
import { readMatrix, readSymmetric } from '../linalg/matrix-input.js';
import { multiply } from '../linalg/multiply.js';
import { congruence } from '../linalg/symmetric-product.js';
import { addDiagonal, dot } from '../linalg/vector.js';
import { type LqrProblem, type LqrSolution, solveLqr } from '../lqr/infinite-lqr.js';
import type { RiccatiOptions } from '../riccati/solve-riccati.js';
import { solveSteadyKalman, type SteadyKalman, type SteadyKalmanProblem } from './steady-kalman.js';

/** An LQG problem: a regulator and an estimation problem on the same A. */
export interface LqgProblem extends Pick<LqrProblem, 'time' | 'A' | 'B' | 'Q' | 'R' | 'S'>, Pick<SteadyKalmanProblem, 'C' | 'W' | 'V'> {
  /**
   * What the action may depend on in discrete time: with 'filter' also on the measurement of the same step, with 'predictor' on
   * those before it only. Default 'filter'. In continuous time there is no difference.
   */
  readonly estimate?: 'filter' | 'predictor';
}

/** The optimal controller, a linear system ξ⁺ = A_c ξ + B_c y, u = C_c ξ + D_c y (ξ̇ in continuous time). */
export interface LqgSolution {
  /** 'converged' where both parts are; else the status of the first part that is not. */
  readonly status: LqrSolution['status'] | SteadyKalman['status'];
  readonly regulator: LqrSolution;
  readonly estimator: SteadyKalman;
  /** `[n, n]`; ξ is the prediction of x before the measurement. */
  readonly controllerA: Float64Array;
  /** `[n, p]`. */
  readonly controllerB: Float64Array;
  /** `[m, n]`. */
  readonly controllerC: Float64Array;
  /** `[m, p]`. */
  readonly controllerD: Float64Array;
  /** Least average cost per step, or per unit of time. */
  readonly averageCost: number;
}

/** Solves an LQG problem. @throws ShapeError, NumericalError, OptionError as solveLqr and solveSteadyKalman */
export function solveLqg(problem: LqgProblem, options: RiccatiOptions = {}): LqgSolution {
  const caller = 'solveLqg';
  const time = checkOneOf(caller, 'time', problem.time ?? 'discrete', ['discrete', 'continuous']);
  const estimate = checkOneOf(caller, 'estimate', problem.estimate ?? 'filter', ['filter', 'predictor']);
  const regulator = solveLqr({ ...problem, time }, options);
  const estimator = solveSteadyKalman({ A: problem.A, C: problem.C, W: problem.W, V: problem.V, time }, options);
  const [n, m] = [regulator.p.length, regulator.k.length];
  const p = estimator.gain.length / n;
  const [A, B] = [readMatrix(caller, 'A', problem.A, n, n), readMatrix(caller, 'B', problem.B, n, m)];
  const [C, R, W] = [
    readMatrix(caller, 'C', problem.C, p, n),
    readSymmetric(caller, 'R', problem.R, m),
    readSymmetric(caller, 'W', problem.W, n),
  ];
  const { K, P } = regulator;
  const discrete = time === 'discrete';
  const current = discrete && estimate === 'filter';

  // Predictor: A_c = A − BK − LC, B_c = L, C_c = −K. With the current measurement, I − FC and F stand between.
  const controllerA = A.slice();
  multiply(B, K, controllerA, n, m, n, -1, 1);
  const [controllerB, controllerC, controllerD] = [new Float64Array(n * p), new Float64Array(m * n), new Float64Array(m * p)];
  if (current) {
    const reduction = new Float64Array(n * n);
    multiply(estimator.filterGain, C, reduction, n, p, n, -1);
    addDiagonal(reduction, n, 1);
    const closed = controllerA.slice();
    multiply(closed, estimator.filterGain, controllerB, n, n, p);
    multiply(closed, reduction, controllerA, n, n, n);
    multiply(K, reduction, controllerC, m, n, n, -1);
    multiply(K, estimator.filterGain, controllerD, m, n, p, -1);
  } else {
    controllerB.set(estimator.gain);
    multiply(estimator.gain, C, controllerA, n, p, n, -1, 1);
    for (let i = 0; i < m * n; i++) controllerC[i] = -K[i]!;
  }
  const weight = R.slice();
  if (discrete) congruence(B, P, weight, new Float64Array(n * m), m, n, 1, 1);
  const excess = new Float64Array(n * n);
  congruence(K, weight, excess, new Float64Array(m * n), n, m);
  const averageCost = 0.5 * dot(P, W) + 0.5 * dot(excess, current ? estimator.posterior : estimator.prior);
  const status = regulator.status === 'converged' ? estimator.status : regulator.status;
  return { status, regulator, estimator, controllerA, controllerB, controllerC, controllerD, averageCost };
}
