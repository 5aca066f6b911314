/** The picture of a chain of links: its joints, an arc for the torque at each of them, and what its end is to reach. */
import type { Scene, SceneShape } from '@mbrl/core';
import { torqueArc } from './torque-arc.js';

/** A point of the picture, m. */
export type Point = readonly [x: number, y: number];

/** What is to be drawn. */
export interface ChainFrame {
  /** The base, the joints in order, and the end. */
  readonly joints: readonly Point[];
  /** Torque at the base and each joint as a part of the greatest, −1 to 1, counter-clockwise; 0 draws none. */
  readonly torques: readonly number[];
  /** A height to pass, or a point to reach. */
  readonly goal: { readonly kind: 'line'; readonly height: number } | { readonly kind: 'point'; readonly at: Point };
  /** From the base to the end of the stretched chain, m. */
  readonly reach: number;
}

/** Describes one frame, the base at the origin. */
export function chainScene({ joints, torques, goal, reach }: ChainFrame): Scene {
  const edge = 1.15 * reach;
  const width = 0.05 * reach;
  const shapes: SceneShape[] = [];
  const marks = 32;
  for (let i = 0; i < marks; i++) {
    const a = (2 * Math.PI * i) / marks;
    shapes.push({ kind: 'circle', center: [reach * Math.sin(a), reach * Math.cos(a)], radius: 0.008 * reach, role: 'ground' });
  }
  if (goal.kind === 'line') {
    shapes.push({ kind: 'line', from: [-edge, goal.height], to: [edge, goal.height], width: 0.014 * reach, role: 'target' });
  } else {
    shapes.push(
      { kind: 'circle', center: goal.at, radius: 0.09 * reach, role: 'faint' },
      { kind: 'circle', center: goal.at, radius: 0.03 * reach, role: 'target' },
    );
  }
  for (let i = 0; i + 1 < joints.length; i++)
    shapes.push({ kind: 'line', from: joints[i]!, to: joints[i + 1]!, width, role: i === 0 ? 'body' : 'accent' });
  joints.slice(0, -1).forEach((center) => shapes.push({ kind: 'circle', center, radius: 0.6 * width, role: 'joint' }));
  shapes.push({ kind: 'circle', center: joints.at(-1)!, radius: 0.65 * width, role: 'accent' });
  torques.forEach((torque, i) => shapes.push(...torqueArc(joints[i]!, Math.max(-1, Math.min(1, torque)), 0.16 * reach)));
  return { view: { left: -edge, right: edge, bottom: -edge, top: edge }, shapes };
}
