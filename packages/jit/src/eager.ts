/** Runs a function op by op in TensorFlow.js: the way of running where there is no ONNX Runtime. */
import { type NdArray, treeMap } from '@mbrl/core';
import { checkResult } from './trace/function-result.js';
import { tf } from './tensorflow.js';
import type { TensorFunction } from './trace/trace.js';

/**
 * Applies `fn` to host arrays, on the backend that TensorFlow.js has. No tensor is left behind.
 * @param name what to call the function in errors
 * @throws UnsupportedError when the function returns something other than tensors.
 */
export async function runEagerly(name: string, fn: TensorFunction, args: readonly unknown[]): Promise<unknown> {
  await tf.ready();
  let result: unknown;
  const leaves = tf.tidy(() => {
    const tensors = treeMap<unknown, unknown, NdArray>(args, (leaf) => tf.tensor(leaf.data, [...leaf.shape], leaf.dtype)) as never[];
    result = fn(...tensors);
    const outputs = checkResult(name, result);
    // An argument that is returned as it came, or a tensor returned twice, must outlive the scope once.
    return outputs.map((leaf) => leaf.clone());
  });
  try {
    const arrays = await Promise.all(leaves.map((leaf) => leaf.data()));
    let next = 0;
    return treeMap<NdArray, unknown, tf.Tensor>(result, ({ dtype, shape }) => {
      const data = arrays[next++]!;
      return { dtype, shape: [...shape], data: dtype === 'bool' ? Uint8Array.from(data) : data } as NdArray;
    });
  } finally {
    tf.dispose(leaves);
  }
}
