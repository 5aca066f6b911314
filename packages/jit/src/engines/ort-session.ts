/** What both builds of ONNX Runtime have in common: sessions and tensors over the caller's memory. */
import type { NdArray } from '@mbrl/core';
import type { Executable } from '../engine.js';

/** An ONNX Runtime tensor, as far as it matters here. */
export interface OrtTensor {
  readonly data: unknown;
}

/** An ONNX Runtime session, as far as it matters here. */
export interface OrtSession {
  run(feeds: { [name: string]: OrtTensor }, fetches: { [name: string]: OrtTensor }): Promise<{ readonly [name: string]: OrtTensor }>;
  release(): Promise<void>;
}

/** The part of an ONNX Runtime module that an engine uses. */
export interface OrtModule {
  readonly Tensor: new (type: 'float32' | 'int32' | 'bool', data: Float32Array | Int32Array | Uint8Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(program: Uint8Array, options: object): Promise<OrtSession> };
  readonly env: { readonly versions: { readonly common: string; readonly node?: string; readonly web?: string } };
}

/** Options of a session that every engine sets: one sequential program, all optimisations, denormals as zero. */
export const sessionOptions: { readonly [name: string]: unknown } = {
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  extra: { session: { set_denormal_as_zero: '1' } },
};

/** Tensors over host arrays, made once for each array. */
export class TensorCache {
  readonly #module: OrtModule;
  readonly #tensors = new WeakMap<NdArray, OrtTensor>();

  constructor(module: OrtModule) {
    this.#module = module;
  }

  /** The tensor that shares the array's memory. */
  of(array: NdArray): OrtTensor {
    let tensor = this.#tensors.get(array);
    if (!tensor) {
      tensor = new this.#module.Tensor(array.dtype, array.data, array.shape);
      this.#tensors.set(array, tensor);
    }
    return tensor;
  }
}

/** Makes a session an executable: feeds and fetches are filled in place, so a call allocates nothing of size. */
export function createExecutable(
  session: OrtSession,
  cache: TensorCache,
  signature: { readonly inputNames: readonly string[]; readonly outputNames: readonly string[] },
): Executable {
  const { inputNames, outputNames } = signature;
  const feeds: { [name: string]: OrtTensor } = {};
  const fetches: { [name: string]: OrtTensor } = {};
  return {
    async run(inputs: readonly NdArray[], outputs: readonly NdArray[]): Promise<void> {
      for (let i = 0; i < inputNames.length; i++) feeds[inputNames[i]!] = cache.of(inputs[i]!);
      for (let i = 0; i < outputNames.length; i++) fetches[outputNames[i]!] = cache.of(outputs[i]!);
      const results = await session.run(feeds, fetches);
      for (let i = 0; i < outputNames.length; i++) {
        // A build that cannot write into the given tensors returns its own.
        const data = results[outputNames[i]!]!.data as NdArray['data'];
        if (data !== outputs[i]!.data) outputs[i]!.data.set(data);
      }
    },
    dispose(): void {
      void session.release();
    },
  };
}
