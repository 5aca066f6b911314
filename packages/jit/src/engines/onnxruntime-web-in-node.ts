/** ONNX Runtime's WebAssembly build in Node: slower than the native one, with the results that a page would have. */
import * as ort from 'onnxruntime-web';
import type { Engine, EngineSettings } from '../engine.js';
import { createWebEngine, type OrtWebModule } from './web-engine.js';

/** Opens the engine. */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
  return createWebEngine(ort as unknown as OrtWebModule, settings);
}
