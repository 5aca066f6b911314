/**
 * A rollout of the ensemble as a pure function: the whole horizon, all candidates and particles, as one graph. All
 * randomness enters as arguments. What is not needed to take the next step (rewards, endings) is left to the caller,
 * who computes it once over the rows of all steps together.
 *
 * Rows of a step are ordered particle-major (row p·N + n) and stand in G groups: one for each member where particles
 * stay with their member, else a single one. Rows of all steps are ordered group, step, row within the group.
 */
import { tf } from '@mbrl/jit';
import type { EnsembleFunctions } from './ensemble-functions.js';
import type { PredictionParameters } from './ensemble-parameters.js';
import type { Propagation, RolloutLayout } from './propagation.js';

/** Random numbers of a rollout over H steps. */
export interface RolloutNoise<T> {
  /** Standard normal draws of the predictions, `[E, H · R/E, O]`; absent for `expectation`. */
  readonly prediction?: T;
  /** Standard normal draws of the redrawing, `[E, H · R/E, O]`; for `momentMatching`. */
  readonly matching?: T;
  /** A permutation of the rows for each step, `[H, R]` int32; for `ts1`. */
  readonly dealing?: T;
  /** The inverse of each permutation, `[H, R]` int32; for `ts1`. */
  readonly restoring?: T;
}

/** The rows of all steps. */
export interface RolloutRows {
  /** `[H · R, O]` */
  readonly observation: tf.Tensor;
  /** `[H · R, A]` */
  readonly action: tf.Tensor;
  /** `[H · R, O]` */
  readonly nextObservation: tf.Tensor;
  /** Extents of those rows: groups, steps, rows within a group. */
  readonly extents: readonly [groups: number, horizon: number, rows: number];
  /** Disagreement of the members at each row, of shape `extents`, where it was asked for; see `plan-objective.ts`. */
  readonly disagreement?: tf.Tensor;
}

/**
 * Root mean square over the components of the members' standard deviation about their mean `[E, B, O]`, in units of
 * the greatest predicted standard deviation `[O]`: `[B]`.
 */
function disagreementOf(means: tf.Tensor, deviationGain: tf.Tensor): tf.Tensor {
  const scaled = tf.div(tf.sub(means, tf.mean(means, 0, true)), deviationGain);
  // The square root has no slope at 0, where all members agree.
  return tf.sqrt(tf.add(tf.mean(tf.mean(tf.square(scaled), 0), -1), 1e-12));
}

/** Redraws the particles `[P · N, O]` of each candidate from the normal distribution with their moments. */
function matchMoments(next: tf.Tensor, noise: tf.Tensor, { particleCount, populationSize }: RolloutLayout): tf.Tensor {
  const size = next.shape.at(-1)!;
  const particles = tf.reshape(next, [particleCount, populationSize, size]);
  const mean = tf.mean(particles, 0, true);
  const variance = tf.mean(tf.squaredDifference(particles, mean), 0, true);
  const draws = tf.reshape(noise, [particleCount, populationSize, size]);
  return tf.reshape(tf.add(mean, tf.mul(tf.sqrt(variance), draws)), next.shape);
}

/** Actions `[N, H, A]` of the candidates as rows of all steps, `[G, H · R/G, A]`. */
function actionRows(sequences: tf.Tensor, groups: number, { particleCount, rowCount }: RolloutLayout): tf.Tensor {
  const [populationSize, horizon, actionSize] = sequences.shape as [number, number, number];
  const byStep = tf.reshape(tf.transpose(sequences, [1, 0, 2]), [horizon, 1, populationSize, actionSize]);
  const rows = tf.reshape(tf.tile(byStep, [1, particleCount, 1, 1]), [horizon, groups, rowCount / groups, actionSize]);
  return tf.reshape(tf.transpose(rows, [1, 0, 2, 3]), [groups, horizon * (rowCount / groups), actionSize]);
}

/**
 * Rolls out.
 * @param start first observation `[O]`
 * @param sequences candidate actions `[N, H, A]`
 * @param disagreement whether to ask all members at every row, which costs a prediction of each
 */
export function rollout(
  functions: EnsembleFunctions,
  params: PredictionParameters<tf.Tensor>,
  start: tf.Tensor,
  sequences: tf.Tensor,
  noise: RolloutNoise<tf.Tensor>,
  layout: RolloutLayout,
  propagation: Propagation,
  disagreement = false,
): RolloutRows {
  const { rowCount, memberCount } = layout;
  const [, horizon, actionSize] = sequences.shape as [number, number, number];
  const size = start.shape[0]!;
  const groups = propagation === 'tsInfinity' || propagation === 'momentMatching' ? memberCount : 1;
  const perGroup = rowCount / groups;
  const perMember = rowCount / memberCount;
  const allActions = actionRows(sequences, groups, layout);
  const actions = tf.split(allActions, horizon, 1);
  const scaled = noise.prediction && tf.split(tf.mul(noise.prediction, params.deviationGain), horizon, 1);
  const matching = noise.matching && tf.split(noise.matching, horizon, 1);
  const dealing = noise.dealing && tf.unstack(noise.dealing);
  const restoring = noise.restoring && tf.unstack(noise.restoring);

  const sample = (observation: tf.Tensor, action: tf.Tensor, step: number): tf.Tensor => {
    const { mean, relativeDeviation } = functions.predict(params, observation, action);
    return tf.add(mean, tf.mul(relativeDeviation, scaled![step]!));
  };
  const dealt = (observation: tf.Tensor, action: tf.Tensor, step: number): tf.Tensor => {
    const deal = (x: tf.Tensor, extent: number): tf.Tensor =>
      tf.reshape(tf.gather(tf.reshape(x, [rowCount, extent]), dealing![step] as tf.Tensor1D), [memberCount, perMember, extent]);
    const next = sample(deal(observation, size), deal(action, actionSize), step);
    return tf.reshape(tf.gather(tf.reshape(next, [rowCount, size]), restoring![step] as tf.Tensor1D), [1, rowCount, size]);
  };
  const disagreements: tf.Tensor[] = [];
  const disagree = (means: tf.Tensor): void => {
    disagreements.push(tf.reshape(disagreementOf(means, params.deviationGain), [groups, perGroup]));
  };
  const askAll = (observation: tf.Tensor, action: tf.Tensor): tf.Tensor =>
    functions.predict(params, tf.reshape(observation, [1, rowCount, size]), tf.reshape(action, [1, rowCount, actionSize])).mean;
  const advance = (observation: tf.Tensor, action: tf.Tensor, step: number): tf.Tensor => {
    if (propagation === 'expectation') {
      const means = askAll(observation, action);
      if (disagreement) disagree(means);
      return tf.mean(means, 0, true);
    }
    if (disagreement) disagree(askAll(observation, action));
    if (propagation === 'ts1') return dealt(observation, action, step);
    const next = sample(observation, action, step);
    return propagation === 'momentMatching' ? matchMoments(next, matching![step]!, layout) : next;
  };

  const observations: tf.Tensor[] = [tf.tile(tf.reshape(start, [1, 1, size]), [groups, perGroup, 1])];
  for (let step = 0; step < horizon; step++) observations.push(advance(observations[step]!, actions[step]!, step));
  const join = (steps: tf.Tensor[]): tf.Tensor => tf.reshape(tf.concat(steps, 1), [horizon * rowCount, size]);
  return {
    observation: join(observations.slice(0, -1)),
    action: tf.reshape(allActions, [horizon * rowCount, actionSize]),
    nextObservation: join(observations.slice(1)),
    extents: [groups, horizon, perGroup],
    ...(disagreement ? { disagreement: tf.stack(disagreements, 1) } : {}),
  };
}
