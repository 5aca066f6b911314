/** The networks of the benches, and the arithmetic that they take. */
import type { NdArray } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import type { Layer } from '@mbrl/models';

/** E multilayer perceptrons of one size. */
export interface NetworkSizes {
  readonly ensembleSize: number;
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
}

/** 5 nets 6-200-200-200-8. */
export const trainedNetworks: NetworkSizes = { ensembleSize: 5, inputSize: 6, hiddenSizes: [200, 200, 200], outputSize: 8 };

/** Widths of all layers: `6-200-200-200-8`. */
export function describeWidths({ inputSize, hiddenSizes, outputSize }: NetworkSizes): string {
  return [inputSize, ...hiddenSizes, outputSize].join('-');
}

/** Floating-point operations of the matrix products that take `rows` rows in all through one network each. */
export function productOperations({ inputSize, hiddenSizes, outputSize }: NetworkSizes, rows: number): number {
  const widths = [inputSize, ...hiddenSizes, outputSize];
  return widths.slice(1).reduce((sum, outputs, i) => sum + 2 * rows * outputs * widths[i]!, 0);
}

/** The bare matrix products of a forward pass `[E, B, in]`, in the order and shapes of the layers. */
export function forwardProducts(layers: readonly Layer<tf.Tensor>[], x: tf.Tensor): tf.Tensor {
  return layers.reduce((hidden, { kernel }) => tf.matMul(hidden, kernel), x);
}

/** As {@link forwardProducts}, all layers of one network before those of the next, whose rows then stay in the caches. */
export function forwardProductsByMember(layers: readonly Layer<tf.Tensor>[], x: tf.Tensor): tf.Tensor[] {
  const kernels = layers.map(({ kernel }) => tf.unstack(kernel));
  return tf.unstack(x).map((rows, member) => kernels.reduce((hidden, byMember) => tf.matMul(hidden, byMember[member]!), rows));
}

/** The bare matrix products of a forward and a backward pass: the gradient of each kernel. */
export function forwardAndBackwardProducts(layers: readonly Layer<tf.Tensor>[], x: tf.Tensor): tf.Tensor[] {
  const inputs = [x];
  for (const { kernel } of layers) inputs.push(tf.matMul(inputs.at(-1)!, kernel));
  let error = inputs.pop()!;
  const gradients: tf.Tensor[] = [];
  for (let i = layers.length - 1; i >= 0; i--) {
    gradients.push(tf.matMul(inputs[i]!, error, true, false));
    if (i > 0) error = tf.matMul(error, layers[i]!.kernel, false, true);
  }
  return gradients;
}

/** Layers as host arrays. */
export type HostLayers = Layer<NdArray<'float32'>>[];
