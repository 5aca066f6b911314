/** An engine over ONNX Runtime's WebAssembly build, wherever that was loaded from. */
import type { Engine, EngineSettings } from '../engine.js';
import { createCopyingExecutable, type OrtModule, sessionOptions, TensorCache } from './ort-session.js';

/** The WebAssembly build as a module. */
export interface OrtWebModule extends OrtModule {
  readonly env: OrtModule['env'] & { readonly wasm: { numThreads?: number; wasmPaths?: string } };
}

/** Threads of the runtime once it has started with its first program; it takes no other number after that. */
let startedWith: number | undefined;

/** Makes the engine. */
export function createWebEngine(module: OrtWebModule, settings: EngineSettings): Engine {
  const { wasmPath } = settings;
  const threadCount = startedWith ?? settings.threadCount;
  module.env.wasm.numThreads = threadCount;
  if (wasmPath !== undefined) module.env.wasm.wasmPaths = wasmPath;
  const cache = new TensorCache(module);
  return {
    name: 'onnxruntime-web',
    threadCount,
    version: module.env.versions.web ?? module.env.versions.common,
    async load(program, signature) {
      startedWith = threadCount;
      const session = await module.InferenceSession.create(program, { ...sessionOptions, executionProviders: ['wasm'] });
      return createCopyingExecutable(session, cache, signature);
    },
  };
}
