/** Stochastic gradient descent, plain or with momentum (heavy ball, or Nesterov's). */
import { checkNumber, float32, mapLeaves, type NdArray } from '@mbrl/core';
import { tf } from '../tensorflow.js';
import { mapTogether, type Optimizer, type TensorTree } from './optimizer.js';

/** Settings of gradient descent. */
export interface SgdOptions {
  /** Step size, above 0. Default 1e-2. */
  readonly learningRate?: number;
  /** Part of the last step that is kept, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

/** Makes gradient descent. @throws OptionError on settings out of range. */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 1e-2, momentum = 0, nesterov = false } = options;
  checkNumber('sgd', 'learningRate', learningRate, { above: 0 });
  checkNumber('sgd', 'momentum', momentum, { min: 0, below: 1 });
  const scale = (tree: TensorTree): TensorTree => mapTogether(([leaf]) => tf.mul(leaf!, -learningRate), tree);
  if (momentum === 0) return { init: () => [], update: (grads, state) => ({ updates: scale(grads), state }) };
  return {
    init: (params) => mapLeaves<NdArray, NdArray>(params, (leaf) => float32(leaf.shape)),
    update(grads, state) {
      const trace = mapTogether(([t, g]) => tf.add(tf.mul(t!, momentum), g!), state, grads);
      const direction = nesterov ? mapTogether(([t, g]) => tf.add(tf.mul(t!, momentum), g!), trace, grads) : trace;
      return { updates: scale(direction), state: trace };
    },
  };
}
