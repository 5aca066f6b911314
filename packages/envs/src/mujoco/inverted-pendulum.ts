/**
 * Balancing a pole on a cart that rolls along a rail: Gymnasium 1.3's `InvertedPendulum-v5`. Reward 1 for each step that
 * ends with the pole within 0.2 rad of upright; beyond, the episode ends. Observation: x, θ, ẋ, θ̇.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { jointLabels } from './joint-labels.js';
import type { MjcfModel } from './mjcf.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { checkFinite, checkPositive } from './option-checks.js';
import { drawUniform } from './start-noise.js';
import { writeValues } from './write-values.js';

/** What of the cart and pole can be changed. */
export interface InvertedPendulumBody {
  /** Length of the pole, m. Default 0.6. */
  readonly poleLength?: number;
  /** Radius of the pole, m. Default 0.049. */
  readonly poleRadius?: number;
  /** Mass of the pole, kg. Default: by its volume, at 1000 kg/m³. */
  readonly poleMass?: number;
  /** Mass of the cart, kg. Default: by its volume, at 1000 kg/m³. */
  readonly cartMass?: number;
  /** How far the cart can go to each side, m. Default 1. */
  readonly railLimit?: number;
  /** Force of an action of 1, N. Default 100. */
  readonly gear?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.02. */
  readonly physicsTimeStep?: number;
}

/** Options of {@link createInvertedPendulum}. Steps of the physics in a step: 2; limit: 1000 steps. */
export interface InvertedPendulumOptions extends MujocoTaskOptions, InvertedPendulumBody {
  /** Half width of the uniform noise on the first positions and velocities. Default 0.01. */
  readonly resetNoiseScale?: number;
}

const caller = 'createInvertedPendulum';
const greatestAngle = 0.2;

function model(options: InvertedPendulumBody): MjcfModel {
  const {
    poleLength = 0.6,
    poleRadius = 0.049,
    poleMass,
    cartMass,
    railLimit = 1,
    gear = 100,
    gravity = 9.81,
    physicsTimeStep = 0.02,
  } = options;
  checkPositive(caller, { poleLength, poleRadius, railLimit, physicsTimeStep, poleMass: poleMass ?? 1, cartMass: cartMass ?? 1 });
  checkFinite(caller, { gear, gravity });
  const right = Math.PI / 2;
  return {
    name: 'inverted pendulum',
    compiler: { inertiafromgeom: true },
    option: { gravity: [0, 0, -gravity], integrator: 'RK4', timestep: physicsTimeStep },
    defaults: {
      joint: { armature: 0, damping: 1, limited: true },
      geom: { contype: 0, friction: [1, 0.1, 0.1], rgba: [0.7, 0.7, 0, 1] },
    },
    geoms: [{ name: 'rail', type: 'capsule', size: [0.02, railLimit], quat: [0.707, 0, 0.707, 0], rgba: [0.3, 0.3, 0.7, 1] }],
    bodies: [
      {
        name: 'cart',
        joints: [{ name: 'slider', type: 'slide', axis: [1, 0, 0], range: [-railLimit, railLimit] }],
        geoms: [
          {
            name: 'cart',
            type: 'capsule',
            size: [0.1, 0.1],
            quat: [0.707, 0, 0.707, 0],
            ...(cartMass === undefined ? {} : { mass: cartMass }),
          },
        ],
        bodies: [
          {
            name: 'pole',
            joints: [{ name: 'hinge', type: 'hinge', axis: [0, 1, 0], range: [-right, right] }],
            geoms: [
              {
                name: 'cpole',
                type: 'capsule',
                fromto: [0, 0, 0, 0.001, 0, poleLength],
                size: poleRadius,
                rgba: [0, 0.7, 0.7, 1],
                ...(poleMass === undefined ? {} : { mass: poleMass }),
              },
            ],
          },
        ],
      },
    ],
    actuators: [{ kind: 'motor', name: 'slide', joint: 'slider', gear, ctrllimited: true, ctrlrange: [-3, 3] }],
  };
}

class InvertedPendulum extends MujocoTask {
  private readonly resetNoiseScale: number;

  constructor(options: InvertedPendulumOptions) {
    const { frameSkip = 2, maxSteps = 1000, seed, resetNoiseScale = 0.01 } = options;
    checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    super({
      name: 'InvertedPendulum-v5',
      caller,
      model: model(options),
      frameSkip,
      maxSteps,
      seed,
      view: { target: [0, 0, 0.2], offset: [0, -2.6, 0.3], floor: -0.75 },
      labels: jointLabels(['cart', 'pole']),
    });
    this.resetNoiseScale = resetNoiseScale;
    const fallen = (next: tf.Tensor2D): tf.Tensor1D => {
      const angle = tf.abs(tf.reshape(tf.slice(next, [0, 1], [-1, 1]), [-1]));
      return tf.step(tf.sub(angle, greatestAngle)) as tf.Tensor1D;
    };
    this.batched = {
      reward: (_observation, _action, nextObservation) => tf.tidy(() => tf.sub(1, fallen(nextObservation as tf.Tensor2D))),
      terminated: (_observation, _action, nextObservation) => tf.tidy(() => tf.greater(fallen(nextObservation as tf.Tensor2D), 0.5)),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawUniform(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    writeValues(into, writeValues(into, 0, qpos), qvel);
  }

  protected begin(): Info {
    return {};
  }

  protected outcome(): Outcome {
    const terminated = Math.abs(this.simulation.state.qpos[1]!) > greatestAngle;
    const reward = terminated ? 0 : 1;
    return { reward, terminated, info: { reward_survive: reward } };
  }
}

/**
 * Makes Gymnasium 1.3's `InvertedPendulum-v5`: 4 observations, one force in ±3 (times 100 N), 0.04 s a step. The info has
 * `reward_survive`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createInvertedPendulum(options: InvertedPendulumOptions = {}): MujocoEnvironment {
  return new InvertedPendulum(options);
}
