/**
 * iLQR on trajax's acrobot, T = 50, the 62 iterations that trajax takes (17.6 ms warm there): next to a plain rollout of the
 * same dynamics and cost with derivatives, 62 times, which no implementation of those iterations can do without.
 */
import { acrobotProblem, createDdp, createIlqr, type CostExpansion, type Dynamics } from '@mbrl/control';
import { bench, describe } from 'vitest';

const problem = acrobotProblem();
const dynamics = problem.dynamics as Dynamics;
const initialState = [0, 0, 0, 0];
const T = problem.horizon;
const ITERATIONS = 62;

describe('acrobot, T = 50, 62 iterations', () => {
  const ilqr = createIlqr(problem, { maxIterations: ITERATIONS, gradientTolerance: 1e-12 });
  bench('iLQR', () => {
    ilqr.solve({ initialState });
  });

  const states = new Float64Array((T + 1) * 4);
  const actions = new Float64Array(T);
  const [A, B] = [new Float64Array(T * 16), new Float64Array(T * 4)];
  const times = Int32Array.from({ length: T }, (_, t) => t);
  const [x, u, next] = [new Float64Array(4), new Float64Array(1), new Float64Array(4)];
  const out: CostExpansion = {
    x: new Float64Array(4),
    u: new Float64Array(1),
    xx: new Float64Array(16),
    ux: new Float64Array(4),
    uu: new Float64Array(1),
  };
  bench('rollouts and derivatives alone', () => {
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      x.set(initialState);
      for (let t = 0; t < T; t++) {
        problem.cost.stage(x, u, t);
        void dynamics.step(x, u, next, 1, times);
        x.set(next);
        states.set(x, (t + 1) * 4);
      }
      void dynamics.linearize(states, actions, A, B, T, times);
      for (let t = 0; t < T; t++) problem.cost.expandStage(x, u, t, out);
    }
  });

  const ddp = createDdp(problem, { gradientTolerance: 1e-8 });
  bench('DDP to convergence, 35 iterations', () => {
    ddp.solve({ initialState });
  });
});
