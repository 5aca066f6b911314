/** What sequential quadratic programming is told, and what it tells. */
import { checkInteger, checkNumber, checkOneOf, OptionError } from '@mbrl/core';
import type { NonlinearProgram } from './nonlinear-program.js';

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

/** Options with their defaults, and the rounding unit of the program's numbers. */
export interface SqpSettings extends Required<SqpOptions> {
  readonly rounding: number;
}

/** Fills in the defaults. @throws OptionError on values out of range, or a kind of Hessian that the program does not have */
export function readSqpOptions(caller: string, program: NonlinearProgram, options: SqpOptions): SqpSettings {
  const rounding = checkNumber(caller, 'precision', program.precision ?? 2 ** -53, { above: 0, below: 1 });
  const {
    hessian = program.hessian !== undefined ? 'exact' : program.gaussNewton !== undefined ? 'gaussNewton' : 'bfgs',
    globalization = 'merit',
    maxIterations = 200,
    tolerance = Math.max(1e-8, 32 * rounding),
    secondOrderCorrection = true,
    initialRadius = 1,
    elasticPrice = 100,
  } = options;
  checkOneOf(caller, 'hessian', hessian, ['exact', 'bfgs', 'gaussNewton']);
  checkOneOf(caller, 'globalization', globalization, ['merit', 'filter', 'trustRegion']);
  checkInteger(caller, 'maxIterations', maxIterations, { min: 1 });
  checkNumber(caller, 'tolerance', tolerance, { above: 0 });
  checkNumber(caller, 'initialRadius', initialRadius, { above: 0 });
  checkNumber(caller, 'elasticPrice', elasticPrice, { above: 0 });
  if (hessian === 'exact' && program.hessian === undefined)
    throw new OptionError(`${caller}: hessian 'exact' needs the program's hessian, got none`);
  if (hessian === 'gaussNewton' && program.gaussNewton === undefined)
    throw new OptionError(`${caller}: hessian 'gaussNewton' needs the program's gaussNewton, got none`);
  return { hessian, globalization, maxIterations, tolerance, secondOrderCorrection, initialRadius, elasticPrice, rounding };
}

/**
 * How SQP ended. `converged`: first-order conditions hold. `infeasible`: a stationary point of the violation Σ max(0, l − c, c − u)
 * that is not feasible; y and z then prove it: |yᵢ| ≤ 1, yᵢ = ±1 at violated sides, Jᵀy + z = 0. `stalled`: no acceptable step. `invalid`: the program gave a number that is not finite at the start.
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
