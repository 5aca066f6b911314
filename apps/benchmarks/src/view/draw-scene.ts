/** Draws a scene in dots. */
import type { Scene, SceneShape } from '@mbrl/core';
import { type BrailleCanvas, createBrailleCanvas } from './braille-canvas.js';
import type { TerminalStyle } from './terminal-style.js';

type Point = readonly [x: number, y: number];

/** Columns and rows of characters that show the view undistorted, within the given limits. */
export function fitScene(scene: Scene, columns: number, rows: number): { readonly columns: number; readonly rows: number } {
  const { left, right, bottom, top } = scene.view;
  const scale = Math.min((columns * 2) / (right - left), (rows * 4) / (top - bottom));
  return {
    columns: Math.max(1, Math.min(columns, Math.ceil(((right - left) * scale) / 2))),
    rows: Math.max(1, Math.min(rows, Math.ceil(((top - bottom) * scale) / 4))),
  };
}

function cornersOf(shape: Extract<SceneShape, { kind: 'box' }>): Point[] {
  const { center, width, height, angle = 0 } = shape;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const
  ).map(([a, b]): Point => {
    const x = (a * width) / 2;
    const y = (b * height) / 2;
    return [center[0] + x * cos - y * sin, center[1] + x * sin + y * cos];
  });
}

/** Distance from a point to the segment from `a` to `b`. */
function distanceToSegment([x, y]: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / length));
  return Math.hypot(x - a[0] - t * dx, y - a[1] - t * dy);
}

function isInside([x, y]: Point, points: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i]!;
    const [xj, yj] = points[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Signed distance-like test: how far outside of the shape a point is, at most 0 inside, with the bounds to look at. */
function shapeTest(shape: SceneShape): { readonly points: readonly Point[]; readonly reach: number; outside(point: Point): number } {
  switch (shape.kind) {
    case 'line':
      return {
        points: [shape.from, shape.to],
        reach: shape.width / 2,
        outside: (p) => distanceToSegment(p, shape.from, shape.to) - shape.width / 2,
      };
    case 'circle':
      return {
        points: [shape.center],
        reach: shape.radius,
        outside: (p) => Math.hypot(p[0] - shape.center[0], p[1] - shape.center[1]) - shape.radius,
      };
    default: {
      const points = shape.kind === 'box' ? cornersOf(shape) : shape.points;
      return { points, reach: 0, outside: (p) => (isInside(p, points) ? 0 : Infinity) };
    }
  }
}

function paint(canvas: BrailleCanvas, scene: Scene, shape: SceneShape, scale: number): void {
  const { left, top } = scene.view;
  const dot = 1 / scale;
  const { points, reach, outside } = shapeTest(shape);
  const xs = points.map(([x]) => (x - left) * scale);
  const ys = points.map(([, y]) => (top - y) * scale);
  const margin = reach * scale + 2;
  // Nothing vanishes: a shape thinner than a dot is drawn one dot wide.
  const least = shape.kind === 'line' || shape.kind === 'circle' ? Math.max(0, dot * 0.55 - reach) : 0;
  const halo = shape.role === 'accent' || shape.role === 'joint' ? dot * 1.1 : 0;
  for (let y = Math.max(0, Math.floor(Math.min(...ys) - margin)); y <= Math.min(canvas.height - 1, Math.max(...ys) + margin); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs) - margin)); x <= Math.min(canvas.width - 1, Math.max(...xs) + margin); x++) {
      const distance = outside([left + (x + 0.5) * dot, top - (y + 0.5) * dot]);
      if (distance <= least) {
        if (shape.role !== 'faint' || (x + 2 * y) % 4 === 0) canvas.set(x, y, shape.role);
      } else if (distance <= least + halo) canvas.clear(x, y);
    }
  }
}

/** Draws a scene within so many characters; gives one text for each row. */
export function drawScene(scene: Scene, columns: number, rows: number, style: TerminalStyle): string[] {
  const fitted = fitScene(scene, columns, rows);
  const canvas = createBrailleCanvas(fitted.columns, fitted.rows);
  const scale = Math.min(canvas.width / (scene.view.right - scene.view.left), canvas.height / (scene.view.top - scene.view.bottom));
  for (const shape of scene.shapes) paint(canvas, scene, shape, scale);
  return canvas.lines(style);
}
