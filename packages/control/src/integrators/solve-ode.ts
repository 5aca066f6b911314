/** The solution of ẋ = f(x, u, t) at times of the caller's choice, by the adaptive method with its dense output. */
import { checkInteger, checkNumber, OptionError } from '@mbrl/core';
import { readVector } from '../linalg/matrix-input.js';
import { type AdaptiveOptions, createAdaptiveIntegration, type IntegrationStatus, interpolateStep } from './dormand-prince.js';
import type { VectorField } from './vector-field.js';

/** What to integrate. */
export interface OdeProblem extends Partial<AdaptiveOptions> {
  readonly field: VectorField;
  /** State at the first time, `[n]`. */
  readonly state: ArrayLike<number>;
  /** Held action, `[m]`; zero where absent. */
  readonly action?: ArrayLike<number>;
  /** Times at which the state is wanted, all rising or all falling; the first is the initial one. */
  readonly times: ArrayLike<number>;
}

/** The solution, as far as it was reached. */
export interface OdeSolution {
  readonly status: IntegrationStatus;
  /** How many of the times were reached. */
  readonly reached: number;
  /** States at the times, T of `[n]`; NaN beyond those reached. */
  readonly states: readonly Float64Array[];
  /** Accepted steps. */
  readonly steps: number;
}

/** Integrates a differential equation. @throws ShapeError, NumericalError on bad vectors, OptionError on values out of range */
export function solveOde(problem: OdeProblem): OdeSolution {
  const caller = 'solveOde';
  const { field, relativeTolerance = 1e-8, absoluteTolerance = 1e-10, stepLimit = 100_000 } = problem;
  checkNumber(caller, 'relativeTolerance', relativeTolerance, { above: 0 });
  checkNumber(caller, 'absoluteTolerance', absoluteTolerance, { above: 0 });
  checkInteger(caller, 'stepLimit', stepLimit, { min: 1 });
  const state = readVector(caller, 'state', problem.state, field.stateSize);
  const action =
    problem.action === undefined ? new Float64Array(field.actionSize) : readVector(caller, 'action', problem.action, field.actionSize);
  const times = readVector(caller, 'times', problem.times, problem.times.length);
  const count = times.length;
  if (count === 0) throw new OptionError(`${caller}: times must not be empty`);
  const sign = Math.sign(times[count - 1]! - times[0]!);
  for (let i = 1; i < count; i++) {
    if (!(sign * (times[i]! - times[i - 1]!) > 0)) {
      throw new OptionError(`${caller}: times must be strictly rising or falling, got ${times[i - 1]} before ${times[i]}`);
    }
  }
  const states = Array.from({ length: count }, () => new Float64Array(field.stateSize).fill(Number.NaN));
  states[0]!.set(state);
  if (count === 1) return { status: 'finished', reached: 1, states, steps: 0 };
  let reached = 1;
  let steps = 0;
  const integrate = createAdaptiveIntegration(field, { relativeTolerance, absoluteTolerance, stepLimit });
  const status = integrate(state, action, times[0]!, times[count - 1]! - times[0]!, null, (step) => {
    steps++;
    while (reached < count - 1 && sign * (times[reached]! - step.time - step.h) <= 0) {
      interpolateStep(step, times[reached]!, states[reached]!);
      reached++;
    }
  });
  if (status === 'finished') {
    states[count - 1]!.set(state);
    reached = count;
  }
  return { status, reached, states, steps };
}
