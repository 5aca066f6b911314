/** The one place that imports TensorFlow.js as a value, silent: its CPU backend greets on first use under Node. */
import * as tf from '@tensorflow/tfjs';
import { registerMissingGradients } from './missing-gradients.js';

/** Silences the CPU backend's greeting; a library prints nothing. */
function silenceGreeting(): void {
  const backend = tf.findBackend('cpu') as { firstUse?: boolean } | null;
  if (backend) backend.firstUse = false;
}

silenceGreeting();
registerMissingGradients();

export { tf };
