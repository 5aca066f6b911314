/** The picture of a swing-up: rail, cart, pole, the point to reach, and the push. The view follows a cart that goes far. */
import type { Scene, SceneShape } from '@mbrl/core';

/** What is to be drawn; lengths in m. The tip is at (x − length sin, −length cos). */
export interface SwingUpFrame {
  readonly x: number;
  readonly sin: number;
  readonly cos: number;
  /** From hinge to tip. */
  readonly length: number;
  /** Applied push as a part of the greatest, −1 to 1; 0 draws none. */
  readonly push: number;
  /** The track reaches ±railLimit; Infinity for a track without end. */
  readonly railLimit: number;
}

/** Describes one frame. The hinge moves along y = 0; sizes go with the pole's length. */
export function swingUpScene({ x, sin, cos, length, push, railLimit }: SwingUpFrame): Scene {
  const unit = length / 0.6;
  const halfView = 1.7 * unit;
  const free = 0.9 * unit;
  const middle = Math.sign(x) * Math.max(0, Math.abs(x) - free);
  const left = middle - halfView;
  const right = middle + halfView;
  const tip: readonly [number, number] = [x - length * sin, -length * cos];
  const railLeft = Math.max(left, -railLimit);
  const railRight = Math.min(right, railLimit);
  const shapes: SceneShape[] = [
    { kind: 'circle', center: [0, length], radius: 0.105 * unit, role: 'faint' },
    { kind: 'circle', center: [0, length], radius: 0.03 * unit, role: 'target' },
  ];
  const spacing = 0.5 * unit;
  for (let mark = Math.ceil(railLeft / spacing); mark <= Math.floor(railRight / spacing); mark++) {
    const big = mark === 0 ? 1.6 : 1;
    shapes.push({
      kind: 'line',
      from: [mark * spacing, -0.045 * unit * big],
      to: [mark * spacing, 0.045 * unit * big],
      width: 0.012 * unit,
      role: 'ground',
    });
  }
  shapes.push({ kind: 'line', from: [railLeft, 0], to: [railRight, 0], width: 0.022 * unit, role: 'ground' });
  for (const end of [-railLimit, railLimit]) {
    if (end >= left && end <= right)
      shapes.push({ kind: 'line', from: [end, -0.1 * unit], to: [end, 0.1 * unit], width: 0.04 * unit, role: 'ground' });
  }
  shapes.push({ kind: 'box', center: [x, 0], width: 0.34 * unit, height: 0.17 * unit, role: 'body' });
  if (push !== 0) shapes.push(...pushArrow(x, Math.max(-1, Math.min(1, push)), unit));
  shapes.push(
    { kind: 'line', from: [x, 0], to: tip, width: 0.045 * unit, role: 'accent' },
    { kind: 'circle', center: tip, radius: 0.055 * unit, role: 'accent' },
    { kind: 'circle', center: [x, 0], radius: 0.032 * unit, role: 'joint' },
  );
  return { view: { left, right, bottom: -length - 0.2 * unit, top: length + 0.2 * unit }, shapes };
}

/** An arrow out of the side of the cart that is pushed towards. */
function pushArrow(x: number, push: number, unit: number): SceneShape[] {
  const side = Math.sign(push);
  const from = x + side * 0.2 * unit;
  const to = from + 0.32 * unit * push;
  const head = 0.08 * unit;
  return [
    { kind: 'line', from: [from, 0], to: [to, 0], width: 0.035 * unit, role: 'target' },
    {
      kind: 'polygon',
      points: [
        [to + side * head, 0],
        [to, 0.055 * unit],
        [to, -0.055 * unit],
      ],
      role: 'target',
    },
  ];
}
