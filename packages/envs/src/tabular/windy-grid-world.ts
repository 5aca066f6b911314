/**
 * Sutton and Barto's windy grid world (2nd edition, example 6.5, exercises 6.9 and 6.10): 7 × 10 cells, from the left to
 * a goal in the wind. The wind of the column that the agent leaves lifts it by that many cells. Reward −1 a step until
 * the goal, γ = 1. Fifteen steps with four moves, seven with king's moves.
 */
import { checkOneOf, type SceneShape } from '@mbrl/core';
import { checkFlags } from '../check-flags.js';
import { fourMoveLabels, fourMoves, type Move, moveWithin, type TabularTaskCommonOptions } from './grid.js';
import { cellCenter } from './grid-scene.js';
import { createGridWorld } from './grid-world.js';
import { type Outcome, tabularModelFromOutcomes } from './outcome-tables.js';
import type { TabularEnvironment } from './tabular-environment.js';

/** Options of {@link createWindyGridWorld}. */
export interface WindyGridWorldOptions extends TabularTaskCommonOptions {
  /** Four moves, eight with the diagonals, or nine with standing still. Default `four`. */
  readonly moves?: 'four' | 'king' | 'kingAndStay';
  /** Whether the wind, where there is any, varies by one cell up or down, each a third of the time. Default false. */
  readonly stochasticWind?: boolean;
}

const rows = 7;
const columns = 10;
const windByColumn = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0];
const start = 30;
const goal = 37;

const diagonals: readonly Move[] = [
  [-1, 1],
  [1, 1],
  [1, -1],
  [-1, -1],
];
const diagonalLabels = ['up right', 'down right', 'down left', 'up left'];

/**
 * Makes the windy grid world. Actions: up, right, down, left; then the diagonals clockwise from up right; then staying.
 * @throws OptionError on an option outside of its bounds.
 */
export function createWindyGridWorld(options: WindyGridWorldOptions = {}): TabularEnvironment {
  const { moves: kind = 'four', stochasticWind = false, discount = 1, maxSteps = Infinity, seed = 0 } = options;
  checkFlags('createWindyGridWorld', { stochasticWind });
  checkOneOf('createWindyGridWorld', 'moves', kind, ['four', 'king', 'kingAndStay']);
  const moves: Move[] = [...fourMoves];
  const moveLabels = [...fourMoveLabels];
  if (kind !== 'four') {
    moves.push(...diagonals);
    moveLabels.push(...diagonalLabels);
  }
  if (kind === 'kingAndStay') {
    moves.push([0, 0]);
    moveLabels.push('stay');
  }
  const model = tabularModelFromOutcomes({
    stateCount: rows * columns,
    actionCount: moves.length,
    discount,
    start,
    outcomes: (state, action): Outcome[] => {
      if (state === goal) return [{ probability: 1, nextState: goal, reward: 0, ends: true }];
      const wind = windByColumn[state % columns]!;
      const [down, right] = moves[action]!;
      const lifts = stochasticWind && wind > 0 ? [wind, wind + 1, wind - 1] : [wind];
      return lifts.map((lift) => {
        const nextState = moveWithin({ rows, columns }, state, [down - lift, right]);
        return { probability: 1 / lifts.length, nextState, reward: -1, ends: nextState === goal };
      });
    },
  });
  return createGridWorld({
    name: 'WindyGridWorld-v0',
    rows,
    columns,
    moves,
    moveLabels,
    stages: [{ model }],
    roleOf: (state) => (state === goal ? 'target' : state === start ? 'faint' : undefined),
    // One arrow by cell of wind, along the foot of its column.
    extra: windByColumn.flatMap((wind, column) =>
      Array.from({ length: wind }, (_, i) => {
        const [x, y] = cellCenter(rows, columns, (rows - 1) * columns + column);
        return windArrow(x + (i - (wind - 1) / 2) * 0.42, y);
      }).flat(),
    ),
    maxSteps,
    seed,
  });
}

function windArrow(x: number, y: number): SceneShape[] {
  const head = [
    [x - 0.17, y + 0.08],
    [x + 0.17, y + 0.08],
    [x, y + 0.4],
  ] as const;
  return [
    { kind: 'line', from: [x, y - 0.38], to: [x, y + 0.1], width: 0.1, role: 'joint' },
    { kind: 'polygon', points: head, role: 'joint' },
  ];
}
