/** What the flights in space share: four rotors as actions, the state of `rotor-flight.ts`, starts, checks and pictures. */
import {
  type Action,
  type BoxSpace,
  boxSpace,
  checkInteger,
  checkNumber,
  OptionError,
  type Rng,
  type Scene,
  type SolidScene,
} from '@mbrl/core';
import { checkEach, checkVector } from './check-options.js';
import { type ClassicEnvironment, ClassicTask } from './classic-environment.js';
import { type FlightFrame, flightScene, flightSolidScene } from './flight-scene.js';
import { type FlightConstants, flightSize, flightStateLabels, normalizeAttitude, RotorFlight } from './rotor-flight.js';
import type { Quaternion, Vector3 } from './turns.js';

/** A classic task that moves in space, and draws it so too. */
export interface SpatialEnvironment extends ClassicEnvironment {
  solidScene(): SolidScene;
}

/** What all flights in space take as options. All in SI units. */
export interface FlightOptions {
  /** Above 0. Default 1, of the lander 1.47. */
  readonly mass?: number;
  /** Moments of inertia about the body's axes, kg m², each above 0. Default 0.01, 0.01, 0.018; of the lander half as much again. */
  readonly inertia?: readonly [x: number, y: number, z: number];
  /** From the middle to each rotor, above 0. Default 0.2, of the lander 0.25. */
  readonly armLength?: number;
  /** Torque about the body's z axis per thrust of a rotor, m, at least 0. Default 0.02. */
  readonly yawCoefficient?: number;
  /** Greatest thrust of all rotors by the weight, above 1; with 2 the actions 0 hover. Default 2. */
  readonly thrustToWeight?: number;
  /** Above 0. Default 9.81. */
  readonly gravity?: number;
  /** The room reaches over |x|, |y| ≤ roomSize and 0 < z ≤ roomSize, above 0. Default 3. */
  readonly roomSize?: number;
  /** Weight of the squared action in the reward, at least 0. Default 0.01; of the lander 0.001. */
  readonly actionCost?: number;
  /** Seconds that a step takes, above 0. Default 0.02. */
  readonly timeStep?: number;
  /** RK4 steps that a step is made of, at least 1. Default 1. */
  readonly integrationSteps?: number;
  /** Steps after which an episode is truncated, at least 1. Default 300. */
  readonly maxSteps?: number;
  /** Seed of the starts drawn before a `reset` that has one, an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** {@link FlightOptions} with every default filled in. */
export type ResolvedFlightOptions = Required<FlightOptions>;

/** Fills in the defaults and checks them; `caller` is named in errors. @throws OptionError. */
export function resolveFlightOptions(caller: string, options: FlightOptions, defaults: FlightOptions = {}): ResolvedFlightOptions {
  const resolved: ResolvedFlightOptions = {
    mass: options.mass ?? defaults.mass ?? 1,
    inertia: options.inertia ?? defaults.inertia ?? [0.01, 0.01, 0.018],
    armLength: options.armLength ?? defaults.armLength ?? 0.2,
    yawCoefficient: options.yawCoefficient ?? 0.02,
    thrustToWeight: options.thrustToWeight ?? 2,
    gravity: options.gravity ?? 9.81,
    roomSize: options.roomSize ?? 3,
    actionCost: options.actionCost ?? defaults.actionCost ?? 0.01,
    timeStep: options.timeStep ?? 0.02,
    integrationSteps: options.integrationSteps ?? 1,
    maxSteps: options.maxSteps ?? 300,
    seed: options.seed ?? 0,
  };
  const { mass, armLength, gravity, roomSize, timeStep, yawCoefficient, actionCost } = resolved;
  checkEach(caller, { mass, armLength, gravity, roomSize, timeStep }, { above: 0 });
  checkVector(caller, 'inertia', resolved.inertia, 3, { above: 0 });
  checkEach(caller, { yawCoefficient, actionCost }, { min: 0 });
  checkNumber(caller, 'thrustToWeight', resolved.thrustToWeight, { above: 1 });
  checkInteger(caller, 'integrationSteps', resolved.integrationSteps, { min: 1 });
  return resolved;
}

/** Newtons of a rotor per unit of 1 + action. */
export function thrustGainOf({ thrustToWeight, mass, gravity }: ResolvedFlightOptions): number {
  return (thrustToWeight * mass * gravity) / 8;
}

/** What the observations of a flight hold, beyond a task's own components: the 13 numbers of its state. */
export function flightBounds(own = 0): { low: number[]; high: number[] } {
  const high = Array.from({ length: flightSize + own }, (_, i) => (i >= 3 && i < 7 ? 1 : Infinity));
  return { low: high.map((value) => -value), high };
}

/** Base of the flights in space. */
export abstract class FlyingTask extends ClassicTask implements SpatialEnvironment {
  readonly actionSpace: BoxSpace = boxSpace({
    low: [-1, -1, -1, -1],
    high: [1, 1, 1, 1],
    labels: ['front left rotor', 'rear left rotor', 'rear right rotor', 'front right rotor'],
  });
  readonly timeStep: number;
  protected readonly flightOptions: ResolvedFlightOptions;
  protected readonly flight: RotorFlight;
  private readonly clearance: number;
  private readonly thrustGain: number;
  private readonly thrusts: Float64Array = new Float64Array(4);

  protected constructor(name: string, options: ResolvedFlightOptions, constants: FlightConstants, ownLabels: readonly string[] = []) {
    super(name, [...flightStateLabels, ...ownLabels], options, 4);
    this.flightOptions = options;
    this.timeStep = options.timeStep;
    this.flight = new RotorFlight(constants);
    this.clearance = constants.clearance;
    this.thrustGain = thrustGainOf(options);
  }

  /** Flies one step in a horizontal wind; returns the squared length of the action as applied. */
  protected fly(action: Action, windX: number, windY: number): number {
    const applied = this.clipped(action, -1, 1);
    const { thrusts, thrustGain } = this;
    let effort = 0;
    for (let i = 0; i < 4; i++) {
      const part = applied[i]!;
      thrusts[i] = thrustGain * (1 + part);
      effort += part * part;
    }
    this.flight.advance(this.state, thrusts, windX, windY);
    this.requireFinite();
    return effort;
  }

  /** Whether the vehicle has left the room by a wall or the ceiling, or is at or below a height. */
  protected isOut(floor: number): boolean {
    const { roomSize } = this.flightOptions;
    const x = this.state[0]!;
    const y = this.state[1]!;
    const z = this.state[2]!;
    return z <= floor || z > roomSize || x > roomSize || x < -roomSize || y > roomSize || y < -roomSize;
  }

  /** How far the body's z axis points up, the cosine of the tilt. */
  protected uprightness(): number {
    const x = this.state[4]!;
    const y = this.state[5]!;
    return 1 - 2 * (x * x + y * y);
  }

  protected drawStart(rng: Rng): void {
    const { roomSize } = this.flightOptions;
    const state = this.state;
    for (let i = 0; i < 2; i++) state[i] = 0.3 * roomSize * (2 * rng.uniform() - 1);
    state[2] = roomSize * (0.3 + 0.4 * rng.uniform());
    state[3] = 1;
    for (let i = 4; i < 7; i++) state[i] = 0.1 * (2 * rng.uniform() - 1);
    for (let i = 7; i < flightSize; i++) state[i] = 0.2 * (2 * rng.uniform() - 1);
    normalizeAttitude(state);
  }

  /** Takes a state; its quaternion may have any length but 0. */
  protected override takeState(state: ArrayLike<number>): void {
    if (state[3] === 0 && state[4] === 0 && state[5] === 0 && state[6] === 0)
      throw new OptionError(`${this.name}.reset: the attitude must be a quaternion other than 0`);
    this.state.set(state);
    normalizeAttitude(this.state);
  }

  protected observe(observation: Float32Array): Float32Array {
    this.observeFlight(observation);
    return observation;
  }

  /** Writes the 13 numbers of the flight. */
  protected observeFlight(observation: Float32Array): void {
    const state = this.state;
    for (let i = 0; i < flightSize; i++) observation[i] = state[i]!;
  }

  /** What there is to reach, and the wind where it is shown, for pictures. */
  protected abstract surroundings(observation: ArrayLike<number>): Pick<FlightFrame, 'goal' | 'wind'>;

  scene(): Scene {
    return flightScene(
      this.frameOf(
        this.observe(new Float32Array(this.observationSpace.size)),
        Array.from(this.lastAction, (part) => (1 + part) / 2),
      ),
    );
  }

  sceneOf(observation: ArrayLike<number>): Scene {
    return flightScene(this.frameOf(observation, [0.5, 0.5, 0.5, 0.5]));
  }

  solidScene(): SolidScene {
    return flightSolidScene(this.frameOf(this.state, []));
  }

  private frameOf(values: ArrayLike<number>, thrusts: readonly number[]): FlightFrame {
    const { armLength, roomSize } = this.flightOptions;
    const [x, y, z, qw, qx, qy, qz] = values as unknown as [number, number, number, number, number, number, number];
    const length = Math.hypot(qw, qx, qy, qz) || 1;
    const attitude: Quaternion = [qw / length, qx / length, qy / length, qz / length];
    const position: Vector3 = [x, y, z];
    return { position, attitude, armLength, clearance: this.clearance, roomSize, thrusts, ...this.surroundings(values) };
  }
}
