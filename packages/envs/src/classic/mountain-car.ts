/**
 * A car too weak to drive straight up a hill: Gymnasium 1.3's `MountainCar-v0` and `MountainCarContinuous-v0` (Moore
 * 1990). With position p, velocity v and push u, a step without a unit of time is
 *
 *   v ← clip(v + gain u − 0.0025 cos 3p, ±0.07),  p ← clip(p + v, [−1.2, 0.6]),  and v ← 0 where p hits the left end
 *   with v < 0.
 *
 * The discrete task pushes by −1, 0 or 1 with gain 0.001, pays −1 a step and ends at p ≥ 0.5. The continuous one pushes
 * by u in ±1 (clipped) with gain 0.0015, pays −0.1 u² of the action before clipping, and 100 when it ends at p ≥ 0.45.
 * Both end only at a velocity of at least `goalVelocity`.
 *
 * Gymnasium keeps the state of the continuous task in float32 from the first step on, and so do we, rounding where it
 * rounds: its trajectories are met to the bit.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  type DiscreteSpace,
  discreteSpace,
  type Rng,
  type Scene,
  type StepResult,
  type TensorLike,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { type ClassicEnvironment, ClassicTask, type EpisodeOptions } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, splitColumns } from './columns.js';
import { mountainCarScene } from './mountain-car-scene.js';

/** Options of {@link createMountainCar} and {@link createMountainCarContinuous}. */
export interface MountainCarOptions {
  /** Least velocity at the goal for the episode to end. Default 0. */
  readonly goalVelocity?: number;
  /** Steps after which an episode is truncated, at least 1. Default 200, and 999 for the continuous task. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const leftEnd = -1.2;
const rightEnd = 0.6;
const maxSpeed = 0.07;
const gravity = 0.0025;
const discreteGain = 0.001;
const continuousGain = 0.0015;
const discreteGoal = 0.5;
const continuousGoal = 0.45;
const labels: readonly string[] = ['position', 'velocity per step'];

/** The next observation `[B, 2]` for pushes `[B, 1]`, gain included. */
function advanceBatch(observation: TensorLike, pushes: Column): tf.Tensor2D {
  const [position, velocity] = splitColumns(observation, 2) as [Column, Column];
  const pulled: Column = tf.add(velocity, tf.sub(pushes, tf.mul(tf.cos(tf.mul(position, 3)), gravity)));
  const speed = clipColumn(pulled, -maxSpeed, maxSpeed);
  const next = clipColumn(tf.add(position, speed), leftEnd, rightEnd);
  const free = tf.step(tf.sub(next, leftEnd));
  const stopped = tf.maximum(speed, 0);
  return joinColumns([next, tf.add(stopped, tf.mul(free, tf.sub(speed, stopped)))]);
}

/** Whether the car stands at the goal, `[B]` bool. */
function atGoal(next: TensorLike, goal: number, goalVelocity: number): tf.Tensor1D {
  const [position, velocity] = splitColumns(next, 2) as [Column, Column];
  return flatten(tf.logicalAnd(tf.greaterEqual(position, goal), tf.greaterEqual(velocity, goalVelocity)) as Column);
}

/** What the discrete and the continuous task share. */
abstract class MountainCarTask extends ClassicTask {
  readonly observationSpace: BoxSpace = boxSpace({ low: [leftEnd, -maxSpeed], high: [rightEnd, maxSpeed], labels });
  /** Gymnasium gives the task no unit of time; its pictures play 30 steps a second. */
  readonly timeStep: number = 1 / 30;
  protected readonly goalVelocity: number;
  protected abstract readonly goal: number;

  protected constructor(name: string, episodes: EpisodeOptions, goalVelocity: number) {
    super(name, labels, episodes);
    this.goalVelocity = goalVelocity;
  }

  protected drawStart(rng: Rng): void {
    this.state[0] = -0.6 + 0.2 * rng.uniform();
    this.state[1] = 0;
  }

  protected observe(observation: Float32Array): Float32Array {
    observation[0] = this.state[0]!;
    observation[1] = this.state[1]!;
    return observation;
  }

  scene(): Scene {
    return this.sceneOf(this.state);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return mountainCarScene({ position: observation[0]!, goal: this.goal, leftEnd, rightEnd });
  }
}

class DiscreteMountainCar extends MountainCarTask {
  readonly actionSpace: DiscreteSpace = discreteSpace(3, ['push left', 'no push', 'push right']);
  readonly batched: BatchedFunctions;
  protected readonly goal: number = discreteGoal;

  constructor(episodes: EpisodeOptions, goalVelocity: number) {
    super('MountainCar-v0', episodes, goalVelocity);
    this.batched = {
      reward: (observation) => tf.tidy(() => tf.neg(tf.ones([observation.shape[0]!]))),
      terminated: (_observation, _action, next) => tf.tidy(() => atGoal(next, discreteGoal, goalVelocity)),
      dynamics: (observation, action) =>
        tf.tidy(() => advanceBatch(observation, tf.mul(tf.sub(action as tf.Tensor2D, 1), discreteGain) as Column)),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 2);
    const choice = this.scalar(action);
    if (choice !== 0 && choice !== 1 && choice !== 2) this.refuseChoice(choice, '0, 1 or 2');
    const state = this.state;
    const position = state[0]!;
    let velocity = state[1]! + ((choice - 1) * discreteGain + Math.cos(3 * position) * -gravity);
    velocity = Math.max(-maxSpeed, Math.min(maxSpeed, velocity));
    const next = Math.max(leftEnd, Math.min(rightEnd, position + velocity));
    if (next === leftEnd && velocity < 0) velocity = 0;
    state[0] = next;
    state[1] = velocity;
    this.lastAction[0] = choice;
    const terminated = next >= discreteGoal && velocity >= this.goalVelocity;
    return this.finish(this.observe(observation), -1, terminated, into);
  }
}

const { fround } = Math;

class ContinuousMountainCar extends MountainCarTask {
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1], high: [1], labels: ['push to the right'] });
  readonly batched: BatchedFunctions;
  protected readonly goal: number = continuousGoal;

  constructor(episodes: EpisodeOptions, goalVelocity: number) {
    super('MountainCarContinuous-v0', episodes, goalVelocity);
    this.batched = {
      reward: (_observation, action, next) =>
        tf.tidy(() => {
          const cost = tf.mul(tf.square(action as tf.Tensor2D), 0.1);
          return tf.sub(tf.mul(tf.cast(atGoal(next, continuousGoal, goalVelocity), 'float32'), 100), flatten(cost as Column));
        }),
      terminated: (_observation, _action, next) => tf.tidy(() => atGoal(next, continuousGoal, goalVelocity)),
      dynamics: (observation, action) =>
        tf.tidy(() => advanceBatch(observation, tf.mul(clipColumn(action as tf.Tensor2D, -1, 1), continuousGain))),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 2);
    const wanted = this.scalar(action);
    const state = this.state;
    const position = state[0]!;
    const before = state[1]!;
    // A state that Gymnasium holds in float32: any but the first. Its sums round at every operation.
    const rounded = fround(position) === position && fround(before) === before;
    const pull = gravity * Math.cos(rounded ? fround(3 * position) : 3 * position);
    const clipped = wanted > 1 ? 1 : wanted < -1 ? -1 : wanted;
    const gain =
      clipped === wanted ? fround(fround(fround(wanted) * fround(continuousGain)) - fround(pull)) : clipped * continuousGain - pull;
    let velocity = rounded ? fround(before + fround(gain)) : before + gain;
    const fastest = rounded ? fround(maxSpeed) : maxSpeed;
    velocity = velocity > fastest ? maxSpeed : velocity < -fastest ? -maxSpeed : velocity;
    let next = rounded ? fround(position + fround(velocity)) : position + velocity;
    const left = rounded ? fround(leftEnd) : leftEnd;
    const right = rounded ? fround(rightEnd) : rightEnd;
    if (next > right) next = rightEnd;
    if (next < left) next = leftEnd;
    if ((next === leftEnd || (rounded && next === left)) && velocity < 0) velocity = 0;
    const arrived = next >= (rounded ? fround(continuousGoal) : continuousGoal);
    const terminated = arrived && velocity >= (rounded ? fround(this.goalVelocity) : this.goalVelocity);
    state[0] = fround(next);
    state[1] = fround(velocity);
    this.lastAction[0] = clipped;
    return this.finish(this.observe(observation), (terminated ? 100 : 0) - wanted * wanted * 0.1, terminated, into);
  }
}

/**
 * Makes Gymnasium 1.3's `MountainCar-v0`. Observation and physical state (position, velocity), action 0, 1 or 2 (push
 * left, none, right), start at rest uniformly in [−0.6, −0.4].
 * @throws OptionError on an option outside of its bounds.
 */
export function createMountainCar({ goalVelocity = 0, maxSteps = 200, seed = 0 }: MountainCarOptions = {}): ClassicEnvironment {
  checkNumber('createMountainCar', 'goalVelocity', goalVelocity);
  return new DiscreteMountainCar({ seed, maxSteps }, goalVelocity);
}

/**
 * Makes Gymnasium 1.3's `MountainCarContinuous-v0`: {@link createMountainCar} with a push in ±1, 999 steps an episode.
 * @throws OptionError on an option outside of its bounds.
 */
export function createMountainCarContinuous({ goalVelocity = 0, maxSteps = 999, seed = 0 }: MountainCarOptions = {}): ClassicEnvironment {
  checkNumber('createMountainCarContinuous', 'goalVelocity', goalVelocity);
  return new ContinuousMountainCar({ seed, maxSteps }, goalVelocity);
}
