/** A true environment as a sequence evaluator, on the calling thread, so that every planner runs on known dynamics. */
import { type Environment, OptionError, type PredictedTrajectories, type Rng, type SequenceEvaluator } from '@mbrl/core';
import { completeSettings, SequenceSimulator, type SimulationSettings } from './sequence-simulator.js';
import { checkEvaluation, type SimulationSource, startOf } from './simulation-source.js';

/** Options of {@link createSimulatorEvaluator}. */
export interface SimulatorEvaluatorOptions extends SimulationSettings {
  /** An environment to simulate in, made with the same options as the acting one; nobody else may use it. */
  readonly environment: Environment | (() => Environment);
  /** The environment that acts, whose exact state each evaluation starts from, or a function that gives a snapshot of it. */
  readonly source: SimulationSource;
}

/** A sequence evaluator that can also tell what a sequence leads to. */
export interface SimulatorEvaluator extends SequenceEvaluator {
  predictTrajectory(observation: Float32Array, sequence: Float32Array, rng: Rng): Promise<PredictedTrajectories>;
}

/**
 * Makes an evaluator that simulates in a true environment. The observation it is given is checked for its size only:
 * what is simulated starts from the full state of the source. After `terminated` or `truncated` a sequence earns nothing
 * more. A simulation that breaks down numerically returns NaN, which planners rank last; any other error of a step is
 * thrown on.
 * @throws OptionError on an option outside of its bounds, or an environment that is its own source.
 * @example
 * const acting = createPendulum();
 * const evaluator = createSimulatorEvaluator({ environment: createPendulum(), source: acting, horizon: 20 });
 */
export function createSimulatorEvaluator(options: SimulatorEvaluatorOptions): SimulatorEvaluator {
  const caller = 'createSimulatorEvaluator';
  const settings = completeSettings(caller, options);
  const environment = typeof options.environment === 'function' ? options.environment() : options.environment;
  const { source } = options;
  if (environment === source) throw new OptionError(`${caller}: environment must be another instance than source, which is acting`);
  const simulator = new SequenceSimulator(environment, settings);
  const { horizon, particleCount } = settings;
  const sizes = { observationSize: environment.observationSpace.size, actionSize: environment.actionSpace.size, horizon };
  const stride = horizon * sizes.actionSize;
  // Filled anew by each evaluation of a source that is an environment with snapshots.
  let kept: Float64Array | undefined;
  const start = (): ReturnType<typeof startOf> => {
    const now = startOf(source, kept);
    if (typeof source !== 'function' && now instanceof Float64Array) kept = now;
    return now;
  };
  return {
    ...sizes,
    async evaluate(observation, sequences, returns, rng) {
      const count = checkEvaluation('SimulatorEvaluator.evaluate', sizes, observation, sequences, returns);
      const from = start();
      const base = rng.integer(2 ** 32);
      for (let i = 0; i < count; i++) returns[i] = simulator.score(from, sequences, i * stride, i, base);
    },
    async predictTrajectory(observation, sequence, rng) {
      checkEvaluation('SimulatorEvaluator.predictTrajectory', sizes, observation, sequence, new Float32Array(1));
      return { particleCount, observations: simulator.predict(start(), sequence, rng.integer(2 ** 32)) };
    },
  };
}
