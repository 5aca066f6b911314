/**
 * Functions f(x, u, t) of a state `[n]`, an action `[m]` and a time to `[n]` components, one point at a time: the right side of a
 * differential equation or a discrete step, as users write them
 * (the step of `pointwiseDynamics`, the rate of a `VectorField`). Outputs are overwritten; inputs must not be changed.
 */

/** Writes f(x, u, t) to `out` `[n]`. */
export type PointFunction = (state: Float64Array, action: Float64Array, time: number, out: Float64Array) => void;

/** Writes ∂f/∂x to A `[n, n]` and ∂f/∂u to B `[n, m]`, flat and row-major. */
export type PointJacobian = (state: Float64Array, action: Float64Array, time: number, A: Float64Array, B: Float64Array) => void;

/** A point function carried over to complex arguments, each a pair of arrays (real, imaginary part). */
export type ComplexPointFunction = (state: ComplexVector, action: ComplexVector, time: number, out: ComplexVector) => void;

/** A complex vector. */
export interface ComplexVector {
  readonly real: Float64Array;
  readonly imag: Float64Array;
}
