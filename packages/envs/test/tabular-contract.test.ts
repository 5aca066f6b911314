import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import {
  createAbExample,
  createBlockingMaze,
  createCliffWalking,
  createDynaMaze,
  createFrozenLake,
  createFrozenLake8x8,
  createShortcutMaze,
  createTabularEnvironment,
  createTaxi,
  createWindyGridWorld,
  type TabularEnvironment,
} from '@mbrl/envs';
import { describe, expect, it } from 'vitest';

const mdp = {
  P: [
    [
      [1, 0],
      [0.3, 0.7],
    ],
    [
      [0, 1],
      [0.5, 0.5],
    ],
  ],
  R: [
    [0, 1],
    [0, [2, 3]],
  ],
  start: [0.5, 0.5],
};

/** Each with a limit, so that its episodes end; those that draw nothing, or little, may be the same for two seeds. */
const cases: readonly (readonly [name: string, make: () => TabularEnvironment, options: EnvironmentCheckOptions])[] = [
  ['DynaMaze', () => createDynaMaze({ maxSteps: 60 }), { seedsDiffer: false }],
  // Changes within the first episode.
  ['BlockingMaze', () => createBlockingMaze({ maxSteps: 60, changeAfterSteps: 20 }), { seedsDiffer: false }],
  ['ShortcutMaze', () => createShortcutMaze({ maxSteps: 60, changeAfterSteps: 70 }), { seedsDiffer: false }],
  ['WindyGridWorld', () => createWindyGridWorld({ maxSteps: 60 }), { seedsDiffer: false }],
  ['WindyGridWorld, stochastic', () => createWindyGridWorld({ maxSteps: 60, stochasticWind: true, moves: 'kingAndStay' }), {}],
  ['CliffWalking', () => createCliffWalking({ maxSteps: 60 }), { seedsDiffer: false }],
  ['CliffWalking, slippery', () => createCliffWalking({ maxSteps: 60, isSlippery: true }), {}],
  ['FrozenLake', () => createFrozenLake(), {}],
  ['FrozenLake on a random map', () => createFrozenLake({ map: { size: 5, seed: 3 } }), {}],
  ['FrozenLake8x8', () => createFrozenLake8x8(), {}],
  ['Taxi', () => createTaxi(), {}],
  ['Taxi, rainy and fickle', () => createTaxi({ isRainy: true, fickle: true, fickleProbability: 0.9 }), {}],
  ['AbExample', () => createAbExample(), { seedsDiffer: false }],
  ['tables', () => createTabularEnvironment({ ...mdp, maxSteps: 30 }), {}],
];

describe('the contract of an environment', () => {
  it.each(cases)('%s keeps it', (_name, make, options) => {
    expect(() => checkEnvironment(make, { mustEnd: true, stepLimit: 300, episodeCount: 5, ...options })).not.toThrow();
  });
});
