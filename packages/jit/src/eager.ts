/** Runs a function op by op in TensorFlow.js: the way of running where there is no ONNX Runtime. */
import { type DType, type NdArray, treeLeaves, treeMap } from '@mbrl/core';
import { checkResult } from './trace/function-result.js';
import { tf } from './tensorflow.js';
import type { TensorFunction } from './trace/trace.js';

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

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
    // A backend in JavaScript may hand out memory that is an argument's, or another result's; each result owns its own.
    const taken = new Set<unknown>(treeLeaves<NdArray>(args).map((leaf) => leaf.data));
    const own = (data: ArrayLike<number>, dtype: DType): NdArray['data'] => {
      if (data instanceof arrayTypes[dtype] && !taken.has(data)) {
        taken.add(data);
        return data;
      }
      return arrayTypes[dtype].from(data);
    };
    let next = 0;
    return treeMap<NdArray, unknown, tf.Tensor>(result, ({ dtype, shape }) => {
      return { dtype, shape: [...shape], data: own(arrays[next++]!, dtype as DType) } as NdArray;
    });
  } finally {
    tf.dispose(leaves);
  }
}
