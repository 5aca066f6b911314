/**
 * The affine expansion of dynamics at a point, x⁺ ≈ Ax + Bu + c with c = f(x̄, ū) − Ax̄ − Bū: what the regulators and filters of this
 * package act on, from true or learned dynamics alike.
 */
import { checkInteger, type DynamicsModel, NumericalError } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { asDynamics } from '../learned/learned-dynamics.js';
import { readVector } from '../linalg/matrix-input.js';
import { multiplyVector } from '../linalg/multiply-vector.js';
import { isFiniteArray } from '../linalg/norms.js';

/** An affine expansion, flat. */
export interface AffineDynamics {
  /** `[n, n]`. */
  readonly A: Float64Array;
  /** `[n, m]`. */
  readonly B: Float64Array;
  /** `[n]`. */
  readonly c: Float64Array;
}

/**
 * Expands dynamics, or a learned model's mean, at a state `[n]` and an action `[m]`.
 * @param step index of the step, for dynamics that vary with it; default 0
 * @throws ShapeError on wrong sizes, NumericalError where the dynamics or their derivatives are not finite there
 */
export async function linearizeAt(
  source: Dynamics | DynamicsModel,
  state: ArrayLike<number>,
  action: ArrayLike<number>,
  step: number = 0,
): Promise<AffineDynamics> {
  const dynamics = asDynamics(source, 'linearizeAt');
  const { stateSize: n, actionSize: m } = dynamics;
  checkInteger('linearizeAt', 'step', step, { min: 0 });
  const x = readVector('linearizeAt', 'state', state, n);
  const u = readVector('linearizeAt', 'action', action, m);
  const [A, B, c, times] = [new Float64Array(n * n), new Float64Array(n * m), new Float64Array(n), Int32Array.of(step)];
  await dynamics.linearize(x, u, A, B, 1, times);
  await dynamics.step(x, u, c, 1, times);
  if (!isFiniteArray(A) || !isFiniteArray(B) || !isFiniteArray(c)) {
    throw new NumericalError(`linearizeAt: the dynamics must be finite at state [${x.join(', ')}] and action [${u.join(', ')}]`);
  }
  multiplyVector(A, x, c, n, n, -1, 1);
  multiplyVector(B, u, c, n, m, -1, 1);
  return { A, B, c };
}
