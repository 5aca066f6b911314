/**
 * Kinematics and drives of an arm with seven joints in space: shoulder pan (about z), shoulder lift (y), upper-arm roll
 * (x), elbow (y), forearm roll (x), wrist (y) and wrist roll (x), each about an axis of the frame that the joints before it
 * have turned; at zero angles the arm points along x. State (q, q̇), 14 numbers.
 *
 * Behind its gears a joint feels mostly its own drive's inertia: J q̈ = τ − b q̇ − ∂V/∂q, with constant reflected inertias J
 * and without the coupling between joints by the links' motion, which is small for an arm that is geared down. The
 * weight of the links is not: V(q) = Σ mᵢ g zᵢ(q), the mass of each of the three segments in its middle. So energy,
 * ½ Σ J q̇² + V, is conserved without friction and torque. RK4. With velocity drives q̇ is the command and q ← q + q̇ dt.
 */
import { tf } from '@mbrl/jit';
import { type Column, plus, rungeKuttaColumns } from './columns.js';
import { RungeKutta } from './runge-kutta.js';

/** Joints of the arm. */
export const jointCount = 7;

/** Index of the axis, 0 for x, that each joint turns about. */
const jointAxes: readonly number[] = [2, 1, 0, 1, 0, 1, 0];

/** Constants of the arm, in SI units. */
export interface ArmConstants {
  /** Height of the shoulder above the floor. */
  readonly shoulderHeight: number;
  /** Lengths: from the pan axis to the lift axis, of the upper arm, of the forearm, and from the wrist to the end. */
  readonly lengths: readonly [offset: number, upperArm: number, forearm: number, hand: number];
  /** Masses of the upper arm, the forearm and the hand. */
  readonly masses: readonly [upperArm: number, forearm: number, hand: number];
  /** Reflected inertia of each joint, kg m². */
  readonly inertia: readonly number[];
  /** Viscous friction of each joint, N m s/rad. */
  readonly friction: readonly number[];
  readonly gravity: number;
  /** Seconds that one advance takes. */
  readonly timeStep: number;
  /** RK4 steps in one advance. */
  readonly integrationSteps: number;
}

/** Along x after each joint's turn: 0, or the length that follows; and which mass lies in its middle, or none. */
const segmentOf: readonly (readonly [length: number, mass: number] | undefined)[] = [
  [0, -1],
  undefined,
  [1, 0],
  undefined,
  [2, 1],
  undefined,
  [3, 2],
];

/** Computes poses, weights and motions. Keeps scratch numbers; not to be shared by two callers at once. */
export class SevenJointArm {
  private readonly k: ArmConstants;
  private readonly integrator: RungeKutta;
  private readonly torques: Float64Array = new Float64Array(jointCount);
  /** Axes and origins of the joints in the world, 3 numbers each. */
  private readonly axes: Float64Array = new Float64Array(3 * jointCount);
  private readonly origins: Float64Array = new Float64Array(3 * jointCount);
  /** Middles of the three segments. */
  private readonly middles: Float64Array = new Float64Array(9);
  /** The end of the arm. */
  readonly end: Float64Array = new Float64Array(3);
  /** Rotation of the frame, its columns one after the other. */
  private readonly frame: Float64Array = new Float64Array(9);

  constructor(constants: ArmConstants) {
    this.k = constants;
    this.integrator = new RungeKutta(2 * jointCount, (state, slope) => this.derive(state, slope));
  }

  /** Advances (q, q̇) in place under constant torques in N m; further components of the state stay. */
  advance(state: Float64Array, torques: ArrayLike<number>): void {
    for (let i = 0; i < jointCount; i++) this.torques[i] = torques[i]!;
    const { timeStep, integrationSteps } = this.k;
    for (let i = 0; i < integrationSteps; i++) this.integrator.advance(state, timeStep / integrationSteps);
  }

  /** Works out the pose of the joint angles that a state begins with: the end, and the points that pictures and weights need. */
  place(state: ArrayLike<number>): void {
    const { axes, origins, middles, end, frame } = this;
    const { shoulderHeight, lengths } = this.k;
    frame.fill(0);
    frame[0] = frame[4] = frame[8] = 1;
    let x = 0;
    let y = 0;
    let z = shoulderHeight;
    for (let j = 0; j < jointCount; j++) {
      const axis = jointAxes[j]!;
      const a = 3 * ((axis + 1) % 3);
      const b = 3 * ((axis + 2) % 3);
      origins[3 * j] = x;
      origins[3 * j + 1] = y;
      origins[3 * j + 2] = z;
      const cos = Math.cos(state[j]!);
      const sin = Math.sin(state[j]!);
      for (let i = 0; i < 3; i++) {
        axes[3 * j + i] = frame[3 * axis + i]!;
        const first = frame[a + i]!;
        const second = frame[b + i]!;
        frame[a + i] = cos * first + sin * second;
        frame[b + i] = cos * second - sin * first;
      }
      const segment = segmentOf[j];
      if (segment === undefined) continue;
      const length = lengths[segment[0]]!;
      const mass = segment[1];
      if (mass >= 0) {
        middles[3 * mass] = x + 0.5 * length * frame[0]!;
        middles[3 * mass + 1] = y + 0.5 * length * frame[1]!;
        middles[3 * mass + 2] = z + 0.5 * length * frame[2]!;
      }
      x += length * frame[0]!;
      y += length * frame[1]!;
      z += length * frame[2]!;
    }
    end[0] = x;
    end[1] = y;
    end[2] = z;
  }

  /** Where the shoulder, the lift axis, the elbow, the wrist and the end are, for pictures. */
  points(state: ArrayLike<number>): readonly (readonly [x: number, y: number, z: number])[] {
    this.place(state);
    const point = (from: Float64Array, at: number): readonly [number, number, number] => [from[at]!, from[at + 1]!, from[at + 2]!];
    return [point(this.origins, 0), point(this.origins, 3), point(this.origins, 9), point(this.origins, 15), point(this.end, 0)];
  }

  /** Potential energy V of the joint angles, J. */
  potentialEnergy(state: ArrayLike<number>): number {
    this.place(state);
    const { masses, gravity } = this.k;
    return gravity * (masses[0] * this.middles[2]! + masses[1] * this.middles[5]! + masses[2] * this.middles[8]!);
  }

  private derive(state: Float64Array, slope: Float64Array): void {
    const { masses, inertia, friction, gravity } = this.k;
    const { axes, origins, middles, torques } = this;
    if (gravity !== 0) this.place(state);
    for (let j = 0; j < jointCount; j++) {
      let weight = 0;
      if (gravity !== 0) {
        const ax = axes[3 * j]!;
        const ay = axes[3 * j + 1]!;
        for (let i = firstSegment(j); i < 3; i++) {
          const dx = middles[3 * i]! - origins[3 * j]!;
          const dy = middles[3 * i + 1]! - origins[3 * j + 1]!;
          weight += masses[i]! * (ax * dy - ay * dx);
        }
      }
      const velocity = state[jointCount + j]!;
      slope[j] = velocity;
      slope[jointCount + j] = (torques[j]! - friction[j]! * velocity - gravity * weight) / inertia[j]!;
    }
  }
}

/** The first segment that a joint moves: the upper arm up to its roll, the forearm up to its own, then the hand. */
const firstSegment = (joint: number): number => (joint <= 2 ? 0 : joint <= 4 ? 1 : 2);

/** A point or direction over the batch. */
type Triple = readonly [Column, Column, Column];

interface BatchPose {
  readonly axes: readonly Triple[];
  readonly origins: readonly Triple[];
  readonly middles: readonly Triple[];
  readonly end: Triple;
}

/** {@link SevenJointArm.place} over a batch: seven columns of joint angles. */
function placeBatch(k: ArmConstants, angles: readonly Column[]): BatchPose {
  const zero: Column = tf.zerosLike(angles[0]!);
  const one: Column = tf.onesLike(angles[0]!);
  const frame: Triple[] = [
    [one, zero, zero],
    [zero, one, zero],
    [zero, zero, one],
  ];
  let at: Triple = [zero, zero, tf.mul(one, k.shoulderHeight)];
  const axes: Triple[] = [];
  const origins: Triple[] = [];
  const middles: Triple[] = [];
  const forward = (from: Triple, by: number): Triple => from.map((part, i) => plus(part, frame[0]![i]!, by)) as unknown as Triple;
  angles.forEach((angle, j) => {
    const axis = jointAxes[j]!;
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    axes.push(frame[axis]!);
    origins.push(at);
    const [cos, sin] = [tf.cos(angle), tf.sin(angle)];
    const [first, second] = [frame[a]!, frame[b]!];
    frame[a] = first.map((part, i) => tf.add(tf.mul(cos, part), tf.mul(sin, second[i]!))) as unknown as Triple;
    frame[b] = second.map((part, i) => tf.sub(tf.mul(cos, part), tf.mul(sin, first[i]!))) as unknown as Triple;
    const segment = segmentOf[j];
    if (segment === undefined) return;
    const length = k.lengths[segment[0]]!;
    if (segment[1] >= 0) middles.push(forward(at, length / 2));
    at = forward(at, length);
  });
  return { axes, origins, middles, end: at };
}

/** Where the end of the arm is, of seven columns of joint angles. */
export function endBatch(k: ArmConstants, angles: readonly Column[]): readonly [x: Column, y: Column, z: Column] {
  return placeBatch(k, angles).end;
}

/** {@link SevenJointArm.advance} over a batch: 14 columns of (q, q̇) and 7 of torques. */
export function advanceArmBatch(k: ArmConstants, from: readonly Column[], torques: readonly Column[]): readonly Column[] {
  const derivative = (state: readonly Column[]): readonly Column[] => {
    const velocities = state.slice(jointCount);
    const pose = k.gravity === 0 ? undefined : placeBatch(k, state.slice(0, jointCount));
    const accelerations = velocities.map((velocity, j): Column => {
      let net = plus(torques[j]!, velocity, -k.friction[j]!);
      for (let i = firstSegment(j); pose && i < 3; i++) {
        const [ax, ay] = pose.axes[j]!;
        const [dx, dy] = [0, 1].map((part) => tf.sub(pose.middles[i]![part]!, pose.origins[j]![part]!)) as [Column, Column];
        net = plus(net, tf.sub(tf.mul(ax, dy), tf.mul(ay, dx)), -k.gravity * k.masses[i]!);
      }
      return tf.div(net, k.inertia[j]!);
    });
    return [...velocities, ...accelerations];
  };
  let state: readonly Column[] = from;
  for (let i = 0; i < k.integrationSteps; i++) state = rungeKuttaColumns(derivative, state, k.timeStep / k.integrationSteps);
  return state;
}
