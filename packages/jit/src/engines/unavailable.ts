/** Stands in for the native engine outside of Node. */
import { UnsupportedError } from '@mbrl/core';
import type { Engine } from '../engine.js';

/** Always refuses. @throws UnsupportedError */
export async function openEngine(_threadCount: number): Promise<Engine> {
  throw new UnsupportedError('onnxruntime-node runs in Node only');
}
