/**
 * Solids met by rays. A solid is prepared once a picture: its form as numbers, its turn as a matrix, so that a ray is
 * taken into the solid's own axes, where every form has a closed equation. Only square roots and the four operations
 * are used, so a hit is the same to the bit in every engine.
 */
import type { SolidForm, SolidShape } from '@mbrl/core';

/** A solid, ready for rays. */
export interface PreparedSolid {
  readonly kind: SolidForm['kind'];
  /** Centre in the world, m. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Sizes along its own axes: half sizes or radii; of a capsule and cylinder the radius and, last, the half length. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** From own axes to the world's, row by row, `[9]`. */
  readonly turn: Float64Array;
}

/** Takes a vector of the world into the solid's own axes, from `from` into `to`. */
export function toOwnAxes({ turn }: PreparedSolid, from: Float64Array, to: Float64Array): void {
  const x = from[0]!;
  const y = from[1]!;
  const z = from[2]!;
  to[0] = turn[0]! * x + turn[3]! * y + turn[6]! * z;
  to[1] = turn[1]! * x + turn[4]! * y + turn[7]! * z;
  to[2] = turn[2]! * x + turn[5]! * y + turn[8]! * z;
}

/** Takes a vector of the solid's own axes into the world's, from `from` into `to`. */
export function toWorld({ turn }: PreparedSolid, from: Float64Array, to: Float64Array): void {
  const x = from[0]!;
  const y = from[1]!;
  const z = from[2]!;
  to[0] = turn[0]! * x + turn[1]! * y + turn[2]! * z;
  to[1] = turn[3]! * x + turn[4]! * y + turn[5]! * z;
  to[2] = turn[6]! * x + turn[7]! * y + turn[8]! * z;
}

/** Prepares a solid for rays. Its quaternion is brought to length one. */
export function prepareSolid({ form, position, rotation }: SolidShape): PreparedSolid {
  const length = Math.sqrt(rotation.reduce((sum, part) => sum + part * part, 0)) || 1;
  const [w, x, y, z] = rotation.map((part) => part / length) as [number, number, number, number];
  const turn = Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  );
  const [a, b, c] = sizesOf(form);
  return { kind: form.kind, x: position[0], y: position[1], z: position[2], a, b, c, turn };
}

function sizesOf(form: SolidShape['form']): readonly [number, number, number] {
  switch (form.kind) {
    case 'sphere':
      return [form.radius, form.radius, form.radius];
    case 'capsule':
    case 'cylinder':
      return [form.radius, form.radius, form.halfLength];
    case 'box':
      return form.halfSizes;
    case 'ellipsoid':
      return form.radii;
    case 'plane':
      return [0, 0, 0];
  }
}

/** The way along a ray to where it enters a ball about (0, 0, z); Infinity where it does not. */
function enterBall(z: number, radius: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const lz = oz - z;
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + lz * dz;
  const root = b * b - a * (ox * ox + oy * oy + lz * lz - radius * radius);
  return root < 0 ? Infinity : (-b - Math.sqrt(root)) / a;
}

/** The same for the mantle of a round rod between ±halfLength. */
function enterMantle(radius: number, halfLength: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const a = dx * dx + dy * dy;
  if (a === 0) return Infinity;
  const b = ox * dx + oy * dy;
  const root = b * b - a * (ox * ox + oy * oy - radius * radius);
  if (root < 0) return Infinity;
  const t = (-b - Math.sqrt(root)) / a;
  const z = oz + t * dz;
  return z >= -halfLength && z <= halfLength ? t : Infinity;
}

function enterBox(a: number, b: number, c: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  let near = -Infinity;
  let far = Infinity;
  for (let axis = 0; axis < 3; axis++) {
    const size = axis === 0 ? a : axis === 1 ? b : c;
    const o = axis === 0 ? ox : axis === 1 ? oy : oz;
    const d = axis === 0 ? dx : axis === 1 ? dy : dz;
    if (d === 0) {
      if (o < -size || o > size) return Infinity;
      continue;
    }
    const first = (-size - o) / d;
    const second = (size - o) / d;
    near = Math.max(near, Math.min(first, second));
    far = Math.min(far, Math.max(first, second));
  }
  return near <= far ? near : Infinity;
}

/** The later of the ways into the round rod without end and into the slab of its length: no ray slips through at the rim. */
function enterCylinder(radius: number, halfLength: number, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  let near = -Infinity;
  let far = Infinity;
  const a = dx * dx + dy * dy;
  const c = ox * ox + oy * oy - radius * radius;
  // Along the axis, or so nearly that the square of the slant has lost its digits.
  if (a < 1e-200) {
    if (c > 0) return Infinity;
  } else {
    const b = ox * dx + oy * dy;
    const root = b * b - a * c;
    if (root < 0) return Infinity;
    near = (-b - Math.sqrt(root)) / a;
    far = (-b + Math.sqrt(root)) / a;
  }
  if (dz === 0) {
    if (oz < -halfLength || oz > halfLength) return Infinity;
  } else {
    const lid = dz < 0 ? halfLength : -halfLength;
    near = Math.max(near, (lid - oz) / dz);
    far = Math.min(far, (-lid - oz) / dz);
  }
  return near <= far ? near : Infinity;
}

/**
 * The way along a ray, in lengths of its direction, to where it enters a solid from outside; Infinity where it does
 * not, and possibly negative where the solid is behind. A plane is met from its +z side only. Origin and direction in the solid's own axes.
 */
export function enterSolid(
  { kind, a, b, c }: PreparedSolid,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  switch (kind) {
    case 'sphere':
      return enterBall(0, a, ox, oy, oz, dx, dy, dz);
    case 'capsule': {
      const mantle = enterMantle(a, c, ox, oy, oz, dx, dy, dz);
      return Math.min(mantle, enterBall(c, a, ox, oy, oz, dx, dy, dz), enterBall(-c, a, ox, oy, oz, dx, dy, dz));
    }
    case 'cylinder':
      return enterCylinder(a, c, ox, oy, oz, dx, dy, dz);
    case 'box':
      return enterBox(a, b, c, ox, oy, oz, dx, dy, dz);
    case 'ellipsoid':
      return enterBall(0, 1, ox / a, oy / b, oz / c, dx / a, dy / b, dz / c);
    case 'plane':
      return dz < 0 ? -oz / dz : Infinity;
  }
}

/**
 * The normal of a solid's surface at a point of it, outwards, of length one; a plane's looks along its +z.
 * @param point in own axes, `[3]`
 * @param normal filled, in own axes, `[3]`
 */
export function normalAt({ kind, a, b, c }: PreparedSolid, point: Float64Array, normal: Float64Array): void {
  let x = point[0]!;
  let y = point[1]!;
  let z = point[2]!;
  switch (kind) {
    case 'sphere':
      break;
    case 'capsule':
      z = z > c ? z - c : z < -c ? z + c : 0;
      break;
    case 'cylinder':
      // Nearer to a lid than to the mantle, or the other way round.
      if (c - Math.abs(z) < a - Math.sqrt(x * x + y * y)) {
        x = 0;
        y = 0;
      } else z = 0;
      break;
    case 'box': {
      const gapX = a - Math.abs(x);
      const gapY = b - Math.abs(y);
      const gapZ = c - Math.abs(z);
      if (gapX <= gapY && gapX <= gapZ) {
        y = 0;
        z = 0;
      } else if (gapY <= gapZ) {
        x = 0;
        z = 0;
      } else {
        x = 0;
        y = 0;
      }
      break;
    }
    case 'ellipsoid':
      x /= a * a;
      y /= b * b;
      z /= c * c;
      break;
    case 'plane':
      x = 0;
      y = 0;
      z = 1;
      break;
  }
  const length = Math.sqrt(x * x + y * y + z * z) || 1;
  normal[0] = x / length;
  normal[1] = y / length;
  normal[2] = z / length;
}
