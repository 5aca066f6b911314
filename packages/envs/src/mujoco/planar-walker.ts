/**
 * Walking and hopping in a plane, as in Gymnasium 1.3's `Hopper-v5` and `Walker2d-v5`: reward w_f Δx/Δt, plus a bonus
 * while healthy, − w_c ‖a‖²; the episode ends where the trunk is too low, too high or too tilted. Observation: positions
 * without x, then velocities within ±10.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { jointLabels } from './joint-labels.js';
import { MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { type Bounds, checkBounds, clip } from './option-checks.js';
import { type PlanarWalkerBody, type PlanarWalkerKind, planarWalkerModel } from './planar-walker-model.js';
import { drawUniform, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** Options of both. Steps of the physics in a step: 4; limit: 1000 steps. */
export interface PlanarWalkerOptions extends MujocoTaskOptions, PlanarWalkerBody {
  /** Weight of the speed in the reward. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Weight of the squared action in the reward. Default 0.001. */
  readonly ctrlCostWeight?: number;
  /** Reward of a step that ends healthy. Default 1. */
  readonly healthyReward?: number;
  /** Whether the episode ends where the body is not healthy. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the trunk that are healthy, both ends left out, m. Default over 0.7 (hopper), 0.8 to 2 (walker). */
  readonly healthyZRange?: Bounds;
  /** Tilts of the trunk that are healthy, both ends left out, rad. Default ±0.2 (hopper), ±1 (walker). */
  readonly healthyAngleRange?: Bounds;
  /** Half width of the uniform noise on the first positions and velocities. Default 0.005. */
  readonly resetNoiseScale?: number;
  /** Whether to leave x out of the observation. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

/** What a factory gives for all that the options leave open. */
export interface PlanarWalkerSetup {
  readonly name: string;
  readonly caller: string;
  readonly kind: PlanarWalkerKind;
  readonly healthyZRange: Bounds;
  readonly healthyAngleRange: Bounds;
  /** Values of all other positions and velocities that are healthy. */
  readonly healthyStateRange: Bounds;
}

/** The task of both. */
export class PlanarWalker extends MujocoTask {
  private readonly forwardRewardWeight: number;
  private readonly ctrlCostWeight: number;
  private readonly healthyReward: number;
  private readonly terminateWhenUnhealthy: boolean;
  private readonly healthyZRange: Bounds;
  private readonly healthyAngleRange: Bounds;
  private readonly healthyStateRange: Bounds;
  private readonly resetNoiseScale: number;
  private readonly skipped: 0 | 1;

  constructor(setup: PlanarWalkerSetup, options: PlanarWalkerOptions) {
    const { name, caller, kind } = setup;
    const { frameSkip = 4, maxSteps = 1000, seed, forwardRewardWeight = 1, ctrlCostWeight = 1e-3, healthyReward = 1 } = options;
    const { terminateWhenUnhealthy = true, resetNoiseScale = 5e-3, excludeCurrentPositionsFromObservation = true } = options;
    const { healthyZRange = setup.healthyZRange, healthyAngleRange = setup.healthyAngleRange } = options;
    const skipped = excludeCurrentPositionsFromObservation ? 1 : 0;
    const joints = ['rootx', 'rootz', 'rooty', ...kind.legs.flatMap(({ suffix }) => ['thigh', 'leg', 'foot'].map((part) => part + suffix))];
    checkFlags(caller, { terminateWhenUnhealthy, excludeCurrentPositionsFromObservation });
    super({
      name,
      caller,
      model: planarWalkerModel(caller, kind, options),
      frameSkip,
      maxSteps,
      seed,
      view: { follow: 'torso', target: [0, 0, 0.8], offset: [0, -3.6, 0.3] },
      labels: jointLabels(joints, joints, skipped),
      memorySize: 1,
    });
    this.forwardRewardWeight = checkNumber(caller, 'forwardRewardWeight', forwardRewardWeight);
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.healthyReward = checkNumber(caller, 'healthyReward', healthyReward);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.healthyZRange = checkBounds(caller, 'healthyZRange', healthyZRange);
    this.healthyAngleRange = checkBounds(caller, 'healthyAngleRange', healthyAngleRange);
    this.healthyStateRange = checkBounds(caller, 'healthyStateRange', setup.healthyStateRange);
    this.terminateWhenUnhealthy = terminateWhenUnhealthy;
    this.skipped = skipped;
    this.offerBatched();
  }

  private offerBatched(): void {
    const { skipped, timeStep, forwardRewardWeight, ctrlCostWeight, healthyReward } = this;
    const size = this.observationSpace.size;
    const column = (of: tf.Tensor2D, at: number): tf.Tensor1D => tf.reshape(tf.slice(of, [0, at], [-1, 1]), [-1]);
    const inside = (values: tf.Tensor, [low, high]: Bounds): tf.Tensor => {
      const above = Number.isFinite(low) ? tf.step(tf.sub(values, low)) : tf.onesLike(values);
      return Number.isFinite(high) ? tf.mul(above, tf.step(tf.sub(high, values))) : above;
    };
    /** 1 for each healthy row, else 0. */
    const healthy = (next: tf.Tensor2D): tf.Tensor1D => {
      const rest = tf.slice(next, [0, 2 - skipped], [-1, size - 2 + skipped]);
      const trunk = tf.mul(
        inside(column(next, 1 - skipped), this.healthyZRange),
        inside(column(next, 2 - skipped), this.healthyAngleRange),
      );
      return tf.mul(trunk, tf.min(inside(rest, this.healthyStateRange), 1));
    };
    const terminated = (next: tf.Tensor2D): tf.Tensor => tf.less(healthy(next), 0.5);
    this.batched = {
      ...(skipped === 1
        ? {}
        : {
            reward: (observation, action, nextObservation) =>
              tf.tidy(() => {
                const speed = tf.div(tf.sub(column(nextObservation as tf.Tensor2D, 0), column(observation as tf.Tensor2D, 0)), timeStep);
                const cost = tf.mul(tf.sum(tf.square(action as tf.Tensor2D), 1), ctrlCostWeight);
                const bonus = tf.mul(healthy(nextObservation as tf.Tensor2D), healthyReward);
                return tf.sub(tf.add(tf.mul(speed, forwardRewardWeight), bonus), cost);
              }),
          }),
      ...(this.terminateWhenUnhealthy
        ? { terminated: (_observation, _action, nextObservation) => tf.tidy(() => terminated(nextObservation as tf.Tensor2D)) }
        : {}),
    };
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawUniform(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel } = this.simulation.state;
    const { skipped } = this;
    const offset = writeValues(into, 0, qpos, skipped);
    for (let i = 0; i < qvel.length; i++) into[offset + i] = clip(qvel[i]!, -10, 10);
  }

  protected begin(): Info {
    const { qpos } = this.simulation.state;
    const x = qpos[0]!;
    const z = qpos[1]!;
    this.memory[0] = x;
    return { x_position: x, z_distance_from_origin: z - this.initialPositions[1]! };
  }

  private isHealthy(): boolean {
    const { qpos, qvel } = this.simulation.state;
    const isInside = (value: number, [low, high]: Bounds): boolean => low < value && value < high;
    if (!isInside(qpos[1]!, this.healthyZRange) || !isInside(qpos[2]!, this.healthyAngleRange)) return false;
    for (let i = 2; i < qpos.length; i++) if (!isInside(qpos[i]!, this.healthyStateRange)) return false;
    for (let i = 0; i < qvel.length; i++) if (!isInside(qvel[i]!, this.healthyStateRange)) return false;
    return true;
  }

  protected outcome(): Outcome {
    const { qpos } = this.simulation.state;
    const x = qpos[0]!;
    const z = qpos[1]!;
    const xVelocity = (x - this.memory[0]!) / this.timeStep;
    this.memory[0] = x;
    const healthy = this.isHealthy();
    const forward = this.forwardRewardWeight * xVelocity;
    const survive = healthy ? this.healthyReward : 0;
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    return {
      reward: forward + survive - control,
      terminated: !healthy && this.terminateWhenUnhealthy,
      info: {
        x_position: x,
        z_distance_from_origin: z - this.initialPositions[1]!,
        x_velocity: xVelocity,
        reward_forward: forward,
        reward_ctrl: -control,
        reward_survive: survive,
      },
    };
  }
}
