/** The picture of a grid world: one square metre a cell, row 0 at the top, with the agent and its last move. */
import type { Scene, SceneRole, SceneShape } from '@mbrl/core';
import type { Move } from './grid.js';

/** What is to be drawn. */
export interface GridFrame {
  readonly rows: number;
  readonly columns: number;
  /** Role of a cell's square; undefined leaves the bare floor. */
  readonly roleOf: (state: number) => SceneRole | undefined;
  /** Cell of the agent. */
  readonly agent: number;
  /** The move that led here, drawn as a pointer ahead of the agent; none at a start. */
  readonly lastMove?: Move | undefined;
  /** Shapes between the cells and the agent. */
  readonly extra?: readonly SceneShape[];
  /** Width in metres of each line between cells. Default 0.03. */
  readonly lineWidth?: number;
}

const margin = 0.25;

/** The centre of a cell. */
export function cellCenter(rows: number, columns: number, state: number): [x: number, y: number] {
  return [(state % columns) + 0.5, rows - 0.5 - Math.floor(state / columns)];
}

/** Describes one frame. */
export function gridScene({ rows, columns, roleOf, agent, lastMove, extra = [], lineWidth = 0.03 }: GridFrame): Scene {
  const shapes: SceneShape[] = [];
  for (let state = 0; state < rows * columns; state++) {
    const role = roleOf(state);
    if (role) shapes.push({ kind: 'box', center: cellCenter(rows, columns, state), width: 0.94, height: 0.94, role });
  }
  for (let row = 0; row <= rows; row++) shapes.push({ kind: 'line', from: [0, row], to: [columns, row], width: lineWidth, role: 'ground' });
  for (let column = 0; column <= columns; column++)
    shapes.push({ kind: 'line', from: [column, 0], to: [column, rows], width: lineWidth, role: 'ground' });
  const [x, y] = cellCenter(rows, columns, agent);
  shapes.push(...extra, { kind: 'circle', center: [x, y], radius: 0.3, role: 'accent' });
  const length = lastMove ? Math.hypot(...lastMove) : 0;
  if (lastMove && length > 0) {
    const [dx, dy] = [lastMove[1] / length, -lastMove[0] / length];
    const point = (ahead: number, aside: number): [number, number] => [x + ahead * dx - aside * dy, y + ahead * dy + aside * dx];
    shapes.push({ kind: 'polygon', points: [point(0.24, 0), point(-0.12, 0.16), point(-0.12, -0.16)], role: 'joint' });
  }
  return { view: { left: -margin, right: columns + margin, bottom: -margin, top: rows + margin }, shapes };
}
