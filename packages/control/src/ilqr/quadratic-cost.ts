/**
 * The quadratic cost J = Σₜ ½ (xₜ−x̄ₜ)ᵀQ(xₜ−x̄ₜ) + ½ (uₜ−ūₜ)ᵀR(uₜ−ūₜ) + (uₜ−ūₜ)ᵀN(xₜ−x̄ₜ) + ½ (x_T−x̄_T)ᵀQ_T(x_T−x̄_T),
 * with n state and m action components.
 */
import { OptionError, ShapeError } from '@mbrl/core';
import { checkFlat } from '../linalg/flat-input.js';
import type { Cost } from './cost.js';

/** Weights and targets; a weight of length n stands for a diagonal matrix. */
export interface QuadraticCostOptions {
  /** Q `[n, n]` or its diagonal `[n]`. */
  readonly Q: ArrayLike<number>;
  /** R `[m, m]` or its diagonal `[m]`. */
  readonly R: ArrayLike<number>;
  /** Q_T `[n, n]` or its diagonal `[n]`. Default: Q. */
  readonly terminalQ?: ArrayLike<number>;
  /** N `[m, n]`. Default: 0. */
  readonly N?: ArrayLike<number>;
  /** x̄: one state `[n]`, or one for each step, `[T+1, n]`. Default: 0. */
  readonly target?: ArrayLike<number>;
  /** ū: one action `[m]`, or one for each step, `[T, m]`. Default: 0. */
  readonly actionTarget?: ArrayLike<number>;
  readonly stateSize: number;
  readonly actionSize: number;
}

function symmetric(name: string, values: ArrayLike<number>, size: number): Float64Array {
  const full = new Float64Array(size * size);
  if (values.length === size) for (let i = 0; i < size; i++) full[i * size + i] = values[i]!;
  else if (values.length === size * size) full.set(values);
  else throw new ShapeError(`quadraticCost: ${name} must have ${size} or ${size} × ${size} elements, got ${values.length}`);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const value = full[i * size + j]!;
      if (!Number.isFinite(value)) throw new OptionError(`quadraticCost: ${name} must be finite, got ${value}`);
      if (Math.abs(value - full[j * size + i]!) > 1e-12 * Math.abs(value))
        throw new OptionError(`quadraticCost: ${name} must be symmetric, got ${value} and ${full[j * size + i]} at (${i}, ${j})`);
    }
  }
  return full;
}

function rows(name: string, values: ArrayLike<number> | undefined, size: number): Float64Array {
  if (values === undefined) return new Float64Array(size);
  if (values.length === 0 || values.length % size !== 0)
    throw new ShapeError(`quadraticCost: ${name} must have a multiple of ${size} elements, got ${values.length}`);
  checkFlat('quadraticCost', name, values, values.length);
  return Float64Array.from(values);
}

/**
 * Makes a quadratic cost.
 * @throws ShapeError on wrong sizes, OptionError on values that are not finite or matrices that are not symmetric.
 */
export function quadraticCost(options: QuadraticCostOptions): Cost {
  const { stateSize: n, actionSize: m } = options;
  const Q = symmetric('Q', options.Q, n);
  const R = symmetric('R', options.R, m);
  const terminalQ = options.terminalQ === undefined ? Q : symmetric('terminalQ', options.terminalQ, n);
  const N = options.N === undefined ? undefined : Float64Array.from(options.N);
  if (N !== undefined && N.length !== m * n) throw new ShapeError(`quadraticCost: N must have ${m} × ${n} elements, got ${N.length}`);
  checkFlat('quadraticCost', 'N', N, m * n);
  const targets = rows('target', options.target, n);
  const actionTargets = rows('actionTarget', options.actionTarget, m);
  const lastTarget = targets.length / n - 1;
  const lastActionTarget = actionTargets.length / m - 1;
  const dx = new Float64Array(n);
  const du = new Float64Array(m);

  /** Fills dx and du. */
  const offsets = (x: Float64Array, u: Float64Array, t: number): void => {
    const at = Math.min(t, lastTarget) * n;
    for (let i = 0; i < n; i++) dx[i] = x[i]! - targets[at + i]!;
    const actionAt = Math.min(t, lastActionTarget) * m;
    for (let i = 0; i < m; i++) du[i] = u[i]! - actionTargets[actionAt + i]!;
  };
  const half = (W: Float64Array, d: Float64Array, size: number): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      let row = 0;
      for (let j = 0; j < size; j++) row += W[i * size + j]! * d[j]!;
      sum += row * d[i]!;
    }
    return 0.5 * sum;
  };
  const product = (W: Float64Array, d: Float64Array, size: number, out: Float64Array): void => {
    for (let i = 0; i < size; i++) {
      let row = 0;
      for (let j = 0; j < size; j++) row += W[i * size + j]! * d[j]!;
      out[i] = row;
    }
  };
  const copy = (from: Float64Array, to: Float64Array): void => {
    for (let i = 0; i < from.length; i++) to[i] = from[i]!;
  };
  const terminalOffset = (x: Float64Array): void => {
    for (let i = 0; i < n; i++) dx[i] = x[i]! - targets[lastTarget * n + i]!;
  };

  return {
    stage(x, u, t) {
      offsets(x, u, t);
      let value = half(Q, dx, n) + half(R, du, m);
      if (N !== undefined) for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) value += du[i]! * N[i * n + j]! * dx[j]!;
      return value;
    },
    terminal(x) {
      terminalOffset(x);
      return half(terminalQ, dx, n);
    },
    expandStage(x, u, t, out) {
      offsets(x, u, t);
      product(Q, dx, n, out.x);
      product(R, du, m, out.u);
      copy(Q, out.xx);
      copy(R, out.uu);
      if (N === undefined) return;
      copy(N, out.ux);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          out.u[i] = out.u[i]! + N[i * n + j]! * dx[j]!;
          out.x[j] = out.x[j]! + N[i * n + j]! * du[i]!;
        }
      }
    },
    expandTerminal(x, out) {
      terminalOffset(x);
      product(terminalQ, dx, n, out.x);
      copy(terminalQ, out.xx);
    },
  };
}
