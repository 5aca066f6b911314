/**
 * Discrete-time optimal control: minimise Σₜ l(t, xₜ, uₜ) + l_T(x_T) subject to x₀ given, xₜ₊₁ = f(t, xₜ, uₜ) for t in
 * [0, T), bounds on actions, and constraints at single steps. n state and m action components.
 */
import { checkInteger, type DynamicsModel, OptionError, ShapeError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { asDynamics } from '../learned/learned-dynamics.js';
import type { Constraint } from './constraint.js';
import { type ConstraintRows, constraintRows } from './constraint-rows.js';
import type { Cost } from './cost.js';

/** What to minimise, subject to what. */
export interface OptimalControlProblem {
  /** f: known, or a learned model, whose mean is followed. */
  readonly dynamics: Dynamics | DynamicsModel;
  readonly cost: Cost;
  /** T, at least 1. */
  readonly horizon: number;
  /** Least action, for all components or each. Default: none. */
  readonly actionLow?: number | ArrayLike<number>;
  /** Greatest action. Default: none. */
  readonly actionHigh?: number | ArrayLike<number>;
  /** Constraints at single steps. Default: none. */
  readonly constraints?: readonly Constraint[];
}

/** A checked problem with its sizes at hand. */
export interface ResolvedProblem {
  readonly dynamics: Dynamics;
  readonly cost: Cost;
  readonly T: number;
  readonly n: number;
  readonly m: number;
  /** Bounds of actions `[m]`, infinite where there are none. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Whether any bound is finite. */
  readonly bounded: boolean;
  readonly rows: ConstraintRows;
}

function bounds(caller: string, name: string, value: number | ArrayLike<number> | undefined, m: number, none: number): Float64Array {
  const values = new Float64Array(m);
  if (value === undefined || typeof value === 'number') values.fill(value ?? none);
  else if (value.length === m) values.set(value);
  else throw new ShapeError(`${caller}: ${name} must have ${m} elements, got ${value.length}`);
  if (values.some((bound) => Number.isNaN(bound))) throw new OptionError(`${caller}: ${name} must be a number or infinite, got NaN`);
  return values;
}

/**
 * Checks a problem and works out its sizes.
 * @throws OptionError or ShapeError on what does not fit.
 */
export function resolveProblem(caller: string, problem: OptimalControlProblem): ResolvedProblem {
  const dynamics = asDynamics(problem.dynamics, caller);
  const T = checkInteger(caller, 'horizon', problem.horizon, { min: 1 });
  const n = checkInteger(caller, 'dynamics.stateSize', dynamics.stateSize, { min: 1 });
  const m = checkInteger(caller, 'dynamics.actionSize', dynamics.actionSize, { min: 1 });
  const low = bounds(caller, 'actionLow', problem.actionLow, m, -Infinity);
  const high = bounds(caller, 'actionHigh', problem.actionHigh, m, Infinity);
  for (let i = 0; i < m; i++) {
    if (!(low[i]! <= high[i]!) || low[i] === Infinity || high[i] === -Infinity)
      throw new OptionError(`${caller}: actionLow must not be above actionHigh, got ${low[i]} and ${high[i]} at ${i}`);
  }
  const bounded = low.some(Number.isFinite) || high.some(Number.isFinite);
  const rows = constraintRows(caller, problem.constraints ?? [], { T, n, m });
  return { dynamics, cost: problem.cost, T, n, m, low, high, bounded, rows };
}
