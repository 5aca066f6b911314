/**
 * The pusher of PETS (Chua et al. 2018, handful-of-trials): reward −0.5 ‖object − tip‖₁ − 1.25 ‖object − goal‖₁ − 0.1 ‖a‖²,
 * with the places before the step, as that code has it; never terminated. The goal stands still.
 */
import { type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { armJoints } from './arm-model.js';
import { jointLabels } from './joint-labels.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { type PusherBody, pusherModel, pusherView } from './pusher-model.js';
import { drawUniform, squaredNorm } from './start-noise.js';

/** Options of {@link createPetsPusher}. Steps of the physics in a step: 4; limit: 150 steps. */
export interface PetsPusherOptions extends MujocoTaskOptions, PusherBody {}

const caller = 'createPetsPusher';
const nearWeight = 0.5;
const goalWeight = 1.25;
const controlWeight = 0.1;
const goal = [0.45, -0.05, -0.323] as const;

class PetsPusher extends MujocoTask {
  private readonly bodies: readonly number[];

  constructor(options: PetsPusherOptions) {
    const { frameSkip = 4, maxSteps = 150, seed } = options;
    super({
      name: 'PetsPusher-v0',
      caller,
      model: pusherModel(caller, { panLimit: 2, objectDensity: 0.00001, sphere: true }, options),
      frameSkip,
      maxSteps,
      seed,
      view: pusherView,
      labels: [...jointLabels(armJoints), ...['tip', 'object'].flatMap((body) => ['x', 'y', 'z'].map((axis) => `${body} ${axis}`))],
      memorySize: 6,
    });
    this.bodies = ['tips_arm', 'object'].map((name) => this.simulation.indexOf('body', name));
    this.batched = {
      reward: (observation, action) =>
        tf.tidy(() => {
          const [, tip, object] = tf.split(observation as tf.Tensor2D, [14, 3, 3], 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
          const way = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.abs(tf.sub(a, b)), 1);
          const near = tf.mul(way(object, tip), nearWeight);
          const far = tf.mul(way(object, tf.tensor1d([...goal])), goalWeight);
          return tf.neg(tf.add(tf.add(near, far), tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), controlWeight)));
        }),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    qpos[7] = -0.25 + 0.025 * rng.normal();
    qpos[8] = 0.15 + 0.025 * rng.normal();
    drawUniform(rng, qvel, 0.005, 0, 7);
  }

  private places(into: Float64Array | Float32Array, offset: number): void {
    const { xpos } = this.simulation.state;
    for (let i = 0; i < this.bodies.length; i++) {
      const at = 3 * this.bodies[i]!;
      for (let axis = 0; axis < 3; axis++) into[offset + 3 * i + axis] = xpos[at + axis]!;
    }
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    for (let i = 0; i < 7; i++) {
      into[i] = qpos[i]!;
      into[7 + i] = qvel[i]!;
    }
    this.places(into, 14);
  }

  protected begin(): Info {
    this.places(this.memory, 0);
    return {};
  }

  protected outcome(): Outcome {
    const place = this.memory;
    let near = 0;
    let far = 0;
    for (let axis = 0; axis < 3; axis++) {
      near -= nearWeight * Math.abs(place[3 + axis]! - place[axis]!);
      far -= goalWeight * Math.abs(place[3 + axis]! - goal[axis]!);
    }
    this.places(this.memory, 0);
    const control = -controlWeight * squaredNorm(this.action);
    return { reward: near + far + control, terminated: false, info: { reward_near: near, reward_dist: far, reward_ctrl: control } };
  }
}

/**
 * Makes the pusher of PETS: 20 observations (7 angles, 7 angular velocities, tip, object), 7 torques in ±2 N m, 0.04 s a
 * step. The info has `reward_near`, `reward_dist` and `reward_ctrl`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createPetsPusher(options: PetsPusherOptions = {}): MujocoEnvironment {
  return new PetsPusher(options);
}
