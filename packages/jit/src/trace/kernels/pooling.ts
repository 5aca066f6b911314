/** Pools over windows of an image, and their gradients. Images are NHWC here. */
import { type KernelInputs, type KernelTable, traceBackend as backend, type TracedValue } from './register.js';
import { transposedConvolution } from './convolution.js';
import {
  channelsFirst,
  imageShape,
  imageValue,
  padsOf,
  perAxis,
  poolGeometry,
  type WindowAttributes,
  type WindowAxis,
  type WindowGeometry,
} from './window.js';

interface PoolAttributes extends WindowAttributes {
  readonly filterSize: [number, number] | number;
}

const attributesOf = (geometry: WindowGeometry): { [name: string]: number[] } => ({
  kernel_shape: perAxis(geometry, 'kernel'),
  strides: perAxis(geometry, 'stride'),
  pads: padsOf(geometry),
});

function pooled(op: 'MaxPool' | 'AveragePool', x: TracedValue, attributes: PoolAttributes): TracedValue {
  const geometry = poolGeometry(x.shape, attributes.filterSize, attributes);
  const [batch, channels] = imageShape(x);
  const name = backend.graph.op(op, [channelsFirst(x)], attributesOf(geometry));
  return imageValue(name, [batch, channels, geometry[0].output, geometry[1].output]);
}

/** Each result's gradient goes to the element that was greatest in its window, the first one of equals. */
function maxPoolGradient(dy: TracedValue, x: TracedValue, attributes: PoolAttributes): TracedValue {
  const { graph } = backend;
  const geometry = poolGeometry(x.shape, attributes.filterSize, attributes);
  const shape = imageShape(x);
  const size = shape.reduce((a, b) => a * b, 1);
  const count = shape[0] * shape[1] * geometry[0].output * geometry[1].output;
  const places = graph.ops('MaxPool', [channelsFirst(x)], 2, attributesOf(geometry))[1]!;
  const zeros = backend.full(backend.uniform(0, [size], 'float32'));
  const updates = backend.reshapedName(channelsFirst(dy), [count]);
  const flat = graph.op('ScatterElements', [zeros, backend.reshapedName(places, [count]), updates], { axis: 0, reduction: 'add' });
  return imageValue(backend.reshapedName(flat, shape), shape);
}

/** How many elements of the image each window covers along an axis. */
function covered({ input, output, kernel, stride, before }: WindowAxis): number[] {
  return Array.from({ length: output }, (_, i) => {
    const start = i * stride - before;
    return Math.min(start + kernel, input) - Math.max(start, 0);
  });
}

/** Each result's gradient goes in equal parts to the elements of its window, those beyond the edges not counted. */
function averagePoolGradient(dy: TracedValue, x: TracedValue, attributes: PoolAttributes): TracedValue {
  const { graph } = backend;
  const geometry = poolGeometry(x.shape, attributes.filterSize, attributes);
  const shape = imageShape(x);
  const [height, width] = geometry;
  const rows = covered(height);
  const columns = covered(width);
  const shares = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  const images = backend.reshapedName(channelsFirst(dy), [shape[0] * shape[1], 1, height.output, width.output]);
  const parts = graph.op('Mul', [images, graph.constant('float32', [height.output, width.output], shares)]);
  const kernel = [1, 1, height.kernel, width.kernel];
  const ones = graph.constant(
    'float32',
    kernel,
    Array.from({ length: height.kernel * width.kernel }, () => 1),
  );
  return imageValue(backend.reshapedName(transposedConvolution(parts, ones, geometry, 1), shape), shape);
}

export const poolingKernels: KernelTable = {
  MaxPool: ({ x }: KernelInputs, attributes: PoolAttributes) => pooled('MaxPool', x!, attributes),
  AvgPool: ({ x }: KernelInputs, attributes: PoolAttributes) => pooled('AveragePool', x!, attributes),
  MaxPoolGrad: ({ dy, input }: KernelInputs, attributes: PoolAttributes) => maxPoolGradient(dy!, input!, attributes),
  AvgPoolGrad: ({ dy, input }: KernelInputs, attributes: PoolAttributes) => averagePoolGradient(dy!, input!, attributes),
} as KernelTable;
