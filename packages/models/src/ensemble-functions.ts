/**
 * The ensemble as pure functions of its parameters, to be composed into programs: prediction, rollout, loss. Members
 * are the leading axis: shapes are `[E, B, …]` throughout.
 */
import { tf } from '@mbrl/jit';
import type { EnsembleNetwork } from './ensemble-network.js';
import type { PredictionParameters, TrainedParameters } from './ensemble-parameters.js';
import { gaussianHead, gaussianLoss } from './gaussian-head.js';
import type { InputTransform } from './input-transform.js';

/** A member's prediction of the next observation, `[E, B, O]` each. */
export interface MemberPrediction {
  readonly mean: tf.Tensor;
  /** Standard deviation in units of `deviationGain`, so that a rollout can scale its noise once for all steps. */
  readonly relativeDeviation: tf.Tensor;
}

/** The pure functions of an ensemble. */
export interface EnsembleFunctions {
  /** Predicts the next observation from observations `[E, B, O]` (or `[1, B, O]`, the same for all members) and actions `[…, A]`. */
  predict(params: PredictionParameters<tf.Tensor>, observation: tf.Tensor, action: tf.Tensor): MemberPrediction;
  /** Loss by member and row, `[E, B]`, of normalised inputs and targets. */
  loss(params: TrainedParameters<tf.Tensor>, inputs: tf.Tensor, targets: tf.Tensor): tf.Tensor;
  /** Squared error by member and row, `[E, B]`, of normalised inputs and targets. */
  squaredError(params: TrainedParameters<tf.Tensor>, inputs: tf.Tensor, targets: tf.Tensor): tf.Tensor;
}

/** Makes the functions for a network that predicts the change of the observation. */
export function createEnsembleFunctions(network: EnsembleNetwork, transform: InputTransform): EnsembleFunctions {
  return {
    predict(params, observation, action) {
      const inputs = tf.concat([transform.apply(observation), action], -1);
      const outputs = network.apply(params.layers, inputs);
      const [change, raw] = tf.split(outputs, 2, -1) as [tf.Tensor, tf.Tensor];
      return { mean: tf.add(observation, change), relativeDeviation: tf.sqrt(tf.add(tf.sigmoid(raw), params.varianceFloor)) };
    },
    loss(params, inputs, targets) {
      return tf.mean(gaussianLoss(gaussianHead(network.apply(params.layers, inputs), params.logVariance), targets), -1);
    },
    squaredError(params, inputs, targets) {
      const { mean } = gaussianHead(network.apply(params.layers, inputs), params.logVariance);
      return tf.mean(tf.squaredDifference(mean, targets), -1);
    },
  };
}
