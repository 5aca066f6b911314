/**
 * The half-cheetah of PETS (Chua et al. 2018, handful-of-trials): the speed Δx/Δt of the last step stands in front of the
 * observation, so that the reward, speed − 0.1 ‖a‖², is a function of the next observation.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { type HalfCheetahBody, halfCheetahJoints, halfCheetahModel, halfCheetahView } from './half-cheetah-model.js';
import { jointLabels } from './joint-labels.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { drawNormal, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** Options of {@link createPetsHalfCheetah}. Steps of the physics in a step: 5; limit: 1000 steps. */
export interface PetsHalfCheetahOptions extends MujocoTaskOptions, HalfCheetahBody {
  /** Weight of the squared action in the reward. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Standard deviation of the first positions and velocities. Default 0.001. */
  readonly resetNoiseScale?: number;
}

const caller = 'createPetsHalfCheetah';

class PetsHalfCheetah extends MujocoTask {
  private readonly ctrlCostWeight: number;
  private readonly resetNoiseScale: number;

  constructor(options: PetsHalfCheetahOptions) {
    const { frameSkip = 5, maxSteps = 1000, seed, ctrlCostWeight = 0.1, resetNoiseScale = 0.001 } = options;
    super({
      name: 'PetsHalfCheetah-v0',
      caller,
      model: halfCheetahModel(caller, options),
      frameSkip,
      maxSteps,
      seed,
      view: halfCheetahView,
      labels: ['speed', ...jointLabels(halfCheetahJoints, halfCheetahJoints, 1)],
      memorySize: 1,
    });
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.batched = {
      reward: (_observation, action, nextObservation) =>
        tf.tidy(() => {
          const speed = tf.reshape(tf.slice(nextObservation as tf.Tensor2D, [0, 0], [-1, 1]), [-1]);
          return tf.sub(speed, tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), ctrlCostWeight));
        }),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawNormal(rng, qpos, this.resetNoiseScale);
    drawNormal(rng, qvel, this.resetNoiseScale);
  }

  private speed(): number {
    return (this.simulation.state.qpos[0]! - this.memory[0]!) / this.timeStep;
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    into[0] = this.speed();
    writeValues(into, writeValues(into, 1, qpos, 1), qvel);
  }

  protected begin(): Info {
    const x = this.simulation.state.qpos[0]!;
    this.memory[0] = x;
    return { x_position: x };
  }

  protected outcome(): Outcome {
    const forward = this.speed();
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    return {
      reward: forward - control,
      terminated: false,
      info: { ...this.begin(), x_velocity: forward, reward_forward: forward, reward_ctrl: -control },
    };
  }
}

/**
 * Makes the half-cheetah of PETS: 18 observations (speed, 8 positions, 9 velocities), 6 torques in ±1, 0.05 s a step. The
 * info is that of `HalfCheetah-v5`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createPetsHalfCheetah(options: PetsHalfCheetahOptions = {}): MujocoEnvironment {
  return new PetsHalfCheetah(options);
}
