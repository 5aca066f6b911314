/**
 * Gymnasium 1.3's `FrozenLake-v1`: from S to G over ice F, past holes H. On slippery ice a move goes its way with
 * probability `successRate` and to either side with half of the rest. The episode ends in a hole and at the goal.
 */
import { checkNumber, OptionError, ShapeError } from '@mbrl/core';
import { checkFlags } from '../check-flags.js';
import { type FrozenLakeMap, frozenLakeMap } from './frozen-lake-map.js';
import { cellsOf, type Move, moveWithin, parseGrid, type TabularTaskCommonOptions } from './grid.js';
import { createGridWorld } from './grid-world.js';
import { tabularModelFromOutcomes } from './outcome-tables.js';
import type { TabularEnvironment } from './tabular-environment.js';

/** Options of {@link createFrozenLake}: discount 1 and 100 steps when absent. */
export interface FrozenLakeOptions extends TabularTaskCommonOptions {
  /** A map by name, by its lines of the letters S, F, H and G, or drawn at random. Default `4x4`. */
  readonly map?: FrozenLakeMap;
  /** Default true. */
  readonly isSlippery?: boolean;
  /** Probability in [0, 1] that a move on slippery ice goes its way. Default 1/3. */
  readonly successRate?: number;
  /** Rewards of reaching the goal, a hole, and ice. Default 1, 0, 0. */
  readonly rewards?: readonly [goal: number, hole: number, ice: number];
}

const moves: readonly Move[] = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
];

/**
 * Makes it. Actions: left, down, right, up. Where a map has several S, the start is drawn among them.
 * @throws OptionError on an option outside of its bounds, or a map without a start.
 */
export function createFrozenLake(options: FrozenLakeOptions = {}): TabularEnvironment {
  return createNamedFrozenLake('FrozenLake-v1', '4x4', 100, options);
}

/** Makes Gymnasium's `FrozenLake8x8-v1`: {@link createFrozenLake} on the 8 × 8 map when no other is given, with 200 steps. */
export function createFrozenLake8x8(options: FrozenLakeOptions = {}): TabularEnvironment {
  return createNamedFrozenLake('FrozenLake8x8-v1', '8x8', 200, options);
}

function createNamedFrozenLake(name: string, ownMap: FrozenLakeMap, ownLimit: number, options: FrozenLakeOptions): TabularEnvironment {
  const caller = 'createFrozenLake';
  const { map = ownMap, isSlippery = true, successRate = 1 / 3, rewards = [1, 0, 0] } = options;
  const { discount = 1, maxSteps = ownLimit, seed = 0 } = options;
  checkFlags(caller, { isSlippery });
  checkNumber(caller, 'successRate', successRate, { min: 0, max: 1 });
  if (rewards.length !== 3) throw new ShapeError(`${caller}: rewards must have 3 entries, got ${rewards.length}`);
  rewards.forEach((reward, i) => checkNumber(caller, `reward ${i}`, reward));
  const grid = parseGrid(caller, frozenLakeMap(map), 'SFHG');
  const starts = cellsOf(grid, 'S');
  if (starts.length === 0) throw new OptionError(`${caller}: map must have at least one start S`);
  const start = new Float64Array(grid.cells.length);
  for (const state of starts) start[state] = 1 / starts.length;
  const slipRate = (1 - successRate) / 2;
  const model = tabularModelFromOutcomes({
    stateCount: grid.cells.length,
    actionCount: 4,
    discount,
    start,
    outcomes: (state, action) => {
      if ('GH'.includes(grid.cells[state]!)) return [{ probability: 1, nextState: state, reward: 0, ends: true }];
      const directions = isSlippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action];
      return directions.map((direction) => {
        const nextState = moveWithin(grid, state, moves[direction]!);
        const cell = grid.cells[nextState]!;
        const probability = !isSlippery ? 1 : direction === action ? successRate : slipRate;
        return { probability, nextState, reward: rewards[cell === 'G' ? 0 : cell === 'H' ? 1 : 2], ends: 'GH'.includes(cell) };
      });
    },
  });
  return createGridWorld({
    name,
    rows: grid.rows,
    columns: grid.columns,
    moves,
    moveLabels: ['left', 'down', 'right', 'up'],
    stages: [{ model }],
    roleOf: (state) => ({ H: 'body', G: 'target', S: 'faint' })[grid.cells[state]!] as 'body' | 'target' | 'faint' | undefined,
    maxSteps,
    seed,
  });
}
