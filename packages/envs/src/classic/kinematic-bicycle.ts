/**
 * Driving a car to a goal past round obstacles, on the kinematic bicycle model (Rajamani 2006; Kong et al. 2015). State
 * (x, y, ψ, v) of the centre of gravity, which lies l_f behind the front and l_r before the rear axle; steering angle δ and
 * acceleration a stay for a step:
 *
 *   tan β = l_r / (l_f + l_r) tan δ,  ẋ = v cos(ψ + β),  ẏ = v sin(ψ + β),  ψ̇ = v / l_r sin β,  v̇ = a
 *
 * by RK4; then v is clipped to ±maxSpeed. Two actions in ±1 (clipped): parts of maxAcceleration and of maxSteering.
 *
 * Reward: by how much the distance to the goal has shrunk, − actionCost ‖a‖², + goalReward at the goal, − crashCost on
 * hitting an obstacle or leaving the field. Each of the three ends the episode.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkNumber,
  OptionError,
  type Rng,
  type Scene,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { bicycleScene } from './bicycle-scene.js';
import { checkEach, checkVector } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { clipColumn, type Column, flatten, joinColumns, rotate, rungeKuttaColumns, splitColumns } from './columns.js';
import { RungeKutta } from './runge-kutta.js';

/** A round obstacle, m. */
export interface RoundObstacle {
  readonly x: number;
  readonly y: number;
  /** Above 0. */
  readonly radius: number;
}

/** Options of {@link createKinematicBicycle}. All in SI units. */
export interface KinematicBicycleOptions {
  /** From the centre of gravity to the front axle l_f, above 0. Default 0.5. */
  readonly frontLength?: number;
  /** From the centre of gravity to the rear axle l_r, above 0. Default 0.5. */
  readonly rearLength?: number;
  /** Steering angle of action 1, rad, above 0 and below π/2. Default 0.6. */
  readonly maxSteering?: number;
  /** Acceleration of action 1, m/s², above 0. Default 2. */
  readonly maxAcceleration?: number;
  /** Above 0. Default 3. */
  readonly maxSpeed?: number;
  /** Radius of the circle that the car counts as, at least 0. Default 0.5. */
  readonly carRadius?: number;
  /** Default three on the way: at (3.5, 0.5), (6.5, −0.8) and (5.5, 2.5). */
  readonly obstacles?: readonly RoundObstacle[];
  /** Where to go. Default (10, 0). */
  readonly goal?: readonly [x: number, y: number];
  /** The goal is reached within this distance, above 0. Default 0.5. */
  readonly goalRadius?: number;
  /** The field is a circle of this radius about the middle between the origin and the goal, above 0. Default 7. */
  readonly fieldRadius?: number;
  /** At least 0. Default 10. */
  readonly goalReward?: number;
  /** At least 0. Default 10. */
  readonly crashCost?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01. */
  readonly actionCost?: number;
  /** Seconds that a step takes, above 0. Default 0.1. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Steps after which an episode is truncated, at least 1. Default 200. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

type ResolvedOptions = Required<KinematicBicycleOptions>;

const stateLabels: readonly string[] = ['position x (m)', 'position y (m)', 'heading from x (rad)', 'velocity (m/s)'];
const observationLabels: readonly string[] = [
  stateLabels[0]!,
  stateLabels[1]!,
  'sine of the heading',
  'cosine of the heading',
  stateLabels[3]!,
];

/** The car's motion; keeps scratch numbers between its methods. */
export class BicycleMotion {
  private readonly options: ResolvedOptions;
  private readonly integrator: RungeKutta;
  private sinSlip = 0;
  private cosSlip = 1;
  private acceleration = 0;

  constructor(options: ResolvedOptions) {
    this.options = options;
    this.integrator = new RungeKutta(4, (state, slope) => this.derive(state, slope));
  }

  /** Advances (x, y, ψ, v) in place under an acceleration in m/s² and a steering angle in rad. */
  advance(state: Float64Array, acceleration: number, steering: number): void {
    const { frontLength, rearLength, maxSpeed, timeStep, integrationSteps } = this.options;
    const slope = (rearLength / (frontLength + rearLength)) * Math.tan(steering);
    this.cosSlip = 1 / Math.sqrt(1 + slope * slope);
    this.sinSlip = slope * this.cosSlip;
    this.acceleration = acceleration;
    for (let i = 0; i < integrationSteps; i++) this.integrator.advance(state, timeStep / integrationSteps);
    const speed = state[3]!;
    state[3] = speed > maxSpeed ? maxSpeed : speed < -maxSpeed ? -maxSpeed : speed;
  }

  private derive(state: Float64Array, slope: Float64Array): void {
    const { sinSlip, cosSlip } = this;
    const sin = Math.sin(state[2]!);
    const cos = Math.cos(state[2]!);
    const speed = state[3]!;
    slope[0] = speed * (cos * cosSlip - sin * sinSlip);
    slope[1] = speed * (sin * cosSlip + cos * sinSlip);
    slope[2] = (speed / this.options.rearLength) * sinSlip;
    slope[3] = this.acceleration;
  }
}

/** {@link BicycleMotion.advance} over a batch of observations `[B, 5]`. */
function advanceBatch(options: ResolvedOptions, observation: unknown, acceleration: Column, steering: Column): tf.Tensor2D {
  const { frontLength, rearLength, maxSpeed, timeStep, integrationSteps } = options;
  let [x, y, sin, cos, speed] = splitColumns(observation, 5) as [Column, Column, Column, Column, Column];
  const slope = tf.mul(tf.tan(steering), rearLength / (frontLength + rearLength));
  const cosSlip: Column = tf.rsqrt(tf.add(tf.square(slope), 1));
  const sinSlip: Column = tf.mul(slope, cosSlip);
  const still = tf.zerosLike(x);
  for (let i = 0; i < integrationSteps; i++) {
    const [s0, c0] = [sin, cos];
    const next = rungeKuttaColumns(
      ([, , turn, v]) => {
        const [s, c] = rotate(s0, c0, turn!);
        return [
          tf.mul(v!, tf.sub(tf.mul(c, cosSlip), tf.mul(s, sinSlip))),
          tf.mul(v!, tf.add(tf.mul(s, cosSlip), tf.mul(c, sinSlip))),
          tf.mul(tf.div(v!, rearLength), sinSlip),
          acceleration,
        ];
      },
      [x, y, still, speed],
      timeStep / integrationSteps,
    );
    [sin, cos] = rotate(s0, c0, next[2]!);
    [x, y, speed] = [next[0]!, next[1]!, next[3]!];
  }
  return joinColumns([x, y, sin, cos, clipColumn(speed, -maxSpeed, maxSpeed)]);
}

/** Squared distance from a point, `[B, 1]`. */
const squaredDistance = (x: Column, y: Column, px: number, py: number): Column =>
  tf.add(tf.square(tf.sub(x, px)), tf.square(tf.sub(y, py)));

class KinematicBicycle extends ClassicTask {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace = boxSpace({ low: [-1, -1], high: [1, 1], labels: ['acceleration', 'steering to the left'] });
  readonly timeStep: number;
  readonly batched: BatchedFunctions;
  private readonly options: ResolvedOptions;
  private readonly motion: BicycleMotion;

  constructor(options: ResolvedOptions) {
    super('KinematicBicycle-v0', stateLabels, options, 2);
    this.options = options;
    this.timeStep = options.timeStep;
    this.motion = new BicycleMotion(options);
    const high = [Infinity, Infinity, 1, 1, options.maxSpeed];
    this.observationSpace = boxSpace({ low: high.map((value) => -value), high, labels: observationLabels });
    const { goal, goalRadius, goalReward, crashCost, actionCost, maxAcceleration, maxSteering } = options;
    const place = (values: unknown): [Column, Column] => splitColumns(values, 5).slice(0, 2) as [Column, Column];
    const distance = (values: unknown): Column => tf.sqrt(tf.add(squaredDistance(...place(values), ...goal), 1e-12)) as Column;
    /** 1 where the car has arrived. */
    const arrival = (next: unknown): Column => tf.sub(1, tf.step(tf.sub(squaredDistance(...place(next), ...goal), goalRadius ** 2)));
    /** 1 where the car has crashed or left the field. */
    const crash = (next: unknown): Column => {
      const [x, y] = place(next);
      const out = tf.step(tf.sub(squaredDistance(x, y, goal[0] / 2, goal[1] / 2), options.fieldRadius ** 2));
      const hits = options.obstacles.map((obstacle) => {
        const reach = (obstacle.radius + options.carRadius) ** 2;
        return tf.sub(1, tf.step(tf.sub(squaredDistance(x, y, obstacle.x, obstacle.y), reach)));
      });
      return hits.reduce<tf.Tensor>((any, hit) => tf.maximum(any, hit), out) as Column;
    };
    this.batched = {
      reward: (observation, action, next) =>
        tf.tidy(() => {
          const progress = tf.sub(distance(observation), distance(next));
          const ending = tf.sub(tf.mul(arrival(next), goalReward), tf.mul(crash(next), crashCost));
          const effort = tf.sum(tf.square(clipColumn(action as tf.Tensor2D, -1, 1)), 1);
          return tf.sub(flatten(tf.add(progress, ending) as Column), tf.mul(effort, actionCost));
        }),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(tf.greater(tf.add(arrival(next), crash(next)), 0) as Column)),
      dynamics: (observation, action) =>
        tf.tidy(() => {
          const [push, turn] = splitColumns(clipColumn(action as tf.Tensor2D, -1, 1), 2) as [Column, Column];
          return advanceBatch(options, observation, tf.mul(push, maxAcceleration), tf.mul(turn, maxSteering));
        }),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, 5);
    const applied = this.clipped(action, -1, 1);
    const push = applied[0]!;
    const turn = applied[1]!;
    const { goal, goalRadius, goalReward, crashCost, actionCost, maxAcceleration, maxSteering } = this.options;
    const state = this.state;
    const before = this.distanceTo(goal[0], goal[1]);
    this.motion.advance(state, maxAcceleration * push, maxSteering * turn);
    this.requireFinite();
    const after = this.distanceTo(goal[0], goal[1]);
    const arrived = after <= goalRadius;
    const crashed = this.isCrashed();
    const ending = (arrived ? goalReward : 0) - (crashed ? crashCost : 0);
    const terminated = arrived || crashed;
    return this.finish(this.observe(observation), before - after + ending - actionCost * (push * push + turn * turn), terminated, into);
  }

  private distanceTo(x: number, y: number): number {
    const dx = this.state[0]! - x;
    const dy = this.state[1]! - y;
    return Math.sqrt(dx * dx + dy * dy);
  }

  private isCrashed(): boolean {
    const { goal, fieldRadius, obstacles, carRadius } = this.options;
    if (this.distanceTo(goal[0] / 2, goal[1] / 2) > fieldRadius) return true;
    for (let i = 0; i < obstacles.length; i++) {
      const { x, y, radius } = obstacles[i]!;
      if (this.distanceTo(x, y) <= radius + carRadius) return true;
    }
    return false;
  }

  protected drawStart(rng: Rng): void {
    const state = this.state;
    state[0] = 0.3 * (2 * rng.uniform() - 1);
    state[1] = 0.8 * (2 * rng.uniform() - 1);
    state[2] = 0.4 * (2 * rng.uniform() - 1);
    state[3] = 0;
  }

  protected observe(observation: Float32Array): Float32Array {
    const state = this.state;
    observation[0] = state[0]!;
    observation[1] = state[1]!;
    observation[2] = Math.sin(state[2]!);
    observation[3] = Math.cos(state[2]!);
    observation[4] = state[3]!;
    return observation;
  }

  scene(): Scene {
    return this.sceneFrom(this.observe(new Float32Array(this.observationSpace.size)), this.lastAction[1]! * this.options.maxSteering);
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return this.sceneFrom(observation, 0);
  }

  private sceneFrom(observation: ArrayLike<number>, steering: number): Scene {
    const [x, y, sin, cos] = [observation[0]!, observation[1]!, observation[2]!, observation[3]!];
    return bicycleScene({ x, y, sin, cos, steering, ...this.options });
  }
}

/**
 * Makes the kinematic bicycle. Observation (x, y, sin ψ, cos ψ, v), physical state (x, y, ψ, v), two actions in ±1:
 * acceleration and steering.
 * @throws OptionError on an option outside of its bounds.
 */
export function createKinematicBicycle(options: KinematicBicycleOptions = {}): ClassicEnvironment {
  const caller = 'createKinematicBicycle';
  const {
    frontLength = 0.5,
    rearLength = 0.5,
    maxSteering = 0.6,
    maxAcceleration = 2,
    maxSpeed = 3,
    carRadius = 0.5,
    obstacles = [
      { x: 3.5, y: 0.5, radius: 0.8 },
      { x: 6.5, y: -0.8, radius: 0.9 },
      { x: 5.5, y: 2.5, radius: 0.6 },
    ],
    goal = [10, 0],
    goalRadius = 0.5,
    fieldRadius = 7,
    goalReward = 10,
    crashCost = 10,
    actionCost = 0.01,
    timeStep = 0.1,
    integrationSteps = 1,
    maxSteps = 200,
    seed = 0,
  } = options;
  checkEach(caller, { frontLength, rearLength, maxAcceleration, maxSpeed, goalRadius, fieldRadius, timeStep }, { above: 0 });
  checkNumber(caller, 'maxSteering', maxSteering, { above: 0, below: Math.PI / 2 });
  checkEach(caller, { carRadius, goalReward, crashCost, actionCost }, { min: 0 });
  checkVector(caller, 'goal', goal, 2);
  if (!Array.isArray(obstacles)) throw new OptionError(`${caller}: obstacles must be a list, got ${JSON.stringify(obstacles)}`);
  obstacles.forEach((obstacle: RoundObstacle | null | undefined, i) => {
    const { x = NaN, y = NaN, radius = NaN } = obstacle ?? {};
    checkEach(caller, { [`obstacles[${i}].x`]: x, [`obstacles[${i}].y`]: y });
    checkNumber(caller, `obstacles[${i}].radius`, radius, { above: 0 });
  });
  checkInteger(caller, 'integrationSteps', integrationSteps, { min: 1 });
  const car = { frontLength, rearLength, maxSteering, maxAcceleration, maxSpeed, carRadius, timeStep, integrationSteps };
  const task = { obstacles, goal, goalRadius, fieldRadius, goalReward, crashCost, actionCost, maxSteps, seed };
  return new KinematicBicycle({ ...car, ...task });
}
