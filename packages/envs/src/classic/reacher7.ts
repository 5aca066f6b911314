/**
 * Reaching a point in space with an arm of seven joints: observation and aim of the 7-DoF reacher of PETS (Chua et al.
 * 2018) on an arm of our own, by torques or by velocities of its joints (see `seven-joint-arm.ts`).
 *
 * Reward after a step: −‖end − target‖ − actionCost ‖a‖², a the action as applied. Never terminated. The target is drawn
 * before the arm, and is a part of the physical state and of the observation.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkOneOf,
  type Rng,
  type Scene,
  type SolidScene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { type ArmFrame, armScene, armSolidScene } from './arm-scene.js';
import { checkEach, checkVector } from './check-options.js';
import { ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, plus, splitColumns } from './columns.js';
import type { SpatialEnvironment } from './flying-task.js';
import { advanceArmBatch, type ArmConstants, endBatch, jointCount, SevenJointArm } from './seven-joint-arm.js';

/** Options of {@link createReacher7}. All in SI units; lists of seven go from the shoulder to the wrist. */
export interface Reacher7Options {
  /** Actions are parts of the greatest torques, or of the greatest velocities of ideal drives. Default `torque`. */
  readonly drive?: 'torque' | 'velocity';
  /** Torques of actions 1, N m, each at least 0. Default 20, 20, 10, 10, 4, 4, 2. */
  readonly torqueLimits?: readonly number[];
  /** Velocities of actions 1 with velocity drives, rad/s, each at least 0. Default 1.5 for all. */
  readonly velocityLimits?: readonly number[];
  /** Above 0; below the arm's reach its end may sink below the floor, which stops nothing. Default 1. */
  readonly shoulderHeight?: number;
  /** Lengths from the pan to the lift axis, of the upper arm, the forearm and the hand, each at least 0. Default 0.1, 0.4, 0.32, 0.17. */
  readonly lengths?: readonly [offset: number, upperArm: number, forearm: number, hand: number];
  /** Masses of the upper arm, the forearm and the hand, each at least 0. Default 1.5, 1, 0.5. */
  readonly masses?: readonly [upperArm: number, forearm: number, hand: number];
  /** Reflected inertia of each joint, kg m², above 0. Default 2, 2, 1, 1, 0.3, 0.3, 0.1. */
  readonly inertia?: readonly number[];
  /** Viscous friction of each joint, N m s/rad, at least 0. Default 2, 2, 1, 1, 0.3, 0.3, 0.1. */
  readonly friction?: readonly number[];
  /** Default 9.81; 0 for an arm whose weight is balanced. */
  readonly gravity?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Seconds that a step takes, above 0. Default 0.05. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Steps after which an episode is truncated, at least 1. Default 150. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

type TaskOptions = Required<Pick<Reacher7Options, 'drive' | 'torqueLimits' | 'velocityLimits' | 'actionCost' | 'maxSteps' | 'seed'>>;

const jointNames = ['shoulder pan', 'shoulder lift', 'upper arm roll', 'elbow', 'forearm roll', 'wrist', 'wrist roll'] as const;
const stateLabels: readonly string[] = [
  ...jointNames.map((name) => `${name} angle (rad)`),
  ...jointNames.map((name) => `${name} velocity (rad/s)`),
  'target x (m)',
  'target y (m)',
  'target z (m)',
];
const size = stateLabels.length;
const startPose: readonly number[] = [0, 0.3, 0, 0.9, 0, 0.5, 0];

class Reacher7 extends ClassicTask implements SpatialEnvironment {
  readonly observationSpace: BoxSpace = boxSpace({
    low: stateLabels.map(() => -Infinity),
    high: stateLabels.map(() => Infinity),
    labels: stateLabels,
  });
  readonly actionSpace: BoxSpace;
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: TaskOptions;
  private readonly constants: ArmConstants;
  private readonly arm: SevenJointArm;
  private readonly torques: Float64Array = new Float64Array(jointCount);

  constructor(options: TaskOptions, constants: ArmConstants) {
    super('Reacher7-v0', stateLabels, options, jointCount);
    const { drive, torqueLimits, velocityLimits, actionCost } = options;
    this.options = options;
    this.constants = constants;
    this.timeStep = constants.timeStep;
    this.arm = new SevenJointArm(constants);
    this.actionSpace = boxSpace({
      low: jointNames.map(() => -1),
      high: jointNames.map(() => 1),
      labels: jointNames.map((name) => `${drive} of the ${name}`),
    });
    const distance = (columns: readonly Column[]): Column => {
      const end = endBatch(constants, columns.slice(0, jointCount));
      const squares = end.map((part, i) => tf.square(tf.sub(part, columns[2 * jointCount + i]!)));
      // The least number under the root keeps the gradient finite at the target.
      return tf.sqrt(tf.add(tf.add(tf.add(squares[0]!, squares[1]!), squares[2]!), 1e-12));
    };
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.neg(tf.add(flatten(distance(splitColumns(next, size))), tf.mul(effort, actionCost)));
        }),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const columns = splitColumns(observation, size);
          const parts = splitColumns(clipColumn(action as tf.Tensor2D, -1, 1), jointCount);
          const target = columns.slice(2 * jointCount);
          if (drive === 'velocity') {
            const velocities = parts.map((part, j): Column => tf.mul(part, velocityLimits[j]!));
            const angles = columns.slice(0, jointCount).map((angle, j) => plus(angle, velocities[j]!, constants.timeStep));
            return joinColumns([...angles, ...velocities, ...target]);
          }
          const torques = parts.map((part, j): Column => tf.mul(part, torqueLimits[j]!));
          return joinColumns([...advanceArmBatch(constants, columns.slice(0, 2 * jointCount), torques), ...target]);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, size);
    const applied = this.clipped(action, -1, 1);
    const { drive, torqueLimits, velocityLimits, actionCost } = this.options;
    const { state, torques, arm } = this;
    let effort = 0;
    for (let j = 0; j < jointCount; j++) {
      const part = applied[j]!;
      effort += part * part;
      if (drive === 'velocity') {
        const velocity = velocityLimits[j]! * part;
        state[jointCount + j] = velocity;
        state[j] = state[j]! + this.timeStep * velocity;
      } else torques[j] = torqueLimits[j]! * part;
    }
    if (drive === 'torque') arm.advance(state, torques);
    this.requireFinite();
    arm.place(state);
    const dx = arm.end[0]! - state[14]!;
    const dy = arm.end[1]! - state[15]!;
    const dz = arm.end[2]! - state[16]!;
    return this.finish(this.observe(observation), -Math.sqrt(dx * dx + dy * dy + dz * dz) - actionCost * effort, false, into);
  }

  protected drawStart(rng: Rng): void {
    const { state } = this;
    const { lengths, shoulderHeight } = this.constants;
    for (let j = 0; j < jointCount; j++) {
      state[j] = startPose[j]! + 0.1 * (2 * rng.uniform() - 1);
      state[jointCount + j] = 0.05 * (2 * rng.uniform() - 1);
    }
    // Evenly over a part of a ball shell in front of the arm: within ±100° of x, from 30° below the shoulder upwards to 60°.
    const reach = lengths[0] + lengths[1] + lengths[2] + lengths[3];
    const radius = reach * Math.cbrt(0.4 ** 3 + (0.9 ** 3 - 0.4 ** 3) * rng.uniform());
    const rise = -0.5 + 1.366 * rng.uniform();
    const around = ((100 * Math.PI) / 180) * (2 * rng.uniform() - 1);
    const flat = radius * Math.sqrt(1 - rise * rise);
    state[14] = flat * Math.cos(around);
    state[15] = flat * Math.sin(around);
    state[16] = Math.max(0.05, shoulderHeight + radius * rise);
  }

  protected observe(observation: Float32Array): Float32Array {
    for (let i = 0; i < size; i++) observation[i] = this.state[i]!;
    return observation;
  }

  scene(): Scene {
    return this.sceneOf(this.state);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return armScene(this.frameOf(observation));
  }

  solidScene(): SolidScene {
    return armSolidScene(this.frameOf(this.state));
  }

  private frameOf(values: ArrayLike<number>): ArmFrame {
    const { lengths } = this.constants;
    return { points: this.arm.points(values), lengths, target: [values[14]!, values[15]!, values[16]!] };
  }
}

/**
 * Makes the 7-joint reacher. Observation and physical state (seven angles, seven velocities, target x, y, z), seven
 * actions in ±1 (clipped).
 * @throws OptionError on an option outside of its bounds.
 */
export function createReacher7(options: Reacher7Options = {}): SpatialEnvironment {
  const caller = 'createReacher7';
  const {
    drive = 'torque',
    torqueLimits = [20, 20, 10, 10, 4, 4, 2],
    velocityLimits = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5],
    shoulderHeight = 1,
    lengths = [0.1, 0.4, 0.32, 0.17],
    masses = [1.5, 1, 0.5],
    inertia = [2, 2, 1, 1, 0.3, 0.3, 0.1],
    friction = [2, 2, 1, 1, 0.3, 0.3, 0.1],
    gravity = 9.81,
    actionCost = 0.01,
    timeStep = 0.05,
    integrationSteps = 1,
    maxSteps = 150,
    seed = 0,
  } = options;
  checkOneOf(caller, 'drive', drive, ['torque', 'velocity']);
  for (const [name, values] of Object.entries({ torqueLimits, velocityLimits, friction })) checkVector(caller, name, values, 7, { min: 0 });
  checkVector(caller, 'inertia', inertia, 7, { above: 0 });
  checkVector(caller, 'lengths', lengths, 4, { min: 0 });
  checkVector(caller, 'masses', masses, 3, { min: 0 });
  checkEach(caller, { shoulderHeight, timeStep }, { above: 0 });
  checkEach(caller, { actionCost }, { min: 0 });
  checkEach(caller, { gravity });
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  const constants = { shoulderHeight, lengths, masses, inertia, friction, gravity, timeStep, integrationSteps };
  return new Reacher7({ drive, torqueLimits, velocityLimits, actionCost, maxSteps, seed }, constants);
}
