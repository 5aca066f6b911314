/** The tabular tasks by name. */
import type { Catalogue } from '../catalogue.js';
import { type AbExampleOptions, createAbExample } from './ab-example.js';
import { type CliffWalkingOptions, createCliffWalking } from './cliff-walking.js';
import { createFrozenLake, createFrozenLake8x8, type FrozenLakeOptions } from './frozen-lake.js';
import type { TabularTaskCommonOptions } from './grid.js';
import { type ChangingMazeOptions, createBlockingMaze, createDynaMaze, createShortcutMaze, type MazeOptions } from './mazes.js';
import type { TabularEnvironment } from './tabular-environment.js';
import { createTaxi, createTaxiV3, type TaxiOptions } from './taxi.js';
import { createWindyGridWorld, type WindyGridWorldOptions } from './windy-grid-world.js';

/** The options of every tabular task, by its name. */
export interface TabularOptions {
  readonly 'DynaMaze-v0': MazeOptions;
  readonly 'BlockingMaze-v0': ChangingMazeOptions;
  readonly 'ShortcutMaze-v0': ChangingMazeOptions;
  readonly 'WindyGridWorld-v0': WindyGridWorldOptions;
  readonly 'CliffWalking-v1': CliffWalkingOptions;
  readonly 'CliffWalkingSlippery-v1': CliffWalkingOptions;
  readonly 'FrozenLake-v1': FrozenLakeOptions;
  readonly 'FrozenLake8x8-v1': FrozenLakeOptions;
  readonly 'Taxi-v4': TaxiOptions;
  readonly 'Taxi-v3': TabularTaskCommonOptions;
  readonly 'AbExample-v0': AbExampleOptions;
}

const keys = { discount: true, maxSteps: true, seed: true } as const;
const lakeKeys = { ...keys, map: true, isSlippery: true, successRate: true, rewards: true } as const;
const book = (where: string): string => `Sutton and Barto, ${where}`;

/** Every tabular task. */
export const tabularCatalogue: Catalogue<TabularOptions, TabularEnvironment> = {
  'DynaMaze-v0': { create: createDynaMaze, keys, reward: '1 at the goal', source: book('example 8.1') },
  'BlockingMaze-v0': {
    create: createBlockingMaze,
    keys: { ...keys, changeAfterSteps: true },
    reward: '1 at the goal',
    source: book('example 8.2'),
  },
  'ShortcutMaze-v0': {
    create: createShortcutMaze,
    keys: { ...keys, changeAfterSteps: true },
    reward: '1 at the goal',
    source: book('example 8.3'),
  },
  'WindyGridWorld-v0': {
    create: createWindyGridWorld,
    keys: { ...keys, moves: true, stochasticWind: true },
    reward: '−1 a step',
    source: book('example 6.5'),
  },
  'CliffWalking-v1': {
    create: createCliffWalking,
    keys: { ...keys, isSlippery: true },
    reward: '−1 a step, −100 off the cliff',
    source: `Gymnasium 1.3; ${book('example 6.6')}`,
  },
  'CliffWalkingSlippery-v1': {
    create: (options) => createCliffWalking({ isSlippery: true, ...options }),
    keys: { ...keys, isSlippery: true },
    reward: '−1 a step, −100 off the cliff',
    source: 'Gymnasium 1.3',
  },
  'FrozenLake-v1': { create: createFrozenLake, keys: lakeKeys, reward: '1 at the goal', source: 'Gymnasium 1.3' },
  'FrozenLake8x8-v1': { create: createFrozenLake8x8, keys: lakeKeys, reward: '1 at the goal', source: 'Gymnasium 1.3' },
  'Taxi-v4': {
    create: createTaxi,
    keys: { ...keys, isRainy: true, rainyProbability: true, fickle: true, fickleProbability: true },
    reward: '−1 a step, −10, +20',
    source: 'Gymnasium 1.3; Dietterich 2000',
  },
  'Taxi-v3': { create: createTaxiV3, keys, reward: '−1 a step, −10, +20', source: 'Gymnasium 1.3; Dietterich 2000' },
  'AbExample-v0': { create: createAbExample, keys: { discount: true, seed: true }, reward: '0 or 1', source: book('example 6.4') },
};
