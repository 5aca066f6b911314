/** TensorFlow.js' native backend for Node, where it is installed. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { tf } from '../tensorflow.js';

interface NativeTensorflow {
  readonly version?: { readonly 'tfjs-node'?: string };
  readonly default?: NativeTensorflow;
}

const packageName = '@tensorflow/tfjs-node';

/** Imports it as seen from here, or else from the program that was started, whose dependency it is. */
async function importNativeTensorflow(): Promise<NativeTensorflow> {
  try {
    return (await import(packageName)) as NativeTensorflow;
  } catch (error) {
    const program = process.argv[1];
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || program === undefined) throw error;
    let place: string;
    try {
      place = createRequire(program).resolve(packageName);
    } catch {
      throw error;
    }
    return (await import(pathToFileURL(place).href)) as NativeTensorflow;
  }
}

/** Loads it, which also registers its backend. @throws Error when it is not installed or its library does not load. */
export async function loadNativeTensorflow(): Promise<{ readonly version: string }> {
  const module = await importNativeTensorflow().catch((error: unknown) => {
    const missing = error instanceof Error && error.message.includes('tfjs_binding.node');
    throw missing ? new Error(`${packageName} is installed without its native library`, { cause: error }) : error;
  });
  if (!tf.findBackendFactory('tensorflow'))
    throw new Error(`${packageName} loaded, but registered no backend with this copy of TensorFlow.js`);
  const version = module.version ?? module.default?.version;
  return { version: version?.['tfjs-node'] ?? 'unknown' };
}
