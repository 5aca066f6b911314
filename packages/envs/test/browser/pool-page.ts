/** A page that starts workers from its own bundle, and reports whether they agree with the page's own thread. */
import { createRng, type Environment } from '@mbrl/core';
import { createSimulatorEvaluator } from '../../src/simulator/simulator-evaluator.js';
import { createSimulatorPool } from '../../src/simulator/simulator-pool.js';
import { createVectorEnvironment } from '../../src/vector/same-thread.js';
import { createVectorPool } from '../../src/vector/vector-pool.js';
import { type WebWorkerLike, webWorkerPort, type WorkerPort } from '../../src/workers/worker-port.js';
import { createNoisyPoint, makeNoisyPoint } from '../worker-tasks.js';

export { createNoisyPoint };

/** What the page reports. */
export interface PoolPageResults {
  readonly returnsAgree: boolean;
  readonly distinctReturns: number;
  readonly stepsAgree: boolean;
  /** The error of blocking for workers, which a page may not. */
  readonly blocking: string;
}

interface Browser {
  readonly document?: unknown;
  readonly location: { readonly href: string };
  readonly Worker: new (url: string, options: { readonly type: 'module' }) => WebWorkerLike;
  __results?: Promise<PoolPageResults>;
}

const browser = globalThis as unknown as Browser;

async function run(): Promise<PoolPageResults> {
  const bundle = new URL('bundle.js', browser.location.href).href;
  const startWorker = (): WorkerPort => webWorkerPort(new browser.Worker(bundle, { type: 'module' }));
  const environment = { module: bundle, export: 'createNoisyPoint' };

  const source: Environment = makeNoisyPoint();
  const { observation } = source.reset({ seed: 1 });
  const alone = createSimulatorEvaluator({ environment: makeNoisyPoint(), source, horizon: 8 });
  const pool = await createSimulatorPool({ environment, source, horizon: 8, workerCount: 2, startWorker });
  const sequences = new Float32Array(200 * 16);
  createRng(2).fillNormal(sequences);
  const [first, second] = [new Float32Array(200), new Float32Array(200)];
  await alone.evaluate(observation, sequences, first, createRng(3));
  await pool.evaluate(observation, sequences, second, createRng(3));
  await pool.dispose();

  const near = createVectorEnvironment({ environment: () => makeNoisyPoint(), environmentCount: 5 });
  const far = await createVectorPool({ environment, environmentCount: 5, workerCount: 2, startWorker });
  for (const vector of [near, far]) {
    await vector.reset({ seed: 4 });
    for (let t = 0; t < 60; t++) await vector.step(new Float32Array(10).fill(0.1));
  }
  let blocking = 'none';
  try {
    far.stepNow(new Float32Array(10));
  } catch (error) {
    blocking = String((error as { code?: unknown }).code);
  }
  const stepsAgree = near.observations.every((value, i) => value === far.observations[i]);
  await far.dispose();
  return { returnsAgree: first.every((value, i) => value === second[i]), distinctReturns: new Set(first).size, stepsAgree, blocking };
}

if (browser.document === undefined) await import('../../src/workers/worker-main.js');
else browser.__results = run();
