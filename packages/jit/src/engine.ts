/**
 * What runs a traced program. An engine takes a program's bytes once and runs it many times on host arrays, into
 * host arrays that the caller owns; it never allocates results itself.
 */
import type { NdArray } from '@mbrl/core';

/** The engines that programs can run on, fastest first. `eager` runs the function op by op in TensorFlow.js. */
export type EngineName = 'onnxruntime-node' | 'onnxruntime-web' | 'eager';

/** How an engine is opened. */
export interface EngineSettings {
  /** Threads for one program, where there can be more than one. */
  readonly threadCount: number;
  /** Folder from which a page loads ONNX Runtime's WebAssembly files. */
  readonly wasmPath: string | undefined;
}

/** A program that an engine holds ready. */
export interface Executable {
  /** Runs once; `outputs` are written in place, in the program's order. */
  run(inputs: readonly NdArray[], outputs: readonly NdArray[]): Promise<void>;
  /** Frees the program. */
  dispose(): void;
}

/** Loads programs in the ONNX format. */
export interface Engine {
  readonly name: EngineName;
  /** Threads that one program uses. */
  readonly threadCount: number;
  /** Version of the runtime underneath. */
  readonly version: string;
  /** Prepares a program given as ONNX bytes. */
  load(
    program: Uint8Array,
    signature: { readonly inputNames: readonly string[]; readonly outputNames: readonly string[] },
  ): Promise<Executable>;
}
