/** The backends of TensorFlow.js that run a function op by op, opened where they are installed. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { tf } from '@mbrl/jit';

/** A backend that can be opened. */
export interface EagerBackend {
  /** What people call it. */
  readonly label: string;
  /** Its name in TensorFlow.js. */
  readonly name: string;
  /** Loads it. @throws Error when it is not installed or does not load. */
  open(): Promise<void>;
}

const wasm: EagerBackend = {
  label: 'eager TensorFlow.js, WASM',
  name: 'wasm',
  async open() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
    if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly files did not load');
  },
};

const native: EagerBackend = {
  label: 'eager tfjs-node',
  name: 'tensorflow',
  async open() {
    // By a name that the compiler does not follow: the package is optional, and so are its types.
    const specifier = '@tensorflow/tfjs-node';
    await import(specifier);
    if (!(await tf.setBackend('tensorflow'))) throw new Error('its native library did not load');
  },
};

/** All of them. The plain CPU backend is left out: a step takes it seconds. */
export const eagerBackends: readonly EagerBackend[] = [wasm, native];

/** Opens a backend; the one in use stays in use. Gives the reason, in one line, when it is not there. */
export async function openBackend({ name, open }: EagerBackend): Promise<string | undefined> {
  await tf.ready();
  const before = tf.getBackend();
  try {
    if (!tf.engine().registryFactory[name]) await open();
    return undefined;
  } catch (error) {
    // The first clause: what follows is a path of this machine.
    return (error instanceof Error ? error.message : String(error)).split(/\n| at path|: /)[0]!;
  } finally {
    await tf.setBackend(before);
  }
}
