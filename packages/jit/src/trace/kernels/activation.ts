/** The activations that TensorFlow.js folds into products and convolutions. */
import { traceBackend as backend, type TracedValue, unsupported } from './register.js';

/** Attributes of a fused operation. */
export interface ActivationAttributes {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

const scalar = (value: number): TracedValue => backend.uniform(value, [], 'float32');

const apply = (op: string, ...inputs: TracedValue[]): TracedValue => backend.elementwise(op, inputs, 'float32');

const plain: { readonly [name: string]: string } = { relu: 'Relu', sigmoid: 'Sigmoid', elu: 'Elu' };

/** Applies a fused activation to a value. @param weights slopes of a prelu */
export function activated(x: TracedValue, { activation, leakyreluAlpha = 0.2 }: ActivationAttributes, weights?: TracedValue): TracedValue {
  const op = plain[activation];
  if (op) return apply(op, x);
  if (activation === 'linear') return x;
  if (activation === 'relu6') return apply('Clip', x, scalar(0), scalar(6));
  if (activation === 'leakyrelu')
    return backend.elementwise('LeakyRelu', [x], 'float32', { attributes: { alpha: { float: leakyreluAlpha } } });
  if (activation === 'prelu' && weights) {
    const positive = backend.elementwise('GreaterOrEqual', [x, scalar(0)], 'bool');
    return apply('Where', positive, x, apply('Mul', x, weights));
  }
  return unsupported(`a fused activation ${activation}`);
}
