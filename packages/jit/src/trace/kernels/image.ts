/**
 * Images resized, and blocks of them moved between axes. Resizing is linear along height and along width, so it is two
 * matrix products with constant matrices, and its gradient those with the matrices transposed.
 */
import { tf } from '../../tensorflow.js';
import { fullValue, type KernelInputs, type KernelTable, traceBackend as backend, type TracedValue } from './register.js';
import { type DataFormat, permuted } from './window.js';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Weights [to, from] with which the elements of an axis make up those of the resized one. */
type Weights = (from: number, to: number, attributes: ResizeAttributes) => number[];

const scaleOf = (from: number, to: number, alignCorners: boolean): number => (alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);

const bilinear: Weights = (from, to, { alignCorners, halfPixelCenters }) => {
  const weights = Array.from({ length: to * from }, () => 0);
  for (let i = 0; i < to; i++) {
    const scale = scaleOf(from, to, alignCorners);
    const position = Math.max(0, halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i);
    const below = Math.min(from - 1, Math.floor(position));
    const above = Math.min(from - 1, Math.ceil(position));
    weights[i * from + below]! += 1 - (position - below);
    weights[i * from + above]! += position - below;
  }
  return weights;
};

const nearest: Weights = (from, to, { alignCorners, halfPixelCenters }) => {
  const weights = Array.from({ length: to * from }, () => 0);
  for (let i = 0; i < to; i++) {
    const position = scaleOf(from, to, alignCorners) * (halfPixelCenters ? i + 0.5 : i);
    const place = Math.min(from - 1, alignCorners ? Math.round(position) : Math.floor(position));
    weights[i * from + place] = 1;
  }
  return weights;
};

/** A matrix [rows, columns], row by row, with its axes exchanged. */
const transposed = (weights: readonly number[], rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, i) => weights[(i % rows) * columns + Math.floor(i / rows)]!);

/** Multiplies height and width of an NHWC image by matrices given row by row. */
function mixed(x: TracedValue, rows: readonly number[], height: number, columns: readonly number[], width: number): TracedValue {
  const { graph } = backend;
  const [batch, oldHeight, oldWidth, channels] = x.shape as [number, number, number, number];
  const byRow = backend.reshapedName(backend.full(x), [batch, oldHeight, oldWidth * channels]);
  const tall = graph.op('MatMul', [graph.constant('float32', [height, oldHeight], rows), byRow]);
  const byColumn = backend.reshapedName(tall, [batch * height, oldWidth, channels]);
  const wide = graph.op('MatMul', [graph.constant('float32', [width, oldWidth], columns), byColumn]);
  return fullValue(backend.reshapedName(wide, [batch, height, width, channels]), [batch, height, width, channels], 'float32');
}

const resize =
  (weights: Weights) =>
  ({ images }: KernelInputs, attributes: ResizeAttributes & { size: readonly [number, number] }): TracedValue => {
    const [, height, width] = images!.shape as [number, number, number, number];
    const [toHeight, toWidth] = attributes.size;
    return mixed(
      backend.cast(images!, 'float32'),
      weights(height, toHeight, attributes),
      toHeight,
      weights(width, toWidth, attributes),
      toWidth,
    );
  };

const resizeGradient =
  (weights: Weights) =>
  ({ images, dy }: KernelInputs, attributes: ResizeAttributes): TracedValue => {
    const [, height, width] = images!.shape as [number, number, number, number];
    const [, toHeight, toWidth] = dy!.shape as [number, number, number, number];
    return mixed(
      dy!,
      transposed(weights(height, toHeight, attributes), toHeight, height),
      height,
      transposed(weights(width, toWidth, attributes), toWidth, width),
      width,
    );
  };

/** A value regrouped: reshaped, its axes permuted, and reshaped again. */
function regrouped(x: TracedValue, first: readonly number[], perm: readonly number[], last: readonly number[]): TracedValue {
  const moved = permuted(backend.reshapedName(backend.full(x), first), perm);
  return fullValue(backend.reshapedName(moved, last), last, x.dtype);
}

const depthToSpace = ({ x }: KernelInputs, { blockSize: b, dataFormat }: { blockSize: number; dataFormat: DataFormat }): TracedValue => {
  if (dataFormat === 'NCHW') {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const depth = c / (b * b);
    return regrouped(x!, [n, b, b, depth, h, w], [0, 3, 4, 1, 5, 2], [n, depth, h * b, w * b]);
  }
  const [n, h, w, c] = x!.shape as [number, number, number, number];
  const depth = c / (b * b);
  return regrouped(x!, [n, h, w, b, b, depth], [0, 1, 3, 2, 4, 5], [n, h * b, w * b, depth]);
};

const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

const spaceToBatch = (
  { x }: KernelInputs,
  { blockShape, paddings }: { blockShape: readonly number[]; paddings: readonly (readonly [number, number])[] },
): TracedValue => {
  const pads = x!.shape.map((_, i) => paddings[i - 1] ?? [0, 0]);
  const shape = x!.shape.map((extent, i) => extent + pads[i]![0] + pads[i]![1]);
  const { graph } = backend;
  const name = graph.op('Pad', [
    backend.full(x!),
    graph.integers([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]),
    graph.constant(x!.dtype, [], [0]),
  ]);
  const blocks = [...blockShape];
  const size = product(blocks);
  const first = tf.backend_util.getReshaped(shape, blocks, size, false);
  const perm = tf.backend_util.getPermuted(first.length, blocks.length, false);
  return regrouped(fullValue(name, shape, x!.dtype), first, perm, tf.backend_util.getReshapedPermuted(shape, blocks, size, false));
};

const batchToSpace = (
  { x }: KernelInputs,
  { blockShape, crops }: { blockShape: readonly number[]; crops: readonly (readonly [number, number])[] },
): TracedValue => {
  const blocks = [...blockShape];
  const size = product(blocks);
  const first = tf.backend_util.getReshaped([...x!.shape], blocks, size);
  const shape = tf.backend_util.getReshapedPermuted([...x!.shape], blocks, size);
  const whole = regrouped(x!, first, tf.backend_util.getPermuted(first.length, blocks.length), shape);
  const begin = shape.map((_, i) => crops[i - 1]?.[0] ?? 0);
  const end = shape.map((extent, i) => extent - (crops[i - 1]?.[1] ?? 0));
  const { graph } = backend;
  const cut = graph.op('Slice', [whole.name, graph.integers(begin), graph.integers(end)]);
  return fullValue(
    cut,
    shape.map((_, i) => end[i]! - begin[i]!),
    x!.dtype,
  );
};

export const imageKernels: KernelTable = {
  ResizeBilinear: resize(bilinear),
  ResizeNearestNeighbor: resize(nearest),
  ResizeBilinearGrad: resizeGradient(bilinear),
  ResizeNearestNeighborGrad: resizeGradient(nearest),
  DepthToSpace: depthToSpace,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
} as KernelTable;
