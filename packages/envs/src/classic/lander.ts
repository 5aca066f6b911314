/**
 * Landing a quadrotor softly on a pad, where the air near the ground is not what the model says: the setting of Neural
 * Lander (Shi et al. 2019, "Neural Lander: Stable Drone Landing Control Using Learned Dynamics"). The rigid body is
 * known; ground effect and drag are the residual that a model has to learn (equations in `rotor-flight.ts`).
 * `residualScale: 0` makes the nominal task, whose `batched.dynamics` is the known model.
 *
 * Reward after a step: 0.02 exp(−‖p − (0, 0, clearance)‖²) − actionCost ‖a‖², and at touchdown
 * 10 exp(−(‖v‖ / softSpeed)² − ‖(x, y)‖² / padRadius²) (1 + R₃₃)/2 more. Terminated at touchdown, which is
 * z ≤ clearance, and outside of the room.
 */
import { type Action, type BatchedFunctions, type BoxSpace, boxSpace, type StepResult } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkEach, checkVector } from './check-options.js';
import { clipColumn, type Column, flatten, joinColumns, splitColumns } from './columns.js';
import type { FlightFrame } from './flight-scene.js';
import {
  flightBounds,
  type FlightOptions,
  FlyingTask,
  type ResolvedFlightOptions,
  resolveFlightOptions,
  type SpatialEnvironment,
  thrustGainOf,
} from './flying-task.js';
import { isOutBatch, thrustsOf } from './quadrotor.js';
import { advanceFlightBatch, type FlightConstants, flightSize, flightStateLabels, uprightness } from './rotor-flight.js';

/** Options of {@link createLander}. All in SI units. */
export interface LanderOptions extends FlightOptions {
  /** How much of the aerodynamic residual acts, at least 0; 0 is the nominal rigid body. Default 1. */
  readonly residualScale?: number;
  /** Factor μ of the ground effect, at least 0. Default 4, for four rotors. */
  readonly groundEffect?: number;
  /** Drag at the ground, which fades with the height, N s/m, at least 0. Default 1. */
  readonly groundDrag?: number;
  /** Linear drag of the rotors along the body's axes, N s/m, each at least 0. Default 0.3, 0.3, 0.5. */
  readonly drag?: readonly [x: number, y: number, z: number];
  /** Quadratic drag of the body, N s²/m², at least 0. Default 0.05. */
  readonly quadraticDrag?: number;
  /** Above 0. Default 0.12. */
  readonly rotorRadius?: number;
  /** Height of the rotors when the feet touch the ground, above 0 and enough for μ (r / 4z)² < 1. Default 0.15. */
  readonly clearance?: number;
  /** Speed at touchdown that is still soft, m/s, above 0. Default 0.3. */
  readonly softSpeed?: number;
  /** Above 0. Default 0.3. */
  readonly padRadius?: number;
}

const approachReward = 0.02;
const landingReward = 10;

interface LandingOptions {
  readonly softSpeed: number;
  readonly padRadius: number;
}

class Lander extends FlyingTask {
  readonly observationSpace: BoxSpace = boxSpace({ ...flightBounds(), labels: flightStateLabels });
  readonly batched: BatchedFunctions;
  private readonly floor: number;
  private readonly landing: LandingOptions;

  constructor(options: ResolvedFlightOptions, constants: FlightConstants, landing: LandingOptions) {
    super('Lander-v0', options, constants);
    this.floor = constants.clearance;
    this.landing = landing;
    const { roomSize, actionCost } = options;
    const { clearance } = constants;
    const thrustGain = thrustGainOf(options);
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const state = splitColumns(next, flightSize);
          const squares = (from: number, to: number): Column =>
            state.slice(from, to).reduce<Column>((sum, part) => tf.add(sum, tf.square(part)), tf.zerosLike(state[0]!));
          const aside = squares(0, 2);
          const height = tf.sub(state[2]!, clearance);
          const near = tf.mul(tf.exp(tf.neg(tf.add(aside, tf.square(height)))), approachReward);
          const fault = tf.add(tf.mul(squares(7, 10), 1 / landing.softSpeed ** 2), tf.mul(aside, 1 / landing.padRadius ** 2));
          const softness = tf.mul(tf.exp(tf.neg(fault)), tf.mul(tf.add(uprightness(state), 1), 0.5 * landingReward));
          const touched = tf.sub(1, tf.step(height));
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.sub(flatten(tf.add(near, tf.mul(touched, softness)) as Column), tf.mul(effort, actionCost));
        }),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(isOutBatch(splitColumns(next, flightSize), roomSize, clearance))),
      dynamics: (observation, action) =>
        tf.tidy(() => joinColumns(advanceFlightBatch(constants, splitColumns(observation, flightSize), thrustsOf(action, thrustGain)))),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, flightSize);
    const effort = this.fly(action, 0, 0);
    const { state, floor } = this;
    const { softSpeed, padRadius } = this.landing;
    const x = state[0]!;
    const y = state[1]!;
    const height = state[2]! - floor;
    const aside = x * x + y * y;
    let reward = approachReward * Math.exp(-(aside + height * height)) - this.flightOptions.actionCost * effort;
    if (height <= 0) {
      const speed2 = state[7]! * state[7]! + state[8]! * state[8]! + state[9]! * state[9]!;
      const fault = speed2 / (softSpeed * softSpeed) + aside / (padRadius * padRadius);
      reward += landingReward * Math.exp(-fault) * 0.5 * (1 + this.uprightness());
    }
    const terminated = this.isOut(floor);
    return this.finish(this.observe(observation), reward, terminated, into);
  }

  protected surroundings(): Pick<FlightFrame, 'goal' | 'wind'> {
    return { goal: { kind: 'pad', radius: this.landing.padRadius } };
  }
}

/**
 * Makes the lander: a quadrotor of 1.47 kg over a pad at the origin. Observation and physical state (position, attitude
 * as a unit quaternion w x y z, velocity, angular velocity of the body), four actions in ±1, one a rotor.
 * @throws OptionError on an option outside of its bounds.
 */
export function createLander(options: LanderOptions = {}): SpatialEnvironment {
  const caller = 'createLander';
  const {
    residualScale = 1,
    groundEffect = 4,
    groundDrag = 1,
    drag = [0.3, 0.3, 0.5],
    quadraticDrag = 0.05,
    rotorRadius = 0.12,
    clearance = 0.15,
    softSpeed = 0.3,
    padRadius = 0.3,
    ...flight
  } = options;
  const resolved = resolveFlightOptions(caller, flight, { mass: 1.47, inertia: [0.015, 0.015, 0.027], armLength: 0.25, actionCost: 0.001 });
  checkEach(caller, { residualScale, groundEffect, groundDrag, quadraticDrag }, { min: 0 });
  checkVector(caller, 'drag', drag, 3, { min: 0 });
  checkEach(caller, { rotorRadius, clearance, softSpeed, padRadius }, { above: 0 });
  const strongest = residualScale * groundEffect * (rotorRadius / (4 * clearance)) ** 2;
  checkEach(caller, { 'residualScale · groundEffect · (rotorRadius / 4 clearance)²': strongest }, { below: 1 });
  const constants: FlightConstants = {
    ...resolved,
    drag: [residualScale * drag[0], residualScale * drag[1], residualScale * drag[2]],
    quadraticDrag: residualScale * quadraticDrag,
    groundEffect: residualScale * groundEffect,
    groundDrag: residualScale * groundDrag,
    rotorRadius,
    clearance,
  };
  return new Lander(resolved, constants, { softSpeed, padRadius });
}
