/**
 * Walking past a cliff: Gymnasium 1.3's `CliffWalking-v1` and `CliffWalkingSlippery-v1`, which have the dynamics of
 * Sutton and Barto's example 6.6. 4 × 12 cells, from the lower left to the lower right; reward −1 a step, and −100 for a
 * step off the cliff between, which leads back to the start. The best return is −13.
 *
 * Where Gymnasium goes beyond the book we follow Gymnasium: the slippery kind, and the tables of the cells in which
 * nobody acts (the cliff and the goal), which go on like any other.
 */
import { fourMoveLabels, fourMoves, moveWithin, type TabularTaskCommonOptions } from './grid.js';
import { checkFlags } from '../check-flags.js';
import { createGridWorld } from './grid-world.js';
import { tabularModelFromOutcomes } from './outcome-tables.js';
import type { TabularEnvironment } from './tabular-environment.js';

/** Options of {@link createCliffWalking}: discount 1 and no step limit when absent. */
export interface CliffWalkingOptions extends TabularTaskCommonOptions {
  /** Whether a move goes its way in a third of the cases only, and to either side in the others. Default false. */
  readonly isSlippery?: boolean;
}

const rows = 4;
const columns = 12;
const start = 36;
const goal = 47;
const isCliff = (state: number): boolean => state > start && state < goal;

/** Makes it. Actions: up, right, down, left. @throws OptionError on an option outside of its bounds. */
export function createCliffWalking(options: CliffWalkingOptions = {}): TabularEnvironment {
  const { isSlippery = false, discount = 1, maxSteps = Infinity, seed = 0 } = options;
  checkFlags('createCliffWalking', { isSlippery });
  const model = tabularModelFromOutcomes({
    stateCount: rows * columns,
    actionCount: 4,
    discount,
    start,
    outcomes: (state, action) => {
      const directions = isSlippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action];
      return directions.map((direction) => {
        const nextState = moveWithin({ rows, columns }, state, fourMoves[direction]!);
        const probability = 1 / directions.length;
        if (isCliff(nextState)) return { probability, nextState: start, reward: -100 };
        return { probability, nextState, reward: -1, ends: nextState === goal };
      });
    },
  });
  return createGridWorld({
    name: isSlippery ? 'CliffWalkingSlippery-v1' : 'CliffWalking-v1',
    rows,
    columns,
    moves: fourMoves,
    moveLabels: fourMoveLabels,
    stages: [{ model }],
    roleOf: (state) => (isCliff(state) ? 'ground' : state === goal ? 'target' : state === start ? 'faint' : undefined),
    maxSteps,
    seed,
  });
}
