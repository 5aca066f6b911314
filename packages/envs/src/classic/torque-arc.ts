/** An arc with a head about a joint, as long as the torque there is strong. */
import type { SceneShape } from '@mbrl/core';

/**
 * Draws the torque about `center`, from its right side onwards, counter-clockwise for a positive one.
 * @param torque as a part of the greatest, −1 to 1; below a fiftieth nothing is drawn
 * @param radius of the arc, m
 */
export function torqueArc(center: readonly [x: number, y: number], torque: number, radius: number): SceneShape[] {
  if (Math.abs(torque) < 0.02) return [];
  const side = Math.sign(torque);
  const sweep = 0.8 * Math.PI * torque;
  const start = Math.PI / 2 - sweep / 2;
  const segments = Math.max(2, Math.ceil(Math.abs(sweep) / 0.15));
  const at = (angle: number, r: number): readonly [number, number] => [center[0] + r * Math.cos(angle), center[1] + r * Math.sin(angle)];
  const shapes: SceneShape[] = [];
  for (let i = 0; i < segments; i++) {
    const from = start + (sweep * i) / segments;
    shapes.push({ kind: 'line', from: at(from, radius), to: at(from + sweep / segments, radius), width: 0.12 * radius, role: 'target' });
  }
  const end = start + sweep;
  const head = side * 0.42;
  shapes.push({ kind: 'polygon', points: [at(end + head, radius), at(end, 1.24 * radius), at(end, 0.76 * radius)], role: 'target' });
  return shapes;
}
