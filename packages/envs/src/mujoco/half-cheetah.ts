/**
 * Running with the half-cheetah: Gymnasium 1.3's `HalfCheetah-v5`. Reward w_f Δx/Δt − w_c ‖a‖², with Δx the trunk's way
 * in the step; never terminated. Observation: positions without x, then velocities.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { type HalfCheetahBody, halfCheetahJoints, halfCheetahModel, halfCheetahView } from './half-cheetah-model.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { drawNormal, drawUniform, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** Options of {@link createHalfCheetah}. Steps of the physics in a step: 5; limit: 1000 steps. */
export interface HalfCheetahOptions extends MujocoTaskOptions, HalfCheetahBody {
  /** Weight of the speed in the reward. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Weight of the squared action in the reward. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Half width of the uniform noise on the first positions and standard deviation of the first velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether to leave x out of the observation. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

class HalfCheetah extends MujocoTask {
  private readonly forwardRewardWeight: number;
  private readonly ctrlCostWeight: number;
  private readonly resetNoiseScale: number;
  private readonly skipped: 0 | 1;

  constructor(options: HalfCheetahOptions) {
    const caller = 'createHalfCheetah';
    const { forwardRewardWeight = 1, ctrlCostWeight = 0.1, resetNoiseScale = 0.1, excludeCurrentPositionsFromObservation = true } = options;
    const { frameSkip = 5, maxSteps = 1000, seed } = options;
    const skipped = excludeCurrentPositionsFromObservation ? 1 : 0;
    const labels = [
      ...halfCheetahJoints.map((joint) => `${joint} position`).slice(skipped),
      ...halfCheetahJoints.map((joint) => `${joint} velocity`),
    ];
    checkFlags(caller, { excludeCurrentPositionsFromObservation });
    super({
      name: 'HalfCheetah-v5',
      caller,
      model: halfCheetahModel(caller, options),
      frameSkip,
      maxSteps,
      seed,
      view: halfCheetahView,
      labels,
      memorySize: 1,
    });
    this.forwardRewardWeight = checkNumber(caller, 'forwardRewardWeight', forwardRewardWeight);
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.skipped = skipped;
    const { timeStep } = this;
    if (!excludeCurrentPositionsFromObservation)
      this.batched = {
        reward: (observation, action, nextObservation) =>
          tf.tidy(() => {
            const x = (of: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.slice(of, [0, 0], [-1, 1]), [-1]);
            const speed = tf.div(tf.sub(x(nextObservation as tf.Tensor2D), x(observation as tf.Tensor2D)), timeStep);
            return tf.sub(tf.mul(speed, forwardRewardWeight), tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), ctrlCostWeight));
          }),
      };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawNormal(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    writeValues(into, writeValues(into, 0, qpos, this.skipped), qvel);
  }

  protected begin(): Info {
    const x = this.simulation.state.qpos[0]!;
    this.memory[0] = x;
    return { x_position: x };
  }

  protected outcome(): Outcome {
    const x = this.simulation.state.qpos[0]!;
    const xVelocity = (x - this.memory[0]!) / this.timeStep;
    this.memory[0] = x;
    const forward = this.forwardRewardWeight * xVelocity;
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    return {
      reward: forward - control,
      terminated: false,
      info: { x_position: x, x_velocity: xVelocity, reward_forward: forward, reward_ctrl: -control },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `HalfCheetah-v5`: 17 observations (18 with x), 6 torques in ±1, 0.05 s a step. The info has
 * `x_position`, `x_velocity`, `reward_forward` and `reward_ctrl`. With x in the observation it has a batched reward.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createHalfCheetah(options: HalfCheetahOptions = {}): MujocoEnvironment {
  return new HalfCheetah(options);
}
