import { checkTabularModel, createRng, OptionError, ShapeError, type TabularModel } from '@mbrl/core';
import {
  abEpisodes,
  batchMonteCarloValues,
  batchTemporalDifferenceValues,
  createAbExample,
  createBlockingMaze,
  createCliffWalking,
  createDynaMaze,
  createEnvironment,
  createFrozenLake,
  createFrozenLake8x8,
  createShortcutMaze,
  createTabularEnvironment,
  createTaxi,
  createTaxiV3,
  createWindyGridWorld,
  describeEnvironment,
  randomFrozenLakeMap,
  tabularModelFromOutcomes,
  tabularModelFromTables,
  type TabularEnvironment,
} from '@mbrl/envs';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tabularCatalogue } from '../src/tabular/catalogue.js';

/** Exact tables of Gymnasium 1.3.0; see the generator beside them. */
interface Tables {
  readonly states: number;
  readonly actions: number;
  readonly start: readonly (readonly [state: number, probability: number])[];
  readonly outcomes: readonly (readonly (readonly [probability: number, next: number, reward: number, ending: number])[])[][];
  readonly masks?: readonly string[];
}
const gymnasium = JSON.parse(readFileSync(new URL('data/toy-text.json', import.meta.url), 'utf8')) as { readonly [name: string]: Tables };

const ours: { readonly [name: string]: () => TabularEnvironment } = {
  'FrozenLake 4x4': () => createFrozenLake(),
  'FrozenLake 4x4, firm': () => createFrozenLake({ isSlippery: false }),
  'FrozenLake 4x4, options': () => createFrozenLake({ successRate: 0.75, rewards: [3, -2, -0.5] }),
  'FrozenLake 2x3': () => createFrozenLake({ map: ['SFS', 'HFG'] }),
  'FrozenLake 8x8': () => createFrozenLake8x8(),
  CliffWalking: () => createCliffWalking(),
  'CliffWalking, slippery': () => createCliffWalking({ isSlippery: true }),
  Taxi: () => createTaxi(),
  'Taxi, rainy': () => createTaxi({ isRainy: true, rainyProbability: 0.75 }),
};

/** The outcomes of a pair. */
function outcomesOf(model: TabularModel, state: number, action: number): number[][] {
  const pair = state * model.actionCount + action;
  const indices = Array.from({ length: model.offsets[pair + 1]! - model.offsets[pair]! }, (_, i) => model.offsets[pair]! + i);
  return indices.map((i) => [model.probabilities[i]!, model.nextStates[i]!, model.rewards[i]!, model.endings[i]!]);
}

const modelOf = (environment: TabularEnvironment): TabularModel => environment.tabularModel!;

/** Optimal values by value iteration, to 1e-12. */
function optimalValues(model: TabularModel, discount = model.discount): Float64Array {
  const values = new Float64Array(model.stateCount);
  for (let sweep = 0; sweep < 200_000; sweep++) {
    let change = 0;
    for (let state = 0; state < model.stateCount; state++) {
      let best = -Infinity;
      for (let action = 0; action < model.actionCount; action++) {
        let value = 0;
        for (let i = model.offsets[state * model.actionCount + action]!; i < model.offsets[state * model.actionCount + action + 1]!; i++)
          value += model.probabilities[i]! * (model.rewards[i]! + (model.endings[i] === 1 ? 0 : discount * values[model.nextStates[i]!]!));
        best = Math.max(best, value);
      }
      change = Math.max(change, Math.abs(best - values[state]!));
      values[state] = best;
    }
    if (change < 1e-12) break;
  }
  return values;
}

/** Fewest steps from each state to an end, by searching backwards through `step` itself; only for tasks without chance. */
function fewestSteps(environment: TabularEnvironment): (number | undefined)[] {
  const { count } = environment.observationSpace;
  const before: number[][] = Array.from({ length: count }, () => []);
  const steps: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  let front: number[] = [];
  for (let state = 0; state < count; state++) {
    for (let action = 0; action < environment.actionSpace.count; action++) {
      environment.reset({ state });
      const { observation, terminated } = environment.step(action);
      if (!terminated) before[observation[0]!]!.push(state);
      else if (steps[state] === undefined) {
        steps[state] = 1;
        front.push(state);
      }
    }
  }
  for (let length = 2; front.length > 0; length++) {
    const next: number[] = [];
    for (const reached of front) {
      for (const state of before[reached]!) {
        if (steps[state] !== undefined) continue;
        steps[state] = length;
        next.push(state);
      }
    }
    front = next;
  }
  return steps;
}

const startOf = (environment: TabularEnvironment): number => environment.reset({ seed: 0 }).observation[0]!;

/** Steps that a greedy walk by the optimal values of a model takes in the environment, from its start. */
function greedyLength(environment: TabularEnvironment, model: TabularModel): number {
  const values = optimalValues(model);
  let state = environment.reset().observation[0]!;
  for (let t = 1; t < 1000; t++) {
    const worth = Array.from({ length: model.actionCount }, (_, action) =>
      outcomesOf(model, state, action).reduce(
        (sum, [p, next, reward, ending]) => sum + p! * (reward! + (ending ? 0 : model.discount * values[next!]!)),
        0,
      ),
    );
    const { observation, terminated } = environment.step(worth.indexOf(Math.max(...worth)));
    if (terminated) return t;
    state = observation[0]!;
  }
  return Infinity;
}

describe("Gymnasium's tables", () => {
  it.each(Object.keys(ours))('%s: every outcome and every start is equal', (name) => {
    const model = modelOf(ours[name]!());
    const { states, actions, start, outcomes } = gymnasium[name]!;
    expect([model.stateCount, model.actionCount]).toEqual([states, actions]);
    expect(outcomes.map((row, state) => row.map((_, action) => outcomesOf(model, state, action)))).toEqual(outcomes);
    const probabilities = new Float64Array(states);
    for (const [state, probability] of start) probabilities[state] = probability;
    model.startProbabilities.forEach((probability, state) => expect(probability).toBeCloseTo(probabilities[state]!, 15));
  });

  it('the masks of the taxi, and the probability of what happened, stand in the info', () => {
    const environment = createTaxi({ isRainy: true });
    gymnasium['Taxi']!.masks!.forEach((mask, state) =>
      expect(environment.reset({ state }).info).toEqual({ prob: 1, action_mask: [...mask].map(Number) }),
    );
    const lake = createFrozenLake({ successRate: 0.75 });
    const seen = new Set(Array.from({ length: 50 }, () => [lake.reset(), lake.step(2)] as const).map(([, { info }]) => info['prob']));
    expect([...seen].toSorted()).toEqual([0.125, 0.75]);
  });
});

describe('optimal values', () => {
  it('mazes: 14 steps in the Dyna maze; 10 and 16 in the others, before and after', () => {
    expect(fewestSteps(createDynaMaze())[startOf(createDynaMaze())]).toBe(14);
    expect(optimalValues(modelOf(createDynaMaze()))[18]).toBeCloseTo(0.95 ** 13, 12);
    for (const [make, before, after] of [
      [createBlockingMaze, 10, 16],
      [createShortcutMaze, 16, 10],
    ] as const) {
      const maze = make();
      const start = startOf(maze);
      expect(optimalValues(maze.modelBefore)[start]).toBeCloseTo(0.95 ** (before - 1), 12);
      expect(optimalValues(maze.modelAfter)[start]).toBeCloseTo(0.95 ** (after - 1), 12);
    }
    // 47 cells are not walls, as the book says.
    const isWall = (state: number): boolean => outcomesOf(modelOf(createDynaMaze()), state, 0)[0]![3] === 1 && state !== 8 && state !== 17;
    expect(Array.from({ length: 54 }, (_, state) => state).filter((state) => !isWall(state))).toHaveLength(47);
  });

  it('windy grid world: 15 steps, 7 with king’s moves', () => {
    expect(fewestSteps(createWindyGridWorld())[30]).toBe(15);
    expect(optimalValues(modelOf(createWindyGridWorld()))[30]).toBe(-15);
    expect(fewestSteps(createWindyGridWorld({ moves: 'king' }))[30]).toBe(7);
    expect(fewestSteps(createWindyGridWorld({ moves: 'kingAndStay' }))[30]).toBe(7);
    expect(createWindyGridWorld({ moves: 'king' }).actionSpace.count).toBe(8);
    expect(createWindyGridWorld({ moves: 'kingAndStay' }).actionSpace.count).toBe(9);
  });

  it('cliff walking: −13, and along the cliff nobody slips by choice', () => {
    expect(optimalValues(modelOf(createCliffWalking()))[36]).toBe(-13);
    expect(optimalValues(modelOf(createCliffWalking({ isSlippery: true })), 0.99)[36]).toBeLessThan(-30);
  });

  it('frozen lake: 14/17 of the walks over the 4 × 4 map can succeed, all over the 8 × 8 one given time', () => {
    expect(optimalValues(modelOf(createFrozenLake()))[0]).toBeCloseTo(14 / 17, 8);
    expect(optimalValues(modelOf(createFrozenLake8x8()))[0]).toBeCloseTo(1, 6);
    expect(optimalValues(modelOf(createFrozenLake({ discount: 0.99 })))[0]).toBeCloseTo(0.542, 4);
    expect(optimalValues(modelOf(createFrozenLake8x8({ discount: 0.99 })))[0]).toBeCloseTo(0.4146, 4);
    expect(optimalValues(modelOf(createFrozenLake({ isSlippery: false })))[0]).toBe(1);
  });

  it('taxi: twenty, less one for each step before the last, on the shortest way from every start', () => {
    const environment = createTaxi({ maxSteps: Infinity });
    const model = modelOf(environment);
    const values = optimalValues(model);
    const steps = fewestSteps(environment);
    let mean = 0;
    model.startProbabilities.forEach((probability, state) => {
      if (probability === 0) return;
      expect(values[state]).toBeCloseTo(21 - steps[state]!, 10);
      mean += probability * values[state]!;
    });
    // The best mean return over the 300 starts.
    expect(mean).toBeCloseTo(7.93, 2);
  });
});

describe('step', () => {
  const certain: { readonly [name: string]: () => TabularEnvironment } = {
    DynaMaze: () => createDynaMaze(),
    WindyGridWorld: () => createWindyGridWorld({ moves: 'king' }),
    CliffWalking: () => createCliffWalking(),
    Taxi: () => createTaxi({ maxSteps: Infinity }),
  };
  it.each(Object.keys(certain))('%s: does what the tables say in every state', (name) => {
    const environment = certain[name]!();
    const model = modelOf(environment);
    const [found, expected]: number[][][] = [[], []];
    for (let state = 0; state < model.stateCount; state++) {
      for (let action = 0; action < model.actionCount; action++) {
        environment.reset({ state });
        const { observation, reward, terminated } = environment.step(action);
        found!.push([1, observation[0]!, reward, terminated ? 1 : 0]);
        expected!.push(...outcomesOf(model, state, action));
      }
    }
    expect(found).toEqual(expected);
  });

  const uncertain: { readonly [name: string]: readonly [make: () => TabularEnvironment, pairs: readonly (readonly [number, number])[]] } = {
    FrozenLake: [
      () => createFrozenLake({ successRate: 0.6, isSlippery: true }),
      [
        [14, 2],
        [0, 1],
        [9, 3],
      ],
    ],
    WindyGridWorld: [
      () => createWindyGridWorld({ stochasticWind: true }),
      [
        [33, 1],
        [36, 0],
        [48, 3],
      ],
    ],
    CliffWalkingSlippery: [
      () => createEnvironment('CliffWalkingSlippery-v1'),
      [
        [36, 1],
        [25, 1],
      ],
    ],
    Taxi: [
      () => createTaxi({ isRainy: true }),
      [
        [221, 0],
        [328, 2],
        [100, 3],
      ],
    ],
    AbExample: [() => createAbExample(), [[1, 0]]],
    tables: [
      () => createTabularEnvironment({ P: [[[0.2, 0, 0.8]], [[0, 1, 0]], [[0.5, 0.25, 0.25]]], R: [[0], [1], [2]] }),
      [
        [0, 0],
        [2, 0],
      ],
    ],
  };
  it.each(Object.keys(uncertain))('%s: draws outcomes as often as the tables say', (name) => {
    const [make, pairs] = uncertain[name]!;
    const environment = make();
    const model = modelOf(environment);
    const draws = 4000;
    environment.reset({ seed: 1 });
    for (const [state, action] of pairs) {
      const found = new Map<string, number>();
      for (let i = 0; i < draws; i++) {
        environment.reset({ state });
        const { observation, reward, terminated } = environment.step(action);
        const key = [observation[0], reward, terminated ? 1 : 0].join();
        found.set(key, (found.get(key) ?? 0) + 1);
      }
      const expected = new Map<string, number>();
      for (const [probability, ...rest] of outcomesOf(model, state, action))
        expected.set(rest.join(), (expected.get(rest.join()) ?? 0) + probability!);
      expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [key, probability] of expected) {
        // Four standard deviations of a binomial count.
        const margin = 4 * Math.sqrt(draws * probability * (1 - probability)) + 1e-9;
        expect(Math.abs(found.get(key)! - draws * probability)).toBeLessThanOrEqual(margin);
      }
    }
  });

  it('starts are drawn as often as the tables say', () => {
    const environment = createTaxi();
    const model = modelOf(environment);
    const counts = new Float64Array(500);
    for (let i = 0; i < 30_000; i++) counts[environment.reset().observation[0]!]! += 1;
    counts.forEach((count, state) => {
      if (model.startProbabilities[state] === 0) expect(count).toBe(0);
      else expect(Math.abs(count - 100)).toBeLessThan(50);
    });
    const lake = createFrozenLake({ map: ['SFS', 'HFG'] });
    expect(new Set(Array.from({ length: 40 }, () => lake.reset().observation[0]))).toEqual(new Set([0, 2]));
  });

  it('refuses states and actions that are none', () => {
    const environment = createDynaMaze();
    expect(() => environment.reset({ state: 54 })).toThrow('DynaMaze-v0.reset: state must be a whole number in [0, 53], got 54');
    expect(() => environment.reset({ state: 0.5 })).toThrow(OptionError);
    environment.reset();
    expect(() => environment.step(4)).toThrow('DynaMaze-v0.step: action must be a whole number in [0, 3], got 4');
    expect(() => environment.sceneOf([54])).toThrow(OptionError);
    expect(() => createTaxi().sceneOf([1, 2])).toThrow(OptionError);
  });
});

describe('mazes that change', () => {
  const east = 1;
  it('change after their number of steps over all episodes; a reset with a seed counts from nought', () => {
    const maze = createBlockingMaze({ changeAfterSteps: 25 });
    maze.reset({ seed: 1 });
    expect(maze.tabularModel).toBe(maze.modelBefore);
    let length = 0;
    for (let episode = 0; episode < 2; episode++) length += greedyLength(maze, maze.modelBefore);
    expect(length).toBe(20);
    maze.reset();
    for (let t = 0; t < 4; t++) maze.step(east);
    expect(maze.tabularModel).toBe(maze.modelBefore);
    maze.step(east);
    expect(maze.tabularModel).toBe(maze.modelAfter);
    expect(greedyLength(maze, maze.modelBefore)).toBe(Infinity);
    expect(greedyLength(maze, maze.modelAfter)).toBe(16);
    maze.reset({ seed: 1 });
    expect(maze.tabularModel).toBe(maze.modelBefore);
  });

  it('hold the first tables for 1,000 and 3,000 steps', () => {
    for (const [make, count] of [
      [createBlockingMaze, 1000],
      [createShortcutMaze, 3000],
    ] as const) {
      const maze = make();
      maze.reset({ seed: 1 });
      for (let t = 0; t < count - 1; t++) maze.step(2);
      expect(maze.tabularModel).toBe(maze.modelBefore);
      maze.step(2);
      expect(maze.tabularModel).toBe(maze.modelAfter);
    }
  });

  it('keep the count in their state, and under a time limit', () => {
    const make = (): ReturnType<typeof createShortcutMaze> => createShortcutMaze({ changeAfterSteps: 10, maxSteps: 6 });
    const maze = make();
    maze.reset({ seed: 1 });
    for (let t = 0; t < 6; t++) maze.step(2);
    maze.reset();
    for (let t = 0; t < 3; t++) maze.step(2);
    const [state, snapshot] = [maze.saveState(), maze.snapshot()];
    maze.step(2);
    expect(maze.tabularModel).toBe(maze.modelAfter);
    maze.restoreState(state);
    expect(maze.tabularModel).toBe(maze.modelBefore);
    const other = make();
    other.restoreSnapshot(snapshot);
    expect(other.tabularModel).toBe(other.modelBefore);
    other.step(2);
    expect(other.tabularModel).toBe(other.modelAfter);
    expect(() => createShortcutMaze({ changeAfterSteps: 0 })).toThrow(OptionError);
  });
});

describe('options', () => {
  it('discount, step limit and seed of every task', () => {
    const makes = [
      createDynaMaze,
      createBlockingMaze,
      createShortcutMaze,
      createWindyGridWorld,
      createCliffWalking,
      createFrozenLake,
      createFrozenLake8x8,
      createTaxi,
      createTaxiV3,
    ];
    for (const make of makes) {
      expect(modelOf(make({ discount: 0.5 })).discount).toBe(0.5);
      expect(() => make({ discount: 1.5 })).toThrow(OptionError);
      const limited = make({ maxSteps: 2 });
      limited.reset({ seed: 1 });
      expect(limited.step(0).truncated).toBe(false);
      expect(limited.step(0).truncated).toBe(true);
      expect(() => make({ maxSteps: 0 })).toThrow(OptionError);
      expect(() => make({ seed: -1 })).toThrow(OptionError);
    }
    expect(modelOf(createAbExample({ discount: 0.5 })).discount).toBe(0.5);
    const starts = (seed: number): number[] => {
      const environment = createTaxi({ seed });
      return Array.from({ length: 5 }, () => environment.reset().observation[0]!);
    };
    expect(starts(1)).not.toEqual(starts(2));
  });

  it("Gymnasium's step limits: 100, 200 for the large lake by its name, whatever the map, 200 for the taxi", () => {
    const lengthOf = (environment: TabularEnvironment, action: number): number => {
      environment.reset({ seed: 0 });
      for (let t = 1; ; t++) if (environment.step(action).truncated) return t;
    };
    expect(lengthOf(createFrozenLake({ isSlippery: false }), 0)).toBe(100);
    expect(lengthOf(createFrozenLake8x8({ isSlippery: false }), 0)).toBe(200);
    // Gymnasium registers the limit with the name, and keeps it on another map.
    expect(lengthOf(createFrozenLake({ map: '8x8', isSlippery: false }), 0)).toBe(100);
    expect(lengthOf(createFrozenLake8x8({ map: '4x4', isSlippery: false }), 0)).toBe(200);
    expect(lengthOf(createTaxi(), 0)).toBe(200);
    expect(lengthOf(createTaxiV3(), 0)).toBe(200);
  });

  it('wind that varies: a third each of one more and one less, where there is any', () => {
    const model = modelOf(createWindyGridWorld({ stochasticWind: true }));
    const nextOf = (state: number, action: number): number[] => outcomesOf(model, state, action).map(([, next]) => next!);
    expect(nextOf(33, 1)).toEqual([24, 14, 34]);
    expect(nextOf(30, 1)).toEqual([31]);
    expect(outcomesOf(model, 33, 1).map(([probability]) => probability)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(() => createWindyGridWorld({ moves: 'knight' as 'king' })).toThrow(OptionError);
  });

  it('maps of lakes: by name, by lines, at random', () => {
    expect(createFrozenLake({ map: ['SG'] }).observationSpace.count).toBe(2);
    expect(() => createFrozenLake({ map: ['SF', 'G'] })).toThrow(OptionError);
    expect(() => createFrozenLake({ map: ['SX'] })).toThrow('cells of map must be among SFHG, got "X"');
    expect(() => createFrozenLake({ map: ['FG'] })).toThrow('map must have at least one start S');
    expect(() => createFrozenLake({ map: [] })).toThrow(OptionError);
    expect(() => createFrozenLake({ map: '5x5' as '4x4' })).toThrow(/got "5x5"/);
    expect(() => createFrozenLake({ successRate: 2 })).toThrow(OptionError);
    expect(() => createFrozenLake({ rewards: [1, 2] as never })).toThrow(ShapeError);
    const mapOf = (seed: number): unknown => modelOf(createFrozenLake({ map: { size: 6, seed } })).endings;
    expect(mapOf(1)).toEqual(mapOf(1));
    expect(mapOf(1)).not.toEqual(mapOf(2));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.double({ min: 0.5, max: 1, noNaN: true }), fc.nat(), (size, iceRatio, seed) => {
        const lines = randomFrozenLakeMap({ size, iceRatio, rng: createRng(seed) });
        expect(lines).toHaveLength(size);
        expect(optimalValues(modelOf(createFrozenLake({ map: lines, isSlippery: false })))[0]).toBe(1);
      }),
      { numRuns: 30 },
    );
    expect(randomFrozenLakeMap({ size: 5, iceRatio: 1, rng: createRng(1) }).join('')).not.toContain('H');
    expect(() => randomFrozenLakeMap({ size: 30, iceRatio: 0.05, rng: createRng(1) })).toThrow(/let a map be crossed/);
    expect(() => randomFrozenLakeMap({ size: 1, rng: createRng(1) })).toThrow(OptionError);
    const holes = Array.from(
      { length: 200 },
      (_, seed) =>
        randomFrozenLakeMap({ size: 8, rng: createRng(seed) })
          .join('')
          .split('H').length - 1,
    );
    // Of 62 cells 12.4 are holes on average, a little less as maps that cannot be crossed are drawn again.
    expect(Math.abs(holes.reduce((a, b) => a + b) / 200 - 12)).toBeLessThan(1);
  });

  it('a fickle passenger changes the destination once, on the first drive, by the probability', () => {
    let changes = 0;
    const environment = createTaxi({ fickle: true, fickleProbability: 0.4, maxSteps: Infinity });
    expect(environment.tabularModel).toBeUndefined();
    expect(createTaxi({ fickleProbability: 0.4 }).tabularModel).toBeDefined();
    const seen = new Set<number>();
    environment.reset({ seed: 1 });
    for (let episode = 0; episode < 2000; episode++) {
      // At the red stand with the passenger waiting there, bound for blue.
      environment.reset({ state: 3 });
      expect(environment.step(1).observation[0]).toBe(3);
      environment.step(4);
      // Against a wall nothing moves, and no mind is changed.
      expect(environment.step(1).observation[0]! % 4).toBe(3);
      const destination = environment.step(0).observation[0]! % 4;
      seen.add(destination);
      if (destination !== 3) changes++;
      expect(environment.step(0).observation[0]! % 4).toBe(destination);
    }
    expect(seen).toEqual(new Set([0, 1, 2, 3]));
    expect(Math.abs(changes / 2000 - 0.4)).toBeLessThan(0.045);
    expect(() => createTaxi({ rainyProbability: -1 })).toThrow(OptionError);
    expect(() => createTaxi({ fickleProbability: 2 })).toThrow(OptionError);
  });
});

describe('the registry', () => {
  it('makes every tabular task by its name, with its own options', () => {
    const names = Object.keys(tabularCatalogue) as (keyof typeof tabularCatalogue)[];
    expect(names).toHaveLength(11);
    for (const name of names) {
      const environment = createEnvironment(name, { discount: 0.25 });
      expect([environment.name, environment.tabularModel!.discount]).toEqual([name, 0.25]);
      expect(describeEnvironment(name).source).toMatch(/Gymnasium 1.3|Sutton and Barto/);
      expect(() => createEnvironment(name, { gamma: 1 } as never)).toThrow(/options of .* must be among discount, /);
    }
    expect(createEnvironment('FrozenLake8x8-v1', { isSlippery: false }).tabularModel!.probabilities[0]).toBe(1);
    expect(createEnvironment('CliffWalkingSlippery-v1').tabularModel!.probabilities[0]).toBe(1 / 3);
  });
});

describe('the AB example', () => {
  it('has the values of the book', () => {
    const options = { episodes: abEpisodes, stateCount: 2 };
    expect(Array.from(batchMonteCarloValues(options))).toEqual([0, 0.75]);
    expect(Array.from(batchTemporalDifferenceValues(options))).toEqual([0.75, 0.75]);
  });

  it('is the process that most likely made the episodes', () => {
    const model = modelOf(createAbExample());
    expect(Array.from(model.startProbabilities)).toEqual(
      [0, 1, 2].map((state) => abEpisodes.filter(({ states }) => states[0] === state).length / 8),
    );
    const fromB = abEpisodes.flatMap(({ states, rewards }) => rewards.filter((_, t) => states[t] === 1));
    expect(outcomesOf(model, 1, 0)).toEqual([
      [fromB.filter((reward) => reward === 1).length / 8, 2, 1, 1],
      [fromB.filter((reward) => reward === 0).length / 8, 2, 0, 1],
    ]);
    expect(Array.from(optimalValues(model))).toEqual([0.75, 0.75, 0]);
  });

  it('batch estimates agree with the truth of a chain, given enough episodes, and discount', () => {
    // States 0 to 4 in a row, left or right with even chances, 1 on leaving at the right end: values (s + 1) / 6.
    const rng = createRng(4);
    const episodes = Array.from({ length: 4000 }, () => {
      const [states, rewards] = [[2], [] as number[]];
      for (;;) {
        const next = states.at(-1)! + (rng.uniform() < 0.5 ? -1 : 1);
        rewards.push(next === 5 ? 1 : 0);
        if (next < 0 || next > 4) return { states, rewards };
        states.push(next);
      }
    });
    for (const values of [batchMonteCarloValues({ episodes, stateCount: 5 }), batchTemporalDifferenceValues({ episodes, stateCount: 5 })])
      values.forEach((value, state) => expect(Math.abs(value - (state + 1) / 6)).toBeLessThan(0.03));
    const single = { episodes: [{ states: [0, 1], rewards: [1, 2] }], stateCount: 3, discount: 0.5 };
    expect(Array.from(batchMonteCarloValues(single))).toEqual([2, 2, NaN]);
    expect(Array.from(batchTemporalDifferenceValues(single))).toEqual([2, 2, NaN]);
  });

  it('refuses episodes that are malformed', () => {
    for (const values of [batchMonteCarloValues, batchTemporalDifferenceValues]) {
      expect(() => values({ episodes: [], stateCount: 1 })).toThrow(OptionError);
      expect(() => values({ episodes: [{ states: [0], rewards: [] }], stateCount: 1 })).toThrow(ShapeError);
      expect(() => values({ episodes: [{ states: [1], rewards: [0] }], stateCount: 1 })).toThrow(OptionError);
      expect(() => values({ episodes: abEpisodes, stateCount: 2, discount: 2 })).toThrow(OptionError);
    }
  });
});

describe('tables of one’s own', () => {
  const tables = {
    P: [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ],
    R: [
      [0, 1],
      [0, 1],
    ],
    discount: 0.9,
  };

  it('become a model and an environment', () => {
    const model = tabularModelFromTables(tables);
    expect(Array.from(optimalValues(model), (value) => Math.round(1e9 * value) / 1e9)).toEqual([10, 10]);
    const environment = createTabularEnvironment({
      ...tables,
      name: 'Pair',
      maxSteps: 3,
      start: 1,
      stateLabels: ['left', 'right'],
      actionLabels: ['stay', 'go'],
    });
    expect([environment.name, environment.observationSpace.labels, environment.actionSpace.labels]).toEqual([
      'Pair',
      ['left', 'right'],
      ['stay', 'go'],
    ]);
    expect(environment.reset().observation[0]).toBe(1);
    expect(environment.step(1)).toMatchObject({ reward: 1, observation: Float32Array.of(0) });
    expect(environment.tabularModel).toEqual(tabularModelFromTables({ ...tables, start: 1 }));
    expect(createTabularEnvironment({ model }).tabularModel).toBe(model);
  });

  it('take rewards by next state, terminal states, and actions that cannot be taken', () => {
    const environment = createTabularEnvironment({
      P: [
        [
          [0.5, 0.5],
          [0, 0],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ],
      R: [
        [[1, 5], 0],
        [0, 0],
      ],
      terminalStates: [1],
    });
    expect(outcomesOf(modelOf(environment), 0, 0)).toEqual([
      [0.5, 0, 1, 0],
      [0.5, 1, 5, 1],
    ]);
    environment.reset({ seed: 1 });
    expect(() => environment.step(1)).toThrow('Tabular.step: action 1 cannot be taken in state 0');
    expect(environment.step(0).reward).toBeGreaterThan(0);
  });

  it.each([
    [
      'probabilities that sum to less',
      {
        P: [
          [
            [0.5, 0.4],
            [0, 1],
          ],
          tables.P[1]!,
        ],
      },
      'probabilities of state 0 and action 0 must sum to 1, got 0.9',
    ],
    [
      'negative probabilities',
      {
        P: [
          [
            [1.5, -0.5],
            [0, 1],
          ],
          tables.P[1]!,
        ],
      },
      'probability of state 0 and action 0 must be a finite number in [0, Infinity), got -0.5',
    ],
    [
      'rewards that are not numbers',
      {
        R: [
          [0, NaN],
          [0, 0],
        ],
      },
      /reward of state 0 and action 1 must be a finite number/,
    ],
    ['a discount beyond 1', { discount: 1.1 }, /discount must be a finite number in \[0, 1\], got 1.1/],
    ['a start out of range', { start: 2 }, /start must be an integer in \[0, 1\], got 2/],
    ['starts that do not sum to 1', { start: [0.5, 0.6] }, /probabilities of the start must sum to 1, got 1.1/],
    ['a terminal state out of range', { terminalStates: [2] }, /terminalStates must be an integer in \[0, 1\], got 2/],
  ])('refuse %s', (_what, change, message) => {
    expect(() => tabularModelFromTables({ ...tables, ...change })).toThrow(OptionError);
    expect(() => createTabularEnvironment({ ...tables, ...change })).toThrow(message);
  });

  it.each([
    ['no states', { P: [] }],
    ['a row that is missing', { P: [tables.P[0]!, [[0, 1]]] }],
    ['a row that is short', { P: [[[1], [0, 1]], tables.P[1]!] }],
    ['rewards for fewer states', { R: [[0, 1]] }],
    ['rewards for fewer actions', { R: [[0, 1], [0]] }],
    [
      'rewards for fewer next states',
      {
        R: [
          [0, [1]],
          [0, 1],
        ],
      },
    ],
    ['starts for fewer states', { start: [1] }],
  ])('refuse %s', (_what, change) => {
    expect(() => tabularModelFromTables({ ...tables, ...change })).toThrow(ShapeError);
  });

  it('refuse next states out of range and offsets that do not fit', () => {
    const outcome = (nextState: number) => () => [{ probability: 1, nextState, reward: 0 }];
    const make = (nextState: number): TabularModel =>
      tabularModelFromOutcomes({ stateCount: 2, actionCount: 1, start: 0, outcomes: outcome(nextState) });
    for (const nextState of [-1, 2, 0.5]) expect(() => make(nextState)).toThrow(OptionError);
    const model = make(1);
    expect(checkTabularModel('check', model)).toBe(model);
    expect(() => createTabularEnvironment({ model: { ...model, offsets: Int32Array.of(0, 2, 1) } })).toThrow(ShapeError);
    expect(() => checkTabularModel('check', { ...model, offsets: Int32Array.of(1, 1, 2) })).toThrow('offsets must begin with 0, got 1');
    expect(() => checkTabularModel('check', { ...model, offsets: Int32Array.of(0, 3, 2) })).toThrow(OptionError);
    expect(() => checkTabularModel('check', { ...model, rewards: new Float64Array(1) })).toThrow(ShapeError);
    expect(() => checkTabularModel('check', { ...model, nextStates: Int32Array.of(0, 5) })).toThrow(OptionError);
    expect(() => checkTabularModel('check', { ...model, endings: Uint8Array.of(0, 2) })).toThrow(OptionError);
    expect(() => tabularModelFromOutcomes({ stateCount: 0, actionCount: 1, start: 0, outcomes: () => [] })).toThrow(OptionError);
  });
});
