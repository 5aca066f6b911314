/**
 * Sutton and Barto's mazes ("Reinforcement learning", 2nd edition, examples 8.1 to 8.3): 6 × 9 cells, four moves,
 * moves into a wall or off the grid leave the agent in place, reward +1 on reaching the goal and 0 else, γ = 0.95.
 *
 * The blocking maze's short way (10 steps) is closed after 1,000 steps, and a longer one (16) opened; the shortcut
 * maze keeps its long way (16) and gets a short one (10) after 3,000. The steps are counted over all episodes, from the
 * last reset with a seed on.
 */
import { checkInteger, type TabularModel } from '@mbrl/core';
import { cellsOf, fourMoveLabels, fourMoves, moveWithin, parseGrid, type TabularTaskCommonOptions } from './grid.js';
import { createGridWorld } from './grid-world.js';
import { tabularModelFromOutcomes } from './outcome-tables.js';
import type { TabularEnvironment } from './tabular-environment.js';

/** Options of {@link createDynaMaze}: discount 0.95 and no step limit when absent. */
export interface MazeOptions extends TabularTaskCommonOptions {}

/** Options of {@link createBlockingMaze} and {@link createShortcutMaze}. */
export interface ChangingMazeOptions extends MazeOptions {
  /** Steps over all episodes after which the maze changes, at least 1. Default 1,000 for the blocking maze, 3,000 for the shortcut. */
  readonly changeAfterSteps?: number;
}

/** A maze that changes, with the tables from before and from after. */
export interface ChangingMaze extends TabularEnvironment {
  readonly modelBefore: TabularModel;
  readonly modelAfter: TabularModel;
}

const dynaMap = [
  '.......#G', //
  '..#....#.',
  'S.#....#.',
  '..#......',
  '.....#...',
  '.........',
];

/** The other mazes differ in the one wall across them. */
const mapWithWall = (wall: string): readonly string[] => ['........G', '.........', '.........', wall, '.........', '...S.....'];
const openRight: readonly string[] = mapWithWall('########.');
const openLeft: readonly string[] = mapWithWall('.########');
const openBoth: readonly string[] = mapWithWall('.#######.');

const [rows, columns] = [6, 9];

function mazeModel(map: readonly string[], discount: number): TabularModel {
  const grid = parseGrid('maze', map, '.#SG');
  return tabularModelFromOutcomes({
    stateCount: rows * columns,
    actionCount: fourMoves.length,
    discount,
    start: cellsOf(grid, 'S')[0]!,
    outcomes: (state, action) => {
      // Nobody acts in a wall or at the goal: there, time stands still.
      if (grid.cells[state] === '#' || grid.cells[state] === 'G') return [{ probability: 1, nextState: state, reward: 0, ends: true }];
      const target = moveWithin(grid, state, fourMoves[action]!);
      const nextState = grid.cells[target] === '#' ? state : target;
      const atGoal = grid.cells[nextState] === 'G';
      return [{ probability: 1, nextState, reward: atGoal ? 1 : 0, ends: atGoal }];
    },
  });
}

function createMaze(
  name: string,
  maps: readonly (readonly string[])[],
  changeAfterSteps: number | undefined,
  options: MazeOptions,
): ChangingMaze {
  const { discount = 0.95, maxSteps = Infinity, seed = 0 } = options;
  const models = maps.map((map) => mazeModel(map, discount));
  const cells = maps.map((map) => map.join(''));
  const environment = createGridWorld({
    name,
    rows,
    columns,
    moves: fourMoves,
    moveLabels: fourMoveLabels,
    stages: models.map((model, i) => (changeAfterSteps !== undefined && i === 0 ? { model, untilStep: changeAfterSteps } : { model })),
    roleOf: (state, stage) =>
      ({ '#': 'ground', S: 'faint', G: 'target' })[cells[stage]![state]!] as 'ground' | 'faint' | 'target' | undefined,
    maxSteps,
    seed,
  });
  return Object.assign(environment, { modelBefore: models[0]!, modelAfter: models.at(-1)! });
}

/**
 * Makes the Dyna maze (example 8.1): 47 cells beside the walls, 14 steps from start to goal.
 * @throws OptionError on an option outside of its bounds.
 */
export function createDynaMaze(options: MazeOptions = {}): TabularEnvironment {
  return createMaze('DynaMaze-v0', [dynaMap], undefined, options);
}

/**
 * Makes the blocking maze (example 8.2): 10 steps along the right, until that way is closed and one of 16 opened.
 * @throws OptionError on an option outside of its bounds.
 */
export function createBlockingMaze(options: ChangingMazeOptions = {}): ChangingMaze {
  const { changeAfterSteps = 1000 } = options;
  checkInteger('createBlockingMaze', 'changeAfterSteps', changeAfterSteps, { min: 1 });
  return createMaze('BlockingMaze-v0', [openRight, openLeft], changeAfterSteps, options);
}

/**
 * Makes the shortcut maze (example 8.3): 16 steps along the left, until a way of 10 opens on the right.
 * @throws OptionError on an option outside of its bounds.
 */
export function createShortcutMaze(options: ChangingMazeOptions = {}): ChangingMaze {
  const { changeAfterSteps = 3000 } = options;
  checkInteger('createShortcutMaze', 'changeAfterSteps', changeAfterSteps, { min: 1 });
  return createMaze('ShortcutMaze-v0', [openLeft, openBoth], changeAfterSteps, options);
}
