/** The first-order conditions ∇f + Jᵀy + z = 0 and y, z pressing on active sides only, of a nonlinear program at a point. */
import type { Sides } from './nonlinear-program.js';

/** How far the conditions are from holding, in the largest-element norm. */
export interface FirstOrderErrors {
  readonly stationarity: number;
  readonly complementarity: number;
  /** Largest multiplier, at least 1. */
  readonly multiplierSize: number;
}

/** A point with its derivatives and multipliers: x, gradient, z `[n]`, constraints, y `[m]`, jacobian `[m, n]`. */
export interface MultiplierPoint {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly constraints: Float64Array;
  readonly jacobian: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** Adds Jᵀy to `out` `[n]`. */
export function addJacobianTransposed(jacobian: Float64Array, y: Float64Array, out: Float64Array): void {
  const n = out.length;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (value !== 0) for (let j = 0; j < n; j++) out[j]! += jacobian[i * n + j]! * value;
  }
}

/** Measures the conditions; `scratch` `[n]` holds ∇f + Jᵀy + z afterwards. */
export function measureFirstOrder(
  { x, gradient, constraints, jacobian, y, z }: MultiplierPoint,
  { l, u, lx, ux }: Sides,
  scratch: Float64Array,
): FirstOrderErrors {
  let [stationarity, complementarity, multiplierSize] = [0, 0, 1];
  for (let j = 0; j < x.length; j++) scratch[j] = gradient[j]! + z[j]!;
  addJacobianTransposed(jacobian, y, scratch);
  for (const value of scratch) stationarity = Math.max(stationarity, Math.abs(value));
  const press = (multiplier: number, value: number, low: number, high: number): void => {
    multiplierSize = Math.max(multiplierSize, Math.abs(multiplier));
    if (multiplier !== 0) complementarity = Math.max(complementarity, Math.abs(multiplier * (value - (multiplier > 0 ? high : low))));
  };
  for (let j = 0; j < x.length; j++) press(z[j]!, x[j]!, lx[j]!, ux[j]!);
  for (let i = 0; i < y.length; i++) press(y[i]!, constraints[i]!, l[i]!, u[i]!);
  return { stationarity, complementarity, multiplierSize };
}

/** Beyond it multipliers excuse no further error: they may grow without bound where the constraints' gradients depend on each other. */
const MULTIPLIER_LIMIT = 1e4;

/** Tells whether the conditions hold to a tolerance, relative to the multipliers' size. */
export function holdsFirstOrder({ stationarity, complementarity, multiplierSize }: FirstOrderErrors, tolerance: number): boolean {
  const threshold = tolerance * Math.min(multiplierSize, MULTIPLIER_LIMIT);
  return stationarity <= threshold && complementarity <= threshold;
}
