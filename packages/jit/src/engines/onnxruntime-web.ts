/** ONNX Runtime's WebAssembly build in a page or a worker of one. */
import type { Engine, EngineSettings } from '../engine.js';
import { createWebEngine, type OrtWebModule } from './web-engine.js';

/**
 * Opens the engine. More than one thread needs a cross-origin isolated page, and ONNX Runtime's own files at `wasmPath`,
 * since its threads load them by themselves.
 * @throws Error when onnxruntime-web is not there.
 */
export async function openEngine({ threadCount, wasmPath }: EngineSettings): Promise<Engine> {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  let module: OrtWebModule;
  // Bundlers let an import go that cannot be resolved only where its failure is caught.
  try {
    module = (await import('onnxruntime-web/wasm')) as unknown as OrtWebModule;
  } catch (error) {
    throw new Error('onnxruntime-web is not installed', { cause: error });
  }
  return createWebEngine(module, { threadCount: isolated && wasmPath !== undefined ? threadCount : 1, wasmPath });
}
