/**
 * Walking with the humanoid: Gymnasium 1.3's `Humanoid-v5`. Reward w_f Δx/Δt of the centre of mass, plus a bonus while
 * the trunk's height is healthy, − w_c ‖a‖² − w_k ‖contact forces‖², the last within bounds; the episode ends where the
 * height is not healthy. Observation: positions without x and y, velocities, inertias, body velocities, joint torques,
 * contact forces.
 */
import { checkNumber, type Info, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { type HumanoidBody, humanoidBodies, humanoidHinges, humanoidModel } from './humanoid-model.js';
import { bodyLabels, freeJoint, jointLabels, spatialParts } from './joint-labels.js';
import { type MujocoEnvironment, MujocoTask, type MujocoTaskOptions, type Outcome } from './mujoco-task.js';
import { type Bounds, checkBounds, clip } from './option-checks.js';
import { drawUniform, squaredNorm } from './start-noise.js';
import { writeValues } from './write-values.js';

/** Options of {@link createHumanoid}. Steps of the physics in a step: 5; limit: 1000 steps. */
export interface HumanoidOptions extends MujocoTaskOptions, HumanoidBody {
  /** Weight of the speed in the reward. Default 1.25. */
  readonly forwardRewardWeight?: number;
  /** Weight of the squared action in the reward. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Weight of the squared contact forces in the reward. Default 5e-7. */
  readonly contactCostWeight?: number;
  /** Bounds of the contact cost. Default up to 10. */
  readonly contactCostRange?: Bounds;
  /** Reward of a step that ends healthy. Default 5. */
  readonly healthyReward?: number;
  /** Whether the episode ends where the humanoid is not healthy. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the trunk that are healthy, both ends left out, m. Default 1 to 2. */
  readonly healthyZRange?: Bounds;
  /** Half width of the uniform noise on the first positions and velocities. Default 0.01. */
  readonly resetNoiseScale?: number;
  /** Whether to leave x and y out of the observation. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
  /** Whether inertias of bodies are observed. Default true. */
  readonly includeCinertInObservation?: boolean;
  /** Whether velocities of bodies are observed. Default true. */
  readonly includeCvelInObservation?: boolean;
  /** Whether torques of the joints are observed. Default true. */
  readonly includeQfrcActuatorInObservation?: boolean;
  /** Whether contact forces are observed. Default true. */
  readonly includeCfrcExtInObservation?: boolean;
}

const caller = 'createHumanoid';
const inertiaParts = ['xx', 'yy', 'zz', 'xy', 'xz', 'yz', 'm x', 'm y', 'm z', 'm'] as const;

class Humanoid extends MujocoTask {
  private readonly forwardRewardWeight: number;
  private readonly ctrlCostWeight: number;
  private readonly contactCostWeight: number;
  private readonly contactCostRange: Bounds;
  private readonly healthyReward: number;
  private readonly terminateWhenUnhealthy: boolean;
  private readonly healthyZRange: Bounds;
  private readonly resetNoiseScale: number;
  private readonly skipped: 0 | 2;
  private readonly masses: Float64Array;
  private readonly totalMass: number;
  private readonly included: { readonly cinert: boolean; readonly cvel: boolean; readonly torques: boolean; readonly forces: boolean };

  constructor(options: HumanoidOptions) {
    const { frameSkip = 5, maxSteps = 1000, seed, forwardRewardWeight = 1.25, ctrlCostWeight = 0.1, contactCostWeight = 5e-7 } = options;
    const { contactCostRange = [-Infinity, 10], healthyReward = 5, terminateWhenUnhealthy = true, healthyZRange = [1, 2] } = options;
    const { resetNoiseScale = 1e-2, excludeCurrentPositionsFromObservation = true, includeCinertInObservation = true } = options;
    const { includeCvelInObservation = true, includeQfrcActuatorInObservation = true, includeCfrcExtInObservation = true } = options;
    const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
    checkFlags(caller, { terminateWhenUnhealthy, excludeCurrentPositionsFromObservation, includeCinertInObservation });
    checkFlags(caller, { includeCvelInObservation, includeQfrcActuatorInObservation, includeCfrcExtInObservation });
    super({
      name: 'Humanoid-v5',
      caller,
      model: humanoidModel(caller, options),
      frameSkip,
      maxSteps,
      seed,
      view: { follow: 'torso', target: [0, 0, 1], offset: [0, -4, 0.6] },
      labels: [
        ...jointLabels([...freeJoint.positions, ...humanoidHinges], [...freeJoint.velocities, ...humanoidHinges], skipped),
        ...(includeCinertInObservation ? bodyLabels(humanoidBodies, 'inertia', inertiaParts) : []),
        ...(includeCvelInObservation ? bodyLabels(humanoidBodies, 'velocity', spatialParts) : []),
        ...(includeQfrcActuatorInObservation ? humanoidHinges.map((joint) => `${joint} torque`) : []),
        ...(includeCfrcExtInObservation ? bodyLabels(humanoidBodies, 'contact force', spatialParts) : []),
      ],
      memorySize: 2,
      contactForces: true,
    });
    this.forwardRewardWeight = checkNumber(caller, 'forwardRewardWeight', forwardRewardWeight);
    this.ctrlCostWeight = checkNumber(caller, 'ctrlCostWeight', ctrlCostWeight);
    this.contactCostWeight = checkNumber(caller, 'contactCostWeight', contactCostWeight);
    this.contactCostRange = checkBounds(caller, 'contactCostRange', contactCostRange);
    this.healthyReward = checkNumber(caller, 'healthyReward', healthyReward);
    this.healthyZRange = checkBounds(caller, 'healthyZRange', healthyZRange);
    this.resetNoiseScale = checkNumber(caller, 'resetNoiseScale', resetNoiseScale, { min: 0 });
    this.terminateWhenUnhealthy = terminateWhenUnhealthy;
    this.skipped = skipped;
    this.masses = this.simulation.modelArray('body_mass');
    this.totalMass = this.masses.reduce((sum, mass) => sum + mass, 0);
    this.included = {
      cinert: includeCinertInObservation,
      cvel: includeCvelInObservation,
      torques: includeQfrcActuatorInObservation,
      forces: includeCfrcExtInObservation,
    };
    const [low, high] = this.healthyZRange;
    if (terminateWhenUnhealthy) {
      this.batched = {
        terminated: (_observation, _action, nextObservation) =>
          tf.tidy(() => {
            const z = tf.reshape(tf.slice(nextObservation as tf.Tensor2D, [0, 2 - skipped], [-1, 1]), [-1]);
            return tf.logicalOr(tf.lessEqual(z, low), tf.greaterEqual(z, high));
          }),
      };
    }
  }

  protected drawStart(rng: Rng, qpos: Float64Array, qvel: Float64Array): void {
    drawUniform(rng, qpos, this.resetNoiseScale);
    drawUniform(rng, qvel, this.resetNoiseScale);
  }

  protected observe(into: Float32Array): void {
    const { qpos, qvel, cinert, cvel, qfrc_actuator: torques, cfrc_ext: forces } = this.simulation.state;
    let offset = writeValues(into, 0, qpos, this.skipped);
    offset = writeValues(into, offset, qvel);
    // The world and the free joint, which are always zero, are left out.
    if (this.included.cinert) offset = writeValues(into, offset, cinert, 10);
    if (this.included.cvel) offset = writeValues(into, offset, cvel, 6);
    if (this.included.torques) offset = writeValues(into, offset, torques, 6);
    if (this.included.forces) writeValues(into, offset, forces, 6);
  }

  /** Renews the centre of mass; as in Gymnasium it is that of the last evaluation of the physics. */
  private place(): Info {
    const { qpos, xipos, ten_length: lengths, ten_velocity: velocities } = this.simulation.state;
    let sumX = 0;
    let sumY = 0;
    for (let body = 0; body < this.masses.length; body++) {
      sumX += this.masses[body]! * xipos[3 * body]!;
      sumY += this.masses[body]! * xipos[3 * body + 1]!;
    }
    this.memory[0] = sumX / this.totalMass;
    this.memory[1] = sumY / this.totalMass;
    const x = qpos[0]!;
    const y = qpos[1]!;
    return {
      x_position: x,
      y_position: y,
      tendon_length: Array.from(lengths),
      tendon_velocity: Array.from(velocities),
      distance_from_origin: Math.hypot(x, y),
    };
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
    const z = qpos[2]!;
    const healthy = z > this.healthyZRange[0] && z < this.healthyZRange[1];
    const forward = this.forwardRewardWeight * xVelocity;
    const survive = healthy ? this.healthyReward : 0;
    const control = this.ctrlCostWeight * squaredNorm(this.action);
    const contact = clip(this.contactCostWeight * squaredNorm(forces), ...this.contactCostRange);
    return {
      reward: forward + survive - (control + contact),
      terminated: !healthy && this.terminateWhenUnhealthy,
      info: {
        ...place,
        x_velocity: xVelocity,
        y_velocity: yVelocity,
        reward_survive: survive,
        reward_forward: forward,
        reward_ctrl: -control,
        reward_contact: -contact,
      },
    };
  }
}

/**
 * Makes Gymnasium 1.3's `Humanoid-v5`: 348 observations, 17 torques in ±0.4 (times 25 to 300 N m), 0.015 s a step. The
 * info has `x_position`, `y_position`, `tendon_length`, `tendon_velocity`, `distance_from_origin`, `x_velocity`,
 * `y_velocity`, `reward_survive`, `reward_forward`, `reward_ctrl` and `reward_contact`.
 * @throws LifecycleError before `loadMujoco`; OptionError on an option outside of its bounds.
 */
export function createHumanoid(options: HumanoidOptions = {}): MujocoEnvironment {
  return new Humanoid(options);
}
