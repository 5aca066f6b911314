/**
 * Optimisers as pairs of pure functions, in the manner of optax: `init` makes a state for parameters, `update` turns
 * gradients into updates inside the compiled program. A chain of transformations is a transformation.
 */
import { mapLeaves, type NdArray, type Tree, treeLeaves } from '@mbrl/core';
import { tf } from '../tensorflow.js';

/** A tree of tensors, as gradients and parameters are inside a program. */
export type TensorTree = Tree<tf.Tensor>;

/** A tree of host arrays, as an optimiser's state is outside. */
export type ArrayTree = Tree<NdArray>;

/** What `update` gives. */
export interface OptimizerStep {
  /** What to add to the parameters; a tree like the gradients. */
  readonly updates: TensorTree;
  /** The next state. */
  readonly state: TensorTree;
}

/** Turns gradients into updates. */
export interface Optimizer {
  /** Makes the state for parameters given as host arrays. */
  init(params: ArrayTree): ArrayTree;
  /** Gives updates and the next state; all arguments are trees of tensors, `grads` and `params` alike in structure. */
  update(grads: TensorTree, state: TensorTree, params: TensorTree): OptimizerStep;
}

/** Applies `fn` to matching leaves of trees that are alike in structure; the result has the structure of the first. */
export function mapTogether(
  fn: (leaves: readonly tf.Tensor[], path: string) => tf.Tensor,
  first: TensorTree,
  ...rest: readonly TensorTree[]
): TensorTree {
  const others = rest.map((tree) => treeLeaves<tf.Tensor>(tree));
  let next = 0;
  return mapLeaves<tf.Tensor, tf.Tensor>(first, (leaf, path) => {
    const i = next++;
    return fn([leaf, ...others.map((leaves) => leaves[i]!)], path);
  });
}

/** Adds updates to parameters. */
export function applyUpdates<P>(params: P, updates: TensorTree): P {
  return mapTogether(([param, update]) => tf.add(param!, update!), params as TensorTree, updates) as P;
}

/** Runs transformations one after the other, each on the updates of the one before. */
export function chain(...parts: readonly Optimizer[]): Optimizer {
  return {
    init: (params) => parts.map((part) => part.init(params)),
    update(grads, state, params) {
      const states = state as readonly TensorTree[];
      let updates = grads;
      const next = parts.map((part, i) => {
        const step = part.update(updates, states[i]!, params);
        updates = step.updates;
        return step.state;
      });
      return { updates, state: next };
    },
  };
}
