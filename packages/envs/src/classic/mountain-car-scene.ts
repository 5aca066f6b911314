/** The picture of the mountain car: the valley sin 3p, the car on its slope, and a flag at the goal. */
import type { Scene, SceneShape } from '@mbrl/core';

/** What is to be drawn. */
export interface MountainCarFrame {
  readonly position: number;
  readonly goal: number;
  readonly leftEnd: number;
  readonly rightEnd: number;
}

const height = (p: number): number => 0.45 * Math.sin(3 * p);
const slope = (p: number): number => 1.35 * Math.cos(3 * p);

/** Describes one frame. */
export function mountainCarScene({ position, goal, leftEnd, rightEnd }: MountainCarFrame): Scene {
  const [left, right, bottom] = [leftEnd - 0.08, rightEnd + 0.08, -0.62];
  const hill: [number, number][] = [[left, bottom]];
  const segments = 64;
  for (let i = 0; i <= segments; i++) {
    const p = left + ((right - left) * i) / segments;
    hill.push([p, height(p)]);
  }
  hill.push([right, bottom]);
  const angle = Math.atan(slope(position));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  /** A point beside the car: `along` the slope and `up` from it. */
  const at = (along: number, up: number): readonly [number, number] => [
    position + along * cos - up * sin,
    height(position) + along * sin + up * cos,
  ];
  const foot = height(goal);
  const shapes: SceneShape[] = [
    { kind: 'polygon', points: hill, role: 'ground' },
    { kind: 'line', from: [leftEnd, height(leftEnd)], to: [leftEnd, height(leftEnd) + 0.12], width: 0.02, role: 'faint' },
    { kind: 'line', from: [goal, foot], to: [goal, foot + 0.24], width: 0.012, role: 'joint' },
    {
      kind: 'polygon',
      points: [
        [goal, foot + 0.24],
        [goal + 0.12, foot + 0.2],
        [goal, foot + 0.16],
      ],
      role: 'target',
    },
    { kind: 'box', center: at(0, 0.075), width: 0.15, height: 0.06, angle, role: 'accent' },
    { kind: 'circle', center: at(-0.045, 0.03), radius: 0.03, role: 'joint' },
    { kind: 'circle', center: at(0.045, 0.03), radius: 0.03, role: 'joint' },
  ];
  return { view: { left, right, bottom, top: 0.78 }, shapes };
}
