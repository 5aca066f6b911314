/**
 * Bare loops over all the equations of the classic tasks, as one would write them by hand for one task with its default
 * options: the motion in float64, the observation written into one array, reward, end and limit of steps; no checks of
 * actions or states, no result, no generator, no picture. Motions that take more than some lines are those of the
 * package, of which both sides then make the same calls.
 */
import type { Action } from '@mbrl/core';
import { type ClassicEnvironment, createEnvironment } from '@mbrl/envs';
import { AcrobotMotion } from '../src/classic/acrobot.js';
import { advanceCartPole } from '../src/classic/cart-pole-physics.js';
import type { ClassicOptions } from '../src/classic/catalogue.js';
import type { SwingUpDynamics } from '../src/classic/swing-up-dynamics.js';
import type { TwoLinkDynamics } from '../src/classic/two-link.js';
import {
  actionCount,
  bicycleMotion,
  chainDynamics,
  type FlightKind,
  type Loop,
  planarFlight,
  rotorFlight,
  sevenJointArm,
  swingUpDynamics,
} from './bare-loops.js';

/** A task by its equations. */
interface Equations {
  /** State at the start of each episode. */
  readonly start: readonly number[];
  readonly observationSize: number;
  readonly maxSteps: number;
  /** Moves the state on, writes the observation, and returns the reward. */
  readonly step: (state: Float64Array, action: never, observation: Float32Array) => number;
  /** Whether the state just reached ends the episode. */
  readonly ended?: (state: Float64Array) => boolean;
}

const never = (): boolean => false;
const { sin, cos, exp, sqrt, min, max, floor, fround, PI } = Math;
const clip = (value: number, bound: number): number => (value > bound ? bound : value < -bound ? -bound : value);

const copy = (state: Float64Array, observation: Float32Array): void => {
  for (let i = 0; i < observation.length; i++) observation[i] = state[i]!;
};

const cartPole = (forceOf: (action: number) => number, maxSteps: number): Equations => ({
  start: [0.01, 0, 0.01, 0],
  observationSize: 4,
  maxSteps,
  step(state, action, observation) {
    advanceCartPole(state, forceOf(action));
    copy(state, observation);
    return 1;
  },
  ended: (state) => state[0]! < -2.4 || state[0]! > 2.4 || state[2]! < -0.20943951023931953 || state[2]! > 0.20943951023931953,
});

function swingUp(dynamics: SwingUpDynamics, raw: boolean, limit: number, gain: number, length: number, cost: number): Equations {
  return {
    start: [0.01, 0.01, 0.01, 0.01],
    observationSize: raw ? 4 : 5,
    maxSteps: 200,
    step(state, action, observation) {
      const push = clip(action, limit);
      dynamics.advance(state, gain * push);
      const [x, angle, velocity, turning] = [state[0]!, state[1]!, state[2]!, state[3]!];
      const s = sin(angle);
      const c = cos(angle);
      const aside = x / length - s;
      observation[0] = x;
      if (raw) {
        observation[1] = angle;
        observation[2] = velocity;
        observation[3] = turning;
      } else {
        observation[1] = s;
        observation[2] = c;
        observation[3] = velocity;
        observation[4] = turning;
      }
      return exp(-(aside * aside + (1 + c) * (1 + c))) - cost * push * push;
    },
  };
}

const pendulum: Equations = {
  start: [1, 0],
  observationSize: 3,
  maxSteps: 200,
  step(state, action, observation) {
    const torque = clip(action, 2);
    const [angle, speed] = [state[0]!, state[1]!];
    const wrapped = angle - 2 * PI * floor((angle + PI) / (2 * PI));
    const reward = -(wrapped * wrapped + 0.1 * speed * speed + 0.001 * torque * torque);
    const next = clip(speed + (15 * sin(angle) + 3 * torque) * 0.05, 8);
    const after = angle + next * 0.05;
    state[0] = after;
    state[1] = next;
    observation[0] = cos(after);
    observation[1] = sin(after);
    observation[2] = next;
    return reward;
  },
};

function rollCar(state: Float64Array, push: number): void {
  const velocity = max(-0.07, min(0.07, state[1]! + push - 0.0025 * cos(3 * state[0]!)));
  const position = max(-1.2, min(0.6, state[0]! + velocity));
  state[0] = position;
  state[1] = position === -1.2 && velocity < 0 ? 0 : velocity;
}

const mountainCar: Equations = {
  start: [-0.5, 0],
  observationSize: 2,
  maxSteps: 200,
  step(state, action, observation) {
    rollCar(state, 0.001 * (action - 1));
    copy(state, observation);
    return -1;
  },
  ended: (state) => state[0]! >= 0.5 && state[1]! >= 0,
};

const isAtTop = (state: Float64Array): boolean => state[0]! >= 0.45 && state[1]! >= 0;

/** With the state in float32, as Gymnasium keeps it: sums and products round there. */
const continuousMountainCar: Equations = {
  start: [-0.5, 0],
  observationSize: 2,
  maxSteps: 999,
  step(state, action: number, observation) {
    const position = state[0]!;
    const pull = fround(0.0025 * cos(fround(3 * position)));
    const gain = fround(fround(clip(action, 1) * fround(0.0015)) - pull);
    const velocity = fround(clip(fround(state[1]! + gain), fround(0.07)));
    const next = fround(max(-1.2, min(0.6, fround(position + velocity))));
    state[0] = next;
    state[1] = next === fround(-1.2) && velocity < 0 ? 0 : velocity;
    copy(state, observation);
    return (isAtTop(state) ? 100 : 0) - 0.1 * action * action;
  },
  ended: isAtTop,
};

/** Writes cosine and sine of two angles, and the velocities. */
function observeChain(state: Float64Array, observation: Float32Array): void {
  observation[0] = cos(state[0]!);
  observation[1] = sin(state[0]!);
  observation[2] = cos(state[1]!);
  observation[3] = sin(state[1]!);
  observation[4] = state[2]!;
  observation[5] = state[3]!;
}

const isAboveLine = (state: Float64Array): boolean => -cos(state[0]!) - cos(state[1]! + state[0]!) > 1;

function acrobot(): Equations {
  const motion = new AcrobotMotion(true);
  return {
    start: [0.05, 0, 0.05, 0],
    observationSize: 6,
    maxSteps: 500,
    step(state, action, observation) {
      motion.advance(state, action - 1);
      observeChain(state, observation);
      return isAboveLine(state) ? 0 : -1;
    },
    ended: isAboveLine,
  };
}

function chain(dynamics: TwoLinkDynamics, elbowOnly: boolean): Equations {
  return {
    start: [0.05, 0, 0.05, 0],
    observationSize: 6,
    maxSteps: 300,
    step(state, action: number & ArrayLike<number>, observation) {
      const shoulder = elbowOnly ? 0 : clip(action[0]!, 1);
      const elbow = clip(elbowOnly ? action : action[1]!, 1);
      dynamics.advance(state, 8 * shoulder, (elbowOnly ? 5 : 4) * elbow);
      observeChain(state, observation);
      const both = state[0]! + state[1]!;
      const aside = sin(state[0]!) + sin(both);
      const below = cos(state[0]!) + cos(both) + 2;
      return exp(-(aside * aside + below * below) / 4) - 0.01 * (shoulder * shoulder + elbow * elbow);
    },
  };
}

function reacher2(dynamics: TwoLinkDynamics): Equations {
  return {
    start: [0.05, 0, 0.05, 0, 0.4, 0.3],
    observationSize: 8,
    maxSteps: 100,
    step(state, action: ArrayLike<number>, observation) {
      const shoulder = clip(action[0]!, 1);
      const elbow = clip(action[1]!, 1);
      dynamics.advance(state, 2 * shoulder, elbow);
      observeChain(state, observation);
      observation[6] = state[4]!;
      observation[7] = state[5]!;
      const both = state[0]! + state[1]!;
      const dx = 0.5 * cos(state[0]!) + 0.4 * cos(both) - state[4]!;
      const dy = 0.5 * sin(state[0]!) + 0.4 * sin(both) - state[5]!;
      return -sqrt(dx * dx + dy * dy) - 0.01 * (shoulder * shoulder + elbow * elbow);
    },
  };
}

function reacher7(): Equations {
  const arm = sevenJointArm();
  const limits = [20, 20, 10, 10, 4, 4, 2];
  const torques = new Float64Array(7);
  return {
    start: [0, 0.3, 0, 0.9, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.2, 1],
    observationSize: 17,
    maxSteps: 150,
    step(state, action: ArrayLike<number>, observation) {
      let effort = 0;
      for (let j = 0; j < 7; j++) {
        const part = clip(action[j]!, 1);
        torques[j] = limits[j]! * part;
        effort += part * part;
      }
      arm.advance(state, torques);
      arm.place(state);
      const dx = arm.end[0]! - state[14]!;
      const dy = arm.end[1]! - state[15]!;
      const dz = arm.end[2]! - state[16]!;
      copy(state, observation);
      return -sqrt(dx * dx + dy * dy + dz * dz) - 0.01 * effort;
    },
  };
}

function planarQuadrotor(): Equations {
  const flight = planarFlight();
  return {
    start: [0, 1.5, 0, 0, 0, 0],
    observationSize: 7,
    maxSteps: 300,
    step(state, action: ArrayLike<number>, observation) {
      const left = clip(action[0]!, 1);
      const right = clip(action[1]!, 1);
      flight.advance(state, 2.4525 * (1 + left), 2.4525 * (1 + right));
      const [x, z] = [state[0]!, state[1]!];
      const c = cos(state[2]!);
      observation[0] = x;
      observation[1] = z;
      observation[2] = sin(state[2]!);
      observation[3] = c;
      observation[4] = state[3]!;
      observation[5] = state[4]!;
      observation[6] = state[5]!;
      return exp(-(x * x + (z - 1.5) * (z - 1.5))) * 0.5 * (1 + c) - 0.01 * (left * left + right * right);
    },
    ended: (state) => state[1]! <= 0 || state[1]! > 3 || state[0]! > 3 || state[0]! < -3,
  };
}

const isOut = (state: Float64Array, floor: number): boolean =>
  state[2]! <= floor || state[2]! > 3 || state[0]! > 3 || state[0]! < -3 || state[1]! > 3 || state[1]! < -3;

/** The flights in space: hovering, landing, and in a wind. */
function flying(kind: FlightKind, gain: number): Equations {
  const flight = rotorFlight(kind);
  const thrusts = new Float64Array(4);
  const start = [0, 0, 1.5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const floor = kind === 'land' ? 0.15 : 0;
  return {
    start: kind === 'wind' ? [...start, 1, 1, 0] : start,
    observationSize: kind === 'wind' ? 17 : 13,
    maxSteps: 300,
    step(state, action: ArrayLike<number>, observation) {
      let effort = 0;
      for (let i = 0; i < 4; i++) {
        const part = clip(action[i]!, 1);
        thrusts[i] = gain * (1 + part);
        effort += part * part;
      }
      if (kind === 'wind') {
        const gust = 1 + 0.3 * sin(state[15]!);
        flight.advance(state, thrusts, state[13]! * gust, state[14]! * gust);
        const phase = state[15]! + (2 * PI * 0.02) / 4;
        state[15] = phase >= 2 * PI ? phase - 2 * PI : phase;
      } else flight.advance(state, thrusts, 0, 0);
      for (let i = 0; i < 13; i++) observation[i] = state[i]!;
      const upright = 1 - 2 * (state[4]! * state[4]! + state[5]! * state[5]!);
      const aside = state[0]! * state[0]! + state[1]! * state[1]!;
      if (kind === 'land') {
        const height = state[2]! - floor;
        const near = 0.02 * exp(-(aside + height * height)) - 0.001 * effort;
        if (height > 0) return near;
        const speed = state[7]! * state[7]! + state[8]! * state[8]! + state[9]! * state[9]!;
        return near + 10 * exp(-(speed + aside) / 0.09) * 0.5 * (1 + upright);
      }
      if (kind === 'wind') {
        observation[13] = state[13]!;
        observation[14] = state[14]!;
        observation[15] = sin(state[15]!);
        observation[16] = cos(state[15]!);
      }
      const dz = state[2]! - 1.5;
      return exp(-(aside + dz * dz)) * 0.5 * (1 + upright) - 0.01 * effort;
    },
    ended: (state) => isOut(state, floor),
  };
}

function bicycle(): Equations {
  const motion = bicycleMotion();
  const distance = (state: Float64Array, x: number, y: number): number => {
    const dx = state[0]! - x;
    const dy = state[1]! - y;
    return sqrt(dx * dx + dy * dy);
  };
  const isCrashed = (state: Float64Array): boolean =>
    distance(state, 5, 0) > 7 || distance(state, 3.5, 0.5) <= 1.3 || distance(state, 6.5, -0.8) <= 1.4 || distance(state, 5.5, 2.5) <= 1.1;
  return {
    start: [0, 0, 0, 0],
    observationSize: 5,
    maxSteps: 200,
    step(state, action: ArrayLike<number>, observation) {
      const push = clip(action[0]!, 1);
      const turn = clip(action[1]!, 1);
      const before = distance(state, 10, 0);
      motion.advance(state, 2 * push, 0.6 * turn);
      const after = distance(state, 10, 0);
      observation[0] = state[0]!;
      observation[1] = state[1]!;
      observation[2] = sin(state[2]!);
      observation[3] = cos(state[2]!);
      observation[4] = state[3]!;
      return before - after + (after <= 0.5 ? 10 : 0) - (isCrashed(state) ? 10 : 0) - 0.01 * (push * push + turn * turn);
    },
    ended: (state) => distance(state, 10, 0) <= 0.5 || isCrashed(state),
  };
}

const cliffHill: Equations = {
  start: [4, 0],
  observationSize: 3,
  maxSteps: 100,
  step(state, action, observation) {
    const velocity = state[1]! + (2 * clip(action, 1) - 0.5 * state[1]!) * 0.1;
    const position = state[0]! + velocity * 0.1;
    const height = position > 12 ? -20 : 0.25 * max(position, 0);
    state[0] = position;
    state[1] = velocity;
    observation[0] = position;
    observation[1] = velocity;
    observation[2] = height;
    return height;
  },
  ended: (state) => state[0]! > 12,
};

const equations: { readonly [Name in keyof ClassicOptions]: Equations } = {
  'CartPole-v1': cartPole((action) => (action === 1 ? 10 : -10), 500),
  'ContinuousCartPole-v0': cartPole((action) => 10 * clip(action, 1), 200),
  'CartPoleSwingUp-v0': swingUp(swingUpDynamics(false), false, 1, 10, 0.6, 0.01),
  'PetsCartPole-v0': swingUp(swingUpDynamics(true), true, 3, 100, 0.6, 0.01),
  'Pendulum-v1': pendulum,
  'MountainCar-v0': mountainCar,
  'MountainCarContinuous-v0': continuousMountainCar,
  'Acrobot-v1': acrobot(),
  'AcrobotSwingUp-v0': chain(chainDynamics('hanging'), true),
  'DoublePendulum-v0': chain(chainDynamics('hanging'), false),
  'Reacher2-v0': reacher2(chainDynamics('arm')),
  'Reacher7-v0': reacher7(),
  'PlanarQuadrotor-v0': planarQuadrotor(),
  'Quadrotor-v0': flying('hover', 2.4525),
  'Lander-v0': flying('land', 3.605175),
  'WindyQuadrotor-v0': flying('wind', 2.4525),
  'KinematicBicycle-v0': bicycle(),
  'CliffHill-v0': cliffHill,
};

/**
 * Plays some steps of a task and of its loop's equations from the same state by the same actions.
 * @throws Error where observation, reward or end differ by more than rounding to float32: the loop is no loop over the task then.
 */
export function requireSame(name: keyof ClassicOptions, actions: readonly Action[]): void {
  const { start, observationSize, step, ended = never } = equations[name];
  const environment = createEnvironment(name) as ClassicEnvironment;
  environment.reset({ seed: 1, state: start });
  const state = Float64Array.from(start);
  const observation = new Float32Array(observationSize);
  for (let i = 0; i < 40; i++) {
    const result = environment.step(actions[i]!);
    const reward = step(state, actions[i] as never, observation);
    const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * (1 + Math.abs(a));
    const isEnd = ended(state);
    if (
      !isSame(result.reward, reward) ||
      !result.observation.every((value, j) => isSame(value, observation[j]!)) ||
      result.terminated !== isEnd
    )
      throw new Error(
        `requireSame: ${name} must be equal at step ${i}, got ${result.reward}, ${result.observation} and ${reward}, ${observation}`,
      );
    if (isEnd) return;
  }
}

/** Makes the loop of a task, over the actions given, over and over; an episode that ends starts anew where all do. */
export function fullLoop(name: keyof ClassicOptions, actions: readonly Action[]): Loop {
  const { start, observationSize, maxSteps, step, ended = never } = equations[name];
  const state = Float64Array.from(start);
  const observation = new Float32Array(observationSize);
  let t = 0;
  return (steps) => {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const reward = step(state, actions[i & (actionCount - 1)] as never, observation);
      sum += observation[0]! + reward;
      if (ended(state) || ++t === maxSteps) {
        for (let j = 0; j < start.length; j++) state[j] = start[j]!;
        t = 0;
      }
    }
    return sum;
  };
}
