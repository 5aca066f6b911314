/** The page of the browser test: the learning suite on one thread, and eagerly. */
import { configureEngine, currentEngine, describeEngines, tf } from '@mbrl/jit';
import { runLearningSuite } from './learning-suite.js';

async function runAll(): Promise<unknown> {
  const single = await runLearningSuite({ engine: 'onnxruntime-web' });
  const engines = await describeEngines();
  configureEngine({});
  const automatic = (await currentEngine())?.name;
  // WebGL would run in software here, and compile a shader for each op.
  await tf.setBackend('cpu');
  const eager = await runLearningSuite({ engine: 'eager' });
  return { single, automatic, eager, engines };
}

Object.assign(globalThis, { __results: runAll() });
