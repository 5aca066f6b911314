/**
 * The model of a problem around the current iterate: derivatives of dynamics and cost, costates
 * λ_T = l_x(T), λₜ = l_x + Aᵀλₜ₊₁, and the gradient of the total cost by the actions, g_t = l_u + Bᵀλₜ₊₁.
 */
import { NumericalError } from '@mbrl/core';
import type { AugmentedLagrangian } from './augmented-lagrangian.js';
import { createCostExpansion } from './cost.js';
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** How far the iterate is from a stationary point. */
export interface Stationarity {
  /** Largest component of the projected gradient u − clamp(u − g). */
  gradient: number;
  /** The same of u − clamp(u − g/s), where s is the largest of 1, |l_u| and |Bᵀλ|: room to a bound counts in full. */
  relative: number;
}

/** The model of one workspace. */
export interface Expansion {
  readonly stationarity: Stationarity;
  /** Starts the derivatives of the dynamics; the promise, if any, is to be awaited before `finish`. */
  dynamics(): void | Promise<void>;
  /** Fills the rest. @throws NumericalError where a derivative is not finite. */
  finish(): void;
  /** Starts second derivatives of the dynamics, after `finish`, where the step at `stage` needs one; undefined: no more work. The record is the same each time. */
  second(stage: number): { readonly wait: void | Promise<void> } | undefined;
}

function checkFinite(what: string, values: Float64Array, width: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value - value !== 0) throw new NumericalError(`ilqr: ${what} must be finite, got ${value} at step ${Math.floor(i / width)}`);
  }
}

/** Makes the model over the arrays of `w`. */
export function createExpansion(problem: ResolvedProblem, w: Workspace, lagrangian: AugmentedLagrangian): Expansion {
  const { dynamics, cost, T, n, m, low, high, rows } = problem;
  const { X, U, A, B, lx, lu, lxx, lux, luu, costates, tensors, times, x, u, c, cx, cu } = w;
  const out = createCostExpansion(n, m);
  const work: { wait: void | Promise<void> } = { wait: undefined };
  const stationarity: Stationarity = { gradient: Infinity, relative: Infinity };
  const size = n + m;
  const slopes = new Float64Array(T * m);
  const nextCostates = costates.subarray(n);
  // The step of central differences at which rounding and truncation of derivatives balance.
  const differenceStep = Math.cbrt(dynamics.precision ?? 2 ** -53);
  const differenced = tensors.length > 0 && dynamics.contractSecond === undefined;
  const movedX = differenced ? new Float64Array(T * n) : X;
  const movedU = differenced ? new Float64Array(T * m) : U;
  const [plusA, minusA] = differenced ? [new Float64Array(A.length), new Float64Array(A.length)] : [A, A];
  const [plusB, minusB] = differenced ? [new Float64Array(B.length), new Float64Array(B.length)] : [B, B];
  const steps = new Float64Array(differenced ? T : 0);

  /** Rows of the last step have no derivatives by the action. */
  const checkRows = (): void => {
    for (let t = 0; t <= T; t++) {
      for (let row = rows.start[t]!; row < rows.start[t + 1]!; row++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += cx[row * n + i]!;
        for (let i = 0; i < m && t < T; i++) sum += cu[row * m + i]!;
        const value = c[row]!;
        if (value - value !== 0) throw new NumericalError(`ilqr: constraints must be finite, got ${value} at step ${t}`);
        if (sum - sum !== 0)
          throw new NumericalError(`ilqr: the derivatives of constraints must be finite, got ${sum} as their sum at step ${t}`);
      }
    }
  };
  const clear = (): void => {
    for (let i = 0; i < n; i++) out.x[i] = 0;
    for (let i = 0; i < m; i++) out.u[i] = 0;
    for (let i = 0; i < n * n; i++) out.xx[i] = 0;
    for (let i = 0; i < m * n; i++) out.ux[i] = 0;
    for (let i = 0; i < m * m; i++) out.uu[i] = 0;
  };
  const put = (from: Float64Array, to: Float64Array, start: number): void => {
    for (let i = 0; i < from.length; i++) to[start + i] = from[i]!;
  };

  /** Moves component j of every point by ±step. */
  const move = (j: number, sign: number): void => {
    for (let i = 0; i < T * n; i++) movedX[i] = X[i]!;
    for (let i = 0; i < T * m; i++) movedU[i] = U[i]!;
    for (let t = 0; t < T; t++) {
      const points = j < n ? movedX : movedU;
      const at = j < n ? t * n + j : t * m + j - n;
      const value = points[at]!;
      steps[t] = differenceStep * (1 + Math.abs(value));
      points[at] = value + sign * steps[t]!;
    }
  };
  /** Row and column j of the contraction, from both sides. */
  const contract = (j: number): void => {
    for (let t = 0; t < T; t++) {
      const h = t * size * size;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let l = 0; l < n; l++) {
          const at = i < n ? (t * n + l) * n + i : (t * n + l) * m + i - n;
          const slope = i < n ? plusA[at]! - minusA[at]! : plusB[at]! - minusB[at]!;
          sum += costates[(t + 1) * n + l]! * slope;
        }
        tensors[h + j * size + i] = sum / (2 * steps[t]!);
      }
    }
  };
  const symmetrize = (): void => {
    for (let t = 0; t < T; t++) {
      const h = t * size * size;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) {
          const value = 0.5 * (tensors[h + i * size + j]! + tensors[h + j * size + i]!);
          tensors[h + i * size + j] = value;
          tensors[h + j * size + i] = value;
        }
      }
    }
  };

  const costateAndGradient = (): void => {
    let scale = 1;
    for (let i = 0; i < n; i++) costates[T * n + i] = lx[T * n + i]!;
    for (let t = T - 1; t >= 0; t--) {
      const next = (t + 1) * n;
      for (let i = 0; i < m; i++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += B[(t * n + l) * m + i]! * costates[next + l]!;
        const own = Math.abs(lu[t * m + i]!);
        const passed = Math.abs(sum);
        if (own > scale) scale = own;
        if (passed > scale) scale = passed;
        slopes[t * m + i] = lu[t * m + i]! + sum;
      }
      for (let i = 0; i < n; i++) {
        let sum = lx[t * n + i]!;
        for (let l = 0; l < n; l++) sum += A[(t * n + l) * n + i]! * costates[next + l]!;
        costates[t * n + i] = sum;
      }
    }
    let gradient = 0;
    let relative = 0;
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < m; i++) {
        const slope = slopes[t * m + i]!;
        const at = U[t * m + i]!;
        // How far the action may go along the descent.
        const room = slope > 0 ? at - low[i]! : high[i]! - at;
        const size = slope > 0 ? slope : -slope;
        const step = size < room ? size : room;
        const relativeStep = size < room * scale ? size / scale : room;
        if (step > gradient) gradient = step;
        if (relativeStep > relative) relative = relativeStep;
      }
    }
    stationarity.gradient = gradient;
    stationarity.relative = relative;
  };

  return {
    stationarity,
    dynamics: () => dynamics.linearize(X, U, A, B, T, times),
    finish() {
      for (let t = 0; t <= T; t++) {
        clear();
        for (let i = 0; i < n; i++) x[i] = X[t * n + i]!;
        for (let i = 0; i < m; i++) u[i] = t < T ? U[t * m + i]! : 0;
        if (t < T) cost.expandStage(x, u, t, out);
        else cost.expandTerminal(x, out);
        lagrangian.expand(t, x, u, out);
        put(out.x, lx, t * n);
        put(out.xx, lxx, t * n * n);
        if (t === T) continue;
        put(out.u, lu, t * m);
        put(out.ux, lux, t * m * n);
        put(out.uu, luu, t * m * m);
      }
      checkRows();
      checkFinite('the derivative of the dynamics by the state', A, n * n);
      checkFinite('the derivative of the dynamics by the action', B, n * m);
      checkFinite('the gradient of the cost by the state', lx, n);
      checkFinite('the gradient of the cost by the action', lu, m);
      checkFinite('the Hessian of the cost by the state', lxx, n * n);
      checkFinite('the Hessian of the cost by the action', luu, m * m);
      checkFinite('the mixed second derivative of the cost', lux, m * n);
      costateAndGradient();
    },
    second(stage) {
      if (tensors.length === 0) return undefined;
      if (!differenced) {
        if (stage > 0) {
          checkFinite('the second derivative of the dynamics', tensors, size * size);
          return undefined;
        }
        work.wait = dynamics.contractSecond!(X, U, nextCostates, tensors, T, times);
        return work;
      }
      // Two calls for each component: + and −.
      const j = stage >> 1;
      if (stage > 0 && (stage & 1) === 0) contract(j - 1);
      if (j === size) {
        symmetrize();
        checkFinite('the second derivative of the dynamics', tensors, size * size);
        return undefined;
      }
      move(j, (stage & 1) === 0 ? 1 : -1);
      const isPlus = (stage & 1) === 0;
      work.wait = dynamics.linearize(movedX, movedU, isPlus ? plusA : minusA, isPlus ? plusB : minusB, T, times);
      return work;
    },
  };
}
