/** Turns in space as unit quaternions (w, x, y, z), for pictures. */

/** A point or direction in space. */
export type Vector3 = readonly [x: number, y: number, z: number];
/** A turn as a unit quaternion. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];

/** Turns a vector. */
export function turnVector([w, x, y, z]: Quaternion, [a, b, c]: Vector3): Vector3 {
  const tx = 2 * (y * c - z * b);
  const ty = 2 * (z * a - x * c);
  const tz = 2 * (x * b - y * a);
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}

/** The turn by `second` in the axes that `first` has turned. */
export function combineTurns([a, b, c, d]: Quaternion, [w, x, y, z]: Quaternion): Quaternion {
  return [a * w - b * x - c * y - d * z, a * x + b * w + c * z - d * y, a * y - b * z + c * w + d * x, a * z + b * y - c * x + d * w];
}

/** The least turn that brings the z axis onto a direction, whose length does not matter. */
export function turnFromZ([x, y, z]: Vector3): Quaternion {
  const length = Math.hypot(x, y, z);
  if (length === 0) return [1, 0, 0, 0];
  const w = 1 + z / length;
  if (w < 1e-9) return [0, 1, 0, 0];
  const norm = Math.hypot(w, x / length, y / length);
  return [w / norm, -y / length / norm, x / length / norm, 0];
}

/** Adds `scale` times the second vector to the first. */
export function addVectors(a: Vector3, b: Vector3, scale = 1): Vector3 {
  return [a[0] + scale * b[0], a[1] + scale * b[1], a[2] + scale * b[2]];
}
