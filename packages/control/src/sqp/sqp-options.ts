/** What sequential quadratic programming is told, and what it tells. */

/** Options of SQP. */
export interface SqpOptions {
  /** Default: exact if the program has `hessian`, else gaussNewton if it has that, else bfgs. */
  readonly hessian?: 'exact' | 'bfgs' | 'gaussNewton';
  /** Default merit. */
  readonly globalization?: 'merit' | 'filter' | 'trustRegion';
  /** Most iterations, at least 1. Default 200. */
  readonly maxIterations?: number;
  /** Bound on violation, stationarity and complementarity. Default 1e-8, or 32 of the program's rounding units where that is more. */
  readonly tolerance?: number;
  /** Default true. */
  readonly secondOrderCorrection?: boolean;
  /** First radius of the trust region, in the largest-element norm. Default 1. */
  readonly initialRadius?: number;
  /** First price of a violation in elastic subproblems. Default 100. */
  readonly elasticPrice?: number;
}

/**
 * How SQP ended. `converged`: first-order conditions hold. `infeasible`: a stationary point of the violation that is not
 * feasible. `stalled`: no acceptable step. `invalid`: the program gave a number that is not finite at the start.
 */
export type SqpStatus = 'converged' | 'infeasible' | 'stalled' | 'iterationLimit' | 'invalid';

/** One iteration. */
export interface SqpRecord {
  readonly objective: number;
  /** Σ of violations. */
  readonly violation: number;
  readonly stationarity: number;
  readonly step: number;
  readonly elastic: boolean;
  readonly corrected: boolean;
  /** τ added to the Hessian's diagonal. */
  readonly shift: number;
}

/** The answer. */
export interface SqpResult {
  readonly status: SqpStatus;
  readonly x: Float64Array;
  /** Multipliers of the constraints, positive at the upper side. */
  readonly y: Float64Array;
  /** Multipliers of the bounds. */
  readonly z: Float64Array;
  readonly objective: number;
  readonly violation: number;
  readonly stationarity: number;
  readonly iterations: number;
  readonly log: readonly SqpRecord[];
}
