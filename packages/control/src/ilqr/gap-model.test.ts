import { createRng } from '@mbrl/core';
import { expect, it } from 'vitest';
import { pointwiseDynamics } from '../pointwise-dynamics.js';
import { createAugmentedLagrangian } from './augmented-lagrangian.js';
import { createBackwardPass } from './backward-pass.js';
import { createExpansion } from './expansion.js';
import { createGapModel } from './gap-model.js';
import { resolveProblem } from './problem.js';
import { quadraticCost } from './quadratic-cost.js';
import { createRollout } from './rollout.js';
import { createWorkspace } from './workspace.js';

it('predicts the cost of any step length exactly for a linear system, and the step leaves 1 − α of each gap', () => {
  const [n, m, T] = [2, 1, 6];
  const linear = (x: Float64Array, u: Float64Array, next: Float64Array): void => {
    next[0] = x[0]! + 0.3 * x[1]!;
    next[1] = 0.9 * x[1]! - 0.1 * x[0]! + 0.4 * u[0]!;
  };
  const problem = resolveProblem('test', {
    horizon: T,
    dynamics: pointwiseDynamics({ stateSize: n, actionSize: m, step: (x, u, _t, next) => linear(x, u, next) }),
    cost: quadraticCost({ stateSize: n, actionSize: m, Q: [1, 0.5], R: [0.3], N: [0.1, -0.2], target: [1, 0] }),
  });
  const w = createWorkspace(problem, 3, false);
  const lagrangian = createAugmentedLagrangian(problem, w);
  const expansion = createExpansion(problem, w, lagrangian);
  const rng = createRng(1);
  for (let i = 0; i < w.X.length; i++) w.X[i] = rng.normal();
  for (let i = 0; i < w.U.length; i++) w.U[i] = rng.normal();
  w.initial.set(w.X.subarray(0, n));
  void problem.dynamics.step(w.X, w.U, w.gaps, T, w.times);
  for (let i = 0; i < w.gaps.length; i++) w.gaps[i] = w.gaps[i]! - w.X[n + i]!;
  void expansion.dynamics();
  expansion.finish();
  expect(createBackwardPass(problem, w).run(0, 0, false)).toBe(-1);
  const change = { linear: 0, quadratic: 0 };
  createGapModel(problem, w, false)(change);

  let start = problem.cost.terminal(w.X.slice(T * n));
  for (let t = 0; t < T; t++) start += problem.cost.stage(w.X.slice(t * n, (t + 1) * n), w.U.slice(t, t + 1), t);
  const lengths = Float64Array.of(1, 0.5, 0.1);
  const rollout = createRollout(problem, w, lagrangian);
  rollout.begin(lengths, 0, 3, w.initial);
  void rollout.advance();
  lengths.forEach((alpha, l) => {
    expect(w.candidateCosts[l]).toBeCloseTo(start + alpha * (change.linear + alpha * change.quadratic), 8);
  });

  const gaps = w.gaps.slice();
  rollout.accept(2);
  const next = new Float64Array(n);
  for (let t = 0; t < T; t++) {
    linear(w.X.slice(t * n, (t + 1) * n), w.U.slice(t, t + 1), next);
    for (let i = 0; i < n; i++) {
      expect(w.gaps[t * n + i]).toBeCloseTo(0.9 * gaps[t * n + i]!, 12);
      expect(next[i]! - w.X[(t + 1) * n + i]!).toBeCloseTo(w.gaps[t * n + i]!, 12);
    }
  }

  // The whole step from there closes the gaps, and is the optimum.
  const backward = createBackwardPass(problem, w);
  void expansion.dynamics();
  expansion.finish();
  backward.run(0, 0, false);
  rollout.begin(lengths, 0, 1, w.initial);
  void rollout.advance();
  rollout.accept(0);
  void expansion.dynamics();
  expansion.finish();
  expect(Math.max(...w.gaps.map(Math.abs))).toBe(0);
  expect(expansion.stationarity.gradient).toBeLessThan(1e-8);
});
