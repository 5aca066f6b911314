/** The picture of a pendulum: the circle of its tip, the point to reach, the rod, and an arc for the motor's torque. */
import type { Scene, SceneShape } from '@mbrl/core';
import { torqueArc } from './torque-arc.js';

/** What is to be drawn. The tip is at length · (−sin, cos). */
export interface PendulumFrame {
  readonly cos: number;
  readonly sin: number;
  /** From hinge to tip, m. */
  readonly length: number;
  /** Torque as a part of the greatest, −1 to 1, counter-clockwise; 0 draws none. */
  readonly torque: number;
}

/** Describes one frame, the hinge at the origin. */
export function pendulumScene({ cos, sin, length, torque }: PendulumFrame): Scene {
  const reach = 1.3 * length;
  const tip: readonly [number, number] = [-length * sin, length * cos];
  const shapes: SceneShape[] = [];
  const marks = 24;
  for (let i = 0; i < marks; i++) {
    const a = (2 * Math.PI * i) / marks;
    shapes.push({ kind: 'circle', center: [length * Math.sin(a), length * Math.cos(a)], radius: 0.014 * length, role: 'ground' });
  }
  shapes.push(
    { kind: 'circle', center: [0, length], radius: 0.16 * length, role: 'faint' },
    { kind: 'circle', center: [0, length], radius: 0.045 * length, role: 'target' },
    ...torqueArc([0, 0], Math.max(-1, Math.min(1, torque)), 0.42 * length),
    { kind: 'line', from: [0, 0], to: tip, width: 0.13 * length, role: 'accent' },
    { kind: 'circle', center: [0, 0], radius: 0.105 * length, role: 'body' },
    { kind: 'circle', center: [0, 0], radius: 0.04 * length, role: 'joint' },
  );
  return { view: { left: -reach, right: reach, bottom: -reach, top: reach }, shapes };
}
