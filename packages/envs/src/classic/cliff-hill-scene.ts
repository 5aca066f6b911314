/** The picture of the hill with a cliff: the ground to its edge, and a walker on it or at the foot. */
import type { Scene } from '@mbrl/core';

/** What is to be drawn; lengths in m. */
export interface CliffHillFrame {
  readonly x: number;
  readonly edge: number;
  readonly slope: number;
  readonly start: number;
}

/** Describes one frame; the cliff is drawn as deep as the picture, and the walker is kept inside of it. */
export function cliffHillScene({ x, edge, slope, start }: CliffHillFrame): Scene {
  const top = edge * slope;
  const unit = edge / 12;
  const [left, right, bottom] = [-0.25 * edge, 1.3 * edge, -0.25 * edge];
  const foot = bottom + 0.5 * unit;
  const seen = Math.max(left + 0.4 * unit, Math.min(right - 0.4 * unit, x));
  const ground = x > edge ? foot : slope * Math.max(seen, 0);
  const size = 0.62 * unit;
  return {
    view: { left, right, bottom, top: top + 2.4 * unit },
    shapes: [
      {
        kind: 'polygon',
        points: [
          [left, bottom],
          [left, 0],
          [0, 0],
          [edge, top],
          [edge, foot],
          [right, foot],
          [right, bottom],
        ],
        role: 'ground',
      },
      { kind: 'line', from: [edge, top], to: [edge, foot], width: 0.14 * unit, role: 'joint' },
      { kind: 'circle', center: [start, slope * Math.max(start, 0)], radius: 0.15 * unit, role: 'faint' },
      { kind: 'line', from: [edge - 0.2 * unit, top], to: [edge - 0.2 * unit, top + 1.6 * unit], width: 0.08 * unit, role: 'joint' },
      {
        kind: 'polygon',
        points: [
          [edge - 0.2 * unit, top + 1.6 * unit],
          [edge - 1.1 * unit, top + 1.3 * unit],
          [edge - 0.2 * unit, top + unit],
        ],
        role: 'target',
      },
      { kind: 'line', from: [seen, ground], to: [seen, ground + 2 * size], width: 0.7 * size, role: 'accent' },
      { kind: 'circle', center: [seen, ground + 3 * size], radius: 0.6 * size, role: 'accent' },
    ],
  };
}
