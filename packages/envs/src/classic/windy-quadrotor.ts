/**
 * Holding a quadrotor in place in wind that differs from episode to episode and changes within one: the setting of
 * Neural-Fly (O'Connell et al. 2022, "Neural-Fly enables rapid learning for agile flight in strong winds"), where the
 * wind is a condition that a model must find out. Equations in `rotor-flight.ts`; reward and endings of `Quadrotor-v0`.
 *
 * A start draws one of `windSpeeds` and a direction along the ground: the mean wind. A gust swells it,
 * wind(t) = mean · (1 + gustRatio sin φ), φ = φ₀ + 2π t / gustPeriod, and stands still within a step. Mean and phase are
 * part of the physical state. `observeWind: true` puts (mean x, mean y, sin φ, cos φ) at the end of the observation: then the
 * task is Markov and `batched.dynamics` is exact. `observeWind: false` hides the wind, as in the paper: the observation
 * does not determine what comes next, and there is no `batched.dynamics`; that of a task with `residualScale: 0` and
 * the same observation is the nominal model, without any air.
 */
import {
  type Action,
  type BatchedFunctions,
  type BoxSpace,
  boxSpace,
  checkNumber,
  OptionError,
  type Rng,
  type StepResult,
} from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { checkFlags } from '../check-flags.js';
import { checkEach, checkVector } from './check-options.js';
import { type Column, flatten, joinColumns, splitColumns } from './columns.js';
import type { FlightFrame } from './flight-scene.js';
import {
  flightBounds,
  type FlightOptions,
  FlyingTask,
  type ResolvedFlightOptions,
  resolveFlightOptions,
  type SpatialEnvironment,
  thrustGainOf,
} from './flying-task.js';
import { hoverReward, isOutBatch, thrustsOf } from './quadrotor.js';
import { advanceFlightBatch, type FlightConstants, flightSize, flightStateLabels } from './rotor-flight.js';
import type { Vector3 } from './turns.js';

/** Options of {@link createWindyQuadrotor}. All in SI units. */
export interface WindyQuadrotorOptions extends FlightOptions {
  /** Mean speeds of the wind of which a start draws one, m/s, each at least 0. Default 0, 1.3, 2.5, 3.7, 4.9, 6.1. */
  readonly windSpeeds?: readonly number[];
  /** How much a gust adds to and takes from the mean wind, in [0, 1]. Default 0.3. */
  readonly gustRatio?: number;
  /** Seconds from gust to gust, above 0. Default 4. */
  readonly gustPeriod?: number;
  /** Whether the wind is a part of the observation, or a latent condition. Default true. */
  readonly observeWind?: boolean;
  /** How much of the aerodynamic force acts, at least 0; 0 is the nominal rigid body, which feels no wind. Default 1. */
  readonly residualScale?: number;
  /** Linear drag of the rotors along the body's axes, N s/m, each at least 0. Default 0.3, 0.3, 0.15. */
  readonly drag?: Vector3;
  /** Quadratic drag of the body, N s²/m², at least 0. Default 0.03. */
  readonly quadraticDrag?: number;
  /** Where to be. Default (0, 0, 1.5). */
  readonly target?: Vector3;
}

const windLabels: readonly string[] = ['mean wind along x (m/s)', 'mean wind along y (m/s)', 'phase of the gust (rad)'];
const observedWindLabels: readonly string[] = [...windLabels.slice(0, 2), 'sine of the phase', 'cosine of the phase'];
const turn: number = 2 * Math.PI;

interface WindOptions {
  readonly windSpeeds: readonly number[];
  readonly gustRatio: number;
  readonly gustPeriod: number;
  readonly observeWind: boolean;
  readonly target: Vector3;
}

class WindyQuadrotor extends FlyingTask {
  readonly observationSpace: BoxSpace;
  readonly batched: BatchedFunctions;
  private readonly wind: WindOptions;
  /** Radians that the gust's phase goes on in a step. */
  private readonly phaseStep: number;

  constructor(options: ResolvedFlightOptions, constants: FlightConstants, wind: WindOptions) {
    super('WindyQuadrotor-v0', options, constants, windLabels);
    const { observeWind, gustRatio, gustPeriod, target } = wind;
    this.wind = wind;
    this.phaseStep = (turn * options.timeStep) / gustPeriod;
    const own = observeWind ? observedWindLabels : [];
    const bounds = flightBounds(own.length);
    if (observeWind) for (const i of [2, 3]) [bounds.low[flightSize + i], bounds.high[flightSize + i]] = [-1, 1];
    this.observationSpace = boxSpace({ ...bounds, labels: [...flightStateLabels, ...own] });
    const size = flightSize + own.length;
    const { roomSize, actionCost } = options;
    const thrustGain = thrustGainOf(options);
    const { phaseStep } = this;
    this.batched = {
      reward: (_observation, action, next) => tf.tidy(() => hoverReward(splitColumns(next, size), action, target, actionCost)),
      terminated: (_observation, _action, next) => tf.tidy(() => flatten(isOutBatch(splitColumns(next, size), roomSize, 0))),
      ...(observeWind
        ? {
            dynamics: (observation, action) =>
              tf.tidy(() => {
                const columns = splitColumns(observation, size);
                const [meanX, meanY, sin, cos] = columns.slice(flightSize) as [Column, Column, Column, Column];
                const gust: Column = tf.add(tf.mul(sin, gustRatio), 1);
                const blowing = [tf.mul(meanX, gust), tf.mul(meanY, gust)] as [Column, Column];
                const next = advanceFlightBatch(constants, columns.slice(0, flightSize), thrustsOf(action, thrustGain), blowing);
                const [s, c] = [Math.sin(phaseStep), Math.cos(phaseStep)];
                const turned: Column[] = [tf.add(tf.mul(sin, c), tf.mul(cos, s)), tf.sub(tf.mul(cos, c), tf.mul(sin, s))];
                return joinColumns([...next, meanX, meanY, ...turned]);
              }),
          }
        : {}),
    };
  }

  step(action: Action, into?: Float32Array): StepResult {
    if (this.phase !== 'running') this.refuseStep();
    const observation = this.arrayFor(into, this.observationSpace.size);
    const { state } = this;
    const { gustRatio, target } = this.wind;
    const gust = 1 + gustRatio * Math.sin(state[15]!);
    const effort = this.fly(action, state[13]! * gust, state[14]! * gust);
    const phase = state[15]! + this.phaseStep;
    state[15] = phase >= turn ? phase - turn : phase;
    const dx = state[0]! - target[0];
    const dy = state[1]! - target[1];
    const dz = state[2]! - target[2];
    const near = Math.exp(-(dx * dx + dy * dy + dz * dz)) * 0.5 * (1 + this.uprightness());
    const terminated = this.isOut(0);
    return this.finish(this.observe(observation), near - this.flightOptions.actionCost * effort, terminated, into);
  }

  protected override drawStart(rng: Rng): void {
    super.drawStart(rng);
    const { windSpeeds } = this.wind;
    const speed = windSpeeds[rng.integer(windSpeeds.length)]!;
    const direction = turn * rng.uniform();
    this.state[13] = speed * Math.cos(direction);
    this.state[14] = speed * Math.sin(direction);
    this.state[15] = turn * rng.uniform();
  }

  protected override observe(observation: Float32Array): Float32Array {
    this.observeFlight(observation);
    if (this.wind.observeWind) {
      const { state } = this;
      observation[13] = state[13]!;
      observation[14] = state[14]!;
      observation[15] = Math.sin(state[15]!);
      observation[16] = Math.cos(state[15]!);
    }
    return observation;
  }

  protected surroundings(values: ArrayLike<number>): Pick<FlightFrame, 'goal' | 'wind'> {
    const goal = { kind: 'point', at: this.target() } as const;
    if (values.length < flightSize + windLabels.length) return { goal };
    const sine = values.length === flightSize + windLabels.length ? Math.sin(values[15]!) : values[15]!;
    const gust = 1 + this.wind.gustRatio * sine;
    return { goal, wind: [values[13]! * gust, values[14]! * gust] };
  }

  private target(): Vector3 {
    return this.wind.target;
  }
}

/**
 * Makes the quadrotor in wind. Observation (position, attitude as a unit quaternion w x y z, velocity, angular velocity of
 * the body, and, with `observeWind`, the wind's mean along x and y and its phase as sine and cosine), physical state
 * the same with the phase itself, four actions in ±1, one a rotor.
 * @throws OptionError on an option outside of its bounds.
 */
export function createWindyQuadrotor(options: WindyQuadrotorOptions = {}): SpatialEnvironment {
  const caller = 'createWindyQuadrotor';
  const {
    windSpeeds = [0, 1.3, 2.5, 3.7, 4.9, 6.1],
    gustRatio = 0.3,
    gustPeriod = 4,
    observeWind = true,
    residualScale = 1,
    drag = [0.3, 0.3, 0.15],
    quadraticDrag = 0.03,
    target = [0, 0, 1.5],
    ...flight
  } = options;
  const resolved = resolveFlightOptions(caller, flight);
  if (!Array.isArray(windSpeeds) || windSpeeds.length === 0)
    throw new OptionError(`${caller}: windSpeeds must be a list of at least one speed, got ${JSON.stringify(windSpeeds)}`);
  checkVector(caller, 'windSpeeds', windSpeeds, windSpeeds.length, { min: 0 });
  checkNumber(caller, 'gustRatio', gustRatio, { min: 0, max: 1 });
  checkNumber(caller, 'gustPeriod', gustPeriod, { above: 0 });
  checkFlags(caller, { observeWind });
  checkEach(caller, { residualScale, quadraticDrag }, { min: 0 });
  checkVector(caller, 'drag', drag, 3, { min: 0 });
  checkVector(caller, 'target', target, 3);
  const constants: FlightConstants = {
    ...resolved,
    drag: [residualScale * drag[0], residualScale * drag[1], residualScale * drag[2]],
    quadraticDrag: residualScale * quadraticDrag,
    groundEffect: 0,
    groundDrag: 0,
    rotorRadius: 0.1,
    clearance: 0.1,
  };
  const wind = { windSpeeds, gustRatio, gustPeriod, observeWind, target };
  return new WindyQuadrotor(resolved, constants, wind);
}
