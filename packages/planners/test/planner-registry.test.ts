import { boxSpace, discreteSpace, type SequenceEvaluator } from '@mbrl/core';
import { createPlanner, type PlannerName, plannerNames } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, evaluatorOf, withDifferences } from './analytic-evaluators.js';
import { planOnce, returnOf } from './planning.js';

const actionSpace = boxSpace({ low: [-4], high: [4] });
const { evaluator: blind, optimalCost } = doubleIntegrator(10);
const evaluator = withDifferences(blind);
const observation = Float32Array.of(1, 1);

it('has every planner of action sequences', () => {
  expect(plannerNames()).toEqual(['random-shooting', 'cem', 'icem', 'mppi', 'pddm', 'cma-es', 'gradient', 'gradient-cem']);
});

describe.each(plannerNames())('%s', (name) => {
  it('does not mind the scale of returns', async () => {
    const planner = createPlanner(name, { horizon: 10, actionSpace });
    const scaled: SequenceEvaluator = {
      ...evaluator,
      evaluate: async (start, sequences, returns, rng) => {
        await evaluator.evaluate(start, sequences, returns, rng);
        // A power of two, so that no digit changes.
        for (let n = 0; n < returns.length; n++) returns[n]! *= 1024;
      },
    };
    const { actions } = await planOnce(planner, evaluator, { observation });
    const other = await planOnce(planner, withDifferences(scaled), { observation });
    for (const [i, action] of actions.entries()) expect(other.actions[i]).toBeCloseTo(action, 5);
  });

  it.each([20, 37, 120, 500, 2000])('spends about %i evaluations and never more', async (evaluationCount) => {
    const planner = createPlanner(name, { horizon: 10, actionSpace, evaluationCount });
    // A return with its gradient counts as three.
    let spent = 0;
    const counting: SequenceEvaluator = {
      ...evaluator,
      evaluate: (start, sequences, returns, rng) => ((spent += returns.length), blind.evaluate(start, sequences, returns, rng)),
      evaluateWithGradient: (start, sequences, returns, ...rest) => (
        (spent += 3 * returns.length),
        evaluator.evaluateWithGradient!(start, sequences, returns, ...rest)
      ),
    };
    await planOnce(planner, counting, { observation });
    expect(spent).toBeLessThanOrEqual(evaluationCount);
    expect(spent).toBeGreaterThan(0.75 * evaluationCount);
  });

  it('comes nearer to the optimum with more of them, from plan to plan', async () => {
    const gap = async (evaluationCount: number): Promise<number> => {
      const planner = createPlanner(name, { horizon: 10, actionSpace, evaluationCount });
      let state = planner.initialState();
      let cost = 0;
      for (let i = 0; i < 4; i++) {
        const plan = await planOnce(planner, evaluator, { observation, state, seed: i });
        state = plan.state;
        cost = -(await returnOf(evaluator, observation, plan.actions));
      }
      return cost / optimalCost([1, 1]) - 1;
    };
    const [quick, large] = [await gap(120), await gap(2000)];
    // Doing nothing costs 1.6 times the optimum more.
    expect(quick).toBeLessThan(1.2);
    expect(large).toBeLessThan(quick);
  });
});

it('takes discrete actions where a planner can', async () => {
  const three = discreteSpace(3);
  expect(plannerNames(three)).toEqual(['random-shooting', 'cem']);
  const matches = evaluatorOf({ horizon: 3, actionSize: 1 }, (sequence) =>
    sequence.reduce((sum, action, t) => sum + (action === (t + 1) % 3 ? 1 : 0), 0),
  );
  for (const name of plannerNames(three)) {
    const { actions } = await planOnce(createPlanner(name, { horizon: 3, actionSpace: three, evaluationCount: 300 }), matches);
    expect(Array.from(actions)).toEqual([1, 2, 0]);
  }
  expect(() => createPlanner('mppi', { horizon: 3, actionSpace: three })).toThrow(
    'createPlanner: name must be one of "random-shooting", "cem" for discrete actions, got "mppi"',
  );
});

it('refuses unknown names and too little to search with', () => {
  expect(() => createPlanner('cmaes' as PlannerName, { horizon: 3, actionSpace })).toThrow(
    'createPlanner: name must be one of "random-shooting", "cem"',
  );
  expect(() => createPlanner('cem', { horizon: 3, actionSpace, evaluationCount: 19 })).toThrow(
    'createPlanner: evaluationCount must be an integer in [20, Infinity), got 19',
  );
  expect(() => createPlanner('mppi', { horizon: 3, actionSpace, noiseExponent: 1 })).toThrow(
    'createPlanner: noiseExponent must be absent for "mppi", got 1',
  );
  expect(() => createPlanner('icem', { horizon: 3, actionSpace, noiseExponent: 11 })).toThrow(
    'createIcem: noiseExponent must be a finite number in [0, 10], got 11',
  );
});

it('noiseExponent: colours the noise of iCEM, red where it is absent', async () => {
  const planOf = (options: { readonly noiseExponent?: number }) =>
    planOnce(createPlanner('icem', { horizon: 10, actionSpace, ...options }), evaluator, { observation });
  const red = await planOf({ noiseExponent: 2 });
  expect(await planOf({})).toEqual(red);
  expect((await planOf({ noiseExponent: 0.25 })).actions).not.toEqual(red.actions);
});
