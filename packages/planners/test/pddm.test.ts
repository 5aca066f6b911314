import { boxSpace } from '@mbrl/core';
import { createPddm, type PddmOptions } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';
import { planOnce, recording, stateOf } from './planning.js';

const base = { horizon: 3, actionSpace: boxSpace({ low: [-1], high: [1] }) };
const START = [0.25, -0.5, 0];
const quadratic = quadraticEvaluator([0.3, -0.2, 0.6], 3);

async function oneSearch(options: Partial<PddmOptions>, evaluator = quadratic) {
  const seen = recording(evaluator);
  const plan = await planOnce(createPddm({ ...base, populationSize: 6, ...options }), seen.evaluator, { state: stateOf(START) });
  const candidates = Array.from({ length: seen.candidates[0]!.length / 3 }, (_, n) =>
    Array.from(seen.candidates[0]!.slice(3 * n, 3 * n + 3)),
  );
  return { plan, candidates, calls: seen.candidates, returns: Array.from(seen.returns[0]!) };
}
/** Σ_k e^{κ R_k} a^k / Σ_k e^{κ R_k}. */
const weightedPlan = (candidates: number[][], returns: number[], kappa: number): number[] => {
  const factors = returns.map((value) => Math.exp(kappa * value));
  const total = factors.reduce((sum, factor) => sum + factor, 0);
  return [0, 1, 2].map((t) => candidates.reduce((sum, candidate, k) => sum + factors[k]! * candidate[t]!, 0) / total);
};
const expectClose = (values: ArrayLike<number>, expected: readonly number[]): void => {
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 6);
};

describe('updates as worked out by hand', () => {
  it('two candidates with returns ln 3 apart: weights 3/4 and 1/4 at κ = 1', async () => {
    let call = 0;
    const evaluator = evaluatorOf({ horizon: 3, actionSize: 1 }, () => [0, Math.log(3)][call++]!);
    const { plan, candidates } = await oneSearch({ populationSize: 2, rewardWeight: 1 }, evaluator);
    expectClose(
      plan.actions,
      [0, 1, 2].map((t) => 0.25 * candidates[0]![t]! + 0.75 * candidates[1]![t]!),
    );
    expect(plan.diagnostics.effectiveSampleSizeByIteration![0]).toBeCloseTo(1.6, 6);
  });

  it('rewardWeight κ', async () => {
    for (const rewardWeight of [0.5, 20]) {
      const { plan, candidates, returns } = await oneSearch({ rewardWeight });
      expectClose(plan.actions, weightedPlan(candidates, returns, rewardWeight));
    }
    expect((await oneSearch({})).plan).toEqual((await oneSearch({ rewardWeight: 20 })).plan);
  });

  it('returnNormalization', async () => {
    const { candidates, returns } = await oneSearch({});
    const range = Math.max(...returns) - Math.min(...returns);
    const { plan } = await oneSearch({ returnNormalization: 'range', rewardWeight: 3 });
    expectClose(plan.actions, weightedPlan(candidates, returns, 3 / range));
  });

  it('filterRatio β: n_t = β u_t + (1 − β) n_{t−1} from the same draws', async () => {
    // Small enough that nothing is clipped.
    const settings = { standardDeviationRatio: 0.01 };
    const white = (await oneSearch({ ...settings, filterRatio: 1 })).candidates.map((row) => row.map((value, t) => value - START[t]!));
    for (const beta of [0.6, 0.2]) {
      const { candidates } = await oneSearch({ ...settings, filterRatio: beta });
      for (const [k, row] of candidates.entries()) {
        let noise = 0;
        for (const [t, value] of row.entries()) {
          noise = beta * white[k]![t]! + (1 - beta) * noise;
          expect(value - START[t]!).toBeCloseTo(noise, 6);
        }
      }
    }
  });
});

describe('its options', () => {
  it('standardDeviationRatio: σ of the noise before the filter, and its spread after', async () => {
    const { candidates, plan } = await oneSearch({ standardDeviationRatio: 0.05, filterRatio: 1, populationSize: 4000 });
    const variance = candidates.reduce((sum, row) => sum + (row[1]! - START[1]!) ** 2, 0) / 4000;
    expect(Math.abs(Math.sqrt(variance) / 0.1 - 1)).toBeLessThan(0.06);
    expect(plan.diagnostics.spreadByIteration[0]).toBeCloseTo(0.1, 12);
    const filtered = await oneSearch({ standardDeviationRatio: 0.05, filterRatio: 0.5 });
    // Variances β², β² (1 + (1 − β)²), … of the filter.
    const deviations = [0.25, 0.25 * 1.25, 0.25 * 1.3125].map((value) => 0.1 * Math.sqrt(value));
    expect(filtered.plan.diagnostics.spreadByIteration[0]).toBeCloseTo(deviations.reduce((sum, value) => sum + value, 0) / 3, 12);
  });

  it('filters each action component apart', async () => {
    const seen = recording(quadraticEvaluator([0, 0], 2, 2));
    const planner = createPddm({
      horizon: 2,
      actionSpace: boxSpace({ low: [-1, -1], high: [1, 1] }),
      populationSize: 5000,
      filterRatio: 0.3,
      standardDeviationRatio: 0.1,
    });
    await planOnce(planner, seen.evaluator);
    const moment = (i: number, j: number): number => {
      let sum = 0;
      for (let n = 0; n < 5000; n++) sum += (seen.candidates[0]![4 * n + i]! * seen.candidates[0]![4 * n + j]!) / 5000 / 0.04;
      return sum;
    };
    // Cov(n₁, n₀) = β² (1 − β) within a component, none between them.
    expect(Math.abs(moment(0, 2) - 0.09 * 0.7)).toBeLessThan(0.012);
    expect(Math.abs(moment(0, 3))).toBeLessThan(0.012);
  });

  it('iterations, returned and fill', async () => {
    const once = await oneSearch({});
    const twice = await oneSearch({ iterations: 2 });
    expect(twice.calls.length).toBe(2);
    expect(twice.plan.actions).not.toEqual(once.plan.actions);
    const best = await oneSearch({ returned: 'best' });
    expect(Array.from(best.plan.actions)).toEqual(best.candidates[best.returns.indexOf(Math.max(...best.returns))]);
    expect(best.plan.state.actions).toEqual(once.plan.actions);
    expect(Array.from(createPddm(base).shift(stateOf(START)).actions)).toEqual([-0.5, 0, 0]);
    expect(Array.from(createPddm({ ...base, fill: 'middle' }).shift(stateOf([1, 1, 1])).actions)).toEqual([1, 1, 0]);
  });
});

it.each<[string, Partial<PddmOptions>, string]>([
  ['horizon 0', { horizon: 0 }, 'horizon must be an integer in [1, Infinity), got 0'],
  ['one candidate', { populationSize: 1 }, 'populationSize must be an integer in [2, Infinity), got 1'],
  ['β 0', { filterRatio: 0 }, 'filterRatio must be a finite number in (0, 1], got 0'],
  ['κ 0', { rewardWeight: 0 }, 'rewardWeight must be a finite number in (0, Infinity), got 0'],
  ['no spread', { standardDeviationRatio: 0 }, 'standardDeviationRatio must be a finite number in (0, 10], got 0'],
])('refuses %s', (_, options, message) => {
  expect(() => createPddm({ ...base, ...options })).toThrow(`createPddm: ${message}`);
});
