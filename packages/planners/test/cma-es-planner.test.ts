import { boxSpace } from '@mbrl/core';
import { type CmaEsPlannerOptions, createCmaEsPlanner } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';
import { greatestError, planOnce, recording, stateOf } from './planning.js';

const base = { horizon: 4, actionSpace: boxSpace({ low: [-1], high: [1] }) };
const TARGET = [0.3, -0.6, 0.1, 0.8];
const quadratic = quadraticEvaluator(TARGET, 4);
const START = [0.5, 0, -0.25, 1];

const oneSearch = async (options: Partial<CmaEsPlannerOptions> = {}, evaluator = quadratic) => {
  const seen = recording(evaluator);
  const plan = await planOnce(createCmaEsPlanner({ ...base, ...options }), seen.evaluator, { state: stateOf(START) });
  return { plan, candidates: seen.candidates, returns: seen.returns };
};

it('finds a quadratic optimum, and one on the bounds', async () => {
  expect(greatestError((await oneSearch({ iterations: 150 })).plan.actions, TARGET)).toBeLessThan(1e-3);
  const { actions } = (await oneSearch({ iterations: 150 }, quadraticEvaluator([3, -3], 4))).plan;
  expect(greatestError(actions, [1, -1, 1, -1])).toBeLessThan(1e-4);
});

it('scores the plan that it starts from first, and loses it never', async () => {
  const { plan, candidates } = await oneSearch({ iterations: 2, populationSize: 3 }, quadraticEvaluator(START, 4));
  expect(Array.from(candidates[0]!.slice(0, 4))).toEqual(START);
  expect(Array.from(plan.actions)).toEqual(START);
});

describe('its options', () => {
  it('populationSize and iterations: what is scored', async () => {
    expect((await oneSearch({ populationSize: 11, iterations: 3 })).returns.map((each) => each.length)).toEqual([11, 11, 11]);
    // 4 + ⌊3 ln 4⌋
    expect((await oneSearch()).returns.map((each) => each.length)).toEqual(Array(25).fill(8));
  });

  it('initialStandardDeviationRatio: σ of the first generation', async () => {
    for (const ratio of [0.05, 0.25]) {
      const { plan } = await oneSearch({ initialStandardDeviationRatio: ratio });
      expect(plan.diagnostics.spreadByIteration[0]).toBeCloseTo(2 * ratio, 12);
    }
  });

  it('covariance and active change what is learned; the default follows the size', async () => {
    const full = await oneSearch({ covariance: 'full' });
    expect((await oneSearch()).plan).toEqual(full.plan);
    expect((await oneSearch({ covariance: 'separable' })).plan.actions).not.toEqual(full.plan.actions);
    expect((await oneSearch({ active: false })).plan.actions).not.toEqual(full.plan.actions);
    const long = { horizon: 41, actionSpace: base.actionSpace, iterations: 4 };
    const evaluator = quadraticEvaluator([0.2], 41);
    expect(await planOnce(createCmaEsPlanner(long), evaluator)).toEqual(
      await planOnce(createCmaEsPlanner({ ...long, covariance: 'separable' }), evaluator),
    );
  });

  it('functionTolerance and stepTolerance end a search that has converged', async () => {
    const { diagnostics } = (await oneSearch({ iterations: 500 })).plan;
    expect(diagnostics.status).toBe('converged');
    expect(diagnostics.iterationCount).toBeLessThan(200);
    const early = await oneSearch({ iterations: 500, functionTolerance: 0.01 });
    expect(early.plan.diagnostics.iterationCount!).toBeLessThan(0.8 * diagnostics.iterationCount!);
    const steps = await oneSearch({ iterations: 500, functionTolerance: 0, stepTolerance: 0.01 });
    expect(steps.plan.diagnostics.iterationCount!).toBeLessThan(0.8 * diagnostics.iterationCount!);
  });

  it('restarts: a converged search begins anew with twice the population', async () => {
    const { returns, plan } = await oneSearch({ iterations: 200, restarts: 2, functionTolerance: 0.01 });
    const sizes = returns.map((each) => each.length);
    expect([...new Set(sizes)]).toEqual([8, 16, 32]);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(plan.diagnostics.evaluationCount).toBe(sizes.reduce((sum, size) => sum + size, 0));
    // Spread is back where it began.
    const spread = plan.diagnostics.spreadByIteration;
    expect(spread[sizes.indexOf(16)]).toBeCloseTo(0.5, 12);
    expect(spread[sizes.indexOf(16) - 1]).toBeLessThan(0.2);
  });

  it("returned: 'mean' gives the mean of the last generation", async () => {
    const best = await oneSearch({ iterations: 60 });
    const mean = await oneSearch({ iterations: 60, returned: 'mean' });
    expect(mean.plan.actions).not.toEqual(best.plan.actions);
    expect(greatestError(mean.plan.actions, TARGET)).toBeLessThan(0.02);
    const nothing = evaluatorOf({ horizon: 4, actionSize: 1 }, () => NaN);
    for (const returned of ['mean', 'best'] as const)
      expect(Array.from((await oneSearch({ returned }, nothing)).plan.actions)).toEqual(START);
  });

  it('fill: the end of a plan that moved up', () => {
    expect(Array.from(createCmaEsPlanner(base).shift(stateOf(START)).actions)).toEqual([0, -0.25, 1, 1]);
    expect(Array.from(createCmaEsPlanner({ ...base, fill: 'middle' }).shift(stateOf(START)).actions)).toEqual([0, -0.25, 1, 0]);
  });
});

it.each<[string, Partial<CmaEsPlannerOptions>, string]>([
  ['horizon 0', { horizon: 0 }, 'horizon must be an integer in [1, Infinity), got 0'],
  ['one candidate', { populationSize: 1 }, 'populationSize must be an integer in [2, Infinity), got 1'],
  ['no spread', { initialStandardDeviationRatio: 0 }, 'initialStandardDeviationRatio must be a finite number in (0, 10], got 0'],
  ['unknown covariance', { covariance: 'dense' as 'full' }, 'covariance must be one of "full", "separable", got "dense"'],
  ['a negative tolerance', { functionTolerance: -1 }, 'functionTolerance must be a finite number in [0, Infinity), got -1'],
])('refuses %s', (_, options, message) => {
  expect(() => createCmaEsPlanner({ ...base, ...options })).toThrow(`createCmaEsPlanner: ${message}`);
});
