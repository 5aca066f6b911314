/** What both builds of ONNX Runtime have in common: sessions and tensors over the caller's memory. */
import type { NdArray } from '@mbrl/core';
import type { Executable } from '../engine.js';

/** An ONNX Runtime tensor, as far as it matters here. */
export interface OrtTensor {
  readonly data: unknown;
}

/** An ONNX Runtime session, as far as it matters here. */
export interface OrtSession {
  run(
    feeds: { [name: string]: OrtTensor },
    fetches: { [name: string]: OrtTensor } | readonly string[],
  ): Promise<{ readonly [name: string]: OrtTensor }>;
  release(): Promise<void>;
}

/** The part of an ONNX Runtime module that an engine uses. */
export interface OrtModule {
  readonly Tensor: new (
    type: 'float32' | 'int32' | 'bool',
    data: Float32Array | Int32Array | Uint8Array,
    dims: readonly number[],
  ) => OrtTensor;
  readonly InferenceSession: { create(program: Uint8Array, options: object): Promise<OrtSession> };
  readonly env: { readonly versions: { readonly common: string; readonly node?: string; readonly web?: string } };
}

/** Options of a session that every engine sets: one sequential program, all optimisations, denormals as zero, nothing printed (errors are thrown). */
export const sessionOptions: { readonly [name: string]: unknown } = {
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  interOpNumThreads: 1,
  logSeverityLevel: 4,
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

type Named = { [name: string]: OrtTensor };

/** How a build of ONNX Runtime takes and gives tensors. */
export interface SessionSignature {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/**
 * Makes a session an executable whose results are written in place: nothing of size is allocated by a call.
 * A call reads the lists of tensors some time after it was made, so calls that overlap each get lists of their own.
 */
export function createExecutable(session: OrtSession, cache: TensorCache, { inputNames, outputNames }: SessionSignature): Executable {
  const keptFeeds: Named = {};
  const keptFetches: Named = {};
  let running = 0;
  let disposed = false;
  return {
    async run(inputs: readonly NdArray[], outputs: readonly NdArray[]): Promise<void> {
      const feeds = running === 0 ? keptFeeds : {};
      const fetches = running === 0 ? keptFetches : {};
      for (let i = 0; i < inputNames.length; i++) feeds[inputNames[i]!] = cache.of(inputs[i]!);
      for (let i = 0; i < outputNames.length; i++) fetches[outputNames[i]!] = cache.of(outputs[i]!);
      running++;
      try {
        await session.run(feeds, fetches);
      } finally {
        running--;
        if (disposed && running === 0) release(session);
      }
    },
    // What runs, runs on another thread: a session goes when its last call has come back.
    dispose(): void {
      disposed = true;
      if (running === 0) release(session);
    },
  };
}

/** As {@link createExecutable}, for the WebAssembly build: it ignores tensors given for results, so its own are copied. */
export function createCopyingExecutable(
  session: OrtSession,
  cache: TensorCache,
  { inputNames, outputNames }: SessionSignature,
): Executable {
  return {
    async run(inputs: readonly NdArray[], outputs: readonly NdArray[]): Promise<void> {
      const feeds: Named = {};
      for (let i = 0; i < inputNames.length; i++) feeds[inputNames[i]!] = cache.of(inputs[i]!);
      const results = await session.run(feeds, outputNames);
      for (let i = 0; i < outputNames.length; i++) outputs[i]!.data.set(results[outputNames[i]!]!.data as NdArray['data']);
    },
    dispose: () => release(session),
  };
}

function release(session: OrtSession): void {
  // Nobody waits for it, and a session that does not go has no further use.
  session.release().catch(() => undefined);
}
