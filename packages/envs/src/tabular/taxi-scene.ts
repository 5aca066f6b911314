/** The picture of the taxi's town: stands, walls, the destination's frame, the taxi, and the passenger. */
import type { Scene, SceneShape } from '@mbrl/core';
import type { Move } from './grid.js';
import { cellCenter, gridScene } from './grid-scene.js';
import { hasWallRightOf, inTaxi, stands, type TaxiState, townSize } from './taxi-rules.js';

const moves: readonly Move[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

/** Describes one frame. */
export function taxiScene({ row, column, passenger, destination }: TaxiState, lastAction: number): Scene {
  const extra: SceneShape[] = [];
  for (let r = 0; r < townSize; r++) {
    for (let c = 0; c + 1 < townSize; c++) {
      const y = townSize - r;
      if (hasWallRightOf(r, c)) extra.push({ kind: 'line', from: [c + 1, y - 1], to: [c + 1, y], width: 0.12, role: 'joint' });
    }
  }
  const cells = stands.map(([r, c]) => r * townSize + c);
  const agent = row * townSize + column;
  const taxi = gridScene({
    rows: townSize,
    columns: townSize,
    roleOf: (cell) => (cell === cells[destination] ? 'target' : cells.includes(cell) ? 'faint' : undefined),
    agent,
    lastMove: moves[lastAction],
    extra,
  });
  // Beside the taxi while waiting, on its roof while driven.
  const [x, y] = cellCenter(townSize, townSize, passenger === inTaxi ? agent : cells[passenger]!);
  const rider: SceneShape =
    passenger === inTaxi
      ? { kind: 'circle', center: [x, y], radius: 0.12, role: 'body' }
      : { kind: 'circle', center: [x - 0.3, y + 0.3], radius: 0.12, role: 'body' };
  return { view: taxi.view, shapes: [...taxi.shapes, rider] };
}
