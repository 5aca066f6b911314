/**
 * Rollouts of a solution that is pushed on the way: once with the actions alone, once with the solver's feedback
 * u = uₜ + Kₜ(x − xₜ), within the bounds of the action.
 */
import type { Dynamics, OptimalControlProblem } from '@mbrl/control';
import type { Rng } from '@mbrl/core';
import { sizesOf, type Trajectory } from './record-iterates.js';

/** A solution with its feedback gains `[T, m, n]`. */
export interface GuidedTrajectory extends Trajectory {
  readonly gains: Float64Array;
}

/** A push: what is added to the state at a step. */
export interface Push {
  readonly step: number;
  readonly change: readonly number[];
}

/** Draws a push of the given deviations, in the first half of `horizon` steps and after the first tenth. */
export function drawPush(deviations: readonly number[], horizon: number, rng: Rng): Push {
  const first = Math.ceil(0.1 * horizon);
  const step = first + rng.integer(Math.max(1, Math.floor(0.5 * horizon) - first));
  return { step, change: deviations.map((deviation) => deviation * rng.normal()) };
}

/** Rolls a solution out under a push. */
export function rollPushed(problem: OptimalControlProblem, solution: GuidedTrajectory, push: Push, feedback: boolean): Trajectory {
  const dynamics = problem.dynamics as Dynamics;
  const [n, m] = sizesOf(dynamics);
  const { horizon: T, actionLow, actionHigh } = problem;
  const low = (i: number): number => (typeof actionLow === 'number' ? actionLow : (actionLow?.[i] ?? -Infinity));
  const high = (i: number): number => (typeof actionHigh === 'number' ? actionHigh : (actionHigh?.[i] ?? Infinity));
  const states = new Float64Array((T + 1) * n);
  const actions = new Float64Array(T * m);
  const x = solution.states.slice(0, n);
  const next = new Float64Array(n);
  const u = new Float64Array(m);
  for (let t = 0; t < T; t++) {
    if (t === push.step) push.change.forEach((change, i) => (x[i] = x[i]! + change));
    states.set(x, t * n);
    for (let i = 0; i < m; i++) {
      let value = solution.actions[t * m + i]!;
      for (let j = 0; feedback && j < n; j++) value += solution.gains[(t * m + i) * n + j]! * (x[j]! - solution.states[t * n + j]!);
      u[i] = Math.min(high(i), Math.max(low(i), value));
    }
    actions.set(u, t * m);
    void dynamics.step(x, u, next, 1, Int32Array.of(t));
    x.set(next);
  }
  states.set(x, T * n);
  return { states, actions };
}
