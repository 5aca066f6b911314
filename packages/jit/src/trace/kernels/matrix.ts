/** Matrix products. Transposes are part of the product (FusedMatMul), so no transposed copy is made. */
import { ShapeError } from '@mbrl/core';
import { broadcastShape } from '../graph.js';
import { activated, type ActivationAttributes } from './activation.js';
import { fullValue, type KernelInputs, type KernelTable, traceBackend as backend, type TracedValue, unsupported } from './register.js';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The product of whole numbers, which has no fused form. */
function wholeMatMul(a: TracedValue, b: TracedValue, { transposeA, transposeB }: MatMulAttributes, shape: readonly number[]): TracedValue {
  const turned = (value: TracedValue, turn: boolean): string => {
    const perm = value.shape.map((_, i) => i);
    return turn
      ? backend.graph.op('Transpose', [backend.full(value)], { perm: [...perm.slice(0, -2), perm.at(-1)!, perm.at(-2)!] })
      : backend.full(value);
  };
  return fullValue(backend.graph.op('MatMul', [turned(a, transposeA), turned(b, transposeB)]), shape, a.dtype);
}

/** a · b with optional transposes, broadcast over the leading axes. */
function matMul(a: TracedValue, b: TracedValue, { transposeA, transposeB }: MatMulAttributes): TracedValue {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  if (a.shape.at(transposeA ? -2 : -1) !== b.shape.at(transposeB ? -1 : -2)) {
    const show = ({ shape }: TracedValue, turn: boolean): string => `[${shape.join(', ')}]${turn ? ' transposed' : ''}`;
    throw new ShapeError(`jit: matMul must have equal inner extents, got ${show(a, transposeA)} and ${show(b, transposeB)}`);
  }
  const shape = [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  if (a.dtype !== 'float32') return wholeMatMul(a, b, { transposeA, transposeB }, shape);
  const inputs = [backend.full(a), backend.full(b)];
  const name =
    transposeA || transposeB
      ? backend.graph.op('FusedMatMul', inputs, { transA: Number(transposeA), transB: Number(transposeB) }, 'com.microsoft')
      : backend.graph.op('MatMul', inputs);
  return fullValue(name, shape, a.dtype);
}

function fusedMatMul(inputs: KernelInputs, attributes: MatMulAttributes & ActivationAttributes): TracedValue {
  const { a, b, bias } = inputs;
  const product = matMul(a!, b!, attributes);
  const shifted = bias ? backend.elementwise('Add', [product, bias], 'float32') : product;
  return activated(shifted, attributes, inputs['preluActivationWeights']);
}

/** An Einstein sum. Shapes come from the letters of the equation. */
function einsum(inputs: KernelInputs, { equation }: { equation: string }): TracedValue {
  const values = Object.values(inputs);
  const compact = equation.replaceAll(' ', '');
  const [left, result] = compact.split('->') as [string, string | undefined];
  if (result === undefined) return unsupported(`einsum without an arrow, ${JSON.stringify(equation)},`);
  for (const term of [...left.split(','), result]) {
    if (new Set(term).size < term.length) return unsupported(`einsum with an index twice in a term, ${JSON.stringify(equation)},`);
  }
  const extents = new Map(left.split(',').flatMap((term, k) => [...term].map((letter, i) => [letter, values[k]!.shape[i]!] as const)));
  const shape = [...result].map((letter) => extents.get(letter)!);
  return fullValue(
    backend.graph.op(
      'Einsum',
      values.map((value) => backend.full(value)),
      { equation: compact },
    ),
    shape,
    values[0]!.dtype,
  );
}

export const matrixKernels: KernelTable = {
  BatchMatMul: ({ a, b }: { a?: TracedValue; b?: TracedValue }, attributes: MatMulAttributes) => matMul(a!, b!, attributes),
  _FusedMatMul: fusedMatMul,
  Einsum: einsum,
} as KernelTable;
