/** The MuJoCo tasks by name. */
import type { Catalogue } from '../catalogue.js';
import { type AntOptions, createAnt } from './ant.js';
import { createHalfCheetah, type HalfCheetahOptions } from './half-cheetah.js';
import { type BaodingHandOptions, createBaodingHand } from './hand/baoding.js';
import { createCubeHand, type CubeHandOptions } from './hand/cube.js';
import { createHopper, type HopperOptions } from './hopper.js';
import { createHumanoid, type HumanoidOptions } from './humanoid.js';
import { createInvertedDoublePendulum, type InvertedDoublePendulumOptions } from './inverted-double-pendulum.js';
import { createInvertedPendulum, type InvertedPendulumOptions } from './inverted-pendulum.js';
import { loadMujoco } from './load-mujoco.js';
import type { MujocoEnvironment } from './mujoco-task.js';
import { createPetsHalfCheetah, type PetsHalfCheetahOptions } from './pets-half-cheetah.js';
import { createPetsPusher, type PetsPusherOptions } from './pets-pusher.js';
import { createPetsReacher, type PetsReacherOptions } from './pets-reacher.js';
import { createPusher, type PusherOptions } from './pusher.js';
import { createReacher, type ReacherOptions } from './reacher.js';
import { createSwimmer, type SwimmerOptions } from './swimmer.js';
import { createWalker2d, type Walker2dOptions } from './walker2d.js';

/** The options of every MuJoCo task, by its name. */
export interface MujocoOptions {
  readonly 'InvertedPendulum-v5': InvertedPendulumOptions;
  readonly 'InvertedDoublePendulum-v5': InvertedDoublePendulumOptions;
  readonly 'HalfCheetah-v5': HalfCheetahOptions;
  readonly 'Hopper-v5': HopperOptions;
  readonly 'Walker2d-v5': Walker2dOptions;
  readonly 'Ant-v5': AntOptions;
  readonly 'Reacher-v5': ReacherOptions;
  readonly 'Pusher-v5': PusherOptions;
  readonly 'Swimmer-v5': SwimmerOptions;
  readonly 'Humanoid-v5': HumanoidOptions;
  readonly 'PetsHalfCheetah-v0': PetsHalfCheetahOptions;
  readonly 'PetsReacher-v0': PetsReacherOptions;
  readonly 'PetsPusher-v0': PetsPusherOptions;
  readonly 'BaodingHand-v0': BaodingHandOptions;
  readonly 'CubeHand-v0': CubeHandOptions;
}

const load = (): Promise<void> => loadMujoco();
const source = 'Gymnasium 1.3';

const taskKeys = { frameSkip: true, maxSteps: true, seed: true, physicsTimeStep: true } as const;
const runnerKeys = {
  ...taskKeys,
  forwardRewardWeight: true,
  ctrlCostWeight: true,
  resetNoiseScale: true,
  excludeCurrentPositionsFromObservation: true,
} as const;
const healthKeys = { healthyReward: true, terminateWhenUnhealthy: true, healthyZRange: true } as const;
const walkerKeys = {
  ...runnerKeys,
  ...healthKeys,
  healthyAngleRange: true,
  torsoLength: true,
  thighLength: true,
  legLength: true,
  footLength: true,
  density: true,
  footFriction: true,
  gravity: true,
} as const;
const petsSource = 'PETS (Chua et al. 2018)';
const cheetahBodyKeys = {
  torsoLength: true,
  backLegScale: true,
  frontLegScale: true,
  radius: true,
  totalMass: true,
  friction: true,
  gravity: true,
} as const;
const handKeys = { ...taskKeys, resetNoiseScale: true, dropHeight: true, servoScale: true, friction: true, gravity: true } as const;
const pusherBodyKeys = { upperArmLength: true, forearmLength: true, objectRadius: true, objectDensity: true, objectDamping: true } as const;

/** Every MuJoCo task. */
export const mujocoCatalogue: Catalogue<MujocoOptions, MujocoEnvironment> = {
  'InvertedPendulum-v5': {
    create: createInvertedPendulum,
    load,
    keys: {
      ...taskKeys,
      resetNoiseScale: true,
      poleLength: true,
      poleRadius: true,
      poleMass: true,
      cartMass: true,
      railLimit: true,
      gear: true,
      gravity: true,
    },
    reward: '1 a step',
    source,
  },
  'InvertedDoublePendulum-v5': {
    create: createInvertedDoublePendulum,
    load,
    keys: {
      ...taskKeys,
      resetNoiseScale: true,
      healthyReward: true,
      lowerLength: true,
      upperLength: true,
      poleRadius: true,
      railLimit: true,
      gear: true,
      gravity: true,
    },
    reward: '10 a step, less distance and speed',
    source,
  },
  'HalfCheetah-v5': {
    create: createHalfCheetah,
    load,
    keys: { ...runnerKeys, ...cheetahBodyKeys },
    reward: 'speed − 0.1 ‖a‖²',
    source,
  },
  'Hopper-v5': {
    create: createHopper,
    load,
    keys: { ...walkerKeys, healthyStateRange: true },
    reward: 'speed + 1 − 0.001 ‖a‖²',
    source,
  },
  'Walker2d-v5': { create: createWalker2d, load, keys: walkerKeys, reward: 'speed + 1 − 0.001 ‖a‖²', source },
  'Ant-v5': {
    create: createAnt,
    load,
    keys: {
      ...runnerKeys,
      ...healthKeys,
      contactCostWeight: true,
      contactForceRange: true,
      mainBody: true,
      includeCfrcExtInObservation: true,
      torsoRadius: true,
      upperLegLength: true,
      lowerLegLength: true,
      legRadius: true,
      density: true,
      friction: true,
      gear: true,
      gravity: true,
    },
    reward: 'speed + 1 − 0.5 ‖a‖² − 0.0005 ‖contact‖²',
    source,
  },
  'Reacher-v5': {
    create: createReacher,
    load,
    keys: {
      ...taskKeys,
      rewardDistWeight: true,
      rewardControlWeight: true,
      firstLinkLength: true,
      secondLinkLength: true,
      gear: true,
      damping: true,
    },
    reward: '−distance − ‖a‖²',
    source,
  },
  'Pusher-v5': {
    create: createPusher,
    load,
    keys: { ...taskKeys, ...pusherBodyKeys, rewardNearWeight: true, rewardDistWeight: true, rewardControlWeight: true },
    reward: '−distances − 0.1 ‖a‖²',
    source,
  },
  'Swimmer-v5': {
    create: createSwimmer,
    load,
    keys: {
      ...runnerKeys,
      linkLength: true,
      linkRadius: true,
      linkDensity: true,
      fluidDensity: true,
      fluidViscosity: true,
      gear: true,
    },
    reward: 'speed − 0.0001 ‖a‖²',
    source,
  },
  'Humanoid-v5': {
    create: createHumanoid,
    load,
    keys: {
      ...runnerKeys,
      ...healthKeys,
      contactCostWeight: true,
      contactCostRange: true,
      includeCinertInObservation: true,
      includeCvelInObservation: true,
      includeQfrcActuatorInObservation: true,
      includeCfrcExtInObservation: true,
      thighLength: true,
      shinLength: true,
      density: true,
      gearScale: true,
      friction: true,
      gravity: true,
    },
    reward: '1.25 speed + 5 − 0.1 ‖a‖² − contact',
    source,
  },
  'PetsHalfCheetah-v0': {
    create: createPetsHalfCheetah,
    load,
    keys: { ...taskKeys, ...cheetahBodyKeys, ctrlCostWeight: true, resetNoiseScale: true },
    reward: 'speed − 0.1 ‖a‖²',
    source: petsSource,
  },
  'PetsReacher-v0': {
    create: createPetsReacher,
    load,
    keys: { ...taskKeys, upperArmLength: true, forearmLength: true, goalDeviation: true },
    reward: '−distance² − 0.01 ‖a‖²',
    source: petsSource,
  },
  'PetsPusher-v0': {
    create: createPetsPusher,
    load,
    keys: { ...taskKeys, ...pusherBodyKeys },
    reward: '−distances − 0.1 ‖a‖²',
    source: petsSource,
  },
  'BaodingHand-v0': {
    create: createBaodingHand,
    load,
    keys: { ...handKeys, ballRadius: true, ballMass: true, period: true, direction: true },
    reward: '−5 distances − 500 drop − 10 wrist',
    source: 'PDDM (Nagabandi et al. 2019), our hand',
  },
  'CubeHand-v0': {
    create: createCubeHand,
    load,
    keys: { ...handKeys, cubeHalfSize: true, cubeMass: true, goalAngle: true },
    reward: '−7 turn − 1000 drop',
    source: 'PDDM (Nagabandi et al. 2019), our hand',
  },
};
