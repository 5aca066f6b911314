/** Softmax and batch normalisation. */
import { fullValue, type KernelTable, traceBackend as backend, type TraceKernel, type TracedValue } from './register.js';

const softmax =
  (op: string, attribute: 'dim' | 'axis'): TraceKernel<{ dim?: number; axis?: number }> =>
  (inputs, attributes) => {
    const x = inputs.logits!;
    return fullValue(backend.graph.op(op, [backend.full(x)], { axis: attributes[attribute] ?? -1 }), x.shape, x.dtype);
  };

const apply = (op: string, ...inputs: TracedValue[]): TracedValue => backend.elementwise(op, inputs, 'float32');

/** (x − mean) / √(variance + ε) · scale + offset, with statistics given. */
const batchNorm: TraceKernel<{ varianceEpsilon: number }> = ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
  const deviation = apply('Sqrt', apply('Add', variance!, backend.uniform(varianceEpsilon, [], 'float32')));
  const normal = apply('Div', apply('Sub', x!, mean!), deviation);
  const stretched = scale ? apply('Mul', normal, scale) : normal;
  return offset ? apply('Add', stretched, offset) : stretched;
};

export const normalizationKernels: KernelTable = {
  Softmax: softmax('Softmax', 'dim'),
  LogSoftmax: softmax('LogSoftmax', 'axis'),
  FusedBatchNorm: batchNorm,
} as KernelTable;
