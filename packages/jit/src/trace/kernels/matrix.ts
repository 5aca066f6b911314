/** Matrix products. Transposes are part of the product (FusedMatMul), so no transposed copy is made. */
import { broadcastShape } from '../graph.js';
import { fullValue, type KernelTable, traceBackend as backend, type TracedValue, unsupported } from './register.js';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** a · b with optional transposes, broadcast over the leading axes. */
function matMul(a: TracedValue, b: TracedValue, { transposeA, transposeB }: MatMulAttributes): TracedValue {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const shape = [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  const inputs = [backend.full(a), backend.full(b)];
  const name =
    transposeA || transposeB
      ? backend.graph.op('FusedMatMul', inputs, { transA: Number(transposeA), transB: Number(transposeB) }, 'com.microsoft')
      : backend.graph.op('MatMul', inputs);
  return fullValue(name, shape, a.dtype);
}

const activations: { readonly [name: string]: string } = { relu: 'Relu', sigmoid: 'Sigmoid', elu: 'Elu' };

function fusedMatMul(
  { a, b, bias }: { a?: TracedValue; b?: TracedValue; bias?: TracedValue },
  attributes: MatMulAttributes & { activation: string },
): TracedValue {
  const product = matMul(a!, b!, attributes);
  const shifted = bias ? backend.elementwise('Add', [product, bias], 'float32') : product;
  if (attributes.activation === 'linear') return shifted;
  const op = activations[attributes.activation];
  return op ? backend.elementwise(op, [shifted], 'float32') : unsupported(`fused matMul with activation ${attributes.activation}`);
}

export const matrixKernels: KernelTable = {
  BatchMatMul: ({ a, b }: { a?: TracedValue; b?: TracedValue }, attributes: MatMulAttributes) => matMul(a!, b!, attributes),
  _FusedMatMul: fusedMatMul,
} as KernelTable;
