/**
 * Where the tip of the seven-joint arm is, by its angles: the shoulder pans and lifts, then each of two links follows a
 * roll φ about the link before it and a bend θ. With unit vectors u along that link and v across it,
 *
 *   u' = cos θ u + sin θ (sin φ v − cos φ (u × v)),   v' = (u' × u) / |u' × u|
 *
 * as in the PETS code; where u' lies along u, v stays. This is the place in the physics as long as bends before the last are not above 0,
 * as the elbow's limits have it.
 */
import { tf } from '@mbrl/jit';

/** Lengths of the arm, m. */
export interface ReacherLengths {
  /** From the shoulder to the elbow. */
  readonly upperArm: number;
  /** From the elbow to the wrist. */
  readonly forearm: number;
  /** From the wrist to the tip. */
  readonly hand: number;
}

/** Where the shoulder pans, and how far from there it lifts, m. */
const baseY = -0.188;
const shoulder = 0.1;

type Vector = readonly [number, number, number];

const cross = (a: Vector, b: Vector): Vector => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** The tip, m, from the first six angles, rad. */
export function reacherTip(angles: ArrayLike<number>, { upperArm, forearm, hand }: ReacherLengths): Vector {
  const pan = angles[0]!;
  const lift = angles[1]!;
  let u: Vector = [Math.cos(lift) * Math.cos(pan), Math.cos(lift) * Math.sin(pan), -Math.sin(lift)];
  let v: Vector = [-Math.sin(pan), Math.cos(pan), 0];
  let tip: Vector = [shoulder * Math.cos(pan) + upperArm * u[0], shoulder * Math.sin(pan) + upperArm * u[1] + baseY, upperArm * u[2]];
  for (let link = 0; link < 2; link++) {
    const length = link === 0 ? forearm : hand;
    const roll = angles[2 + 2 * link]!;
    const bend = angles[3 + 2 * link]!;
    const w = cross(u, v);
    const along = Math.cos(bend);
    const across = Math.sin(bend) * Math.sin(roll);
    const down = -Math.sin(bend) * Math.cos(roll);
    const next: Vector = [
      along * u[0] + across * v[0] + down * w[0],
      along * u[1] + across * v[1] + down * w[1],
      along * u[2] + across * v[2] + down * w[2],
    ];
    const side = cross(next, u);
    const norm = Math.hypot(side[0], side[1], side[2]);
    if (norm >= 1e-30) v = [side[0] / norm, side[1] / norm, side[2] / norm];
    tip = [tip[0] + length * next[0], tip[1] + length * next[1], tip[2] + length * next[2]];
    u = next;
  }
  return tip;
}

/** Three `[B, 1]` columns. */
type Columns = readonly [tf.Tensor, tf.Tensor, tf.Tensor];

const crossColumns = (a: Columns, b: Columns): Columns => {
  const part = (i: 0 | 1 | 2, j: 0 | 1 | 2): tf.Tensor => tf.sub(tf.mul(a[i], b[j]), tf.mul(a[j], b[i]));
  return [part(1, 2), part(2, 0), part(0, 1)];
};

/** The tips `[B, 3]` of `[B, ≥ 6]` angles, in plain ops with gradients. Where a bend is 0, v keeps its direction, up to the floor 1e-12 of the norm. */
export function reacherTips(angles: tf.Tensor2D, { upperArm, forearm, hand }: ReacherLengths): tf.Tensor2D {
  const column = (at: number): tf.Tensor => tf.slice(angles, [0, at], [-1, 1]);
  const [pan, lift, roll1, bend1, roll2, bend2] = [0, 1, 2, 3, 4, 5].map(column) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const cosPan = tf.cos(pan);
  const sinPan = tf.sin(pan);
  let u: Columns = [tf.mul(tf.cos(lift), cosPan), tf.mul(tf.cos(lift), sinPan), tf.neg(tf.sin(lift))];
  let v: Columns = [tf.neg(sinPan), cosPan, tf.mul(pan, 0)];
  let tip: Columns = [
    tf.add(tf.mul(cosPan, shoulder), tf.mul(u[0], upperArm)),
    tf.add(tf.add(tf.mul(sinPan, shoulder), tf.mul(u[1], upperArm)), baseY),
    tf.mul(u[2], upperArm),
  ];
  for (const [length, bend, roll] of [
    [forearm, bend1, roll1],
    [hand, bend2, roll2],
  ] as const) {
    const w = crossColumns(u, v);
    const along = tf.cos(bend);
    const across = tf.mul(tf.sin(bend), tf.sin(roll));
    const down = tf.neg(tf.mul(tf.sin(bend), tf.cos(roll)));
    const next = [0, 1, 2].map((i) =>
      tf.add(tf.add(tf.mul(along, u[i]!), tf.mul(across, v[i]!)), tf.mul(down, w[i]!)),
    ) as unknown as Columns;
    const side = crossColumns(next, u);
    const squared = tf.add(tf.add(tf.square(side[0]), tf.square(side[1])), tf.square(side[2]));
    // 1 where the bend is too small to tell a side, so that v is kept there.
    const straight = tf.step(tf.sub(1e-24, squared));
    const norm = tf.sqrt(tf.maximum(squared, 1e-24));
    v = [0, 1, 2].map((i) => tf.add(tf.mul(straight, v[i]!), tf.mul(tf.sub(1, straight), tf.div(side[i]!, norm)))) as unknown as Columns;
    tip = [0, 1, 2].map((i) => tf.add(tip[i]!, tf.mul(next[i]!, length))) as unknown as Columns;
    u = next;
  }
  return tf.concat([...tip] as tf.Tensor2D[], 1);
}
