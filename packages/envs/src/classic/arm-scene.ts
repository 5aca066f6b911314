/** The pictures of a jointed arm on a stand, flat and in space. */
import type { Scene, SceneShape, SolidScene, SolidShape } from '@mbrl/core';
import { addVectors, type Quaternion, turnFromZ, type Vector3 } from './turns.js';

/** What is to be drawn; lengths in m. */
export interface ArmFrame {
  /** The shoulder, the joints along the arm, and its end. */
  readonly points: readonly Vector3[];
  /** From each point to the next. */
  readonly lengths: readonly number[];
  readonly target: Vector3;
}

const level: Quaternion = [1, 0, 0, 0];
const project = ([x, y, z]: Vector3): readonly [number, number] => [x + 0.42 * y, z + 0.3 * y];

/** Describes one frame from the side, y towards the upper right. */
export function armScene({ points, target }: ArmFrame): Scene {
  const corner = (x: number, y: number): readonly [number, number] => project([x, y, 0]);
  const shadow = (point: Vector3): readonly [number, number] => project([point[0], point[1], 0]);
  const end = points.at(-1)!;
  const shapes: SceneShape[] = [
    { kind: 'polygon', points: [corner(-1, -1), corner(1.1, -1), corner(1.1, 1), corner(-1, 1)], role: 'ground' },
    { kind: 'line', from: shadow(target), to: project(target), width: 0.01, role: 'faint' },
    { kind: 'circle', center: shadow(target), radius: 0.03, role: 'faint' },
  ];
  for (let i = 0; i + 1 < points.length; i++)
    shapes.push({ kind: 'line', from: shadow(points[i]!), to: shadow(points[i + 1]!), width: 0.05, role: 'faint' });
  const mark: SceneShape[] = [
    { kind: 'circle', center: project(target), radius: 0.075, role: 'faint' },
    { kind: 'circle', center: project(target), radius: 0.035, role: 'target' },
  ];
  // Behind the arm or in front of it.
  if (target[1] > 0) shapes.push(...mark);
  shapes.push({ kind: 'line', from: shadow(points[0]!), to: project(points[0]!), width: 0.06, role: 'joint' });
  for (let i = 0; i + 1 < points.length; i++) {
    const role = i === points.length - 2 ? 'accent' : 'body';
    shapes.push({ kind: 'line', from: project(points[i]!), to: project(points[i + 1]!), width: 0.1 - 0.018 * i, role });
  }
  for (const point of points.slice(0, -1)) shapes.push({ kind: 'circle', center: project(point), radius: 0.04, role: 'joint' });
  shapes.push({ kind: 'circle', center: project(end), radius: 0.04, role: 'accent' });
  if (target[1] <= 0) shapes.push(...mark);
  return { view: { left: -1.5, right: 1.6, bottom: -0.45, top: 2.1 }, shapes };
}

/** Describes one frame in space. */
export function armSolidScene({ points, lengths, target }: ArmFrame): SolidScene {
  const shoulder = points[0]!;
  const shapes: SolidShape[] = [
    { position: [0, 0, 0], rotation: level, form: { kind: 'plane' }, role: 'ground' },
    { position: target, rotation: level, form: { kind: 'sphere', radius: 0.045 }, role: 'target' },
    {
      // Thinner than the arm, which may hang in front of it or behind.
      position: [shoulder[0], shoulder[1], shoulder[2] / 2],
      rotation: level,
      form: { kind: 'cylinder', radius: 0.025, halfLength: shoulder[2] / 2 },
      role: 'joint',
    },
    {
      position: [shoulder[0], shoulder[1], 0.02],
      rotation: level,
      form: { kind: 'cylinder', radius: 0.18, halfLength: 0.02 },
      role: 'joint',
    },
  ];
  for (let i = 0; i + 1 < points.length; i++) {
    const [from, to] = [points[i]!, points[i + 1]!];
    const along = addVectors(to, from, -1);
    const role = i === points.length - 2 ? 'accent' : 'body';
    shapes.push({
      position: addVectors(from, along, 0.5),
      rotation: turnFromZ(along),
      form: { kind: 'capsule', radius: 0.055 - 0.009 * i, halfLength: lengths[i]! / 2 },
      role,
    });
    shapes.push({ position: from, rotation: level, form: { kind: 'sphere', radius: 0.065 - 0.009 * i }, role: 'joint' });
  }
  return { camera: { position: [2.1, -2.1, 2.3], target: [0.15, 0, 0.8], fieldOfView: 40 }, shapes };
}
