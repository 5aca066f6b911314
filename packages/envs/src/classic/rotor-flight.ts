/**
 * A rigid body with four rotors in air that may move, in space: the equations that the 3-D quadrotor, the lander and
 * the quadrotor in wind share, integrated by RK4.
 *
 * State, 13 numbers: position p (world axes, z up), attitude q as a unit quaternion (w, x, y, z) from body to world,
 * velocity v (world), angular velocity ω (body). Rotors 1 to 4 stand at (±a, ±a), a = armLength / √2, in the order front
 * left, rear left, rear right, front right, x forward and y to the left, with thrusts f along the body's z:
 *
 *   ṗ = v,  q̇ = ½ q ∘ (0, ω)
 *   m v̇ = R (0, 0, G(z) Σ f) − (0, 0, m g) − R D Rᵀ u − k ‖u‖ u − c e^(−z / 4r) v,  u = v − wind
 *   J ω̇ = τ − ω × J ω,  τ = (a (f₁ + f₂ − f₃ − f₄), a (−f₁ + f₂ + f₃ − f₄), κ (f₁ − f₂ + f₃ − f₄))
 *
 * G(z) = 1 / (1 − μ (r / 4z)²) is the ground effect of Cheeseman and Bennett (1955), with the factor μ for several rotors
 * by which Shi et al. (2019) write it; z is taken as at least `clearance`. D (linear rotor drag), k, c and μ make the
 * aerodynamic residual; with all of them 0 the rest is the nominal rigid body. The attitude is normalised after every
 * integration step.
 */
import { tf } from '@mbrl/jit';
import { type Column, plus, rungeKuttaColumns, sumColumns } from './columns.js';
import { RungeKutta } from './runge-kutta.js';

/** Constants of the flight, in SI units. */
export interface FlightConstants {
  readonly mass: number;
  /** About the body's axes, kg m². */
  readonly inertia: readonly [x: number, y: number, z: number];
  /** From the middle to each rotor. */
  readonly armLength: number;
  /** Torque about z per thrust κ, m. */
  readonly yawCoefficient: number;
  readonly gravity: number;
  /** Linear drag D along the body's axes, N s/m. */
  readonly drag: readonly [x: number, y: number, z: number];
  /** Quadratic drag k, N s²/m². */
  readonly quadraticDrag: number;
  /** Factor μ of the ground effect; 0 for none. */
  readonly groundEffect: number;
  /** Drag c at the ground, N s/m. */
  readonly groundDrag: number;
  readonly rotorRadius: number;
  /** Least height of the rotors, above 0. */
  readonly clearance: number;
  /** Seconds that one advance takes. */
  readonly timeStep: number;
  /** RK4 steps in one advance. */
  readonly integrationSteps: number;
}

/** Components of the physical state of a flight. */
export const flightStateLabels: readonly string[] = [
  'position x (m)',
  'position y (m)',
  'height z (m)',
  'attitude quaternion w',
  'attitude quaternion x',
  'attitude quaternion y',
  'attitude quaternion z',
  'velocity along x (m/s)',
  'velocity along y (m/s)',
  'velocity along z (m/s)',
  'angular velocity about the body x (rad/s)',
  'angular velocity about the body y (rad/s)',
  'angular velocity about the body z (rad/s)',
];

/** Numbers in the state of a flight. */
export const flightSize: number = flightStateLabels.length;

/** Makes the quaternion of a flight's state one of length 1. */
export function normalizeAttitude(state: Float64Array): void {
  const w = state[3]!;
  const x = state[4]!;
  const y = state[5]!;
  const z = state[6]!;
  const inverse = 1 / Math.sqrt(w * w + x * x + y * y + z * z);
  state[3] = w * inverse;
  state[4] = x * inverse;
  state[5] = y * inverse;
  state[6] = z * inverse;
}

/** Advances states of one vehicle. Keeps scratch numbers; not to be shared by two callers at once. */
export class RotorFlight {
  private readonly k: FlightConstants;
  private readonly integrator: RungeKutta;
  private readonly arm: number;
  private lift = 0;
  private torqueX = 0;
  private torqueY = 0;
  private torqueZ = 0;
  private windX = 0;
  private windY = 0;

  constructor(constants: FlightConstants) {
    this.k = constants;
    this.arm = constants.armLength * Math.SQRT1_2;
    this.integrator = new RungeKutta(flightSize, (state, slope) => this.derive(state, slope));
  }

  /** Advances the first 13 components in place under thrusts of the four rotors in N and a horizontal wind in m/s. */
  advance(state: Float64Array, thrusts: ArrayLike<number>, windX: number, windY: number): void {
    const { yawCoefficient, timeStep, integrationSteps } = this.k;
    const f1 = thrusts[0]!;
    const f2 = thrusts[1]!;
    const f3 = thrusts[2]!;
    const f4 = thrusts[3]!;
    this.lift = f1 + f2 + f3 + f4;
    this.torqueX = this.arm * (f1 + f2 - f3 - f4);
    this.torqueY = this.arm * (f2 + f3 - f1 - f4);
    this.torqueZ = yawCoefficient * (f1 - f2 + f3 - f4);
    this.windX = windX;
    this.windY = windY;
    for (let i = 0; i < integrationSteps; i++) {
      this.integrator.advance(state, timeStep / integrationSteps);
      normalizeAttitude(state);
    }
  }

  private derive(state: Float64Array, slope: Float64Array): void {
    const { mass, inertia, gravity, drag, quadraticDrag, groundEffect, groundDrag, rotorRadius, clearance } = this.k;
    const z = Math.max(state[2]!, clearance);
    const qw = state[3]!;
    const qx = state[4]!;
    const qy = state[5]!;
    const qz = state[6]!;
    const vx = state[7]!;
    const vy = state[8]!;
    const vz = state[9]!;
    const wx = state[10]!;
    const wy = state[11]!;
    const wz = state[12]!;
    slope[0] = vx;
    slope[1] = vy;
    slope[2] = vz;
    slope[3] = -0.5 * (qx * wx + qy * wy + qz * wz);
    slope[4] = 0.5 * (qw * wx + qy * wz - qz * wy);
    slope[5] = 0.5 * (qw * wy + qz * wx - qx * wz);
    slope[6] = 0.5 * (qw * wz + qx * wy - qy * wx);
    // Between the stages of RK4 the quaternion's length strays from 1; only its direction counts.
    const two = 2 / (qw * qw + qx * qx + qy * qy + qz * qz);
    const r11 = 1 - two * (qy * qy + qz * qz);
    const r12 = two * (qx * qy - qw * qz);
    const r13 = two * (qx * qz + qw * qy);
    const r21 = two * (qx * qy + qw * qz);
    const r22 = 1 - two * (qx * qx + qz * qz);
    const r23 = two * (qy * qz - qw * qx);
    const r31 = two * (qx * qz - qw * qy);
    const r32 = two * (qy * qz + qw * qx);
    const r33 = 1 - two * (qx * qx + qy * qy);
    const ux = vx - this.windX;
    const uy = vy - this.windY;
    const ratio = rotorRadius / (4 * z);
    const lift = groundEffect === 0 ? this.lift : this.lift / (1 - groundEffect * ratio * ratio);
    const bx = -drag[0] * (r11 * ux + r21 * uy + r31 * vz);
    const by = -drag[1] * (r12 * ux + r22 * uy + r32 * vz);
    const bz = lift - drag[2] * (r13 * ux + r23 * uy + r33 * vz);
    const friction = quadraticDrag === 0 ? 0 : quadraticDrag * Math.sqrt(ux * ux + uy * uy + vz * vz);
    const near = groundDrag === 0 ? 0 : groundDrag * Math.exp(-z / (4 * rotorRadius));
    slope[7] = (r11 * bx + r12 * by + r13 * bz - friction * ux - near * vx) / mass;
    slope[8] = (r21 * bx + r22 * by + r23 * bz - friction * uy - near * vy) / mass;
    slope[9] = (r31 * bx + r32 * by + r33 * bz - friction * vz - near * vz) / mass - gravity;
    slope[10] = (this.torqueX + (inertia[1] - inertia[2]) * wy * wz) / inertia[0];
    slope[11] = (this.torqueY + (inertia[2] - inertia[0]) * wz * wx) / inertia[1];
    slope[12] = (this.torqueZ + (inertia[0] - inertia[1]) * wx * wy) / inertia[2];
  }
}

const times = (a: Column, b: Column): Column => tf.mul(a, b);
const weighted = (...terms: readonly (readonly [Column, Column])[]): Column => sumColumns(terms.map(([a, b]) => times(a, b)));

/** Entry (row, column) of the rotation matrix of a quaternion, both in [0, 2]; three columns of the batch give a vector. */
function rotationColumns([w, x, y, z]: readonly [Column, Column, Column, Column]): readonly (readonly Column[])[] {
  const two = tf.div(2, weighted([w, w], [x, x], [y, y], [z, z]));
  const twice = (a: Column, b: Column): Column => tf.mul(times(a, b), two);
  const [xx, yy, zz] = [twice(x, x), twice(y, y), twice(z, z)];
  const [xy, xz, yz] = [twice(x, y), twice(x, z), twice(y, z)];
  const [wx, wy, wz] = [twice(w, x), twice(w, y), twice(w, z)];
  const one = (a: Column, b: Column): Column => tf.sub(1, tf.add(a, b));
  return [
    [one(yy, zz), tf.sub(xy, wz), tf.add(xz, wy)],
    [tf.add(xy, wz), one(xx, zz), tf.sub(yz, wx)],
    [tf.sub(xz, wy), tf.add(yz, wx), one(xx, yy)],
  ];
}

/** How far the body's z axis points up, cos of the tilt, of the columns of a state; `[B, 1]`. */
export function uprightness(state: readonly Column[]): Column {
  return tf.sub(1, tf.mul(tf.add(tf.square(state[4]!), tf.square(state[5]!)), 2));
}

/** {@link RotorFlight.advance} over a batch: 13 columns of the state, 4 of thrusts in N, 2 of the wind, each `[B, 1]`. */
export function advanceFlightBatch(
  k: FlightConstants,
  from: readonly Column[],
  thrusts: readonly Column[],
  wind?: readonly [x: Column, y: Column],
): readonly Column[] {
  const [f1, f2, f3, f4] = thrusts as [Column, Column, Column, Column];
  const arm = k.armLength * Math.SQRT1_2;
  const left: Column = tf.add(f1, f2);
  const right: Column = tf.add(f3, f4);
  const lift: Column = tf.add(left, right);
  const torques = [
    tf.mul(tf.sub(left, right), arm),
    tf.mul(tf.sub(tf.add(f2, f3), tf.add(f1, f4)), arm),
    tf.mul(tf.sub(tf.add(f1, f3), tf.add(f2, f4)), k.yawCoefficient),
  ] as const;
  let state: readonly Column[] = from;
  const step = k.timeStep / k.integrationSteps;
  for (let i = 0; i < k.integrationSteps; i++) {
    const next = rungeKuttaColumns((y) => derive(k, y, lift, torques, wind), state, step);
    const length = tf.sqrt(sumColumns(next.slice(3, 7).map((part): Column => tf.square(part))));
    state = next.map((column, j) => (j >= 3 && j < 7 ? tf.div(column, length) : column));
  }
  return state;
}

function derive(
  k: FlightConstants,
  state: readonly Column[],
  lift: Column,
  torques: readonly tf.Tensor[],
  wind: readonly [Column, Column] | undefined,
): readonly Column[] {
  const { inertia, drag } = k;
  const [, , z, qw, qx, qy, qz, vx, vy, vz] = state as [Column, Column, Column, Column, Column, Column, Column, Column, Column, Column];
  const [wx, wy, wz] = state.slice(10) as [Column, Column, Column];
  const rotation = rotationColumns([qw, qx, qy, qz]);
  const u: readonly Column[] = wind ? [tf.sub(vx, wind[0]), tf.sub(vy, wind[1]), vz] : [vx, vy, vz];
  const height = tf.maximum(z, k.clearance) as Column;
  const shade = tf.square(tf.div(k.rotorRadius / 4, height));
  const thrust: Column = k.groundEffect === 0 ? lift : tf.div(lift, tf.sub(1, tf.mul(shade, k.groundEffect)));
  const body = [0, 1, 2].map((axis): Column => {
    const along = weighted(...u.map((part, row) => [rotation[row]![axis]!, part] as const));
    const pushed: Column = tf.mul(along, -drag[axis]!);
    return axis === 2 ? tf.add(pushed, thrust) : pushed;
  });
  const speed = tf.sqrt(tf.add(sumColumns(u.map((part): Column => tf.square(part))), 1e-12)) as Column;
  const near = tf.mul(tf.exp(tf.mul(height, -1 / (4 * k.rotorRadius))), k.groundDrag) as Column;
  const accelerations = [vx, vy, vz].map((velocity, row): Column => {
    let force = weighted(...body.map((part, axis) => [rotation[row]![axis]!, part] as const));
    if (k.quadraticDrag !== 0) force = plus(force, times(speed, u[row]!), -k.quadraticDrag);
    if (k.groundDrag !== 0) force = tf.sub(force, times(near, velocity));
    const acceleration: Column = tf.div(force, k.mass);
    return row === 2 ? tf.sub(acceleration, k.gravity) : acceleration;
  });
  const half = (...terms: readonly (readonly [Column, Column])[]): Column => tf.mul(weighted(...terms), 0.5);
  const minus = (column: Column): Column => tf.neg(column);
  const spin = (axis: 0 | 1 | 2, difference: number, a: Column, b: Column): Column =>
    tf.div(plus(torques[axis] as Column, times(a, b), difference), inertia[axis]);
  return [
    vx,
    vy,
    vz,
    minus(half([qx, wx], [qy, wy], [qz, wz])),
    half([qw, wx], [qy, wz], [minus(qz), wy]),
    half([qw, wy], [qz, wx], [minus(qx), wz]),
    half([qw, wz], [qx, wy], [minus(qy), wx]),
    ...accelerations,
    spin(0, inertia[1] - inertia[2], wy, wz),
    spin(1, inertia[2] - inertia[0], wz, wx),
    spin(2, inertia[0] - inertia[1], wx, wy),
  ];
}
