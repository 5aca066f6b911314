/**
 * Reaching a point with an arm of two links in a horizontal plane, a torque at each joint: the task of MuJoCo's Reacher
 * on exact equations (see `two-link.ts`, without gravity). θ₁ from the x axis, θ₂ relative to the first link.
 *
 * Reward after a step: −‖end − target‖ − actionCost ‖a‖², a the action as applied. Never terminated. The target is drawn
 * evenly over the ring that the arm reaches, and is a part of the physical state and of the observation.
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
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { chainScene } from './chain-scene.js';
import { checkEach, checkVector } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, splitColumns } from './columns.js';
import { advanceTwoLinkBatch, type LinkShape, twoLinkCoefficients, TwoLinkDynamics } from './two-link.js';

/** Options of {@link createReacher2}. All in SI units. */
export interface Reacher2Options {
  /** Above 0. Default 1. */
  readonly firstMass?: number;
  /** Above 0. Default 0.8. */
  readonly secondMass?: number;
  /** Above 0. Default 0.5. */
  readonly firstLength?: number;
  /** Above 0. Default 0.4. */
  readonly secondLength?: number;
  /** How the mass of a link is spread: a uniform rod, or a point at its far end. Default `rod`. */
  readonly links?: LinkShape;
  /** Viscous friction of each joint in N m s/rad, at least 0. Default 0.2. */
  readonly friction?: number;
  /** Torques at the shoulder and the elbow of actions 1, N m, each above 0. Default 2 and 1. */
  readonly torqueLimits?: readonly [shoulder: number, elbow: number];
  /** Targets lie from the first to the second of these parts of the arm's reach, 0 ≤ first ≤ second ≤ 1. Default 0.3 and 0.95. */
  readonly targetRange?: readonly [nearest: number, farthest: number];
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Seconds that a step takes, above 0. Default 0.05. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Steps after which an episode is truncated, at least 1. Default 100. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const stateLabels: readonly string[] = [
  'first angle (rad)',
  'second angle, relative (rad)',
  'first angular velocity (rad/s)',
  'second angular velocity, relative (rad/s)',
  'target x (m)',
  'target y (m)',
];
const observationLabels: readonly string[] = [
  'cosine of the first angle',
  'sine of the first angle',
  'cosine of the second angle',
  'sine of the second angle',
  ...stateLabels.slice(2),
];

type ResolvedOptions = Required<Reacher2Options>;

class Reacher2 extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({
    low: [-1, -1, -1, -1, -Infinity, -Infinity, -Infinity, -Infinity],
    high: [1, 1, 1, 1, Infinity, Infinity, Infinity, Infinity],
    labels: observationLabels,
  });
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1, -1], high: [1, 1], labels: ['torque at the shoulder', 'torque at the elbow'] });
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: ResolvedOptions;
  private readonly dynamics: TwoLinkDynamics;

  constructor(options: ResolvedOptions) {
    super('Reacher2-v0', stateLabels, options, 2);
    this.options = options;
    this.timeStep = options.timeStep;
    const coefficients = twoLinkCoefficients({ ...options, gravity: 0 });
    this.dynamics = new TwoLinkDynamics(coefficients);
    const { firstLength, secondLength, torqueLimits, actionCost } = options;
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const columns = splitColumns(next, 8);
          const [cos1, sin1, cos2, sin2] = columns as [Column, Column, Column, Column];
          const sin12 = tf.add(tf.mul(sin1, cos2), tf.mul(cos1, sin2));
          const cos12 = tf.sub(tf.mul(cos1, cos2), tf.mul(sin1, sin2));
          const dx = tf.sub(tf.add(tf.mul(cos1, firstLength), tf.mul(cos12, secondLength)), columns[6]!);
          const dy = tf.sub(tf.add(tf.mul(sin1, firstLength), tf.mul(sin12, secondLength)), columns[7]!);
          // The least number under the root keeps the gradient finite at the target.
          const distance = tf.sqrt(tf.add(tf.add(tf.square(dx), tf.square(dy)), 1e-12));
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.neg(tf.add(flatten(distance as Column), tf.mul(effort, actionCost)));
        }),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const columns = splitColumns(observation, 8);
          const [cos1, sin1, cos2, sin2, w1, w2] = columns as [Column, Column, Column, Column, Column, Column];
          const [first, second] = splitColumns(clipColumn(action as tf.Tensor2D, -1, 1), 2) as [Column, Column];
          const torques = [tf.mul(first, torqueLimits[0]), tf.mul(second, torqueLimits[1])] as [Column, Column];
          const next = advanceTwoLinkBatch(coefficients, { sin1, cos1, sin2, cos2, w1, w2 }, ...torques);
          return joinColumns([next.cos1, next.sin1, next.cos2, next.sin2, next.w1, next.w2, columns[6]!, columns[7]!]);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 8);
    const applied = this.clipped(action, -1, 1);
    const first = applied[0]!;
    const second = applied[1]!;
    const { torqueLimits, actionCost, firstLength, secondLength } = this.options;
    const state = this.state;
    this.dynamics.advance(state, torqueLimits[0] * first, torqueLimits[1] * second);
    this.requireFinite();
    const angle1 = state[0]!;
    const angle12 = angle1 + state[1]!;
    const sin = Math.sin(angle1);
    const cos = Math.cos(angle1);
    const dx = firstLength * cos + secondLength * Math.cos(angle12) - state[4]!;
    const dy = firstLength * sin + secondLength * Math.sin(angle12) - state[5]!;
    const reward = -Math.sqrt(dx * dx + dy * dy) - actionCost * (first * first + second * second);
    return this.finish(this.observationAt(cos, sin, observation), reward, false, into);
  }

  protected drawStart(rng: Rng): void {
    const { firstLength, secondLength, targetRange } = this.options;
    const state = this.state;
    for (let i = 0; i < 2; i++) state[i] = Math.PI * (2 * rng.uniform() - 1);
    for (let i = 2; i < 4; i++) state[i] = 0.1 * (2 * rng.uniform() - 1);
    const [near, far] = [targetRange[0] ** 2, targetRange[1] ** 2];
    const radius = (firstLength + secondLength) * Math.sqrt(near + (far - near) * rng.uniform());
    const angle = 2 * Math.PI * rng.uniform();
    state[4] = radius * Math.cos(angle);
    state[5] = radius * Math.sin(angle);
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
    for (let i = 2; i < 6; i++) observation[i + 2] = state[i]!;
    return observation;
  }

  scene(): Scene {
    return this.sceneFrom(this.observe(new Float32Array(this.observationSpace.size)), Array.from(this.lastAction));
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return this.sceneFrom(observation, [0, 0]);
  }

  private sceneFrom(observation: ArrayLike<number>, torques: readonly number[]): Scene {
    const [cos1, sin1, cos2, sin2] = [observation[0]!, observation[1]!, observation[2]!, observation[3]!];
    const { firstLength, secondLength } = this.options;
    const elbow: readonly [number, number] = [firstLength * cos1, firstLength * sin1];
    const end: readonly [number, number] = [
      elbow[0] + secondLength * (cos1 * cos2 - sin1 * sin2),
      elbow[1] + secondLength * (sin1 * cos2 + cos1 * sin2),
    ];
    const at: readonly [number, number] = [observation[6]!, observation[7]!];
    return chainScene({ joints: [[0, 0], elbow, end], torques, goal: { kind: 'point', at }, reach: firstLength + secondLength });
  }
}

/**
 * Makes the 2-link reacher. Observation (cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂, target x, y), physical state (θ₁, θ₂, θ̇₁,
 * θ̇₂, target x, y), two actions in ±1 (clipped).
 * @throws OptionError on an option outside of its bounds.
 */
export function createReacher2(options: Reacher2Options = {}): ClassicEnvironment {
  const caller = 'createReacher2';
  const {
    firstMass = 1,
    secondMass = 0.8,
    firstLength = 0.5,
    secondLength = 0.4,
    links = 'rod',
    friction = 0.2,
    torqueLimits = [2, 1],
    targetRange = [0.3, 0.95],
    actionCost = 0.01,
    timeStep = 0.05,
    integrationSteps = 1,
    maxSteps = 100,
    seed = 0,
  } = options;
  checkEach(caller, { firstMass, secondMass, firstLength, secondLength, timeStep }, { above: 0 });
  checkEach(caller, { friction, actionCost }, { min: 0 });
  checkOneOf(caller, 'links', links, ['rod', 'point']);
  checkVector(caller, 'torqueLimits', torqueLimits, 2, { above: 0 });
  checkVector(caller, 'targetRange', targetRange, 2, { min: 0, max: 1 });
  checkEach(caller, { 'targetRange[1]': targetRange[1] }, { min: targetRange[0] });
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  const arm = { firstMass, secondMass, firstLength, secondLength, links, friction, timeStep, integrationSteps };
  return new Reacher2({ ...arm, torqueLimits, targetRange, actionCost, maxSteps, seed });
}
