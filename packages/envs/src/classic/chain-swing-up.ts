/**
 * Swinging up a chain of two links that hangs from a fixed point, and holding it there: with a torque at the elbow alone
 * (`AcrobotSwingUp-v0`, the acrobot with a continuous torque; Spong 1995), or at both joints (`DoublePendulum-v0`).
 * Exact equations (see `two-link.ts`), angles from hanging.
 *
 * Reward after a step: exp(−‖end − (0, l₁ + l₂)‖² / (l₁ + l₂)²) − actionCost ‖a‖², a the action as applied. It is 1 when
 * the chain stands. Never terminated.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkNumber,
  checkOneOf,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { chainScene } from './chain-scene.js';
import { checkEach, checkVector } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, splitColumns } from './columns.js';
import { advanceTwoLinkBatch, type LinkShape, twoLinkCoefficients, TwoLinkDynamics } from './two-link.js';

/** What both chains are made of. All in SI units. */
interface ChainOptions {
  /** Above 0. Default 1. */
  readonly firstMass?: number;
  /** Above 0. Default 1. */
  readonly secondMass?: number;
  /** Above 0. Default 1. */
  readonly firstLength?: number;
  /** Above 0. Default 1. */
  readonly secondLength?: number;
  /** How the mass of a link is spread: a uniform rod, or a point at its far end. Default `rod`. */
  readonly links?: LinkShape;
  /** Default 9.81. */
  readonly gravity?: number;
  /** Viscous friction of each joint in N m s/rad, at least 0. Default 0. */
  readonly friction?: number;
  /** Seconds that a step takes, above 0. Default 0.05. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 2. */
  readonly integrationSteps?: number;
  /** Standard deviation of each component of the start about hanging at rest, at least 0. Default 0.05. */
  readonly startDeviation?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Steps after which an episode is truncated, at least 1. Default 300. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** Options of {@link createAcrobotSwingUp}. All in SI units. */
export interface AcrobotSwingUpOptions extends ChainOptions {
  /** Torque at the elbow of action 1, N m, above 0. Default 5. */
  readonly torqueLimit?: number;
}

/** Options of {@link createDoublePendulum}. All in SI units. */
export interface DoublePendulumOptions extends ChainOptions {
  /** Torques at the shoulder and the elbow of actions 1, N m, each at least 0; 0 leaves a joint passive. Default 8 and 4. */
  readonly torqueLimits?: readonly [shoulder: number, elbow: number];
}

const stateLabels: readonly string[] = [
  'first angle from hanging (rad)',
  'second angle, relative (rad)',
  'first angular velocity (rad/s)',
  'second angular velocity, relative (rad/s)',
];
const observationLabels: readonly string[] = [
  'cosine of the first angle',
  'sine of the first angle',
  'cosine of the second angle',
  'sine of the second angle',
  stateLabels[2]!,
  stateLabels[3]!,
];

type ResolvedOptions = Required<ChainOptions> & { readonly torqueLimits: readonly [number, number] };

class ChainSwingUp extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({
    low: [-1, -1, -1, -1, -Infinity, -Infinity],
    high: [1, 1, 1, 1, Infinity, Infinity],
    labels: observationLabels,
  });
  readonly actionSpace: BoxSpace;
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: ResolvedOptions;
  private readonly dynamics: TwoLinkDynamics;
  private readonly elbowOnly: boolean;

  constructor(name: string, options: ResolvedOptions, elbowOnly: boolean) {
    super(name, stateLabels, options, elbowOnly ? 1 : 2);
    const labels = elbowOnly ? ['torque at the elbow'] : ['torque at the shoulder', 'torque at the elbow'];
    this.actionSpace = boxSpace({ low: labels.map(() => -1), high: labels.map(() => 1), labels });
    this.options = options;
    this.timeStep = options.timeStep;
    this.elbowOnly = elbowOnly;
    const coefficients = twoLinkCoefficients(options);
    this.dynamics = new TwoLinkDynamics(coefficients);
    const { firstLength, secondLength, torqueLimits, actionCost } = options;
    const reach = firstLength + secondLength;
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const [cos1, sin1, cos2, sin2] = splitColumns(next, 6) as [Column, Column, Column, Column];
          const sin12 = tf.add(tf.mul(sin1, cos2), tf.mul(cos1, sin2));
          const cos12 = tf.sub(tf.mul(cos1, cos2), tf.mul(sin1, sin2));
          const aside = tf.add(tf.mul(sin1, firstLength), tf.mul(sin12, secondLength));
          const below = tf.add(tf.add(tf.mul(cos1, firstLength), tf.mul(cos12, secondLength)), reach);
          const near = tf.exp(tf.mul(tf.add(tf.square(aside), tf.square(below)), -1 / reach ** 2));
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.sub(flatten(near as Column), tf.mul(effort, actionCost));
        }),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const [cos1, sin1, cos2, sin2, w1, w2] = splitColumns(observation, 6) as [Column, Column, Column, Column, Column, Column];
          const parts = splitColumns(clipColumn(action as tf.Tensor2D, -1, 1), elbowOnly ? 1 : 2);
          const shoulder: Column = elbowOnly ? tf.zerosLike(w1) : tf.mul(parts[0]!, torqueLimits[0]);
          const elbow: Column = tf.mul(parts.at(-1)!, torqueLimits[1]);
          const next = advanceTwoLinkBatch(coefficients, { sin1, cos1, sin2, cos2, w1, w2 }, shoulder, elbow);
          return joinColumns([next.cos1, next.sin1, next.cos2, next.sin2, next.w1, next.w2]);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 6);
    const { firstLength, secondLength, torqueLimits, actionCost } = this.options;
    const applied = this.lastAction;
    let effort: number;
    if (this.elbowOnly) {
      const wanted = this.scalar(action);
      const elbow = wanted > 1 ? 1 : wanted < -1 ? -1 : wanted;
      applied[0] = elbow;
      effort = elbow * elbow;
      this.dynamics.advance(this.state, 0, torqueLimits[1] * elbow);
    } else {
      this.clipped(action, -1, 1);
      effort = applied[0]! * applied[0]! + applied[1]! * applied[1]!;
      this.dynamics.advance(this.state, torqueLimits[0] * applied[0]!, torqueLimits[1] * applied[1]!);
    }
    this.requireFinite();
    const angle1 = this.state[0]!;
    const angle12 = angle1 + this.state[1]!;
    const sin = Math.sin(angle1);
    const cos = Math.cos(angle1);
    const reach = firstLength + secondLength;
    const aside = firstLength * sin + secondLength * Math.sin(angle12);
    const below = firstLength * cos + secondLength * Math.cos(angle12) + reach;
    const near = Math.exp(-(aside * aside + below * below) / (reach * reach));
    return this.finish(this.observationAt(cos, sin, observation), near - actionCost * effort, false, into);
  }

  protected drawStart(rng: Rng): void {
    for (let i = 0; i < 4; i++) this.state[i] = 0 + this.options.startDeviation * rng.normal();
  }

  protected observe(observation: Float32Array): Float32Array {
    const angle = this.state[0]!;
    return this.observationAt(Math.cos(angle), Math.sin(angle), observation);
  }

  /** Writes the observation of `this.state`, given cosine and sine of its first angle, which the reward has needed too. */
  private observationAt(cos: number, sin: number, observation: Float32Array): Float32Array {
    const state = this.state;
    observation[0] = cos;
    observation[1] = sin;
    observation[2] = Math.cos(state[1]!);
    observation[3] = Math.sin(state[1]!);
    observation[4] = state[2]!;
    observation[5] = state[3]!;
    return observation;
  }

  scene(): Scene {
    const [first, second] = this.state as unknown as [number, number];
    const torques = this.elbowOnly ? [0, this.lastAction[0]!] : Array.from(this.lastAction);
    return this.sceneFrom([Math.cos(first), Math.sin(first), Math.cos(second), Math.sin(second)], torques);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return this.sceneFrom(observation, [0, 0]);
  }

  private sceneFrom(observation: ArrayLike<number>, torques: readonly number[]): Scene {
    const [cos1, sin1, cos2, sin2] = [observation[0]!, observation[1]!, observation[2]!, observation[3]!];
    const { firstLength, secondLength } = this.options;
    const reach = firstLength + secondLength;
    const elbow: readonly [number, number] = [firstLength * sin1, -firstLength * cos1];
    const end: readonly [number, number] = [
      elbow[0] + secondLength * (sin1 * cos2 + cos1 * sin2),
      elbow[1] - secondLength * (cos1 * cos2 - sin1 * sin2),
    ];
    return chainScene({ joints: [[0, 0], elbow, end], torques, goal: { kind: 'point', at: [0, reach] }, reach });
  }
}

function makeChain(
  name: string,
  caller: string,
  options: ChainOptions,
  torqueLimits: readonly [number, number],
  elbowOnly: boolean,
): ClassicEnvironment {
  const {
    firstMass = 1,
    secondMass = 1,
    firstLength = 1,
    secondLength = 1,
    links = 'rod',
    gravity = 9.81,
    friction = 0,
    timeStep = 0.05,
    integrationSteps = 2,
    startDeviation = 0.05,
    actionCost = 0.01,
    maxSteps = 300,
    seed = 0,
  } = options;
  checkEach(caller, { firstMass, secondMass, firstLength, secondLength, timeStep }, { above: 0 });
  checkEach(caller, { friction, startDeviation, actionCost }, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  checkOneOf(caller, 'links', links, ['rod', 'point']);
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  const resolved = { firstMass, secondMass, firstLength, secondLength, links, gravity, friction, timeStep, integrationSteps };
  return new ChainSwingUp(name, { ...resolved, startDeviation, actionCost, maxSteps, seed, torqueLimits }, elbowOnly);
}

/**
 * Makes the acrobot's swing-up with a continuous torque at the elbow: two rods of 1 kg and 1 m, ±5 N m, no friction.
 * Observation (cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂), physical state (θ₁, θ₂, θ̇₁, θ̇₂), action in ±1 (clipped).
 * @throws OptionError on an option outside of its bounds.
 */
export function createAcrobotSwingUp({ torqueLimit = 5, ...options }: AcrobotSwingUpOptions = {}): ClassicEnvironment {
  checkNumber('createAcrobotSwingUp', 'torqueLimit', torqueLimit, { above: 0 });
  return makeChain('AcrobotSwingUp-v0', 'createAcrobotSwingUp', options, [0, torqueLimit], true);
}

/**
 * Makes the swing-up of a double pendulum on a fixed base with a torque at each joint, too weak to lift it straight up:
 * two rods of 1 kg and 1 m, ±8 and ±4 N m. Observation and state as {@link createAcrobotSwingUp}, two actions in ±1.
 * @throws OptionError on an option outside of its bounds.
 */
export function createDoublePendulum({ torqueLimits = [8, 4], ...options }: DoublePendulumOptions = {}): ClassicEnvironment {
  checkVector('createDoublePendulum', 'torqueLimits', torqueLimits, 2, { min: 0 });
  return makeChain('DoublePendulum-v0', 'createDoublePendulum', options, torqueLimits, false);
}
