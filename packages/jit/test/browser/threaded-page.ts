/** The page of the browser test with threads, which onnxruntime-web starts from files of its own. */
import { runLearningSuite } from './learning-suite.js';

Object.assign(globalThis, { __results: runLearningSuite({ engine: 'onnxruntime-web', threadCount: 2, wasmPath: '/' }) });
