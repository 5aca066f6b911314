/** The one place that imports TensorFlow.js as a value, silent: its CPU backend greets on first use under Node. */
import * as tf from '@tensorflow/tfjs';
import { registerMissingGradients } from './missing-gradients.js';
import { correctTapeOrder } from './tape-order.js';

type Greeter = { firstUse?: boolean };

/** The engine's backends: those made, and those that can be made. A backend may be made more than once. */
interface Backends {
  readonly registry: { readonly cpu?: Greeter };
  readonly registryFactory: { readonly cpu?: { factory: () => Greeter } };
}

function silence(backend: Greeter): Greeter {
  backend.firstUse = false;
  return backend;
}

/** Silences the CPU backend's greeting; a library prints nothing. */
function silenceGreeting(): void {
  const { registry, registryFactory } = tf.engine() as unknown as Backends;
  if (registry.cpu) silence(registry.cpu);
  const entry = registryFactory.cpu;
  if (!entry) return;
  const { factory } = entry;
  entry.factory = () => silence(factory());
}

silenceGreeting();
registerMissingGradients();
correctTapeOrder();

export { tf };
