/**
 * Turns optimal control in discrete time into a nonlinear program by direct multiple shooting with one step an interval:
 *
 *   minimise Σₜ l(t, xₜ, uₜ) + l_T(x_T)   subject to   f(t, xₜ, uₜ) − xₜ₊₁ = 0,  bounds of actions,  c = 0 or c ≤ 0 at single steps
 *
 * over z = (x₀ … x_T, u₀ … u_{T−1}), with x₀ fixed by its bounds. It is the problem of iLQR and DDP, whose dynamics may be a
 * learned model: those are asked in `prepare`, all steps in one call. The multiplier of f(t, xₜ, uₜ) − xₜ₊₁ is the costate λₜ₊₁.
 */
import { LifecycleError, NumericalError, ShapeError } from '@mbrl/core';
import { createCostExpansion } from '../ilqr/cost.js';
import { type OptimalControlProblem, resolveProblem } from '../ilqr/problem.js';
import { runSteps } from '../run-steps.js';
import type { NonlinearProgram } from './nonlinear-program.js';

/** A transcribed problem with n state and m action components and T steps. */
export interface DiscreteTranscription {
  /** For `solveSqp`, or `solveSqpAsync` where the dynamics are asynchronous. */
  readonly program: NonlinearProgram;
  /** Variables from states `[T+1, n]` (absent: the initial state throughout) and actions `[T, m]` (absent: zero). @throws ShapeError */
  pack(states?: ArrayLike<number>, actions?: ArrayLike<number>): Float64Array;
  /** States and actions from variables. */
  unpack(variables: Float64Array): { readonly states: Float64Array; readonly actions: Float64Array };
}

/**
 * Transcribes a problem that starts at a state `[n]`.
 * @throws OptionError, ShapeError on what does not fit, NumericalError for a state that is not finite
 */
export function transcribeDiscrete(problem: OptimalControlProblem, initialState: ArrayLike<number>): DiscreteTranscription {
  const caller = 'transcribeDiscrete';
  const { dynamics, cost, T, n, m, low, high, rows } = resolveProblem(caller, problem);
  if (initialState.length !== n) throw new ShapeError(`${caller}: initialState must have ${n} elements, got ${initialState.length}`);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(initialState[i]))
      throw new NumericalError(`${caller}: initialState must be finite, got ${initialState[i]} at ${i}`);
  const atActions = (T + 1) * n;
  const variableCount = atActions + T * m;
  const defectCount = T * n;
  const constraintCount = defectCount + rows.total;
  const size = n + m;
  const rounding = dynamics.precision ?? 2 ** -53;
  const differenceStep = Math.cbrt(rounding);

  const times = Int32Array.from({ length: T }, (_, t) => t);
  // What `prepare` found: next states, derivatives and contracted second derivatives at the points of `at`, by order.
  const at = [new Float64Array(variableCount), new Float64Array(variableCount), new Float64Array(variableCount)] as const;
  for (const point of at) point.fill(NaN);
  const next = new Float64Array(T * n);
  const A = new Float64Array(T * n * n);
  const B = new Float64Array(T * n * m);
  const second = new Float64Array(T * size * size);
  const rowX = new Float64Array(rows.total * n);
  const rowU = new Float64Array(rows.total * m);
  const rowValues = new Float64Array(rows.total);
  const rowHessian = new Float64Array(size * size);
  const x = new Float64Array(n);
  const u = new Float64Array(m);
  const out = createCostExpansion(n, m);

  const statesOf = (z: Float64Array): Float64Array => z.subarray(0, atActions);
  const actionsOf = (z: Float64Array): Float64Array => z.subarray(atActions);
  const takePoint = (z: Float64Array, t: number): void => {
    for (let i = 0; i < n; i++) x[i] = z[t * n + i]!;
    for (let i = 0; i < m; i++) u[i] = t < T ? z[atActions + t * m + i]! : 0;
  };
  const requirePrepared = (z: Float64Array, order: 0 | 1 | 2): void => {
    const point = at[order];
    for (let j = 0; j < variableCount; j++)
      if (point[j] !== z[j]) throw new LifecycleError(`${caller}: prepare must be called with order ${order} at each point`);
  };
  /** Place of component i of (x, u) of step t among the variables. */
  const placeOf = (t: number, i: number): number => (i < n ? t * n + i : atActions + t * m + i - n);
  const expandCost = (t: number): void => {
    for (const array of [out.x, out.u, out.xx, out.ux, out.uu]) array.fill(0);
    if (t < T) cost.expandStage(x, u, t, out);
    else cost.expandTerminal(x, out);
  };
  const addCostHessian = (z: Float64Array, into: Float64Array): void => {
    for (let t = 0; t <= T; t++) {
      takePoint(z, t);
      expandCost(t);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) into[placeOf(t, i) * variableCount + placeOf(t, j)]! += out.xx[i * n + j]!;
      for (let i = 0; i < m && t < T; i++) {
        const row = placeOf(t, n + i);
        for (let j = 0; j < m; j++) into[row * variableCount + placeOf(t, n + j)]! += out.uu[i * m + j]!;
        for (let j = 0; j < n; j++) {
          into[row * variableCount + placeOf(t, j)]! += out.ux[i * n + j]!;
          into[placeOf(t, j) * variableCount + row]! += out.ux[i * n + j]!;
        }
      }
    }
  };

  /** Differences of `linearize`, contracted with the multipliers: two calls for each component. */
  const differenceSecond = function* (z: Float64Array, multipliers: Float64Array): Generator<void | Promise<void>, void, void> {
    const moved = new Float64Array(variableCount);
    const steps = new Float64Array(T);
    const sides = [1, -1].map((sign) => ({ sign, A: new Float64Array(A.length), B: new Float64Array(B.length) }));
    const [plus, minus] = sides as [(typeof sides)[number], (typeof sides)[number]];
    for (let j = 0; j < size; j++) {
      for (const side of sides) {
        moved.set(z);
        for (let t = 0; t < T; t++) {
          const place = placeOf(t, j);
          steps[t] = differenceStep * (1 + Math.abs(z[place]!));
          moved[place] = z[place]! + side.sign * steps[t]!;
        }
        yield dynamics.linearize(statesOf(moved), actionsOf(moved), side.A, side.B, T, times);
      }
      for (let t = 0; t < T; t++) {
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let l = 0; l < n; l++) {
            const row = t * n + l;
            const slope = i < n ? plus.A[row * n + i]! - minus.A[row * n + i]! : plus.B[row * m + i - n]! - minus.B[row * m + i - n]!;
            sum += multipliers[row]! * slope;
          }
          second[(t * size + i) * size + j] = sum / (2 * steps[t]!);
        }
      }
    }
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) {
          const [one, other] = [(t * size + i) * size + j, (t * size + j) * size + i];
          second[one] = second[other] = 0.5 * (second[one]! + second[other]!);
        }
      }
    }
  };
  const prepare = function* (z: Float64Array, order: 0 | 1 | 2, y: Float64Array): Generator<void | Promise<void>, void, void> {
    at[order].fill(NaN);
    if (order === 0) yield dynamics.step(statesOf(z), actionsOf(z), next, T, times);
    else if (order === 1) yield dynamics.linearize(statesOf(z), actionsOf(z), A, B, T, times);
    else if (dynamics.contractSecond)
      yield dynamics.contractSecond(statesOf(z), actionsOf(z), y.subarray(0, defectCount), second, T, times);
    else yield* differenceSecond(z, y);
    at[order].set(z);
  };

  const lower = new Float64Array(constraintCount);
  rows.equality.forEach((equality, i) => (lower[defectCount + i] = equality === 1 ? 0 : -Infinity));
  const bounds = (end: Float64Array, open: number): Float64Array => {
    const values = new Float64Array(variableCount).fill(open);
    values.set(Array.from(initialState));
    for (let t = 0; t < T; t++) values.set(end, atActions + t * m);
    return values;
  };

  const program: NonlinearProgram = {
    variableCount,
    constraintCount,
    precision: rounding,
    prepare: (z, order, y) => runSteps(prepare(z, order, y)),
    objective(z) {
      let sum = 0;
      for (let t = 0; t <= T; t++) {
        takePoint(z, t);
        sum += t < T ? cost.stage(x, u, t) : cost.terminal(x);
      }
      return sum;
    },
    gradient(z, into) {
      for (let t = 0; t <= T; t++) {
        takePoint(z, t);
        expandCost(t);
        into.set(out.x, t * n);
        if (t < T) into.set(out.u, atActions + t * m);
      }
    },
    constraints(z, into) {
      requirePrepared(z, 0);
      for (let i = 0; i < defectCount; i++) into[i] = next[i]! - z[n + i]!;
      for (let t = 0; t <= T; t++) {
        takePoint(z, t);
        rows.evaluate(t, x, u, rowValues);
      }
      into.set(rowValues, defectCount);
    },
    jacobian(z, into) {
      requirePrepared(z, 1);
      into.fill(0);
      for (let row = 0; row < defectCount; row++) {
        const t = Math.floor(row / n);
        for (let j = 0; j < n; j++) into[row * variableCount + placeOf(t, j)] = A[row * n + j]!;
        for (let j = 0; j < m; j++) into[row * variableCount + placeOf(t, n + j)] = B[row * m + j]!;
        into[row * variableCount + n + row] = -1;
      }
      for (let t = 0; t <= T; t++) {
        takePoint(z, t);
        rows.linearize(t, x, u, rowX, rowU);
        for (let row = rows.start[t]!; row < rows.start[t + 1]!; row++) {
          const place = (defectCount + row) * variableCount;
          for (let j = 0; j < n; j++) into[place + placeOf(t, j)] = rowX[row * n + j]!;
          for (let j = 0; j < m && t < T; j++) into[place + placeOf(t, n + j)] = rowU[row * m + j]!;
        }
      }
    },
    hessian(z, y, into) {
      requirePrepared(z, 2);
      into.fill(0);
      addCostHessian(z, into);
      const multipliers = y.subarray(defectCount);
      for (let t = 0; t <= T; t++) {
        if (rows.total > 0) rows.contract(t, statesOf(z), actionsOf(z), multipliers, rowHessian);
        const width = t < T ? size : n;
        for (let i = 0; i < width; i++) {
          for (let j = 0; j < width; j++) {
            const of = i * size + j;
            into[placeOf(t, i) * variableCount + placeOf(t, j)]! += (t < T ? second[t * size * size + of]! : 0) + rowHessian[of]!;
          }
        }
      }
    },
    gaussNewton(z, into) {
      into.fill(0);
      addCostHessian(z, into);
    },
    lower,
    upper: new Float64Array(constraintCount),
    variableLower: bounds(low, -Infinity),
    variableUpper: bounds(high, Infinity),
  };

  return {
    program,
    pack(states, actions) {
      const z = new Float64Array(variableCount);
      for (const [name, values, length, start] of [
        ['states', states, atActions, 0],
        ['actions', actions, T * m, atActions],
      ] as const) {
        if (values === undefined) continue;
        if (values.length !== length)
          throw new ShapeError(`DiscreteTranscription.pack: ${name} must have ${length} elements, got ${values.length}`);
        z.set(Array.from(values), start);
      }
      if (states === undefined) for (let i = 0; i < atActions; i++) z[i] = initialState[i % n]!;
      return z;
    },
    unpack: (z) => ({ states: z.slice(0, atActions), actions: z.slice(atActions) }),
  };
}
