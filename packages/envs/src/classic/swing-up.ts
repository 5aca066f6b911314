/**
 * Swinging up a pole that hangs from a cart, and holding it there: the task of PETS (Chua et al. 2018, "Deep
 * Reinforcement Learning in a Handful of Trials using Probabilistic Dynamics Models"), with exact rigid-body equations
 * (see `swing-up-dynamics.ts`).
 *
 * Reward after a step: exp(−‖tip − (0, L)‖² / L²) − 0.01 a², tip (x − L sin θ, −L cos θ), L the pole's length, a the
 * action as applied. It is 1 when the pole stands over the middle of the track. Never terminated.
 *
 * Actions outside of the bounds are clipped; the original pays for the action before clipping, which differs only
 * there.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkNumber,
  checkOneOf,
  OptionError,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { swingUpBatched } from './swing-up-batched.js';
import { swingUpCoefficients, SwingUpDynamics } from './swing-up-dynamics.js';
import { swingUpScene } from './swing-up-scene.js';

/** How the pole's mass is spread: all at the tip, evenly along it, or given by its two moments. */
export type PoleShape =
  | 'point'
  | 'rod'
  | {
      /** From hinge to centre of mass, m, above 0. */
      readonly centerDistance: number;
      /** Moment of inertia about the hinge, kg m², at least mass · centerDistance². */
      readonly pivotInertia: number;
    };

/** Options of {@link createCartPoleSwingUp}. All in SI units. */
export interface CartPoleSwingUpOptions {
  /** Above 0. Default 1. */
  readonly cartMass?: number;
  /** Above 0. Default 0.3. */
  readonly poleMass?: number;
  /** From hinge to tip, above 0. Default 0.6. */
  readonly poleLength?: number;
  /** How the pole's mass is spread. Default `point`. */
  readonly pole?: PoleShape;
  /** Default 9.81. */
  readonly gravity?: number;
  /** Viscous friction of the cart in N s/m, at least 0. Default 0. */
  readonly cartFriction?: number;
  /** Viscous friction of the hinge in N m s/rad, at least 0. Default 0. */
  readonly poleFriction?: number;
  /** Actions are in ±actionLimit, above 0. Default 1. */
  readonly actionLimit?: number;
  /** Newtons per unit of action, above 0. Default 10. */
  readonly forceGain?: number;
  /** The track reaches ±railLimit, above 0, and ends in soft stops. Default: a track without end. */
  readonly railLimit?: number;
  /** Seconds that a step takes, above 0. Default 0.04. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Observation (x, sin θ, cos θ, ẋ, θ̇), or with `raw` (x, θ, ẋ, θ̇). Default `sincos`. */
  readonly angle?: 'raw' | 'sincos';
  /** Standard deviation of each component of the start about hanging at rest in the middle, at least 0. Default 0.05. */
  readonly startDeviation?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Steps after which an episode is truncated, at least 1. Default 200. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const stateLabels = ['cart position (m)', 'pole angle from hanging (rad)', 'cart velocity (m/s)', 'pole angular velocity (rad/s)'];
const sincosLabels = [stateLabels[0]!, 'sine of the pole angle', 'cosine of the pole angle', stateLabels[2]!, stateLabels[3]!];

function poleMoments(pole: PoleShape, mass: number, length: number): { centerDistance: number; pivotInertia: number } {
  if (pole === 'point') return { centerDistance: length, pivotInertia: mass * length * length };
  if (pole === 'rod') return { centerDistance: length / 2, pivotInertia: (mass * length * length) / 3 };
  const caller = 'createCartPoleSwingUp';
  if (typeof pole !== 'object' || pole === null) {
    throw new OptionError(`${caller}: pole must be "point", "rod" or { centerDistance, pivotInertia }, got ${JSON.stringify(pole)}`);
  }
  const centerDistance = checkNumber(caller, 'pole.centerDistance', pole.centerDistance, { above: 0 });
  const pivotInertia = checkNumber(caller, 'pole.pivotInertia', pole.pivotInertia, { min: mass * centerDistance * centerDistance });
  return { centerDistance, pivotInertia };
}

type ResolvedOptions = Required<CartPoleSwingUpOptions>;

class CartPoleSwingUp extends ClassicTask {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly raw: boolean;
  private readonly actionLimit: number;
  private readonly forceGain: number;
  private readonly actionCost: number;
  private readonly poleLength: number;
  private readonly inversePoleLength: number;
  private readonly startDeviation: number;
  private readonly railLimit: number;
  private readonly dynamics: SwingUpDynamics;

  constructor(name: string, options: ResolvedOptions) {
    super(name, stateLabels, options);
    const { poleMass, poleLength, angle, actionLimit } = options;
    const coefficients = swingUpCoefficients({ ...options, ...poleMoments(options.pole, poleMass, poleLength) });
    this.dynamics = new SwingUpDynamics(coefficients);
    this.batched = swingUpBatched(coefficients, options);
    this.raw = angle === 'raw';
    this.timeStep = options.timeStep;
    this.actionLimit = actionLimit;
    this.forceGain = options.forceGain;
    this.actionCost = options.actionCost;
    this.poleLength = poleLength;
    this.inversePoleLength = 1 / poleLength;
    this.startDeviation = options.startDeviation;
    this.railLimit = options.railLimit;
    const high = this.raw ? [Infinity, Infinity, Infinity, Infinity] : [Infinity, 1, 1, Infinity, Infinity];
    this.observationSpace = boxSpace({ low: high.map((v) => -v), high, labels: this.raw ? stateLabels : sincosLabels });
    this.actionSpace = boxSpace({ low: [-actionLimit], high: [actionLimit], labels: ['push to the right'] });
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, this.raw ? 4 : 5);
    const limit = this.actionLimit;
    const wanted = this.scalar(action);
    const applied = wanted > limit ? limit : wanted < -limit ? -limit : wanted;
    const state = this.state;
    this.dynamics.advance(state, this.forceGain * applied);
    this.lastAction[0] = applied;
    const x = state[0]!;
    const direction = this.dynamics.directionOf(state);
    const sin = direction[0]!;
    const cos = direction[1]!;
    const aside = x * this.inversePoleLength - sin;
    const below = 1 + cos;
    const distance = aside * aside + below * below;
    // Below the least normal number e^−708 processors compute slowly; beyond that distance the reward is nothing.
    const near = distance > 700 ? 0 : Math.exp(-distance);
    const reward = near - this.actionCost * (applied * applied);
    // True for a state that is no longer finite only.
    if (distance - distance !== 0) this.refuseState();
    return this.finish(this.observationAt(sin, cos, observation), reward, false, into);
  }

  protected drawStart(rng: Rng): void {
    // 0 + makes a negative zero positive, as a trip through JSON does.
    for (let i = 0; i < 4; i++) this.state[i] = 0 + this.startDeviation * rng.normal();
  }

  protected observe(observation: Float32Array): Float32Array {
    const direction = this.dynamics.directionOf(this.state);
    return this.observationAt(direction[0]!, direction[1]!, observation);
  }

  /** The observation of `this.state`, given sine and cosine of its angle. */
  private observationAt(sin: number, cos: number, observation: Float32Array): Float32Array {
    const state = this.state;
    observation[0] = state[0]!;
    if (this.raw) {
      observation[1] = state[1]!;
      observation[2] = state[2]!;
      observation[3] = state[3]!;
    } else {
      observation[1] = sin;
      observation[2] = cos;
      observation[3] = state[2]!;
      observation[4] = state[3]!;
    }
    return observation;
  }

  scene(): Scene {
    const angle = this.state[1]!;
    return swingUpScene({
      x: this.state[0]!,
      sin: Math.sin(angle),
      cos: Math.cos(angle),
      length: this.poleLength,
      push: this.lastAction[0]! / this.actionLimit,
      railLimit: this.railLimit,
    });
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    const sin = this.raw ? Math.sin(observation[1]!) : observation[1]!;
    const cos = this.raw ? Math.cos(observation[1]!) : observation[2]!;
    return swingUpScene({ x: observation[0]!, sin, cos, length: this.poleLength, push: 0, railLimit: this.railLimit });
  }
}

/** Checks the options and makes the task under a name; `caller` is named in errors. */
export function makeSwingUp(name: string, caller: string, options: CartPoleSwingUpOptions): ClassicEnvironment {
  const {
    cartMass = 1,
    poleMass = 0.3,
    poleLength = 0.6,
    pole = 'point',
    gravity = 9.81,
    cartFriction = 0,
    poleFriction = 0,
    actionLimit = 1,
    forceGain = 10,
    railLimit,
    timeStep = 0.04,
    integrationSteps = 1,
    angle = 'sincos',
    startDeviation = 0.05,
    actionCost = 0.01,
    maxSteps = 200,
    seed = 0,
  } = options;
  const positive = { cartMass, poleMass, poleLength, actionLimit, forceGain, timeStep };
  for (const [key, value] of Object.entries(positive)) checkNumber(caller, key, value, { above: 0 });
  const nonNegative = { cartFriction, poleFriction, startDeviation, actionCost };
  for (const [key, value] of Object.entries(nonNegative)) checkNumber(caller, key, value, { min: 0 });
  checkNumber(caller, 'gravity', gravity);
  if (railLimit !== undefined) checkNumber(caller, 'railLimit', railLimit, { above: 0 });
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  checkOneOf(caller, 'angle', angle, ['raw', 'sincos']);
  return new CartPoleSwingUp(name, {
    cartMass,
    poleMass,
    poleLength,
    pole,
    gravity,
    cartFriction,
    poleFriction,
    actionLimit,
    forceGain,
    railLimit: railLimit ?? Infinity,
    timeStep,
    integrationSteps,
    angle,
    startDeviation,
    actionCost,
    maxSteps,
    seed,
  });
}

/**
 * Makes the swing-up task, by default a light one: cart 1 kg, point mass 0.3 kg at 0.6 m, ±10 N, no friction, a track
 * without end. Physical state (x, θ, ẋ, θ̇).
 * @throws OptionError on an option outside of its bounds.
 */
export function createCartPoleSwingUp(options: CartPoleSwingUpOptions = {}): ClassicEnvironment {
  return makeSwingUp('CartPoleSwingUp-v0', 'createCartPoleSwingUp', options);
}
