import {
  boxSpace,
  createRng,
  discreteSpace,
  OptionError,
  type Plan,
  type Planner,
  type SequenceEvaluator,
  UnsupportedError,
} from '@mbrl/core';
import { checkPlanner } from '@mbrl/core/testing';
import { createGradientCem, type GradientCemOptions, createGradientPlanner, type GradientPlannerOptions } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, withDifferences } from './analytic-evaluators.js';

const low = [-1, 0.1];
const high = [1, 7];
const actionSpace = boxSpace({ low, high });

// On a problem this smooth the plan from before climbs best, so that chance plays no part in the result.
describe('createGradientPlanner keeps the contract of a planner', () => {
  it.each<[string, Partial<GradientPlannerOptions>]>([
    ['by default', {}],
    ['with plain steps, projected', { optimizer: 'gradient', learningRate: 0.05, box: 'project', fill: 'repeat' }],
    ['with clipped gradients', { gradientClip: 0.5, startCount: 5 }],
  ])('%s', async (_, options) => {
    const factory = (): Planner => createGradientPlanner({ horizon: 6, actionSpace, ...options });
    await expect(checkPlanner(factory, { low, high, stochastic: false })).resolves.toBeUndefined();
  });
});

it.each<[string, Partial<GradientCemOptions>]>([
  ['by default', {}],
  ['with plain steps, projected', { optimizer: 'gradient', learningRate: 0.2, box: 'project', momentum: 0.3 }],
  ['with a single elite', { eliteCount: 1, populationSize: 30 }],
])('createGradientCem keeps the contract of a planner %s', async (_, options) => {
  const factory = (): Planner => createGradientCem({ horizon: 6, actionSpace, ...options });
  await expect(checkPlanner(factory, { low, high, stochastic: false })).resolves.toBeUndefined();
});

const plan = (
  planner: Planner,
  evaluator: SequenceEvaluator,
  observation: readonly number[],
  seed = 0,
  state = planner.initialState(),
): Promise<Plan> => planner.plan({ observation: Float32Array.from(observation), evaluator, state, rng: createRng(seed) });

describe('the optimum of a linear-quadratic problem, by the Riccati recursion', () => {
  const horizon = 12;
  const { evaluator, optimalCost, optimalAction } = doubleIntegrator(horizon);
  const problem = withDifferences(evaluator);
  const wide = boxSpace({ low: [-8], high: [8] });
  const start = [1.5, -0.8] as const;
  const gapOf = async (planner: Planner): Promise<{ gap: number; action: number }> => {
    const { actions, diagnostics } = await plan(planner, problem, start);
    const returns = new Float32Array(1);
    await problem.evaluate(Float32Array.from(start), actions, returns, createRng(0));
    expect(Math.max(...diagnostics.bestReturnByIteration)).toBeCloseTo(returns[0]!, 3);
    return { gap: -returns[0]! / optimalCost(start) - 1, action: actions[0]! };
  };

  it('is reached by climbing, to a thousandth', async () => {
    const { gap, action } = await gapOf(
      createGradientPlanner({ horizon, actionSpace: wide, startCount: 1, iterations: 150, learningRate: 0.02 }),
    );
    expect(gap).toBeGreaterThan(-1e-5);
    expect(gap).toBeLessThan(1e-3);
    expect(action).toBeCloseTo(optimalAction(start), 1);
  });

  it('is reached by plain steps, projected, to a thousandth', async () => {
    const options = { optimizer: 'gradient', learningRate: 4e-4, box: 'project', iterations: 500, startCount: 1 } as const;
    expect((await gapOf(createGradientPlanner({ horizon, actionSpace: wide, ...options }))).gap).toBeLessThan(1e-3);
  });

  it('is nearer with refinement than by samples alone', async () => {
    const few = { horizon, actionSpace: wide, populationSize: 60, eliteCount: 6, iterations: 4 };
    const [refined, barely] = [
      await gapOf(createGradientCem({ ...few, refinementSteps: 12, learningRate: 0.03 })),
      await gapOf(createGradientCem({ ...few, refinementSteps: 1, learningRate: 1e-6 })),
    ];
    expect(refined.gap).toBeLessThan(0.01);
    expect(barely.gap).toBeGreaterThan(3 * refined.gap);
  });

  it('on a bound is found by both rules', async () => {
    const narrow = boxSpace({ low: [-0.2], high: [0.2] });
    // From far away the best first action is at the bound.
    for (const box of ['squash', 'project'] as const) {
      const { actions } = await plan(createGradientPlanner({ horizon, actionSpace: narrow, box, iterations: 80 }), problem, [4, 0]);
      expect(actions[0]).toBeLessThan(-0.19);
      expect(actions[0]).toBeGreaterThanOrEqual(Math.fround(-0.2));
    }
  });
});

/** Return −Σ (a − 0.5)² with its gradient. */
const bowl = (horizon: number, weight = 1): SequenceEvaluator => {
  const evaluator: SequenceEvaluator = {
    observationSize: 1,
    actionSize: 1,
    horizon,
    async evaluate(_, sequences, returns) {
      returns.fill(0);
      sequences.forEach((a, i) => (returns[Math.floor(i / horizon)]! -= weight * (a - 0.5) ** 2));
    },
  };
  return {
    ...evaluator,
    async evaluateWithGradient(observation, sequences, returns, gradients, rng) {
      await evaluator.evaluate(observation, sequences, returns, rng);
      sequences.forEach((a, i) => (gradients[i] = -2 * weight * (a - 0.5)));
    },
  };
};

it('starts are drawn from the generator', async () => {
  // Scored once and not climbed, so that the best of the draws is the plan.
  const planner = createGradientPlanner({ horizon: 3, actionSpace: boxSpace({ low: [-1], high: [1] }), iterations: 1 });
  const [one, same, other] = [
    await plan(planner, bowl(3), [0], 1),
    await plan(planner, bowl(3), [0], 1),
    await plan(planner, bowl(3), [0], 2),
  ];
  expect(one.actions).toEqual(same.actions);
  expect(one.actions).not.toEqual(other.actions);
});

describe('each option does what it says', () => {
  const unit = boxSpace({ low: [-1], high: [1] });
  const one = { horizon: 1, actionSpace: unit, startCount: 1, box: 'project', iterations: 2 } as const;

  it('a plain step moves by learning rate times gradient, in halves of the action range', async () => {
    const { actions } = await plan(createGradientPlanner({ ...one, optimizer: 'gradient', learningRate: 0.1 }), bowl(1), [0]);
    expect(actions[0]).toBeCloseTo(0.1 * 1, 6);
    const wide = boxSpace({ low: [-2], high: [2] });
    const wider = await plan(createGradientPlanner({ ...one, actionSpace: wide, optimizer: 'gradient', learningRate: 0.1 }), bowl(1), [0]);
    // dG/dz = 2 · 1, a step of 0.2 in z is one of 0.4 in a.
    expect(wider.actions[0]).toBeCloseTo(0.4, 6);
  });

  it('the first step of Adam has the length of the learning rate', async () => {
    const { actions } = await plan(createGradientPlanner({ ...one, learningRate: 0.07 }), bowl(1, 100), [0]);
    expect(actions[0]).toBeCloseTo(0.07, 5);
  });

  it('squash steps in the argument of the hyperbolic tangent', async () => {
    const { actions } = await plan(createGradientPlanner({ ...one, box: 'squash', learningRate: 0.3 }), bowl(1), [0]);
    expect(actions[0]).toBeCloseTo(Math.tanh(0.3), 5);
  });

  it('gradientClip shortens a step', async () => {
    const options = { ...one, optimizer: 'gradient', learningRate: 0.1, gradientClip: 0.5 } as const;
    const { actions } = await plan(createGradientPlanner(options), bowl(1), [0]);
    expect(actions[0]).toBeCloseTo(0.05, 6);
  });

  it('iterations are scorings; startCount is their size', async () => {
    const { diagnostics } = await plan(createGradientPlanner({ ...one, iterations: 7, startCount: 3 }), bowl(1), [0]);
    expect(diagnostics.evaluationCount).toBe(21);
    expect(diagnostics.bestReturnByIteration).toHaveLength(7);
  });

  it('startDeviation spreads the starts, and 0 does not', async () => {
    const spread = async (startDeviation: number): Promise<number> =>
      (await plan(createGradientPlanner({ ...one, horizon: 4, startCount: 6, startDeviation }), bowl(4), [0])).diagnostics
        .spreadByIteration[0]!;
    expect(await spread(0)).toBe(0);
    expect(await spread(0.1)).toBeGreaterThan(0.03);
    expect(await spread(0.4)).toBeGreaterThan(2 * (await spread(0.1)));
  });

  it('more starts find the better of two hills', async () => {
    // A low hill near the middle, a high one at 0.8.
    const score = (a: number): number => 0.5 * Math.exp(-(((a + 0.1) / 0.2) ** 2)) + Math.exp(-(((a - 0.8) / 0.2) ** 2));
    const slope = (a: number): number =>
      -(0.5 * 2 * (a + 0.1) * Math.exp(-(((a + 0.1) / 0.2) ** 2)) + 2 * (a - 0.8) * Math.exp(-(((a - 0.8) / 0.2) ** 2))) / 0.04;
    const hills: SequenceEvaluator = {
      observationSize: 1,
      actionSize: 1,
      horizon: 1,
      evaluate: async (_, s, r) => void s.forEach((a, i) => (r[i] = score(a))),
      evaluateWithGradient: async (_, s, r, g) => s.forEach((a, i) => ((r[i] = score(a)), (g[i] = slope(a)))),
    };
    const found = async (startCount: number): Promise<number> =>
      (await plan(createGradientPlanner({ ...one, iterations: 40, startCount, learningRate: 0.05 }), hills, [0])).actions[0]!;
    expect(await found(1)).toBeCloseTo(-0.1, 1);
    expect(await found(12)).toBeCloseTo(0.8, 1);
  });

  it('gradientTolerance ends a search that has arrived', async () => {
    const options = { ...one, iterations: 400, optimizer: 'gradient', learningRate: 0.2 } as const;
    const early = await plan(createGradientPlanner({ ...options, gradientTolerance: 1e-3 }), bowl(1), [0]);
    expect(early.diagnostics.status).toBe('converged');
    expect(early.diagnostics.evaluationCount).toBeLessThan(40);
    expect(early.actions[0]).toBeCloseTo(0.5, 3);
    expect((await plan(createGradientPlanner(options), bowl(1), [0])).diagnostics.evaluationCount).toBe(400);
  });

  it('the hybrid scores its population, then elites once for each step and once where they end', async () => {
    const sizes: number[] = [];
    const inner = bowl(3);
    const noting: SequenceEvaluator = {
      ...inner,
      evaluate: (o, s, r, rng) => (sizes.push(r.length), inner.evaluate(o, s, r, rng)),
      evaluateWithGradient: (o, s, r, g, rng) => (sizes.push(-r.length), inner.evaluateWithGradient!(o, s, r, g, rng)),
    };
    const options = { horizon: 3, actionSpace: unit, populationSize: 20, eliteCount: 4, iterations: 2, refinementSteps: 3 };
    await plan(createGradientCem(options), noting, [0]);
    expect(sizes).toEqual([20, -4, -4, -4, 4, 20, -4, -4, -4, 4]);
  });

  it('the deviation of the hybrid starts at its ratio and shrinks with its elites, more slowly with momentum', async () => {
    const spreads = async (momentum: number, initialStandardDeviationRatio: number): Promise<readonly number[]> => {
      const options = { horizon: 3, actionSpace: unit, populationSize: 40, refinementSteps: 2, iterations: 2 };
      const { diagnostics } = await plan(createGradientCem({ ...options, momentum, initialStandardDeviationRatio }), bowl(3), [0]);
      return diagnostics.spreadByIteration;
    };
    const [quick, slow, wide] = [await spreads(0, 0.2), await spreads(0.9, 0.2), await spreads(0, 0.4)];
    expect(quick[0]).toBeCloseTo(0.4, 6);
    expect(wide[0]).toBeCloseTo(0.8, 6);
    expect(slow[4]).toBeGreaterThan(1.5 * quick[4]!);
  });
});

it.each<[string, Planner]>([
  ['createGradientPlanner', createGradientPlanner({ horizon: 3, actionSpace: boxSpace({ low: [-1], high: [1] }), iterations: 2 })],
  ['createGradientCem', createGradientCem({ horizon: 3, actionSpace: boxSpace({ low: [-1], high: [1] }), iterations: 1 })],
])('%s clips a state that lies outside the bounds', async (_, planner) => {
  const state = { actions: Float32Array.of(5, -7, 0.5), kept: new Float32Array(0) };
  let greatest = 0;
  const rising = withDifferences({
    observationSize: 1,
    actionSize: 1,
    horizon: 3,
    evaluate: async (__, sequences, returns) => {
      for (let n = 0; n < returns.length; n++) returns[n] = sequences[3 * n]! - sequences[3 * n + 1]!;
    },
  });
  const seen: SequenceEvaluator = {
    ...rising,
    evaluate: async (observation, sequences, returns, rng) => {
      for (const action of sequences) greatest = Math.max(greatest, Math.abs(action));
      await rising.evaluate(observation, sequences, returns, rng);
    },
  };
  const request = { observation: new Float32Array(1), state, rng: createRng(1) };
  const plan = await planner.plan({ ...request, evaluator: seen });
  expect(greatest).toBeLessThanOrEqual(1);
  expect(Math.max(...plan.actions.map(Math.abs))).toBeLessThanOrEqual(1);
  const never: SequenceEvaluator = {
    ...seen,
    evaluate: async (__, ___, returns) => void returns.fill(NaN),
    evaluateWithGradient: async (__, ___, returns) => void returns.fill(NaN),
  };
  expect([...(await planner.plan({ ...request, evaluator: never })).actions]).toEqual([1, -1, 0.5]);
});

describe('what cannot be', () => {
  const unit = boxSpace({ low: [-1], high: [1] });
  it('an evaluator without gradients', async () => {
    const { evaluateWithGradient: _, ...blind } = bowl(2);
    for (const planner of [
      createGradientPlanner({ horizon: 2, actionSpace: unit }),
      createGradientCem({ horizon: 2, actionSpace: unit }),
    ]) {
      await expect(plan(planner, blind, [0])).rejects.toThrow(UnsupportedError);
      await expect(plan(planner, blind, [0])).rejects.toThrow(/evaluator must give gradients/);
    }
  });

  it('gradients that are not finite: the start begins anew, and the rest goes on', async () => {
    let calls = 0;
    const inner = bowl(1);
    const torn: SequenceEvaluator = {
      ...inner,
      evaluateWithGradient: async (o, s, r, g, rng) => {
        await inner.evaluateWithGradient!(o, s, r, g, rng);
        if (calls++ === 0) g[0] = NaN;
      },
    };
    const { actions } = await plan(createGradientPlanner({ horizon: 1, actionSpace: unit, startCount: 2, iterations: 60 }), torn, [0]);
    expect(actions[0]).toBeCloseTo(0.5, 1);
  });

  it('a single start without a finite return is drawn anew until it has one', async () => {
    const inner = bowl(1);
    const half: SequenceEvaluator = {
      ...inner,
      evaluate: async (o, s, r, rng) => (await inner.evaluate(o, s, r, rng), s.forEach((a, i) => a <= 0.1 && (r[i] = NaN))),
      evaluateWithGradient: async (o, s, r, g, rng) => {
        await inner.evaluateWithGradient!(o, s, r, g, rng);
        s.forEach((a, i) => a <= 0.1 && (r[i] = g[i] = NaN));
      },
    };
    const planner = createGradientPlanner({ horizon: 1, actionSpace: unit, startCount: 1, iterations: 60 });
    const { actions, diagnostics } = await plan(planner, half, [0]);
    expect(diagnostics.bestReturnByIteration[0]).toBe(-Infinity);
    expect(diagnostics.nonFiniteCount).toBeGreaterThan(0);
    expect(actions[0]).toBeCloseTo(0.5, 1);
  });

  it.each<[string, Partial<GradientPlannerOptions & GradientCemOptions>]>([
    ['horizon', { horizon: 0 }],
    ['actionSpace', { actionSpace: discreteSpace(3) }],
    ['learningRate', { learningRate: 0 }],
    ['gradientClip', { gradientClip: 0 }],
    ['optimizer', { optimizer: 'newton' as never }],
    ['box', { box: 'wrap' as never }],
    ['fill', { fill: 'zero' as never }],
  ])('%s out of bounds, for both', (name, options) => {
    for (const make of [createGradientPlanner, createGradientCem]) {
      expect(() => make({ horizon: 2, actionSpace: unit, ...options })).toThrow(OptionError);
      expect(() => make({ horizon: 2, actionSpace: unit, ...options })).toThrow(new RegExp(`${make.name}: ${name} must`));
    }
  });

  it.each<[string, Partial<GradientPlannerOptions>]>([
    ['startCount', { startCount: 0 }],
    ['iterations', { iterations: 0 }],
    ['startDeviation', { startDeviation: -1 }],
    ['gradientTolerance', { gradientTolerance: -1 }],
  ])('createGradientPlanner: %s', (name, options) => {
    expect(() => createGradientPlanner({ horizon: 2, actionSpace: unit, ...options })).toThrow(`createGradientPlanner: ${name} must`);
  });

  it.each<[string, Partial<GradientCemOptions>]>([
    ['populationSize', { populationSize: 0 }],
    ['eliteCount', { populationSize: 4, eliteCount: 5 }],
    ['iterations', { iterations: 0 }],
    ['refinementSteps', { refinementSteps: 0 }],
    ['momentum', { momentum: 1 }],
    ['initialStandardDeviationRatio', { initialStandardDeviationRatio: 0 }],
  ])('createGradientCem: %s', (name, options) => {
    expect(() => createGradientCem({ horizon: 2, actionSpace: unit, ...options })).toThrow(`createGradientCem: ${name} must`);
  });
});
