/** The classic control tasks by name. */
import { type AcrobotOptions, createAcrobot } from './acrobot.js';
import type { Catalogue } from '../catalogue.js';
import { type AcrobotSwingUpOptions, createAcrobotSwingUp, createDoublePendulum, type DoublePendulumOptions } from './chain-swing-up.js';
import type { ClassicEnvironment } from './classic-environment.js';
import { type CliffHillOptions, createCliffHill } from './cliff-hill.js';
import type { FlightOptions } from './flying-task.js';
import { createKinematicBicycle, type KinematicBicycleOptions } from './kinematic-bicycle.js';
import { createLander, type LanderOptions } from './lander.js';
import { createPlanarQuadrotor, type PlanarQuadrotorOptions } from './planar-quadrotor.js';
import { createQuadrotor, type QuadrotorOptions } from './quadrotor.js';
import { createReacher2, type Reacher2Options } from './reacher2.js';
import { createReacher7, type Reacher7Options } from './reacher7.js';
import { createWindyQuadrotor, type WindyQuadrotorOptions } from './windy-quadrotor.js';
import { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './cart-pole.js';
import { createMountainCar, createMountainCarContinuous, type MountainCarOptions } from './mountain-car.js';
import { createPendulum, type PendulumOptions } from './pendulum.js';
import { createPetsCartPole } from './pets-cart-pole.js';
import { type CartPoleSwingUpOptions, createCartPoleSwingUp } from './swing-up.js';

/** The options of every classic task, by its name. */
export interface ClassicOptions {
  readonly 'CartPole-v1': CartPoleOptions;
  readonly 'ContinuousCartPole-v0': ContinuousCartPoleOptions;
  readonly 'CartPoleSwingUp-v0': CartPoleSwingUpOptions;
  readonly 'PetsCartPole-v0': CartPoleSwingUpOptions;
  readonly 'Pendulum-v1': PendulumOptions;
  readonly 'MountainCar-v0': MountainCarOptions;
  readonly 'MountainCarContinuous-v0': MountainCarOptions;
  readonly 'Acrobot-v1': AcrobotOptions;
  readonly 'AcrobotSwingUp-v0': AcrobotSwingUpOptions;
  readonly 'DoublePendulum-v0': DoublePendulumOptions;
  readonly 'Reacher2-v0': Reacher2Options;
  readonly 'Reacher7-v0': Reacher7Options;
  readonly 'PlanarQuadrotor-v0': PlanarQuadrotorOptions;
  readonly 'Quadrotor-v0': QuadrotorOptions;
  readonly 'Lander-v0': LanderOptions;
  readonly 'WindyQuadrotor-v0': WindyQuadrotorOptions;
  readonly 'KinematicBicycle-v0': KinematicBicycleOptions;
  readonly 'CliffHill-v0': CliffHillOptions;
}

const episodeKeys = { maxSteps: true, seed: true } as const;
const swingUpKeys = {
  cartMass: true,
  poleMass: true,
  poleLength: true,
  pole: true,
  gravity: true,
  cartFriction: true,
  poleFriction: true,
  actionLimit: true,
  forceGain: true,
  railLimit: true,
  timeStep: true,
  integrationSteps: true,
  angle: true,
  startDeviation: true,
  actionCost: true,
  maxSteps: true,
  seed: true,
} as const;

const chainKeys = {
  firstMass: true,
  secondMass: true,
  firstLength: true,
  secondLength: true,
  links: true,
  gravity: true,
  friction: true,
  timeStep: true,
  integrationSteps: true,
  startDeviation: true,
  actionCost: true,
  ...episodeKeys,
} as const;
const flightKeys: { readonly [Key in keyof Required<FlightOptions>]: true } = {
  mass: true,
  inertia: true,
  armLength: true,
  yawCoefficient: true,
  thrustToWeight: true,
  gravity: true,
  roomSize: true,
  actionCost: true,
  timeStep: true,
  integrationSteps: true,
  ...episodeKeys,
};

/** Every classic task. */
export const classicCatalogue: Catalogue<ClassicOptions, ClassicEnvironment> = {
  'CartPole-v1': { create: createCartPole, keys: { ...episodeKeys, suttonBartoReward: true }, reward: '1 a step', source: 'Gymnasium 1.3' },
  'ContinuousCartPole-v0': {
    create: createContinuousCartPole,
    keys: { ...episodeKeys, forceGain: true },
    reward: '1 a step',
    source: 'mbrl-lib',
  },
  'CartPoleSwingUp-v0': { create: createCartPoleSwingUp, keys: swingUpKeys, reward: '[−0.01, 1]', source: 'ours, after PETS' },
  'PetsCartPole-v0': { create: createPetsCartPole, keys: swingUpKeys, reward: '[−0.09, 1]', source: 'PETS (Chua et al. 2018)' },
  'Pendulum-v1': { create: createPendulum, keys: { ...episodeKeys, gravity: true }, reward: '[−16.3, 0]', source: 'Gymnasium 1.3' },
  'MountainCar-v0': {
    create: createMountainCar,
    keys: { ...episodeKeys, goalVelocity: true },
    reward: '−1 a step',
    source: 'Gymnasium 1.3',
  },
  'MountainCarContinuous-v0': {
    create: createMountainCarContinuous,
    keys: { ...episodeKeys, goalVelocity: true },
    reward: '[−0.1, 0], 100 at the goal',
    source: 'Gymnasium 1.3',
  },
  'Acrobot-v1': {
    create: createAcrobot,
    keys: { ...episodeKeys, dynamics: true, torqueNoise: true },
    reward: '−1 a step, 0 at the end',
    source: 'Gymnasium 1.3',
  },
  'AcrobotSwingUp-v0': {
    create: createAcrobotSwingUp,
    keys: { ...chainKeys, torqueLimit: true },
    reward: '[−0.01, 1]',
    source: 'ours, after Spong (1995)',
  },
  'DoublePendulum-v0': { create: createDoublePendulum, keys: { ...chainKeys, torqueLimits: true }, reward: '[−0.02, 1]', source: 'ours' },
  'Reacher2-v0': {
    create: createReacher2,
    keys: {
      firstMass: true,
      secondMass: true,
      firstLength: true,
      secondLength: true,
      links: true,
      friction: true,
      torqueLimits: true,
      targetRange: true,
      actionCost: true,
      timeStep: true,
      integrationSteps: true,
      ...episodeKeys,
    },
    reward: '[−1.9, 0]',
    source: "ours, after MuJoCo's Reacher",
  },
  'Reacher7-v0': {
    create: createReacher7,
    keys: {
      drive: true,
      torqueLimits: true,
      velocityLimits: true,
      shoulderHeight: true,
      lengths: true,
      masses: true,
      inertia: true,
      friction: true,
      gravity: true,
      actionCost: true,
      timeStep: true,
      integrationSteps: true,
      ...episodeKeys,
    },
    reward: '[−2, 0]',
    source: 'ours, after PETS (Chua et al. 2018)',
  },
  'PlanarQuadrotor-v0': {
    create: createPlanarQuadrotor,
    keys: {
      mass: true,
      inertia: true,
      armLength: true,
      thrustToWeight: true,
      drag: true,
      gravity: true,
      target: true,
      roomSize: true,
      actionCost: true,
      timeStep: true,
      integrationSteps: true,
      ...episodeKeys,
    },
    reward: '[−0.02, 1]',
    source: 'ours',
  },
  'Quadrotor-v0': { create: createQuadrotor, keys: { ...flightKeys, drag: true, target: true }, reward: '[−0.04, 1]', source: 'ours' },
  'Lander-v0': {
    create: createLander,
    keys: {
      ...flightKeys,
      residualScale: true,
      groundEffect: true,
      groundDrag: true,
      drag: true,
      quadraticDrag: true,
      rotorRadius: true,
      clearance: true,
      softSpeed: true,
      padRadius: true,
    },
    reward: '[−0.004, 0.02], to 10 at touchdown',
    source: 'ours, after Neural Lander (Shi et al. 2019)',
  },
  'WindyQuadrotor-v0': {
    create: createWindyQuadrotor,
    keys: {
      ...flightKeys,
      windSpeeds: true,
      gustRatio: true,
      gustPeriod: true,
      observeWind: true,
      residualScale: true,
      drag: true,
      quadraticDrag: true,
      target: true,
    },
    reward: '[−0.04, 1]',
    source: "ours, after Neural-Fly (O'Connell et al. 2022)",
  },
  'KinematicBicycle-v0': {
    create: createKinematicBicycle,
    keys: {
      frontLength: true,
      rearLength: true,
      maxSteering: true,
      maxAcceleration: true,
      maxSpeed: true,
      carRadius: true,
      obstacles: true,
      goal: true,
      goalRadius: true,
      fieldRadius: true,
      goalReward: true,
      crashCost: true,
      actionCost: true,
      timeStep: true,
      integrationSteps: true,
      ...episodeKeys,
    },
    reward: 'metres nearer, ±10 at the end',
    source: 'ours, after Kong et al. (2015)',
  },
  'CliffHill-v0': {
    create: createCliffHill,
    keys: { edge: true, slope: true, depth: true, push: true, friction: true, start: true, timeStep: true, ...episodeKeys },
    reward: '[−20, 3], the height',
    source: 'ours',
  },
};
