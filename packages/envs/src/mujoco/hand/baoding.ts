/**
 * Turning two Baoding balls in the hand: the task of PDDM (Nagabandi et al. 2019) on our hand. Two goals go round an
 * ellipse in the palm, opposite each other; with d₁, d₂ the balls' distances from theirs in the horizontal plane,
 *
 *   reward −5 (d₁ + d₂) − 500 [a ball is dropped] − 10 [the wrist is lifted by more than 0.15 rad],
 *
 * all after the step; a drop ends the episode. Observation: 24 joint positions, place and velocity of the first ball and of
 * the second, both goals (x, y): 40. Actions: 24 in ±1.
 */
import { checkNumber, checkOneOf, type Info, type SolidScene, type SolidShape } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import type { MjcfBody } from '../mjcf.js';
import type { MujocoEnvironment, Outcome } from '../mujoco-task.js';
import { checkPositive } from '../option-checks.js';
import { palmCentre } from './hand-model.js';
import { columnOf, distanceOf, handJointCount, type HandOptions, HandTask } from './hand-task.js';

/** Options of {@link createBaodingHand}. */
export interface BaodingHandOptions extends HandOptions {
  /** Radius of the balls, m. Default 0.02. */
  readonly ballRadius?: number;
  /** Mass of a ball, kg. Default 0.043. */
  readonly ballMass?: number;
  /** Steps in which the goals go round once. Default 60. */
  readonly period?: number;
  /** Which way they go, seen from above. Default `counterclockwise`. */
  readonly direction?: 'counterclockwise' | 'clockwise';
}

const caller = 'createBaodingHand';
const radii = [0.033, 0.021] as const;
const startAngles = [(3 * Math.PI) / 4, -Math.PI / 4] as const;
const wristLimit = 0.15;
const first = handJointCount;
const second = first + 6;
const goals = second + 6;

const goalOf = (angle: number): readonly [x: number, y: number] => [
  palmCentre[0] + radii[0] * Math.cos(angle),
  palmCentre[1] + radii[1] * Math.sin(angle),
];

function ball(index: 0 | 1, radius: number, mass: number): MjcfBody {
  const [x, y] = goalOf(startAngles[index]);
  return {
    name: `ball${index + 1}`,
    pos: [x, y, 0.013 + radius],
    joints: [{ name: `ball${index + 1}`, type: 'free' }],
    geoms: [{ type: 'sphere', size: radius, mass, rgba: index === 0 ? [0.95, 0.75, 0.2, 1] : [0.85, 0.35, 0.6, 1] }],
  };
}

class BaodingHand extends HandTask {
  private readonly turn: number;

  constructor(options: BaodingHandOptions) {
    const { ballRadius = 0.02, ballMass = 0.043, period = 60, direction = 'counterclockwise' } = options;
    checkPositive(caller, { ballRadius, ballMass });
    checkNumber(caller, 'period', period, { above: 0 });
    checkOneOf(caller, 'direction', direction, ['counterclockwise', 'clockwise']);
    const axes = ['x', 'y', 'z'];
    super(
      {
        name: 'BaodingHand-v0',
        caller,
        objects: [ball(0, ballRadius, ballMass), ball(1, ballRadius, ballMass)],
        labels: [
          ...[1, 2].flatMap((index) => ['position', 'velocity'].flatMap((what) => axes.map((axis) => `ball ${index} ${what} ${axis}`))),
          'goal 1 x',
          'goal 1 y',
          'goal 2 x',
          'goal 2 y',
        ],
        memorySize: 1,
      },
      options,
    );
    this.turn = ((direction === 'clockwise' ? -1 : 1) * 2 * Math.PI) / period;
    const { dropHeight } = this;
    /** 1 for each row in which a ball is dropped. */
    const dropped = (next: tf.Tensor2D): tf.Tensor =>
      tf.maximum(tf.step(tf.sub(dropHeight, columnOf(next, first + 2))), tf.step(tf.sub(dropHeight, columnOf(next, second + 2))));
    this.batched = {
      reward: (_observation, _action, nextObservation) =>
        tf.tidy(() => {
          const next = nextObservation as tf.Tensor2D;
          const far = tf.add(distanceOf(next, first, goals, 2), distanceOf(next, second, goals + 2, 2));
          const lifted = tf.step(tf.sub(columnOf(next, 1), wristLimit));
          return tf.neg(tf.add(tf.add(tf.mul(far, 5), tf.mul(dropped(next), 500)), tf.mul(lifted, 10)));
        }),
      terminated: (_observation, _action, nextObservation) => tf.tidy(() => tf.greater(dropped(nextObservation as tf.Tensor2D), 0.5)),
    };
  }

  private goal(index: 0 | 1): readonly [x: number, y: number] {
    return goalOf(startAngles[index] + this.turn * this.memory[0]!);
  }

  protected override control(controls: Float64Array): void {
    super.control(controls);
    this.memory[0]! += 1;
  }

  protected begin(): Info {
    this.memory[0] = 0;
    return {};
  }

  protected observe(into: Float32Array): void {
    this.observeHand(into);
    const { qpos, qvel } = this.simulation.state;
    for (const index of [0, 1] as const) {
      const offset = first + 6 * index;
      for (let axis = 0; axis < 3; axis++) {
        into[offset + axis] = qpos[handJointCount + 7 * index + axis]!;
        into[offset + 3 + axis] = qvel[handJointCount + 6 * index + axis]!;
      }
      into.set(this.goal(index), goals + 2 * index);
    }
  }

  protected outcome(): Outcome {
    const { qpos } = this.simulation.state;
    let far = 0;
    let drop = false;
    for (const index of [0, 1] as const) {
      const offset = handJointCount + 7 * index;
      const [x, y] = this.goal(index);
      far += Math.hypot(qpos[offset]! - x, qpos[offset + 1]! - y);
      drop ||= qpos[offset + 2]! < this.dropHeight;
    }
    const distance = -5 * far;
    const dropPenalty = drop ? -500 : 0;
    const wrist = qpos[1]! > wristLimit ? -10 : 0;
    return {
      reward: distance + dropPenalty + wrist,
      terminated: drop,
      info: { reward_dist: distance, reward_drop: dropPenalty, reward_wrist: wrist },
    };
  }

  override solidScene(): SolidScene {
    const scene = super.solidScene();
    const marks = ([0, 1] as const).map((index): SolidShape => {
      const [x, y] = this.goal(index);
      return { form: { kind: 'sphere', radius: 0.005 }, role: 'target', position: [x, y, 0.075], rotation: [1, 0, 0, 0] };
    });
    return { ...scene, shapes: [...scene.shapes, ...marks] };
  }
}

/**
 * Makes the two Baoding balls in the hand: 40 observations, 24 joint targets in ±1 about a cupped pose, 0.08 s a step, 500
 * steps. The info has `reward_dist`, `reward_drop` and `reward_wrist`. Reward and ending are given in batched form.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createBaodingHand(options: BaodingHandOptions = {}): MujocoEnvironment {
  return new BaodingHand(options);
}
