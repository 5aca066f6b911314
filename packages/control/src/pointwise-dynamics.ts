/** Batched {@link Dynamics} from functions of one point x `[n]`, u `[m]` at step t. */
import { checkInteger } from '@mbrl/core';
import type { Dynamics } from './dynamics.js';

/** Functions of one point; each writes its outputs whole, into buffers that are reused. */
export interface PointwiseDynamicsOptions {
  /** n, at least 1. */
  readonly stateSize: number;
  /** m, at least 1. */
  readonly actionSize: number;
  /** Writes the next state `[n]`. */
  readonly step: (x: Float64Array, u: Float64Array, t: number, next: Float64Array) => void;
  /** Writes A `[n, n]` and B `[n, m]`. Default: central differences of `step` of fourth order, good to about ten digits. */
  readonly linearize?: (x: Float64Array, u: Float64Array, t: number, A: Float64Array, B: Float64Array) => void;
  /** Writes Σᵢ λᵢ ∇²fᵢ `[n+m, n+m]`. Default: left to differences of `linearize`. */
  readonly contractSecond?: (x: Float64Array, u: Float64Array, t: number, multiplier: Float64Array, hessian: Float64Array) => void;
}

/**
 * Relative step of a central difference of fourth order: wide enough that rounding leaves twelve digits, and
 * narrow enough that a sine of 30 is seen to ten. Errors of derivatives grow along a sensitive trajectory.
 */
const DIFFERENCE_STEP = 2 ** -13;

/** Writes central differences of `step` at (x, u); x and u are changed and restored. */
function differences({ stateSize: n, actionSize: m, step }: PointwiseDynamicsOptions): NonNullable<PointwiseDynamicsOptions['linearize']> {
  const [near, nearBelow, far, farBelow] = Array.from({ length: 4 }, () => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (x, u, t, A, B) => {
    for (let j = 0; j < n + m; j++) {
      const [point, at] = j < n ? [x, j] : [u, j - n];
      const value = point[at]!;
      // As it is represented beside the value.
      const width = value + DIFFERENCE_STEP * (1 + Math.abs(value)) - value;
      point[at] = value + width;
      step(x, u, t, near);
      point[at] = value - width;
      step(x, u, t, nearBelow);
      point[at] = value + 2 * width;
      step(x, u, t, far);
      point[at] = value - 2 * width;
      step(x, u, t, farBelow);
      point[at] = value;
      const scale = 1 / (12 * width);
      for (let i = 0; i < n; i++) {
        const slope = (8 * (near[i]! - nearBelow[i]!) - (far[i]! - farBelow[i]!)) * scale;
        if (j < n) A[i * n + j] = slope;
        else B[i * m + at] = slope;
      }
    }
  };
}

/**
 * Makes batched dynamics from functions of one point.
 * @throws OptionError on sizes below 1.
 */
export function pointwiseDynamics(options: PointwiseDynamicsOptions): Dynamics {
  const n = checkInteger('pointwiseDynamics', 'stateSize', options.stateSize, { min: 1 });
  const m = checkInteger('pointwiseDynamics', 'actionSize', options.actionSize, { min: 1 });
  const { step, contractSecond } = options;
  const linearize = options.linearize ?? differences(options);
  const size = n + m;
  const x = new Float64Array(n);
  const u = new Float64Array(m);
  const next = new Float64Array(n);
  const A1 = new Float64Array(n * n);
  const B1 = new Float64Array(n * m);
  const multiplier = new Float64Array(n);
  const hessian = new Float64Array(size * size);
  const take = (states: Float64Array, actions: Float64Array, p: number): void => {
    for (let i = 0; i < n; i++) x[i] = states[p * n + i]!;
    for (let i = 0; i < m; i++) u[i] = actions[p * m + i]!;
  };
  const put = (from: Float64Array, to: Float64Array, start: number, length: number): void => {
    for (let i = 0; i < length; i++) to[start + i] = from[i]!;
  };
  return {
    stateSize: n,
    actionSize: m,
    step(states, actions, out, count, times) {
      for (let p = 0; p < count; p++) {
        take(states, actions, p);
        step(x, u, times[p]!, next);
        put(next, out, p * n, n);
      }
    },
    linearize(states, actions, A, B, count, times) {
      for (let p = 0; p < count; p++) {
        take(states, actions, p);
        linearize(x, u, times[p]!, A1, B1);
        put(A1, A, p * n * n, n * n);
        put(B1, B, p * n * m, n * m);
      }
    },
    ...(contractSecond && {
      contractSecond(
        states: Float64Array,
        actions: Float64Array,
        multipliers: Float64Array,
        hessians: Float64Array,
        count: number,
        times: Int32Array,
      ) {
        for (let p = 0; p < count; p++) {
          take(states, actions, p);
          for (let i = 0; i < n; i++) multiplier[i] = multipliers[p * n + i]!;
          contractSecond(x, u, times[p]!, multiplier, hessian);
          put(hessian, hessians, p * size * size, size * size);
        }
      },
    }),
  };
}
