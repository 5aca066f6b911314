/** Weight decay by branch of the parameter tree. */
import { checkNumber } from '@mbrl/core';
import { tf } from '../tensorflow.js';
import { mapTogether, type Optimizer } from './optimizer.js';

/** One rate for all parameters, or a rate by the leaf's path in the tree (such as `layers.0.kernel`). */
export type DecayRule = number | ((path: string) => number);

/**
 * Adds `decay` times the parameter to its update. Before Adam in a chain this is the classic L2 penalty with gradient
 * decay · w (as PyTorch's `weight_decay`).
 * @throws OptionError when a rate is not finite.
 */
export function addDecayedWeights(decay: DecayRule, caller = 'addDecayedWeights'): Optimizer {
  const rateAt = (path: string): number =>
    checkNumber(caller, `decay at ${path === '' ? 'the root' : path}`, typeof decay === 'number' ? decay : decay(path));
  if (typeof decay === 'number') rateAt('');
  return {
    init: () => [],
    update: (grads, state, params) => ({
      updates: mapTogether(
        ([gradient, param], path) => {
          const rate = rateAt(path);
          return rate === 0 ? gradient! : tf.add(gradient!, tf.mul(param!, rate));
        },
        grads,
        params,
      ),
      state,
    }),
  };
}
