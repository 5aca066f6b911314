/**
 * What a camera sees: the rays of its pixels, and the rectangles of the picture that solids may touch.
 * Axes of the camera: right, up, and forward; (u, v) of a ray are its right and up by its forward part.
 */
import type { SolidCamera } from '@mbrl/core';
import { exactSineCosine } from './exact-turn.js';
import type { PreparedSolid } from './solid-ray.js';

/** A camera, ready for rays. */
export interface SolidView {
  readonly position: Float64Array;
  readonly right: Float64Array;
  readonly up: Float64Array;
  readonly forward: Float64Array;
  /** (u, v) a pixel. */
  readonly pixel: number;
  /** From the camera to what it looks at, m. */
  readonly distance: number;
}

function unit(x: number, y: number, z: number): Float64Array {
  const length = Math.sqrt(x * x + y * y + z * z);
  return Float64Array.of(x / length, y / length, z / length);
}

const cross = (a: Float64Array, b: Float64Array): readonly [number, number, number] => [
  a[1]! * b[2]! - a[2]! * b[1]!,
  a[2]! * b[0]! - a[0]! * b[2]!,
  a[0]! * b[1]! - a[1]! * b[0]!,
];

/** Scalar product of two vectors in space. */
export function dot(a: Float64Array, b: Float64Array): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

/** Sets up a camera for a picture of so many rows. A camera that looks straight down has +y upwards. */
export function createView({ position, target, fieldOfView }: SolidCamera, height: number): SolidView {
  const [x, y, z] = position.map((from, axis) => target[axis]! - from) as [number, number, number];
  const distance = Math.sqrt(x * x + y * y + z * z);
  const forward = distance > 0 ? unit(x, y, z) : Float64Array.of(0, 1, 0);
  const flat = forward[0]! * forward[0]! + forward[1]! * forward[1]!;
  const right = flat > 1e-12 ? unit(forward[1]!, -forward[0]!, 0) : Float64Array.of(1, 0, 0);
  const up = unit(...cross(right, forward));
  const [sine, cosine] = exactSineCosine((fieldOfView * Math.PI) / 360);
  return { position: Float64Array.from(position), right, up, forward, pixel: (2 * sine) / cosine / height, distance };
}

/** Least and greatest u and v of something. */
export interface ViewBounds {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** What a ball covers in one direction of the picture: the tangents from the camera's point. */
function widen(side: number, depth: number, radius: number): readonly [number, number] {
  const squared = depth * depth - radius * radius;
  const root = radius * Math.sqrt(side * side + squared);
  return [(side * depth - root) / squared, (side * depth + root) / squared];
}

/**
 * Finds a rectangle that a solid does not leave; it may be wider than the solid. Undefined where the solid is all
 * behind the camera. A plane, and what reaches behind the camera, may be anywhere.
 */
export function boundsOf(solid: PreparedSolid, { position, right, up, forward }: SolidView): ViewBounds | undefined {
  const everywhere: ViewBounds = { left: -Infinity, right: Infinity, bottom: -Infinity, top: Infinity };
  if (solid.kind === 'plane') return everywhere;
  const bounds: ViewBounds = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  const from = Float64Array.of(solid.x - position[0]!, solid.y - position[1]!, solid.z - position[2]!);
  let behind = true;
  let cut = false;
  for (const [x, y, z, radius] of ballsAround(solid)) {
    const depth = dot(from, forward) + x * forward[0]! + y * forward[1]! + z * forward[2]!;
    behind &&= depth <= -radius;
    cut ||= depth <= radius * 1.001;
    if (cut) continue;
    const [left, rightmost] = widen(dot(from, right) + x * right[0]! + y * right[1]! + z * right[2]!, depth, radius);
    const [bottom, top] = widen(dot(from, up) + x * up[0]! + y * up[1]! + z * up[2]!, depth, radius);
    bounds.left = Math.min(bounds.left, left);
    bounds.right = Math.max(bounds.right, rightmost);
    bounds.bottom = Math.min(bounds.bottom, bottom);
    bounds.top = Math.max(bounds.top, top);
  }
  return behind ? undefined : cut ? everywhere : bounds;
}

/** Balls whose convex hull holds a solid: of a rod its two ends, of a box its corners, else one. Offsets from the centre in the world's axes. */
export function ballsAround({
  kind,
  a,
  b,
  c,
  turn,
}: PreparedSolid): readonly (readonly [x: number, y: number, z: number, radius: number])[] {
  switch (kind) {
    case 'capsule':
    case 'cylinder':
      return [-c, c].map((z) => [z * turn[2]!, z * turn[5]!, z * turn[8]!, a] as const);
    case 'box':
      return [-a, a].flatMap((x) =>
        [-b, b].flatMap((y) =>
          [-c, c].map(
            (z) =>
              [
                turn[0]! * x + turn[1]! * y + turn[2]! * z,
                turn[3]! * x + turn[4]! * y + turn[5]! * z,
                turn[6]! * x + turn[7]! * y + turn[8]! * z,
                0,
              ] as const,
          ),
        ),
      );
    default:
      return [[0, 0, 0, Math.max(a, b, c)]];
  }
}
