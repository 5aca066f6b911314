/** A known time-varying linear system with noise, and rollouts of it. */
import { createRng, type Rng } from '@mbrl/core';
import type { Rollouts } from '@mbrl/control';

export const N = 2;
export const M = 1;
export const T = 12;

/** A double integrator whose damping and push change with time. */
export function truth(t: number): { A: number[]; B: number[]; c: number[] } {
  return { A: [1, 0.1, -0.05 * Math.sin(t), 1 - 0.02 * t], B: [0, 0.1 + 0.01 * t], c: [0.01, -0.02 * t] };
}

/** Rolls out random actions. */
export function linearRollouts(count: number, noise: number, rng: Rng = createRng(0)): Rollouts {
  const states = new Float64Array(count * (T + 1) * N);
  const actions = new Float64Array(count * T * M);
  for (let r = 0; r < count; r++) {
    const at = (t: number): number => (r * (T + 1) + t) * N;
    states[at(0)] = 1 + 0.3 * rng.normal();
    states[at(0) + 1] = 0.3 * rng.normal();
    for (let t = 0; t < T; t++) {
      const { A, B, c } = truth(t);
      const u = rng.normal();
      actions[r * T + t] = u;
      for (let i = 0; i < N; i++) {
        states[at(t + 1) + i] = A[i * N]! * states[at(t)]! + A[i * N + 1]! * states[at(t) + 1]! + B[i]! * u + c[i]! + noise * rng.normal();
      }
    }
  }
  return { stateSize: N, actionSize: M, horizon: T, states, actions };
}
