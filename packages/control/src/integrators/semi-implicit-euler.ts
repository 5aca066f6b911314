/**
 * Semi-implicit (symplectic) Euler for x = (q, v): v⁺ = v + h f_v(q, v, u, t), q⁺ = q + h f_q(q, v⁺, u, t). Order 1, at the price of explicit
 * Euler, but the energy of a mechanical system stays near its own for ever.
 */
import { applyJacobian, type IntegratorStep, type VectorField } from './vector-field.js';

/** Creates the step; the first `positionSize` states are q. */
export function createSemiImplicitEulerStep(field: VectorField, positionSize: number): IntegratorStep {
  const [n, m] = [field.stateSize, field.actionSize];
  const width = n + m;
  const [k, dk] = [new Float64Array(n), new Float64Array(n * width)];
  const [A, B] = [new Float64Array(n * n), new Float64Array(n * m)];
  const advance = (
    from: number,
    to: number,
    state: Float64Array,
    action: Float64Array,
    time: number,
    h: number,
    sensitivity: Float64Array | null,
  ): void => {
    field.rate(state, action, time, k);
    if (sensitivity !== null) {
      field.differentiate(state, action, time, A, B);
      applyJacobian(A, B, sensitivity, dk, n, m);
      for (let i = from * width; i < to * width; i++) sensitivity[i] = sensitivity[i]! + h * dk[i]!;
    }
    for (let i = from; i < to; i++) state[i] = state[i]! + h * k[i]!;
  };
  return (state, action, time, h, sensitivity) => {
    advance(positionSize, n, state, action, time, h, sensitivity);
    advance(0, positionSize, state, action, time, h, sensitivity);
    return true;
  };
}
