/**
 * Scores action sequences through a model, learned or known: horizon, particles, reward, ending and objective as one
 * compiled program; and a second one that gives the gradient by the actions too, made when it is first asked for.
 */
import {
  type BatchedFunctions,
  checkInteger,
  checkOneOf,
  float32,
  type NdArray,
  OptionError,
  type PredictedTrajectories,
  type Rng,
  type SequenceEvaluator,
  ShapeError,
} from '@mbrl/core';
import { jit, tf, valueAndGradWithAux } from '@mbrl/jit';
import { ensembleSource } from './ensemble-source.js';
import { knownSource } from './known-source.js';
import { checkObjective, type PlanObjective } from './plan-objective.js';
import { type ObjectiveInputs, scoreRollout } from './plan-score.js';
import type { ProbabilisticEnsemble } from './probabilistic-ensemble.js';
import { type Propagation, PROPAGATIONS, type RolloutLayout } from './propagation.js';
import type { RolloutNoise } from './rollout.js';
import type { RolloutSource } from './rollout-source.js';

type Float32 = NdArray<'float32'>;

/** How to score. */
export interface PlanEvaluatorOptions {
  readonly model: ProbabilisticEnsemble;
  /** The task's reward, and its ending where there is one. */
  readonly task: BatchedFunctions;
  /** Steps of a sequence, at least 1. */
  readonly horizon: number;
  /** Particles of each candidate, at least 1; `expectation` uses one. Default 20. */
  readonly particleCount?: number;
  /** How uncertainty is carried along. Default `tsInfinity`. */
  readonly propagation?: Propagation;
  /** What a plan is scored by beyond the reward. Default: nothing, the mean of the plain sum. */
  readonly objective?: PlanObjective;
}

/** How to score by dynamics that are known. */
export interface KnownDynamicsEvaluatorOptions {
  /** The task's reward and dynamics, and its ending where there is one. */
  readonly task: BatchedFunctions;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Steps of a sequence, at least 1. */
  readonly horizon: number;
  /** What a plan is scored by beyond the reward; `disagreement` is refused, and risk sees one particle. Default: nothing. */
  readonly objective?: PlanObjective;
}

/** Offers gradients and predictions too, and frees its programs with `dispose`. */
export interface PlanEvaluator extends SequenceEvaluator {
  evaluateWithGradient: NonNullable<SequenceEvaluator['evaluateWithGradient']>;
  predictTrajectory: NonNullable<SequenceEvaluator['predictTrajectory']>;
  dispose(): void;
}

/** The buffers that programs are called with, for one population size. */
interface Prepared {
  readonly layout: RolloutLayout;
  readonly noise: RolloutNoise<NdArray>;
  /** The candidates `[N, H, A]`: as they were given last, or a copy where the layout has more. */
  candidates: Float32;
}

/** Population sizes whose buffers are kept; a planner whose population shrinks has a handful. */
const KEPT_SIZES = 16;

interface EvaluatorParts {
  readonly caller: string;
  readonly source: RolloutSource;
  readonly task: BatchedFunctions;
  readonly horizon: number;
  readonly objective: PlanObjective;
}

function createEvaluator({ caller, source, task, horizon, objective }: EvaluatorParts): PlanEvaluator {
  const { observationSize, actionSize } = source;
  checkInteger(caller, 'horizon', horizon, { min: 1 });
  if (!task.reward) throw new OptionError(`${caller}: task must give a batched reward, got none`);
  checkObjective(caller, objective, source.memberCount);
  const disagreement = objective.disagreement !== undefined;

  // The layout of the call under way: what a program is traced with follows from the shapes of its arguments.
  let layout: RolloutLayout;
  const score = (
    sequences: tf.Tensor,
    params: unknown,
    start: tf.Tensor,
    noise: RolloutNoise<tf.Tensor>,
    inputs: ObjectiveInputs<tf.Tensor>,
  ): tf.Tensor => {
    const rows = source.roll(params as never, start, sequences, noise, layout, disagreement);
    return scoreRollout(rows, sequences, { task, objective, layout }, inputs);
  };
  const evaluatePlans = jit(score, { name: 'evaluatePlans', outputs: 'reuse' });
  const differentiatePlans = jit(
    valueAndGradWithAux((...args: Parameters<typeof score>) => {
      const returns = score(...args);
      return { value: tf.sum(returns), aux: returns };
    }),
    { name: 'differentiatePlans', outputs: 'reuse' },
  );
  const predictPlan = jit(
    (sequences: tf.Tensor, params: unknown, start: tf.Tensor, noise: RolloutNoise<tf.Tensor>) => {
      const { nextObservation, extents } = source.roll(params as never, start, sequences, noise, layout, false);
      const [groups, steps, perGroup] = extents;
      const byStep = tf.reshape(nextObservation, [groups, steps, perGroup, observationSize]);
      return tf.reshape(tf.transpose(byStep, [0, 2, 1, 3]), [groups * perGroup, steps, observationSize]);
    },
    { name: 'predictPlan', outputs: 'reuse' },
  );

  const start: Float32 = float32([observationSize]);
  const preparedBySize = new Map<number, Prepared>();
  let single: Prepared | undefined;
  const prepare = (each: RolloutLayout, sequences: Float32Array): Prepared => {
    const shape = [each.populationSize, horizon, actionSize];
    const isFilled = sequences.length === each.populationSize * horizon * actionSize;
    return {
      layout: each,
      noise: source.createNoise(each, horizon),
      candidates: isFilled ? float32(shape, sequences) : float32(shape),
    };
  };
  const objectiveInputs = (): ObjectiveInputs<NdArray> => {
    const { terminalValue, previousAction, ratePenalty = 0 } = objective;
    const terminal = terminalValue?.parameters?.();
    if (ratePenalty === 0 || !previousAction) return terminal ? { terminal: terminal as unknown as NdArray } : {};
    const action = previousAction();
    if (action.length !== actionSize) {
      throw new ShapeError(`evaluate: objective.previousAction must give ${actionSize} components, got ${action.length}`);
    }
    const previous = float32([actionSize], Float32Array.from(action));
    return terminal ? { terminal: terminal as unknown as NdArray, previousAction: previous } : { previousAction: previous };
  };
  /** Sets everything up for `sequences` but for the objective's inputs, and draws the noise. */
  const enter = (observation: Float32Array, sequences: Float32Array, populationSize: number, rng: Rng): Prepared => {
    let prepared = preparedBySize.get(populationSize);
    if (!prepared) {
      prepared = prepare(source.layout(populationSize), sequences);
      for (const oldest of preparedBySize.keys()) if (preparedBySize.size >= KEPT_SIZES) preparedBySize.delete(oldest);
      preparedBySize.set(populationSize, prepared);
    }
    if (prepared.layout.populationSize > populationSize) prepared.candidates.data.set(sequences);
    else if (prepared.candidates.data !== sequences) prepared.candidates = float32(prepared.candidates.shape, sequences);
    start.data.set(observation);
    layout = prepared.layout;
    source.drawNoise(prepared.noise, rng, layout);
    return prepared;
  };

  // The buffers serve one call at a time; calls that overlap wait for each other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(call: () => Promise<T>): Promise<T> => {
    const done = last.then(call);
    last = done.catch(() => undefined);
    return done;
  };
  const checkSizes = (method: string, observation: Float32Array, sequences: Float32Array, returns: Float32Array): void => {
    const populationSize = sequences.length / (horizon * actionSize);
    if (
      observation.length !== observationSize ||
      !Number.isInteger(populationSize) ||
      populationSize < 1 ||
      returns.length !== populationSize
    ) {
      throw new ShapeError(
        `${method}: expected an observation of ${observationSize}, sequences of N × ${horizon} × ${actionSize} and N returns, got ${observation.length}, ${sequences.length} and ${returns.length}`,
      );
    }
  };
  return {
    observationSize,
    actionSize,
    horizon,
    async evaluate(observation, sequences, returns, rng) {
      checkSizes('evaluate', observation, sequences, returns);
      return inTurn(async () => {
        const { noise, candidates } = enter(observation, sequences, returns.length, rng);
        const result = await evaluatePlans(candidates, source.parameters(), start, noise as never, objectiveInputs() as never);
        returns.set((result as Float32).data.subarray(0, returns.length));
      });
    },
    async evaluateWithGradient(observation, sequences, returns, gradients, rng) {
      checkSizes('evaluateWithGradient', observation, sequences, returns);
      if (gradients.length !== sequences.length) {
        throw new ShapeError(`evaluateWithGradient: gradients must have ${sequences.length} elements, got ${gradients.length}`);
      }
      return inTurn(async () => {
        const { noise, candidates } = enter(observation, sequences, returns.length, rng);
        const inputs = objectiveInputs() as never;
        const { aux, grads } = await differentiatePlans(candidates, source.parameters(), start, noise as never, inputs);
        returns.set((aux as Float32).data.subarray(0, returns.length));
        gradients.set((grads as Float32).data.subarray(0, gradients.length));
      });
    },
    async predictTrajectory(observation, sequence, rng): Promise<PredictedTrajectories> {
      if (observation.length !== observationSize || sequence.length !== horizon * actionSize) {
        throw new ShapeError(
          `predictTrajectory: expected an observation of ${observationSize} and a sequence of ${horizon} × ${actionSize}, got ${observation.length} and ${sequence.length}`,
        );
      }
      return inTurn(async () => {
        single ??= prepare(source.singleLayout(), sequence);
        if (single.candidates.data !== sequence) single.candidates = float32(single.candidates.shape, sequence);
        start.data.set(observation);
        layout = single.layout;
        source.drawNoise(single.noise, rng, layout);
        const result = (await predictPlan(single.candidates, source.parameters(), start, single.noise as never)) as Float32;
        return { particleCount: layout.particleCount, observations: result.data.slice() };
      });
    },
    dispose() {
      for (const program of [evaluatePlans, differentiatePlans, predictPlan]) program.dispose();
    },
  };
}

/**
 * Makes an evaluator that scores through a learned ensemble. Returns are means over particles unless the objective
 * says otherwise; after an ending a particle earns nothing more.
 * @throws OptionError when the task gives no reward or a setting is out of bounds.
 */
export function createPlanEvaluator(options: PlanEvaluatorOptions): PlanEvaluator {
  const caller = 'createPlanEvaluator';
  const { model, task, horizon, particleCount = 20, propagation = 'tsInfinity', objective = {} } = options;
  checkInteger(caller, 'particleCount', particleCount, { min: 1 });
  checkOneOf(caller, 'propagation', propagation, PROPAGATIONS);
  return createEvaluator({ caller, source: ensembleSource(model, particleCount, propagation), task, horizon, objective });
}

/**
 * Makes an evaluator that scores through dynamics that are known, such as those an environment offers as `batched`.
 * @throws OptionError when the task gives no reward or no dynamics, or a setting is out of bounds.
 * @example
 * const { batched, observationSpace, actionSpace } = createPendulum();
 * const evaluator = createKnownDynamicsEvaluator({ task: batched, observationSize: 3, actionSize: 1, horizon: 20 });
 */
export function createKnownDynamicsEvaluator(options: KnownDynamicsEvaluatorOptions): PlanEvaluator {
  const caller = 'createKnownDynamicsEvaluator';
  const { task, horizon, objective = {} } = options;
  const observationSize = checkInteger(caller, 'observationSize', options.observationSize, { min: 1 });
  const actionSize = checkInteger(caller, 'actionSize', options.actionSize, { min: 1 });
  if (!task.dynamics) throw new OptionError(`${caller}: task must give batched dynamics, got none`);
  return createEvaluator({ caller, source: knownSource(task.dynamics, observationSize, actionSize), task, horizon, objective });
}
