/**
 * Scores action sequences through a learned ensemble: horizon, particles, reward and ending as one compiled program.
 */
import {
  type BatchedFunctions,
  checkInteger,
  checkOneOf,
  float32,
  int32,
  type NdArray,
  OptionError,
  type Rng,
  type SequenceEvaluator,
  ShapeError,
} from '@mbrl/core';
import { jit, tf } from '@mbrl/jit';
import type { PredictionParameters } from './ensemble-parameters.js';
import type { ProbabilisticEnsemble } from './probabilistic-ensemble.js';
import { type Propagation, PROPAGATIONS, rolloutLayout, type RolloutLayout } from './propagation.js';
import { rollout, type RolloutNoise } from './rollout.js';

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
}

/** Frees its program with `dispose`. */
export interface PlanEvaluator extends SequenceEvaluator {
  dispose(): void;
}

/** Buffers of random numbers, filled anew for each call. */
function createNoise(layout: RolloutLayout, horizon: number, size: number, propagation: Propagation): RolloutNoise<NdArray> {
  const { rowCount, memberCount } = layout;
  const normal = (): Float32 => float32([memberCount, (horizon * rowCount) / memberCount, size]);
  if (propagation === 'expectation') return {};
  return {
    prediction: normal(),
    ...(propagation === 'momentMatching' ? { matching: normal() } : {}),
    ...(propagation === 'ts1' ? { dealing: int32([horizon, rowCount]), restoring: int32([horizon, rowCount]) } : {}),
  };
}

function drawNoise(noise: RolloutNoise<NdArray>, rng: Rng, rowCount: number): void {
  if (noise.prediction) rng.fillNormal(noise.prediction.data as Float32Array);
  if (noise.matching) rng.fillNormal(noise.matching.data as Float32Array);
  if (noise.dealing) {
    const rows = noise.dealing.data as Int32Array;
    const inverse = noise.restoring!.data as Int32Array;
    for (let start = 0; start < rows.length; start += rowCount) {
      const order = rows.subarray(start, start + rowCount);
      for (let i = 0; i < rowCount; i++) order[i] = i;
      rng.shuffle(order);
      for (let i = 0; i < rowCount; i++) inverse[start + order[i]!] = i;
    }
  }
}

/** Rewards `[G, H, R/G]` with those after an ending set to 0; the reward of the ending step itself counts. */
function untilEnded(reward: tf.Tensor, ended: tf.Tensor): tf.Tensor {
  const endedBefore = tf.cumsum(tf.cast(ended, 'float32'), 1, true);
  return tf.where(tf.greater(endedBefore, 0), tf.zerosLike(reward), reward);
}

/**
 * Makes an evaluator. Returns are means over particles; after an ending a particle earns nothing more.
 * @throws OptionError when the task gives no reward or a setting is out of bounds.
 */
export function createPlanEvaluator(options: PlanEvaluatorOptions): PlanEvaluator {
  const { model, task, horizon, particleCount = 20, propagation = 'tsInfinity' } = options;
  const { observationSize, actionSize, functions, predictingMemberCount } = model;
  checkInteger('createPlanEvaluator', 'horizon', horizon, { min: 1 });
  checkInteger('createPlanEvaluator', 'particleCount', particleCount, { min: 1 });
  checkOneOf('createPlanEvaluator', 'propagation', propagation, PROPAGATIONS);
  if (!task.reward) throw new OptionError('createPlanEvaluator: task must give a batched reward, got none');
  let layout: RolloutLayout | undefined;

  const program = jit(
    function evaluatePlans(
      params: PredictionParameters<tf.Tensor>,
      start: tf.Tensor,
      sequences: tf.Tensor,
      noise: RolloutNoise<tf.Tensor>,
    ) {
      const { particleCount: particles, populationSize } = layout!;
      const rows = rollout(functions, params, start, sequences, noise, layout!, propagation);
      const { observation, action, nextObservation } = rows;
      const reward = tf.reshape(task.reward!(observation, action, nextObservation) as tf.Tensor, [...rows.extents]);
      const ended = task.terminated?.(observation, action, nextObservation) as tf.Tensor | undefined;
      const earned = ended ? untilEnded(reward, tf.reshape(ended, [...rows.extents])) : reward;
      return tf.mean(tf.reshape(tf.sum(earned, 1), [particles, populationSize]), 0);
    },
    { outputs: 'reuse' },
  );

  const start: Float32 = float32([observationSize]);
  let candidates: Float32 | undefined;
  let noise: RolloutNoise<NdArray> = {};
  const score = async (observation: Float32Array, sequences: Float32Array, returns: Float32Array, rng: Rng): Promise<void> => {
    const populationSize = returns.length;
    if (layout?.populationSize !== populationSize) {
      layout = rolloutLayout(populationSize, particleCount, predictingMemberCount, propagation);
      noise = createNoise(layout, horizon, observationSize, propagation);
      candidates = undefined;
    }
    if (candidates?.data !== sequences) candidates = float32([populationSize, horizon, actionSize], sequences);
    start.data.set(observation);
    drawNoise(noise, rng, layout.rowCount);
    const result = (await program(model.predictionParameters() as never, start, candidates, noise as never)) as unknown as Float32;
    returns.set(result.data);
  };
  // The buffers serve one call at a time; calls that overlap wait for each other.
  let last: Promise<void> = Promise.resolve();
  return {
    observationSize,
    actionSize,
    horizon,
    async evaluate(observation, sequences, returns, rng) {
      const populationSize = sequences.length / (horizon * actionSize);
      if (
        observation.length !== observationSize ||
        !Number.isInteger(populationSize) ||
        populationSize < 1 ||
        returns.length !== populationSize
      ) {
        throw new ShapeError(
          `evaluate: expected an observation of ${observationSize}, sequences of N × ${horizon} × ${actionSize} and N returns, got ${observation.length}, ${sequences.length} and ${returns.length}`,
        );
      }
      const done = last.then(() => score(observation, sequences, returns, rng));
      last = done.catch(() => undefined);
      return done;
    },
    dispose: () => program.dispose(),
  };
}
