/** The classic control tasks by name. */
import { type AcrobotOptions, createAcrobot } from './acrobot.js';
import type { Catalogue } from '../catalogue.js';
import type { ClassicEnvironment } from './classic-environment.js';
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

/** Every classic task. */
export const classicCatalogue: Catalogue<ClassicOptions, ClassicEnvironment> = {
  'CartPole-v1': { create: createCartPole, keys: episodeKeys, reward: '1 a step', source: 'Gymnasium 1.3' },
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
};
