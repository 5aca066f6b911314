/**
 * Nonlinear model-predictive control by iLQR: at each state measured, the problem over the next T steps is solved from where
 * the last solution left off, shifted by one step, and its first action is applied. Step indices given to costs, constraints
 * and dynamics count from the present state.
 */
import { checkNumber, OptionError } from '@mbrl/core';
import type { IlqrOptions } from './ilqr-options.js';
import { createDdp, createIlqr, type IlqrResult, type IlqrSolver, type IlqrStart } from './ilqr.js';
import { type OptimalControlProblem, resolveProblem } from './problem.js';

/** Settings of the controller; those of the solver apply to each of its solves. */
export interface IlqrMpcOptions extends IlqrOptions {
  /** Milliseconds that a solve may take, by the settings' `clock`; it then returns what it has. Default: no limit. */
  readonly budget?: number;
  /** Whether a solve starts from the last one's solution, or anew. Default true. */
  readonly warmStart?: boolean;
  /** First actions `[T, m]` of the first solve. Default: zeros. */
  readonly initialActions?: ArrayLike<number>;
}

/** A controller that plans at every step. */
export interface IlqrMpc {
  /** Forgets the last solution. */
  reset(): void;
  /** Plans from a state `[n]`; the action to apply is the first of the result's. @throws as `IlqrSolver.solve` */
  plan(state: ArrayLike<number>): IlqrResult;
  /** The same for dynamics of either kind. */
  planAsync(state: ArrayLike<number>): Promise<IlqrResult>;
}

/**
 * Makes the controller.
 * @throws OptionError on settings out of bounds, or a budget without a clock.
 */
export function createIlqrMpc(problem: OptimalControlProblem, options: IlqrMpcOptions = {}): IlqrMpc {
  const caller = 'createIlqrMpc';
  const { budget, warmStart = true, initialActions, ...settings } = options;
  const { clock } = settings;
  if (budget !== undefined) checkNumber(caller, 'budget', budget, { above: 0 });
  if (budget !== undefined && clock === undefined) throw new OptionError(`${caller}: clock must be given with budget, got none`);
  const solver: IlqrSolver = settings.secondOrder === true ? createDdp(problem, settings) : createIlqr(problem, settings);
  const { rows, T, n, m } = resolveProblem(caller, problem);
  let last: IlqrResult | undefined;

  /** Multipliers of each step's rows become those of the step before, where it has as many. */
  const shiftMultipliers = (multipliers: Float64Array): Float64Array => {
    const shifted = multipliers.slice();
    for (let t = 0; t < T; t++) {
      const [from, to] = [rows.start[t + 1]!, rows.start[t]!];
      const count = from - to;
      if (rows.start[t + 2]! - from === count) shifted.set(multipliers.subarray(from, from + count), to);
    }
    return shifted;
  };
  /** Drops the first of the rows of `width`, and repeats the last. */
  const shift = (values: Float64Array, width: number): Float64Array => {
    const shifted = values.slice();
    shifted.copyWithin(0, width);
    return shifted;
  };
  const startFrom = (state: ArrayLike<number>): IlqrStart => ({
    initialState: state,
    ...(budget !== undefined && { deadline: clock!() + budget }),
    ...(last === undefined
      ? initialActions && { actions: initialActions }
      : {
          actions: shift(last.actions, m),
          states: shift(last.states, n),
          gains: shift(last.gains, m * n),
          multipliers: shiftMultipliers(last.multipliers),
          penalty: last.penalty,
        }),
  });
  const keep = (result: IlqrResult): IlqrResult => {
    last = warmStart ? result : undefined;
    return result;
  };

  return {
    reset() {
      last = undefined;
    },
    plan: (state) => keep(solver.solve(startFrom(state))),
    planAsync: async (state) => keep(await solver.solveAsync(startFrom(state))),
  };
}
