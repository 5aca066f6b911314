import { boxSpace, discreteSpace } from '@mbrl/core';
import { type CategoricalCemOptions, createCategoricalCem } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './analytic-evaluators.js';
import { planOnce, recording, stateOf } from './planning.js';

const base = { horizon: 3, actionSpace: discreteSpace(4) };
const TARGET = [3, 0, 2];
const matches = evaluatorOf({ horizon: 3, actionSize: 1 }, (sequence) =>
  sequence.reduce((sum, action, t) => sum + (action === TARGET[t] ? 1 : 0), 0),
);
const oneSearch = async (options: Partial<CategoricalCemOptions>, evaluator = matches, seed = 1) => {
  const seen = recording(evaluator);
  const plan = await planOnce(createCategoricalCem({ ...base, ...options }), seen.evaluator, { seed });
  const rows = (call: number): number[][] =>
    Array.from({ length: seen.candidates[call]!.length / 3 }, (_, n) => Array.from(seen.candidates[call]!.slice(3 * n, 3 * n + 3)));
  return { plan, rows, calls: seen.candidates.length, returns: seen.returns };
};

it('finds the sequence among 4^12 that matches the target', async () => {
  const target = Array.from({ length: 12 }, (_, t) => (t * 7) % 4);
  const evaluator = evaluatorOf({ horizon: 12, actionSize: 1 }, (sequence) =>
    sequence.reduce((sum, action, t) => sum + (action === target[t] ? 1 : 0), 0),
  );
  for (const returned of ['best', 'mode'] as const) {
    for (const seed of [1, 2, 3]) {
      const planner = createCategoricalCem({ ...base, horizon: 12, iterations: 10, returned });
      expect(Array.from((await planOnce(planner, evaluator, { seed })).actions)).toEqual(target);
    }
  }
});

it('updates the probabilities as worked out by hand', async () => {
  const settings = { populationSize: 12, eliteCount: 3, iterations: 1, momentum: 0.2, smoothing: 0.1 };
  const { plan, rows, returns } = await oneSearch(settings);
  const order = Array.from(returns[0]!.keys()).toSorted((a, b) => returns[0]![b]! - returns[0]![a]! || a - b);
  const elites = order.slice(0, 3).map((n) => rows(0)[n]!);
  for (let t = 0; t < 3; t++) {
    for (let c = 0; c < 4; c++) {
      const frequency = elites.filter((row) => row[t] === c).length / 3;
      expect(plan.state.spread![4 * t + c]).toBeCloseTo(0.9 * (0.2 * 0.25 + 0.8 * frequency) + 0.1 / 4, 6);
    }
  }
});

describe('its options', () => {
  it('restartSmoothing: how much of the last search is forgotten', async () => {
    const state = { ...stateOf([0, 0, 0]), spread: Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]) };
    const share = async (restartSmoothing: number): Promise<number> => {
      const seen = recording(matches);
      await planOnce(createCategoricalCem({ ...base, populationSize: 4000, restartSmoothing }), seen.evaluator, { state });
      let count = 0;
      for (let n = 0; n < 4000; n++) if (seen.candidates[0]![3 * n + 1] === 1) count++;
      return count / 4000;
    };
    expect(await share(0)).toBe(1);
    expect(Math.abs((await share(0.5)) - 0.625)).toBeLessThan(0.04);
    expect(Math.abs((await share(1)) - 0.25)).toBeLessThan(0.04);
  });

  it('shift moves probabilities up and ends even', () => {
    const planner = createCategoricalCem(base);
    const state = { ...stateOf([1, 2, 3]), spread: Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]) };
    const shifted = planner.shift(state, 2);
    expect(Array.from(shifted.actions)).toEqual([3, 3, 3]);
    expect(Array.from(shifted.spread!)).toEqual([0, 0, 1, 0, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]);
    expect(Array.from(createCategoricalCem({ ...base, fill: 'middle' }).shift(state).actions)).toEqual([2, 3, 1]);
  });

  it('keptEliteCount: elites are candidates again', async () => {
    const { plan, rows, returns } = await oneSearch({ populationSize: 20, iterations: 2, keptEliteCount: 2 });
    const order = Array.from(returns[0]!.keys()).toSorted((a, b) => returns[0]![b]! - returns[0]![a]! || a - b);
    expect(rows(1).slice(0, 2)).toEqual(order.slice(0, 2).map((n) => rows(0)[n]));
    expect(plan.state.kept.length).toBe(6);
  });

  it("returned: 'mode' is the most probable action of each step, which need not have been tried", async () => {
    const { plan } = await oneSearch({ returned: 'mode', iterations: 1, populationSize: 300, eliteCount: 100 });
    const spread = plan.state.spread!;
    for (let t = 0; t < 3; t++) {
      const row = Array.from(spread.slice(4 * t, 4 * t + 4));
      expect(plan.actions[t]).toBe(row.indexOf(Math.max(...row)));
    }
    const best = await oneSearch({ iterations: 1, populationSize: 4, eliteCount: 4 });
    const mode = await oneSearch({ returned: 'mode', iterations: 1, populationSize: 4, eliteCount: 4 });
    expect(best.rows(0)).toContainEqual(Array.from(best.plan.actions));
    expect(best.plan.actions).not.toEqual(mode.plan.actions);
  });

  it('momentum and smoothing hold the probabilities back; eliteCount and sizes count', async () => {
    const greatest = async (options: Partial<CategoricalCemOptions>): Promise<number> =>
      Math.max(...(await oneSearch(options)).plan.state.spread!);
    expect(await greatest({ momentum: 0, smoothing: 0, iterations: 8 })).toBe(1);
    expect(await greatest({ momentum: 0, smoothing: 0.2, iterations: 8 })).toBeCloseTo(0.85, 6);
    expect(await greatest({ momentum: 0.9, smoothing: 0, iterations: 2 })).toBeLessThan(0.45);
    const { plan, calls } = await oneSearch({ populationSize: 9, eliteCount: 2, iterations: 4 });
    expect([plan.diagnostics.evaluationCount, calls]).toEqual([36, 4]);
    expect(plan.diagnostics.spreadByIteration[0]).toBeCloseTo(Math.sqrt(15 / 12), 12);
  });
});

it.each<[string, Partial<CategoricalCemOptions>, string]>([
  ['a box', { actionSpace: boxSpace({ low: [0], high: [1] }) }, 'actionSpace must be a discrete space, got a box space'],
  ['horizon 0', { horizon: 0 }, 'horizon must be an integer in [1, Infinity), got 0'],
  ['population below elites', { populationSize: 5, eliteCount: 6 }, 'eliteCount must be an integer in [1, 5], got 6'],
  ['smoothing 1', { smoothing: 1 }, 'smoothing must be a finite number in [0, 1), got 1'],
  ['momentum 1', { momentum: 1 }, 'momentum must be a finite number in [0, 1), got 1'],
  ['restartSmoothing 2', { restartSmoothing: 2 }, 'restartSmoothing must be a finite number in [0, 1], got 2'],
])('refuses %s', (_, options, message) => {
  expect(() => createCategoricalCem({ ...base, ...options })).toThrow(`createCategoricalCem: ${message}`);
});
