/** Random problems of optimal control, and judges of results that know nothing of the solvers. */
import {
  boundConstraint,
  type Constraint,
  type Dynamics,
  functionCost,
  goalConstraint,
  type IlqrResult,
  type IlqrStart,
  type OptimalControlProblem,
  pointwiseDynamics,
} from '@mbrl/control';
import { createRng } from '@mbrl/core';

/** A problem with where to start. */
export interface IlqrCase {
  readonly problem: OptimalControlProblem;
  readonly start: IlqrStart;
}

/** A random problem: mildly nonlinear dynamics, a cost that need not be convex, bounds and constraints here and there, a region without dynamics. */
export function makeIlqrCase(seed: number): IlqrCase {
  const rng = createRng(seed);
  const n = 1 + rng.integer(4);
  const m = 1 + rng.integer(3);
  const horizon = 1 + rng.integer(12);
  const draw = (count: number, scale: number): number[] => Array.from({ length: count }, () => scale * rng.normal());
  const [A, B, bend, push] = [draw(n * n, 0.4), draw(n * m, 0.7), draw(n, 0.3), draw(n * m, 0.2)];
  const target = draw(n, 1);
  const concave = rng.uniform() < 0.3 ? 0.5 : 0;
  const constraints: Constraint[] = [];
  if (rng.uniform() < 0.3)
    constraints.push(boundConstraint({ on: 'state', high: target.map((value) => value + 0.5), from: 1, to: 'terminal' }));
  if (rng.uniform() < 0.3 && horizon > n) constraints.push(goalConstraint([target[0]!, ...new Array<number>(n - 1).fill(NaN)]));
  if (rng.uniform() < 0.2 && m > 1)
    constraints.push({ kind: 'equality', size: 1, evaluate: (x, u, _t, out) => void (out[0] = u[0]! + u[1]! * u[1]! - 0.1 * x[0]!) });
  const initialState = draw(n, 1);
  // Beyond this the dynamics are NaN.
  const edge = rng.uniform() < 0.15 ? 1 + Math.max(...initialState.map(Math.abs)) + 2 * rng.uniform() : Infinity;
  const start: IlqrStart = {
    initialState,
    ...(rng.uniform() < 0.3 && { actions: draw(horizon * m, 0.5) }),
    ...(rng.uniform() < 0.2 && { states: draw((horizon + 1) * n, 0.5) }),
  };
  return {
    start,
    problem: {
      horizon,
      constraints,
      ...(rng.uniform() < 0.4 && { actionLow: -0.7, actionHigh: draw(m, 0.5).map((value) => 0.8 + Math.abs(value)) }),
      dynamics: pointwiseDynamics({
        stateSize: n,
        actionSize: m,
        step(x, u, t, next) {
          for (let i = 0; i < n; i++) {
            let sum = bend[i]! * Math.sin(x[(i + 1) % n]! + 0.1 * t);
            for (let j = 0; j < n; j++) sum += (i === j ? 0.7 : 0) * x[j]! + A[i * n + j]! * x[j]!;
            for (let j = 0; j < m; j++) sum += B[i * m + j]! * u[j]! + push[i * m + j]! * u[j]! * Math.cos(x[i]!);
            next[i] = Math.abs(x[i]!) > edge ? NaN : sum;
          }
        },
      }),
      cost: functionCost({
        stateSize: n,
        actionSize: m,
        stage: (x, u, t) => {
          let sum = 0;
          for (let i = 0; i < n; i++) sum += (0.1 + 0.02 * t) * (x[i]! - target[i]!) ** 2 + concave * Math.cos(x[i]!);
          for (let i = 0; i < m; i++) sum += 0.2 * u[i]! ** 2;
          return sum + 0.05 * u[0]! * x[0]!;
        },
        terminal: (x) => x.reduce((sum, value, i) => sum + 2 * (value - target[i]!) ** 2, 0),
      }),
    },
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
function constraintValues(problem: OptimalControlProblem, states: Float64Array, actions: Float64Array): Row[] {
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
function lagrangian(
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

/** Finds fault with a result: what is wrong with it, or nothing. */
export function judgeIlqrResult({ problem, start }: IlqrCase, result: IlqrResult, tolerance = 1e-5): string | undefined {
  if (!Number.isFinite(result.cost) || !result.states.every(Number.isFinite) || !result.actions.every(Number.isFinite))
    return 'the result is not finite';
  const { initialState } = start;
  const states = follow(problem, initialState, result.actions);
  if (result.gap === 0 && states.some((value, i) => !(Math.abs(value - result.states[i]!) <= 1e-9 * (1 + Math.abs(value)))))
    return 'the states do not follow from the actions';
  if (result.status === 'infeasible' && result.constraintViolation <= 1e-6) return 'it calls itself infeasible and is not';
  if (result.status !== 'converged') return undefined;
  const found = optimality(problem, initialState, result);
  const relative = found.stationarity / found.scale;
  if (!(relative < tolerance)) return `stationarity ${relative}`;
  if (!(found.violation < tolerance)) return `violation ${found.violation}`;
  if (!(found.complementarity < tolerance)) return `complementarity ${found.complementarity}`;
  if (!(found.leastMultiplier >= 0)) return `a multiplier of ${found.leastMultiplier}`;
  return undefined;
}
