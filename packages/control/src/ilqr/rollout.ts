/**
 * Forward passes of L candidates at once: from the current iterate (X, U) and its policy,
 *   u = clamp(Uₜ + αkₜ + Kₜ(x − Xₜ)),   xₜ₊₁ = f(x, u) − (1 − α)dₜ,
 * where d are the gaps of an iterate that is not a rollout: they shrink by 1 − α (Mastalli et al. 2020).
 */
import type { AugmentedLagrangian } from './augmented-lagrangian.js';
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** The pass for one workspace. It is resumable, so that dynamics may be asynchronous. */
export interface Rollout {
  /** Prepares candidates of the given step lengths, from x₀ `[n]`. */
  begin(stepLengths: Float64Array, first: number, count: number, initialState: Float64Array): void;
  /** Works until the dynamics need time, which the promise is for, or all is done. */
  advance(): void | Promise<void>;
  /** Takes candidate `index` over as the current iterate. */
  accept(index: number): void;
}

/** Makes the pass over the arrays of `w`. Costs that are not finite end as NaN or Infinity in `candidateCosts`. */
export function createRollout(problem: ResolvedProblem, w: Workspace, lagrangian: AugmentedLagrangian): Rollout {
  const { dynamics, cost, T, n, m, low, high, bounded } = problem;
  const { X, U, gaps, K, k, candidateX, candidateU, candidateCosts, stepX, stepU, stepNext, stepTimes, x, u } = w;
  const lengths = new Float64Array(candidateCosts.length);
  let count = 0;
  let t = 0;
  let waiting = false;

  /** Actions and costs of step t from stepX. */
  const act = (): void => {
    for (let l = 0; l < count; l++) {
      const alpha = lengths[l]!;
      for (let i = 0; i < n; i++) x[i] = stepX[l * n + i]!;
      for (let i = 0; i < m; i++) {
        let value = U[t * m + i]! + alpha * k[t * m + i]!;
        const row = (t * m + i) * n;
        for (let j = 0; j < n; j++) value += K[row + j]! * (x[j]! - X[t * n + j]!);
        if (bounded) value = value < low[i]! ? low[i]! : value > high[i]! ? high[i]! : value;
        u[i] = value;
        stepU[l * m + i] = value;
        candidateU[(t * count + l) * m + i] = value;
      }
      candidateCosts[l] = candidateCosts[l]! + cost.stage(x, u, t);
      lagrangian.addValue(t, x, u, candidateCosts, l);
      stepTimes[l] = t;
    }
  };
  const finish = (): void => {
    for (let i = 0; i < m; i++) u[i] = 0;
    for (let l = 0; l < count; l++) {
      for (let i = 0; i < n; i++) x[i] = stepX[l * n + i]!;
      candidateCosts[l] = candidateCosts[l]! + cost.terminal(x);
      lagrangian.addValue(T, x, u, candidateCosts, l);
    }
  };
  const keepStates = (): void => {
    for (let i = 0; i < count * n; i++) candidateX[t * count * n + i] = stepX[i]!;
  };
  const take = (): boolean => {
    let alive = false;
    for (let l = 0; l < count; l++) {
      const rest = 1 - lengths[l]!;
      let finite = true;
      for (let i = 0; i < n; i++) {
        const value = stepNext[l * n + i]! - (rest === 0 ? 0 : rest * gaps[t * n + i]!);
        stepX[l * n + i] = value;
        if (value - value !== 0) finite = false;
      }
      if (finite) alive = true;
      else candidateCosts[l] = NaN;
    }
    t += 1;
    keepStates();
    return alive;
  };

  return {
    begin(stepLengths, first, many, initialState) {
      count = many;
      t = 0;
      waiting = false;
      for (let l = 0; l < count; l++) {
        lengths[l] = stepLengths[first + l]!;
        candidateCosts[l] = 0;
        for (let i = 0; i < n; i++) stepX[l * n + i] = initialState[i]!;
      }
      keepStates();
    },
    advance() {
      for (;;) {
        if (waiting) {
          waiting = false;
          if (!take()) return undefined;
        }
        if (t === T) {
          finish();
          return undefined;
        }
        act();
        waiting = true;
        const wait = dynamics.step(stepX, stepU, stepNext, count, stepTimes);
        if (wait !== undefined) return wait;
      }
    },
    accept(index) {
      const rest = 1 - lengths[index]!;
      for (let s = 0; s <= T; s++) for (let i = 0; i < n; i++) X[s * n + i] = candidateX[(s * count + index) * n + i]!;
      for (let s = 0; s < T; s++) for (let i = 0; i < m; i++) U[s * m + i] = candidateU[(s * count + index) * m + i]!;
      for (let i = 0; i < T * n; i++) gaps[i] = rest * gaps[i]!;
    },
  };
}
