/** Derivatives as transformations of functions: pure functions in, pure functions out, to be compiled or nested. */
import { type MapLeaves, ShapeError, treeLeaves, treeMap } from '@mbrl/core';
import type { TensorTree } from './optimizers/optimizer.js';
import { abandonTape } from './tape-order.js';
import { tf } from './tensorflow.js';

/** A tree of tensors like `P`; one of unknown depth stays so. */
export type Gradients<P> = [TensorTree] extends [P] ? TensorTree : MapLeaves<P, tf.Tensor, tf.Tensor>;

/** A loss, and whatever else the function wants to report. */
export interface ValueWithAux<Aux> {
  /** The scalar to differentiate. */
  readonly value: tf.Tensor;
  /** A tree of tensors that is passed through. */
  readonly aux: Aux;
}

/** Puts tensors that outlive an inner scope under the care of the present one. */
function adopt(tensors: readonly tf.Tensor[]): void {
  for (const tensor of tensors) {
    (tensor as { kept: boolean }).kept = false;
    (tf.engine() as unknown as { track(tensor: tf.Tensor): void }).track(tensor);
  }
}

/** Value and gradients of a scalar. A failure leaves nothing behind. */
function differentiate(forward: () => tf.Tensor, leaves: tf.Tensor[]): { value: tf.Tensor; grads: tf.Tensor[] } {
  try {
    return tf.engine().gradients(forward, leaves, undefined, true) as { value: tf.Tensor; grads: tf.Tensor[] };
  } catch (error) {
    abandonTape();
    throw error;
  }
}

function gradientsOf<P>(
  name: string,
  params: P,
  compute: (params: P) => { value: tf.Tensor; aux: unknown },
): { value: tf.Tensor; aux: unknown; grads: Gradients<P> } {
  const leaves = treeLeaves<tf.Tensor>(params);
  if (leaves.length === 0) throw new ShapeError(`${name}: the first argument must hold at least one tensor`);
  let aux: unknown;
  const forward = (...tensors: tf.Tensor[]): tf.Tensor => {
    let next = 0;
    const result = compute(treeMap(params, () => tensors[next++]!) as unknown as P);
    if (!(result.value instanceof tf.Tensor) || result.value.size !== 1) {
      throw new ShapeError(
        `${name}: the function must return a scalar, got ${result.value instanceof tf.Tensor ? `shape [${result.value.shape.join(', ')}]` : typeof result.value}`,
      );
    }
    aux = result.aux;
    // The gradient's inner scope frees what it does not return.
    for (const tensor of treeLeaves<tf.Tensor>(aux)) if (tensor instanceof tf.Tensor) tf.keep(tensor);
    return result.value.rank === 0 ? result.value : result.value.asScalar();
  };
  const { value, grads } = differentiate(() => forward(...leaves), leaves);
  adopt(treeLeaves<tf.Tensor>(aux).filter((tensor) => tensor instanceof tf.Tensor));
  let next = 0;
  const tree = treeMap<tf.Tensor, P, tf.Tensor>(params, (leaf) => grads[next++] ?? tf.zerosLike(leaf));
  return { value, aux, grads: tree as Gradients<P> };
}

/**
 * The gradient of a scalar function by its first argument, a tree of tensors; zeros where the function does not depend on it.
 * @returns a function of the same arguments that gives a tree like the first one
 * @throws (on call) ShapeError when the function does not return a scalar.
 */
export function grad<P, A extends readonly unknown[]>(fn: (params: P, ...args: A) => tf.Tensor): (params: P, ...args: A) => Gradients<P> {
  return (params, ...args) => gradientsOf('grad', params, (p) => ({ value: fn(p, ...args), aux: [] })).grads;
}

/** Value and gradient of a scalar function by its first argument; see {@link grad}. */
export function valueAndGrad<P, A extends readonly unknown[]>(
  fn: (params: P, ...args: A) => tf.Tensor,
): (params: P, ...args: A) => { value: tf.Tensor; grads: Gradients<P> } {
  return (params, ...args) => {
    const { value, grads } = gradientsOf('valueAndGrad', params, (p) => ({ value: fn(p, ...args), aux: [] }));
    return { value, grads };
  };
}

/** As {@link valueAndGrad}, for a function that also reports a tree of tensors. */
export function valueAndGradWithAux<P, A extends readonly unknown[], Aux>(
  fn: (params: P, ...args: A) => ValueWithAux<Aux>,
): (params: P, ...args: A) => { value: tf.Tensor; aux: Aux; grads: Gradients<P> } {
  return (params, ...args) => {
    const { value, aux, grads } = gradientsOf('valueAndGradWithAux', params, (p) => fn(p, ...args));
    return { value, aux: aux as Aux, grads };
  };
}

/**
 * The batched Jacobian of a row-wise function: each output row may depend on its own input row only.
 * @param fn maps `[B, n]`, and arguments that all rows share, to `[B, m]`
 * @returns a function from `[B, n]` to `[B, m, n]`
 * @throws (on call) ShapeError when input or output are not of rank two, or the batch differs.
 */
export function jacobian<A extends readonly unknown[]>(
  fn: (x: tf.Tensor, ...args: A) => tf.Tensor,
): (x: tf.Tensor, ...args: A) => tf.Tensor {
  return (x, ...args) => {
    if (x.rank !== 2) throw new ShapeError(`jacobian: the first argument must have shape [B, n], got [${x.shape.join(', ')}]`);
    const [rows, inputs] = x.shape as [number, number];
    const probe = fn(x, ...args);
    if (probe.rank !== 2 || probe.shape[0] !== rows) {
      throw new ShapeError(`jacobian: the function must return shape [${rows}, m], got [${probe.shape.join(', ')}]`);
    }
    const outputs = probe.shape[1]!;
    // One backward pass over m copies of the batch, the k-th copy asking for output k.
    const copies = x.tile([outputs, 1]);
    const seeds = tf
      .eye(outputs)
      .expandDims(1)
      .tile([1, rows, 1])
      .reshape([outputs * rows, outputs]);
    const { grads } = tf.engine().gradients(() => fn(copies, ...args), [copies], seeds, true);
    const gradient = grads[0] ?? tf.zerosLike(copies);
    return gradient.reshape([outputs, rows, inputs]).transpose([1, 0, 2]);
  };
}
