import {
  boxSpace,
  createRng,
  discreteSpace,
  type GenerativeModel,
  NumericalError,
  OptionError,
  ShapeError,
  type TabularModel,
} from '@mbrl/core';
import { createMcts, type MctsOptions, type MctsResult, tabularSimulator } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';

const search = (options: MctsOptions, state: readonly number[], seed = 0): Promise<MctsResult> =>
  createMcts(options).search({ state: Float64Array.from(state), rng: createRng(seed) });

/** Tables with three outcomes a pair, drawn at random. */
function randomTables(seed: number, stateCount: number, actionCount: number, discount: number): TabularModel {
  const rng = createRng(seed);
  const pairs = stateCount * actionCount;
  const draw = <T extends Float64Array | Int32Array | Uint8Array>(array: T, value: () => number): T => {
    for (let k = 0; k < array.length; k++) array[k] = value();
    return array;
  };
  const rewards = new Float64Array(3 * pairs);
  // One reward for each pair, so that what differs between outcomes is where they lead.
  for (let pair = 0; pair < pairs; pair++) rewards.fill(rng.normal(), 3 * pair, 3 * pair + 3);
  return {
    stateCount,
    actionCount,
    discount,
    offsets: Int32Array.from({ length: pairs + 1 }, (_, pair) => 3 * pair),
    nextStates: draw(new Int32Array(3 * pairs), () => rng.integer(stateCount)),
    probabilities: Float64Array.from({ length: 3 * pairs }, (_, k) => [0.5, 0.3, 0.2][k % 3]!),
    rewards,
    endings: draw(new Uint8Array(3 * pairs), () => Number(rng.uniform() < 0.05)),
    startProbabilities: Float64Array.from({ length: stateCount }, () => 1 / stateCount),
  };
}

/** Greatest expected return of `steps` steps from each state, by backward induction, with Q of the first. */
function backwardInduction(tables: TabularModel, steps: number): { values: number[]; actionValues: number[] } {
  let values = new Array<number>(tables.stateCount).fill(0);
  let actionValues: number[] = [];
  for (let t = 0; t < steps; t++) {
    actionValues = Array.from({ length: tables.stateCount * tables.actionCount }, (_, pair) => {
      let sum = 0;
      for (let k = tables.offsets[pair]!; k < tables.offsets[pair + 1]!; k++) {
        sum +=
          tables.probabilities[k]! *
          (tables.rewards[k]! + (tables.endings[k] === 1 ? 0 : tables.discount * values[tables.nextStates[k]!]!));
      }
      return sum;
    });
    values = values.map((_, s) => Math.max(...actionValues.slice(s * tables.actionCount, (s + 1) * tables.actionCount)));
  }
  return { values, actionValues };
}

describe('against backward induction on random tables', () => {
  const steps = 3;
  const gaps = async (seed: number, simulations: number): Promise<{ regret: number; error: number }> => {
    const tables = randomTables(seed, 6, 3, 0.9);
    const { values, actionValues } = backwardInduction(tables, steps);
    const options = { simulations, horizon: steps, discount: 0.9, exploration: 0.4, outcomeWidening: { factor: 10, exponent: 0.5 } };
    const { action, value } = await search({ model: tabularSimulator(tables), ...options }, [2], seed);
    return { regret: values[2]! - actionValues[2 * 3 + action[0]!]!, error: Math.abs(value - values[2]!) };
  };

  it('finds the best action, or one nearly as good, and its value', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const { regret, error } = await gaps(seed, 8000);
      expect(regret, `seed ${seed}`).toBeLessThan(0.05);
      expect(error, `seed ${seed}`).toBeLessThan(0.12);
    }
  });

  it('errs less with more simulations', async () => {
    const errorWith = async (simulations: number): Promise<number> => {
      let sum = 0;
      for (let seed = 0; seed < 8; seed++) sum += (await gaps(seed, simulations)).error / 8;
      return sum;
    };
    expect(await errorWith(8000)).toBeLessThan(0.4 * (await errorWith(100)));
  });
});

/** A line of cells with a pit at 0 and a goal at n that pays 1; action 0 steps left, 1 right. */
const line = (n: number): GenerativeModel => ({
  stateSize: 1,
  actionSpace: discreteSpace(2),
  step(state, action, next) {
    next[0] = state[0]! + (action[0] === 1 ? 1 : -1);
    return { reward: next[0] === n ? 1 : 0, terminated: next[0] === n || next[0] === 0 };
  },
});

it('looks far ahead where there is one way only', async () => {
  const { action, value, depth } = await search(
    { model: line(8), simulations: 2000, deterministic: true, discount: 0.95, horizon: 12 },
    [2],
  );
  expect(action[0]).toBe(1);
  expect(value).toBeGreaterThan(0.4);
  expect(depth).toBeGreaterThanOrEqual(6);
});

it('decides after the outcome: a coin that can be seen before the bet', async () => {
  // State 0: the coin falls to 1 or 2. Then a bet: action 0 wins in state 1, action 1 in state 2. A fixed plan wins half.
  const coin: GenerativeModel = {
    stateSize: 1,
    actionSpace: discreteSpace(2),
    step(state, action, next, rng) {
      if (state[0] === 0) {
        next[0] = 1 + rng.integer(2);
        return { reward: 0, terminated: false };
      }
      next[0] = 3;
      return { reward: action[0] === state[0]! - 1 ? 1 : 0, terminated: true };
    },
  };
  const { value } = await search({ model: coin, simulations: 3000, outcomeWidening: { factor: 2, exponent: 0.5 } }, [0]);
  expect(value).toBeGreaterThan(0.9);
  // With a single outcome the coin looks as if it always fell the same way.
  expect((await search({ model: coin, simulations: 500, deterministic: true }, [0])).value).toBeGreaterThan(0.9);
});

/** One step in a continuum: pays −(a − 0.3)². */
const target: GenerativeModel = {
  stateSize: 1,
  actionSpace: boxSpace({ low: [-1], high: [1] }),
  step(_, action, next) {
    next[0] = 0;
    return { reward: -((action[0]! - 0.3) ** 2), terminated: true };
  },
};

describe('continuous actions', () => {
  it('widen as the search goes on, and near the best ones found', async () => {
    const { action, rootActions } = await search({ model: target, simulations: 2000, deterministic: true }, [0]);
    expect(rootActions.length).toBe(Math.ceil(1.5 * 1999 ** 0.4));
    expect(Math.abs(action[0]! - 0.3)).toBeLessThan(0.08);
    expect(rootActions.every(({ action: [a] }) => a! >= -1 && a! <= 1)).toBe(true);
  });

  it('actionWidening says how many', async () => {
    const count = async (factor: number, exponent: number): Promise<number> =>
      (await search({ model: target, simulations: 400, deterministic: true, actionWidening: { factor, exponent } }, [0])).rootActions
        .length;
    expect(await count(5, 0)).toBe(5);
    expect(await count(1, 0.5)).toBe(20);
    expect(await count(1, 1)).toBe(399);
  });

  it('discrete ones are all tried unless told otherwise', async () => {
    const many: GenerativeModel = { ...target, actionSpace: discreteSpace(9) };
    expect((await search({ model: many, simulations: 100 }, [0])).rootActions).toHaveLength(9);
    const few = await search({ model: many, simulations: 100, actionWidening: { factor: 3, exponent: 0 } }, [0]);
    expect(few.rootActions).toHaveLength(3);
  });
});

describe('options', () => {
  it('simulations, horizon and stepCount are what they say', async () => {
    const endless: GenerativeModel = {
      stateSize: 1,
      actionSpace: discreteSpace(2),
      step: (state, _, next) => ((next[0] = state[0]! + 1), { reward: 1, terminated: false }),
    };
    const { simulationCount, stepCount, value, nodeCount } = await search({ model: endless, simulations: 30, horizon: 7 }, [0]);
    expect(simulationCount).toBe(30);
    expect(value).toBe(7);
    expect(stepCount).toBeLessThanOrEqual(30 * 7);
    expect(nodeCount).toBeLessThanOrEqual(31);
    expect((await search({ model: endless, simulations: 30, horizon: 7, discount: 0.5 }, [0])).value).toBeCloseTo(2 - 2 ** -6, 12);
  });

  it('exploration spreads the visits', async () => {
    const bandit: GenerativeModel = {
      ...target,
      actionSpace: discreteSpace(4),
      step: (_, a, next) => ((next[0] = 0), { reward: a[0]!, terminated: true }),
    };
    const share = async (exploration: number): Promise<number> =>
      (await search({ model: bandit, simulations: 400, exploration }, [0])).rootActions[0]!.visits / 400;
    expect(await share(0)).toBeGreaterThan(0.98);
    expect(await share(0)).toBeGreaterThan(await share(1));
    expect(await share(20)).toBeLessThan(0.35);
  });

  it('the scale of rewards does not matter', async () => {
    const visits = async (scale: number): Promise<number[]> => {
      const scaled: GenerativeModel = {
        ...target,
        step: (s, a, n, rng) => ({
          ...(target.step(s, a, n, rng) as { reward: number; terminated: boolean }),
          reward: -scale * (a[0]! - 0.3) ** 2,
        }),
      };
      return (await search({ model: scaled, simulations: 300, deterministic: true }, [0])).rootActions.map((each) => each.visits);
    };
    expect(await visits(1024)).toEqual(await visits(1));
  });

  it('value judges new states in place of rollouts, and beyond the horizon', async () => {
    const model = line(100);
    const { action, value, stepCount } = await search({ model, simulations: 60, horizon: 3, value: ([x]) => -x!, discount: 1 }, [50]);
    expect(action[0]).toBe(0);
    expect(value).toBeLessThan(-46);
    expect(stepCount).toBeLessThanOrEqual(60 * 3);
  });

  it('rolloutPolicy plays the rollouts', async () => {
    const right: MctsOptions['rolloutPolicy'] = (_, out) => void (out[0] = 1);
    const options = { model: line(30), simulations: 2, horizon: 40, deterministic: true };
    expect((await search({ ...options, rolloutPolicy: right }, [15])).value).toBe(1);
    expect((await search({ ...options, rolloutPolicy: (_, out) => void (out[0] = 0) }, [15])).value).toBe(0);
  });

  it('outcomeWidening limits how many outcomes are told apart', async () => {
    const wild: GenerativeModel = {
      ...target,
      actionSpace: discreteSpace(1),
      step: (_, __, next, rng) => ((next[0] = rng.normal()), { reward: next[0]!, terminated: false }),
    };
    const nodes = async (factor: number): Promise<number> =>
      (await search({ model: wild, simulations: 200, horizon: 1, outcomeWidening: { factor, exponent: 0 } }, [0])).nodeCount;
    expect(await nodes(1)).toBe(2);
    expect(await nodes(7)).toBe(8);
  });

  it('outcomes that are no longer drawn anew come as often as they were drawn', async () => {
    // Nine times in ten the reward is 1; once both outcomes are known, no other draw is made.
    const biased: GenerativeModel = {
      ...target,
      actionSpace: discreteSpace(1),
      step: (_, __, next, rng) => ((next[0] = Number(rng.uniform() < 0.9)), { reward: next[0], terminated: true }),
    };
    let mean = 0;
    for (let seed = 0; seed < 40; seed++) {
      mean += (await search({ model: biased, simulations: 200, outcomeWidening: { factor: 2, exponent: 0 } }, [0], seed)).value / 40;
    }
    expect(mean).toBeGreaterThan(0.7);
  });

  it('returned chooses by visits or by value', async () => {
    // Action 1 pays more on average, but the last simulations may have tried another: compare with what the result lists.
    const tables = randomTables(4, 5, 4, 0.8);
    const options = { model: tabularSimulator(tables), simulations: 12, discount: 0.8, horizon: 5, exploration: 4 };
    let differ = 0;
    for (let seed = 0; seed < 20; seed++) {
      const [byVisits, byValue] = [
        await search({ ...options, returned: 'visits' }, [0], seed),
        await search({ ...options, returned: 'value' }, [0], seed),
      ];
      expect(byVisits.rootActions[0]!.visits).toBe(Math.max(...byVisits.rootActions.map(({ visits }) => visits)));
      expect(byValue.value).toBe(Math.max(...byValue.rootActions.map(({ value }) => value)));
      differ += Number(byVisits.action[0] !== byValue.action[0]);
    }
    expect(differ).toBeGreaterThan(0);
  });

  it('a deadline ends a search after the simulation under way', async () => {
    let now = 0;
    const slow: GenerativeModel = { ...target, step: (...args) => ((now += 1), target.step(...args)) };
    const mcts = createMcts({ model: slow, simulations: 1000, outcomeWidening: { factor: 1, exponent: 1 } });
    const request = { state: new Float64Array(1), rng: createRng(0), clock: () => now };
    expect((await mcts.search({ ...request, deadlineMs: 10 })).simulationCount).toBeLessThan(20);
    now = 0;
    expect((await mcts.search({ ...request, deadlineMs: 0.5 })).simulationCount).toBe(1);
  });

  it('a simulator may be asynchronous, with the same result', async () => {
    const tables = randomTables(1, 6, 3, 0.7);
    const model = tabularSimulator(tables);
    const later: GenerativeModel = { ...model, step: async (...args) => model.step(...args) };
    const options = { simulations: 200, discount: 0.7, horizon: 8 };
    expect(await search({ model: later, ...options }, [1])).toEqual(await search({ model, ...options }, [1]));
  });

  it('equal generators give equal searches', async () => {
    const options = { model: tabularSimulator(randomTables(2, 6, 3, 0.7)), simulations: 200, discount: 0.7, horizon: 8 };
    expect(await search(options, [1], 5)).toEqual(await search(options, [1], 5));
    expect(await search(options, [1], 5)).not.toEqual(await search(options, [1], 6));
  });
});

describe('refusals', () => {
  it.each<[string, Partial<MctsOptions>]>([
    ['simulations', { simulations: 0 }],
    ['horizon', { horizon: 0 }],
    ['discount', { discount: 1.1 }],
    ['exploration', { exploration: -1 }],
    ['actionWidening.factor', { actionWidening: { factor: 0, exponent: 0.5 } }],
    ['actionWidening.exponent', { actionWidening: { factor: 1, exponent: 2 } }],
    ['outcomeWidening', { deterministic: true, outcomeWidening: { factor: 2, exponent: 0.5 } }],
    ['outcomeWidening.exponent', { outcomeWidening: { factor: 1, exponent: -1 } }],
    ['returned', { returned: 'luck' as never }],
    ['deterministic', { deterministic: 1 as never }],
  ])('%s', (name, options) => {
    expect(() => createMcts({ model: target, ...options })).toThrow(OptionError);
    expect(() => createMcts({ model: target, ...options })).toThrow(`createMcts: ${name} must`);
  });

  it('a state that does not fit, a deadline without a clock, and rewards that are not finite', async () => {
    await expect(search({ model: target }, [0, 1])).rejects.toThrow(ShapeError);
    await expect(search({ model: target }, [NaN])).rejects.toThrow(NumericalError);
    const mcts = createMcts({ model: target });
    await expect(mcts.search({ state: new Float64Array(1), rng: createRng(0), deadlineMs: 5 })).rejects.toThrow(OptionError);
    await expect(mcts.search({ state: new Float64Array(1), rng: createRng(0), clock: () => 0, deadlineMs: 0 })).rejects.toThrow(
      OptionError,
    );
    const broken: GenerativeModel = { ...target, step: (_, __, next) => ((next[0] = 0), { reward: NaN, terminated: true }) };
    await expect(search({ model: broken }, [0])).rejects.toThrow(/rewards of the model must be finite/);
  });

  it('tabularSimulator refuses an action without outcomes', async () => {
    const tables = randomTables(0, 2, 2, 0.9);
    const offsets = Int32Array.of(0, 3, 3, 6, 9);
    const cut = (array: Float64Array): Float64Array => array.slice(0, 9);
    const model = tabularSimulator({
      ...tables,
      offsets,
      nextStates: tables.nextStates.slice(0, 9),
      probabilities: cut(tables.probabilities),
      rewards: cut(tables.rewards),
      endings: tables.endings.slice(0, 9),
    });
    expect(() => model.step(Float64Array.of(0), Float32Array.of(1), new Float64Array(1), createRng(0))).toThrow(
      /must have outcomes in state 0, got 1/,
    );
  });

  it('tabularSimulator draws outcomes by their probability', () => {
    const tables = { ...randomTables(3, 3, 1, 0.9), nextStates: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2) };
    const model = tabularSimulator(tables);
    const [counts, next, rng] = [[0, 0, 0], new Float64Array(1), createRng(1)];
    for (let i = 0; i < 4000; i++) {
      void model.step(Float64Array.of(1), Float32Array.of(0), next, rng);
      counts[next[0]!]! += 1 / 4000;
    }
    [0.5, 0.3, 0.2].forEach((p, s) => expect(Math.abs(counts[s]! - p)).toBeLessThan(0.03));
  });
});
