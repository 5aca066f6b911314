/**
 * Balancing two poles, one on the other, on a cart: Gymnasium 1.3's `InvertedDoublePendulum-v5`. With the tip at (x, z):
 * reward 10 while it stands − 0.01 x² − (z − 2)² − 0.001 θ̇₁² − 0.005 θ̇₂²; the episode ends with z ≤ 1. Observation: cart,
 * sines, cosines, velocities within ±10, and the rail's force on the cart within ±10.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import type { MjcfModel } from './mjcf.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { checkFinite, checkPositive, clip } from './option-checks.js';
import { drawNormal, drawUniform } from './start-noise.js';

/** What of the cart and poles can be changed. */
export interface InvertedDoublePendulumBody {
  /** Length of the lower pole, m. Default 0.6. */
  readonly lowerLength?: number;
  /** Length of the upper pole, m. Default 0.6. The reward asks for a tip at 2 m whatever the lengths. */
  readonly upperLength?: number;
  /** Radius of the poles, m. Default 0.045. */
  readonly poleRadius?: number;
  /** How far the cart can go to each side, m. Default 1. */
  readonly railLimit?: number;
  /** Force of an action of 1, N. Default 500. */
  readonly gear?: number;
  /** Acceleration of gravity, m/s². Default 9.81. */
  readonly gravity?: number;
  /** Seconds of one step of the physics. Default 0.01. */
  readonly physicsTimeStep?: number;
}

/** Options of {@link createInvertedDoublePendulum}. Steps of the physics in a step: 5; limit: 1000 steps. */
export interface InvertedDoublePendulumOptions extends MujocoTaskOptions, InvertedDoublePendulumBody {
  /** Reward of a step that ends with the tip up. Default 10. */
  readonly healthyReward?: number;
  /** Half width of the uniform noise on the first positions and standard deviation of the first velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
}

const caller = 'createInvertedDoublePendulum';

function model(options: InvertedDoublePendulumBody): MjcfModel {
  const {
    lowerLength = 0.6,
    upperLength = 0.6,
    poleRadius = 0.045,
    railLimit = 1,
    gear = 500,
    gravity = 9.81,
    physicsTimeStep = 0.01,
  } = options;
  checkPositive(caller, { lowerLength, upperLength, poleRadius, railLimit, physicsTimeStep });
  checkFinite(caller, { gear, gravity });
  const pole = { type: 'capsule', size: poleRadius, rgba: [0, 0.7, 0.7, 1] } as const;
  return {
    name: 'cartpole',
    compiler: { inertiafromgeom: true },
    option: { gravity: [1e-5, 0, -gravity], integrator: 'RK4', timestep: physicsTimeStep },
    defaults: { joint: { damping: 0.05 }, geom: { contype: 0, friction: [1, 0.1, 0.1], rgba: [0.7, 0.7, 0, 1] } },
    geoms: [
      { name: 'floor', type: 'plane', pos: [0, 0, -3], size: [40, 40, 40], rgba: [0.8, 0.9, 0.8, 1] },
      { name: 'rail', type: 'capsule', size: [0.02, railLimit], quat: [0.707, 0, 0.707, 0], rgba: [0.3, 0.3, 0.7, 1] },
    ],
    bodies: [
      {
        name: 'cart',
        joints: [{ name: 'slider', type: 'slide', axis: [1, 0, 0], limited: true, range: [-railLimit, railLimit], margin: 0.01 }],
        geoms: [{ name: 'cart', type: 'capsule', size: [0.1, 0.1], quat: [0.707, 0, 0.707, 0] }],
        bodies: [
          {
            name: 'pole',
            joints: [{ name: 'hinge', type: 'hinge', axis: [0, 1, 0] }],
            geoms: [{ name: 'cpole', fromto: [0, 0, 0, 0, 0, lowerLength], ...pole }],
            bodies: [
              {
                name: 'pole2',
                pos: [0, 0, lowerLength],
                joints: [{ name: 'hinge2', type: 'hinge', axis: [0, 1, 0] }],
                geoms: [{ name: 'cpole2', fromto: [0, 0, 0, 0, 0, upperLength], ...pole }],
                sites: [{ name: 'tip', pos: [0, 0, upperLength], size: 0.01 }],
              },
            ],
          },
        ],
      },
    ],
    actuators: [{ kind: 'motor', name: 'slide', joint: 'slider', gear, ctrllimited: true, ctrlrange: [-1, 1] }],
  };
}

class InvertedDoublePendulum extends MujocoTask {
  private readonly healthyReward: number;
  private readonly resetNoiseScale: number;

  constructor(options: InvertedDoublePendulumOptions) {
    const { frameSkip = 5, maxSteps = 1000, seed, healthyReward = 10, resetNoiseScale = 0.1 } = options;
    checkNumber(caller, 'healthyReward', healthyReward);
    checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    super({
      name: 'InvertedDoublePendulum-v5',
      caller,
      model: model(options),
      frameSkip,
      maxSteps,
      seed,
      view: { target: [0, 0, 0.5], offset: [0, -4, 0.3] },
      labels: [
        'cart position',
        'sine of the lower angle',
        'sine of the upper angle',
        'cosine of the lower angle',
        'cosine of the upper angle',
        'cart velocity',
        'lower velocity',
        'upper velocity',
        'force of the rail',
      ],
    });
    this.healthyReward = healthyReward;
    this.resetNoiseScale = resetNoiseScale;
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawNormal(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel, qfrc_constraint: force } = this.simulation.state;
    const lower = qpos[1]!;
    const upper = qpos[2]!;
    into[0] = qpos[0]!;
    into[1] = Math.sin(lower);
    into[2] = Math.sin(upper);
    into[3] = Math.cos(lower);
    into[4] = Math.cos(upper);
    for (let i = 0; i < 3; i++) into[5 + i] = clip(qvel[i]!, -10, 10);
    into[8] = clip(force[0]!, -10, 10);
  }

  protected begin(): Info {
    return {};
  }

  protected outcome(): Outcome {
    const { site_xpos: tip, qvel } = this.simulation.state;
    const x = tip[0]!;
    const z = tip[2]!;
    const lower = qvel[1]!;
    const upper = qvel[2]!;
    const terminated = z <= 1;
    const alive = terminated ? 0 : this.healthyReward;
    const distance = 0.01 * x ** 2 + (z - 2) ** 2;
    const velocity = 1e-3 * lower ** 2 + 5e-3 * upper ** 2;
    return {
      reward: alive - distance - velocity,
      terminated,
      info: { reward_survive: alive, distance_penalty: -distance, velocity_penalty: -velocity },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `InvertedDoublePendulum-v5`: 9 observations, one force in ±1 (times 500 N), 0.05 s a step. The
 * info has `reward_survive`, `distance_penalty` and `velocity_penalty`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createInvertedDoublePendulum(options: InvertedDoublePendulumOptions = {}): MujocoEnvironment {
  return new InvertedDoublePendulum(options);
}
