/**
 * Bringing the tip of a planar arm of two links to a goal: Gymnasium 1.3's `Reacher-v5`. Reward −w_d |tip − goal| −
 * w_c ‖a‖²; never terminated. Observation: cosines and sines of the angles, the goal, angular velocities, tip − goal.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import type { MjcfGeom, MjcfModel } from './mjcf.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { checkFinite, checkPositive } from './option-checks.js';
import { drawUniform, squaredNorm } from './start-noise.js';
import { distanceBetween } from './write-values.js';

/** What of the arm can be changed. */
export interface ReacherBody {
  /** Length of the first link, m. Default 0.1. */
  readonly firstLinkLength?: number;
  /** Length of the second link, m. Default 0.1. */
  readonly secondLinkLength?: number;
  /** Torque of an action of 1, N m. Default 200. */
  readonly gear?: number;
  /** Damping of the joints, N m s/rad. Default 1. */
  readonly damping?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** Options of {@link createReacher}. Steps of the physics in a step: 2; limit: 50 steps. */
export interface ReacherOptions extends MujocoTaskOptions, ReacherBody {
  /** Weight of the distance in the reward. Default 1. */
  readonly rewardDistWeight?: number;
  /** Weight of the squared action in the reward. Default 1. */
  readonly rewardControlWeight?: number;
}

const caller = 'createReacher';
const goalRadius = 0.2;

function model(options: ReacherBody): MjcfModel {
  const { firstLinkLength = 0.1, secondLinkLength = 0.1, gear = 200, damping = 1, physicsTimeStep = 0.01 } = options;
  checkPositive(caller, { firstLinkLength, secondLinkLength, physicsTimeStep });
  checkNumber(caller, 'damping', damping, { min: 0 });
  checkFinite(caller, { gear });
  const side = (name: string, ...[x0, y0, x1, y1]: readonly [number, number, number, number]): MjcfGeom => ({
    name,
    type: 'capsule',
    conaffinity: 0,
    fromto: [x0, y0, 0.01, x1, y1, 0.01],
    size: 0.02,
    rgba: [0.9, 0.4, 0.6, 1],
  });
  const link = { type: 'capsule', size: 0.01, rgba: [0, 0.4, 0.6, 1] } as const;
  const slide = { type: 'slide', armature: 0, damping: 0, stiffness: 0, limited: true, range: [-0.27, 0.27] } as const;
  return {
    name: 'reacher',
    compiler: { inertiafromgeom: true },
    option: { gravity: [0, 0, -9.81], integrator: 'RK4', timestep: physicsTimeStep },
    defaults: {
      joint: { armature: 1, damping, limited: true },
      geom: { contype: 0, friction: [1, 0.1, 0.1], rgba: [0.7, 0.7, 0, 1] },
    },
    geoms: [
      { name: 'ground', type: 'plane', conaffinity: 0, size: [1, 1, 10], rgba: [0.9, 0.9, 0.9, 1] },
      side('sideS', -0.3, -0.3, 0.3, -0.3),
      side('sideE', 0.3, -0.3, 0.3, 0.3),
      side('sideN', -0.3, 0.3, 0.3, 0.3),
      side('sideW', -0.3, -0.3, -0.3, 0.3),
      { name: 'root', type: 'cylinder', conaffinity: 0, fromto: [0, 0, 0, 0, 0, 0.02], size: 0.011, rgba: [0.9, 0.4, 0.6, 1] },
    ],
    bodies: [
      {
        name: 'body0',
        pos: [0, 0, 0.01],
        joints: [{ name: 'joint0', type: 'hinge', axis: [0, 0, 1], limited: false }],
        geoms: [{ name: 'link0', fromto: [0, 0, 0, firstLinkLength, 0, 0], ...link }],
        bodies: [
          {
            name: 'body1',
            pos: [firstLinkLength, 0, 0],
            joints: [{ name: 'joint1', type: 'hinge', axis: [0, 0, 1], limited: true, range: [-3, 3] }],
            geoms: [{ name: 'link1', fromto: [0, 0, 0, secondLinkLength, 0, 0], ...link }],
            bodies: [
              {
                name: 'fingertip',
                pos: [secondLinkLength + 0.01, 0, 0],
                geoms: [{ name: 'fingertip', type: 'sphere', size: 0.01, rgba: [0, 0.8, 0.6, 1] }],
              },
            ],
          },
        ],
      },
      {
        name: 'target',
        pos: [0.1, -0.1, 0.01],
        joints: [
          { name: 'target_x', axis: [1, 0, 0], ref: 0.1, ...slide },
          { name: 'target_y', axis: [0, 1, 0], ref: -0.1, ...slide },
        ],
        geoms: [{ name: 'target', type: 'sphere', conaffinity: 0, size: 0.009, rgba: [0.9, 0.2, 0.2, 1] }],
      },
    ],
    actuators: ['joint0', 'joint1'].map((joint) => ({ kind: 'motor', joint, gear, ctrllimited: true, ctrlrange: [-1, 1] })),
  };
}

class Reacher extends MujocoTask {
  private readonly rewardDistWeight: number;
  private readonly rewardControlWeight: number;
  private readonly tip: number;
  private readonly target: number;

  constructor(options: ReacherOptions) {
    const { frameSkip = 2, maxSteps = 50, seed, rewardDistWeight = 1, rewardControlWeight = 1 } = options;
    super({
      name: 'Reacher-v5',
      caller,
      model: model(options),
      frameSkip,
      maxSteps,
      seed,
      view: { target: [0, 0, 0], offset: [0, -0.35, 0.8], targets: ['target'] },
      labels: [
        'cosine of the first angle',
        'cosine of the second angle',
        'sine of the first angle',
        'sine of the second angle',
        'goal x',
        'goal y',
        'first angular velocity',
        'second angular velocity',
        'tip − goal, x',
        'tip − goal, y',
      ],
    });
    this.rewardDistWeight = checkNumber(caller, 'rewardDistWeight', rewardDistWeight);
    this.rewardControlWeight = checkNumber(caller, 'rewardControlWeight', rewardControlWeight);
    this.tip = this.simulation.indexOf('body', 'fingertip');
    this.target = this.simulation.indexOf('body', 'target');
    this.batched = {
      reward: (_observation, action, nextObservation) =>
        tf.tidy(() => {
          const way = tf.slice(nextObservation as tf.Tensor2D, [0, 8], [-1, 2]);
          const distance = tf.sqrt(tf.sum(tf.square(way), 1));
          const effort = tf.sum(tf.square(action as tf.Tensor2D), 1);
          return tf.neg(tf.add(tf.mul(distance, rewardDistWeight), tf.mul(effort, rewardControlWeight)));
        }),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, 0.1);
    let x: number;
    let y: number;
    do {
      x = goalRadius * (2 * rng.uniform() - 1);
      y = goalRadius * (2 * rng.uniform() - 1);
    } while (Math.hypot(x, y) >= goalRadius);
    qpos[2] = x;
    qpos[3] = y;
    drawUniform(rng, qvel, 0.005, 0, 2);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel, xpos } = this.simulation.state;
    for (let i = 0; i < 2; i++) {
      into[i] = Math.cos(qpos[i]!);
      into[2 + i] = Math.sin(qpos[i]!);
      into[4 + i] = qpos[2 + i]!;
      into[6 + i] = qvel[i]!;
      into[8 + i] = xpos[3 * this.tip + i]! - xpos[3 * this.target + i]!;
    }
  }

  protected begin(): Info {
    return {};
  }

  protected outcome(): Outcome {
    const { xpos } = this.simulation.state;
    const distance = -distanceBetween(xpos, this.tip, this.target) * this.rewardDistWeight;
    const control = -squaredNorm(this.action) * this.rewardControlWeight;
    return { reward: distance + control, terminated: false, info: { reward_dist: distance, reward_ctrl: control } };
  }
}

/**
 * Makes Gymnasium 1.3's `Reacher-v5`: 10 observations, 2 torques in ±1 (times 200 N m), 0.02 s a step. The info has
 * `reward_dist` and `reward_ctrl`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createReacher(options: ReacherOptions = {}): MujocoEnvironment {
  return new Reacher(options);
}
