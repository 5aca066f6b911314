/** What the tasks of the hand share: actions about a resting pose, starts near it, joint positions in the observation. */
import { checkNumber, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import type { MjcfBody } from '../mjcf.js';
import { MujocoTask, type MujocoTaskOptions } from '../mujoco-task.js';
import { type HandBody, handJoints, handModel, handView } from './hand-model.js';

/** Options of the tasks of the hand. Steps of the physics in a step: 40; limit: 500 steps. */
export interface HandOptions extends MujocoTaskOptions, HandBody {
  /** Half width of the uniform noise on the hand's first positions, rad. Default 0.01. */
  readonly resetNoiseScale?: number;
  /** Height under which an object counts as dropped, m; the palm is at 0. Default −0.02. */
  readonly dropHeight?: number;
}

/** What a task of the hand tells its base. */
export interface HandSetup {
  readonly name: string;
  readonly caller: string;
  readonly objects: readonly MjcfBody[];
  /** Meaning of the components of the observation after the 24 joint positions. */
  readonly labels: readonly string[];
  readonly memorySize: number;
}

/** How many joints the hand has. */
export const handJointCount: number = handJoints.length;

/** Share of the way from rest to its limits that an action of ±1 asks of a joint, as in PDDM. */
const reach = 0.9;

/** Base of the tasks of the hand. */
export abstract class HandTask extends MujocoTask {
  protected readonly dropHeight: number;
  private readonly resetNoiseScale: number;

  protected constructor({ name, caller, objects, labels, memorySize }: HandSetup, options: HandOptions) {
    const { frameSkip = 40, maxSteps = 500, seed, resetNoiseScale = 0.01, dropHeight = -0.02 } = options;
    super({
      name,
      caller,
      model: handModel(caller, name, objects, options),
      frameSkip,
      maxSteps,
      seed,
      view: { ...handView, objects: objects.map((object) => object.name!) },
      labels: [...handJoints.map((joint) => `${joint.label} position (rad)`), ...labels],
      memorySize,
      actionBounds: [-1, 1],
    });
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.dropHeight = checkNumber(caller, 'dropHeight', dropHeight);
  }

  protected drawStart(rng: Rng, qpos: Float64Array): void {
    handJoints.forEach(({ rest, range: [low, high] }, i) => {
      const drawn = rest + this.resetNoiseScale * (2 * rng.uniform() - 1);
      qpos[i] = Math.max(low, Math.min(high, drawn));
    });
  }

  protected override control(controls: Float64Array): void {
    handJoints.forEach(({ rest, range: [low, high] }, i) => {
      const share = reach * Math.max(-1, Math.min(1, this.action[i]!));
      controls[i] = rest + share * (share > 0 ? high - rest : rest - low);
    });
  }

  /** Writes the joint positions of the hand to the front of an observation. */
  protected observeHand(into: Float32Array): void {
    const { qpos } = this.simulation.state;
    for (let i = 0; i < handJointCount; i++) into[i] = qpos[i]!;
  }
}

/** A column `[B]` of observations. */
export const columnOf = (of: tf.Tensor2D, at: number): tf.Tensor => tf.reshape(tf.slice(of, [0, at], [-1, 1]), [-1]);

/** Lengths `[B]` of the differences of columns `a…` and `b…` over `count` columns. */
export function distanceOf(of: tf.Tensor2D, a: number, b: number, count: number): tf.Tensor {
  const part = (at: number): tf.Tensor => tf.slice(of, [0, at], [-1, count]);
  return tf.sqrt(tf.sum(tf.squaredDifference(part(a), part(b)), 1));
}
