import { OptionError } from '@mbrl/core';
import { type ClassicEnvironment, createEnvironment } from '@mbrl/envs';
import { describe, expect, it } from 'vitest';
import { classicCatalogue, type ClassicOptions } from '../src/classic/catalogue.js';

type Options = { readonly [key: string]: unknown };
type Name = keyof ClassicOptions;

/** One option: a value that changes what happens, one that is refused, and where to look for the change. */
interface OptionCase {
  readonly change: unknown;
  readonly bad: unknown;
  /** Physical state to start from; the seeded start when absent. */
  readonly state?: readonly number[];
  /** Steps to take; 3 when absent. */
  readonly steps?: number;
  /** Other options to set in both. */
  readonly with?: Options;
}

const episode = {
  maxSteps: { change: 2, bad: 0 },
  seed: { change: 9, bad: -1 },
};
const integration = { timeStep: { change: 0.03, bad: 0 }, integrationSteps: { change: 5, bad: 1.5 } };
const moving = [0.5, 1, -1, 2];
const chain = {
  firstMass: { change: 2, bad: 0 },
  secondMass: { change: 2, bad: -1 },
  firstLength: { change: 2, bad: 0 },
  secondLength: { change: 2, bad: NaN },
  links: { change: 'point', bad: 'chain' },
  gravity: { change: 1.6, bad: Infinity, state: moving },
  friction: { change: 0.5, bad: -0.1, state: moving },
  timeStep: { change: 0.02, bad: 0 },
  integrationSteps: { change: 5, bad: 0, state: moving },
  startDeviation: { change: 0.3, bad: -1 },
  actionCost: { change: 0.5, bad: -1 },
  ...episode,
};
const flying = [0.2, -0.1, 1, 0.9, 0.3, -0.2, 0.1, 1, 0.5, -0.5, 1, -2, 0.5];
const flight = {
  mass: { change: 2, bad: 0, state: flying },
  inertia: { change: [0.02, 0.01, 0.018], bad: [1, 1], state: flying },
  armLength: { change: 0.3, bad: 0 },
  yawCoefficient: { change: 0.1, bad: -1 },
  thrustToWeight: { change: 3, bad: 1 },
  gravity: { change: 1.6, bad: 0 },
  roomSize: { change: 5, bad: 0 },
  actionCost: { change: 0.5, bad: -1 },
  ...integration,
  ...episode,
};
const seven = (value: number): number[] => Array.from({ length: 7 }, () => value);
const arm = [0.1, 0.3, -0.2, 0.9, 0.4, 0.5, 0.1, 0.5, 1, -1, 2, -0.3, 0.6, 0.2, 0.5, 0.2, 0.9];

const cases: { readonly [N in Name]?: { readonly [Key in keyof Required<ClassicOptions[N]>]: OptionCase } } = {
  'CartPole-v1': { suttonBartoReward: { change: true, bad: 1 }, ...episode },
  'MountainCar-v0': { goalVelocity: { change: 0.05, bad: NaN, state: [0.49, 0.02] }, ...episode },
  'MountainCarContinuous-v0': { goalVelocity: { change: 0.05, bad: NaN, state: [0.44, 0.02] }, ...episode },
  'Acrobot-v1': { dynamics: { change: 'nips', bad: 'new', state: moving }, torqueNoise: { change: 0.5, bad: -1 }, ...episode },
  'AcrobotSwingUp-v0': { ...chain, torqueLimit: { change: 2, bad: 0 } },
  'DoublePendulum-v0': { ...chain, torqueLimits: { change: [8, 0], bad: [1, -1] } },
  'Reacher2-v0': {
    firstMass: { change: 2, bad: 0 },
    secondMass: { change: 2, bad: 0 },
    firstLength: { change: 0.9, bad: 0 },
    secondLength: { change: 0.9, bad: 0 },
    links: { change: 'point', bad: 1 },
    friction: { change: 1, bad: -1, state: [...moving, 0.3, 0.3] },
    torqueLimits: { change: [2, 3], bad: [0, 1] },
    targetRange: { change: [0.8, 0.9], bad: [0.9, 0.8] },
    actionCost: { change: 0.5, bad: -1 },
    ...integration,
    ...episode,
  },
  'Reacher7-v0': {
    drive: { change: 'velocity', bad: 'force' },
    torqueLimits: { change: seven(3), bad: seven(-1) },
    velocityLimits: { change: seven(0.5), bad: [1], with: { drive: 'velocity' } },
    shoulderHeight: { change: 0.5, bad: 0 },
    lengths: { change: [0.1, 0.5, 0.32, 0.17], bad: [1, 1] },
    masses: { change: [1, 1, 1], bad: [1, -1, 1] },
    inertia: { change: seven(1), bad: seven(0) },
    friction: { change: seven(0), bad: seven(-1), state: arm },
    gravity: { change: 0, bad: NaN },
    actionCost: { change: 0.5, bad: -1 },
    ...integration,
    timeStep: { change: 0.02, bad: 0 },
    ...episode,
  },
  'PlanarQuadrotor-v0': {
    mass: { change: 1, bad: 0, state: [0, 1, 0.2, 1, 1, 1] },
    inertia: { change: 0.03, bad: 0 },
    armLength: { change: 0.3, bad: 0 },
    thrustToWeight: { change: 3, bad: 1 },
    drag: { change: 1, bad: -1 },
    gravity: { change: 1.6, bad: 0 },
    target: { change: [1, 1], bad: [1] },
    roomSize: { change: 5, bad: 0 },
    actionCost: { change: 0.5, bad: -1 },
    ...integration,
    ...episode,
  },
  'Quadrotor-v0': { ...flight, drag: { change: 1, bad: -1, state: flying }, target: { change: [1, 1, 1], bad: [1, 1] } },
  'Lander-v0': {
    ...flight,
    residualScale: { change: 0, bad: -1, state: flying },
    groundEffect: { change: 0, bad: 40, state: flying },
    groundDrag: { change: 0, bad: -1, state: flying },
    drag: { change: [0, 0, 0], bad: [1, 1, -1], state: flying },
    quadraticDrag: { change: 0, bad: -1, state: flying },
    rotorRadius: { change: 0.15, bad: 0.5, state: flying },
    clearance: { change: 0.3, bad: 0, state: flying.map((v, i) => (i === 2 ? 0.25 : v)) },
    softSpeed: { change: 1, bad: 0, state: flying.map((v, i) => (i === 2 ? 0.16 : v)) },
    padRadius: { change: 1, bad: 0, state: flying.map((v, i) => (i === 2 ? 0.16 : v)) },
  },
  'WindyQuadrotor-v0': {
    ...flight,
    windSpeeds: { change: [9], bad: [] },
    gustRatio: { change: 0, bad: 2, state: [...flying, 3, 1, 1] },
    gustPeriod: { change: 1, bad: 0, state: [...flying, 3, 1, 1] },
    observeWind: { change: false, bad: 'no' },
    residualScale: { change: 0, bad: -1, state: [...flying, 3, 1, 1] },
    drag: { change: [0, 0, 0], bad: 1, state: [...flying, 3, 1, 1] },
    quadraticDrag: { change: 0, bad: -1, state: [...flying, 3, 1, 1] },
    target: { change: [1, 1, 1], bad: [1, 1] },
    mass: { change: 2, bad: 0, state: [...flying, 3, 1, 1] },
    inertia: { change: [0.02, 0.01, 0.018], bad: [1, 1], state: [...flying, 3, 1, 1] },
  },
  'KinematicBicycle-v0': {
    frontLength: { change: 1, bad: 0, state: [0, 0, 0.2, 1] },
    rearLength: { change: 1, bad: 0, state: [0, 0, 0.2, 1] },
    maxSteering: { change: 0.2, bad: 2, state: [0, 0, 0.2, 1] },
    maxAcceleration: { change: 1, bad: 0 },
    maxSpeed: { change: 1, bad: 0, state: [0, 0, 0.2, 2] },
    carRadius: { change: 0, bad: -1, state: [2.3, 0.5, 0, 1] },
    obstacles: { change: [], bad: [{ x: 0, y: 0, radius: 0 }], state: [2.3, 0.5, 0, 1] },
    goal: { change: [10, 1], bad: [1] },
    goalRadius: { change: 2, bad: 0, state: [8.5, 0, 0, 1] },
    fieldRadius: { change: 9, bad: 0, state: [-2.05, 0, 0, 0] },
    goalReward: { change: 1, bad: -1, state: [9.6, 0, 0, 1] },
    crashCost: { change: 1, bad: -1, state: [3.5, 0.5, 0, 1] },
    actionCost: { change: 0.5, bad: -1 },
    timeStep: { change: 0.05, bad: 0 },
    integrationSteps: { change: 5, bad: 0.5, state: [0, 0, 0.2, 2] },
    ...episode,
  },
  'CliffHill-v0': {
    edge: { change: 5, bad: 0, state: [6, 0] },
    slope: { change: 0.5, bad: 0 },
    depth: { change: 5, bad: 0, state: [11.9, 3] },
    push: { change: 1, bad: 0 },
    friction: { change: 0, bad: -1, state: [3, 2] },
    start: { change: 3, bad: 12 },
    timeStep: { change: 0.05, bad: 0 },
    ...episode,
  },
};

/** All that a few steps show, with actions that go through the space. */
function behaviour(name: Name, options: Options, { state, steps = 3 }: OptionCase): unknown {
  const environment = createEnvironment(name, options) as ClassicEnvironment;
  const shown: unknown[] = [Array.from(environment.reset(state ? { state } : {}).observation), environment.timeStep];
  const { actionSpace } = environment;
  for (let t = 0; t < steps; t++) {
    const action =
      actionSpace.kind === 'discrete'
        ? actionSpace.count - 1
        : Array.from({ length: actionSpace.size }, (_, i) => actionSpace.high[i]! * Math.cos(i * 1.7 + t + 0.2));
    const { observation, reward, terminated, truncated } = environment.step(action);
    shown.push(Array.from(observation), reward, terminated, truncated);
    if (terminated || truncated) break;
  }
  return shown;
}

const table = Object.entries(cases).flatMap(([name, options]) =>
  Object.entries(options).map(([option, given]) => ({ name: name as Name, option, given: given as OptionCase })),
);

describe('options of the classic tasks', () => {
  it('are all in this table, and in the catalogue', () => {
    for (const [name, options] of Object.entries(cases))
      expect(Object.keys(options).sort(), name).toEqual(Object.keys(classicCatalogue[name as Name].keys).sort());
  });

  it.each(table)('$name: $option changes what happens', ({ name, option, given }) => {
    const base = behaviour(name, { ...given.with }, given);
    expect(behaviour(name, { ...given.with }, given)).toEqual(base);
    expect(behaviour(name, { ...given.with, [option]: given.change }, given)).not.toEqual(base);
  });

  it.each(table)('$name: $option outside of its bounds is refused by name', ({ name, option, given }) => {
    const make = (): unknown => createEnvironment(name, { [option]: given.bad } as Options);
    expect(make).toThrow(OptionError);
    expect(make).toThrow(option);
  });
});
