/**
 * Walking with the four-legged ant: Gymnasium 1.3's `Ant-v5` (Schulman et al. 2016). Reward w_f Δx/Δt, plus a bonus while
 * the trunk's height is healthy, − w_c ‖a‖² − w_k ‖clipped contact forces‖²; the episode ends where it is not. Observation: positions
 * without x and y, velocities, contact forces.
 */
import { checkNumber, checkInteger, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { antBodies, antHinges, type AntBody, antModel } from './ant-model.js';
import { bodyLabels, freeJoint, jointLabels, spatialParts } from './joint-labels.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { type Bounds, checkBounds, clip } from './option-checks.js';
import { drawNormal, drawUniform, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** Options of {@link createAnt}. Steps of the physics in a step: 5; limit: 1000 steps. */
export interface AntOptions extends MujocoTaskOptions, AntBody {
  /** Weight of the speed in the reward. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Weight of the squared action in the reward. Default 0.5. */
  readonly ctrlCostWeight?: number;
  /** Weight of the squared, clipped contact forces in the reward. Default 0.0005. */
  readonly contactCostWeight?: number;
  /** Bounds that contact forces are clipped to. Default ±1. */
  readonly contactForceRange?: Bounds;
  /** Reward of a step that ends healthy. Default 1. */
  readonly healthyReward?: number;
  /** Whether the episode ends where the ant is not healthy. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the trunk that are healthy, both ends included, m. Default 0.2 to 1. */
  readonly healthyZRange?: Bounds;
  /** Body whose speed is rewarded, by name or by number. Default `torso`. */
  readonly mainBody?: string | number;
  /** Half width of the uniform noise on the first positions and standard deviation of the first velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether to leave x and y out of the observation. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
  /** Whether contact forces are observed. Default true. */
  readonly includeCfrcExtInObservation?: boolean;
}

const caller = 'createAnt';

class Ant extends MujocoTask {
  private readonly forwardRewardWeight: number;
  private readonly ctrlCostWeight: number;
  private readonly contactCostWeight: number;
  private readonly contactForceRange: Bounds;
  private readonly healthyReward: number;
  private readonly terminateWhenUnhealthy: boolean;
  private readonly healthyZRange: Bounds;
  private readonly resetNoiseScale: number;
  private readonly mainBody: number;
  private readonly skipped: 0 | 2;
  private readonly includesForces: boolean;

  constructor(options: AntOptions) {
    const { frameSkip = 5, maxSteps = 1000, seed, forwardRewardWeight = 1, ctrlCostWeight = 0.5, contactCostWeight = 5e-4 } = options;
    const { contactForceRange = [-1, 1], healthyReward = 1, terminateWhenUnhealthy = true, healthyZRange = [0.2, 1] } = options;
    const {
      mainBody = 1,
      resetNoiseScale = 0.1,
      excludeCurrentPositionsFromObservation = true,
      includeCfrcExtInObservation = true,
    } = options;
    const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
    checkFlags(caller, { terminateWhenUnhealthy, excludeCurrentPositionsFromObservation, includeCfrcExtInObservation });
    super({
      name: 'Ant-v5',
      caller,
      model: antModel(caller, options),
      frameSkip,
      maxSteps,
      seed,
      view: { follow: 'torso', target: [0, 0, 0.4], offset: [0, -3.2, 1.8] },
      labels: [
        ...jointLabels([...freeJoint.positions, ...antHinges], [...freeJoint.velocities, ...antHinges], skipped),
        ...(includeCfrcExtInObservation ? bodyLabels(antBodies, 'contact force', spatialParts) : []),
      ],
      memorySize: 2,
      contactForces: true,
    });
    this.forwardRewardWeight = checkNumber(caller, 'forwardRewardWeight', forwardRewardWeight);
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.contactCostWeight = checkNumber(caller, 'contactCostWeight', contactCostWeight);
    this.contactForceRange = checkBounds(caller, 'contactForceRange', contactForceRange);
    this.healthyReward = checkNumber(caller, 'healthyReward', healthyReward);
    this.healthyZRange = checkBounds(caller, 'healthyZRange', healthyZRange);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.terminateWhenUnhealthy = terminateWhenUnhealthy;
    this.mainBody =
      typeof mainBody === 'string'
        ? this.simulation.indexOf('body', mainBody)
        : checkInteger(caller, 'mainBody', mainBody, { min: 0, max: this.simulation.bodyCount - 1 });
    this.skipped = skipped;
    this.includesForces = includeCfrcExtInObservation;
    const [low, high] = this.healthyZRange;
    if (terminateWhenUnhealthy) {
      this.batched = {
        terminated: (_observation, _action, nextObservation) =>
          tf.tidy(() => {
            const z = tf.reshape(tf.slice(nextObservation as tf.Tensor2D, [0, 2 - skipped], [-1, 1]), [-1]);
            return tf.logicalOr(tf.less(z, low), tf.greater(z, high));
          }),
      };
    }
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawNormal(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel, cfrc_ext: forces } = this.simulation.state;
    const end = writeValues(into, writeValues(into, 0, qpos, this.skipped), qvel);
    if (!this.includesForces) return;
    const offset = end - 6;
    const [low, high] = this.contactForceRange;
    for (let i = 6; i < forces.length; i++) into[offset + i] = clip(forces[i]!, low, high);
  }

  /** Renews the place of the main body; as in Gymnasium it is that of the last evaluation of the physics, a step behind. */
  private place(): Info {
    const { qpos, xpos } = this.simulation.state;
    this.memory[0] = xpos[3 * this.mainBody]!;
    this.memory[1] = xpos[3 * this.mainBody + 1]!;
    const x = qpos[0]!;
    const y = qpos[1]!;
    return { x_position: x, y_position: y, distance_from_origin: Math.hypot(x, y) };
  }

  protected begin(): Info {
    return this.place();
  }

  protected outcome(): Outcome {
    const { qpos, cfrc_ext: forces } = this.simulation.state;
    const xBefore = this.memory[0]!;
    const yBefore = this.memory[1]!;
    const place = this.place();
    const xVelocity = (this.memory[0]! - xBefore) / this.timeStep;
    const yVelocity = (this.memory[1]! - yBefore) / this.timeStep;
    const [low, high] = this.contactForceRange;
    let squared = 0;
    for (let i = 0; i < forces.length; i++) squared += clip(forces[i]!, low, high) ** 2;
    const z = qpos[2]!;
    const healthy = z >= this.healthyZRange[0] && z <= this.healthyZRange[1];
    const forward = this.forwardRewardWeight * xVelocity;
    const survive = healthy ? this.healthyReward : 0;
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    const contact = this.contactCostWeight * squared;
    return {
      reward: forward + survive - (control + contact),
      terminated: !healthy && this.terminateWhenUnhealthy,
      info: {
        ...place,
        x_velocity: xVelocity,
        y_velocity: yVelocity,
        reward_forward: forward,
        reward_ctrl: -control,
        reward_contact: -contact,
        reward_survive: survive,
      },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `Ant-v5`: 105 observations, 8 torques in ±1 (times 150 N m), 0.05 s a step. The info has
 * `x_position`, `y_position`, `distance_from_origin`, `x_velocity`, `y_velocity`, `reward_forward`, `reward_ctrl`,
 * `reward_contact` and `reward_survive`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createAnt(options: AntOptions = {}): MujocoEnvironment {
  return new Ant(options);
}
