/**
 * Swinging up a pendulum with a weak motor: Gymnasium 1.3's `Pendulum-v1`. A uniform rod of mass m = 1 kg and length
 * l = 1 m; θ = 0 is upright and grows counter-clockwise; torque u in ±2 N m (clipped), speed clipped to ±8 rad/s.
 *
 *   θ̇ ← clip(θ̇ + (3 g / (2 l) sin θ + 3 / (m l²) u) dt, ±8),  θ ← θ + θ̇ dt,  dt = 0.05 s
 *
 * As in Gymnasium, where actions are float32, the torque is one and its products are rounded to it.
 *
 * Reward −(θ² + 0.1 θ̇² + 0.001 u²) of the state before the step, θ wrapped into [−π, π). Never terminated.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { type ClassicEnvironment, ClassicTask, type EpisodeOptions } from './classic-environment.js';
import { pendulumScene } from './pendulum-scene.js';

/** Options of {@link createPendulum}. */
export interface PendulumOptions {
  /** Acceleration of gravity, m/s². Default 10. */
  readonly gravity?: number;
  /** Steps after which an episode is truncated, at least 1. Default 200. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const timeStep = 0.05;
const maxTorque = 2;
const maxSpeed = 8;
const mass = 1;
const length = 1;
const effortWeight: number = Math.fround(0.001);
const torqueGain: number = 3 / (mass * length * length);
const turn: number = 2 * Math.PI;

/** An angle wrapped into [−π, π), rad. */
const wrapAngle = (angle: number): number => angle - turn * Math.floor((angle + Math.PI) / turn);

/**
 * |θ| in [0, π] of `[B, 1]` cosines and sines, whatever their common scale. The ratio of the smaller to the larger
 * keeps the error at a few units in the last place all around the circle, where an arc cosine would lose half the digits.
 * Choices are made by `step`, which has a gradient (zero), where a comparison has none.
 */
function absoluteAngle(cos: tf.Tensor2D, sin: tf.Tensor2D): tf.Tensor2D {
  const c = tf.abs(cos);
  const s = tf.abs(sin);
  const octant = tf.atan(tf.div(tf.minimum(c, s), tf.maximum(tf.maximum(c, s), 1e-12)));
  const steep = tf.step(tf.sub(s, c));
  const quadrant = tf.add(octant, tf.mul(steep, tf.sub(Math.PI / 2, tf.mul(octant, 2))));
  const lower = tf.step(tf.neg(cos));
  return tf.add(quadrant, tf.mul(lower, tf.sub(Math.PI, tf.mul(quadrant, 2))));
}

const clip = (values: tf.Tensor2D, bound: number): tf.Tensor2D => tf.maximum(tf.minimum(values, bound), -bound);

class Pendulum extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({
    low: [-1, -1, -maxSpeed],
    high: [1, 1, maxSpeed],
    labels: ['cosine of the angle from upright', 'sine of the angle from upright', 'angular velocity (rad/s)'],
  });
  readonly actionSpace: BoxSpace = boxSpace({ low: [-maxTorque], high: [maxTorque], labels: ['torque (N m)'] });
  readonly timeStep: number = timeStep;
  readonly batched: BatchedFunctions;
  private readonly gravityGain: number;
  /** An angle and its sine: the one observed last, which the next step needs again. */
  private readonly seen: Float64Array = new Float64Array(2);

  constructor(episodes: EpisodeOptions, gravity: number) {
    super('Pendulum-v1', ['angle from upright (rad)', 'angular velocity (rad/s)'], episodes);
    const gravityGain = (3 * gravity) / (2 * length);
    this.gravityGain = gravityGain;
    this.batched = {
      reward: (observation, action) =>
        tf.tidy(() => {
          const [cos, sin, speed] = tf.split(observation as tf.Tensor2D, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
          const motion = tf.add(tf.square(absoluteAngle(cos, sin)), tf.mul(tf.square(speed), 0.1));
          const effort = tf.mul(tf.square(clip(action as tf.Tensor2D, maxTorque)), 0.001);
          return tf.reshape(tf.neg(tf.add(motion, effort)), [-1]);
        }),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const [cos, sin, speed] = tf.split(observation as tf.Tensor2D, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
          const torque = clip(action as tf.Tensor2D, maxTorque);
          const acceleration = tf.add(tf.mul(sin, gravityGain), tf.mul(torque, torqueGain));
          const next = clip(tf.add(speed, tf.mul(acceleration, timeStep)), maxSpeed);
          const s = tf.sin(tf.mul(next, timeStep));
          const c = tf.cos(tf.mul(next, timeStep));
          return tf.concat([tf.sub(tf.mul(cos, c), tf.mul(sin, s)), tf.add(tf.mul(sin, c), tf.mul(cos, s)), next] as tf.Tensor2D[], 1);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 3);
    const torque = Math.max(-maxTorque, Math.min(maxTorque, Math.fround(this.scalar(action))));
    const state = this.state;
    const angle = state[0]!;
    const speed = state[1]!;
    const wrapped = wrapAngle(angle);
    const effort = Math.fround(effortWeight * Math.fround(torque * torque));
    const reward = -(wrapped * wrapped + 0.1 * (speed * speed) + effort);
    const sin = this.seen[0] === angle ? this.seen[1]! : Math.sin(angle);
    const unclipped = speed + (this.gravityGain * sin + Math.fround(torqueGain * torque)) * timeStep;
    const next = Math.max(-maxSpeed, Math.min(maxSpeed, unclipped));
    state[0] = angle + next * timeStep;
    state[1] = next;
    this.lastAction[0] = torque;
    return this.finish(this.observe(observation), reward, false, into);
  }

  protected drawStart(rng: Rng): void {
    this.state[0] = Math.PI * (2 * rng.uniform() - 1);
    this.state[1] = 2 * rng.uniform() - 1;
  }

  protected observe(observation: Float32Array): Float32Array {
    const angle = this.state[0]!;
    observation[0] = Math.cos(angle);
    const sin = Math.sin(angle);
    this.seen[0] = angle;
    this.seen[1] = sin;
    observation[1] = sin;
    observation[2] = this.state[1]!;
    return observation;
  }

  scene(): Scene {
    const angle = this.state[0]!;
    return pendulumScene({ cos: Math.cos(angle), sin: Math.sin(angle), length, torque: this.lastAction[0]! / maxTorque });
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return pendulumScene({ cos: observation[0]!, sin: observation[1]!, length, torque: 0 });
  }
}

/**
 * Makes Gymnasium 1.3's `Pendulum-v1`. Observation (cos θ, sin θ, θ̇), physical state (θ, θ̇), action a torque in ±2 N m,
 * 0.05 s a step, start uniform in ±π and ±1 rad/s.
 * @throws OptionError on an option outside of its bounds.
 */
export function createPendulum({ gravity = 10, maxSteps = 200, seed = 0 }: PendulumOptions = {}): ClassicEnvironment {
  checkNumber('createPendulum', 'gravity', gravity);
  return new Pendulum({ seed, maxSteps }, gravity);
}
