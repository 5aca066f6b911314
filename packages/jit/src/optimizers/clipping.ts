/** Bounds on gradients. */
import { checkNumber, treeLeaves } from '@mbrl/core';
import { tf } from '../tensorflow.js';
import { mapTogether, type Optimizer } from './optimizer.js';

/** Scales all gradients down together so that their joint Euclidean norm is at most `maxNorm` > 0. */
export function clipByGlobalNorm(maxNorm: number): Optimizer {
  checkNumber('clipByGlobalNorm', 'maxNorm', maxNorm, { above: 0 });
  return {
    init: () => [],
    update(grads, state) {
      const squares = treeLeaves<tf.Tensor>(grads).map((leaf) => tf.sum(tf.square(leaf)));
      const norm = tf.sqrt(squares.reduce((a, b) => tf.add(a, b)));
      const factor = tf.div(maxNorm, tf.maximum(norm, maxNorm));
      return { updates: mapTogether(([leaf]) => tf.mul(leaf!, factor), grads), state };
    },
  };
}

/** Clips every component of the gradients to [−bound, bound], bound > 0. */
export function clipByValue(bound: number): Optimizer {
  checkNumber('clipByValue', 'bound', bound, { above: 0 });
  return {
    init: () => [],
    update: (grads, state) => ({ updates: mapTogether(([leaf]) => tf.clipByValue(leaf!, -bound, bound), grads), state }),
  };
}
