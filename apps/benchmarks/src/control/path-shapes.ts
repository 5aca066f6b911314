/** Shapes that several demos draw: paths, flat and as beads in space, and the turns of solids. */
import type { Scene, SceneRole, SceneShape, SolidShape } from '@mbrl/core';
import type { DemoFrame, PathPoint } from './demo.js';

/** A turn as a unit quaternion (w, x, y, z). */
export type Turn = readonly [w: number, x: number, y: number, z: number];
/** A point in space. */
export type Point3 = readonly [x: number, y: number, z: number];

/** No turn. */
export const level: Turn = [1, 0, 0, 0];

/** Points of a path, evenly over its steps, the ends included. */
function thinned(path: readonly PathPoint[], count: number): PathPoint[] {
  const last = path.length - 1;
  return Array.from({ length: Math.min(count, path.length) }, (_, i) => path[Math.round((i * last) / (Math.min(count, path.length) - 1))]!);
}

function polyline(path: readonly PathPoint[], width: number, role: SceneRole, count: number): SceneShape[] {
  const points = thinned(path, count);
  return points.slice(1).map((to, i) => ({
    kind: 'line',
    from: [points[i]![0]!, points[i]![1]!],
    to: [to[0]!, to[1]!],
    width,
    role,
  }));
}

/** Paths of a frame, to lie under everything else: the earlier ones faint, the solution, and dots on the one that is shown. */
export function flatPaths({ earlier, solution, path }: DemoFrame, size: number): SceneShape[] {
  return [
    ...earlier.flatMap((points) => polyline(points, 0.006 * size, 'faint', 64)),
    ...polyline(solution, 0.009 * size, 'target', 128),
    ...thinned(path, 50).map(([x, y]): SceneShape => ({ kind: 'circle', center: [x!, y!], radius: 0.008 * size, role: 'ground' })),
  ];
}

/** The same as beads in space, without the earlier ones; their number is the same for all paths. */
export function solidPaths({ solution, path }: DemoFrame, radius: number): SolidShape[] {
  const beads = (points: readonly PathPoint[], size: number, role: SceneRole): SolidShape[] =>
    thinned(points, 31).map(([x, y, z]) => ({
      position: [x!, y!, z!],
      rotation: level,
      form: { kind: 'sphere', radius: size },
      role,
    }));
  return [...beads(solution, radius, 'target'), ...beads(path, 0.75 * radius, 'joint')];
}

/** An arc about a centre for a turning force: `share` of the greatest, −1 to 1, counter-clockwise. */
export function forceArc([x, y]: readonly [number, number], share: number, radius: number): SceneShape[] {
  const sweep = 2.4 * Math.max(-1, Math.min(1, share));
  const at = (i: number): [number, number] => {
    const a = Math.PI / 2 + (sweep * i) / 10;
    return [x + radius * Math.cos(a), y + radius * Math.sin(a)];
  };
  return Array.from({ length: 10 }, (_, i) => ({
    kind: 'line',
    from: at(i),
    to: at(i + 1),
    width: Math.min(1, 8 * Math.abs(share)) * 0.14 * radius,
    role: 'joint',
  }));
}

/** A view that holds points, with a margin. */
export function viewOf(left: number, right: number, bottom: number, top: number): Scene['view'] {
  return { left, right, bottom, top };
}

/** The turn that brings the z axis onto a direction. */
export function turnOnto([x, y, z]: Point3): Turn {
  const length = Math.hypot(x, y, z);
  const w = length === 0 ? 2 : 1 + z / length;
  if (w < 1e-9) return [0, 1, 0, 0];
  const norm = Math.hypot(w, x / (length || 1), y / (length || 1));
  return [w / norm, -y / (length || 1) / norm, x / (length || 1) / norm, 0];
}

/** The turn of roll, pitch and yaw (Z–Y–X), rad. */
export function turnOfAngles(roll: number, pitch: number, yaw: number): Turn {
  const [sr, cr] = [Math.sin(roll / 2), Math.cos(roll / 2)];
  const [sp, cp] = [Math.sin(pitch / 2), Math.cos(pitch / 2)];
  const [sy, cy] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
  return [cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy];
}

/** Turns a vector. */
export function turned([w, x, y, z]: Turn, [a, b, c]: Point3): Point3 {
  const tx = 2 * (y * c - z * b);
  const ty = 2 * (z * a - x * c);
  const tz = 2 * (x * b - y * a);
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}
