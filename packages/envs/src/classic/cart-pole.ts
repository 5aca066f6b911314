/**
 * Balancing a pole on a cart: Gymnasium 1.3's `CartPole-v1`, and mbrl-lib's version of it with continuous pushes.
 * Reward 1 for every step, the last one included, or by an option of Gymnasium's 0, and −1 for the last one. The episode ends when the cart leaves ±2.4 m or the pole ±12°.
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
import { checkFlags } from '../check-flags.js';
import { cartPoleScene } from './cart-pole-scene.js';
import {
  advanceCartPole,
  advanceCartPoleBatch,
  angleLimit,
  cartPoleEnded,
  cartPoleEndedBatch,
  cartPoleForce,
  cartPoleLabels,
  cartPoleLength,
  cartPoleTimeStep,
  positionLimit,
} from './cart-pole-physics.js';
import { type ClassicEnvironment, ClassicTask, type EpisodeOptions } from './classic-environment.js';

/** Options of {@link createCartPole}. */
export interface CartPoleOptions {
  /** Whether to pay as Sutton and Barto do, 0 a step and −1 for the one that ends the episode, in place of 1 a step. Default false. */
  readonly suttonBartoReward?: boolean;
  /** Steps after which an episode is truncated, at least 1. Default 500. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** Options of {@link createContinuousCartPole}. */
export interface ContinuousCartPoleOptions {
  /** Steps after which an episode is truncated, at least 1. Default 200. */
  readonly maxSteps?: number;
  /** Newtons of a push by action 1, above 0. Default 10. */
  readonly forceGain?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

const startBound = 0.05;

/** Reward 1 of each transition. */
const rewardOne = (observation: TensorLike): tf.Tensor1D => tf.ones([observation.shape[0]!]);

const ended = (_observation: TensorLike, _action: TensorLike, next: TensorLike): tf.Tensor1D =>
  tf.tidy(() => cartPoleEndedBatch(next as tf.Tensor2D));

/** Reward −1 of each transition that ends, 0 of the others. */
const rewardOfFall = (_observation: TensorLike, _action: TensorLike, next: TensorLike): tf.Tensor1D =>
  tf.tidy(() => tf.neg(tf.cast(cartPoleEndedBatch(next as tf.Tensor2D), 'float32')));

const makeObservationSpace = (): BoxSpace => {
  const high = [2 * positionLimit, Infinity, 2 * angleLimit, Infinity];
  return boxSpace({ low: high.map((v) => -v), high, labels: cartPoleLabels });
};

/** What the discrete and the continuous task share. */
abstract class CartPoleTask extends ClassicTask {
  readonly observationSpace: BoxSpace = makeObservationSpace();
  readonly timeStep: number = cartPoleTimeStep;

  protected drawStart(rng: Rng): void {
    for (let i = 0; i < 4; i++) this.state[i] = startBound * (2 * rng.uniform() - 1);
  }

  protected observe(observation: Float32Array): Float32Array {
    return observe4(this.state, observation);
  }

  scene(): Scene {
    return this.sceneOf(this.state);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return cartPoleScene({ x: observation[0]!, angle: observation[2]!, length: cartPoleLength, positionLimit, angleLimit });
  }
}

class DiscreteCartPole extends CartPoleTask {
  readonly actionSpace: DiscreteSpace = discreteSpace(2, ['push left', 'push right']);
  readonly batched: BatchedFunctions;
  /** Reward of a step that does not end the episode, and of the one that does. */
  private readonly stepReward: number;
  private readonly endReward: number;

  constructor(episodes: EpisodeOptions, suttonBartoReward: boolean) {
    super('CartPole-v1', cartPoleLabels, episodes);
    this.stepReward = suttonBartoReward ? 0 : 1;
    this.endReward = suttonBartoReward ? -1 : 1;
    this.batched = {
      reward: suttonBartoReward ? rewardOfFall : rewardOne,
      terminated: ended,
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const right = tf.step(tf.sub(action as tf.Tensor2D, 0.5));
          const forces: tf.Tensor2D = tf.sub(tf.mul(right, 2 * cartPoleForce), cartPoleForce);
          return advanceCartPoleBatch(observation as tf.Tensor2D, forces);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 4);
    const choice = this.scalar(action);
    if (choice !== 0 && choice !== 1) this.refuseChoice(choice, '0 or 1');
    const state = this.state;
    advanceCartPole(state, choice === 1 ? cartPoleForce : -cartPoleForce);
    this.lastAction[0] = choice;
    const terminated = cartPoleEnded(state);
    return this.finish(observe4(state, observation), terminated ? this.endReward : this.stepReward, terminated, into);
  }
}

class ContinuousCartPole extends CartPoleTask {
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1], high: [1], labels: ['push to the right'] });
  readonly batched: BatchedFunctions;
  private readonly forceGain: number;

  constructor(episodes: EpisodeOptions, forceGain: number) {
    super('ContinuousCartPole-v0', cartPoleLabels, episodes);
    this.forceGain = forceGain;
    this.batched = {
      reward: rewardOne,
      terminated: ended,
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const clipped = tf.maximum(tf.minimum(action as tf.Tensor2D, 1), -1);
          return advanceCartPoleBatch(observation as tf.Tensor2D, tf.mul(clipped, forceGain) as tf.Tensor2D);
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 4);
    const push = Math.max(-1, Math.min(1, this.scalar(action)));
    const state = this.state;
    advanceCartPole(state, this.forceGain * push);
    this.lastAction[0] = push;
    const terminated = cartPoleEnded(state);
    return this.finish(observe4(state, observation), 1, terminated, into);
  }
}

/** Copies by component: faster than the array's own copy. */
function observe4(state: Float64Array, observation: Float32Array): Float32Array {
  observation[0] = state[0]!;
  observation[1] = state[1]!;
  observation[2] = state[2]!;
  observation[3] = state[3]!;
  return observation;
}

/**
 * Makes Gymnasium 1.3's `CartPole-v1`. Observation and physical state (x, ẋ, θ, θ̇), action 0 (−10 N) or 1 (+10 N),
 * 0.02 s a step, start uniform in ±0.05 in every component.
 * @throws OptionError on an option outside of its bounds.
 */
export function createCartPole({ suttonBartoReward = false, maxSteps = 500, seed = 0 }: CartPoleOptions = {}): ClassicEnvironment {
  checkFlags('createCartPole', { suttonBartoReward });
  return new DiscreteCartPole({ seed, maxSteps }, suttonBartoReward);
}

/**
 * Makes mbrl-lib's continuous cart-pole: {@link createCartPole} with a force of `forceGain` · a newtons for an action
 * a in [−1, 1] (clipped), and 200 steps an episode.
 * @throws OptionError on an option outside of its bounds.
 */
export function createContinuousCartPole({ maxSteps = 200, forceGain = 10, seed = 0 }: ContinuousCartPoleOptions = {}): ClassicEnvironment {
  checkNumber('createContinuousCartPole', 'forceGain', forceGain, { above: 0 });
  return new ContinuousCartPole({ seed, maxSteps }, forceGain);
}
