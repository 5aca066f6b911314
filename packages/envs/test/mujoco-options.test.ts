import { createEnvironment, type EnvironmentOptions, loadMujoco, type MujocoEnvironment } from '@mbrl/envs';
import { beforeAll, describe, expect, it } from 'vitest';

/** For every option of every task: a value other than the default, and options that it needs to show. */
type Changes<Options> = {
  readonly [Key in keyof Required<Options>]: Required<Options>[Key] | { readonly value: Required<Options>[Key]; readonly beside: Options };
};
type MujocoName = {
  [Name in keyof EnvironmentOptions]: Name extends `${string}-v5` | `Pets${'HalfCheetah' | 'Reacher' | 'Pusher'}-v0` | `${string}Hand-v0`
    ? Name
    : never;
}[keyof EnvironmentOptions];

const task = { frameSkip: 3, maxSteps: 4, seed: 9, physicsTimeStep: 0.0015 } as const;
const runner = {
  ...task,
  forwardRewardWeight: 2,
  ctrlCostWeight: 0.3,
  resetNoiseScale: 0.05,
  excludeCurrentPositionsFromObservation: false,
} as const;
const health = {
  healthyReward: 7,
  terminateWhenUnhealthy: { value: false, beside: { healthyZRange: [5, 6] } },
  healthyZRange: [5, 6],
} as const;
const walker = {
  ...runner,
  ...health,
  healthyAngleRange: [1, 2],
  torsoLength: 0.5,
  thighLength: 0.5,
  legLength: 0.6,
  footLength: 0.3,
  density: 800,
  footFriction: 1,
  gravity: 5,
} as const;
const cheetah = {
  torsoLength: 1.2,
  backLegScale: 1.1,
  frontLegScale: 0.9,
  radius: 0.05,
  totalMass: 20,
  friction: 0.9,
  gravity: 5,
} as const;
const hand = { ...task, resetNoiseScale: 0.05, dropHeight: 0.2, servoScale: 2, friction: 0.3, gravity: 5 } as const;
const pusher = { upperArmLength: 0.5, forearmLength: 0.4, objectRadius: 0.06, objectDensity: 0.5, objectDamping: 0.1 } as const;

const changes: { readonly [Name in MujocoName]: Changes<EnvironmentOptions[Name]> } = {
  'InvertedPendulum-v5': {
    ...task,
    resetNoiseScale: 0.05,
    poleLength: 1,
    poleRadius: 0.03,
    poleMass: 1,
    cartMass: 5,
    railLimit: 2,
    gear: 50,
    gravity: 5,
  },
  'InvertedDoublePendulum-v5': {
    ...task,
    resetNoiseScale: 0.05,
    healthyReward: 3,
    lowerLength: 0.7,
    upperLength: 0.7,
    poleRadius: 0.03,
    railLimit: 2,
    gear: 300,
    gravity: 5,
  },
  'HalfCheetah-v5': { ...runner, ...cheetah },
  'Hopper-v5': { ...walker, healthyStateRange: [-1e-9, 1e-9] },
  'Walker2d-v5': walker,
  'Ant-v5': {
    ...runner,
    ...health,
    contactCostWeight: { value: 0.5, beside: { gravity: 200 } },
    contactForceRange: { value: [-3, 2], beside: { gravity: 200 } },
    mainBody: 'aux_2',
    includeCfrcExtInObservation: false,
    torsoRadius: 0.3,
    upperLegLength: 0.4,
    lowerLegLength: 0.7,
    legRadius: 0.06,
    density: 10,
    friction: 0.4,
    gear: 100,
    gravity: 5,
  },
  'Reacher-v5': {
    ...task,
    rewardDistWeight: 2,
    rewardControlWeight: 0.2,
    firstLinkLength: 0.2,
    secondLinkLength: 0.2,
    gear: 100,
    damping: 2,
  },
  'Pusher-v5': { ...task, ...pusher, rewardNearWeight: 2, rewardDistWeight: 0.2, rewardControlWeight: 1 },
  'Swimmer-v5': { ...runner, linkLength: 0.8, linkRadius: 0.08, linkDensity: 900, fluidDensity: 1000, fluidViscosity: 5, gear: 100 },
  'Humanoid-v5': {
    ...runner,
    ...health,
    contactCostWeight: { value: 0.5, beside: { physicsTimeStep: 0.006, frameSkip: 40, healthyZRange: [-5, 5] } },
    contactCostRange: { value: [3, 4], beside: {} },
    includeCinertInObservation: false,
    includeCvelInObservation: false,
    includeQfrcActuatorInObservation: false,
    includeCfrcExtInObservation: false,
    thighLength: 0.4,
    shinLength: 0.35,
    density: 900,
    gearScale: 2,
    friction: 0.5,
    gravity: 5,
  },
  'PetsHalfCheetah-v0': { ...task, ...cheetah, ctrlCostWeight: 0.3, resetNoiseScale: 0.05 },
  'PetsReacher-v0': { ...task, upperArmLength: 0.5, forearmLength: 0.4, goalDeviation: 0.3 },
  'PetsPusher-v0': { ...task, ...pusher },
  'BaodingHand-v0': { ...hand, ballRadius: 0.018, ballMass: 0.1, period: 30, direction: 'clockwise' },
  'CubeHand-v0': { ...hand, cubeHalfSize: 0.02, cubeMass: 0.2, goalAngle: 1 },
};

const make = (name: MujocoName, options: object): MujocoEnvironment => createEnvironment(name, options as never) as MujocoEnvironment;

/** What a task shows of itself in five steps. */
function fingerprint(environment: MujocoEnvironment): string {
  const first = environment.reset();
  const steps: unknown[] = [];
  for (let t = 0; t < 5; t++) {
    const action = Array.from(environment.actionSpace.high, (high, i) => high * Math.sin(3 * t + i));
    const { observation, reward, terminated, truncated, info } = environment.step(action);
    steps.push([Array.from(observation), reward, terminated, truncated, info]);
    if (terminated || truncated) break;
  }
  const text = JSON.stringify([Array.from(first.observation), environment.timeStep, steps]);
  environment.dispose();
  return text;
}

const cases = Object.entries(changes).flatMap(([name, options]) =>
  Object.entries(options).map(([key, change]): [MujocoName, string, unknown, object] => {
    const isPair = typeof change === 'object' && change !== null && 'beside' in change;
    return isPair
      ? [name as MujocoName, key, (change as { value: unknown }).value, (change as { beside: object }).beside]
      : [name as MujocoName, key, change, {}];
  }),
);

describe('every option of a MuJoCo task', () => {
  beforeAll(() => loadMujoco());

  // These tell only where something slides, or is touched, which takes longer than five steps.
  const model = new Set(['friction', 'footFriction', 'railLimit', 'objectRadius', 'objectDensity', 'objectDamping']);
  const plain = new Map<string, string>();
  const unchanged = (name: MujocoName, options: object): string => {
    const key = name + JSON.stringify(options);
    const known = plain.get(key) ?? fingerprint(make(name, options));
    plain.set(key, known);
    return known;
  };

  it.each(cases)('%s: %s changes what happens', (name, key, value, beside) => {
    if (model.has(key)) {
      const changed = make(name, { ...beside, [key]: value }).mjcf;
      expect(changed).not.toBe(make(name, beside).mjcf);
      return;
    }
    expect(fingerprint(make(name, { ...beside, [key]: value }))).not.toBe(unchanged(name, beside));
  });

  it.each(Object.keys(changes) as MujocoName[])('%s: numbers must be finite', (name) => {
    for (const [owner, key, value] of cases) {
      if (owner !== name || typeof value !== 'number') continue;
      expect(() => make(name, { [key]: NaN }), key).toThrow(
        expect.objectContaining({ code: 'OPTION', message: expect.stringContaining(`${key} must be`) }),
      );
    }
  });

  it.each(cases.filter(([, , value]) => Array.isArray(value)))('%s: %s is two numbers in order', (name, key) => {
    expect(() => make(name, { [key]: [2, 1] })).toThrow(new RegExp(`${key} must be two numbers in order, got 2,1`));
  });

  it('lengths and masses are checked too', () => {
    expect(() => make('HalfCheetah-v5', { totalMass: -1 })).toThrow(/createHalfCheetah: totalMass must be a finite number in \(0/);
    expect(() => make('Hopper-v5', { thighLength: 0 })).toThrow(/createHopper: thighLength/);
    expect(() => make('Ant-v5', { mainBody: 'tail' })).toThrow(/createAnt: the model must have a body named "tail"/);
    expect(() => make('Ant-v5', { mainBody: 99 })).toThrow(/createAnt: mainBody must be an integer/);
    expect(() => make('Swimmer-v5', { linkCount: 3 })).toThrow(/options of Swimmer-v5 must be among .*, got "linkCount"/);
  });
});

describe('bodies as options', () => {
  beforeAll(() => loadMujoco());

  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

  it('share out the total mass of the half-cheetah', () => {
    const environment = make('HalfCheetah-v5', { totalMass: 20, backLegScale: 1.3 });
    expect(sum(environment.modelArray('body_mass'))).toBeCloseTo(20, 10);
    const plain = make('HalfCheetah-v5', { totalMass: 20 });
    expect(environment.modelArray('body_mass')[2]).toBeGreaterThan(plain.modelArray('body_mass')[2]!);
  });

  it('give a longer thigh the volume of its capsule, and set the hopper that much higher', () => {
    const [short, long] = [0.45, 0.6].map((thighLength) => make('Hopper-v5', { thighLength })) as [MujocoEnvironment, MujocoEnvironment];
    const gain = long.modelArray('body_mass')[2]! - short.modelArray('body_mass')[2]!;
    expect(gain).toBeCloseTo(1000 * Math.PI * 0.05 ** 2 * 0.15, 10);
    expect(long.modelArray('qpos0')[1]! - short.modelArray('qpos0')[1]!).toBeCloseTo(0.15, 12);
  });

  it('set the masses of cart and pole', () => {
    const environment = make('InvertedPendulum-v5', { cartMass: 2, poleMass: 0.5 });
    expect(Array.from(environment.modelArray('body_mass'))).toEqual([0, 2, 0.5]);
  });

  it('let nothing fall without gravity', () => {
    const environment = make('HalfCheetah-v5', { gravity: 0 });
    environment.reset({ qpos: [0, 1, 0, 0, 0, 0, 0, 0, 0] });
    for (let t = 0; t < 20; t++) environment.step([0, 0, 0, 0, 0, 0]);
    expect(environment.qpos[1]).toBe(1);
  });
});
