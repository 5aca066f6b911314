/** ONNX Runtime's native build for Node. */
import * as ort from 'onnxruntime-node';
import type { Engine, EngineSettings } from '../engine.js';
import { createExecutable, type OrtModule, sessionOptions, TensorCache } from './ort-session.js';

/** Opens the engine. */
export async function openEngine({ threadCount }: EngineSettings): Promise<Engine> {
  const module = ort as unknown as OrtModule;
  const cache = new TensorCache(module);
  return {
    name: 'onnxruntime-node',
    threadCount,
    version: module.env.versions.node ?? module.env.versions.common,
    async load(program, signature) {
      const session = await module.InferenceSession.create(program, {
        ...sessionOptions,
        intraOpNumThreads: threadCount,
        executionProviders: ['cpu'],
      });
      return createExecutable(session, cache, signature);
    },
  };
}
