/** Reductions, cumulative sums and products, and positions of extremes. Axes may be negative, as in TensorFlow.js. */
import { tf } from '../../tensorflow.js';
import { fullValue, type KernelTable, traceBackend as backend, type TraceKernel, type TracedValue } from './register.js';

interface ReduceAttributes {
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
}

const axesOf = (axis: ReduceAttributes['axis'], shape: readonly number[]): number[] =>
  axis === undefined ? shape.map((_, i) => i) : tf.util.parseAxisParam(axis as number | number[], [...shape]);

const reducedShape = (shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] =>
  keepDims ? shape.map((extent, i) => (axes.includes(i) ? 1 : extent)) : shape.filter((_, i) => !axes.includes(i));

/** Stored extents with leading ones, so that they line up with the value's own. */
const storedInFull = (x: TracedValue): number[] => [...Array.from({ length: x.shape.length - x.stored.length }, () => 1), ...x.stored];

/** What a reduction of no elements gives. */
const ofNothing: { readonly [op: string]: number } = {
  ReduceSum: 0,
  ReduceMean: NaN,
  ReduceMax: -Infinity,
  ReduceMin: Infinity,
  ReduceProd: 1,
};

/**
 * A reduction over the stored elements. Along an axis whose elements are all equal and stored once, `repeat` says what
 * repeating them changes (a sum grows by the extent, a maximum does not).
 */
function reduce(
  op: string,
  x: TracedValue,
  { axis, keepDims = false }: ReduceAttributes,
  repeat: (value: TracedValue, times: number) => TracedValue,
): TracedValue {
  const axes = axesOf(axis, x.shape);
  const shape = reducedShape(x.shape, axes, keepDims);
  if (axes.length === 0) return { ...x, shape };
  if (x.shape.includes(0)) return backend.uniform(ofNothing[op]!, shape, x.dtype);
  const stored = storedInFull(x);
  const times = axes.reduce((product, i) => product * (x.shape[i]! / stored[i]!), 1);
  const present = axes.some((i) => stored[i]! > 1) || (times === 1 && x.stored.length === x.shape.length);
  let result: TracedValue;
  if (present) {
    const name = backend.graph.op(op, [x.stored.length === x.shape.length ? x.name : backend.full(x), backend.graph.integers(axes)], {
      keepdims: keepDims ? 1 : 0,
    });
    if (x.stored.length !== x.shape.length) return fullValue(name, shape, x.dtype);
    result = { name, shape, stored: reducedShape(stored, axes, keepDims), dtype: x.dtype };
  } else {
    // Every reduced axis is stored once: nothing to add up, only to drop.
    const kept = reducedShape(stored, axes, keepDims);
    const name = x.stored.length === 0 ? x.name : backend.reshapedName(x.name, kept);
    const base = { name, shape, stored: x.stored.length === 0 ? [] : kept, dtype: x.dtype };
    result = x.uniform === undefined ? base : { ...base, uniform: x.uniform };
  }
  return times === 1 ? result : repeat(result, times);
}

const scaled = (value: TracedValue, times: number): TracedValue =>
  value.uniform !== undefined
    ? backend.uniform(value.uniform * times, value.shape, value.dtype)
    : { ...backend.elementwise('Mul', [value, backend.uniform(times, [], value.dtype)], value.dtype), shape: value.shape };

const raised = (value: TracedValue, times: number): TracedValue =>
  value.uniform !== undefined
    ? backend.uniform(value.uniform ** times, value.shape, value.dtype)
    : { ...backend.elementwise('Pow', [value, backend.uniform(times, [], value.dtype)], value.dtype), shape: value.shape };

const same = (value: TracedValue): TracedValue => value;

const numeric = (x: TracedValue): TracedValue => (x.dtype === 'bool' ? backend.cast(x, 'int32') : x);

/** The greatest or least element; NaN where there is one, which ONNX Runtime's own operator passes over. */
function extreme(op: 'ReduceMax' | 'ReduceMin', x: TracedValue, attributes: ReduceAttributes): TracedValue {
  const result = reduce(op, numeric(x), attributes, same);
  if (x.dtype !== 'float32' || result.uniform !== undefined) return result;
  const unclear = backend.cast(backend.elementwise('IsNaN', [x], 'bool'), 'int32');
  const spoiled = backend.cast(reduce('ReduceMax', unclear, attributes, same), 'bool');
  return backend.elementwise('Where', [spoiled, backend.uniform(NaN, [], 'float32'), result], 'float32');
}

const logical =
  (op: string): TraceKernel<ReduceAttributes> =>
  ({ x }, attributes) =>
    backend.cast(reduce(op, backend.cast(x!, 'int32'), attributes, same), 'bool');

const argument =
  (op: string): TraceKernel<{ axis: number }> =>
  ({ x }, { axis }) => {
    const axes = axesOf(axis, x!.shape);
    const name = backend.graph.op(op, [backend.full(x!)], { axis: axes[0]!, keepdims: 0 });
    return fullValue(backend.castName(name, 'int32'), reducedShape(x!.shape, axes, false), 'int32');
  };

interface ScanAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

const cumulativeSum: TraceKernel<ScanAttributes> = ({ x }, { axis, exclusive, reverse }) => {
  const input = numeric(x!);
  const [along] = axesOf(axis, input.shape);
  const name = backend.graph.op('CumSum', [backend.full(input), backend.graph.constant('int32', [], [along!])], {
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
  return fullValue(name, input.shape, input.dtype);
};

/** Products of prefixes by doubling: after round k each element holds the product of the 2ᵏ elements up to it. */
const cumulativeProduct: TraceKernel<ScanAttributes> = ({ x }, { axis, exclusive, reverse }) => {
  const { graph } = backend;
  const input = numeric(x!);
  const along = axesOf(axis, input.shape)[0]!;
  const extent = input.shape[along]!;
  const one = graph.constant(input.dtype, [], [1]);
  const shifted = (name: string, by: number): string => {
    const pads = Array.from({ length: 2 * input.shape.length }, () => 0);
    pads[along + (reverse ? input.shape.length : 0)] = by;
    pads[along + (reverse ? 0 : input.shape.length)] = -by;
    return graph.op('Pad', [name, graph.integers(pads), one]);
  };
  let name = backend.full(input);
  if (exclusive) name = shifted(name, 1);
  for (let by = 1; by < extent; by *= 2) name = graph.op('Mul', [name, shifted(name, by)]);
  return fullValue(name, input.shape, input.dtype);
};

export const reductionKernels: KernelTable = {
  Sum: ({ x }: { x?: TracedValue }, attributes: ReduceAttributes) => reduce('ReduceSum', numeric(x!), attributes, scaled),
  Mean: ({ x }: { x?: TracedValue }, attributes: ReduceAttributes) => reduce('ReduceMean', backend.cast(x!, 'float32'), attributes, same),
  // This one kernel has another name for its axes.
  Max: ({ x }: { x?: TracedValue }, { reductionIndices, keepDims }: { reductionIndices?: number | number[]; keepDims?: boolean }) =>
    extreme('ReduceMax', x!, { ...(reductionIndices !== undefined && { axis: reductionIndices }), keepDims: keepDims ?? false }),
  Min: ({ x }: { x?: TracedValue }, attributes: ReduceAttributes) => extreme('ReduceMin', x!, attributes),
  Prod: ({ x }: { x?: TracedValue }, attributes: ReduceAttributes) => reduce('ReduceProd', numeric(x!), attributes, raised),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
} as KernelTable;
