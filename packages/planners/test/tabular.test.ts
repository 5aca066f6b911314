import { createRng, OptionError, ShapeError, type TabularModel } from '@mbrl/core';
import { policyIteration, prioritizedSweeping, type TabularSolution, valueIteration } from '@mbrl/planners';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Outcome {
  readonly next: number;
  readonly probability?: number;
  readonly reward?: number;
  readonly ends?: boolean;
}

/** A model from lists of outcomes by state and action. */
function modelOf(discount: number, outcomes: readonly (readonly (readonly Outcome[])[])[]): TabularModel {
  const [stateCount, actionCount] = [outcomes.length, outcomes[0]!.length];
  const rows = outcomes.flat();
  const flat = rows.flat();
  let total = 0;
  return {
    stateCount,
    actionCount,
    discount,
    offsets: Int32Array.from([0, ...rows.map((row) => (total += row.length))]),
    nextStates: Int32Array.from(flat, ({ next }) => next),
    probabilities: Float64Array.from(flat, ({ probability = 1 }) => probability),
    rewards: Float64Array.from(flat, ({ reward = 0 }) => reward),
    endings: Uint8Array.from(flat, ({ ends = false }) => Number(ends)),
    startProbabilities: Float64Array.from({ length: stateCount }, (_, s) => Number(s === 0)),
  };
}

/** A corridor of n cells: action 0 goes left, 1 right; each step costs 1; leaving on the right ends. */
const corridor = (n: number, discount: number): TabularModel =>
  modelOf(
    discount,
    Array.from({ length: n }, (_, s) => [
      [{ next: Math.max(0, s - 1), reward: -1 }],
      [{ next: Math.min(n - 1, s + 1), reward: -1, ends: s === n - 1 }],
    ]),
  );

/** Random tables; with few outcomes a pair, some of which end. */
function randomModel(seed: number, stateCount: number, actionCount: number, discount: number): TabularModel {
  const rng = createRng(seed);
  return modelOf(
    discount,
    Array.from({ length: stateCount }, () =>
      Array.from({ length: actionCount }, () => {
        const count = 1 + rng.integer(3);
        const weights = Array.from({ length: count }, () => 0.1 + rng.uniform());
        const sum = weights.reduce((a, b) => a + b, 0);
        return weights.map((weight) => ({
          next: rng.integer(stateCount),
          probability: weight / sum,
          reward: rng.normal(),
          ends: rng.uniform() < 0.1,
        }));
      }),
    ),
  );
}

const methods: readonly (readonly [string, (model: TabularModel) => TabularSolution])[] = [
  ['value iteration in place', (model) => valueIteration(model)],
  ['synchronous value iteration', (model) => valueIteration(model, { updates: 'synchronous' })],
  ['policy iteration', (model) => policyIteration(model)],
  ['prioritised sweeping', (model) => prioritizedSweeping(model)],
];

describe.each(methods)('%s', (_, solve) => {
  it('counts the steps out of a corridor', () => {
    const { values, policy, status, residual } = solve(corridor(12, 1));
    expect([...values]).toEqual(Array.from({ length: 12 }, (__, s) => s - 12));
    expect([...policy]).toEqual(new Array(12).fill(1));
    expect(status).toBe('converged');
    expect(residual).toBe(0);
  });

  it('discounts: the value of n steps of −1 is −(1 − γⁿ) / (1 − γ)', () => {
    const { values } = solve(corridor(5, 0.9));
    values.forEach((value, s) => expect(value).toBeCloseTo(-(1 - 0.9 ** (5 - s)) / 0.1, 11));
  });

  it('weighs outcomes by their probability, and an ending has no value beyond', () => {
    // From 0: stay and earn 1, or gamble: half end with 10, half go to 1, which pays 2 forever.
    const model = modelOf(0.5, [
      [
        [{ next: 0, reward: 1 }],
        [
          { next: 0, probability: 0.5, reward: 10, ends: true },
          { next: 1, probability: 0.5 },
        ],
      ],
      [[{ next: 1, reward: 2 }], []],
    ]);
    const { values, actionValues, policy } = solve(model);
    // V(1) = 2 / (1 − 0.5) = 4; gamble = 0.5 · 10 + 0.5 · 0.5 · 4 = 6; stay = 1 + 0.5 · 6 = 4.
    expect(values[1]).toBeCloseTo(4, 11);
    expect(values[0]).toBeCloseTo(6, 11);
    expect(actionValues[0]).toBeCloseTo(4, 11);
    expect(actionValues[1]).toBeCloseTo(6, 11);
    expect(actionValues[3]).toBe(-Infinity);
    expect([...policy]).toEqual([1, 0]);
  });

  it('a state without actions is worth nothing and has no action', () => {
    const { values, policy } = solve(modelOf(0.9, [[[{ next: 1, reward: 3 }]], [[]]]));
    expect([...values]).toEqual([3, 0]);
    expect([...policy]).toEqual([0, -1]);
  });

  it('without a discount, the policy earns its values: of equally good actions it takes one that leads to the end', () => {
    // Action 0 stays for ever without a reward; 1 goes on, half of the time; the last state pays 1 for leaving.
    const length = 5;
    const model = modelOf(
      1,
      Array.from({ length }, (__, s) => [
        [{ next: s }],
        s === length - 1
          ? [{ next: s, reward: 1, ends: true }]
          : [
              { next: s, probability: 0.5 },
              { next: s + 1, probability: 0.5 },
            ],
        [{ next: 0 }],
      ]),
    );
    const { values, policy, status } = solve(model);
    values.forEach((value) => expect(value).toBeCloseTo(1, 10));
    expect([...policy]).toEqual(new Array(length).fill(1));
    expect(status).toBe('converged');
  });

  it('stays within the tolerance where values are large', () => {
    const { status, values } = solve(modelOf(0.999, [[[{ next: 0, reward: 1e6 }]]]));
    expect(status).toBe('converged');
    expect(values[0]! / 1e9).toBeCloseTo(1, 8);
  });
});

describe('on random tables', () => {
  it('value iteration and policy iteration agree to 1e-10, and so do the others', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0, 0.5, 0.9, 0.97),
        (...args) => {
          const model = randomModel(...args);
          const [first, ...others] = methods.map(([, solve]) => solve(model));
          for (const other of others) {
            expect(other.status).toBe('converged');
            first!.values.forEach((value, s) => expect(Math.abs(value - other.values[s]!)).toBeLessThan(1e-10));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the values solve the linear equations of the policy', () => {
    const model = randomModel(7, 30, 3, 0.95);
    const { values, policy } = valueIteration(model);
    // (I − γ P) V = r by Gaussian elimination.
    const n = model.stateCount;
    const rows = Array.from({ length: n }, (_, s) => Array.from({ length: n + 1 }, (__, j) => Number(j === s)));
    rows.forEach((row, s) => {
      const pair = s * model.actionCount + policy[s]!;
      for (let k = model.offsets[pair]!; k < model.offsets[pair + 1]!; k++) {
        row[n]! += model.probabilities[k]! * model.rewards[k]!;
        if (model.endings[k] === 0) row[model.nextStates[k]!]! -= 0.95 * model.probabilities[k]!;
      }
    });
    for (let p = 0; p < n; p++) {
      const pivot = rows.slice(p).reduce((best, row) => (Math.abs(row[p]!) > Math.abs(best[p]!) ? row : best));
      rows.splice(rows.indexOf(pivot), 1);
      rows.splice(p, 0, pivot);
      for (const row of rows) {
        if (row === pivot) continue;
        const factor = row[p]! / pivot[p]!;
        for (let j = p; j <= n; j++) row[j]! -= factor * pivot[j]!;
      }
    }
    values.forEach((value, s) => expect(value).toBeCloseTo(rows[s]![n]! / rows[s]![s]!, 9));
  });

  it('no other policy is better anywhere', () => {
    const model = randomModel(3, 4, 2, 0.8);
    const { values } = policyIteration(model);
    for (let code = 0; code < 16; code++) {
      const fixed = modelOf(
        0.8,
        Array.from({ length: 4 }, (_, s) => {
          const pair = s * 2 + ((code >> s) & 1);
          return [
            Array.from({ length: model.offsets[pair + 1]! - model.offsets[pair]! }, (__, i) => {
              const k = model.offsets[pair]! + i;
              return {
                next: model.nextStates[k]!,
                probability: model.probabilities[k]!,
                reward: model.rewards[k]!,
                ends: model.endings[k] === 1,
              };
            }),
          ];
        }),
      );
      valueIteration(fixed).values.forEach((value, s) => expect(value).toBeLessThanOrEqual(values[s]! + 1e-10));
    }
  });
});

describe('options', () => {
  it('discount overrides that of the model', () => {
    const model = corridor(4, 1);
    for (const solve of [valueIteration, policyIteration, prioritizedSweeping]) {
      expect(solve(model, { discount: 0.5 }).values[0]).toBeCloseTo(-(1 - 0.5 ** 4) / 0.5, 11);
    }
  });

  it('tolerance ends earlier', () => {
    const model = randomModel(1, 20, 3, 0.97);
    for (const solve of [valueIteration, policyIteration, prioritizedSweeping]) {
      const [rough, fine] = [solve(model, { tolerance: 1e-2 }), solve(model)];
      expect(rough.backupCount).toBeLessThan(fine.backupCount);
      expect(rough.residual).toBeGreaterThan(fine.residual);
    }
  });

  it('limits end a search that has not arrived, and say so', () => {
    const model = randomModel(2, 20, 3, 0.99);
    expect(valueIteration(model, { maximumSweeps: 3 })).toMatchObject({ status: 'iterationLimit', backupCount: 60 });
    expect(policyIteration(model, { maximumPolicies: 1 }).policyCount).toBe(1);
    expect(policyIteration(model, { maximumSweeps: 1 }).status).toBe('iterationLimit');
    expect(prioritizedSweeping(model, { maximumBackups: 30 }).status).toBe('iterationLimit');
  });

  it('in place needs fewer sweeps than synchronous updates', () => {
    // The exit lies at the low end, so that one sweep in order carries its value all the way.
    const model = modelOf(
      1,
      Array.from({ length: 30 }, (_, s) => [[{ next: Math.max(0, s - 1), reward: -1, ends: s === 0 }]]),
    );
    const [inPlace, synchronous] = [valueIteration(model), valueIteration(model, { updates: 'synchronous' })];
    expect(inPlace.backupCount).toBe(60);
    expect(synchronous.backupCount).toBe(930);
  });

  it('prioritised sweeping does less than value iteration, and little where little has changed', () => {
    // A corridor that pays at its far end only: the news travels backwards, one cell at a time.
    const paying = (reward: number): TabularModel =>
      modelOf(
        0.95,
        Array.from({ length: 200 }, (_, s) => [
          [{ next: Math.max(0, s - 1) }],
          [{ next: Math.min(199, s + 1), reward: s === 199 ? reward : 0, ends: s === 199 }],
        ]),
      );
    const model = paying(1);
    const swept = prioritizedSweeping(model);
    expect(swept.backupCount).toBeLessThan(valueIteration(model).backupCount / 25);
    const again = prioritizedSweeping(paying(1.001), { initialValues: swept.values });
    expect(again.backupCount).toBeLessThan(1000);
    expect(again.values[0]).toBeCloseTo(swept.values[0]! * 1.001, 12);
  });
});

describe('tables that do not fit together', () => {
  const good = corridor(3, 0.9);
  const solvers = [valueIteration, policyIteration, prioritizedSweeping];
  it.each<[string, Partial<TabularModel>, typeof OptionError | typeof ShapeError]>([
    ['discount must', { discount: 1.5 }, OptionError],
    ['offsets must have 7 entries, got 6', { offsets: good.offsets.slice(1) }, ShapeError],
    ['rewards must have 6 entries, got 5', { rewards: good.rewards.slice(1) }, ShapeError],
    ['startProbabilities must have 3', { startProbabilities: new Float64Array(2) }, ShapeError],
    [
      'next state of state 0 and action 1 must be an integer in [0, 2], got 3',
      { nextStates: Int32Array.of(0, 3, 0, 2, 1, 2) },
      OptionError,
    ],
    [
      'probability of state 0 and action 0 must be a finite number in [0, Infinity), got -1',
      { probabilities: Float64Array.of(-1, 1, 1, 1, 1, 1) },
      OptionError,
    ],
    ['probabilities of state 2 and action 1 must sum to 1, got 0.5', { probabilities: Float64Array.of(1, 1, 1, 1, 1, 0.5) }, OptionError],
    [
      'reward of state 0 and action 0 must be a finite number in (-Infinity, Infinity), got NaN',
      { rewards: new Float64Array(6).fill(NaN) },
      OptionError,
    ],
    ['offsets must begin with 0', { offsets: Int32Array.of(1, 1, 2, 3, 4, 5, 6) }, OptionError],
    ['offsets must not decrease', { offsets: Int32Array.of(0, 2, 1, 3, 4, 5, 6) }, OptionError],
  ])('%s', (message, change, kind) => {
    for (const solve of solvers) {
      expect(() => solve({ ...good, ...change })).toThrow(kind);
      expect(() => solve({ ...good, ...change })).toThrow(`${solve.name}: ${message}`);
    }
  });

  it('values to start from that are not finite', () => {
    const initialValues = Float64Array.of(0, NaN, 0);
    expect(() => prioritizedSweeping(corridor(3, 1), { initialValues })).toThrow(
      'prioritizedSweeping: initialValues must be finite, got NaN at state 1',
    );
  });

  it('choices out of bounds', () => {
    for (const solve of solvers) {
      expect(() => solve(good, { discount: -0.1 })).toThrow(`${solve.name}: discount must`);
      expect(() => solve(good, { tolerance: -1 })).toThrow(`${solve.name}: tolerance must`);
    }
    expect(() => valueIteration(good, { maximumSweeps: 0 })).toThrow('valueIteration: maximumSweeps must');
    expect(() => valueIteration(good, { updates: 'random' as never })).toThrow('valueIteration: updates must');
    expect(() => policyIteration(good, { maximumPolicies: 0 })).toThrow('policyIteration: maximumPolicies must');
    expect(() => prioritizedSweeping(good, { maximumBackups: 0.5 })).toThrow('prioritizedSweeping: maximumBackups must');
    expect(() => prioritizedSweeping(good, { initialValues: new Float64Array(2) })).toThrow('initialValues must have 3 elements, got 2');
  });
});
