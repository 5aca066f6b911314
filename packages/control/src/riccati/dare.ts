/**
 * The discrete algebraic Riccati equation AᵀXA − EᵀXE − (AᵀXB + S)(R + BᵀXB)⁻¹(BᵀXA + Sᵀ) + Q = 0: the optimal cost xᵀEᵀXEx of
 * regulating E x⁺ = Ax + Bu at the cost Σ xᵀQx + 2xᵀSu + uᵀRu.
 */
import { checkInteger, checkNumber } from '@mbrl/core';
import { readRiccatiProblem, type RiccatiProblem } from './riccati-problem.js';
import { type RiccatiOptions, type RiccatiSolution, solveRiccati } from './solve-riccati.js';

/** Fills in the defaults. @throws OptionError on values out of range */
export function readRiccatiOptions(caller: string, options: RiccatiOptions): Required<RiccatiOptions> {
  const { tolerance = 1e-10, doublingLimit = 60, newtonLimit = 60 } = options;
  return {
    tolerance: checkNumber(caller, 'tolerance', tolerance, { above: 0 }),
    doublingLimit: checkInteger(caller, 'doublingLimit', doublingLimit, { min: 1 }),
    newtonLimit: checkInteger(caller, 'newtonLimit', newtonLimit, { min: 0 }),
  };
}

/**
 * Solves the discrete algebraic Riccati equation for its stabilising solution; R may be singular.
 * @throws ShapeError on sizes that do not match, NumericalError on entries that are not finite, OptionError where R is
 * indefinite or E singular
 */
export function solveDare(problem: RiccatiProblem, options: RiccatiOptions = {}): RiccatiSolution {
  return solveRiccati(readRiccatiProblem('solveDare', problem, false), true, readRiccatiOptions('solveDare', options));
}
