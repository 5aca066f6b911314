/** The picture of a cart-pole that balances: track with its ends, the allowed angles, cart, pole. */
import type { Scene, SceneShape } from '@mbrl/core';

/** What is to be drawn; lengths in m, angles in rad from upright, growing to the right. */
export interface CartPoleFrame {
  readonly x: number;
  readonly angle: number;
  /** From hinge to tip. */
  readonly length: number;
  readonly positionLimit: number;
  readonly angleLimit: number;
}

const cartWidth = 0.5;
const cartHeight = 0.24;
const wheelRadius = 0.075;
const trackY: number = -cartHeight / 2 - 1.6 * wheelRadius;

/** Describes one frame. The hinge moves along y = 0. */
export function cartPoleScene({ x, angle, length, positionLimit, angleLimit }: CartPoleFrame): Scene {
  const reach = positionLimit + 0.45;
  const fan: [number, number][] = [[x, 0]];
  const segments = 8;
  for (let i = 0; i <= segments; i++) {
    const a = angleLimit * ((2 * i) / segments - 1);
    fan.push([x + (length + 0.12) * Math.sin(a), (length + 0.12) * Math.cos(a)]);
  }
  const shapes: SceneShape[] = [
    { kind: 'polygon', points: fan, role: 'faint' },
    { kind: 'line', from: [-reach + 0.1, trackY], to: [reach - 0.1, trackY], width: 0.03, role: 'ground' },
  ];
  for (let mark = -2; mark <= 2; mark++) {
    shapes.push({ kind: 'line', from: [mark, trackY - 0.07], to: [mark, trackY - 0.12], width: 0.02, role: 'ground' });
  }
  for (const side of [-1, 1]) {
    const limit = side * positionLimit;
    shapes.push({ kind: 'line', from: [limit, trackY], to: [limit, trackY + 0.34], width: 0.04, role: 'ground' });
  }
  for (const side of [-1, 1]) {
    shapes.push({ kind: 'circle', center: [x + side * cartWidth * 0.3, trackY + wheelRadius], radius: wheelRadius, role: 'ground' });
  }
  shapes.push(
    { kind: 'box', center: [x, 0], width: cartWidth, height: cartHeight, role: 'body' },
    { kind: 'line', from: [x, 0], to: [x + length * Math.sin(angle), length * Math.cos(angle)], width: 0.085, role: 'accent' },
    { kind: 'circle', center: [x, 0], radius: 0.06, role: 'joint' },
  );
  return { view: { left: -reach, right: reach, bottom: trackY - 0.3, top: length + 0.3 }, shapes };
}
