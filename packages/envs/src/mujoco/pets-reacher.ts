/**
 * The reacher of PETS (Chua et al. 2018, handful-of-trials): bringing the tip of an arm of seven joints to a goal in space.
 * Reward −|tip − goal|² − 0.01 ‖a‖², both after the step; never terminated. Observation: seven angles, the goal, seven
 * angular velocities.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { armBody, armJoints, capsule } from './arm-model.js';
import type { MjcfBody, MjcfModel } from './mjcf.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { checkPositive } from './option-checks.js';
import { type ReacherLengths, reacherTip, reacherTips } from './pets-reacher-tip.js';
import { squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** What of the arm can be changed. */
export interface PetsReacherBody {
  /** Length from the shoulder to the elbow, m. Default 0.4. */
  readonly upperArmLength?: number;
  /** Length from the elbow to the wrist, m. Default 0.321. */
  readonly forearmLength?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** Options of {@link createPetsReacher}. Steps of the physics in a step: 2; limit: 150 steps. */
export interface PetsReacherOptions extends MujocoTaskOptions, PetsReacherBody {
  /** Standard deviation of the goal's coordinates about (0, 0.25, 0), m. Default 0.1. */
  readonly goalDeviation?: number;
}

const caller = 'createPetsReacher';
const controlWeight = 0.01;
/** From the wrist to the place between the fingers that counts as the tip, m. */
const handLength = 0.16828;

/** Palm and two fingers of two links. */
function hand(): MjcfBody {
  const finger = (side: 'l' | 'r', sign: 1 | -1, base: string, end: string): MjcfBody => ({
    name: `r_gripper_${side}_finger_link`,
    pos: [0.07691, 0.03 * sign, 0],
    geoms: [capsule(base, [0, 0, 0], [0.09137, 0.00495 * sign, 0], 0.01)],
    bodies: [
      {
        name: `r_gripper_${side}_finger_tip_link`,
        pos: [0.09137, 0.00495 * sign, 0],
        geoms: [capsule(end, [0, 0, 0], [0.09137, 0, 0], 0.01)],
      },
    ],
  });
  return {
    name: 'r_gripper_palm_link',
    geoms: [capsule('pl', [0.05, 0, -0.02], [0.05, 0, 0.02], 0.05)],
    bodies: [finger('l', 1, 'gf3', 'gf4'), finger('r', -1, 'gf1', 'gf2')],
  };
}

function model(upperArmLength: number, forearmLength: number, physicsTimeStep: number): MjcfModel {
  const slide = { type: 'slide', armature: 0, damping: 0, stiffness: 0, limited: false } as const;
  return {
    name: 'arm3d',
    compiler: { inertiafromgeom: true },
    option: { timestep: physicsTimeStep, gravity: [0, 0, 0], iterations: 20, integrator: 'RK4' },
    defaults: {
      joint: { armature: 0.04, damping: 1, limited: true },
      geom: { friction: [0.5, 0.1, 0.1], margin: 0.002, condim: 1, contype: 0, conaffinity: 0 },
    },
    bodies: [
      armBody({
        baseY: -0.188,
        upperArmLength,
        forearmLength,
        forearmSolid: forearmLength,
        joints: [
          { range: [-2.2854, 1.714602], damping: 10 },
          { range: [-0.5236, 1.3963], damping: 10 },
          { range: [-3.9, 0.8], damping: 0.1 },
          { range: [-2.3213, 0], damping: 1 },
          { damping: 0.1 },
          { range: [-2.094, 0], damping: 0.1 },
          { damping: 0.1 },
        ],
        hand: { geoms: [capsule('wr', [-0.02, 0, 0], [0.02, 0, 0], 0.01)], bodies: [hand()] },
      }),
      {
        name: 'target',
        pos: [0, 0.25, 0],
        joints: [
          { name: 'target_x', axis: [1, 0, 0], ref: 0, ...slide },
          { name: 'target_y', axis: [0, 1, 0], ref: 0.25, ...slide },
          { name: 'target_z', axis: [0, 0, 1], ref: 0, ...slide },
        ],
        geoms: [{ name: 'target', type: 'sphere', size: 0.035, rgba: [0.9, 0.2, 0.2, 1] }],
      },
    ],
    actuators: armJoints.map((joint) => ({ kind: 'motor', joint, ctrllimited: true, ctrlrange: [-20, 20] })),
  };
}

class PetsReacher extends MujocoTask {
  private readonly goalDeviation: number;
  private readonly lengths: ReacherLengths;

  constructor(options: PetsReacherOptions) {
    const { frameSkip = 2, maxSteps = 150, seed, goalDeviation = 0.1 } = options;
    const { upperArmLength = 0.4, forearmLength = 0.321, physicsTimeStep = 0.01 } = options;
    checkPositive(caller, { upperArmLength, forearmLength, physicsTimeStep });
    super({
      name: 'PetsReacher-v0',
      caller,
      model: model(upperArmLength, forearmLength, physicsTimeStep),
      frameSkip,
      maxSteps,
      seed,
      view: { target: [0.2, 0, 0], offset: [0.9, -1.6, 1.2], floor: -1, targets: ['target'] },
      labels: [
        ...armJoints.map((joint) => `${joint} position`),
        'goal x',
        'goal y',
        'goal z',
        ...armJoints.map((joint) => `${joint} velocity`),
      ],
    });
    this.goalDeviation = checkNumber(caller, 'goalDeviation', goalDeviation, { min: 0 });
    const lengths = { upperArm: upperArmLength, forearm: forearmLength, hand: handLength };
    this.lengths = lengths;
    this.batched = {
      reward: (_observation, action, nextObservation) =>
        tf.tidy(() => {
          const next = nextObservation as tf.Tensor2D;
          const way = tf.sub(reacherTips(next, lengths), tf.slice(next, [0, 7], [-1, 3]));
          return tf.neg(tf.add(tf.sum(tf.square(way), 1), tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), controlWeight)));
        }),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array): void {
    for (let i = 7; i < 10; i++) qpos[i]! += this.goalDeviation * rng.normal();
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    writeValues(into, writeValues(into, 0, qpos), qvel, 0, 7);
  }

  protected begin(): Info {
    return {};
  }

  protected outcome(): Outcome {
    const { qpos } = this.simulation.state;
    const tip = reacherTip(qpos, this.lengths);
    let squared = 0;
    for (let axis = 0; axis < 3; axis++) squared += (tip[axis]! - qpos[7 + axis]!) ** 2;
    const control = -controlWeight * squaredNorm(this.action);
    return { reward: control - squared, terminated: false, info: { reward_dist: -squared, reward_ctrl: control } };
  }
}

/**
 * Makes the reacher of PETS: 17 observations, 7 torques in ±20 N m, 0.02 s a step. The info has `reward_dist` and
 * `reward_ctrl`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createPetsReacher(options: PetsReacherOptions = {}): MujocoEnvironment {
  return new PetsReacher(options);
}
