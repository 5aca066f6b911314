import { describe, expect, it } from 'vitest';
import { acrobotProblem } from '../problems/acrobot.js';
import { cartPoleProblem } from '../problems/cart-pole.js';
import { pointwiseDynamics } from '../pointwise-dynamics.js';
import { createAugmentedLagrangian } from './augmented-lagrangian.js';
import { type BackwardPass, createBackwardPass } from './backward-pass.js';
import { createExpansion } from './expansion.js';
import { type OptimalControlProblem, resolveProblem } from './problem.js';
import { quadraticCost } from './quadratic-cost.js';
import { createRollout, type Rollout } from './rollout.js';
import { createWorkspace, type Workspace } from './workspace.js';

interface Parts {
  readonly w: Workspace;
  readonly backward: BackwardPass;
  readonly rollout: Rollout;
}

/** Rolls actions out, and expands around them. */
function parts(problem: OptimalControlProblem, initialState: readonly number[], actions: (t: number) => number): Parts {
  const resolved = resolveProblem('test', problem);
  const w = createWorkspace(resolved, 1, false);
  const lagrangian = createAugmentedLagrangian(resolved, w);
  lagrangian.reset(1);
  const expansion = createExpansion(resolved, w, lagrangian);
  const rollout = createRollout(resolved, w, lagrangian);
  w.initial.set(initialState);
  for (let t = 0; t < resolved.T; t++) w.U[t] = actions(t);
  rollout.begin(Float64Array.of(1), 0, 1, w.initial);
  void rollout.advance();
  rollout.accept(0);
  void expansion.dynamics();
  expansion.finish();
  return { w, backward: createBackwardPass(resolved, w), rollout };
}

describe('backward pass', () => {
  it('gives the gains, steps and values of mujoco_mpc for its LQR problem with bounds', () => {
    const problem: OptimalControlProblem = {
      horizon: 2,
      actionLow: -1,
      actionHigh: 1,
      cost: quadraticCost({ stateSize: 2, actionSize: 1, Q: [1, 1], R: [1] }),
      dynamics: pointwiseDynamics({
        stateSize: 2,
        actionSize: 1,
        step(x, u, _t, next) {
          next[0] = x[0]! + x[1]!;
          next[1] = x[1]! + u[0]!;
        },
      }),
    };
    const { w, backward } = parts(problem, [0, 0], () => 0.5);
    expect(backward.run(0, 0, false)).toBe(-1);
    const close = (actual: Float64Array, wanted: readonly number[]): void =>
      wanted.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 7));
    close(w.K, [-0.2857143, -1, 0, -0.5]);
    close(w.k, [-0.5, -0.75]);
    close(w.Vx, [0, 0, 0.5, 1.25, 0.5, 1]);
    close(w.Vxx, [2.71428571, 2, 2, 4, 2, 1, 1, 2.5, 1, 0, 0, 1]);
  });

  it('gives the first full step of ALTRO on its cart-pole, and the next state and cost of that step', () => {
    const { w, backward, rollout } = parts(cartPoleProblem({ limitBy: 'rows' }), [0, 0, 0, 0], (t) => 6 * Math.sin(2 * t * 0.05));
    expect(backward.run(0, 0, false)).toBe(-1);
    expect(w.k[0]).toBeCloseTo(-13.987381820157527, 10);
    rollout.begin(Float64Array.of(1), 0, 1, w.initial);
    void rollout.advance();
    expect(w.candidateU[0]).toBeCloseTo(-13.987381820157527, 10);
    expect(w.candidateCosts[0]).toBeCloseTo(42918.1164958687, 6);
    const second = [-0.017484227275196912, 0.034968454550393824, -0.6980029115441456, 1.3840172471758034];
    second.forEach((value, i) => expect(w.candidateX[4 + i]).toBeCloseTo(value, 12));
  });

  it('says at which step the model is not convex, and regularisation makes it so', () => {
    const problem = acrobotProblem();
    const concave = { ...problem, cost: quadraticCost({ stateSize: 4, actionSize: 1, Q: [0, 0, 0, 0], R: [-1], terminalQ: [1, 1, 1, 1] }) };
    const { backward } = parts(concave, [0, 0, 0, 0], () => 0);
    expect(backward.run(0, 0, false)).toBe(49);
    expect(backward.run(0, 2, false)).toBe(-1);
    expect(backward.run(1e6, 0, false)).toBe(-1);
  });

  it('adds no weight to the value by regularising', () => {
    const { w, backward } = parts(acrobotProblem(), [0, 0, 0, 0], () => 0);
    backward.run(0, 1e9, false);
    // With a weight that allows no action, what is left is the value of doing nothing: the gradient is the costate.
    for (let i = 0; i < 4; i++) expect(w.Vx[i]! / w.costates[i]!).toBeCloseTo(1, 4);
  });
});
