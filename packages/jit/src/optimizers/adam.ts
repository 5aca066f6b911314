/**
 * Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1) and AdamW (Loshchilov and Hutter 2019).
 *
 * The moments are kept without their factors (1 − β₁) and (1 − β₂): m ← β₁m + g and v ← β₂v + g². The factors and the
 * bias correction move into two scalars of the step, which saves two passes over every parameter array:
 *   update = −rate · m / (√v + ε'),  rate = α (1 − β₁)/(1 − β₁ᵗ) / s,  ε' = ε / s,  s = √((1 − β₂)/(1 − β₂ᵗ)).
 */
import { checkNumber, float32, mapLeaves, type NdArray, sizeOf, treeLeaves } from '@mbrl/core';
import { tf } from '../tensorflow.js';
import { type ArrayTree, chain, type Optimizer, type TensorTree } from './optimizer.js';
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

/** Moments: one array for each large leaf, and one vector for all small ones, whose cost is in their number. */
interface Moments<T> {
  readonly large: readonly T[];
  readonly small: T;
}

interface AdamState {
  readonly firstMoment: Moments<tf.Tensor>;
  readonly secondMoment: Moments<tf.Tensor>;
  /** β₁ᵗ and β₂ᵗ, `[2]`. */
  readonly betaPowers: tf.Tensor;
}

/** Elements up to which a leaf counts as small. */
const SMALL_LIMIT = 32_768;

const isSmall = (leaf: { readonly shape: readonly number[] }): boolean => sizeOf(leaf.shape) <= SMALL_LIMIT;

function zeroMoments(params: ArrayTree): ArrayTree {
  const leaves = treeLeaves<NdArray>(params);
  const smallSize = leaves.filter(isSmall).reduce((sum, leaf) => sum + sizeOf(leaf.shape), 0);
  return { large: leaves.filter((leaf) => !isSmall(leaf)).map((leaf) => float32(leaf.shape)), small: float32([smallSize]) };
}

/** Puts leaves together as the moments have them. */
function gather(leaves: readonly tf.Tensor[]): Moments<tf.Tensor> {
  const flat = leaves.filter(isSmall).map((leaf) => tf.reshape(leaf, [leaf.size]));
  return { large: leaves.filter((leaf) => !isSmall(leaf)), small: flat.length > 0 ? tf.concat(flat) : tf.zeros([0]) };
}

/** Takes them apart again, into the leaves of `like`. */
function spread({ large, small }: Moments<tf.Tensor>, like: TensorTree): TensorTree {
  const sizes = treeLeaves<tf.Tensor>(like)
    .filter(isSmall)
    .map((leaf) => leaf.size);
  const pieces = sizes.length > 0 ? tf.split(small, sizes) : [];
  let nextLarge = 0;
  let nextSmall = 0;
  return mapLeaves<tf.Tensor, tf.Tensor>(like, (leaf) =>
    isSmall(leaf) ? tf.reshape(pieces[nextSmall++]!, leaf.shape) : large[nextLarge++]!,
  );
}

const combine = (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: Moments<tf.Tensor>, b: Moments<tf.Tensor>): Moments<tf.Tensor> => ({
  large: a.large.map((leaf, i) => fn(leaf, b.large[i]!)),
  small: a.small.size > 0 ? fn(a.small, b.small) : a.small,
});

/** Makes Adam. @throws OptionError on settings out of range. */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkNumber('adam', 'learningRate', learningRate, { above: 0 });
  checkNumber('adam', 'beta1', beta1, { min: 0, below: 1 });
  checkNumber('adam', 'beta2', beta2, { min: 0, below: 1 });
  checkNumber('adam', 'epsilon', epsilon, { above: 0 });
  return {
    init: (params) => ({ firstMoment: zeroMoments(params), secondMoment: zeroMoments(params), betaPowers: float32([2], [1, 1]) }),
    update(grads, state) {
      const before = state as unknown as AdamState;
      const gradients = gather(treeLeaves<tf.Tensor>(grads));
      const firstMoment = combine((m, g) => tf.add(tf.mul(m, beta1), g), before.firstMoment, gradients);
      const secondMoment = combine((v, g) => tf.add(tf.mul(v, beta2), tf.mul(g, g)), before.secondMoment, gradients);
      const betaPowers = tf.mul(before.betaPowers, [beta1, beta2]);
      const [beta1Power, beta2Power] = tf.split(betaPowers, 2) as [tf.Tensor, tf.Tensor];
      const scale = tf.sqrt(tf.div(1 - beta2, tf.sub(1, beta2Power)));
      const rate = tf.div(tf.div(-learningRate * (1 - beta1), tf.sub(1, beta1Power)), scale);
      const floor = tf.div(epsilon, scale);
      const steps = combine((m, v) => tf.mul(tf.div(m, tf.add(tf.sqrt(v), floor)), rate), firstMoment, secondMoment);
      return { updates: spread(steps, grads), state: { firstMoment, secondMoment, betaPowers } as unknown as TensorTree };
    },
  };
}

/** Adam with weight decay apart from the gradient's moments: the weights shrink by learningRate · weightDecay a step. */
export function adamw(options: AdamOptions & { readonly weightDecay?: DecayRule } = {}): Optimizer {
  const { weightDecay = 1e-2, learningRate = 1e-3 } = options;
  const decay: DecayRule = typeof weightDecay === 'number' ? -learningRate * weightDecay : (path) => -learningRate * weightDecay(path);
  return chain(adam(options), addDecayedWeights(decay, 'adamw'));
}
