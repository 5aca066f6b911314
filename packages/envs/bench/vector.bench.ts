/**
 * How much faster two workers are than one thread, in one run: steps a second of a vector environment, and sequences a
 * second of a simulator. The runs take turns, and of each the best counts, as other work on the machine only slows down.
 *
 *   npx tsx --conditions=@mbrl/source bench/vector.bench.ts
 */
import { createRng, type Environment } from '@mbrl/core';
import {
  createSimulatorEvaluator,
  createSimulatorPool,
  createVectorEnvironment,
  createVectorPool,
  type EnvironmentName,
  loadEnvironment,
} from '@mbrl/envs';
import { startSourceWorker as startWorker } from '../test/start-source-worker.js';

/** One comparison. */
export interface SpeedUp {
  readonly what: string;
  /** Best rate on the calling thread, a second. */
  readonly aloneRate: number;
  /** Best rate on two workers, a second. */
  readonly workersRate: number;
}

const repeats = 15;

async function bestRates(count: number, works: readonly (() => void | Promise<void>)[]): Promise<number[]> {
  const best = works.map(() => Infinity);
  for (let r = 0; r < repeats; r++) {
    for (const [i, work] of works.entries()) {
      const start = performance.now();
      await work();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  return best.map((milliseconds) => (1000 * count) / milliseconds);
}

async function benchVector(name: EnvironmentName, environmentCount: number, steps: number): Promise<SpeedUp> {
  const environments: Environment[] = [];
  for (let i = 0; i < environmentCount; i++) environments.push(await loadEnvironment(name));
  const alone = createVectorEnvironment({ environment: (i) => environments[i]!, environmentCount });
  const shared = await createVectorPool({ environment: { name }, environmentCount, workerCount: 2, startWorker });
  const { actionSpace } = alone;
  const rng = createRng(1);
  const actions = Array.from({ length: 16 }, () =>
    Float32Array.from({ length: environmentCount * actionSpace.size }, () =>
      actionSpace.kind === 'discrete' ? rng.integer(actionSpace.count) : 2 * rng.uniform() - 1,
    ),
  );
  const work = (vector: typeof alone) => (): void => {
    vector.resetNow({ seed: 1 });
    for (let t = 0; t < steps; t++) vector.stepNow(actions[t & 15]!);
  };
  const [aloneRate, workersRate] = await bestRates(environmentCount * steps, [work(alone), work(shared)]);
  await Promise.all([alone.dispose(), shared.dispose()]);
  return { what: `${name}, ${environmentCount} at once`, aloneRate: aloneRate!, workersRate: workersRate! };
}

async function benchSimulator(name: EnvironmentName, sequenceCount: number, horizon: number): Promise<SpeedUp> {
  const source = await loadEnvironment(name);
  const { observation } = source.reset({ seed: 1 });
  const options = { source, horizon };
  const alone = createSimulatorEvaluator({ ...options, environment: await loadEnvironment(name) });
  const shared = await createSimulatorPool({ ...options, environment: { name }, workerCount: 2, startWorker });
  const sequences = new Float32Array(sequenceCount * horizon * source.actionSpace.size);
  createRng(1).fillNormal(sequences);
  const returns = new Float32Array(sequenceCount);
  const work = (evaluator: typeof alone) => (): Promise<void> => evaluator.evaluate(observation, sequences, returns, createRng(1));
  const [aloneRate, workersRate] = await bestRates(sequenceCount, [work(alone), work(shared)]);
  await shared.dispose();
  return { what: `${name}, ${sequenceCount} sequences of ${horizon}`, aloneRate: aloneRate!, workersRate: workersRate! };
}

/** Makes every comparison, one after another. */
export async function* benchWorkers(): AsyncGenerator<SpeedUp> {
  yield await benchVector('CartPole-v1', 8, 500);
  yield await benchVector('CartPole-v1', 64, 200);
  yield await benchVector('CartPole-v1', 512, 50);
  yield await benchVector('CartPole-v1', 4096, 20);
  yield await benchVector('HalfCheetah-v5', 8, 20);
  yield await benchVector('HalfCheetah-v5', 64, 5);
  yield await benchVector('HalfCheetah-v5', 512, 1);
  yield await benchSimulator('PetsCartPole-v0', 400, 25);
  yield await benchSimulator('HalfCheetah-v5', 64, 10);
}

if (process.argv[1]?.endsWith('vector.bench.ts')) {
  for await (const { what, aloneRate, workersRate } of benchWorkers()) {
    const rate = (value: number): string => `${(value / 1000).toFixed(1).padStart(8)} k/s`;
    process.stdout.write(
      `${what.padEnd(38)} alone ${rate(aloneRate)}   two workers ${rate(workersRate)}   ratio ${(workersRate / aloneRate).toFixed(2)}\n`,
    );
  }
}
