/** The activations of hidden layers, by name. */
import { silu, tf } from '@mbrl/jit';

/** Names of the activations. `leakyRelu` has slope 0.01 below zero, as PyTorch's default. */
export type ActivationName = 'silu' | 'leakyRelu' | 'relu' | 'tanh';

/** All activation names. */
export const ACTIVATION_NAMES: readonly ActivationName[] = ['silu', 'leakyRelu', 'relu', 'tanh'];

/** The activations as functions of tensors. */
export const activations: { readonly [name in ActivationName]: (x: tf.Tensor) => tf.Tensor } = {
  silu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.01),
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
};
