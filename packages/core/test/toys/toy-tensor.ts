import type { TensorLike } from '@mbrl/core';

/** A tensor that is its values; enough to stand in for TensorFlow.js in core's own tests. */
export interface ToyTensor extends TensorLike {
  readonly values: Float32Array;
}

export const toyTensor = (values: Float32Array, shape: number[], dtype = 'float32'): ToyTensor => ({
  values,
  shape,
  dtype,
  size: values.length,
});

export const toyTensors = {
  toTensor: toyTensor,
  toArray: (tensor: TensorLike): Float32Array => (tensor as ToyTensor).values,
};

/** Applies a function to each row of some tensors `[B, …]`. */
export function byRow(tensors: readonly TensorLike[], dtype: string, fn: (...rows: Float32Array[]) => number): ToyTensor {
  const count = tensors[0]!.shape[0]!;
  const values = Float32Array.from({ length: count }, (_, row) =>
    fn(...tensors.map((tensor) => (tensor as ToyTensor).values.subarray(row * tensor.shape[1]!, (row + 1) * tensor.shape[1]!))),
  );
  return toyTensor(values, [count], dtype);
}
