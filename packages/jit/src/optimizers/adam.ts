/**
 * Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1) and AdamW (Loshchilov and Hutter 2019).
 *
 * The moments are kept without their factors (1 − β₁) and (1 − β₂): m ← β₁m + g and v ← β₂v + g². The factors and the
 * bias correction move into two scalars of the step, which saves two passes over every parameter array:
 *   update = −rate · m / (√v + ε'),  rate = α (1 − β₁)/(1 − β₁ᵗ) / s,  ε' = ε / s,  s = √((1 − β₂)/(1 − β₂ᵗ)).
 */
import { checkNumber, float32, mapLeaves, type NdArray } from '@mbrl/core';
import { tf } from '../tensorflow.js';
import { type ArrayTree, chain, mapTogether, type Optimizer, type TensorTree } from './optimizer.js';
import { addDecayedWeights, type DecayRule } from './weight-decay.js';

/** Settings of Adam. */
export interface AdamOptions {
  /** Step size α, above 0. Default 1e-3. */
  readonly learningRate?: number;
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment, above 0. Default 1e-8. */
  readonly epsilon?: number;
}

interface AdamState {
  readonly firstMoment: TensorTree;
  readonly secondMoment: TensorTree;
  /** β₁ᵗ and β₂ᵗ. */
  readonly beta1Power: tf.Tensor;
  readonly beta2Power: tf.Tensor;
}

const zerosLike = (params: ArrayTree): ArrayTree => mapLeaves<NdArray, NdArray>(params, (leaf) => float32(leaf.shape));

/** Makes Adam. @throws OptionError on settings out of range. */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkNumber('adam', 'learningRate', learningRate, { above: 0 });
  checkNumber('adam', 'beta1', beta1, { min: 0, below: 1 });
  checkNumber('adam', 'beta2', beta2, { min: 0, below: 1 });
  checkNumber('adam', 'epsilon', epsilon, { above: 0 });
  return {
    init: (params) => ({
      firstMoment: zerosLike(params),
      secondMoment: zerosLike(params),
      beta1Power: float32([], [1]),
      beta2Power: float32([], [1]),
    }),
    update(grads, state) {
      const before = state as unknown as AdamState;
      const firstMoment = mapTogether(([m, g]) => tf.add(tf.mul(m!, beta1), g!), before.firstMoment, grads);
      const secondMoment = mapTogether(([v, g]) => tf.add(tf.mul(v!, beta2), tf.mul(g!, g!)), before.secondMoment, grads);
      const beta1Power = tf.mul(before.beta1Power, beta1);
      const beta2Power = tf.mul(before.beta2Power, beta2);
      const scale = tf.sqrt(tf.div(1 - beta2, tf.sub(1, beta2Power)));
      const rate = tf.div(tf.div(-learningRate * (1 - beta1), tf.sub(1, beta1Power)), scale);
      const floor = tf.div(epsilon, scale);
      const updates = mapTogether(([m, v]) => tf.mul(tf.div(m!, tf.add(tf.sqrt(v!), floor)), rate), firstMoment, secondMoment);
      return { updates, state: { firstMoment, secondMoment, beta1Power, beta2Power } };
    },
  };
}

/** Adam with weight decay apart from the gradient's moments: the weights shrink by learningRate · weightDecay a step. */
export function adamw(options: AdamOptions & { readonly weightDecay?: DecayRule } = {}): Optimizer {
  const { weightDecay = 1e-2, learningRate = 1e-3 } = options;
  const decay: DecayRule = typeof weightDecay === 'number' ? -learningRate * weightDecay : (path) => -learningRate * weightDecay(path);
  return chain(adam(options), addDecayedWeights(decay, 'adamw'));
}
