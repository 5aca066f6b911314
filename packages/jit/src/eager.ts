/** Runs a function op by op in TensorFlow.js: the way of running where there is no ONNX Runtime. */
import { type NdArray, treeEntries, treeMap, UnsupportedError } from '@mbrl/core';
import { tf } from './tensorflow.js';
import type { TensorFunction } from './trace/trace.js';

/**
 * Applies `fn` to host arrays. No tensor is left behind.
 * @throws UnsupportedError when the function returns something other than tensors.
 */
export async function runEagerly(fn: TensorFunction, args: readonly unknown[]): Promise<unknown> {
  await tf.ready();
  const result = tf.tidy(() => {
    const tensors = treeMap<unknown, unknown, NdArray>(args, (leaf) => tf.tensor(leaf.data, [...leaf.shape], leaf.dtype)) as never[];
    return fn(...tensors) as tf.TensorContainer;
  });
  const leaves = treeEntries<tf.Tensor>(result);
  for (const { path, leaf } of leaves) {
    if (!(leaf instanceof tf.Tensor)) throw new UnsupportedError(`jit: a function must return tensors, got ${typeof leaf} at ${path === '' ? 'the root' : path}`);
  }
  const arrays = await Promise.all(leaves.map(({ leaf }) => leaf.data()));
  let next = 0;
  const output = treeMap<NdArray, unknown, tf.Tensor>(result, (leaf) => {
    const data = arrays[next++]!;
    return { dtype: leaf.dtype, shape: [...leaf.shape], data: leaf.dtype === 'bool' ? Uint8Array.from(data) : data } as NdArray;
  });
  tf.dispose(result);
  return output;
}
