/** Operations that move elements and compute nothing: reshaping, slicing, joining, padding, filling. */
import { ShapeError } from '@mbrl/core';
import { tf } from '../../tensorflow.js';
import { broadcastShape, sameShape } from '../graph.js';
import {
  checkDType,
  fullValue,
  type KernelTable,
  traceBackend as backend,
  type TraceKernel,
  type TracedValue,
  unsupported,
} from './register.js';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The value in another shape of the same size. */
function reshaped(x: TracedValue, shape: readonly number[]): TracedValue {
  if (sameShape(x.shape, shape)) return x;
  if (x.uniform !== undefined) return { ...x, shape };
  return fullValue(backend.reshapedName(backend.full(x), shape), shape, x.dtype);
}

const reshape: TraceKernel<{ shape: readonly number[] }> = ({ x }, { shape }) =>
  reshaped(x!, tf.util.inferFromImplicitShape([...shape], sizeOf(x!.shape)));

const expandDims: TraceKernel<{ dim: number }> = ({ input }, { dim }) => {
  const shape = [...input!.shape];
  shape.splice(dim < 0 ? input!.shape.length + 1 + dim : dim, 0, 1);
  return reshaped(input!, shape);
};

const transpose: TraceKernel<{ perm: readonly number[] }> = ({ x }, { perm }) => {
  const shape = perm.map((axis) => x!.shape[axis]!);
  if (perm.every((axis, i) => axis === i)) return x!;
  if (x!.uniform !== undefined) return { ...x!, shape };
  return fullValue(backend.graph.op('Transpose', [backend.full(x!)], { perm }), shape, x!.dtype);
};

function sliced(x: TracedValue, begin: readonly number[], end: readonly number[], strides?: readonly number[]): TracedValue {
  const shape = begin.map((from, i) => Math.max(0, Math.ceil((end[i]! - from) / (strides?.[i] ?? 1))));
  if (sameShape(shape, x.shape) && !strides?.some((stride) => stride < 0)) return x;
  if (x.uniform !== undefined) return { ...x, shape };
  const { graph } = backend;
  const axes = begin.map((_, i) => i).filter((i) => shape[i] !== x.shape[i] || (strides?.[i] ?? 1) !== 1);
  const pick = (values: readonly number[]): string => graph.integers(axes.map((i) => values[i]!));
  const inputs = [backend.full(x), pick(begin), pick(end), graph.integers(axes)];
  if (strides) inputs.push(pick(strides));
  return fullValue(graph.op('Slice', inputs), shape, x.dtype);
}

/** Options that TensorFlow.js takes as one number or a list. */
type OneOrMore = number | number[];

const slice: TraceKernel<{ begin: OneOrMore; size: OneOrMore }> = ({ x }, { begin, size }) => {
  const [from, extents] = tf.slice_util.parseSliceParams({ shape: [...x!.shape] } as tf.Tensor, begin, size);
  tf.slice_util.assertParamsValid({ shape: [...x!.shape], rank: x!.shape.length } as tf.Tensor, from!, extents!);
  return sliced(
    x!,
    from!,
    from!.map((start, i) => start + extents![i]!),
  );
};

interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

const stridedSlice: TraceKernel<StridedSliceAttributes> = ({ x }, a) => {
  const info = tf.slice_util.sliceInfo(
    [...x!.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  if (info.strides.some((stride) => stride < 0)) return unsupported('stridedSlice with a negative stride (use reverse)');
  return reshaped(sliced(x!, info.begin, info.end, info.strides), info.finalShape);
};

/** Joins values along an axis. */
function joined(values: readonly TracedValue[], axis: number): TracedValue {
  const parts = values.filter((value) => sizeOf(value.shape) > 0);
  const first = parts[0] ?? values[0]!;
  const along = axis < 0 ? axis + first.shape.length : axis;
  for (const { shape } of values) {
    if (shape.length !== first.shape.length || shape.some((extent, i) => i !== along && extent !== first.shape[i])) {
      throw new ShapeError(
        `jit: values to be joined along axis ${along} must agree along the others, got [${first.shape.join(', ')}] and [${shape.join(', ')}]`,
      );
    }
  }
  const shape = first.shape.map((extent, i) => (i === along ? values.reduce((sum, value) => sum + value.shape[i]!, 0) : extent));
  if (parts.length === 0) return backend.uniform(0, shape, first.dtype);
  if (parts.length === 1) return first;
  const { uniform } = first;
  if (uniform !== undefined && parts.every((part) => part.uniform === uniform)) return backend.uniform(uniform, shape, first.dtype);
  return fullValue(
    backend.graph.op(
      'Concat',
      parts.map((part) => backend.full(part)),
      { axis: along },
    ),
    shape,
    first.dtype,
  );
}

const concat: TraceKernel<{ axis: number }> = (inputs, { axis }) => joined(Object.values(inputs), axis);

const pack: TraceKernel<{ axis: number }> = (inputs, { axis }) => {
  const values = Object.values(inputs);
  const along = axis < 0 ? axis + values[0]!.shape.length + 1 : axis;
  return joined(
    values.map((value) => reshaped(value, value.shape.toSpliced(along, 0, 1))),
    along,
  );
};

/** Cuts a value along an axis into parts of the given extents. */
function cut(x: TracedValue, axis: number, extents: readonly number[]): readonly TracedValue[] {
  const along = axis < 0 ? axis + x.shape.length : axis;
  const shapes = extents.map((extent) => x.shape.map((whole, i) => (i === along ? extent : whole)));
  if (x.uniform !== undefined) return shapes.map((shape) => ({ ...x, shape }));
  if (extents.length === 1) return [x];
  const names = backend.graph.ops('Split', [backend.full(x), backend.graph.integers(extents)], extents.length, { axis: along });
  return names.map((name, i) => fullValue(name, shapes[i]!, x.dtype));
}

const unpack: TraceKernel<{ axis: number }> = ({ value }, { axis }) => {
  const along = axis < 0 ? axis + value!.shape.length : axis;
  const ones = Array.from({ length: value!.shape[along]! }, () => 1);
  return cut(value!, along, ones).map((part) => reshaped(part, value!.shape.toSpliced(along, 1)));
};

const split: TraceKernel<{ numOrSizeSplits: number | number[]; axis: number }> = ({ x }, { numOrSizeSplits, axis }) => {
  const [along] = tf.util.parseAxisParam(axis, [...x!.shape]);
  return cut(x!, along!, tf.backend_util.prepareSplitSize({ shape: [...x!.shape] } as tf.Tensor, numOrSizeSplits, along));
};

const tile: TraceKernel<{ reps: readonly number[] }> = ({ x }, { reps }) => {
  const shape = x!.shape.map((extent, i) => extent * reps[i]!);
  const stored = [...Array.from({ length: x!.shape.length - x!.stored.length }, () => 1), ...x!.stored];
  if (reps.every((times, i) => times === 1 || stored[i] === 1)) return { ...x!, shape };
  return fullValue(backend.graph.op('Tile', [backend.full(x!), backend.graph.integers(reps)]), shape, x!.dtype);
};

const reverse: TraceKernel<{ dims?: OneOrMore }> = ({ x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims as OneOrMore, [...x!.shape]);
  if (axes.length === 0 || x!.uniform !== undefined) return x!;
  const { graph } = backend;
  const constant = (value: number): string => graph.integers(axes.map(() => value));
  const name = graph.op('Slice', [backend.full(x!), constant(-1), constant(Number.MIN_SAFE_INTEGER), graph.integers(axes), constant(-1)]);
  return fullValue(name, x!.shape, x!.dtype);
};

const padsOf = (paddings: readonly (readonly [number, number])[]): number[] => [
  ...paddings.map(([before]) => before),
  ...paddings.map(([, after]) => after),
];

const paddedShape = (x: TracedValue, paddings: readonly (readonly [number, number])[]): number[] =>
  x.shape.map((extent, i) => extent + paddings[i]![0] + paddings[i]![1]);

const pad: TraceKernel<{ paddings: readonly [number, number][]; constantValue: number }> = ({ x }, { paddings, constantValue }) => {
  if (x!.dtype === 'bool')
    return backend.cast(pad({ x: backend.cast(x!, 'int32') }, { paddings, constantValue: Number(constantValue) }) as TracedValue, 'bool');
  const { graph } = backend;
  const name = graph.op('Pad', [backend.full(x!), graph.integers(padsOf(paddings)), graph.constant(x!.dtype, [], [constantValue])]);
  return fullValue(name, paddedShape(x!, paddings), x!.dtype);
};

/** Pads with a mirror image that repeats the edge: each axis is read in the order that the mirrors give. */
function mirrored(x: TracedValue, paddings: readonly (readonly [number, number])[]): TracedValue {
  const { graph } = backend;
  let name = backend.full(x);
  paddings.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const order = Array.from({ length: x.shape[axis]! }, (_, i) => i);
    const places = [...order.slice(0, before).toReversed(), ...order, ...order.toReversed().slice(0, after)];
    name = graph.op('Gather', [name, graph.integers(places)], { axis });
  });
  return fullValue(name, paddedShape(x, paddings), x.dtype);
}

const mirrorPad: TraceKernel<{ paddings: readonly [number, number][]; mode: 'reflect' | 'symmetric' }> = ({ x }, { paddings, mode }) => {
  if (mode === 'symmetric') return mirrored(x!, paddings);
  const name = backend.graph.op('Pad', [backend.full(x!), backend.graph.integers(padsOf(paddings))], { mode: 'reflect' });
  return fullValue(name, paddedShape(x!, paddings), x!.dtype);
};

const fill: TraceKernel<{ shape: readonly number[]; value: number; dtype?: string }> = (_, { shape, value, dtype }) =>
  backend.uniform(value, shape, checkDType(dtype ?? 'float32'));

const range: TraceKernel<{ start: number; stop: number; step: number; dtype: string }> = (_, { start, stop, step, dtype }) => {
  const values = Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (__, i) => start + i * step);
  return backend.constant(values, [values.length], checkDType(dtype));
};

const linSpace: TraceKernel<{ start: number; stop: number; num: number }> = (_, { start, stop, num }) => {
  const values = Array.from({ length: num }, (__, i) => (num === 1 ? start : start + (i * (stop - start)) / (num - 1)));
  return backend.constant(values, [num], 'float32');
};

const broadcastTo: TraceKernel<{ shape: readonly number[] }> = ({ x }, { shape }) => ({ ...x!, shape: broadcastShape(x!.shape, shape) });

/** A matrix (or a stack of twice as many axes) with the elements on its diagonal and zeros around. */
const diag: TraceKernel = ({ x }) => {
  const size = sizeOf(x!.shape);
  const shape = [...x!.shape, ...x!.shape];
  const { graph } = backend;
  const numbers = Array.from({ length: size }, (_, i) => i);
  const onDiagonal = graph.op('Equal', [graph.constant('int32', [size, 1], numbers), graph.constant('int32', [1, size], numbers)]);
  const name = graph.op('Where', [onDiagonal, backend.reshapedName(backend.full(x!), [1, size]), graph.constant(x!.dtype, [], [0])]);
  return reshaped(fullValue(name, [size, size], x!.dtype), shape);
};

export const shapeKernels: KernelTable = {
  Reshape: reshape,
  ExpandDims: expandDims,
  Transpose: transpose,
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Tile: tile,
  Reverse: reverse,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Diag: diag,
  Fill: fill,
  Range: range,
  LinSpace: linSpace,
  BroadcastTo: broadcastTo,
  Identity: ({ x }: { x?: TracedValue }) => x!,
  ZerosLike: ({ x }: { x?: TracedValue }) => backend.uniform(0, x!.shape, x!.dtype),
  OnesLike: ({ x }: { x?: TracedValue }) => backend.uniform(1, x!.shape, x!.dtype),
} as KernelTable;
