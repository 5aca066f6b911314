/**
 * Swinging the end of a two-link chain above a height by a torque at the elbow: Gymnasium 1.3's `Acrobot-v1` (Sutton
 * 1996; Sutton and Barto). Links of 1 m and 1 kg with their centres of mass in the middle and a moment of inertia of 1
 * about it; θ₁ from hanging, θ₂ relative to the first link.
 *
 *   d₁ = m₁ c₁² + m₂ (l₁² + c₂² + 2 l₁ c₂ cos θ₂) + I₁ + I₂,  d₂ = m₂ (c₂² + l₁ c₂ cos θ₂) + I₂
 *   φ₂ = m₂ c₂ g cos(θ₁ + θ₂ − π/2)
 *   φ₁ = −m₂ l₁ c₂ θ̇₂² sin θ₂ − 2 m₂ l₁ c₂ θ̇₂ θ̇₁ sin θ₂ + (m₁ c₁ + m₂ l₁) g cos(θ₁ − π/2) + φ₂
 *   θ̈₂ = (τ + d₂/d₁ φ₁ − m₂ l₁ c₂ θ̇₁² sin θ₂ − φ₂) / (m₂ c₂² + I₂ − d₂²/d₁),  θ̈₁ = −(d₂ θ̈₂ + φ₁) / d₁
 *
 * The dynamics of the 1996 paper leave out the term in θ̇₁² of θ̈₂. One step of RK4 over 0.2 s, then angles wrapped into
 * [−π, π] and velocities clipped to ±4π and ±9π. Reward −1 a step, 0 for the one that ends the episode, at
 * −cos θ₁ − cos(θ₁ + θ₂) > 1. Operations stand in the reference's order, so that a chaotic swing stays with it for long.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  checkOneOf,
  type DiscreteSpace,
  discreteSpace,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { chainScene } from './chain-scene.js';
import { type ClassicEnvironment, ClassicTask, type EpisodeOptions } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, rotate, rungeKuttaColumns, splitColumns } from './columns.js';

/** Options of {@link createAcrobot}. */
export interface AcrobotOptions {
  /** Equations of Sutton and Barto's book, or of the 1996 paper, which lack a term. Default `book`. */
  readonly dynamics?: 'book' | 'nips';
  /** Noise of the torque: uniform in ± this, drawn anew at every step, N m, at least 0. Default 0. */
  readonly torqueNoise?: number;
  /** Steps after which an episode is truncated, at least 1. Default 500. */
  readonly maxSteps?: number;
  /** Seed of the draws before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const timeStep = 0.2;
const maxSpeed1: number = 4 * Math.PI;
const maxSpeed2: number = 9 * Math.PI;
const gravity = 9.8;
const lineHeight = 1;
const labels: readonly string[] = [
  'first angle from hanging (rad)',
  'second angle, relative (rad)',
  'first angular velocity (rad/s)',
  'second angular velocity, relative (rad/s)',
];

/** Slopes of one stage: all four come from this function, which writes the accelerations. */
function accelerate(y: Float64Array, torque: number, book: boolean, out: Float64Array): void {
  const theta1 = y[0]!;
  const theta2 = y[1]!;
  const w1 = y[2]!;
  const w2 = y[3]!;
  const cos2 = Math.cos(theta2);
  const sin2 = Math.sin(theta2);
  const d1 = 0.25 + (1.25 + cos2) + 1 + 1;
  const d2 = 0.25 + 0.5 * cos2 + 1;
  const phi2 = 0.5 * gravity * Math.cos(theta1 + theta2 - Math.PI / 2);
  const phi1 = -0.5 * (w2 * w2) * sin2 - w2 * w1 * sin2 + 1.5 * gravity * Math.cos(theta1 - Math.PI / 2) + phi2;
  const pushed = torque + (d2 / d1) * phi1;
  const driven = book ? pushed - 0.5 * (w1 * w1) * sin2 - phi2 : pushed - phi2;
  const a2 = driven / (1.25 - (d2 * d2) / d1);
  out[0] = w1;
  out[1] = w2;
  out[2] = -(d2 * a2 + phi1) / d1;
  out[3] = a2;
}

/** As {@link accelerate}, over columns. */
function accelerateBatch(sin1: Column, cos1: Column, sin2: Column, cos2: Column, w1: Column, w2: Column, torque: Column, book: boolean) {
  const d1 = tf.add(cos2, 3.5);
  const d2 = tf.add(tf.mul(cos2, 0.5), 1.25);
  const sin12 = tf.add(tf.mul(sin1, cos2), tf.mul(cos1, sin2));
  const phi2 = tf.mul(sin12, 0.5 * gravity);
  const swirl = tf.mul(tf.mul(sin2, w2), tf.add(tf.mul(w2, 0.5), w1));
  const phi1 = tf.add(tf.sub(tf.mul(sin1, 1.5 * gravity), swirl), phi2);
  const ratio = tf.div(d2, d1);
  const pushed = tf.sub(tf.add(torque, tf.mul(ratio, phi1)), phi2);
  const driven = book ? tf.sub(pushed, tf.mul(tf.mul(tf.square(w1), sin2), 0.5)) : pushed;
  const a2 = tf.div(driven, tf.sub(1.25, tf.mul(ratio, d2)));
  return [tf.neg(tf.div(tf.add(tf.mul(d2, a2), phi1), d1)), a2] as [Column, Column];
}

/** The least turn of the angle into [−π, π]. */
function wrap(angle: number): number {
  let wrapped = angle;
  while (wrapped > Math.PI) wrapped -= 2 * Math.PI;
  while (wrapped < -Math.PI) wrapped += 2 * Math.PI;
  return wrapped;
}

/** The chain's motion; keeps scratch numbers. */
export class AcrobotMotion {
  private readonly book: boolean;
  private readonly slope: Float64Array = new Float64Array(4);
  private readonly sum: Float64Array = new Float64Array(4);
  private readonly stage: Float64Array = new Float64Array(4);

  constructor(book: boolean) {
    this.book = book;
  }

  /** Advances (θ₁, θ₂, θ̇₁, θ̇₂) in place by a step under a torque in N m, and wraps and clips it. */
  advance(state: Float64Array, torque: number): void {
    const { slope, sum, stage, book } = this;
    accelerate(state, torque, book, slope);
    for (let i = 0; i < 4; i++) {
      sum[i] = slope[i]!;
      stage[i] = state[i]! + (timeStep / 2) * slope[i]!;
    }
    accelerate(stage, torque, book, slope);
    for (let i = 0; i < 4; i++) {
      sum[i] = sum[i]! + 2 * slope[i]!;
      stage[i] = state[i]! + (timeStep / 2) * slope[i]!;
    }
    accelerate(stage, torque, book, slope);
    for (let i = 0; i < 4; i++) {
      sum[i] = sum[i]! + 2 * slope[i]!;
      stage[i] = state[i]! + timeStep * slope[i]!;
    }
    accelerate(stage, torque, book, slope);
    for (let i = 0; i < 4; i++) state[i] = state[i]! + (timeStep / 6) * (sum[i]! + slope[i]!);
    state[0] = wrap(state[0]!);
    state[1] = wrap(state[1]!);
    state[2] = Math.max(-maxSpeed1, Math.min(maxSpeed1, state[2]!));
    state[3] = Math.max(-maxSpeed2, Math.min(maxSpeed2, state[3]!));
  }
}

/** How far the chain's end stands above the line, `[B, 1]`. */
function heightAboveLine(observation: unknown): Column {
  const [cos1, sin1, cos2, sin2] = splitColumns(observation, 6) as [Column, Column, Column, Column];
  const cos12 = tf.sub(tf.mul(cos1, cos2), tf.mul(sin1, sin2));
  return tf.sub(tf.neg(tf.add(cos1, cos12)), lineHeight);
}

class Acrobot extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({
    low: [-1, -1, -1, -1, -maxSpeed1, -maxSpeed2],
    high: [1, 1, 1, 1, maxSpeed1, maxSpeed2],
    labels: [
      'cosine of the first angle',
      'sine of the first angle',
      'cosine of the second angle',
      'sine of the second angle',
      labels[2]!,
      labels[3]!,
    ],
  });
  readonly actionSpace: DiscreteSpace = discreteSpace(3, ['torque −1 N m', 'no torque', 'torque 1 N m']);
  readonly timeStep: number = timeStep;
  readonly batched: BatchedFunctions;
  private readonly motion: AcrobotMotion;
  private readonly torqueNoise: number;

  constructor(episodes: EpisodeOptions, dynamics: 'book' | 'nips', torqueNoise: number) {
    super('Acrobot-v1', labels, episodes, 1, torqueNoise > 0);
    const book = dynamics === 'book';
    this.motion = new AcrobotMotion(book);
    this.torqueNoise = torqueNoise;
    this.batched = {
      reward: (_observation, _action, next) => tf.tidy(() => flatten(tf.sub(tf.step(heightAboveLine(next)), 1) as Column)),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(tf.greater(heightAboveLine(next), 0) as Column)),
      ...(torqueNoise > 0
        ? {}
        : {
            dynamics: (observation, action) =>
              tf.tidy(() => {
                const [cos1, sin1, cos2, sin2, w1, w2] = splitColumns(observation, 6) as [Column, Column, Column, Column, Column, Column];
                const torque: Column = tf.sub(action as tf.Tensor2D, 1);
                const still = tf.zerosLike(w1);
                const [turn1, turn2, next1, next2] = rungeKuttaColumns(
                  (y) => {
                    const first = rotate(sin1, cos1, y[0]!);
                    const second = rotate(sin2, cos2, y[1]!);
                    return [y[2]!, y[3]!, ...accelerateBatch(...first, ...second, y[2]!, y[3]!, torque, book)];
                  },
                  [still, still, w1, w2],
                  timeStep,
                ) as [Column, Column, Column, Column];
                const [s1, c1] = rotate(sin1, cos1, turn1);
                const [s2, c2] = rotate(sin2, cos2, turn2);
                return joinColumns([c1, s1, c2, s2, clipColumn(next1, -maxSpeed1, maxSpeed1), clipColumn(next2, -maxSpeed2, maxSpeed2)]);
              }),
          }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 6);
    const choice = this.scalar(action);
    if (choice !== 0 && choice !== 1 && choice !== 2) this.refuseChoice(choice, '0, 1 or 2');
    const noise = this.torqueNoise > 0 ? this.torqueNoise * (2 * this.rng.uniform() - 1) : 0;
    this.lastAction[0] = choice - 1;
    const state = this.state;
    this.motion.advance(state, choice - 1 + noise);
    const angle = state[0]!;
    const cos = Math.cos(angle);
    const terminated = -cos - Math.cos(state[1]! + angle) > lineHeight;
    return this.finish(this.observationAt(cos, Math.sin(angle), observation), terminated ? 0 : -1, terminated, into);
  }

  protected drawStart(rng: Rng): void {
    // Gymnasium rounds its starts to float32.
    for (let i = 0; i < 4; i++) this.state[i] = Math.fround(0.2 * rng.uniform() - 0.1);
  }

  protected observe(observation: Float32Array): Float32Array {
    const angle = this.state[0]!;
    return this.observationAt(Math.cos(angle), Math.sin(angle), observation);
  }

  /** Writes the observation of `this.state`, given cosine and sine of its first angle, which the ending has needed too. */
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
    return this.sceneFrom(Math.cos(first), Math.sin(first), Math.cos(second), Math.sin(second), this.lastAction[0]!);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return this.sceneFrom(observation[0]!, observation[1]!, observation[2]!, observation[3]!, 0);
  }

  private sceneFrom(cos1: number, sin1: number, cos2: number, sin2: number, torque: number): Scene {
    const elbow: readonly [number, number] = [sin1, -cos1];
    const end: readonly [number, number] = [elbow[0] + sin1 * cos2 + cos1 * sin2, elbow[1] - (cos1 * cos2 - sin1 * sin2)];
    return chainScene({ joints: [[0, 0], elbow, end], torques: [0, torque], goal: { kind: 'line', height: lineHeight }, reach: 2 });
  }
}

/**
 * Makes Gymnasium 1.3's `Acrobot-v1`. Observation (cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂), physical state (θ₁, θ₂, θ̇₁,
 * θ̇₂), action 0, 1 or 2 (torque −1, 0 or 1 N m), 0.2 s a step, start uniform in ±0.1. With noise of the torque there is
 * no `batched.dynamics`.
 * @throws OptionError on an option outside of its bounds.
 */
export function createAcrobot({ dynamics = 'book', torqueNoise = 0, maxSteps = 500, seed = 0 }: AcrobotOptions = {}): ClassicEnvironment {
  checkOneOf('createAcrobot', 'dynamics', dynamics, ['book', 'nips']);
  checkNumber('createAcrobot', 'torqueNoise', torqueNoise, { min: 0 });
  return new Acrobot({ seed, maxSteps }, dynamics, torqueNoise);
}
