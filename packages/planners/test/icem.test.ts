import { boxSpace } from '@mbrl/core';
import { createCem, createIcem, type IcemOptions } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';
import { planOnce, recording, stateOf } from './planning.js';

const HORIZON = 6;
const base = { horizon: HORIZON, actionSpace: boxSpace({ low: [-1], high: [1] }) };
const quadratic = quadraticEvaluator([0.3, -0.2], HORIZON);

async function callsOf(options: Partial<IcemOptions> = {}, state = stateOf([0, 0, 0, 0, 0, 0])) {
  const seen = recording(quadratic);
  const plan = await planOnce(createIcem({ ...base, ...options }), seen.evaluator, { state });
  return { ...seen, plan };
}
const rowsOf = (candidates: Float32Array): string[] =>
  Array.from({ length: candidates.length / HORIZON }, (_, n) => candidates.slice(n * HORIZON, (n + 1) * HORIZON).join());

describe('follows the paper', () => {
  it('decays the population by γ, not under twice the elites', async () => {
    const sizes = async (options: Partial<IcemOptions>): Promise<number[]> => (await callsOf(options)).returns.map((each) => each.length);
    expect(await sizes({ populationSize: 100, iterations: 6, populationDecay: 2 })).toEqual([100, 50, 25, 20, 20, 20]);
    expect(await sizes({})).toEqual([128, 102, 81]);
    expect(await sizes({ populationSize: 15, eliteCount: 10, iterations: 2 })).toEqual([15, 15]);
  });

  it('keeps three tenths of the elites, adds the mean at last, executes the best and goes on from the mean', async () => {
    const { candidates, returns, plan } = await callsOf({ iterations: 2 });
    const order = Array.from(returns[0]!.keys()).toSorted((a, b) => returns[0]![b]! - returns[0]![a]!);
    expect(rowsOf(candidates[1]!).slice(0, 3)).toEqual(order.slice(0, 3).map((n) => rowsOf(candidates[0]!)[n]));
    expect(plan.state.kept.length).toBe(3 * HORIZON);
    const best = returns[1]!.indexOf(Math.max(...returns[1]!));
    expect(plan.actions.join()).toBe(rowsOf(candidates[1]!)[best]);
    expect(plan.state.actions).not.toEqual(plan.actions);

    // Where nothing is learned, the mean stays at the start.
    const seen = recording(evaluatorOf({ horizon: HORIZON, actionSize: 1 }, () => NaN));
    await planOnce(createIcem({ ...base, iterations: 2 }), seen.evaluator, { state: stateOf([0.5, 0.5, 0.5, 0, 0, 0]) });
    expect(seen.candidates.map((each) => rowsOf(each).at(-1) === '0.5,0.5,0.5,0,0,0')).toEqual([false, true]);
  });

  it('moves kept elites up into the next search, repeating their ends', () => {
    const planner = createIcem(base);
    const kept = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(Array.from(planner.shift({ actions: new Float32Array(6), kept }, 2).kept)).toEqual([3, 4, 5, 6, 6, 6]);
  });
});

it('noiseExponent: slow noise moves neighbours together', async () => {
  const roughness = async (noiseExponent: number): Promise<number> => {
    const [first] = (await callsOf({ noiseExponent, populationSize: 2000, iterations: 1, initialStandardDeviationRatio: 0.1 })).candidates;
    let sum = 0;
    for (let n = 0; n < 2000; n++) sum += (first![n * HORIZON + 2]! - first![n * HORIZON + 3]!) ** 2 / 2000;
    return sum / 0.2 ** 2;
  };
  // Var(z_t − z_{t+1}) = 2 (1 − ρ₁); ρ₁ over six steps: 0 white, (p₀ + p₁ − p₂ − p₃) / (1 + 2 p₁ + 2 p₂ + p₃) with p_k = k^−β.
  expect(Math.abs((await roughness(0)) - 2)).toBeLessThan(0.2);
  const [p2, p3] = [2 ** -2, 3 ** -2];
  expect(Math.abs((await roughness(2)) - 2 * (1 - (2 - p2 - p3) / (3 + 2 * p2 + p3)))).toBeLessThan(0.1);
});

it('is createCem with its own defaults', async () => {
  const cem = createCem({
    ...base,
    populationSize: 128,
    populationDecay: 1.25,
    eliteCount: 10,
    keptEliteCount: 3,
    iterations: 3,
    noiseExponent: 2,
    includeMean: true,
    returned: 'best',
    warmStart: 'mean',
    fill: 'repeat',
    sampling: 'clipped',
  });
  expect(await planOnce(createIcem(base), quadratic)).toEqual(await planOnce(cem, quadratic));
  const changed: Partial<IcemOptions>[] = [
    { momentum: 0.5 },
    { initialStandardDeviationRatio: 0.1 },
    { minimumStandardDeviationRatio: 0.2 },
    { includeMean: false },
    { returned: 'mean' },
    { keptEliteCount: 0 },
  ];
  const plain = await planOnce(createIcem(base), quadratic);
  for (const options of changed) expect(await planOnce(createIcem({ ...base, ...options }), quadratic)).not.toEqual(plain);
});

it('names itself in errors', () => {
  expect(() => createIcem({ ...base, populationDecay: 0.5 })).toThrow(
    'createIcem: populationDecay must be a finite number in [1, Infinity), got 0.5',
  );
  expect(() => createIcem({ ...base, populationSize: 5, eliteCount: 6 })).toThrow(
    'createIcem: eliteCount must be an integer in [1, 5], got 6',
  );
  expect(() => createCem({ ...base, noiseExponent: 1, noiseCorrelation: 0.5 })).toThrow(
    'createCem: noiseCorrelation must be 0 where noiseExponent is given, got 0.5',
  );
  expect(() => createCem({ ...base, covariance: 'dense' as 'full' })).toThrow(
    'createCem: covariance must be one of "diagonal", "full", got "dense"',
  );
});

it("covariance: 'full' follows a valley that the diagonal cannot", async () => {
  // Actions must agree with each other to a hundredth of what their level is worth.
  const valley = evaluatorOf({ horizon: HORIZON, actionSize: 1 }, (sequence) => {
    const mean = sequence.reduce((sum, action) => sum + action, 0) / HORIZON;
    return -((mean - 0.7) ** 2) - sequence.reduce((sum, action) => sum + 100 * (action - mean) ** 2, 0);
  });
  const settings = { ...base, populationSize: 200, eliteCount: 40, iterations: 12, sampling: 'clipped' } as const;
  for (const seed of [1, 2, 3]) {
    const best = async (covariance: 'diagonal' | 'full'): Promise<number> =>
      (await planOnce(createCem({ ...settings, covariance }), valley, { seed })).diagnostics.bestReturnByIteration.at(-1)!;
    // Both narrow before they reach the end of the valley, at 0; the diagonal near its beginning, at −0.49.
    expect(await best('full')).toBeGreaterThan(-0.2);
    expect(await best('diagonal')).toBeLessThan(-0.4);
  }
});
