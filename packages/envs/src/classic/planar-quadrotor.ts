/**
 * Flying a quadrotor in a vertical plane to a point and holding it there: a rigid body under the thrusts F₁ (left) and F₂
 * (right) of two rotors at ∓l, weight and linear drag. State (x, z, θ, ẋ, ż, θ̇), z up, θ counter-clockwise from level:
 *
 *   m ẍ = −(F₁ + F₂) sin θ − d ẋ,  m z̈ = (F₁ + F₂) cos θ − m g − d ż,  I θ̈ = l (F₂ − F₁)
 *
 * An action a in ±1 (clipped) sets a rotor's thrust to (1 + a)/2 of its greatest, thrustToWeight · m g / 2: with the
 * default of 2 the action 0 hovers, in general 2 / thrustToWeight − 1. RK4.
 *
 * Reward after a step: exp(−‖p − target‖²) (1 + cos θ)/2 − actionCost ‖a‖². Terminated on the ground (z ≤ 0) and outside
 * of the room, |x| > roomSize or z > roomSize; nothing more is earned then.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkNumber,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkEach, checkVector } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, plus, rotate, rungeKuttaColumns, splitColumns } from './columns.js';
import { planarQuadrotorScene } from './planar-quadrotor-scene.js';
import { RungeKutta } from './runge-kutta.js';

/** Options of {@link createPlanarQuadrotor}. All in SI units. */
export interface PlanarQuadrotorOptions {
  /** Above 0. Default 0.5. */
  readonly mass?: number;
  /** Moment of inertia, kg m², above 0. Default 0.01. */
  readonly inertia?: number;
  /** From the middle to each rotor, above 0. Default 0.2. */
  readonly armLength?: number;
  /** Greatest thrust of both rotors by the weight, above 1. Default 2. */
  readonly thrustToWeight?: number;
  /** Linear drag, N s/m, at least 0. Default 0.05. */
  readonly drag?: number;
  /** Above 0. Default 9.81. */
  readonly gravity?: number;
  /** Where to be, (x, z). Default (0, 1.5). */
  readonly target?: readonly [x: number, z: number];
  /** The room reaches over |x| ≤ roomSize and 0 < z ≤ roomSize, above 0. Default 3. */
  readonly roomSize?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Seconds that a step takes, above 0. Default 0.02. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Steps after which an episode is truncated, at least 1. Default 300. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

type ResolvedOptions = Required<PlanarQuadrotorOptions>;

const stateLabels: readonly string[] = [
  'position x (m)',
  'height z (m)',
  'tilt, counter-clockwise (rad)',
  'velocity along x (m/s)',
  'velocity along z (m/s)',
  'angular velocity (rad/s)',
];
const observationLabels: readonly string[] = [
  stateLabels[0]!,
  stateLabels[1]!,
  'sine of the tilt',
  'cosine of the tilt',
  ...stateLabels.slice(3),
];

/** Equations of the flight; keeps scratch numbers between its methods. */
export class PlanarFlight {
  private readonly options: ResolvedOptions;
  private readonly integrator: RungeKutta;
  private lift = 0;
  private torque = 0;

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.integrator = new RungeKutta(6, (state, slope) => this.derive(state, slope));
  }

  /** Advances the state in place under the thrusts of the left and the right rotor, N. */
  advance(state: Float64Array, left: number, right: number): void {
    const { timeStep, integrationSteps, armLength } = this.options;
    this.lift = left + right;
    this.torque = armLength * (right - left);
    for (let i = 0; i < integrationSteps; i++) this.integrator.advance(state, timeStep / integrationSteps);
  }

  private derive(state: Float64Array, slope: Float64Array): void {
    const { mass, drag, gravity, inertia } = this.options;
    const tilt = state[2]!;
    const vx = state[3]!;
    const vz = state[4]!;
    slope[0] = vx;
    slope[1] = vz;
    slope[2] = state[5]!;
    slope[3] = (-this.lift * Math.sin(tilt) - drag * vx) / mass;
    slope[4] = (this.lift * Math.cos(tilt) - drag * vz) / mass - gravity;
    slope[5] = this.torque / inertia;
  }
}

/** {@link PlanarFlight.advance} over a batch of observations `[B, 7]`, with thrusts `[B, 1]`. */
function advanceBatch(options: ResolvedOptions, observation: unknown, left: Column, right: Column): tf.Tensor2D {
  const { mass, drag, gravity, inertia, armLength, timeStep, integrationSteps } = options;
  const columns = splitColumns(observation, 7);
  let [x, z, sin, cos, vx, vz, w] = columns as [Column, Column, Column, Column, Column, Column, Column];
  const lift: Column = tf.div(tf.add(left, right), mass);
  const spin: Column = tf.mul(tf.sub(right, left), armLength / inertia);
  const still = tf.zerosLike(x);
  for (let i = 0; i < integrationSteps; i++) {
    const [s0, c0] = [sin, cos];
    const next = rungeKuttaColumns(
      ([, , turn, v1, v2, turning]) => {
        const [s, c] = rotate(s0, c0, turn!);
        const ax: Column = tf.neg(plus(tf.mul(lift, s), v1!, drag / mass));
        const az: Column = tf.sub(plus(tf.mul(lift, c), v2!, -drag / mass), gravity);
        return [v1!, v2!, turning!, ax, az, spin];
      },
      [x, z, still, vx, vz, w],
      timeStep / integrationSteps,
    );
    [sin, cos] = rotate(s0, c0, next[2]!);
    [x, z, vx, vz, w] = [next[0]!, next[1]!, next[3]!, next[4]!, next[5]!];
  }
  return joinColumns([x, z, sin, cos, vx, vz, w]);
}

class PlanarQuadrotor extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({
    low: [-Infinity, -Infinity, -1, -1, -Infinity, -Infinity, -Infinity],
    high: [Infinity, Infinity, 1, 1, Infinity, Infinity, Infinity],
    labels: observationLabels,
  });
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1, -1], high: [1, 1], labels: ['left rotor', 'right rotor'] });
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: ResolvedOptions;
  private readonly flight: PlanarFlight;
  /** Newtons of a rotor per unit of 1 + action. */
  private readonly thrustGain: number;

  constructor(options: ResolvedOptions) {
    super('PlanarQuadrotor-v0', stateLabels, options, 2);
    this.options = options;
    this.timeStep = options.timeStep;
    this.flight = new PlanarFlight(options);
    const { thrustToWeight, mass, gravity, target, roomSize, actionCost } = options;
    const thrustGain = (thrustToWeight * mass * gravity) / 4;
    this.thrustGain = thrustGain;
    const isOutside = (next: unknown): Column => {
      const [x, z] = splitColumns(next, 7) as [Column, Column];
      const far = tf.maximum(tf.abs(x), z) as Column;
      return tf.logicalOr(tf.lessEqual(z, 0), tf.greater(far, roomSize)) as Column;
    };
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const [x, z, , cos] = splitColumns(next, 7) as [Column, Column, Column, Column];
          const distance = tf.add(tf.square(tf.sub(x, target[0])), tf.square(tf.sub(z, target[1])));
          const near = tf.mul(tf.exp(tf.neg(distance)), tf.mul(tf.add(cos, 1), 0.5));
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.sub(flatten(near as Column), tf.mul(effort, actionCost));
        }),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(isOutside(next))),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const thrusts = tf.mul(tf.add(clipColumn(action as tf.Tensor2D, -1, 1), 1), thrustGain);
          const [left, right] = splitColumns(thrusts, 2) as [Column, Column];
          return advanceBatch(options, observation, left, right);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 7);
    const applied = this.clipped(action, -1, 1);
    const left = applied[0]!;
    const right = applied[1]!;
    const { target, roomSize, actionCost } = this.options;
    const state = this.state;
    this.flight.advance(state, this.thrustGain * (1 + left), this.thrustGain * (1 + right));
    this.requireFinite();
    const x = state[0]!;
    const z = state[1]!;
    const dx = x - target[0];
    const dz = z - target[1];
    const tilt = state[2]!;
    const cos = Math.cos(tilt);
    const near = Math.exp(-(dx * dx + dz * dz)) * 0.5 * (1 + cos);
    const terminated = z <= 0 || z > roomSize || x > roomSize || x < -roomSize;
    return this.finish(
      this.observationAt(Math.sin(tilt), cos, observation),
      near - actionCost * (left * left + right * right),
      terminated,
      into,
    );
  }

  protected drawStart(rng: Rng): void {
    const state = this.state;
    const { roomSize } = this.options;
    state[0] = 0.5 * roomSize * (2 * rng.uniform() - 1);
    state[1] = roomSize * (0.25 + 0.5 * rng.uniform());
    for (let i = 2; i < 6; i++) state[i] = 0.2 * (2 * rng.uniform() - 1);
  }

  protected observe(observation: Float32Array): Float32Array {
    const tilt = this.state[2]!;
    return this.observationAt(Math.sin(tilt), Math.cos(tilt), observation);
  }

  /** Writes the observation of `this.state`, given sine and cosine of its tilt, which the reward has needed too. */
  private observationAt(sin: number, cos: number, observation: Float32Array): Float32Array {
    const state = this.state;
    observation[0] = state[0]!;
    observation[1] = state[1]!;
    observation[2] = sin;
    observation[3] = cos;
    observation[4] = state[3]!;
    observation[5] = state[4]!;
    observation[6] = state[5]!;
    return observation;
  }

  scene(): Scene {
    return this.sceneFrom(
      this.observe(new Float32Array(this.observationSpace.size)),
      (1 + this.lastAction[0]!) / 2,
      (1 + this.lastAction[1]!) / 2,
    );
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return this.sceneFrom(observation, 0.5, 0.5);
  }

  private sceneFrom(observation: ArrayLike<number>, left: number, right: number): Scene {
    const { armLength, roomSize, target } = this.options;
    const [x, z, sin, cos] = observation as unknown as [number, number, number, number];
    return planarQuadrotorScene({ x, z, sin, cos, armLength, roomSize, target, thrusts: [left, right] });
  }
}

/**
 * Makes the planar quadrotor. Observation (x, z, sin θ, cos θ, ẋ, ż, θ̇), physical state (x, z, θ, ẋ, ż, θ̇), two actions in
 * ±1, one a rotor.
 * @throws OptionError on an option outside of its bounds.
 */
export function createPlanarQuadrotor(options: PlanarQuadrotorOptions = {}): ClassicEnvironment {
  const caller = 'createPlanarQuadrotor';
  const {
    mass = 0.5,
    inertia = 0.01,
    armLength = 0.2,
    thrustToWeight = 2,
    drag = 0.05,
    gravity = 9.81,
    target = [0, 1.5],
    roomSize = 3,
    actionCost = 0.01,
    timeStep = 0.02,
    integrationSteps = 1,
    maxSteps = 300,
    seed = 0,
  } = options;
  checkEach(caller, { mass, inertia, armLength, gravity, roomSize, timeStep }, { above: 0 });
  checkNumber(caller, 'thrustToWeight', thrustToWeight, { above: 1 });
  checkEach(caller, { drag, actionCost }, { min: 0 });
  checkVector(caller, 'target', target, 2);
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  const body = { mass, inertia, armLength, thrustToWeight, drag, gravity, timeStep, integrationSteps };
  return new PlanarQuadrotor({ ...body, target, roomSize, actionCost, maxSteps, seed });
}
