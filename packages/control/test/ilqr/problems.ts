/** Problems for tests, and checks of results that know nothing of the solver. */
import {
  type Constraint,
  type Dynamics,
  functionCost,
  type IlqrResult,
  type OptimalControlProblem,
  pointwiseDynamics,
} from '@mbrl/control';
import { expect } from 'vitest';

/** A pendulum from hanging, torque-driven: x = (angle, rate). */
export function pendulum(horizon = 30, extra: Partial<OptimalControlProblem> = {}): OptimalControlProblem {
  return {
    horizon,
    dynamics: pointwiseDynamics({
      stateSize: 2,
      actionSize: 1,
      step(x, u, _t, next) {
        const rate = x[1]! + 0.1 * (u[0]! - Math.sin(x[0]!) - 0.1 * x[1]!);
        next[0] = x[0]! + 0.1 * rate;
        next[1] = rate;
      },
    }),
    cost: functionCost({
      stateSize: 2,
      actionSize: 1,
      stage: (x, u) => 0.05 * (1 + Math.cos(x[0]!)) + 0.01 * x[1]! ** 2 + 0.02 * u[0]! ** 2,
      terminal: (x) => 5 * (1 + Math.cos(x[0]!)) + x[1]! ** 2,
      expandStage(x, u, _t, out) {
        out.x[0] = -0.05 * Math.sin(x[0]!);
        out.x[1] = 0.02 * x[1]!;
        out.xx[0] = -0.05 * Math.cos(x[0]!);
        out.xx[3] = 0.02;
        out.u[0] = 0.04 * u[0]!;
        out.uu[0] = 0.04;
      },
      expandTerminal(x, out) {
        out.x[0] = -5 * Math.sin(x[0]!);
        out.x[1] = 2 * x[1]!;
        out.xx[0] = -5 * Math.cos(x[0]!);
        out.xx[3] = 2;
      },
    }),
    ...extra,
  };
}

/** States that follow from actions. */
export function follow(problem: OptimalControlProblem, initialState: ArrayLike<number>, actions: Float64Array): Float64Array {
  const dynamics = problem.dynamics as Dynamics;
  const { stateSize: n, actionSize: m } = dynamics;
  const states = new Float64Array((problem.horizon + 1) * n);
  states.set(initialState);
  for (let t = 0; t < problem.horizon; t++) {
    const next = new Float64Array(n);
    void dynamics.step(states.slice(t * n, (t + 1) * n), actions.slice(t * m, (t + 1) * m), next, 1, Int32Array.of(t));
    states.set(next, (t + 1) * n);
  }
  return states;
}

interface Row {
  readonly equality: boolean;
  readonly value: number;
}

/** All constraint rows along a trajectory, in the documented order. */
export function constraintValues(problem: OptimalControlProblem, states: Float64Array, actions: Float64Array): Row[] {
  const { stateSize: n, actionSize: m } = problem.dynamics as Dynamics;
  const T = problem.horizon;
  const applies = ({ from = 0, to }: Constraint, t: number): boolean => {
    const first = from === 'terminal' ? T : from;
    const last = to === 'terminal' ? T : (to ?? (from === 'terminal' ? T : T - 1));
    return t >= first && t <= last;
  };
  const rows: Row[] = [];
  for (let t = 0; t <= T; t++) {
    for (const constraint of problem.constraints ?? []) {
      if (!applies(constraint, t)) continue;
      const out = new Float64Array(constraint.size);
      const u = t < T ? actions.slice(t * m, (t + 1) * m) : new Float64Array(m);
      constraint.evaluate(states.slice(t * n, (t + 1) * n), u, t, out);
      for (const value of out) rows.push({ equality: constraint.kind === 'equality', value });
    }
  }
  return rows;
}

/** Cost of actions, plus multipliers times constraints. */
export function lagrangian(
  problem: OptimalControlProblem,
  initialState: ArrayLike<number>,
  actions: Float64Array,
  multipliers: Float64Array,
): number {
  const { stateSize: n, actionSize: m } = problem.dynamics as Dynamics;
  const states = follow(problem, initialState, actions);
  const T = problem.horizon;
  let sum = problem.cost.terminal(states.slice(T * n));
  for (let t = 0; t < T; t++) sum += problem.cost.stage(states.slice(t * n, (t + 1) * n), actions.slice(t * m, (t + 1) * m), t);
  constraintValues(problem, states, actions).forEach(({ value }, i) => (sum += multipliers[i]! * value));
  return sum;
}

const bound = (value: number | ArrayLike<number> | undefined, i: number, none: number): number =>
  value === undefined ? none : typeof value === 'number' ? value : value[i]!;

/** How far a result is from the optimality conditions, each worked out by differences from the problem alone. */
export function optimality(problem: OptimalControlProblem, initialState: ArrayLike<number>, result: IlqrResult) {
  const m = (problem.dynamics as Dynamics).actionSize;
  const { actions, multipliers } = result;
  let stationarity = 0;
  let scale = 1;
  for (let i = 0; i < actions.length; i++) {
    const at = (h: number): number => {
      const moved = actions.slice();
      moved[i] = moved[i]! + h;
      return lagrangian(problem, initialState, moved, multipliers);
    };
    // Trajectories may be so sensitive that only a small step sees the slope, or so flat that only a large one does.
    const gradients = [1e-4, 1e-5, 1e-6].map((size) => {
      const step = size * (1 + Math.abs(actions[i]!));
      return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
    });
    const [low, high] = [bound(problem.actionLow, i % m, -Infinity), bound(problem.actionHigh, i % m, Infinity)];
    const u = actions[i]!;
    const projected = gradients.map((gradient) => Math.abs(u - Math.min(high, Math.max(low, u - gradient))));
    stationarity = Math.max(stationarity, Math.min(...projected));
    scale = Math.max(scale, Math.abs(result.costates[0]!));
    if (u < low || u > high) stationarity = Infinity;
  }
  const states = follow(problem, initialState, actions);
  const rows = constraintValues(problem, states, actions);
  let violation = 0;
  let complementarity = 0;
  let leastMultiplier = 0;
  rows.forEach(({ equality, value }, i) => {
    violation = Math.max(violation, equality ? Math.abs(value) : value);
    if (equality) return;
    complementarity = Math.max(complementarity, Math.min(Math.abs(multipliers[i]!), Math.abs(value)));
    leastMultiplier = Math.min(leastMultiplier, multipliers[i]!);
  });
  const drift = Math.max(...states.map((value, i) => Math.abs(value - result.states[i]!)));
  return { stationarity, violation, complementarity, leastMultiplier, drift, scale };
}

/** Demands that a result which calls itself converged is so. */
export function expectOptimal(problem: OptimalControlProblem, initialState: ArrayLike<number>, result: IlqrResult, tolerance = 1e-5): void {
  const { stationarity, violation, complementarity, leastMultiplier, drift, scale } = optimality(problem, initialState, result);
  expect(stationarity / scale).toBeLessThan(tolerance);
  expect(violation).toBeLessThan(tolerance);
  expect(complementarity).toBeLessThan(tolerance);
  expect(leastMultiplier).toBeGreaterThanOrEqual(0);
  expect(drift).toBeLessThan(1e-9);
}
