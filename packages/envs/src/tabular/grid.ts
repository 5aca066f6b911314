/** Rectangular grids of cells, and their cells as states: state = row · columns + column, from the top left. */
import { checkInteger, OptionError } from '@mbrl/core';

/** A change of place by rows (down) and columns (to the right). */
export type Move = readonly [rows: number, columns: number];

/** Up, right, down and left: the order of actions in our grid worlds and in Gymnasium's CliffWalking. */
export const fourMoves: readonly Move[] = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
];

/** What {@link fourMoves} are called. */
export const fourMoveLabels: readonly string[] = ['up', 'right', 'down', 'left'];

/** A grid whose cells are marked by letters. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Letter of each cell, `[rows · columns]`. */
  readonly cells: readonly string[];
}

/**
 * Reads a grid from lines of text, one letter a cell.
 * @throws OptionError on lines of different lengths or letters other than `letters`.
 */
export function parseGrid(caller: string, lines: readonly string[], letters: string): Grid {
  const columns = lines[0]?.length ?? 0;
  if (columns === 0) throw new OptionError(`${caller}: map must have at least one line of at least one cell`);
  for (const line of lines) {
    if (typeof line !== 'string' || line.length !== columns)
      throw new OptionError(`${caller}: lines of map must all have ${columns} cells, got ${JSON.stringify(line)}`);
    for (const letter of line)
      if (!letters.includes(letter))
        throw new OptionError(`${caller}: cells of map must be among ${letters}, got ${JSON.stringify(letter)}`);
  }
  return { rows: lines.length, columns, cells: [...lines.join('')] };
}

/** The states whose cell bears a letter. */
export function cellsOf(grid: Grid, letter: string): number[] {
  return grid.cells.flatMap((cell, state) => (cell === letter ? [state] : []));
}

/** The state that a move leads to, kept within the grid; walls are not looked at. */
export function moveWithin(grid: { readonly rows: number; readonly columns: number }, state: number, [rows, columns]: Move): number {
  const row = Math.floor(state / grid.columns) + rows;
  const column = (state % grid.columns) + columns;
  return Math.min(grid.rows - 1, Math.max(0, row)) * grid.columns + Math.min(grid.columns - 1, Math.max(0, column));
}

/** The options that every tabular task has. */
export interface TabularTaskCommonOptions {
  /** Discount γ in [0, 1] that the tables state. */
  readonly discount?: number;
  /** Steps after which an episode is truncated, at least 1; Infinity for never. */
  readonly maxSteps?: number;
  /** Seed of what is drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** Returns a step limit that is a whole number or Infinity. */
export function checkStepLimit(caller: string, maxSteps: number): number {
  return maxSteps === Infinity ? maxSteps : checkInteger(caller, 'maxSteps', maxSteps, { min: 1 });
}
