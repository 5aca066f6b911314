import { createRng, type Environment, LifecycleError, OptionError, ShapeError } from '@mbrl/core';
import {
  type AutoresetMode,
  createCartPole,
  createFrozenLake,
  createPendulum,
  createVectorEnvironment,
  createVectorPool,
  type VectorEnvironment,
  type VectorPoolOptions,
} from '@mbrl/envs';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from './bundled-worker.js';
import { makeNoisyPoint } from './worker-tasks.js';

const bundle = await bundleWorker();
const module = bundle.tasks;
const pools: VectorEnvironment[] = [];
const startPool = async (options: VectorPoolOptions): Promise<VectorEnvironment> => {
  const pool = await createVectorPool({ startWorker: bundle.start, ...options });
  pools.push(pool);
  return pool;
};
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.dispose()));
  await bundle.remove();
});

/** Everything that a step gives, copied. */
const results = (vector: VectorEnvironment): readonly number[][] =>
  [vector.observations, vector.rewards, vector.terminated, vector.truncated, vector.finalObservations].map((array) => [...array]);

const makePoints = (environmentCount: number, autoreset: AutoresetMode = 'nextStep'): VectorEnvironment =>
  createVectorEnvironment({ environment: () => makeNoisyPoint(), environmentCount, autoreset });

/** Actions that drive some points out soon and let others run into the limit. */
function actionsAt(t: number, environmentCount: number): Float32Array {
  const rng = createRng(9).split(t);
  return Float32Array.from({ length: 2 * environmentCount }, (_, i) => (i % 3 === 0 ? 0.4 * rng.uniform() : 0.05 * rng.normal()));
}

/** Seed of environment `index` under a seed, as documented. */
const seedOf = (seed: number, index: number): number =>
  createRng(seed)
    .split(index)
    .integer(2 ** 32);

describe('a vector environment on this thread', () => {
  it('steps each as it would step alone', () => {
    const vector = makePoints(4);
    vector.resetNow({ seed: 7 });
    const alone = Array.from({ length: 4 }, (_, i) => {
      const environment = makeNoisyPoint();
      return { environment, observation: environment.reset({ seed: seedOf(7, i) }).observation };
    });
    expect([...vector.observations]).toEqual(alone.flatMap(({ observation }) => [...observation]));
    for (let t = 0; t < 3; t++) {
      const actions = Float32Array.from({ length: 8 }, (_, i) => 0.01 * i);
      vector.stepNow(actions);
      const steps = alone.map(({ environment }, i) => environment.step(actions.subarray(2 * i, 2 * i + 2)));
      expect([...vector.observations]).toEqual(steps.flatMap(({ observation }) => [...observation]));
      expect([...vector.rewards]).toEqual(steps.map(({ reward }) => reward));
    }
  });

  it('takes the observations of environments that give an array of their own, too', () => {
    const stubborn = (): Environment => {
      const inner = makeNoisyPoint();
      return Object.assign(Object.create(inner) as Environment, {
        step: (action: readonly number[]) => inner.step(action),
        reset: (options?: { readonly seed?: number }) => inner.reset(options),
      });
    };
    for (const autoreset of ['nextStep', 'sameStep'] as const) {
      const usual = makePoints(3, autoreset);
      const other = createVectorEnvironment({ environment: stubborn, environmentCount: 3, autoreset });
      usual.resetNow({ seed: 7 });
      other.resetNow({ seed: 7 });
      for (let t = 0; t < 60; t++) {
        usual.stepNow(actionsAt(t, 3));
        other.stepNow(actionsAt(t, 3));
        expect(results(other)).toEqual(results(usual));
      }
    }
  });

  it('gives an environment the same episodes whatever the number of others', () => {
    const [few, many] = [makePoints(2), makePoints(9)];
    few.resetNow({ seed: 3 });
    many.resetNow({ seed: 3 });
    expect(Array.from(many.observations.slice(0, 4))).toEqual([...few.observations]);
    expect(new Set(many.observations).size).toBe(18);
  });

  it('takes its own seed for the first reset alone', () => {
    const make = (seed: number): VectorEnvironment =>
      createVectorEnvironment({ environment: () => makeNoisyPoint(), environmentCount: 3, seed });
    const first = (seed: number): number[] => {
      const vector = make(seed);
      vector.resetNow();
      return [...vector.observations];
    };
    const seeded = make(0);
    seeded.resetNow({ seed: 4 });
    expect(first(4)).toEqual([...seeded.observations]);
    expect(first(4)).not.toEqual(first(5));
    const twice = make(4);
    twice.resetNow();
    twice.resetNow();
    expect([...twice.observations]).not.toEqual(first(4));
  });

  /** Environment 0 ends at once by a push; environment 1 goes on. */
  const pushOut = Float32Array.of(50, 0, 0, 0);
  const started = (autoreset: AutoresetMode): { vector: VectorEnvironment; twin: Environment } => {
    const vector = makePoints(2, autoreset);
    vector.resetNow({ seed: 1 });
    const twin = makeNoisyPoint();
    twin.reset({ seed: seedOf(1, 0) });
    return { vector, twin };
  };

  it('nextStep: the step after an end ignores the action and gives the start of the next episode', () => {
    const { vector, twin } = started('nextStep');
    vector.stepNow(pushOut);
    const end = twin.step([50, 0]);
    expect(Array.from(vector.observations.slice(0, 2))).toEqual([...end.observation]);
    expect([vector.rewards[0], vector.terminated[0], vector.terminated[1]]).toEqual([end.reward, 1, 0]);
    vector.stepNow(pushOut);
    expect(Array.from(vector.observations.slice(0, 2))).toEqual([...twin.reset().observation]);
    expect([vector.rewards[0], vector.terminated[0], vector.truncated[0]]).toEqual([0, 0, 0]);
    vector.stepNow(pushOut);
    expect(vector.rewards[0]).toBe(twin.step([50, 0]).reward);
  });

  it('sameStep: the step that ends an episode gives the start of the next, and the end apart', () => {
    const { vector, twin } = started('sameStep');
    vector.finalObservations.fill(7);
    vector.stepNow(pushOut);
    const end = twin.step([50, 0]);
    expect([...vector.finalObservations]).toEqual([...end.observation, 7, 7]);
    expect(Array.from(vector.observations.slice(0, 2))).toEqual([...twin.reset().observation]);
    expect([vector.rewards[0], vector.terminated[0]]).toEqual([end.reward, 1]);
    vector.stepNow(new Float32Array(4));
    expect(vector.terminated[0]).toBe(0);
    expect(vector.rewards[0]).toBe(twin.step([0, 0]).reward);
  });

  it('disabled: an ended environment must be reset by the mask, which leaves the others alone', () => {
    const { vector, twin } = started('disabled');
    vector.stepNow(pushOut);
    expect(() => vector.stepNow(pushOut)).toThrow(LifecycleError);
    expect(() => vector.stepNow(pushOut)).toThrow('environment 0 has ended and must be reset before the next step');
    const other = Array.from(vector.observations.slice(2));
    vector.resetNow({ mask: [1, 0] });
    twin.step([50, 0]);
    expect([...vector.observations]).toEqual([...twin.reset().observation, ...other]);
    expect(vector.terminated[0]).toBe(0);
    vector.stepNow(new Float32Array(4));
    vector.resetNow({ mask: [1, 0], seed: 8 });
    const seeded = makePoints(2);
    seeded.resetNow({ seed: 8 });
    expect(Array.from(vector.observations.slice(0, 2))).toEqual(Array.from(seeded.observations.slice(0, 2)));
  });

  it.each(['nextStep', 'sameStep', 'disabled'] as const)('%s: a refused step moves none, whichever stands still', (autoreset) => {
    const vector = makePoints(3, autoreset);
    vector.resetNow({ seed: 1, mask: [1, 1, 0] });
    const start = [...vector.observations];
    expect(() => vector.stepNow(new Float32Array(6))).toThrow('environment 2 must be reset before its first step');
    expect([...vector.observations]).toEqual(start);
    vector.resetNow({ mask: [0, 0, 1] });
    vector.stepNow([0, 0, 50, 0, 0, 0]);
    const ended = [...vector.observations];
    const again = (): void => vector.stepNow(new Float32Array(6));
    if (autoreset === 'disabled') {
      expect(again).toThrow('environment 1 has ended and must be reset before the next step');
      expect([...vector.observations]).toEqual(ended);
    } else expect(again).not.toThrow();
  });

  it('tells truncation from termination', () => {
    const vector = createVectorEnvironment({
      environment: (index) => createPendulum({ maxSteps: 3 + index }),
      environmentCount: 2,
      autoreset: 'sameStep',
    });
    vector.resetNow();
    for (let t = 0; t < 3; t++) vector.stepNow([0, 0]);
    expect([[...vector.terminated], [...vector.truncated]]).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('takes discrete actions', () => {
    const vector = createVectorEnvironment({ environment: () => createCartPole(), environmentCount: 3 });
    vector.resetNow({ seed: 2 });
    vector.stepNow([0, 1, 1]);
    expect(Array.from(vector.observations.filter((_, i) => i % 4 === 1)).map(Math.sign)).toEqual([-1, 1, 1]);
    expect(() => vector.stepNow([0, 2, 1])).toThrow('action of environment 1 must be a whole number in [0, 1], got 2');
  });

  it('refuses what is wrong, and steps nothing then', async () => {
    const vector = makePoints(2);
    expect(() => vector.stepNow(new Float32Array(4))).toThrow(LifecycleError);
    vector.resetNow({ seed: 1 });
    const before = results(vector);
    expect(() => vector.stepNow(new Float32Array(3))).toThrow(ShapeError);
    expect(() => vector.stepNow([0, 0, NaN, 0])).toThrow('action of environment 1 must be finite, got NaN');
    await expect(vector.step([0, 0, Infinity, 0])).rejects.toThrow(OptionError);
    expect(() => vector.resetNow({ mask: [1] })).toThrow(ShapeError);
    expect(() => vector.resetNow({ seed: -1 })).toThrow(OptionError);
    expect(results(vector)).toEqual(before);
    expect(() => makePoints(0)).toThrow(OptionError);
    expect(() => makePoints(1, 'never' as AutoresetMode)).toThrow(/autoreset must be one of "nextStep", "sameStep", "disabled"/);
    await vector.dispose();
    expect(() => vector.resetNow()).toThrow(LifecycleError);
    await expect(vector.step(new Float32Array(4))).rejects.toThrow(LifecycleError);
  });
});

describe('a vector environment on workers', () => {
  it.each(['nextStep', 'sameStep'] as const)(
    '%s: gives what one thread gives, on 1 and on 3 workers',
    { timeout: 60_000 },
    async (autoreset) => {
      const count = 7;
      const alone = makePoints(count, autoreset);
      const shared = await Promise.all(
        [1, 3].map((workerCount) =>
          startPool({ environment: { module, export: 'createNoisyPoint' }, environmentCount: count, workerCount, autoreset }),
        ),
      );
      expect(shared.map(({ workerCount }) => workerCount)).toEqual([1, 3]);
      alone.resetNow({ seed: 11 });
      for (const vector of shared) await vector.reset({ seed: 11 });
      let ends = 0;
      for (let t = 0; t < 120; t++) {
        const actions = actionsAt(t, count);
        alone.stepNow(actions);
        ends += alone.terminated.reduce((a, b) => a + b, 0) * 1000 + alone.truncated.reduce((a, b) => a + b, 0);
        for (const vector of shared) {
          if (t % 2 === 0) vector.stepNow(actions);
          else await vector.step(actions);
          expect(results(vector)).toEqual(results(alone));
        }
      }
      // Episodes of both ends were among them.
      expect(ends).toBeGreaterThan(5000);
      expect(ends % 1000).toBeGreaterThan(0);
      const mask = [1, 0, 0, 1, 0, 0, 1];
      alone.resetNow({ mask });
      for (const vector of shared) {
        vector.resetNow({ mask });
        expect(results(vector)).toEqual(results(alone));
      }
    },
  );

  it('hands options on; has no more workers than environments', { timeout: 60_000 }, async () => {
    const pool = await startPool({
      environment: { module, export: 'createFrozenLake', options: { isSlippery: false } },
      environmentCount: 2,
      workerCount: 5,
      autoreset: 'disabled',
    });
    expect(pool.workerCount).toBe(2);
    expect(pool.observationSpace).toEqual(createFrozenLake().observationSpace);
    await pool.reset();
    await pool.step([1, 2]);
    expect([...pool.observations]).toEqual([4, 1]);
    await pool.step([2, 1]);
    expect([...pool.terminated]).toEqual([1, 1]);
    await expect(pool.step([0, 0])).rejects.toThrow('VectorEnvironment.step: environment 0 has ended');
    expect(() => pool.stepNow([0, 0])).toThrow(LifecycleError);
    const first = pool.reset();
    await expect(pool.reset()).rejects.toThrow('the step or reset before must have ended');
    await first;
    expect([...pool.observations]).toEqual([0, 0]);
    expect(() => pool.stepNow([0])).toThrow(ShapeError);
    await pool.dispose();
    await expect(pool.step([0, 0])).rejects.toThrow(LifecycleError);
  });

  it('tells what goes wrong in a worker', { timeout: 60_000 }, async () => {
    const environment = { module, export: 'createNoisyPoint', options: { failsAt: 2 } };
    const pool = await startPool({ environment, environmentCount: 2, workerCount: 1 });
    await expect(pool.step(new Float32Array(4))).rejects.toThrow('environment 0 must be reset before its first step');
    await pool.reset({ seed: 1 });
    await pool.step(new Float32Array(4));
    await pool.step(new Float32Array(4));
    await expect(pool.step(new Float32Array(4))).rejects.toThrow(/worker 0 failed: .*NoisyPoint.step: it must not go on for 2 steps/);
    await pool.reset({ seed: 1 });
    await pool.step(new Float32Array(4));
    await expect(startPool({ environment: { module, export: 'endThread' }, environmentCount: 1 })).rejects.toThrow(LifecycleError);
  });

  it('does not wait for ever for a worker that has died or hangs', { timeout: 60_000 }, async () => {
    const start = (options: object, blockingLimit?: number): Promise<VectorEnvironment> =>
      startPool({
        environment: { module, export: 'createNoisyPoint', options },
        environmentCount: 2,
        workerCount: 2,
        ...(blockingLimit === undefined ? {} : { blockingLimit }),
      });
    const actions = new Float32Array(4);
    const dying = await start({ exitsAt: 1 });
    dying.resetNow({ seed: 1 });
    dying.stepNow(actions);
    expect(() => dying.stepNow(actions)).toThrow(/worker 0 stopped at work/);
    expect(() => dying.stepNow(actions)).toThrow(LifecycleError);
    await expect(dying.reset()).rejects.toThrow(LifecycleError);

    const hanging = await start({ hangsAt: 1 }, 0.1);
    hanging.resetNow({ seed: 1 });
    hanging.stepNow(actions);
    expect(() => hanging.stepNow(actions)).toThrow(/worker 0 must be done within 0\.1 s; it hangs or has stopped/);
    await expect(hanging.step(actions)).rejects.toThrow(LifecycleError);

    const patient = await start({ hangsAt: 1 }, 20);
    patient.resetNow({ seed: 1 });
    patient.stepNow(actions);
    patient.stepNow(actions);
    expect(patient.observations.every(Number.isFinite)).toBe(true);
    await expect(start({}, 0)).rejects.toThrow(/blockingLimit must be/);
  });
});
