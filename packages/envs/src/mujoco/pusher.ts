/**
 * Pushing an object to a goal with an arm of seven joints: Gymnasium 1.3's `Pusher-v5`. Reward −w_n |object − tip| −
 * w_d |object − goal| − w_c ‖a‖²; never terminated. Observation: seven angles, seven angular velocities, tip, object and
 * goal.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { armJoints } from './arm-model.js';
import { jointLabels } from './joint-labels.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { type PusherBody, pusherModel, pusherView } from './pusher-model.js';
import { drawUniform, squaredNorm } from './start-noise.js';
import { distanceBetween, writeValues } from './write-values.js';

/** Options of {@link createPusher}. Steps of the physics in a step: 5; limit: 100 steps. */
export interface PusherOptions extends MujocoTaskOptions, PusherBody {
  /** Weight of the way from tip to object in the reward. Default 0.5. */
  readonly rewardNearWeight?: number;
  /** Weight of the way from object to goal in the reward. Default 1. */
  readonly rewardDistWeight?: number;
  /** Weight of the squared action in the reward. Default 0.1. */
  readonly rewardControlWeight?: number;
}

const caller = 'createPusher';
const placed = ['tips_arm', 'object', 'goal'] as const;

class Pusher extends MujocoTask {
  private readonly rewardNearWeight: number;
  private readonly rewardDistWeight: number;
  private readonly rewardControlWeight: number;
  private readonly bodies: readonly number[];

  constructor(options: PusherOptions) {
    const { frameSkip = 5, maxSteps = 100, seed, rewardNearWeight = 0.5, rewardDistWeight = 1, rewardControlWeight = 0.1 } = options;
    super({
      name: 'Pusher-v5',
      caller,
      model: pusherModel(caller, { panLimit: 1.714602, objectDensity: 0.01, sphere: false }, options),
      frameSkip,
      maxSteps,
      seed,
      view: pusherView,
      labels: [...jointLabels(armJoints), ...placed.flatMap((body) => ['x', 'y', 'z'].map((axis) => `${body} ${axis}`))],
    });
    this.rewardNearWeight = checkNumber(caller, 'rewardNearWeight', rewardNearWeight);
    this.rewardDistWeight = checkNumber(caller, 'rewardDistWeight', rewardDistWeight);
    this.rewardControlWeight = checkNumber(caller, 'rewardControlWeight', rewardControlWeight);
    this.bodies = placed.map((name) => this.simulation.indexOf('body', name));
    this.batched = {
      reward: (_observation, action, nextObservation) =>
        tf.tidy(() => {
          const [, tip, object, goal] = tf.split(nextObservation as tf.Tensor2D, [14, 3, 3, 3], 1) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          const way = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.squaredDifference(a, b), 1));
          const near = tf.mul(way(object, tip), rewardNearWeight);
          const far = tf.mul(way(object, goal), rewardDistWeight);
          return tf.neg(tf.add(tf.add(near, far), tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), rewardControlWeight)));
        }),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    let x: number;
    let y: number;
    do {
      y = -0.3 * rng.uniform();
      x = 0.2 * (2 * rng.uniform() - 1);
    } while (Math.hypot(x, y) <= 0.17);
    qpos[7] = y;
    qpos[8] = x;
    drawUniform(rng, qvel, 0.005, 0, 7);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel, xpos } = this.simulation.state;
    let offset = writeValues(into, writeValues(into, 0, qpos, 0, 7), qvel, 0, 7);
    for (let i = 0; i < this.bodies.length; i++) {
      const at = 3 * this.bodies[i]!;
      offset = writeValues(into, offset, xpos, at, at + 3);
    }
  }

  protected begin(): Info {
    return {};
  }

  protected outcome(): Outcome {
    const { xpos } = this.simulation.state;
    const tip = this.bodies[0]!;
    const object = this.bodies[1]!;
    const goal = this.bodies[2]!;
    const near = -distanceBetween(xpos, object, tip) * this.rewardNearWeight;
    const distance = -distanceBetween(xpos, object, goal) * this.rewardDistWeight;
    const control = -squaredNorm(this.action) * this.rewardControlWeight;
    return {
      reward: distance + control + near,
      terminated: false,
      info: { reward_dist: distance, reward_ctrl: control, reward_near: near },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `Pusher-v5`: 23 observations, 7 torques in ±2 N m, 0.05 s a step. The info has `reward_dist`,
 * `reward_ctrl` and `reward_near`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createPusher(options: PusherOptions = {}): MujocoEnvironment {
  return new Pusher(options);
}
