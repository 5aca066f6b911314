/**
 * Flying a quadrotor in space to a point and holding it there; equations in `rotor-flight.ts`. An action a in ±1 (clipped)
 * sets a rotor's thrust to (1 + a)/2 of its greatest, so that with a thrust-to-weight ratio of 2 the actions 0 hover, in
 * general 2 / thrustToWeight − 1.
 *
 * Reward after a step: exp(−‖p − target‖²) (1 + R₃₃)/2 − actionCost ‖a‖², R₃₃ the cosine of the tilt. Terminated on the
 * ground (z ≤ 0) and outside of the room.
 */
import { type Action, type BatchedFunctions, type BoxSpace, boxSpace, checkNumber, type StepResult } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkVector } from './check-options.js';
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
import { advanceFlightBatch, flightSize, flightStateLabels, uprightness } from './rotor-flight.js';
import type { Vector3 } from './turns.js';

/** Options of {@link createQuadrotor}. All in SI units. */
export interface QuadrotorOptions extends FlightOptions {
  /** Linear drag of the rotors, N s/m, at least 0; along the body's x, y and z alike. Default 0.1. */
  readonly drag?: number;
  /** Where to be. Default (0, 0, 1.5). */
  readonly target?: Vector3;
}

/** Reward of hovering at a target `[B]`, of next states as columns and actions `[B, 4]`. */
export function hoverReward(next: readonly Column[], action: unknown, target: Vector3, actionCost: number): tf.Tensor1D {
  const offsets = target.map((part, i) => tf.square(tf.sub(next[i]!, part)));
  const distance = tf.add(tf.add(offsets[0]!, offsets[1]!), offsets[2]!);
  const near = tf.mul(tf.exp(tf.neg(distance)), tf.mul(tf.add(uprightness(next), 1), 0.5));
  const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
  return tf.sub(flatten(near as Column), tf.mul(effort, actionCost));
}

/** Whether next states, as columns, are out of the room or at or below the floor, `[B, 1]` bool. */
export function isOutBatch(next: readonly Column[], roomSize: number, floor: number): Column {
  const far = tf.maximum(tf.maximum(tf.abs(next[0]!), tf.abs(next[1]!)), next[2]!);
  return tf.logicalOr(tf.lessEqual(next[2]!, floor), tf.greater(far, roomSize)) as Column;
}

/** Thrusts of the rotors in N, four columns `[B, 1]`, of actions `[B, 4]`. */
export function thrustsOf(action: unknown, thrustGain: number): Column[] {
  return splitColumns(tf.mul(tf.add(clipColumn(action as tf.Tensor2D, -1, 1), 1), thrustGain), 4);
}

class Quadrotor extends FlyingTask {
  readonly observationSpace: BoxSpace = boxSpace({ ...flightBounds(), labels: flightStateLabels });
  readonly batched: BatchedFunctions;
  private readonly target: Vector3;

  constructor(options: ResolvedFlightOptions, drag: number, target: Vector3) {
    const none = { quadraticDrag: 0, groundEffect: 0, groundDrag: 0, rotorRadius: 0.1, clearance: 0.1 };
    const constants = { ...options, ...none, drag: [drag, drag, drag] as const };
    super('Quadrotor-v0', options, constants);
    this.target = target;
    const { roomSize, actionCost } = options;
    const thrustGain = thrustGainOf(options);
    this.batched = {
      reward: (_observation, action, next) => tf.tidy(() => hoverReward(splitColumns(next, flightSize), action, target, actionCost)),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(isOutBatch(splitColumns(next, flightSize), roomSize, 0))),
      dynamics: (observation, action) =>
        tf.tidy(() => joinColumns(advanceFlightBatch(constants, splitColumns(observation, flightSize), thrustsOf(action, thrustGain)))),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, flightSize);
    const effort = this.fly(action, 0, 0);
    const { state, target } = this;
    const dx = state[0]! - target[0];
    const dy = state[1]! - target[1];
    const dz = state[2]! - target[2];
    const near = Math.exp(-(dx * dx + dy * dy + dz * dz)) * 0.5 * (1 + this.uprightness());
    const terminated = this.isOut(0);
    return this.finish(this.observe(observation), near - this.flightOptions.actionCost * effort, terminated, into);
  }

  protected surroundings(): Pick<FlightFrame, 'goal' | 'wind'> {
    return { goal: { kind: 'point', at: this.target } };
  }
}

/**
 * Makes the quadrotor in space: 1 kg, arms of 0.2 m, a room of 6 × 6 × 3 m. Observation and physical state (position,
 * attitude as a unit quaternion w x y z, velocity, angular velocity of the body), four actions in ±1, one a rotor.
 * @throws OptionError on an option outside of its bounds.
 */
export function createQuadrotor({ drag = 0.1, target = [0, 0, 1.5], ...options }: QuadrotorOptions = {}): SpatialEnvironment {
  const caller = 'createQuadrotor';
  checkNumber(caller, 'drag', drag, { min: 0 });
  checkVector(caller, 'target', target, 3);
  return new Quadrotor(resolveFlightOptions(caller, options), drag, target);
}
