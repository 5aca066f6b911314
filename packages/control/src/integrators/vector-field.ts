/** The right side of a differential equation ẋ = f(x, u, t) with its Jacobian: what the integrators of this folder turn into a step. */
import { checkInteger } from '@mbrl/core';
import { createDifferenceJacobian, type DifferenceOptions } from '../derivatives/finite-differences.js';
import type { PointFunction, PointJacobian } from '../derivatives/point-function.js';

/** ẋ = f(x, u, t), n states and m actions; t in seconds. */
export interface VectorField {
  readonly stateSize: number;
  readonly actionSize: number;
  /** Writes f(x, u, t). */
  readonly rate: PointFunction;
  /** Writes ∂f/∂x and ∂f/∂u. */
  readonly differentiate: PointJacobian;
}

/** What a field is made of. */
export interface VectorFieldOptions extends Omit<VectorField, 'differentiate'> {
  /** Jacobian; by `differences` where absent. */
  readonly differentiate?: PointJacobian;
  /** How to take differences. */
  readonly differences?: DifferenceOptions;
}

/** Creates a field, with a Jacobian by differences where none is given. @throws OptionError on values out of range */
export function createVectorField(options: VectorFieldOptions): VectorField {
  const stateSize = checkInteger('createVectorField', 'stateSize', options.stateSize, { min: 1 });
  const actionSize = checkInteger('createVectorField', 'actionSize', options.actionSize, { min: 0 });
  const { rate, differences, differentiate = createDifferenceJacobian(rate, stateSize, actionSize, differences) } = options;
  return { stateSize, actionSize, rate, differentiate };
}

/**
 * One step of an integrator over a time h, in place. `sensitivity` `[n, n + m]`, where given, holds the derivative of the state by
 * the initial state and the action before the step, and after it on return: the derivative of the very step that was taken.
 * Returns false where no step was found (an implicit equation or an error bound not met); state and sensitivity are then unusable.
 */
export type IntegratorStep = (
  state: Float64Array,
  action: Float64Array,
  time: number,
  h: number,
  sensitivity: Float64Array | null,
) => boolean;

/** Writes ∂f/∂x D + [0, ∂f/∂u] to `out`, for D and `out` `[n, n + m]`. */
export function applyJacobian(A: Float64Array, B: Float64Array, D: Float64Array, out: Float64Array, n: number, m: number): void {
  const width = n + m;
  for (let i = 0; i < n; i++) {
    const row = i * width;
    for (let j = 0; j < width; j++) out[row + j] = j < n ? 0 : B[i * m + j - n]!;
    for (let k = 0; k < n; k++) {
      const factor = A[i * n + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < width; j++) out[row + j] = out[row + j]! + factor * D[k * width + j]!;
    }
  }
}
