import {
  acrobotProblem,
  boundConstraint,
  cartPoleSystem,
  createIlqrMpc,
  type Dynamics,
  type IlqrMpcOptions,
  type IlqrResult,
  type OptimalControlProblem,
  quadraticCost,
  integrateDynamics,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { pendulum } from './problems.js';

const HANGING = [0, 0, 0, 0];
const truth = integrateDynamics(cartPoleSystem(), { method: 'rungeKutta4', period: 0.05 });
/** A model that is wrong: another mass and length. */
const model = integrateDynamics(cartPoleSystem({ poleMass: 0.21, poleLength: 0.49 }), { method: 'rungeKutta4', period: 0.05 });

function swingUp(extra: Partial<OptimalControlProblem> = {}): OptimalControlProblem {
  return {
    dynamics: model,
    horizon: 40,
    actionLow: -6,
    actionHigh: 6,
    cost: quadraticCost({
      stateSize: 4,
      actionSize: 1,
      Q: [0.1, 1, 0.01, 0.01],
      R: [0.01],
      terminalQ: [10, 50, 5, 5],
      target: [0, Math.PI, 0, 0],
    }),
    ...extra,
  };
}

/** Closes the loop on the true system. */
function control(
  problem: OptimalControlProblem,
  options: IlqrMpcOptions,
  steps: number,
  start: number[] = HANGING,
): { states: number[][]; results: IlqrResult[] } {
  const mpc = createIlqrMpc(problem, options);
  let state: number[] = [...start];
  const states = [state];
  const results: IlqrResult[] = [];
  for (let t = 0; t < steps; t++) {
    const result = mpc.plan(state);
    const next = new Float64Array(4);
    void truth.step(Float64Array.from(state), result.actions.slice(0, 1), next, 1, Int32Array.of(t));
    state = [...next];
    states.push(state);
    results.push(result);
  }
  return { states, results };
}

describe('createIlqrMpc', () => {
  it('swings a cart-pole up and holds it, over a model that is wrong, with two iterations a step', () => {
    const { states, results } = control(swingUp(), { maxIterations: 2 }, 120);
    for (const state of states.slice(-40)) {
      expect(Math.abs(state[1]! - Math.PI)).toBeLessThan(0.1);
      expect(Math.abs(state[0]!)).toBeLessThan(0.5);
    }
    for (const { actions } of results) expect(Math.max(...actions.map(Math.abs))).toBeLessThanOrEqual(6);
  });

  it('keeps a speed limit while it moves the balanced pole', () => {
    const constraints = [
      boundConstraint({
        on: 'state',
        low: [-Infinity, -Infinity, -0.4, -Infinity],
        high: [Infinity, Infinity, 0.4, Infinity],
        from: 1,
        to: 'terminal',
      }),
    ];
    const start = [0.6, Math.PI, 0, 0];
    const free = control(swingUp({ horizon: 25 }), { maxIterations: 5 }, 30, start);
    const held = control(swingUp({ horizon: 25, constraints }), { maxIterations: 40, constraintTolerance: 1e-3 }, 30, start);
    const fastest = ({ states }: typeof free): number => Math.max(...states.map((state) => Math.abs(state[2]!)));
    expect(fastest(free)).toBeGreaterThan(0.5);
    // The model is wrong by a few percent, and so is what it says of the next speed.
    expect(fastest(held)).toBeLessThan(0.42);
    expect(Math.abs(held.states.at(-1)![1]! - Math.PI)).toBeLessThan(0.1);
  });

  it('needs fewer iterations from where it left off than anew', () => {
    const count = (warmStart: boolean): number =>
      control(swingUp({ dynamics: truth }), { warmStart, gradientTolerance: 1e-3 }, 12)
        .results.slice(1)
        .reduce((sum, { iterations }) => sum + iterations, 0);
    expect(count(true)).toBeLessThan(0.5 * count(false));
  });

  it('starts from the actions given, and anew after a reset', () => {
    const problem = acrobotProblem();
    const initialActions = new Float64Array(50).fill(0.5);
    const mpc = createIlqrMpc(problem, { maxIterations: 0, initialActions });
    expect(mpc.plan(HANGING).actions[0]).toBe(0.5);
    const iterating = createIlqrMpc(problem, { maxIterations: 1 });
    const first = iterating.plan(HANGING);
    expect(iterating.plan(HANGING).actions).not.toEqual(first.actions);
    iterating.reset();
    expect(iterating.plan(HANGING).actions).toEqual(first.actions);
  });

  it('stops within its budget, by its clock', () => {
    let now = 0;
    const mpc = createIlqrMpc(acrobotProblem(), { budget: 4, clock: () => (now += 1) });
    const { status, iterations } = mpc.plan(HANGING);
    expect([status, iterations]).toEqual(['deadline', 3]);
    expect(mpc.plan(HANGING).status).toBe('deadline');
  });

  it('takes second order as an option, and asynchronous dynamics', async () => {
    const problem = pendulum();
    const inner = problem.dynamics as Dynamics;
    const dynamics: Dynamics = {
      ...inner,
      step: async (...points) => inner.step(...points),
      linearize: async (...points) => inner.linearize(...points),
    };
    const settings = { secondOrder: true, maxIterations: 3 };
    const wanted = createIlqrMpc(problem, settings).plan([0.1, 0]);
    expect(await createIlqrMpc({ ...problem, dynamics }, settings).planAsync([0.1, 0])).toEqual(wanted);
    expect(createIlqrMpc(problem, { maxIterations: 3 }).plan([0.1, 0]).cost).not.toBe(wanted.cost);
  });
});
