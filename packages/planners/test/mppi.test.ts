import { boxSpace } from '@mbrl/core';
import { createMppi, type MppiOptions } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';
import { planOnce, recording, stateOf } from './planning.js';

const base = { horizon: 2, actionSpace: boxSpace({ low: [-1, 0], high: [1, 4] }) };
const START = [0.25, 1, -0.5, 3];
const MIDDLE = [0, 2, 0, 2];
/** σ by component at the default ratio of a quarter of the range. */
const SIGMA = [0.5, 1, 0.5, 1];
const quadratic = quadraticEvaluator([0.3, 2.5, -0.1, 1], 2, 2);

/** Plans once, with all candidates and returns in sight. */
async function oneSearch(options: Partial<MppiOptions>, evaluator = quadratic) {
  const seen = recording(evaluator);
  const planner = createMppi({ ...base, populationSize: 5, ...options });
  const plan = await planOnce(planner, seen.evaluator, { state: stateOf(START) });
  const rows = (call: number): number[][] =>
    Array.from({ length: seen.candidates[call]!.length / 4 }, (_, n) => Array.from(seen.candidates[call]!.slice(4 * n, 4 * n + 4)));
  return { plan, planner, candidates: rows(0), rows, returns: Array.from(seen.returns[0]!) };
}

/** Σ w v with weights in proportion to exp(exponents), worked out by the definition. */
function weightedPlan(candidates: number[][], exponents: number[]): { plan: number[]; weights: number[]; size: number } {
  const factors = exponents.map((value) => Math.exp(value));
  const total = factors.reduce((sum, factor) => sum + factor, 0);
  const weights = factors.map((factor) => factor / total);
  const plan = [0, 1, 2, 3].map((d) => weights.reduce((sum, weight, n) => sum + weight * candidates[n]![d]!, 0));
  return { plan, weights, size: 1 / weights.reduce((sum, weight) => sum + weight ** 2, 0) };
}
const expectClose = (values: ArrayLike<number>, expected: readonly number[], digits = 6): void => {
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, digits);
};

describe('updates as worked out by hand', () => {
  it('two candidates with returns ln 3 apart: weights 3/4 and 1/4', async () => {
    let call = 0;
    const evaluator = evaluatorOf({ horizon: 2, actionSize: 2 }, () => [0, Math.log(3)][call++]!);
    const { plan, candidates } = await oneSearch({ populationSize: 2, temperature: 1, costNormalization: 'none' }, evaluator);
    // The first candidate is the plan without noise.
    expect(candidates[0]).toEqual(START);
    expectClose(
      plan.actions,
      START.map((value, d) => 0.25 * value + 0.75 * candidates[1]![d]!),
    );
    expect(plan.diagnostics.effectiveSampleSizeByIteration![0]).toBeCloseTo(1.6, 6);
    expect(plan.state.actions).toEqual(plan.actions);
  });

  it('temperature, without normalisation: exp(R / λ)', async () => {
    for (const temperature of [0.5, 2]) {
      const { plan, candidates, returns } = await oneSearch({ temperature, costNormalization: 'none' });
      const expected = weightedPlan(
        candidates,
        returns.map((value) => value / temperature),
      );
      expectClose(plan.actions, expected.plan);
      expect(plan.diagnostics.effectiveSampleSizeByIteration![0]).toBeCloseTo(expected.size, 5);
    }
  });

  it('costNormalization: returns by their range or deviation', async () => {
    const { candidates, returns } = await oneSearch({});
    const mean = returns.reduce((sum, value) => sum + value, 0) / 5;
    const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5);
    const range = Math.max(...returns) - Math.min(...returns);
    for (const [costNormalization, divisor] of [
      ['deviation', deviation],
      ['range', range],
    ] as const) {
      const { plan } = await oneSearch({ costNormalization, temperature: 0.4 });
      const expected = weightedPlan(
        candidates,
        returns.map((value) => value / divisor / 0.4),
      );
      expectClose(plan.actions, expected.plan);
    }
    expect((await oneSearch({})).plan).toEqual((await oneSearch({ costNormalization: 'deviation', temperature: 0.1 })).plan);
  });

  it('controlCostRatio: γ Σ (u − m) (v − m) / σ² is taken off the exponent', async () => {
    const { plan, candidates, returns } = await oneSearch({ controlCostRatio: 0.7, temperature: 1, costNormalization: 'none' });
    const charge = (v: number[]): number =>
      START.reduce((sum, u, d) => sum + (0.7 * (u - MIDDLE[d]!) * (v[d]! - MIDDLE[d]!)) / SIGMA[d]! ** 2, 0);
    const expected = weightedPlan(
      candidates,
      returns.map((value, n) => value - charge(candidates[n]!)),
    );
    expectClose(plan.actions, expected.plan, 5);
    const free = await oneSearch({ temperature: 1, costNormalization: 'none' });
    expect(free.plan.actions).not.toEqual(plan.actions);
  });

  it('covarianceAdaptation: σ² moves to the weighted variance, not under its floor, and goes into the next search', async () => {
    const settings = { covarianceAdaptation: 0.6, temperature: 1, costNormalization: 'none', minimumStandardDeviationRatio: 0.1 } as const;
    const { plan, planner, candidates, returns } = await oneSearch(settings);
    const { plan: mean, weights } = weightedPlan(candidates, returns);
    const adapted = SIGMA.map((sigma, d) => {
      const variance = weights.reduce((sum, weight, n) => sum + weight * (candidates[n]![d]! - mean[d]!) ** 2, 0);
      return Math.max(Math.sqrt(0.4 * sigma ** 2 + 0.6 * variance), 0.1 * [2, 4, 2, 4][d]!);
    });
    expectClose(plan.state.spread!, adapted, 5);
    const shifted = planner.shift(plan.state);
    expectClose(shifted.spread!, [...adapted.slice(2), 0.5, 1], 5);

    const next = await planOnce(planner, quadratic, { state: plan.state });
    expect(next.diagnostics.spreadByIteration[0]).toBeCloseTo(adapted.reduce((sum, value) => sum + value, 0) / 4, 5);
    // Small temperatures draw all weight to one candidate: what is left is the floor.
    const narrow = await oneSearch({ ...settings, covarianceAdaptation: 0.99, temperature: 1e-6, iterations: 5 });
    expectClose(narrow.plan.state.spread!, [0.2, 0.4, 0.2, 0.4], 5);
    expect((await oneSearch({})).plan.state.spread).toBeUndefined();
    await expect(planOnce(planner, quadratic, { state: { ...plan.state, spread: new Float32Array(3) } })).rejects.toThrow(
      'plan: state.spread must have 4 numbers ([2, 2]), got 3',
    );
    await expect(planOnce(createMppi(base), quadratic, { state: plan.state })).rejects.toThrow(
      'plan: state.spread must be absent, got 4 numbers',
    );
  });
});

describe('its options', () => {
  const wide = { horizon: 2, actionSpace: boxSpace({ low: [-10], high: [10] }), populationSize: 4000, includeMean: false } as const;
  const noiseOf = async (options: Partial<MppiOptions>): Promise<Float32Array> => {
    const seen = recording(quadraticEvaluator([0], 2));
    await planOnce(createMppi({ ...wide, ...options }), seen.evaluator);
    return seen.candidates[0]!;
  };
  const moment = (values: Float32Array, i: number, j: number): number => {
    let sum = 0;
    for (let n = 0; n < values.length; n += 2) sum += (values[n + i]! * values[n + j]!) / 4000;
    return sum;
  };

  it('standardDeviationRatio and noiseCorrelation shape the noise', async () => {
    const values = await noiseOf({ standardDeviationRatio: 0.1, noiseCorrelation: 0.8 });
    expect(Math.abs(moment(values, 0, 0) / 4 - 1)).toBeLessThan(0.12);
    expect(Math.abs(moment(values, 0, 1) / 4 - 0.8)).toBeLessThan(0.12);
    expect(Math.abs(moment(await noiseOf({ standardDeviationRatio: 0.1 }), 0, 1) / 4)).toBeLessThan(0.12);
  });

  it('noiseExponent colours by a power law', async () => {
    // Two steps: powers 1 and 1, since the mean takes that of the lowest frequency.
    expect(Math.abs(moment(await noiseOf({ standardDeviationRatio: 0.1, noiseExponent: 2 }), 0, 1) / 4)).toBeLessThan(0.12);
    const seen = recording(quadraticEvaluator([0], 8));
    await planOnce(createMppi({ ...wide, horizon: 8, noiseExponent: 3, standardDeviationRatio: 0.1 }), seen.evaluator);
    let sum = 0;
    for (let n = 0; n < 4000; n++) sum += (seen.candidates[0]![8 * n + 3]! * seen.candidates[0]![8 * n + 4]!) / 4000 / 4;
    expect(sum).toBeGreaterThan(0.6);
  });

  it('includeMean: the plan without noise is the first candidate, or none', async () => {
    expect((await oneSearch({})).candidates[0]).toEqual(START);
    expect((await oneSearch({ includeMean: false })).candidates[0]).not.toEqual(START);
  });

  it('iterations: each starts from the plan of the last', async () => {
    const once = await oneSearch({ populationSize: 50 });
    const twice = await oneSearch({ populationSize: 50, iterations: 2 });
    expect(twice.rows(1)[0]).toEqual(Array.from(once.plan.actions));
    expect(twice.plan.diagnostics.iterationCount).toBe(2);
  });

  it("returned: 'best' executes the best sequence and goes on from the mean", async () => {
    const mean = await oneSearch({});
    const best = await oneSearch({ returned: 'best' });
    const index = best.returns.indexOf(Math.max(...best.returns));
    expect(Array.from(best.plan.actions)).toEqual(best.candidates[index]);
    expect(best.plan.state.actions).toEqual(mean.plan.actions);
  });

  it('fill: the end of a plan that moved up', () => {
    expect(Array.from(createMppi(base).shift(stateOf(START)).actions)).toEqual([-0.5, 3, -0.5, 3]);
    expect(Array.from(createMppi({ ...base, fill: 'middle' }).shift(stateOf(START)).actions)).toEqual([-0.5, 3, 0, 2]);
  });
});

it('gives no weight to what is not finite, and none at all to nothing', async () => {
  const evaluator = evaluatorOf({ horizon: 2, actionSize: 2 }, (_, __, n) => (n === 3 ? 1 : [NaN, Infinity, -Infinity][n % 3]!));
  const { plan, candidates } = await oneSearch({}, evaluator);
  expect(Array.from(plan.actions)).toEqual(candidates[3]);
  expect(plan.diagnostics).toMatchObject({ nonFiniteCount: 4, effectiveSampleSizeByIteration: [1] });
  const nothing = await oneSearch(
    {},
    evaluatorOf({ horizon: 2, actionSize: 2 }, () => NaN),
  );
  expect(Array.from(nothing.plan.actions)).toEqual(START);
  expect(nothing.plan.diagnostics).toMatchObject({
    nonFiniteCount: 5,
    effectiveSampleSizeByIteration: [0],
    bestReturnByIteration: [-Infinity],
  });
});

it.each<[string, Partial<MppiOptions>, string]>([
  ['horizon 0', { horizon: 0 }, 'horizon must be an integer in [1, Infinity), got 0'],
  ['one candidate', { populationSize: 1 }, 'populationSize must be an integer in [2, Infinity), got 1'],
  ['temperature 0', { temperature: 0 }, 'temperature must be a finite number in (0, Infinity), got 0'],
  ['correlation 1', { noiseCorrelation: 1 }, 'noiseCorrelation must be a finite number in [0, 1), got 1'],
  ['two kinds of noise', { noiseCorrelation: 0.5, noiseExponent: 1 }, 'noiseCorrelation must be 0 where noiseExponent is given, got 0.5'],
  ['a negative exponent', { noiseExponent: -1 }, 'noiseExponent must be a finite number in [0, 10], got -1'],
  ['a control cost beyond 1', { controlCostRatio: 1.1 }, 'controlCostRatio must be a finite number in [0, 1], got 1.1'],
  ['full adaptation', { covarianceAdaptation: 1 }, 'covarianceAdaptation must be a finite number in [0, 1), got 1'],
  [
    'unknown normalisation',
    { costNormalization: 'max' as 'range' },
    'costNormalization must be one of "none", "range", "deviation", got "max"',
  ],
])('refuses %s', (_, options, message) => {
  expect(() => createMppi({ ...base, ...options })).toThrow(`createMppi: ${message}`);
});
