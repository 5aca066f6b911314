import { boxSpace, discreteSpace, type SequenceEvaluator } from '@mbrl/core';
import { createQuickPlanner, type PlannerName, plannerNames } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, evaluatorOf, withDifferences } from './analytic-evaluators.js';
import { planOnce, returnOf } from './planning.js';

const actionSpace = boxSpace({ low: [-4], high: [4] });
const { evaluator: blind, optimalCost } = doubleIntegrator(10);
const evaluator = withDifferences(blind);
const observation = Float32Array.of(1, 1);

describe.each(plannerNames())('%s', (name) => {
  it('takes few rounds of scoring, a gradient counted twice, none of more than 100 candidates', async () => {
    const rounds: number[] = [];
    const counting: SequenceEvaluator = {
      ...evaluator,
      evaluate: (start, sequences, returns, rng) => (rounds.push(returns.length), blind.evaluate(start, sequences, returns, rng)),
      evaluateWithGradient: (start, sequences, returns, ...rest) => (
        rounds.push(returns.length, returns.length),
        evaluator.evaluateWithGradient!(start, sequences, returns, ...rest)
      ),
    };
    await planOnce(createQuickPlanner(name, { horizon: 10, actionSpace }), counting, { observation });
    expect(rounds.length).toBeLessThanOrEqual(5);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(100);
    expect(Math.min(...rounds)).toBeGreaterThanOrEqual(5);
  });

  it('comes nearer to the optimum from plan to plan', async () => {
    const planner = createQuickPlanner(name, { horizon: 10, actionSpace });
    let state = planner.initialState();
    const gaps: number[] = [];
    for (let i = 0; i < 12; i++) {
      const plan = await planOnce(planner, evaluator, { observation, state, seed: i });
      state = plan.state;
      gaps.push(-(await returnOf(evaluator, observation, plan.actions)) / optimalCost([1, 1]) - 1);
    }
    // Doing nothing costs 1.6 times the optimum more.
    expect(Math.min(...gaps.slice(-4))).toBeLessThan(name === 'random-shooting' ? 1.2 : 0.6);
    expect(Math.min(...gaps.slice(-4))).toBeLessThan(gaps[0]!);
  });
});

it('takes discrete actions where a planner can', async () => {
  const three = discreteSpace(3);
  const matches = evaluatorOf({ horizon: 3, actionSize: 1 }, (sequence) =>
    sequence.reduce((sum, action, t) => sum + (action === (t + 1) % 3 ? 1 : 0), 0),
  );
  for (const name of plannerNames(three)) {
    const { actions } = await planOnce(createQuickPlanner(name, { horizon: 3, actionSpace: three }), matches);
    expect(Array.from(actions)).toEqual([1, 2, 0]);
  }
  expect(() => createQuickPlanner('mppi', { horizon: 3, actionSpace: three })).toThrow(
    'createQuickPlanner: name must be one of "random-shooting", "cem" for discrete actions, got "mppi"',
  );
});

it('refuses a name that none has, and a horizon of 0', () => {
  expect(() => createQuickPlanner('annealing' as PlannerName, { horizon: 3, actionSpace })).toThrow(
    /createQuickPlanner: name must be one of .*, got "annealing"/,
  );
  for (const name of plannerNames()) expect(() => createQuickPlanner(name, { horizon: 0, actionSpace })).toThrow(/horizon .*got 0/);
});
