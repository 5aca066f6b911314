/** The picture of a planar quadrotor: the room, the point to reach, the body with two rotors, and a jet for each thrust. */
import type { Scene, SceneShape } from '@mbrl/core';

/** What is to be drawn; lengths in m. */
export interface PlanarQuadrotorFrame {
  readonly x: number;
  readonly z: number;
  readonly sin: number;
  readonly cos: number;
  readonly armLength: number;
  readonly roomSize: number;
  readonly target: readonly [x: number, z: number];
  /** Thrust of the left and the right rotor as a part of the greatest, 0 to 1. */
  readonly thrusts: readonly [left: number, right: number];
}

/** Describes one frame; the vehicle is drawn large enough to be seen in a large room. */
export function planarQuadrotorScene({ x, z, sin, cos, armLength, roomSize, target, thrusts }: PlanarQuadrotorFrame): Scene {
  const size = Math.max(armLength, 0.13 * roomSize);
  const margin = 0.08 * roomSize;
  const at = (along: number, up: number): readonly [number, number] => [
    x + size * (along * cos - up * sin),
    z + size * (along * sin + up * cos),
  ];
  const shapes: SceneShape[] = [
    { kind: 'box', center: [0, -margin / 2], width: 2 * (roomSize + margin), height: margin, role: 'ground' },
    { kind: 'line', from: [-roomSize, 0], to: [-roomSize, roomSize], width: 0.01 * roomSize, role: 'faint' },
    { kind: 'line', from: [roomSize, 0], to: [roomSize, roomSize], width: 0.01 * roomSize, role: 'faint' },
    { kind: 'line', from: [-roomSize, roomSize], to: [roomSize, roomSize], width: 0.01 * roomSize, role: 'faint' },
    { kind: 'circle', center: target, radius: 0.06 * roomSize, role: 'faint' },
    { kind: 'circle', center: target, radius: 0.02 * roomSize, role: 'target' },
  ];
  thrusts.forEach((thrust, i) => {
    const side = i === 0 ? -1 : 1;
    const points = [at(side + 0.12, 0.1), at(side - 0.12, 0.1), at(side, 0.05 - 1.1 * thrust)];
    shapes.push({ kind: 'polygon', points, role: 'target' });
  });
  shapes.push({ kind: 'line', from: at(-1, 0), to: at(1, 0), width: 0.16 * size, role: 'body' });
  for (const side of [-1, 1]) {
    shapes.push({ kind: 'line', from: at(side, 0), to: at(side, 0.28), width: 0.1 * size, role: 'body' });
    shapes.push({ kind: 'line', from: at(side - 0.5, 0.28), to: at(side + 0.5, 0.28), width: 0.09 * size, role: 'accent' });
  }
  shapes.push({ kind: 'circle', center: at(0, 0.02), radius: 0.24 * size, role: 'body' });
  shapes.push({ kind: 'circle', center: at(0, 0.02), radius: 0.1 * size, role: 'joint' });
  const side = roomSize + margin;
  return { view: { left: -side, right: side, bottom: -margin, top: roomSize + margin }, shapes };
}
