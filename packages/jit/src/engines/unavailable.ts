/** Stands in for what runs in Node only. */
import { UnsupportedError } from '@mbrl/core';
import type { Engine, EngineSettings } from '../engine.js';

/** Always refuses. @throws UnsupportedError */
export async function openEngine(_settings: EngineSettings): Promise<Engine> {
  throw new UnsupportedError('onnxruntime-node runs in Node only');
}

/** Always refuses. @throws UnsupportedError */
export async function loadNativeTensorflow(): Promise<{ readonly version: string }> {
  throw new UnsupportedError('@tensorflow/tfjs-node runs in Node only');
}
