/**
 * A rollout of the ensemble as a pure function: the whole horizon, all candidates and particles, as one graph. All
 * randomness enters as arguments.
 */
import { tf } from '@mbrl/jit';
import type { EnsembleFunctions } from './ensemble-functions.js';
import type { PredictionParameters } from './ensemble-parameters.js';
import type { Propagation, RolloutLayout } from './propagation.js';

/** Random numbers of a rollout over H steps. */
export interface RolloutNoise<T> {
  /** Standard normal draws of the predictions, `[H, R, O]`; absent for `expectation`. */
  readonly prediction?: T;
  /** Standard normal draws of the redrawing, `[H, R, O]`; for `momentMatching`. */
  readonly matching?: T;
  /** A permutation of the rows for each step, `[H, R]` int32; for `ts1`. */
  readonly dealing?: T;
  /** The inverse of each permutation, `[H, R]` int32; for `ts1`. */
  readonly restoring?: T;
}

/** What a step of a rollout shows: `[R, O]`, `[R, A]`, `[R, O]`. */
export interface RolloutStep {
  readonly observation: tf.Tensor;
  readonly action: tf.Tensor;
  readonly nextObservation: tf.Tensor;
}

/** A slice `[…]` of the leading axis of `[H, …]`. */
const at = (x: tf.Tensor, step: number): tf.Tensor => {
  const [, ...rest] = x.shape;
  return tf.reshape(tf.slice(x, [step, ...rest.map(() => 0)], [1, ...rest]), rest);
};

/** Redraws the particles `[P · N, O]` of each candidate from the normal distribution with their moments. */
function matchMoments(next: tf.Tensor, noise: tf.Tensor, { particleCount, populationSize }: RolloutLayout): tf.Tensor {
  const size = next.shape[1]!;
  const particles = tf.reshape(next, [particleCount, populationSize, size]);
  const mean = tf.mean(particles, 0, true);
  const variance = tf.mean(tf.squaredDifference(particles, mean), 0, true);
  const draws = tf.reshape(noise, [particleCount, populationSize, size]);
  return tf.reshape(tf.add(mean, tf.mul(tf.sqrt(tf.add(variance, 1e-12)), draws)), [particleCount * populationSize, size]);
}

/**
 * Rolls out.
 * @param start first observation `[O]`
 * @param sequences candidate actions `[N, H, A]`
 * @param visit called at each step with that step's rows
 */
export function rollout(
  functions: EnsembleFunctions,
  params: PredictionParameters<tf.Tensor>,
  start: tf.Tensor,
  sequences: tf.Tensor,
  noise: RolloutNoise<tf.Tensor>,
  layout: RolloutLayout,
  propagation: Propagation,
  visit: (step: RolloutStep, index: number) => void,
): void {
  const { rowCount, memberCount, particleCount, populationSize } = layout;
  const [, horizon, actionSize] = sequences.shape as [number, number, number];
  const size = start.shape[0]!;
  const byStep = tf.transpose(sequences, [1, 0, 2]);
  const perMember = rowCount / memberCount;
  let observation: tf.Tensor = tf.tile(tf.reshape(start, [1, size]), [rowCount, 1]);
  for (let step = 0; step < horizon; step++) {
    const one = at(byStep, step);
    const action = particleCount === 1 ? one : tf.reshape(tf.tile(tf.reshape(one, [1, populationSize, actionSize]), [particleCount, 1, 1]), [rowCount, actionSize]);
    let nextObservation: tf.Tensor;
    if (propagation === 'expectation') {
      const { mean } = functions.predict(params, tf.reshape(observation, [1, rowCount, size]), tf.reshape(action, [1, rowCount, actionSize]));
      nextObservation = tf.mean(mean, 0);
    } else {
      const dealt = noise.dealing ? at(noise.dealing, step) : undefined;
      const deal = (x: tf.Tensor): tf.Tensor => (dealt ? tf.gather(x, dealt as tf.Tensor1D) : x);
      const [o, a] = [deal(observation), deal(action)];
      const { mean, logVariance } = functions.predict(params, tf.reshape(o, [memberCount, perMember, size]), tf.reshape(a, [memberCount, perMember, actionSize]));
      const draws = tf.reshape(at(noise.prediction!, step), [memberCount, perMember, size]);
      const sampled = tf.reshape(tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), draws)), [rowCount, size]);
      nextObservation = noise.restoring ? tf.gather(sampled, at(noise.restoring, step) as tf.Tensor1D) : sampled;
      if (propagation === 'momentMatching') nextObservation = matchMoments(nextObservation, at(noise.matching!, step), layout);
    }
    visit({ observation, action, nextObservation }, step);
    observation = nextObservation;
  }
}
