import { createRng } from '@mbrl/core';
import { createBaodingHand, createCubeHand, loadMujoco, type MujocoEnvironment } from '@mbrl/envs';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => loadMujoco());

const rest: readonly number[] = Array.from({ length: 24 }, () => 0);

/** Places the first object's centre; all else as the model has it. */
function withObject(environment: MujocoEnvironment, place: readonly number[], quaternion: readonly number[] = [1, 0, 0, 0]): Float64Array {
  const qpos = environment.modelArray('qpos0');
  qpos.set(place, 24);
  qpos.set(quaternion, 27);
  return qpos;
}

describe('the hand', () => {
  it('has 24 joints in five fingers and a wrist, and servos on all', () => {
    const environment = createBaodingHand();
    expect(environment.actionSpace.size).toBe(24);
    expect(environment.observationSpace.size).toBe(40);
    expect(createCubeHand().observationSpace.size).toBe(39);
    expect(environment.actionSpace.labels!.map((label) => label.split(' ')[0]!.slice(0, 2)).join(' ')).toBe(
      'wr wr fo fo fo fo mi mi mi mi ri ri ri ri li li li li li th th th th th',
    );
    expect(environment.actionSpace.labels!.slice(0, 4)).toEqual([
      'wrist sideways',
      'wrist lift',
      'forefinger sideways',
      'forefinger knuckle bend',
    ]);
    expect(environment.observationSpace.labels!.slice(0, 2)).toEqual(['wrist sideways position (rad)', 'wrist lift position (rad)']);
    expect(new Set(environment.actionSpace.labels).size).toBe(24);
    expect(Array.from(environment.actionSpace.low)).toEqual(rest.map(() => -1));
    const forms = environment.solidScene().shapes.map(({ form }) => form.kind);
    expect(forms.filter((kind) => kind === 'capsule').length).toBeGreaterThan(20);
    expect(forms.filter((kind) => kind === 'sphere').length).toBe(4);
  });

  it.each([
    ['balls', createBaodingHand],
    ['cube', createCubeHand],
  ] as const)('at rest holds the %s', (_, create) => {
    const environment = create();
    environment.reset({ seed: 3 });
    for (let t = 0; t < 30; t++) expect(environment.step(rest).terminated).toBe(false);
    const { qvel } = environment;
    expect(Math.max(...qvel.map(Math.abs))).toBeLessThan(0.02);
  });

  it('goes nine tenths of the way to its limits under actions of ±1, clipped beyond', () => {
    const environment = createCubeHand({ gravity: 0, dropHeight: -10 });
    const ranges = environment.modelArray('jnt_range');
    const qpos = withObject(environment, [0.5, 0.5, 0.5]);
    // One middle joint: rest 0.5, limits 0 to 1.6.
    for (const [action, wanted] of [
      [1, 0.5 + 0.9 * 1.1],
      [7, 0.5 + 0.9 * 1.1],
      [-1, 0.5 - 0.9 * 0.5],
    ] as const) {
      environment.reset({ qpos });
      for (let t = 0; t < 15; t++) environment.step(rest.map((_, i) => (i === 4 ? action : 0)));
      expect(environment.qpos[4]).toBeCloseTo(wanted, 1);
    }
    expect(ranges[9]).toBe(1.6);
  });

  it.each([
    ['balls', createBaodingHand],
    ['cube', createCubeHand],
  ] as const)('stays stable with the %s under random and extreme actions', (_, create) => {
    const environment = create({ dropHeight: -1e6, maxSteps: 1e6 });
    const ranges = environment.modelArray('jnt_range');
    const rng = createRng(5);
    environment.reset({ seed: 1 });
    let over = 0;
    let fastest = 0;
    for (let t = 0; t < 60; t++) {
      environment.step(rest.map(() => (t < 20 ? 2 * rng.uniform() - 1 : rng.uniform() < 0.5 ? -1 : 1)));
      const { qpos, qvel } = environment;
      for (let i = 0; i < 24; i++) {
        over = Math.max(over, qpos[i]! - ranges[2 * i + 1]!, ranges[2 * i]! - qpos[i]!);
        fastest = Math.max(fastest, Math.abs(qvel[i]!));
      }
    }
    expect(over).toBeLessThan(0.15);
    expect(fastest).toBeLessThan(60);
    expect(Object.values(environment.warnings()).every((count) => count === 0)).toBe(true);
  });
});

describe('the Baoding balls', () => {
  it('are paid as −5 (d₁ + d₂) − 500 drop − 10 wrist', () => {
    const environment = createBaodingHand();
    environment.reset({ seed: 2 });
    const { observation, reward, info } = environment.step(rest);
    const far = (ball: number, goal: number): number =>
      Math.hypot(observation[ball]! - observation[goal]!, observation[ball + 1]! - observation[goal + 1]!);
    expect(reward).toBeCloseTo(-5 * (far(24, 36) + far(30, 38)), 5);
    expect(info).toMatchObject({ reward_drop: 0, reward_wrist: 0 });

    const dropped = createBaodingHand();
    dropped.reset({ qpos: withObject(dropped, [0.3, 0.3, 0]) });
    const drop = dropped.step(rest);
    expect(drop).toMatchObject({ terminated: true, info: { reward_drop: -500 } });
    expect(drop.reward).toBeLessThan(-500);

    const lifted = createBaodingHand();
    lifted.reset({ seed: 2 });
    const up = Array.from({ length: 4 }, () => lifted.step(rest.map((_, i) => (i === 1 ? 1 : 0)))).at(-1)!;
    expect(lifted.qpos[1]).toBeGreaterThan(0.15);
    expect(up.info['reward_wrist']).toBe(-10);
  });

  it('have goals opposite each other that go round in a period', () => {
    const goals = (environment: MujocoEnvironment, steps: number): number[] => {
      let { observation } = environment.reset({ seed: 1 });
      for (let t = 0; t < steps; t++) observation = environment.step(rest).observation;
      return Array.from(observation.slice(36));
    };
    const start = goals(createBaodingHand({ period: 12, frameSkip: 1 }), 0);
    const round = goals(createBaodingHand({ period: 12, frameSkip: 1 }), 12);
    const half = goals(createBaodingHand({ period: 12, frameSkip: 1 }), 6);
    start.forEach((value, i) => expect(round[i]).toBeCloseTo(value, 6));
    expect(half[0]).toBeCloseTo(start[2]!, 6);
    expect(half[1]).toBeCloseTo(start[3]!, 6);
    const quarter = goals(createBaodingHand({ period: 12, frameSkip: 1 }), 3);
    const back = goals(createBaodingHand({ period: 12, frameSkip: 1, direction: 'clockwise' }), 9);
    quarter.forEach((value, i) => expect(back[i]).toBeCloseTo(value, 6));
    expect(quarter[1]).not.toBeCloseTo(start[1]!, 3);
  });
});

describe('the cube', () => {
  it('is paid by its turn from the goal, and ends when dropped', () => {
    const environment = createCubeHand({ gravity: 0 });
    const half = 0.7;
    environment.reset({ qpos: withObject(environment, [0.06, 0, 0.3], [Math.cos(half / 2), Math.sin(half / 2), 0, 0]) });
    const { observation, reward } = environment.step(rest);
    expect(observation[27]).toBeCloseTo(0.7, 6);
    expect(observation[36]).toBe(1.5);
    expect(reward).toBeCloseTo(-7 * 0.8, 6);
    // The same turn by the opposite quaternion.
    environment.reset({ qpos: withObject(environment, [0.06, 0, 0.3], [-Math.cos(half / 2), -Math.sin(half / 2), 0, 0]) });
    expect(environment.step(rest).reward).toBeCloseTo(-7 * 0.8, 6);
    environment.reset({ qpos: withObject(environment, [0.06, 0.3, -0.1]) });
    expect(environment.step(rest)).toMatchObject({ terminated: true, info: { reward_drop: -1000 } });
  });

  it('has four goals, drawn for each episode', () => {
    const environment = createCubeHand();
    environment.reset({ seed: 1 });
    const goals = new Set(Array.from({ length: 40 }, () => environment.reset().observation.slice(36).join()));
    expect([...goals].sort()).toEqual(['-1.5,0,0', '0,0,-1.5', '0,0,1.5', '1.5,0,0']);
  });
});
