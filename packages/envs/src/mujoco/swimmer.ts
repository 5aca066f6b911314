/**
 * Swimming with a chain of three links in a plane of thick fluid: Gymnasium 1.3's `Swimmer-v5` (Coulom 2002). Reward
 * w_f Δx/Δt − w_c ‖a‖²; never terminated. Observation: positions without x and y, then velocities.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { jointLabels } from './joint-labels.js';
import type { MjcfModel } from './mjcf.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { checkFinite, checkPositive } from './option-checks.js';
import { drawUniform, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** What of the swimmer and its fluid can be changed. */
export interface SwimmerBody {
  /** Length of a link, m. Default 1. */
  readonly linkLength?: number;
  /** Radius of the links, m. Default 0.1. */
  readonly linkRadius?: number;
  /** Density of the links, kg/m³. Default 1000. */
  readonly linkDensity?: number;
  /** Density of the fluid, kg/m³. Default 4000. */
  readonly fluidDensity?: number;
  /** Viscosity of the fluid, Pa s. Default 0.1. */
  readonly fluidViscosity?: number;
  /** Torque of an action of 1, N m. Default 150. */
  readonly gear?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** Options of {@link createSwimmer}. Steps of the physics in a step: 4; limit: 1000 steps. */
export interface SwimmerOptions extends MujocoTaskOptions, SwimmerBody {
  /** Weight of the speed in the reward. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Weight of the squared action in the reward. Default 0.0001. */
  readonly ctrlCostWeight?: number;
  /** Half width of the uniform noise on the first positions and velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether to leave x and y out of the observation. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

const caller = 'createSwimmer';
const joints = ['slider1', 'slider2', 'free_body_rot', 'motor1_rot', 'motor2_rot'] as const;

function model(options: SwimmerBody): MjcfModel {
  const { linkLength = 1, linkRadius = 0.1, linkDensity = 1000, fluidDensity = 4000, fluidViscosity = 0.1, gear = 150 } = options;
  const { physicsTimeStep = 0.01 } = options;
  checkPositive(caller, { linkLength, linkRadius, linkDensity, physicsTimeStep });
  checkNumber(caller, 'fluidDensity', fluidDensity, { min: 0 });
  checkNumber(caller, 'fluidViscosity', fluidViscosity, { min: 0 });
  checkFinite(caller, { gear });
  const bend = (100 * Math.PI) / 180;
  const link = { type: 'capsule', size: linkRadius, density: linkDensity } as const;
  const hinge = (name: string) => ({ name, type: 'hinge', axis: [0, 0, 1] }) as const;
  return {
    name: 'swimmer',
    compiler: { inertiafromgeom: true },
    option: { density: fluidDensity, viscosity: fluidViscosity, integrator: 'RK4', timestep: physicsTimeStep },
    defaults: { geom: { contype: 0, conaffinity: 0, condim: 1, rgba: [0.8, 0.6, 0.4, 1] }, joint: { armature: 0.1 } },
    geoms: [{ name: 'floor', type: 'plane', pos: [0, 0, -0.1], size: [40, 40, 0.1], condim: 3, rgba: [0.8, 0.9, 0.8, 1] }],
    bodies: [
      {
        name: 'torso',
        joints: [
          { name: 'slider1', type: 'slide', axis: [1, 0, 0] },
          { name: 'slider2', type: 'slide', axis: [0, 1, 0] },
          hinge('free_body_rot'),
        ],
        geoms: [{ ...link, fromto: [0.5 + linkLength, 0, 0, 0.5, 0, 0] }],
        bodies: [
          {
            name: 'mid',
            pos: [0.5, 0, 0],
            joints: [{ ...hinge('motor1_rot'), limited: true, range: [-bend, bend] }],
            geoms: [{ ...link, fromto: [0, 0, 0, -linkLength, 0, 0] }],
            bodies: [
              {
                name: 'back',
                pos: [-linkLength, 0, 0],
                joints: [{ ...hinge('motor2_rot'), limited: true, range: [-bend, bend] }],
                geoms: [{ ...link, fromto: [0, 0, 0, -linkLength, 0, 0] }],
              },
            ],
          },
        ],
      },
    ],
    actuators: ['motor1_rot', 'motor2_rot'].map((joint) => ({ kind: 'motor', joint, gear, ctrllimited: true, ctrlrange: [-1, 1] })),
  };
}

class Swimmer extends MujocoTask {
  private readonly forwardRewardWeight: number;
  private readonly ctrlCostWeight: number;
  private readonly resetNoiseScale: number;
  private readonly skipped: 0 | 2;

  constructor(options: SwimmerOptions) {
    const { frameSkip = 4, maxSteps = 1000, seed, forwardRewardWeight = 1, ctrlCostWeight = 1e-4, resetNoiseScale = 0.1 } = options;
    const { excludeCurrentPositionsFromObservation = true } = options;
    const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
    checkFlags(caller, { excludeCurrentPositionsFromObservation });
    super({
      name: 'Swimmer-v5',
      caller,
      model: model(options),
      frameSkip,
      maxSteps,
      seed,
      view: { follow: 'mid', target: [0, 0, 0], offset: [0, -3.5, 4] },
      labels: jointLabels(joints, joints, skipped),
      memorySize: 2,
    });
    this.forwardRewardWeight = checkNumber(caller, 'forwardRewardWeight', forwardRewardWeight);
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.skipped = skipped;
    const { timeStep } = this;
    if (skipped === 0) {
      const x = (of: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.slice(of, [0, 0], [-1, 1]), [-1]);
      this.batched = {
        reward: (observation, action, nextObservation) =>
          tf.tidy(() => {
            const speed = tf.div(tf.sub(x(nextObservation as tf.Tensor2D), x(observation as tf.Tensor2D)), timeStep);
            const cost = tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), ctrlCostWeight);
            return tf.sub(tf.mul(speed, forwardRewardWeight), cost);
          }),
      };
    }
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawUniform(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    writeValues(into, writeValues(into, 0, qpos, this.skipped), qvel);
  }

  private place(): Info {
    const { qpos } = this.simulation.state;
    const x = qpos[0]!;
    const y = qpos[1]!;
    this.memory[0] = x;
    this.memory[1] = y;
    return { x_position: x, y_position: y, distance_from_origin: Math.hypot(x, y) };
  }

  protected begin(): Info {
    return this.place();
  }

  protected outcome(): Outcome {
    const xBefore = this.memory[0]!;
    const yBefore = this.memory[1]!;
    const place = this.place();
    const x = this.memory[0]!;
    const y = this.memory[1]!;
    const xVelocity = (x - xBefore) / this.timeStep;
    const forward = this.forwardRewardWeight * xVelocity;
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    return {
      reward: forward - control,
      terminated: false,
      info: {
        ...place,
        x_velocity: xVelocity,
        y_velocity: (y - yBefore) / this.timeStep,
        reward_forward: forward,
        reward_ctrl: -control,
      },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `Swimmer-v5`: 8 observations (10 with x and y), 2 torques in ±1 (times 150 N m), 0.04 s a step.
 * The info has `x_position`, `y_position`, `distance_from_origin`, `x_velocity`, `y_velocity`, `reward_forward` and
 * `reward_ctrl`. With x and y in the observation it has a batched reward.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createSwimmer(options: SwimmerOptions = {}): MujocoEnvironment {
  return new Swimmer(options);
}
