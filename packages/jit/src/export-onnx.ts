/** Writes a function as an ONNX file that any ONNX Runtime opens. */
import type { MapLeaves, NdArray } from '@mbrl/core';
import { encodeModel } from './onnx/model.js';
import type { tf } from './tensorflow.js';
import { trace } from './trace/trace.js';

/** An exported program. */
export interface OnnxExport {
  /** The file's content. */
  readonly bytes: Uint8Array;
  /** Name of each input, in the order of the arguments' leaves. */
  readonly inputNames: readonly string[];
  /** Name of each output, in the order of the result's leaves. */
  readonly outputNames: readonly string[];
}

/**
 * Records `fn` for arguments of the given shapes as an ONNX model (opset 21; some products and activations use ONNX
 * Runtime's `com.microsoft` operators).
 * @param fn pure function over trees of tensors
 * @param args trees of arrays; only their shapes and element types matter
 * @throws UnsupportedError for an op that cannot be compiled.
 */
export function exportOnnx<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  args: { readonly [K in keyof A]: MapLeaves<A[K], tf.Tensor, NdArray> },
  options: { readonly name?: string } = {},
): OnnxExport {
  const { graph, inputNames, outputNames } = trace(options.name ?? (fn.name === '' ? 'exported' : fn.name), fn as (...args: never[]) => unknown, args);
  return { bytes: encodeModel(graph), inputNames, outputNames };
}
