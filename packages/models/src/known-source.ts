/** Known dynamics as something to roll out through: one certain future for each candidate. */
import type { BatchedFunctions } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { rolloutLayout } from './propagation.js';
import type { RolloutSource } from './rollout-source.js';

/** Rolls out through `dynamics`, next observations `[B, O]` from observations `[B, O]` and actions `[B, A]`. */
export function knownSource(
  dynamics: NonNullable<BatchedFunctions['dynamics']>,
  observationSize: number,
  actionSize: number,
): RolloutSource {
  return {
    observationSize,
    actionSize,
    memberCount: 1,
    layout: (populationSize) => rolloutLayout(populationSize, 1, 1, 'expectation'),
    singleLayout: () => rolloutLayout(1, 1, 1, 'expectation'),
    createNoise: () => ({}),
    drawNoise: () => undefined,
    parameters: () => [],
    roll(_parameters, start, sequences) {
      const [populationSize, horizon] = sequences.shape as [number, number, number];
      const actions = tf.unstack(sequences, 1);
      const observations: tf.Tensor[] = [tf.tile(tf.reshape(start, [1, observationSize]), [populationSize, 1])];
      for (let step = 0; step < horizon; step++) observations.push(dynamics(observations[step]!, actions[step]!) as tf.Tensor);
      return {
        observation: tf.concat(observations.slice(0, -1), 0),
        action: tf.concat(actions, 0),
        nextObservation: tf.concat(observations.slice(1), 0),
        extents: [1, horizon, populationSize],
      };
    },
  };
}
