/**
 * Bare loops over the equations of motion of the classic tasks: a state, actions from a list, a new start now and then,
 * and nothing else; or, besides, what the contract of an environment makes every step hand out. Loops that compute
 * observation, reward and end too are in `full-loops.ts`.
 */
import { petsCartPoleOptions } from '@mbrl/envs';
import { AcrobotMotion } from '../src/classic/acrobot.js';
import { advanceCartPole } from '../src/classic/cart-pole-physics.js';
import type { ClassicOptions } from '../src/classic/catalogue.js';
import { BicycleMotion } from '../src/classic/kinematic-bicycle.js';
import { PlanarFlight } from '../src/classic/planar-quadrotor.js';
import { type FlightConstants, RotorFlight } from '../src/classic/rotor-flight.js';
import { SevenJointArm } from '../src/classic/seven-joint-arm.js';
import { SwingUpDynamics, swingUpCoefficients } from '../src/classic/swing-up-dynamics.js';
import { twoLinkCoefficients, TwoLinkDynamics } from '../src/classic/two-link.js';

/** Actions that the loops go through, a power of two. */
export const actionCount = 1024;

/** Runs some steps; returns a number that depends on all of them, so that none can be left out. */
export type Loop = (steps: number) => number;

/** Numbers within ±scale that repeat no short pattern. */
const wave = (scale: number): Float64Array => Float64Array.from({ length: actionCount }, (_, i) => scale * Math.sin(i * i * 0.37));

/** What a step must hand out beside the equations: a fresh observation, and a fresh record with the reward. */
interface Handed {
  readonly observation: Float32Array;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: object;
}

const noInfo = Object.freeze({});

/** Where a result goes that nobody reads, so that it cannot be left out. */
export const sink: { last: Handed | undefined } = { last: undefined };

/** Makes a loop; with `handing` it hands out a result each step, else it runs on the state alone. */
export type LoopMaker = (handing: boolean) => Loop;

/** A loop that advances a state by a wave of actions, and starts anew after as many steps as an episode has. */
function loopOf(
  start: readonly number[],
  scale: number,
  advance: (state: Float64Array, action: number) => void,
  episodeSteps: number,
  observationSize: number = start.length,
): LoopMaker {
  return (handing) => {
    const state = Float64Array.from(start);
    const actions = wave(scale);
    const copied = Math.min(observationSize, state.length);
    let t = 0;
    return (steps) => {
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        advance(state, actions[i & (actionCount - 1)]!);
        if (handing) {
          const observation = new Float32Array(observationSize);
          for (let j = 0; j < copied; j++) observation[j] = state[j]!;
          sink.last = { observation, reward: state[0]! + 0.5, terminated: false, truncated: false, info: noInfo };
        }
        sum += state[0]!;
        if (++t === episodeSteps) {
          state.set(start);
          t = 0;
        }
      }
      return sum;
    };
  };
}

const bareCartPole: LoopMaker = loopOf([0.01, 0, 0.01, 0], 10, (state, push) => advanceCartPole(state, push > 0 ? 10 : -10), 20);

/** The motion of a swing-up, the light one or that of PETS. */
export function swingUpDynamics(pets: boolean): SwingUpDynamics {
  const pole = petsCartPoleOptions.pole as { centerDistance: number; pivotInertia: number };
  const light = {
    cartMass: 1,
    poleMass: 0.3,
    centerDistance: 0.6,
    pivotInertia: 0.108,
    gravity: 9.81,
    cartFriction: 0,
    poleFriction: 0,
    timeStep: 0.04,
    integrationSteps: 1,
    railLimit: Infinity,
  };
  return new SwingUpDynamics(swingUpCoefficients(pets ? { ...petsCartPoleOptions, ...pole } : light));
}

function bareSwingUp(pets: boolean): LoopMaker {
  const dynamics = swingUpDynamics(pets);
  const advance = (state: Float64Array, push: number): void => dynamics.advance(state, push);
  return loopOf([0.01, 0.01, 0.01, 0.01], pets ? 300 : 10, advance, 200, pets ? 4 : 5);
}

const barePendulum: LoopMaker = loopOf(
  [1, 0],
  2,
  (state, torque) => {
    const speed = Math.max(-8, Math.min(8, state[1]! + (15 * Math.sin(state[0]!) + 3 * torque) * 0.05));
    state[0] = state[0]! + speed * 0.05;
    state[1] = speed;
  },
  200,
  3,
);

const bareMountainCar = (gain: number): LoopMaker =>
  loopOf(
    [-0.5, 0],
    gain,
    (state, push) => {
      const velocity = Math.max(-0.07, Math.min(0.07, state[1]! + push - 0.0025 * Math.cos(3 * state[0]!)));
      const position = Math.max(-1.2, Math.min(0.6, state[0]! + velocity));
      state[0] = position;
      state[1] = position === -1.2 && velocity < 0 ? 0 : velocity;
    },
    200,
  );

const rods = { firstMass: 1, secondMass: 1, firstLength: 1, secondLength: 1, links: 'rod', friction: 0 } as const;
const arm = { firstMass: 1, secondMass: 0.8, firstLength: 0.5, secondLength: 0.4, links: 'rod', friction: 0.2 } as const;

/** The motion of two links: hanging, or the flat arm of the reacher. */
export function chainDynamics(kind: 'hanging' | 'arm'): TwoLinkDynamics {
  const hanging = { ...rods, gravity: 9.81, timeStep: 0.05, integrationSteps: 2 };
  return new TwoLinkDynamics(twoLinkCoefficients(kind === 'arm' ? { ...hanging, ...arm, gravity: 0, integrationSteps: 1 } : hanging));
}

function bareChain(kind: 'hanging' | 'arm'): LoopMaker {
  const dynamics = chainDynamics(kind);
  return loopOf([0.05, 0, 0.05, 0], 5, (state, torque) => dynamics.advance(state, 0.5 * torque, torque), 300, kind === 'arm' ? 8 : 6);
}

function bareAcrobot(): LoopMaker {
  const motion = new AcrobotMotion(true);
  return loopOf([0.05, 0, 0.05, 0], 1, (state, torque) => motion.advance(state, torque > 0 ? 1 : -1), 500, 6);
}

/** The motion of the planar quadrotor. */
export function planarFlight(): PlanarFlight {
  const body = { mass: 0.5, inertia: 0.01, armLength: 0.2, thrustToWeight: 2, drag: 0.05, gravity: 9.81, timeStep: 0.02 };
  return new PlanarFlight({ ...body, target: [0, 1.5], roomSize: 3, actionCost: 0.01, integrationSteps: 1, maxSteps: 300, seed: 0 });
}

function barePlanarFlight(): LoopMaker {
  const flight = planarFlight();
  return loopOf([0, 1.5, 0, 0, 0, 0], 0.5, (state, push) => flight.advance(state, 2.45 + push, 2.45 - push), 40, 7);
}

/** Which flight in space. */
export type FlightKind = 'hover' | 'land' | 'wind';

const flightOf: { readonly [Kind in FlightKind]: Partial<FlightConstants> } = {
  hover: { drag: [0.1, 0.1, 0.1] },
  wind: { drag: [0.3, 0.3, 0.15], quadraticDrag: 0.03 },
  land: {
    mass: 1.47,
    inertia: [0.015, 0.015, 0.027],
    armLength: 0.25,
    drag: [0.3, 0.3, 0.5],
    quadraticDrag: 0.05,
    groundEffect: 4,
    groundDrag: 1,
    rotorRadius: 0.12,
    clearance: 0.15,
  },
};

/** The motion of a flight in space. */
export const rotorFlight = (kind: FlightKind): RotorFlight =>
  new RotorFlight({
    mass: 1,
    inertia: [0.01, 0.01, 0.018],
    armLength: 0.2,
    yawCoefficient: 0.02,
    gravity: 9.81,
    drag: [0, 0, 0],
    quadraticDrag: 0,
    groundEffect: 0,
    groundDrag: 0,
    rotorRadius: 0.1,
    clearance: 0.1,
    timeStep: 0.02,
    integrationSteps: 1,
    ...flightOf[kind],
  });

function bareFlight(kind: FlightKind, observationSize = 13): LoopMaker {
  const flight = rotorFlight(kind);
  const thrusts = new Float64Array(4);
  const advance = (state: Float64Array, push: number): void => {
    for (let i = 0; i < 4; i++) thrusts[i] = 2.45 + (i < 2 ? push : -push);
    flight.advance(state, thrusts, 0, 0);
  };
  return loopOf([0, 0, 1.5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5, advance, 40, observationSize);
}

/** The arm of seven joints. */
export const sevenJointArm = (): SevenJointArm =>
  new SevenJointArm({
    shoulderHeight: 1,
    lengths: [0.1, 0.4, 0.32, 0.17],
    masses: [1.5, 1, 0.5],
    inertia: [2, 2, 1, 1, 0.3, 0.3, 0.1],
    friction: [2, 2, 1, 1, 0.3, 0.3, 0.1],
    gravity: 9.81,
    timeStep: 0.05,
    integrationSteps: 1,
  });

function bareArm(): LoopMaker {
  const joints = sevenJointArm();
  const torques = new Float64Array(7);
  const advance = (state: Float64Array, push: number): void => {
    torques.fill(push);
    joints.advance(state, torques);
  };
  return loopOf([0, 0.3, 0, 0.9, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0], 2, advance, 150, 17);
}

/** The motion of the car. */
export function bicycleMotion(): BicycleMotion {
  const car = { frontLength: 0.5, rearLength: 0.5, maxSteering: 0.6, maxAcceleration: 2, maxSpeed: 3, carRadius: 0.5, timeStep: 0.1 };
  const field = { obstacles: [], goal: [10, 0], goalRadius: 0.5, fieldRadius: 7, goalReward: 10, crashCost: 10 } as const;
  return new BicycleMotion({ ...car, ...field, actionCost: 0.01, integrationSteps: 1, maxSteps: 200, seed: 0 });
}

function bareBicycle(): LoopMaker {
  const motion = bicycleMotion();
  return loopOf([0, 0, 0, 1], 0.5, (state, push) => motion.advance(state, push, push), 100, 5);
}

const bareCliff: LoopMaker = loopOf(
  [4, 0],
  2,
  (state, push) => {
    const velocity = state[1]! + (push - 0.5 * state[1]!) * 0.1;
    state[0] = state[0]! + velocity * 0.1;
    state[1] = velocity;
  },
  100,
  3,
);

/** The loop of each task. */
export const bareLoops: { readonly [Name in keyof ClassicOptions]: LoopMaker } = {
  'CartPole-v1': bareCartPole,
  'ContinuousCartPole-v0': bareCartPole,
  'CartPoleSwingUp-v0': bareSwingUp(false),
  'PetsCartPole-v0': bareSwingUp(true),
  'Pendulum-v1': barePendulum,
  'MountainCar-v0': bareMountainCar(0.001),
  'MountainCarContinuous-v0': bareMountainCar(0.0015),
  'Acrobot-v1': bareAcrobot(),
  'AcrobotSwingUp-v0': bareChain('hanging'),
  'DoublePendulum-v0': bareChain('hanging'),
  'Reacher2-v0': bareChain('arm'),
  'Reacher7-v0': bareArm(),
  'PlanarQuadrotor-v0': barePlanarFlight(),
  'Quadrotor-v0': bareFlight('hover'),
  'Lander-v0': bareFlight('land'),
  'WindyQuadrotor-v0': bareFlight('wind', 17),
  'KinematicBicycle-v0': bareBicycle(),
  'CliffHill-v0': bareCliff,
};
