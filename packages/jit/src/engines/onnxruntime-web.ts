/** ONNX Runtime's WebAssembly build. Threads need a cross-origin isolated page; without, it runs on one. */
import * as ort from 'onnxruntime-web';
import type { Engine } from '../engine.js';
import { createExecutable, type OrtModule, sessionOptions, TensorCache } from './ort-session.js';

/** Opens the engine. @param threadCount threads for one program, where the page allows more than one */
export async function openEngine(threadCount: number): Promise<Engine> {
  const module = ort as unknown as OrtModule;
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  ort.env.wasm.numThreads = isolated ? threadCount : 1;
  const cache = new TensorCache(module);
  return {
    name: 'onnxruntime-web',
    threadCount: isolated ? threadCount : 1,
    version: module.env.versions.web ?? module.env.versions.common,
    async load(program, signature) {
      const session = await module.InferenceSession.create(program, { ...sessionOptions, executionProviders: ['wasm'] });
      return createExecutable(session, cache, signature);
    },
  };
}
