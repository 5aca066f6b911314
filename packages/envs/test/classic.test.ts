import { LifecycleError, OptionError, ShapeError } from '@mbrl/core';
import { createCartPole, createContinuousCartPole, createEnvironment, createPendulum, environmentNames, withTimeLimit } from '@mbrl/envs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classicNames } from './classic-names.js';

describe('cart-pole', () => {
  it('starts uniformly in ±0.05', () => {
    const environment = createCartPole();
    const draws = Array.from({ length: 500 }, () => Array.from(environment.reset().observation)).flat();
    expect(Math.max(...draws)).toBeLessThanOrEqual(0.05);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(-0.05);
    expect(Math.max(...draws)).toBeGreaterThan(0.049);
    const variance = draws.reduce((sum, v) => sum + v * v, 0) / draws.length;
    expect(Math.abs(variance / (0.05 ** 2 / 3) - 1)).toBeLessThan(0.1);
  });

  it('pays 1 a step, or 0 and −1 at the fall as Sutton and Barto do', () => {
    const rewards = (suttonBartoReward: boolean): number[] => {
      const environment = createCartPole({ suttonBartoReward });
      environment.reset({ state: [0, 0, 0.2, 0] });
      const paid: number[] = [];
      for (;;) {
        const result = environment.step(0);
        paid.push(result.reward);
        if (result.terminated) return paid;
      }
    };
    expect(rewards(false)).toEqual([1, 1, 1]);
    expect(rewards(true)).toEqual([0, 0, -1]);
  });

  it('gives the continuous one the same motion for ±1, half the push for ±0.5, and clips beyond', () => {
    const state = [0.1, -0.2, 0.03, 0.4];
    const after = (environment: ReturnType<typeof createCartPole>, action: number): number[] => {
      environment.reset({ state });
      return Array.from(environment.step(action).observation);
    };
    expect(after(createContinuousCartPole(), 1)).toEqual(after(createCartPole(), 1));
    expect(after(createContinuousCartPole(), -1)).toEqual(after(createCartPole(), 0));
    expect(after(createContinuousCartPole(), 7)).toEqual(after(createContinuousCartPole(), 1));
    expect(after(createContinuousCartPole({ forceGain: 20 }), 0.5)).toEqual(after(createContinuousCartPole(), 1));
    expect(after(createContinuousCartPole(), 0.5)).not.toEqual(after(createContinuousCartPole(), 1));
  });

  it('truncates at 500 and 200 steps when the pole is held, by maxSteps otherwise', () => {
    const length = (environment: ReturnType<typeof createCartPole>, act: (o: Float32Array) => number): number => {
      let { observation } = environment.reset({ seed: 5 });
      for (let t = 1; ; t++) {
        const result = environment.step(act(observation));
        observation = result.observation;
        if (result.terminated) return -t;
        if (result.truncated) return t;
      }
    };
    const feedback = (o: Float32Array): number => 0.1 * o[0]! + 0.3 * o[1]! + 3 * o[2]! + 0.8 * o[3]!;
    const discrete = (o: Float32Array): number => (feedback(o) > 0 ? 1 : 0);
    expect(length(createCartPole(), discrete)).toBe(500);
    expect(length(createCartPole({ maxSteps: 30 }), discrete)).toBe(30);
    expect(length(createContinuousCartPole(), feedback)).toBe(200);
    expect(length(createContinuousCartPole({ maxSteps: 31 }), feedback)).toBe(31);
    expect(length(createCartPole(), () => 1)).toBeLessThan(0);
  });

  it.each([
    ['the track', [2.41, 0, 0, 0], [2.39, 0, 0, 0]],
    ['the upright', [0, 0, -0.2095, 0], [0, 0, -0.2094, 0]],
  ])('ends off %s only', (_, outside, inside) => {
    const ends = (state: number[]): boolean => {
      const environment = createCartPole();
      environment.reset({ state });
      return environment.step(1).terminated;
    };
    expect(ends(outside)).toBe(true);
    expect(ends(inside)).toBe(false);
  });
});

describe('pendulum', () => {
  it('wraps the angle that it pays for, not the one that it swings by', () => {
    const reward = (angle: number): number => {
      const environment = createPendulum();
      environment.reset({ state: [angle, 0.5] });
      return environment.step(0.3).reward;
    };
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: -5, max: 5 }), (angle, turns) => {
        expect(reward(angle + 2 * Math.PI * turns)).toBeCloseTo(reward(angle), 10);
      }),
    );
    expect(reward(1)).toBeCloseTo(-(1 + 0.025 + 0.00009), 9);
  });

  it('clips torque to ±2 and speed to ±8, and falls as its gravity says', () => {
    const after = (environment: ReturnType<typeof createPendulum>, state: number[], torque: number): Float32Array => {
      environment.reset({ state });
      return environment.step(torque).observation;
    };
    expect(after(createPendulum(), [1, 0], 9)).toEqual(after(createPendulum(), [1, 0], 2));
    expect(after(createPendulum(), [1.5, 7.9], 2)[2]).toBe(8);
    expect(after(createPendulum(), [1, 0], 0)[2]).toBeCloseTo(15 * Math.sin(1) * 0.05, 6);
    expect(after(createPendulum({ gravity: 4 }), [1, 0], 0)[2]).toBeCloseTo(6 * Math.sin(1) * 0.05, 6);
  });

  it('starts in ±π and ±1, and truncates at 200', () => {
    const environment = createPendulum();
    const speeds = Array.from({ length: 300 }, () => environment.reset().observation[2]!);
    expect(Math.max(...speeds.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.max(...speeds.map(Math.abs))).toBeGreaterThan(0.95);
    let steps = 0;
    do steps++;
    while (!environment.step(0).truncated);
    expect(steps).toBe(200);
    expect(() => createPendulum({ gravity: NaN })).toThrow(/createPendulum: gravity must be a finite number/);
  });
});

describe('time limit', () => {
  it('is an end: a further step is refused until a reset, across save and restore', () => {
    const environment = withTimeLimit(createPendulum(), 2);
    environment.reset({ seed: 1 });
    expect(environment.step(0).truncated).toBe(false);
    const saved = JSON.parse(JSON.stringify(environment.saveState()));
    expect(environment.step(0).truncated).toBe(true);
    expect(() => environment.step(0)).toThrow(LifecycleError);
    const other = withTimeLimit(createPendulum(), 2);
    other.restoreState(saved);
    expect(other.step(0).truncated).toBe(true);
    environment.reset();
    expect(environment.step(0).truncated).toBe(false);
  });

  it('leaves the result as it is until then, and passes the rest through', () => {
    const inner = createPendulum();
    const environment = withTimeLimit(inner, 10);
    expect(environment.batched).toBe(inner.batched);
    expect(environment.observationSpace).toBe(inner.observationSpace);
    environment.reset({ state: [1, 0] });
    expect(environment.scene()).toEqual(inner.scene());
    expect(environment.sceneOf([1, 0, 0])).toEqual(inner.sceneOf([1, 0, 0]));
  });

  it('refuses a bad limit and a state beyond it', () => {
    for (const limit of [0, -1, 1.5, NaN]) expect(() => withTimeLimit(createPendulum(), limit)).toThrow(OptionError);
    const long = createPendulum({ maxSteps: 50 });
    long.reset();
    for (let t = 0; t < 20; t++) long.step(0);
    expect(() => createPendulum({ maxSteps: 10 }).restoreState(long.saveState())).toThrow(
      /elapsedSteps must be an integer in \[0, 10\], got 20/,
    );
  });
});

describe('the limit of steps of a task itself', () => {
  it('is an end: a further step is refused, and so it is from what was saved there', () => {
    const environment = createPendulum({ maxSteps: 2 });
    environment.reset({ seed: 1 });
    expect(environment.step(0).truncated).toBe(false);
    const [saved, snapshot] = [environment.saveState(), environment.snapshot()];
    expect(environment.step(0).truncated).toBe(true);
    expect(() => environment.step(0)).toThrow(
      'Pendulum-v1.step: the episode was truncated after 2 steps; reset must be called before the next step',
    );
    const [savedEnd, snapshotEnd] = [environment.saveState(), environment.snapshot()];
    for (const restore of [() => environment.restoreState(saved), () => environment.restoreSnapshot(snapshot)]) {
      restore();
      expect(environment.step(0).truncated).toBe(true);
    }
    for (const restore of [() => environment.restoreState(savedEnd), () => environment.restoreSnapshot(snapshotEnd)]) {
      environment.reset();
      restore();
      expect(() => environment.step(0)).toThrow(LifecycleError);
    }
    // A state said to run at the limit has ended all the same.
    environment.restoreState({ ...(savedEnd as object), phase: 'running' });
    expect(() => environment.step(0)).toThrow(LifecycleError);
    environment.reset();
    expect(environment.step(0).truncated).toBe(false);
  });

  it('is refused out of its bounds, and so are snapshots beyond it', () => {
    for (const maxSteps of [0, -1, 1.5, NaN])
      expect(() => createPendulum({ maxSteps })).toThrow(/Pendulum-v1: maxSteps must be an integer/);
    const long = createPendulum({ maxSteps: 50 });
    long.reset();
    for (let t = 0; t < 20; t++) long.step(0);
    expect(() => createPendulum({ maxSteps: 10 }).restoreSnapshot(long.snapshot())).toThrow(OptionError);
  });

  it('may be reached by the step that ends the task', () => {
    const environment = createCartPole({ maxSteps: 1 });
    environment.reset({ state: [3, 0, 0, 0] });
    expect(environment.step(0)).toMatchObject({ terminated: true, truncated: true });
  });
});

describe('results', () => {
  it('are one record for all steps that are lent an array, and one each for the others', () => {
    const environment = createPendulum();
    const into = environment.reset({ seed: 1 }).observation;
    const lent = environment.step(1, into);
    const { reward } = lent;
    const own = environment.step(1);
    const copy = { ...own, observation: own.observation.slice() };
    expect(environment.step(1, into)).toBe(lent);
    expect(lent.reward).not.toBe(reward);
    expect(own).toEqual(copy);
    expect(environment.step(1)).not.toBe(own);
    const other = new Float32Array(3);
    expect(environment.step(1, other).observation).toBe(other);
    expect(other).not.toEqual(into);
  });
});

describe('bad input', () => {
  it('is refused with what is wrong', () => {
    const environment = createCartPole();
    expect(() => environment.step(0)).toThrow(/CartPole-v1\.step: reset must be called before the first step/);
    environment.reset();
    expect(() => environment.step(2)).toThrow('CartPole-v1.step: action must be 0 or 1, got 2');
    expect(() => environment.step([0, 1])).toThrow(ShapeError);
    expect(() => environment.reset({ state: [0, 0] })).toThrow(ShapeError);
    expect(() => environment.reset({ state: [0, 0, NaN, 0] })).toThrow(/state must be finite, got NaN at component 2/);
    expect(() => environment.reset({ seed: 1.5 })).toThrow(OptionError);
    expect(() => createCartPole({ seed: -1 })).toThrow(/seed must be an integer in \[0, 4294967295\], got -1/);
    expect(() => createContinuousCartPole({ forceGain: 0 })).toThrow(/createContinuousCartPole: forceGain/);
    expect(() => createPendulum().restoreState(createCartPole().saveState())).toThrow(
      /state must be one that Pendulum-v1 saved, got "CartPole-v1"/,
    );
  });

  it('a refused reset changes nothing', () => {
    const environment = createCartPole();
    environment.reset({ seed: 4 });
    const before = environment.saveState();
    expect(() => environment.reset({ seed: 7, state: [NaN, 0, 0, 0] })).toThrow(OptionError);
    expect(environment.saveState()).toEqual(before);
  });
});

describe('registry', () => {
  it('makes each by its name', () => {
    expect(environmentNames()).toEqual(expect.arrayContaining(['CartPole-v1', 'PetsCartPole-v0', 'Taxi-v4']));
    for (const name of [...classicNames, 'Taxi-v4', 'FrozenLake8x8-v1'] as const) expect(createEnvironment(name).name).toBe(name);
  });

  it('hands options on, and refuses unknown keys by name', () => {
    const environment = createEnvironment('Pendulum-v1', { maxSteps: 1 });
    environment.reset();
    expect(environment.step(0).truncated).toBe(true);
    expect(() => createEnvironment('Pendulum-v1', { maxStep: 1 })).toThrow(
      'createEnvironment: options of Pendulum-v1 must be among maxSteps, seed, gravity, got "maxStep"',
    );
    expect(() => createEnvironment('CartPole-v1', { maxSteps: 'many' })).toThrow(/maxSteps must be an integer/);
  });

  it('names the nearest for an unknown name', () => {
    expect(() => createEnvironment('cartpole')).toThrow(OptionError);
    expect(() => createEnvironment('cartpole')).toThrow(/such as "CartPole-v1", .*got "cartpole"/);
    expect(() => createEnvironment('pendulum')).toThrow(/such as "Pendulum-v1"/);
    expect(() => createEnvironment('toString')).toThrow(OptionError);
  });
});
