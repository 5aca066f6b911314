import { boxSpace, discreteSpace } from '@mbrl/core';
import { createRandomShooting, type RandomShootingOptions } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';
import { planOnce, recording, stateOf } from './planning.js';

const HORIZON = 4;
const base = { horizon: HORIZON, actionSpace: boxSpace({ low: [-1], high: [3] }) };
const quadratic = quadraticEvaluator([0.3], HORIZON);

async function candidatesOf(options: Partial<RandomShootingOptions>, state = stateOf([2, 2, 2, 2])): Promise<Float32Array> {
  const seen = recording(quadratic);
  await planOnce(createRandomShooting({ ...base, populationSize: 4000, includePlan: false, ...options }), seen.evaluator, { state });
  return seen.candidates[0]!;
}
const momentsOf = (values: Float32Array): [mean: number, deviation: number] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
};
const neighbourCorrelation = (values: Float32Array): number => {
  let sum = 0;
  for (let n = 0; n < values.length; n += HORIZON) sum += (values[n + 1]! - 1) * (values[n + 2]! - 1);
  return (sum * HORIZON) / values.length / momentsOf(values)[1] ** 2;
};

it('returns the best of what it scored', async () => {
  const seen = recording(quadratic);
  const { actions, diagnostics } = await planOnce(createRandomShooting({ ...base, populationSize: 50 }), seen.evaluator);
  const best = seen.returns[0]!.indexOf(Math.max(...seen.returns[0]!));
  expect(actions).toEqual(seen.candidates[0]!.slice(best * HORIZON, (best + 1) * HORIZON));
  expect(diagnostics.bestReturnByIteration).toEqual([seen.returns[0]![best]]);
  const fifth = Array.from(seen.returns[0]!).toSorted((a, b) => b - a);
  expect(diagnostics.eliteReturnByIteration[0]).toBeCloseTo(fifth.slice(0, 5).reduce((sum, value) => sum + value, 0) / 5, 10);
});

describe('its options', () => {
  it("distribution: 'uniform' covers the bounds evenly", async () => {
    const values = await candidatesOf({});
    const [mean, deviation] = momentsOf(values);
    expect(mean).toBeCloseTo(1, 1);
    expect(deviation).toBeCloseTo(4 / Math.sqrt(12), 1);
    expect(Math.abs(neighbourCorrelation(values))).toBeLessThan(0.08);
    expect(values.filter((value) => value < 0).length / values.length).toBeCloseTo(0.25, 1);
  });

  it("distribution: 'gaussian' draws around the middle, by standardDeviationRatio", async () => {
    for (const ratio of [0.05, 0.1]) {
      const [mean, deviation] = momentsOf(await candidatesOf({ distribution: 'gaussian', standardDeviationRatio: ratio }));
      expect(mean).toBeCloseTo(1, 1);
      expect(Math.abs(deviation - 4 * ratio)).toBeLessThan(0.03 * 4 * ratio);
    }
  });

  it("distribution: 'coloured' binds neighbours, by noiseExponent", async () => {
    const settings = { distribution: 'coloured', standardDeviationRatio: 0.1 } as const;
    expect(Math.abs(neighbourCorrelation(await candidatesOf({ ...settings, noiseExponent: 0 })))).toBeLessThan(0.08);
    // Four steps: correlation 0 at lag 1 of powers p₀ = p₁ = 1, p₂ = 2^−β: (1 − 2^−β) / (3 + 2^−β).
    for (const exponent of [1, 4]) {
      const power = 2 ** -exponent;
      expect(
        Math.abs(neighbourCorrelation(await candidatesOf({ ...settings, noiseExponent: exponent })) - (1 - power) / (3 + power)),
      ).toBeLessThan(0.08);
    }
    expect(await candidatesOf(settings)).toEqual(await candidatesOf({ ...settings, noiseExponent: 1 }));
  });

  it("center: 'plan' draws around the plan to start from", async () => {
    const [mean] = momentsOf(await candidatesOf({ distribution: 'gaussian', standardDeviationRatio: 0.05, center: 'plan' }));
    expect(mean).toBeCloseTo(2, 1);
  });

  it('includePlan: the plan to start from is the first candidate, of the first iteration alone', async () => {
    const seen = recording(quadratic);
    const state = stateOf([2, 1, 0, 3]);
    await planOnce(createRandomShooting({ ...base, populationSize: 5, iterations: 2 }), seen.evaluator, { state });
    expect(seen.candidates.map((each) => each.slice(0, 4).join())).toEqual(['2,1,0,3', expect.not.stringMatching(/^2,1,0,3$/)]);
    expect((await candidatesOf({}, state)).slice(0, 4)).not.toEqual(state.actions);
  });

  it('iterations and populationSize: how much is drawn', async () => {
    const { diagnostics } = await planOnce(createRandomShooting({ ...base, populationSize: 7, iterations: 3 }), quadratic);
    expect([diagnostics.evaluationCount, diagnostics.iterationCount]).toEqual([21, 3]);
    expect((await planOnce(createRandomShooting(base), quadratic)).diagnostics.evaluationCount).toBe(1000);
  });

  it('fill: the end of a plan that moved up', () => {
    const state = stateOf([2, 1, 0, 3]);
    expect(Array.from(createRandomShooting(base).shift(state).actions)).toEqual([1, 0, 3, 1]);
    expect(Array.from(createRandomShooting({ ...base, fill: 'repeat' }).shift(state).actions)).toEqual([1, 0, 3, 3]);
  });
});

describe('discrete actions', () => {
  const actionSpace = discreteSpace(3);
  it('are all tried, evenly, and the best is found', async () => {
    const target = [2, 0, 1, 2];
    const seen = recording(quadraticEvaluator(target, HORIZON));
    const { actions, diagnostics } = await planOnce(createRandomShooting({ horizon: HORIZON, actionSpace }), seen.evaluator);
    expect(Array.from(actions)).toEqual(target);
    for (const value of [0, 1, 2]) expect(seen.candidates[0]!.filter((each) => each === value).length / 4000).toBeCloseTo(1 / 3, 1);
    expect(diagnostics.spreadByIteration[0]).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  it('begin in the middle, and start from whole numbers', async () => {
    const planner = createRandomShooting({ horizon: 2, actionSpace: discreteSpace(4) });
    expect(Array.from(planner.initialState().actions)).toEqual([1, 1]);
    const none = evaluatorOf({ horizon: 2, actionSize: 1 }, () => NaN);
    expect(Array.from((await planOnce(planner, none, { state: stateOf([2.2, 9]) })).actions)).toEqual([2, 3]);
  });

  it('refuse normal draws', () => {
    expect(() => createRandomShooting({ horizon: 2, actionSpace, distribution: 'gaussian' })).toThrow(
      'createRandomShooting: distribution must be "uniform" for discrete actions, got "gaussian"',
    );
  });
});

it.each<[string, Partial<RandomShootingOptions>, string]>([
  ['horizon 0', { horizon: 0 }, 'horizon must be an integer in [1, Infinity), got 0'],
  ['no population', { populationSize: 0 }, 'populationSize must be an integer in [1, Infinity), got 0'],
  ['no iteration', { iterations: 0 }, 'iterations must be an integer in [1, Infinity), got 0'],
  ['no spread', { standardDeviationRatio: 0 }, 'standardDeviationRatio must be a finite number in (0, 10], got 0'],
  ['a negative exponent', { noiseExponent: -1 }, 'noiseExponent must be a finite number in [0, 10], got -1'],
  [
    'an unknown distribution',
    { distribution: 'pink' as 'uniform' },
    'distribution must be one of "uniform", "gaussian", "coloured", got "pink"',
  ],
  [
    'unbounded actions',
    { actionSpace: boxSpace({ low: [0], high: [Infinity] }) },
    'actionSpace must have finite bounds, got [0, Infinity] at component 0',
  ],
])('refuses %s', (_, options, message) => {
  expect(() => createRandomShooting({ ...base, ...options })).toThrow(`createRandomShooting: ${message}`);
});
