import { createRng, type Environment, LifecycleError, OptionError, type SequenceEvaluator, ShapeError } from '@mbrl/core';
import { checkSequenceEvaluator } from '@mbrl/core/testing';
import {
  createEnvironment,
  createFrozenLake,
  createPendulum,
  createSimulatorEvaluator,
  createSimulatorPool,
  type SimulatorPool,
  type SimulatorPoolOptions,
} from '@mbrl/envs';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleWorker } from './bundled-worker.js';
import { startSourceWorker } from './start-source-worker.js';
import { makeNoisyPoint, type NoisyPointOptions } from './worker-tasks.js';

const bundle = await bundleWorker();
const module = bundle.tasks;
const pools: SimulatorPool[] = [];
const startPool = async (options: SimulatorPoolOptions): Promise<SimulatorPool> => {
  const pool = await createSimulatorPool({ startWorker: bundle.start, ...options });
  pools.push(pool);
  return pool;
};
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.dispose()));
  await bundle.remove();
});

/** An environment a few steps after a reset. */
function acting(environment: Environment, steps = 3, push = 0.1): Environment {
  environment.reset({ seed: 5 });
  for (let t = 0; t < steps; t++) environment.step(new Float32Array(environment.actionSpace.size).fill(push));
  return environment;
}

const randomSequences = (count: number, stride: number, scale = 0.3): Float32Array => {
  const sequences = new Float32Array(count * stride);
  createRng(3).fillNormal(sequences);
  return sequences.map((value) => scale * value);
};

async function score(evaluator: SequenceEvaluator, sequences: Float32Array, seed = 1): Promise<Float32Array> {
  const returns = new Float32Array(sequences.length / (evaluator.horizon * evaluator.actionSize));
  await evaluator.evaluate(new Float32Array(evaluator.observationSize), sequences, returns, createRng(seed));
  return returns;
}

const pointEvaluator = (
  source: Environment,
  options: NoisyPointOptions & { horizon?: number; discount?: number; particleCount?: number; commonNoise?: boolean } = {},
): ReturnType<typeof createSimulatorEvaluator> => {
  const { horizon = 10, discount = 1, particleCount = 1, commonNoise = false, ...point } = options;
  return createSimulatorEvaluator({ environment: () => makeNoisyPoint(point), source, horizon, discount, particleCount, commonNoise });
};

describe('simulator evaluator', () => {
  it('keeps the contract of a sequence evaluator', async () => {
    const source = acting(createPendulum());
    const pendulum = createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 8 });
    await checkSequenceEvaluator(pendulum, { deterministic: true, tolerance: 0 });
    await checkSequenceEvaluator(pointEvaluator(acting(makeNoisyPoint())));
  });

  it('gives the return that acting gives, discounted, and leaves the acting environment alone', async () => {
    const source = acting(createPendulum());
    const before = JSON.stringify(source.saveState());
    const sequences = randomSequences(4, 12, 2);
    for (const discount of [1, 0.9]) {
      const evaluator = createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 12, discount });
      const returns = await score(evaluator, sequences);
      for (let i = 0; i < 4; i++) {
        const twin = acting(createPendulum());
        let expected = 0;
        for (let t = 0; t < 12; t++) expected += discount ** t * twin.step(sequences[i * 12 + t]!).reward;
        expect(returns[i]).toBe(Math.fround(expected));
      }
    }
    expect(JSON.stringify(source.saveState())).toBe(before);
  });

  it('follows the acting environment from step to step, and a source that is a function', async () => {
    const source = acting(createPendulum());
    const evaluator = createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 5 });
    const byFunction = createSimulatorEvaluator({ environment: createPendulum(), source: () => source.snapshot!(), horizon: 5 });
    const byState = createSimulatorEvaluator({ environment: createPendulum(), source: () => ({ state: source.saveState() }), horizon: 5 });
    const sequences = randomSequences(3, 5);
    const first = await score(evaluator, sequences);
    expect(await score(byFunction, sequences)).toEqual(first);
    expect(await score(byState, sequences)).toEqual(first);
    source.step(2);
    const second = await score(evaluator, sequences);
    expect(second).not.toEqual(first);
    expect(await score(byFunction, sequences)).toEqual(second);
  });

  it('earns nothing after an ending, of either kind', async () => {
    // Nine steps are left until the limit; the point leaves the circle in at most four.
    const limited = acting(makeNoisyPoint({ noise: 0 }), 31, 0);
    const still = new Float32Array(2 * 20);
    const [truncated] = await score(pointEvaluator(limited, { noise: 0, horizon: 20 }), still);
    const [first] = await score(pointEvaluator(limited, { noise: 0, horizon: 1 }), still.slice(0, 2));
    expect(truncated).toBeCloseTo(9 * first!, 4);
    const running = new Float32Array(2 * 20).fill(1);
    const source = acting(makeNoisyPoint({ noise: 0 }));
    const whole = await score(pointEvaluator(source, { noise: 0, horizon: 20 }), running);
    const part = await score(pointEvaluator(source, { noise: 0, horizon: 6 }), running.slice(0, 12));
    expect(whole).toEqual(part);
  });

  it('draws noise of its own: by the generator and the sequence, not what the acting environment will draw', async () => {
    const source = acting(makeNoisyPoint());
    const same = new Float32Array(6 * 20);
    const returns = await score(pointEvaluator(source), same);
    expect(new Set(returns).size).toBe(6);
    expect(await score(pointEvaluator(source), same)).toEqual(returns);
    expect(await score(pointEvaluator(source), same, 2)).not.toEqual(returns);
    let future = 0;
    for (let t = 0; t < 10; t++) future += source.step(new Float32Array(2)).reward;
    expect([...returns]).not.toContain(Math.fround(future));
  });

  it('compares under common noise, and averages over particles', async () => {
    const source = acting(makeNoisyPoint());
    const same = new Float32Array(6 * 20);
    expect(new Set(await score(pointEvaluator(source, { commonNoise: true }), same)).size).toBe(1);
    const spread = (returns: Float32Array): number => Math.max(...returns) - Math.min(...returns);
    const wide = new Float32Array(50 * 20);
    const one = await score(pointEvaluator(source), wide);
    const many = await score(pointEvaluator(source, { particleCount: 64 }), wide);
    expect(spread(many)).toBeLessThan(spread(one) / 4);
    expect(many.reduce((a, b) => a + b) / 50).toBeCloseTo(one.reduce((a, b) => a + b) / 50, 0);
  });

  it('tells where a sequence leads, by particle', async () => {
    const source = acting(createPendulum());
    const evaluator = createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 4 });
    const sequence = Float32Array.of(1, -1, 2, 0);
    const { particleCount, observations } = await evaluator.predictTrajectory(new Float32Array(3), sequence, createRng(1));
    const twin = acting(createPendulum());
    expect(particleCount).toBe(1);
    expect([...observations]).toEqual([...sequence].flatMap((action) => [...twin.step(action).observation]));
    const noisy = await pointEvaluator(acting(makeNoisyPoint()), { particleCount: 3, horizon: 30 }).predictTrajectory(
      new Float32Array(2),
      new Float32Array(60).fill(1),
      createRng(1),
    );
    expect(noisy.observations).toHaveLength(3 * 30 * 2);
    // Each particle stays where it left the circle, at a place of its own.
    const paths = [0, 1, 2].map((p) =>
      Array.from({ length: 30 }, (_, t) => Array.from(noisy.observations.slice((30 * p + t) * 2, (30 * p + t + 1) * 2))),
    );
    for (const path of paths) {
      const left = path.findIndex((place) => Math.hypot(...place) > 3);
      expect(left).toBeGreaterThan(0);
      for (const place of path.slice(left)) expect(place).toEqual(path[left]);
    }
    expect(new Set(paths.map((path) => path.at(-1)!.join())).size).toBe(3);
  });

  it('ranks a simulation that breaks down as not a number, and throws other errors on', async () => {
    const source = acting(makeNoisyPoint());
    const sequences = new Float32Array(3 * 20);
    sequences.fill(0.1, 20, 40);
    const returns = await score(pointEvaluator(source, { divergesAt: 6 }), sequences);
    expect([...returns].map(Number.isNaN)).toEqual([false, true, false]);
    await expect(score(pointEvaluator(source, { failsAt: 6 }), sequences)).rejects.toThrow('it must not go on for 6 steps');
  });

  it('refuses wrong sizes and options', async () => {
    const source = acting(createPendulum());
    const make =
      (options: object): (() => unknown) =>
      () =>
        createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 4, ...options });
    expect(make({ horizon: 0 })).toThrow('createSimulatorEvaluator: horizon must be an integer in [1, Infinity), got 0');
    expect(make({ discount: 1.5 })).toThrow(OptionError);
    expect(make({ particleCount: 0.5 })).toThrow(OptionError);
    expect(make({ environment: source })).toThrow('environment must be another instance than source');
    const [evaluator] = [createSimulatorEvaluator({ environment: createPendulum(), source, horizon: 4 })];
    await expect(evaluator.evaluate(new Float32Array(2), new Float32Array(4), new Float32Array(1), createRng(0))).rejects.toThrow(
      ShapeError,
    );
    await expect(evaluator.predictTrajectory(new Float32Array(3), new Float32Array(5), createRng(0))).rejects.toThrow(ShapeError);
  });
});

describe('simulator pool', () => {
  it('gives the same returns on 1 and 3 workers as on this thread, bit for bit, with noise', { timeout: 60_000 }, async () => {
    const source = acting(makeNoisyPoint());
    const sequences = randomSequences(301, 20);
    const expected = await score(pointEvaluator(source, { particleCount: 2 }), sequences);
    for (const workerCount of [1, 3]) {
      const pool = await startPool({
        environment: { module, export: 'createNoisyPoint' },
        source,
        horizon: 10,
        particleCount: 2,
        workerCount,
      });
      expect(pool.workerCount).toBe(workerCount);
      expect(await score(pool, sequences)).toEqual(expected);
      expect(await score(pool, sequences.slice(0, 20))).toEqual(expected.slice(0, 1));
      expect(await score(pool, sequences)).toEqual(expected);
    }
  });

  it('takes an environment by its name and options, follows the acting one, and keeps the contract', { timeout: 60_000 }, async () => {
    const options = { gravity: 3 };
    const source = acting(createEnvironment('Pendulum-v1', options));
    const pool = await startPool({
      environment: { name: 'Pendulum-v1', options },
      source,
      horizon: 6,
      workerCount: 1,
      startWorker: startSourceWorker,
    });
    const evaluator = createSimulatorEvaluator({ environment: createEnvironment('Pendulum-v1', options), source, horizon: 6 });
    await checkSequenceEvaluator(pool, { deterministic: true, tolerance: 0 });
    const sequences = randomSequences(40, 6, 2);
    for (let t = 0; t < 3; t++) {
      expect(await score(pool, sequences)).toEqual(await score(evaluator, sequences));
      source.step(1);
    }
    const sequence = sequences.slice(0, 6);
    const predict = async (from: typeof evaluator): Promise<Float32Array> =>
      (await from.predictTrajectory(new Float32Array(3), sequence, createRng(1))).observations;
    expect(await predict(pool)).toEqual(await predict(evaluator));
    // Two at once: each starts from the state of its own moment.
    const [a, b] = [new Float32Array(40), new Float32Array(40)];
    const first = pool.evaluate(new Float32Array(3), sequences, a, createRng(1));
    const before = await score(evaluator, sequences);
    source.step(-2);
    await Promise.all([first, pool.evaluate(new Float32Array(3), sequences, b, createRng(1))]);
    expect(a).toEqual(before);
    expect(b).toEqual(await score(evaluator, sequences));
    await pool.dispose();
    await pool.dispose();
    await expect(score(pool, sequences)).rejects.toThrow(LifecycleError);
  });

  it('goes back to saved states where there are no snapshots', { timeout: 60_000 }, async () => {
    const source = acting(makeNoisyPoint({ withSnapshots: false }));
    const environment = { module, export: 'createNoisyPoint', options: { withSnapshots: false } };
    const pool = await startPool({ environment, source, horizon: 10, workerCount: 2 });
    const sequences = randomSequences(30, 20);
    expect(await score(pool, sequences)).toEqual(await score(pointEvaluator(source, { withSnapshots: false }), sequences));
    expect(await score(pool, sequences)).toEqual(await score(pointEvaluator(acting(makeNoisyPoint())), sequences));
  });

  it('tells what goes wrong: in a step, in the making, in the options', { timeout: 60_000 }, async () => {
    const source = acting(makeNoisyPoint());
    const start = (environment: SimulatorPoolOptions['environment'], options: object = {}): Promise<SimulatorPool> =>
      startPool({ environment, source, horizon: 10, workerCount: 1, ...options });
    const failing = await start({ module, export: 'createNoisyPoint', options: { failsAt: 6 } });
    const sequences = randomSequences(5, 20);
    await expect(score(failing, sequences)).rejects.toThrow(/worker 0 failed: NoisyPoint.step: it must not go on for 6 steps/);
    await expect(score(failing, sequences)).rejects.toThrow(OptionError);
    await expect(start({ module, export: 'endThread' })).rejects.toThrow(/worker 0 stopped: it ended with code 3/);
    await expect(start({ module, export: 'notAFactory' })).rejects.toThrow(/must export the function notAFactory, got number/);
    await expect(start({ module: 'file:///nowhere.js' })).rejects.toThrow(OptionError);
    await expect(start({ module, export: 'createNoisyPoint' }, { workerCount: 0 })).rejects.toThrow(OptionError);
    const other = await start({ module, export: 'createFrozenLake' });
    await expect(score(other, new Float32Array(10))).rejects.toThrow(/source must give snapshots of \d+ numbers, got 11/);
  });
});

it('a planner sees the exact state: a slippery lake from where the walker stands', async () => {
  const source = createFrozenLake({ isSlippery: false });
  source.reset({ seed: 1, state: 14 });
  const evaluator = createSimulatorEvaluator({ environment: createFrozenLake({ isSlippery: false }), source, horizon: 2 });
  // Right of state 14 is the goal; the other ways are ice, and then a hole or nothing.
  expect([...(await score(evaluator, Float32Array.of(2, 0, 0, 2, 3, 3)))]).toEqual([1, 0, 0]);
});
