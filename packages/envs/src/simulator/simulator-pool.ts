/** A true environment as a sequence evaluator on several threads, each with an environment of its own. */
import { LifecycleError, OptionError, ShapeError } from '@mbrl/core';
import type { EnvironmentSource } from '../workers/environment-module.js';
import { defaultWorkerCount, WorkerCrew } from '../workers/worker-crew.js';
import type { StartWorker } from '../workers/worker-port.js';
import { completeSettings, type SimulationSettings, type SimulationStart } from './sequence-simulator.js';
import { checkEvaluation, type SimulationSource, startOf } from './simulation-source.js';
import type { SimulatorEvaluator } from './simulator-evaluator.js';
import { makeSimulatorMemory, setJob } from './simulator-memory.js';
import type { SimulatedEnvironment, SimulatorCall } from './simulator-servant.js';

/** Options of {@link createSimulatorPool}. */
export interface SimulatorPoolOptions extends SimulationSettings {
  /** The environment that each worker makes, with the options of the acting one. */
  readonly environment: EnvironmentSource;
  /** The environment that acts, whose exact state each evaluation starts from, or a function that gives a snapshot of it. */
  readonly source: SimulationSource;
  /** Threads, at least 1. Default: one for each core that the runtime tells of, else 2. */
  readonly workerCount?: number;
  /** Starts a worker, where the default cannot find this package's worker module. */
  readonly startWorker?: StartWorker;
}

/** A simulator on several threads. */
export interface SimulatorPool extends SimulatorEvaluator {
  readonly workerCount: number;
  /** Ends the workers. Evaluations after it throw a LifecycleError; more than once does no harm. */
  dispose(): Promise<void>;
}

/**
 * Starts workers and makes an evaluator of them. Returns are those of `createSimulatorEvaluator` with the same settings,
 * bit for bit and whatever the number of workers: the noise is drawn by the number of the sequence. Evaluations that
 * are asked for at the same time are done one after another.
 * @throws OptionError on an option outside of its bounds or an environment that the workers cannot make; UnsupportedError
 * where there are no workers or no shared memory.
 * @example
 * const pool = await createSimulatorPool({ environment: { name: 'Pendulum-v1' }, source: acting, horizon: 20 });
 * await pool.evaluate(observation, sequences, returns, rng);
 * await pool.dispose();
 */
export async function createSimulatorPool(options: SimulatorPoolOptions): Promise<SimulatorPool> {
  const caller = 'createSimulatorPool';
  const { environment, source, workerCount = defaultWorkerCount(), startWorker } = options;
  const settings = completeSettings(caller, options);
  const { crew, answers } = await WorkerCrew.start(caller, workerCount, () => ({ kind: 'simulator', environment, settings }), startWorker);
  const { observationSize, actionSize, snapshotSize } = answers[0] as SimulatedEnvironment;
  const { horizon, particleCount } = settings;
  const sizes = { observationSize, actionSize, horizon };
  const stride = horizon * actionSize;
  let memory = makeSimulatorMemory(0, stride, snapshotSize);
  let capacity = -1;
  let isDisposed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs after what was asked for before, whether that went well or not. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (isDisposed) throw new LifecycleError('SimulatorPool: it must not be used after dispose');
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  };

  const start = (): SimulationStart => {
    const from = startOf(source);
    if (from instanceof Float64Array) {
      if (from.length !== snapshotSize)
        throw new ShapeError(`${caller}: source must give snapshots of ${snapshotSize} numbers, got ${from.length}`);
    } else if (snapshotSize > 0) throw new OptionError(`${caller}: source must give a snapshot, as the workers' environment takes one`);
    return from;
  };

  const evaluateInTurn = async (from: SimulationStart, rows: Float32Array, returns: Float32Array, base: number): Promise<void> => {
    const count = returns.length;
    if (count > capacity) {
      capacity = Math.max(count, 2 * capacity);
      memory = makeSimulatorMemory(capacity, stride, snapshotSize);
      await crew.call((): SimulatorCall => ({ type: 'memory', buffers: memory.buffers }));
    }
    if (from instanceof Float64Array) memory.start.set(from);
    else await crew.call((): SimulatorCall => ({ type: 'state', state: from.state }));
    memory.sequences.set(rows);
    setJob(memory, count, base);
    await crew.run();
    returns.set(memory.returns.subarray(0, count));
  };

  return {
    ...sizes,
    workerCount,
    async evaluate(observation, sequences, returns, rng) {
      checkEvaluation('SimulatorPool.evaluate', sizes, observation, sequences, returns);
      // Read at once: the acting environment may go on before its turn comes.
      const from = start();
      const base = rng.integer(2 ** 32);
      await inTurn(() => evaluateInTurn(from, sequences, returns, base));
    },
    async predictTrajectory(observation, sequence, rng) {
      checkEvaluation('SimulatorPool.predictTrajectory', sizes, observation, sequence, new Float32Array(1));
      const call: SimulatorCall = { type: 'predict', start: start(), sequence, base: rng.integer(2 ** 32) };
      const observations = await inTurn(() => crew.callOne(call));
      return { particleCount, observations: observations as Float32Array };
    },
    async dispose() {
      isDisposed = true;
      await crew.dispose();
    },
  };
}
