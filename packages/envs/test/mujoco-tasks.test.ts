import { createRng, LifecycleError, NumericalError, OptionError, ShapeError } from '@mbrl/core';
import {
  createAnt,
  createEnvironment,
  createHalfCheetah,
  createHopper,
  createHumanoid,
  createInvertedPendulum,
  createPetsHalfCheetah,
  createPetsReacher,
  createPusher,
  createReacher,
  createSimulation,
  createSwimmer,
  describeEnvironment,
  environmentNames,
  loadEnvironment,
  loadMujoco,
  type MujocoEnvironment,
} from '@mbrl/envs';
import { beforeAll, describe, expect, it } from 'vitest';

const names = environmentNames().filter((name) => describeEnvironment(name).needsLoading);
const make = (name: string, options: object = {}): MujocoEnvironment => createEnvironment(name, { ...options }) as MujocoEnvironment;

beforeAll(() => loadMujoco());

describe('divergence', () => {
  it('ends the episode with an error, and a reset goes on', () => {
    const environment = createHalfCheetah();
    environment.reset({ qvel: [0, 0, 0, 9e9, -9e9, 9e9, 9e9, 0, 0] });
    const push = (): void => {
      for (let t = 0; t < 200; t++) environment.step([1, 1, 1, 1, 1, 1]);
    };
    expect(push).toThrow(NumericalError);
    expect(push).toThrow(LifecycleError);
    const { observation } = environment.reset({ seed: 1 });
    expect(observation.every(Number.isFinite)).toBe(true);
    expect(environment.step([0, 0, 0, 0, 0, 0]).observation).toEqual(
      (() => {
        const fresh = createHalfCheetah();
        fresh.reset({ seed: 1 });
        return fresh.step([0, 0, 0, 0, 0, 0]).observation;
      })(),
    );
  });

  // In 1 MB the solver's matrix did not fit, and MuJoCo gave up.
  it('of a humanoid whose parts all touch is never for want of memory', () => {
    const humanoid = createHumanoid();
    const rng = createRng(6);
    const far = (scale: number, size: number): Float64Array => Float64Array.from({ length: size }, () => scale * rng.normal());
    // So far out that the parts' places differ by no more than rounding.
    humanoid.reset({ qpos: far(1e8, 24), qvel: far(1e3, 23) });
    let message = '';
    try {
      humanoid.step(new Float64Array(17).fill(0.1));
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).not.toContain('memory');
    expect(humanoid.warnings().contactsFull).toBe(0);
    humanoid.dispose();
  });

  it('names what went wrong and when', () => {
    const environment = createInvertedPendulum();
    environment.reset({ qvel: [1e10, 1e10] });
    expect(() => environment.step(3)).toThrow(
      /InvertedPendulum-v5\.step: the simulation must stay finite, got q(pos|vel)\[\d\] = .* after 0\.0\d+ s/,
    );
  });
});

describe('starts', () => {
  it('from given positions and velocities draw nothing and leave the rest at the model', () => {
    const environment = createHopper();
    environment.reset({ seed: 3 });
    const twin = createHopper();
    twin.reset({ seed: 3 });
    twin.reset({ qvel: [1, 0, 0, 0, 0, 0] });
    expect(Array.from(twin.qpos)).toEqual([0, 1.25, 0, 0, 0, 0]);
    expect(Array.from(twin.qvel)).toEqual([1, 0, 0, 0, 0, 0]);
    twin.reset({ qpos: [0, 1, 0, 0, 0, 0] });
    expect(Array.from(twin.qvel)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(twin.reset().observation).toEqual(environment.reset().observation);
  });

  it('have no contact forces yet, even where the body lies on the ground', () => {
    const environment = createAnt({ healthyZRange: [-1, 1] });
    const qpos = environment.modelArray('qpos0');
    qpos[2] = 0.2;
    expect(
      environment
        .reset({ qpos })
        .observation.slice(27)
        .every((force) => force === 0),
    ).toBe(true);
    expect(
      environment
        .step([0, 0, 0, 0, 0, 0, 0, 0])
        .observation.slice(27)
        .some((force) => force !== 0),
    ).toBe(true);
  });

  it('refuse what no state is', () => {
    const environment = createReacher();
    expect(() => environment.reset({ qpos: [0, 0, 0] })).toThrow(ShapeError);
    expect(() => environment.reset({ qvel: [0, 0, 0, 0, 0] })).toThrow(/Reacher-v5\.reset: qvel must have 4 components, got 5/);
    expect(() => environment.reset({ qpos: [0, NaN, 0, 0] })).toThrow(OptionError);
    expect(() => environment.reset({ qpos: [0, 0, 0, 1e11] })).toThrow(
      /qpos must be finite and within 1e10, got 100000000000 at component 3/,
    );
    expect(() => environment.reset({ seed: -1 })).toThrow(/seed must be an integer/);
    expect(() => environment.step([0, 0])).toThrow(LifecycleError);
  });

  /** Positions or velocities of many starts, `[draws][component]`. */
  const draws = (environment: MujocoEnvironment, what: 'qpos' | 'qvel', count = 500): number[][] => {
    environment.reset({ seed: 5 });
    return Array.from({ length: count }, () => {
      environment.reset();
      return Array.from(environment[what]);
    });
  };
  const spread = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  it('are uniform in positions and normal in velocities for the half-cheetah', () => {
    const positions = draws(createHalfCheetah(), 'qpos').map((q) => q[4]!);
    expect(Math.max(...positions.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(spread(positions)).toBeGreaterThan(0.9 * (0.1 / Math.sqrt(3)));
    expect(spread(positions)).toBeLessThan(1.1 * (0.1 / Math.sqrt(3)));
    const velocities = draws(createHalfCheetah(), 'qvel').map((v) => v[4]!);
    expect(spread(velocities)).toBeGreaterThan(0.09);
    expect(spread(velocities)).toBeLessThan(0.11);
    expect(Math.max(...velocities.map(Math.abs))).toBeGreaterThan(0.2);
  });

  it('are uniform in both for the hopper, and about the standing pose', () => {
    const environment = createHopper();
    const heights = draws(environment, 'qpos').map((q) => q[1]! - 1.25);
    expect(Math.max(...heights.map(Math.abs))).toBeLessThanOrEqual(0.005);
    expect(spread(heights)).toBeGreaterThan(0.9 * (0.005 / Math.sqrt(3)));
    expect(Math.max(...draws(environment, 'qvel').map((v) => Math.abs(v[3]!)))).toBeLessThanOrEqual(0.005);
  });

  it('put the goal of the reacher in a disc of 0.2 m and the object of the pusher 0.17 m from its goal', () => {
    const goals = draws(createReacher(), 'qpos').map(([, , x = 0, y = 0]) => Math.hypot(x, y));
    expect(Math.max(...goals)).toBeLessThan(0.2);
    expect(Math.max(...goals)).toBeGreaterThan(0.19);
    const objects = draws(createPusher(), 'qpos');
    expect(Math.min(...objects.map((q) => Math.hypot(q[7]!, q[8]!)))).toBeGreaterThan(0.17);
    expect(objects.every((q) => q[7]! <= 0 && q[7]! >= -0.3 && Math.abs(q[8]!) <= 0.2 && q[9] === 0 && q[10] === 0)).toBe(true);
    expect(draws(createPusher(), 'qvel', 20).every((v) => v.slice(7).every((value) => value === 0))).toBe(true);
  });

  it('of the ant have normal velocities', () => {
    const velocities = draws(createAnt(), 'qvel', 300).map((v) => v[8]!);
    expect(spread(velocities)).toBeGreaterThan(0.085);
    expect(spread(velocities)).toBeLessThan(0.115);
  });
});

describe('clipped observations', () => {
  it('hold the contact forces of the ant within their range', () => {
    const play = (contactForceRange: readonly [number, number]): Float32Array => {
      const environment = createAnt({ healthyZRange: [-1, 1], contactForceRange });
      const qpos = environment.modelArray('qpos0');
      qpos[2] = 0.2;
      environment.reset({ qpos });
      return environment.step([0, 0, 0, 0, 0, 0, 0, 0]).observation.slice(27);
    };
    const wide = play([-1e6, 1e6]);
    expect(Math.max(...wide)).toBeGreaterThan(2);
    expect(Math.min(...wide)).toBeLessThan(-1);
    expect(play([-1, 2])).toEqual(wide.map((force) => Math.max(-1, Math.min(2, force))));
  });

  it('hold the force of the rail within ±10', () => {
    const environment = make('InvertedDoublePendulum-v5');
    environment.reset({ qpos: [1.02, 0, 0], qvel: [2, 0, 0] });
    expect(environment.step(1).observation[8]).toBe(-10);
  });
});

describe('episodes', () => {
  it.each(names)('%s ends at its limit', (name) => {
    const limit = { 'Reacher-v5': 50, 'Pusher-v5': 100, 'PetsReacher-v0': 150, 'PetsPusher-v0': 150 }[name as string];
    if (limit === undefined) return expect(() => make(name, { maxSteps: 0 })).toThrow(OptionError);
    const environment = make(name);
    environment.reset({ seed: 0 });
    const rest = Array.from({ length: environment.actionSpace.size }, () => 0);
    for (let t = 1; t < limit; t++) expect(environment.step(rest).truncated).toBe(false);
    expect(environment.step(rest)).toMatchObject({ truncated: true, terminated: false });
  });

  it('reward standing still for 1,000 steps by nothing', () => {
    const environment = createSwimmer();
    environment.reset({ qpos: [0, 0, 0, 0, 0] });
    let last = environment.step([0, 0]);
    for (let t = 1; t < 1000; t++) {
      expect(last.truncated).toBe(false);
      expect(last.reward).toBe(0);
      last = environment.step([0, 0]);
    }
    expect(last.truncated).toBe(true);
  });

  it.each(names)('%s needs no more memory than its model has, under the roughest actions', (name) => {
    const environment = make(name);
    const simulation = createSimulation('test', environment.mjcf);
    const rng = createRng(2);
    const { high } = environment.actionSpace;
    for (let t = 0; t < 400; t++) {
      if (t % 100 === 0) {
        simulation.reset();
        const { qvel } = simulation.state;
        for (let i = 0; i < qvel.length; i++) qvel[i] = rng.normal();
      }
      if (t % 5 === 0) simulation.state.ctrl.set(high.map((bound) => (rng.uniform() < 0.5 ? -bound : bound)));
      simulation.advance(1);
    }
    simulation.checkFinite('test');
    expect(simulation.warnings()).toMatchObject({ contactsFull: 0, constraintsFull: 0 });
    expect(simulation.memory().mostUsed).toBeLessThan(simulation.memory().size / 3);
    simulation.dispose();
    environment.dispose();
  });
});

describe('pictures', () => {
  it('do not change what follows', () => {
    const options = { terminateWhenUnhealthy: false };
    const [plain, drawn] = [createAnt(options), createAnt(options)];
    const play = (environment: MujocoEnvironment, draw: boolean): number[] => {
      environment.reset({ seed: 4 });
      return Array.from({ length: 12 }, (_, t) => {
        if (draw) environment.solidScene();
        return environment.step(Array.from({ length: 8 }, (_, i) => Math.sin(t + i))).reward;
      });
    };
    expect(play(drawn, true)).toEqual(play(plain, false));
  });

  it('show the geoms where they are, and the camera goes along', () => {
    const environment = createHalfCheetah();
    environment.reset({ qpos: [7, 0.2, 0.5, 0, 0, 0, 0, 0, 0] });
    const { camera, shapes } = environment.solidScene();
    expect(shapes.length).toBe(9);
    expect(shapes[0]).toMatchObject({ form: { kind: 'plane' }, role: 'ground' });
    const [, torso, head] = shapes as unknown as { form: object; position: number[]; rotation: number[] }[];
    expect(torso).toMatchObject({ form: { kind: 'capsule', radius: 0.046, halfLength: 0.5 }, position: [7, 0, 0.7 + 0.2] });
    // The capsule's axis points from its front to its back end, along −x, and is pitched by 0.5 rad about y.
    const [w = 0, x = 0, y = 0, z = 0] = torso!.rotation;
    const axis = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
    [-Math.cos(0.5), 0, Math.sin(0.5)].forEach((part, i) => expect(axis[i]).toBeCloseTo(part, 12));
    expect(head!.position[0]).toBeCloseTo(7 + 0.6 * Math.cos(0.5) + 0.1 * Math.sin(0.5), 12);
    expect(head!.position[2]).toBeCloseTo(0.9 - 0.6 * Math.sin(0.5) + 0.1 * Math.cos(0.5), 12);
    expect(camera.target[0]).toBe(7);
    expect(camera.position[1]).toBeLessThan(-2);
  });

  it('follow a restored snapshot', () => {
    const environment = createHopper();
    environment.reset({ seed: 1 });
    const before = environment.solidScene();
    const snapshot = environment.snapshot();
    for (let t = 0; t < 5; t++) environment.step([1, -1, 1]);
    expect(environment.solidScene()).not.toEqual(before);
    environment.restoreSnapshot(snapshot);
    expect(environment.solidScene()).toEqual(before);
  });

  it('mark goals and objects, and hide what cannot be seen', () => {
    const roles = createPusher()
      .solidScene()
      .shapes.map(({ role }) => role);
    expect(roles.filter((role) => role === 'target').length).toBe(1);
    expect(roles.filter((role) => role === 'accent').length).toBe(1);
    expect(make('PetsPusher-v0').solidScene().shapes.length).toBe(roles.length);
  });
});

describe('PETS', () => {
  it("the reacher's tip is where the physics has it", () => {
    const environment = createPetsReacher({ upperArmLength: 0.45 });
    const simulation = createSimulation('test', environment.mjcf);
    const rng = createRng(8);
    const wrist = simulation.indexOf('body', 'r_gripper_palm_link');
    for (let draw = 0; draw < 50; draw++) {
      const qpos = Array.from({ length: 10 }, () => 2 * rng.uniform() - 1);
      // PETS's formula holds for the bends that the elbow has: never backwards.
      qpos[3] = -0.5 + 0.4 * qpos[3]!;
      if (draw === 0) qpos.fill(0, 0, 7);
      environment.reset({ qpos });
      const { info } = environment.step(Array.from({ length: 7 }, () => 0));
      simulation.state.qpos.set(environment.qpos);
      simulation.kinematics();
      const { xpos, xquat } = simulation.state;
      const [w = 0, x = 0, y = 0, z = 0] = xquat.slice(4 * wrist, 4 * wrist + 4);
      const along = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)];
      const squared = along.reduce((sum, part, i) => sum + (xpos[3 * wrist + i]! + 0.16828 * part - environment.qpos[7 + i]!) ** 2, 0);
      expect(info['reward_dist']).toBeCloseTo(-squared, 10);
    }
  });

  it('the half-cheetah observes the speed that it is paid for', () => {
    const environment = createPetsHalfCheetah();
    const first = environment.reset({ seed: 2 });
    expect(first.observation[0]).toBe(0);
    const before = environment.qpos[0]!;
    const { observation, reward } = environment.step([1, 0, 0, 0, 0, 0]);
    expect(observation[0]).toBeCloseTo((environment.qpos[0]! - before) / 0.05, 6);
    expect(reward).toBeCloseTo((environment.qpos[0]! - before) / 0.05 - 0.1, 10);
    expect(observation.length).toBe(18);
  });
});

describe('lifetime', () => {
  it('after dispose everything is refused', () => {
    const environment = createHopper();
    environment.reset({ seed: 1 });
    const state = environment.saveState();
    const snapshot = environment.snapshot();
    environment.dispose();
    environment.dispose();
    for (const call of [
      () => environment.reset(),
      () => environment.step([0, 0, 0]),
      () => environment.saveState(),
      () => environment.restoreState(state),
      () => environment.snapshot(),
      () => environment.restoreSnapshot(snapshot),
      () => environment.solidScene(),
      () => environment.qpos,
      () => environment.warnings(),
    ])
      expect(call).toThrow(/Hopper-v5\.\w+: the environment must not be used after dispose/);
  });

  it('a snapshot with a foreign front is refused', () => {
    const environment = createHopper();
    environment.reset({ seed: 1 });
    const snapshot = environment.snapshot();
    snapshot[0] = 5;
    expect(() => environment.restoreSnapshot(snapshot)).toThrow(OptionError);
  });

  it('loadEnvironment loads and makes', async () => {
    const environment = await loadEnvironment('Hopper-v5', { maxSteps: 3 });
    expect(environment.name).toBe('Hopper-v5');
  });
});
