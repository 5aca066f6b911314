/**
 * Jacobians by the complex step, ∂f/∂x = Im f(x + ih) / h: no difference is taken, so that h can be tiny and the derivative is
 * correct to rounding (Squire & Trapp 1998). For functions that are analytic and written for complex arguments.
 */
import { checkInteger, checkNumber } from '@mbrl/core';
import type { ComplexPointFunction, ComplexVector, PointFunction, PointJacobian } from './point-function.js';

const complex = (size: number): ComplexVector => ({ real: new Float64Array(size), imag: new Float64Array(size) });

/**
 * Makes a Jacobian of `f` by complex steps; it allocates nothing when called.
 * @param n number of states, ≥ 1
 * @param m number of actions, ≥ 0
 * @param step h, in (0, 1e-8]; default 1e-100
 * @throws OptionError on values out of range
 */
export function createComplexStepJacobian(f: ComplexPointFunction, n: number, m: number, step: number = 1e-100): PointJacobian {
  const caller = 'createComplexStepJacobian';
  checkInteger(caller, 'n', n, { min: 1 });
  checkInteger(caller, 'm', m, { min: 0 });
  checkNumber(caller, 'step', step, { above: 0, max: 1e-8 });
  const [x, u, y] = [complex(n), complex(m), complex(n)];
  const column = (vector: ComplexVector, j: number, out: Float64Array, width: number, time: number): void => {
    vector.imag[j] = step;
    f(x, u, time, y);
    vector.imag[j] = 0;
    for (let i = 0; i < n; i++) out[i * width + j] = y.imag[i]! / step;
  };
  return (state, action, time, A, B) => {
    for (let i = 0; i < n; i++) x.real[i] = state[i]!;
    for (let i = 0; i < m; i++) u.real[i] = action[i]!;
    for (let j = 0; j < n; j++) column(x, j, A, n, time);
    for (let j = 0; j < m; j++) column(u, j, B, m, time);
  };
}

/** Makes the real function of a complex one, so that a model is written once. */
export function realPartOf(f: ComplexPointFunction, n: number, m: number): PointFunction {
  const [x, u, y] = [complex(n), complex(m), complex(n)];
  return (state, action, time, out) => {
    for (let i = 0; i < n; i++) x.real[i] = state[i]!;
    for (let i = 0; i < m; i++) u.real[i] = action[i]!;
    f(x, u, time, y);
    for (let i = 0; i < n; i++) out[i] = y.real[i]!;
  };
}
