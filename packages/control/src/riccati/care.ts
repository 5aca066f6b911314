/**
 * The continuous algebraic Riccati equation AᵀXE + EᵀXA − (EᵀXB + S)R⁻¹(BᵀXE + Sᵀ) + Q = 0: the optimal cost xᵀEᵀXEx of regulating
 * E ẋ = Ax + Bu at the cost ∫ xᵀQx + 2xᵀSu + uᵀRu.
 */
import { readRiccatiOptions } from './dare.js';
import { readRiccatiProblem, type RiccatiProblem } from './riccati-problem.js';
import { type RiccatiOptions, type RiccatiSolution, solveRiccati } from './solve-riccati.js';

/**
 * Solves the continuous algebraic Riccati equation for its stabilising solution.
 * @throws ShapeError on sizes that do not match, NumericalError on entries that are not finite, OptionError where R is not
 * positive definite or E is singular
 */
export function solveCare(problem: RiccatiProblem, options: RiccatiOptions = {}): RiccatiSolution {
  return solveRiccati(readRiccatiProblem('solveCare', problem, true), false, readRiccatiOptions('solveCare', options));
}
