import { boxSpace, createRng, discreteSpace, type Plan, type Planner, type SequenceEvaluator, whyOutside } from '@mbrl/core';
import { type CemOptions, createCem } from '@mbrl/planners';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';

const unit = boxSpace({ low: [-1], high: [1] });
const TARGET = [0.3, -0.6, 0.1, 0.8];
const here = Float32Array.of(0);

function planOnce(planner: Planner, evaluator: SequenceEvaluator, seed = 1, observation = here): Promise<Plan> {
  return planner.plan({ observation, evaluator, state: planner.initialState(), rng: createRng(seed) });
}

const planFor = (options: Partial<CemOptions>, seed = 1, evaluator = quadraticEvaluator(TARGET, 4)): Promise<Plan> =>
  planOnce(createCem({ horizon: 4, actionSpace: unit, populationSize: 60, eliteCount: 8, ...options }), evaluator, seed);

const greatestError = (actions: Float32Array, target: readonly number[]): number =>
  Math.max(...Array.from(actions, (action, i) => Math.abs(action - target[i]!)));

describe('finds optima that are known', () => {
  it('of a quadratic, to 1e-3', async () => {
    for (const seed of [1, 2, 3]) {
      const { actions } = await planFor({ iterations: 20, populationSize: 200, eliteCount: 20 }, seed);
      expect(greatestError(actions, TARGET)).toBeLessThan(1e-3);
    }
  });

  it('of a linear-quadratic problem: cost within 1% of the Riccati recursion, first action within 0.05', async () => {
    const { evaluator, optimalCost, optimalAction } = doubleIntegrator(12);
    const planner = createCem({
      horizon: 12,
      actionSpace: boxSpace({ low: [-4], high: [4] }),
      populationSize: 400,
      eliteCount: 40,
      iterations: 15,
    });
    const observation = Float32Array.of(1, -0.5);
    const { actions } = await planOnce(planner, evaluator, 4, observation);
    const returns = new Float32Array(1);
    await evaluator.evaluate(observation, actions, returns, createRng(0));
    const optimum = optimalCost([1, -0.5]);
    expect(-returns[0]!).toBeLessThan(1.01 * optimum);
    expect(-returns[0]!).toBeGreaterThanOrEqual(optimum * (1 - 1e-6));
    expect(Math.abs(actions[0]! - optimalAction([1, -0.5]))).toBeLessThan(0.05);
  });

  it('on the bounds, when the optimum lies beyond them: near by truncated sampling, exactly by clipped', async () => {
    const settings = { iterations: 20, populationSize: 400, eliteCount: 40 };
    const evaluator = quadraticEvaluator([3, -3], 4);
    for (const seed of [1, 2, 3]) {
      const truncated = await planFor(settings, seed, evaluator);
      expect(greatestError(truncated.actions, [1, -1, 1, -1])).toBeLessThan(0.03);
      const clipped = await planFor({ ...settings, sampling: 'clipped' }, seed, evaluator);
      expect(greatestError(clipped.actions, [1, -1, 1, -1])).toBeLessThan(1e-6);
    }
  });

  it('with several action components of different ranges', async () => {
    const actionSpace = boxSpace({ low: [-1, 10], high: [1, 50] });
    const planner = createCem({ horizon: 2, actionSpace, populationSize: 200, eliteCount: 20, iterations: 25 });
    const target = [0.5, 20, -0.5, 45];
    const { actions } = await planOnce(planner, quadraticEvaluator(target, 2, 2));
    expect(Math.abs(actions[1]! - 20)).toBeLessThan(0.05);
    expect(Math.abs(actions[3]! - 45)).toBeLessThan(0.05);
  });
});

describe('options change what happens', () => {
  it('horizon, populationSize and iterations set what is scored', async () => {
    const shapes: number[] = [];
    const evaluator: SequenceEvaluator = {
      ...quadraticEvaluator(TARGET, 3),
      evaluate: async (_, sequences, returns) => {
        shapes.push(sequences.length, returns.length);
        returns.fill(1);
      },
    };
    const { diagnostics, actions } = await planFor({ horizon: 3, populationSize: 20, iterations: 2 }, 1, evaluator);
    expect(shapes).toEqual([60, 20, 60, 20]);
    expect(actions.length).toBe(3);
    expect(diagnostics.evaluationCount).toBe(40);
    expect(diagnostics.bestReturnByIteration).toEqual([1, 1]);
    expect(diagnostics.eliteReturnByIteration).toEqual([1, 1]);
  });

  it('populationSize defaults to 400, eliteCount to a tenth of it, iterations to 5', async () => {
    const evaluator = quadraticEvaluator(TARGET, 4);
    const options = { horizon: 4, actionSpace: unit };
    const plain = await planOnce(createCem(options), evaluator);
    const spelled = await planOnce(
      createCem({
        ...options,
        populationSize: 400,
        eliteCount: 40,
        iterations: 5,
        momentum: 0.1,
        initialStandardDeviationRatio: 0.25,
        minimumStandardDeviationRatio: 0,
        returned: 'mean',
        warmStart: 'returned',
        fill: 'middle',
        keptEliteCount: 0,
        includeMean: false,
        noiseCorrelation: 0,
        sampling: 'truncated',
        convergenceTolerance: 0,
      }),
      evaluator,
    );
    expect(plain).toEqual(spelled);
  });

  it('eliteCount: fewer elites narrow the search faster', async () => {
    const few = await planFor({ eliteCount: 3 });
    const many = await planFor({ eliteCount: 30 });
    expect(few.diagnostics.spreadByIteration.at(-1)!).toBeLessThan(many.diagnostics.spreadByIteration.at(-1)!);
  });

  it('momentum keeps the spread up and the mean back, by the hand-computed rule', async () => {
    const candidates: Float32Array[] = [];
    const quadratic = quadraticEvaluator([1], 1);
    const recording: SequenceEvaluator = {
      ...quadratic,
      evaluate: (observation, sequences, returns, rng) => {
        candidates.push(sequences.slice());
        return quadratic.evaluate(observation, sequences, returns, rng);
      },
    };
    const planner = createCem({ horizon: 1, actionSpace: unit, populationSize: 10, eliteCount: 2, iterations: 1, momentum: 0.75 });
    const { actions } = await planner.plan({
      observation: here,
      evaluator: recording,
      state: { actions: Float32Array.of(-0.5), kept: new Float32Array(0) },
      rng: createRng(5),
    });
    // The two greatest candidates are the elites of a return that rises towards 1.
    const [second, first] = [...candidates[0]!].toSorted((a, b) => a - b).slice(-2);
    expect(actions[0]).toBe(Math.fround(0.75 * -0.5 + (1 - 0.75) * ((first! + second!) / 2)));
  });

  it('initialStandardDeviationRatio: σ of the first iteration is that share of the range', async () => {
    for (const ratio of [0.1, 0.25]) {
      const { diagnostics } = await planFor({ initialStandardDeviationRatio: ratio });
      expect(diagnostics.spreadByIteration[0]).toBeCloseTo(2 * ratio, 12);
    }
  });

  it('minimumStandardDeviationRatio is a floor', async () => {
    const settings = { iterations: 12, eliteCount: 2, sampling: 'clipped' } as const;
    const free = await planFor(settings);
    const floored = await planFor({ ...settings, minimumStandardDeviationRatio: 0.05 });
    expect(free.diagnostics.spreadByIteration.at(-1)!).toBeLessThan(0.01);
    expect(floored.diagnostics.spreadByIteration.at(-1)!).toBeCloseTo(0.1, 12);
  });

  it("returned: 'best' gives the best sequence that was scored, over all iterations", async () => {
    let best = -Infinity;
    let bestSequence: number[] = [];
    // A score that does not depend on the actions, greatest in the first iteration.
    const scores = [3, 9, 4, 1, 5, 2];
    let call = 0;
    const evaluator: SequenceEvaluator = {
      ...quadraticEvaluator(TARGET, 4),
      evaluate: async (_, sequences, returns) => {
        for (let n = 0; n < 3; n++) {
          returns[n] = scores[3 * call + n]!;
          if (returns[n]! > best) {
            best = returns[n]!;
            bestSequence = Array.from(sequences.subarray(4 * n, 4 * n + 4));
          }
        }
        call++;
      },
    };
    const options = { populationSize: 3, eliteCount: 1, iterations: 2 };
    const returned = await planFor({ ...options, returned: 'best' }, 1, evaluator);
    expect(Array.from(returned.actions)).toEqual(bestSequence);
    expect(returned.state.actions).toEqual(returned.actions);
    call = 0;
    const mean = await planFor(options, 1, evaluator);
    expect(Array.from(mean.actions)).not.toEqual(bestSequence);

    call = 0;
    const apart = await planFor({ ...options, returned: 'best', warmStart: 'mean' }, 1, evaluator);
    expect(apart.actions).toEqual(returned.actions);
    expect(apart.state.actions).toEqual(mean.actions);
  });

  it('keptEliteCount: elites are candidates again in the next iteration and, shifted, in the next search', async () => {
    const calls: Float32Array[] = [];
    const quadratic = quadraticEvaluator(TARGET, 4);
    const evaluator: SequenceEvaluator = {
      ...quadratic,
      evaluate: (observation, sequences, returns, rng) => {
        calls.push(sequences.slice());
        return quadratic.evaluate(observation, sequences, returns, rng);
      },
    };
    const planner = createCem({ horizon: 4, actionSpace: unit, populationSize: 30, eliteCount: 5, iterations: 2, keptEliteCount: 2 });
    const first = await planOnce(planner, evaluator);
    const rows = (sequences: Float32Array): string[] =>
      Array.from({ length: sequences.length / 4 }, (_, n) => sequences.slice(4 * n, 4 * n + 4).join());
    const returnOf = (row: string): number => -row.split(',').reduce((sum, action, i) => sum + (Number(action) - TARGET[i]!) ** 2, 0);
    const bestTwo = rows(calls[0]!)
      .toSorted((a, b) => returnOf(b) - returnOf(a))
      .slice(0, 2);
    expect(rows(calls[1]!).slice(0, 2)).toEqual(bestTwo);
    expect(first.state.kept.length).toBe(8);
    // A kept elite cannot be lost, so the best return never falls.
    expect(first.diagnostics.bestReturnByIteration[1]!).toBeGreaterThanOrEqual(first.diagnostics.bestReturnByIteration[0]!);

    const state = planner.shift(first.state);
    expect(Array.from(state.kept)).toEqual([...first.state.kept.slice(1, 4), 0, ...first.state.kept.slice(5, 8), 0]);
    await planner.plan({ observation: here, evaluator, state, rng: createRng(8) });
    expect(calls[2]!.slice(0, 8)).toEqual(state.kept);
    expect((await planFor({ keptEliteCount: 0 })).state.kept.length).toBe(0);
  });

  it('includeMean: the mean is the last candidate of the last iteration, and of no other', async () => {
    const lastRows: Float32Array[] = [];
    const evaluator: SequenceEvaluator = {
      ...quadraticEvaluator(TARGET, 4),
      evaluate: async (_, sequences, returns) => {
        lastRows.push(sequences.slice(-4));
        // Nothing is finite, so the mean stays in the middle.
        returns.fill(NaN);
      },
    };
    await planFor({ includeMean: true, iterations: 2 }, 1, evaluator);
    await planFor({ includeMean: false, iterations: 2 }, 1, evaluator);
    expect(lastRows.map((row) => row.every((action) => action === 0))).toEqual([false, true, false, false]);
  });

  it('noiseCorrelation: neighbouring actions of a candidate go together', async () => {
    const correlationAt = async (noiseCorrelation: number): Promise<number> => {
      let sum = 0;
      const evaluator: SequenceEvaluator = {
        ...quadraticEvaluator(TARGET, 4),
        evaluate: async (_, sequences, returns) => {
          for (let n = 0; n < returns.length; n++) sum += (sequences[4 * n + 1]! * sequences[4 * n + 2]!) / returns.length / 0.25;
          returns.fill(0);
        },
      };
      await planFor({ noiseCorrelation, iterations: 1, populationSize: 5000, sampling: 'clipped' }, 1, evaluator);
      return sum;
    };
    expect(Math.abs(await correlationAt(0))).toBeLessThan(0.07);
    // Clipping at two deviations takes a little off the 0.8.
    expect(Math.abs((await correlationAt(0.8)) - 0.8)).toBeLessThan(0.1);
  });

  it("sampling: 'clipped' puts candidates on the bounds, 'truncated' none", async () => {
    const onBounds = async (sampling: 'truncated' | 'clipped'): Promise<number> => {
      let count = 0;
      const evaluator = evaluatorOf({ horizon: 4, actionSize: 1 }, (sequence) => {
        count += sequence.filter((action) => Math.abs(action) === 1).length;
        return 0;
      });
      await planFor({ sampling, iterations: 1, initialStandardDeviationRatio: 0.5 }, 1, evaluator);
      return count;
    };
    expect(await onBounds('truncated')).toBe(0);
    // σ = 1: 32% of 240.
    expect(await onBounds('clipped')).toBeGreaterThan(40);
  });

  it('convergenceTolerance ends the search early', async () => {
    const settings = { iterations: 40, momentum: 0 };
    const whole = await planFor(settings);
    const early = await planFor({ ...settings, convergenceTolerance: 1e-3 });
    expect(whole.diagnostics.evaluationCount).toBe(40 * 60);
    const count = early.diagnostics.spreadByIteration.length;
    expect(count).toBeLessThan(20);
    expect(early.diagnostics.evaluationCount).toBe(count * 60);
    // Its last iteration still searched wider than the tolerance; the one that would have followed does not.
    expect(Math.max(...early.diagnostics.spreadByIteration) ** 2).toBeGreaterThan(1e-3);
    expect(whole.diagnostics.spreadByIteration[count]! ** 2).toBeLessThan(1e-3);
    expect(early.diagnostics.spreadByIteration).toEqual(whole.diagnostics.spreadByIteration.slice(0, count));
  });

  it('fill: the end of a shifted plan is the middle of the bounds or the last action again', () => {
    const actionSpace = boxSpace({ low: [0, -1], high: [4, 1] });
    const state = { actions: Float32Array.of(1, 0.1, 2, 0.2, 3, 0.3), kept: new Float32Array(0) };
    const shifted = (fill: 'middle' | 'repeat', steps?: number): number[] =>
      Array.from(createCem({ horizon: 3, actionSpace, fill }).shift(state, steps).actions, (x) => Math.round(10 * x) / 10);
    expect(shifted('middle')).toEqual([2, 0.2, 3, 0.3, 2, 0]);
    expect(shifted('repeat')).toEqual([2, 0.2, 3, 0.3, 3, 0.3]);
    expect(shifted('middle', 2)).toEqual([3, 0.3, 2, 0, 2, 0]);
    expect(shifted('repeat', 9)).toEqual([3, 0.3, 3, 0.3, 3, 0.3]);
    expect(shifted('middle', 3)).toEqual([2, 0, 2, 0, 2, 0]);
    expect(shifted('middle', 0)).toEqual([1, 0.1, 2, 0.2, 3, 0.3]);
    expect(Array.from(state.actions)[0]).toBe(1);
  });
});

it('starts from the state that it is given', async () => {
  const planner = createCem({ horizon: 4, actionSpace: unit, iterations: 1, momentum: 0.99 });
  const state = { actions: Float32Array.of(0.9, -0.9, 0.9, 7), kept: new Float32Array(0) };
  const { actions } = await planner.plan({ observation: here, evaluator: quadraticEvaluator([0], 4), state, rng: createRng(0) });
  expect(greatestError(actions, [0.9, -0.9, 0.9, 1])).toBeLessThan(0.02);
  expect(state.actions[3]).toBe(7);
});

describe('returns that are not finite', () => {
  it('rank last and are counted', async () => {
    const evaluator = evaluatorOf({ horizon: 1, actionSize: 1 }, ([action], _, n) =>
      n % 3 === 0 ? [NaN, Infinity, -Infinity][(n % 9) / 3]! : -Math.abs(action! - 0.5),
    );
    const { actions, diagnostics } = await planFor({ horizon: 1, iterations: 10, populationSize: 30 }, 1, evaluator);
    expect(diagnostics.nonFiniteCount).toBe(100);
    expect(actions[0]!).toBeCloseTo(0.5, 1);
    expect(diagnostics.bestReturnByIteration.every(Number.isFinite)).toBe(true);
    expect(diagnostics.eliteReturnByIteration.every(Number.isFinite)).toBe(true);
  });

  it('beyond the elites leave the finite ones alone to learn from', async () => {
    let only = NaN;
    const evaluator = evaluatorOf({ horizon: 1, actionSize: 1 }, ([action], _, n) => {
      if (n === 4) only = action!;
      return n === 4 ? 2 : NaN;
    });
    const plan = await planFor({ horizon: 1, iterations: 1, momentum: 0, keptEliteCount: 3 }, 1, evaluator);
    expect(plan.actions[0]).toBe(only);
    expect(Array.from(plan.state.kept)).toEqual([only]);
    expect(plan.diagnostics.eliteReturnByIteration).toEqual([2]);
  });

  it('throughout leave the plan as it was, for both kinds of plan', async () => {
    const evaluator = evaluatorOf({ horizon: 4, actionSize: 1 }, () => NaN);
    const state = { actions: Float32Array.of(0.5, -0.25, 0, 1), kept: new Float32Array(0) };
    for (const returned of ['mean', 'best'] as const) {
      const planner = createCem({ horizon: 4, actionSpace: unit, populationSize: 50, iterations: 3, returned, keptEliteCount: 2 });
      const plan = await planner.plan({ observation: here, evaluator, state, rng: createRng(1) });
      expect(plan.actions).toEqual(state.actions);
      expect(plan.diagnostics.nonFiniteCount).toBe(150);
      expect(plan.diagnostics.bestReturnByIteration).toEqual([-Infinity, -Infinity, -Infinity]);
      expect(plan.diagnostics.eliteReturnByIteration).toEqual([-Infinity, -Infinity, -Infinity]);
    }
  });

  it('are what an evaluator leaves out, even after a call that wrote all', async () => {
    const planner = createCem({ horizon: 4, actionSpace: unit, populationSize: 10, iterations: 2 });
    await planOnce(planner, quadraticEvaluator(TARGET, 4));
    const silent: SequenceEvaluator = { ...quadraticEvaluator(TARGET, 4), evaluate: async () => {} };
    expect((await planOnce(planner, silent)).diagnostics.nonFiniteCount).toBe(20);
  });
});

it('never leaves the bounds, in candidates or plans, whatever the options', async () => {
  const component = fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }));
  const settings = fc.record({
    components: fc.array(component, { minLength: 1, maxLength: 3 }),
    horizon: fc.integer({ min: 1, max: 5 }),
    sampling: fc.constantFrom('truncated' as const, 'clipped' as const),
    noiseCorrelation: fc.constantFrom(0, 0.5, 0.95),
    momentum: fc.constantFrom(0, 0.1, 1 / 3),
    returned: fc.constantFrom('mean' as const, 'best' as const),
    keptEliteCount: fc.integer({ min: 0, max: 3 }),
    initialStandardDeviationRatio: fc.constantFrom(0.05, 0.25, 1),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(settings, async ({ components, horizon, seed, ...options }) => {
      const actionSpace = boxSpace({ low: components.map(([low]) => low), high: components.map(([low, width]) => low + width + 1e-4) });
      const actionSize = actionSpace.size;
      const check = (sequences: Float32Array): void => {
        for (let i = 0; i < sequences.length; i += actionSize) {
          expect(whyOutside(actionSpace, sequences.subarray(i, i + actionSize))).toBeUndefined();
        }
      };
      // Rewards great actions, so that the search is driven to the bounds.
      const evaluator = evaluatorOf({ horizon, actionSize }, (sequence) => {
        check(sequence);
        return sequence.reduce((sum, action) => sum + action, 0);
      });
      const planner = createCem({ horizon, actionSpace, populationSize: 12, eliteCount: 4, iterations: 4, ...options });
      const first = await planOnce(planner, evaluator, seed);
      const state = planner.shift(first.state);
      const second = await planner.plan({ observation: here, evaluator, state, rng: createRng(seed) });
      for (const sequences of [first.actions, first.state.kept, state.actions, second.actions, planner.initialState().actions])
        check(sequences);
    }),
    { numRuns: 60 },
  );
});

describe('is a function of its request', () => {
  const planner = createCem({ horizon: 4, actionSpace: unit, populationSize: 40, keptEliteCount: 2, noiseCorrelation: 0.5 });
  const evaluator = quadraticEvaluator(TARGET, 4);

  it('gives equal plans for equal requests, and others for other seeds', async () => {
    const first = await planOnce(planner, evaluator, 7);
    expect(await planOnce(planner, evaluator, 7)).toEqual(first);
    expect((await planOnce(planner, evaluator, 8)).actions).not.toEqual(first.actions);
  });

  it('serves several requests at once without mixing them up', async () => {
    const slow: SequenceEvaluator = {
      ...evaluator,
      evaluate: async (observation, sequences, returns, rng) => {
        await new Promise((resolve) => setImmediate(resolve));
        await evaluator.evaluate(observation, sequences, returns, rng);
      },
    };
    const together = await Promise.all([1, 2, 3].map((seed) => planOnce(planner, slow, seed)));
    for (const [i, seed] of [1, 2, 3].entries()) expect(together[i]).toEqual(await planOnce(planner, evaluator, seed));
  });

  it('gives plans of their own, which later calls do not write', async () => {
    const plan = await planOnce(planner, evaluator, 1);
    const before = structuredClone(plan);
    expect(plan.state.actions).not.toBe(plan.actions);
    await planOnce(planner, evaluator, 2);
    expect(plan).toEqual(before);
  });

  it('passes an error of the evaluator on, and works again after it', async () => {
    const cause = new Error('no engine');
    const failing: SequenceEvaluator = { ...evaluator, evaluate: () => Promise.reject(cause) };
    await expect(planOnce(planner, failing)).rejects.toBe(cause);
    expect(await planOnce(planner, evaluator, 7)).toEqual(await planOnce(planner, evaluator, 7));
  });
});

describe('refuses', () => {
  const good = { horizon: 4, actionSpace: unit };
  const bad: readonly [string, object, string][] = [
    ['a horizon of 0', { horizon: 0 }, 'createCem: horizon must be an integer in [1, Infinity), got 0'],
    ['a population of 0', { populationSize: 0 }, 'createCem: populationSize must be an integer in [1, Infinity), got 0'],
    [
      'a population below the elites',
      { populationSize: 32, eliteCount: 40 },
      'createCem: eliteCount must be an integer in [1, 32], got 40',
    ],
    ['no elites', { eliteCount: 0 }, 'createCem: eliteCount must be an integer in [1, 400], got 0'],
    ['half an iteration', { iterations: 0.5 }, 'createCem: iterations must be an integer in [1, Infinity), got 0.5'],
    ['momentum 1', { momentum: 1 }, 'createCem: momentum must be a finite number in [0, 1), got 1'],
    [
      'no spread',
      { initialStandardDeviationRatio: 0 },
      'createCem: initialStandardDeviationRatio must be a finite number in (0, 10], got 0',
    ],
    [
      'a negative floor',
      { minimumStandardDeviationRatio: -1 },
      'createCem: minimumStandardDeviationRatio must be a finite number in [0, 1], got -1',
    ],
    ['an unknown plan', { returned: 'median' }, 'createCem: returned must be one of "mean", "best", got "median"'],
    ['an unknown start', { warmStart: 'cold' }, 'createCem: warmStart must be one of "returned", "mean", got "cold"'],
    ['an unknown fill', { fill: 'zero' }, 'createCem: fill must be one of "middle", "repeat", got "zero"'],
    ['more kept than elites', { eliteCount: 5, keptEliteCount: 6 }, 'createCem: keptEliteCount must be an integer in [0, 5], got 6'],
    [
      'nothing left to draw',
      { populationSize: 5, eliteCount: 5, keptEliteCount: 5 },
      'createCem: keptEliteCount must be an integer in [0, 4], got 5',
    ],
    ['a word for a flag', { includeMean: 'yes' }, 'createCem: includeMean must be true or false, got yes'],
    ['correlation 1', { noiseCorrelation: 1 }, 'createCem: noiseCorrelation must be a finite number in [0, 1), got 1'],
    ['unknown sampling', { sampling: 'uniform' }, 'createCem: sampling must be one of "truncated", "clipped", got "uniform"'],
    [
      'a tolerance of NaN',
      { convergenceTolerance: NaN },
      'createCem: convergenceTolerance must be a finite number in [0, Infinity), got NaN',
    ],
    [
      'discrete actions',
      { actionSpace: discreteSpace(2) },
      'createCem: actionSpace must be a box space (it samples from a normal distribution), got a discrete space of 2 values',
    ],
    [
      'unbounded actions',
      { actionSpace: boxSpace({ low: [-Infinity], high: [1] }) },
      'createCem: actionSpace must have finite bounds, got [-Infinity, 1] at component 0',
    ],
    [
      'no action space',
      { actionSpace: undefined },
      'createCem: actionSpace must be a box space (it samples from a normal distribution), got undefined',
    ],
  ];
  it.each(bad)('%s', (_, options, message) => {
    expect(() => createCem({ ...good, ...options } as CemOptions)).toThrow(expect.objectContaining({ code: 'OPTION', message }));
  });

  const planner = createCem(good);
  const evaluator = quadraticEvaluator(TARGET, 4);
  const request = { observation: here, evaluator, state: planner.initialState(), rng: createRng(0) };
  it.each<readonly [string, Partial<typeof request>, string, string]>([
    [
      'an observation that is not finite',
      { observation: Float32Array.of(NaN) },
      'NUMERICAL',
      'plan: observation must be finite, got NaN at component 0',
    ],
    ['an observation of the wrong size', { observation: new Float32Array(2) }, 'SHAPE', 'plan: observation must have 1 components, got 2'],
    [
      'an evaluator of a different horizon',
      { evaluator: quadraticEvaluator([0], 5) },
      'SHAPE',
      'plan: evaluator must score sequences of shape [4, 1], got one for [5, 1]',
    ],
    [
      'an evaluator of a different action size',
      { evaluator: quadraticEvaluator([0], 4, 2) },
      'SHAPE',
      'plan: evaluator must score sequences of shape [4, 1], got one for [4, 2]',
    ],
    [
      'a state of the wrong size',
      { state: { actions: new Float32Array(5), kept: new Float32Array(0) } },
      'SHAPE',
      'plan: state.actions must have 4 numbers ([4, 1]), got 5',
    ],
    [
      'a state with more kept sequences than it keeps',
      { state: { actions: new Float32Array(4), kept: new Float32Array(4) } },
      'SHAPE',
      'plan: state.kept must hold at most 0 sequences of 4 numbers ([4, 1]), got 4 numbers',
    ],
    [
      'a state that is not finite',
      { state: { actions: Float32Array.of(0, 0, Infinity, 0), kept: new Float32Array(0) } },
      'NUMERICAL',
      'plan: state.actions must be finite, got Infinity at index 2',
    ],
  ])('%s', async (_, part, code, message) => {
    await expect(planner.plan({ ...request, ...part })).rejects.toMatchObject({ code, message });
  });

  it('to shift backwards, or a state that is not its own', () => {
    expect(() => planner.shift(request.state, -1)).toThrow('shift: steps must be an integer in [0, Infinity), got -1');
    expect(() => planner.shift({ actions: new Float32Array(3), kept: new Float32Array(0) })).toThrow(
      'shift: state.actions must have 4 numbers',
    );
  });
});
