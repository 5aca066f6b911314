/**
 * What convolution and pooling have in common: the layout of images, and the geometry of a sliding window. ONNX knows
 * images as [batch, channels, height, width] (NCHW) only.
 */
import { tf } from '../../tensorflow.js';
import { fullValue, traceBackend as backend, type TracedValue, unsupported } from './register.js';

/** Order of an image's axes in TensorFlow.js. */
export type DataFormat = 'NHWC' | 'NCHW';

type Pair = [number, number] | number;

/** How far a window reaches beyond an edge, as TensorFlow.js takes it. */
export type Padding = 'valid' | 'same' | number | [[number, number], [number, number], [number, number], [number, number]];

/** Attributes of convolutions and pools. */
export interface WindowAttributes {
  readonly strides: Pair;
  readonly pad: Padding;
  readonly dataFormat?: DataFormat;
  readonly dilations?: Pair;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** One spatial axis: extents of image, window and result, and how the window moves. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Elements added before the first. */
  readonly before: number;
  /** Elements added after the last, as many as the last window needs at least. */
  readonly after: number;
}

/** The window's way over height and width. */
export type WindowGeometry = readonly [WindowAxis, WindowAxis];

interface Info {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padInfo: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
}

function axisOf(
  input: number,
  output: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): WindowAxis {
  const reach = (output - 1) * stride + (kernel - 1) * dilation + 1;
  const end = Math.max(after, reach - input - before);
  // TensorFlow.js takes the stride of the height for both axes where the padding is a number.
  if (Math.floor((input + before + end - (kernel - 1) * dilation - 1) / stride) + 1 !== output)
    unsupported('a window with a padding in numbers and unequal strides');
  return { input, output, kernel, stride, dilation, before, after: end };
}

function geometryOf(info: Info): WindowGeometry {
  const { top, bottom, left, right } = info.padInfo;
  return [
    axisOf(info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.dilationHeight, top, bottom),
    axisOf(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.dilationWidth, left, right),
  ];
}

type Shape4 = [number, number, number, number];

/** Geometry of a convolution. @param filterShape [height, width, input channels, output channels or multiplier] */
export function convolutionGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: WindowAttributes,
  depthwise: boolean,
): WindowGeometry {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' } = attributes;
  const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
  const shapes = [[...inputShape], [...filterShape]] as [Shape4, Shape4];
  return geometryOf(tf.backend_util.computeConv2DInfo(...shapes, strides, dilations ?? 1, pad, dimRoundingMode, depthwise, format));
}

/** Geometry of a pool over an NHWC image. */
export function poolGeometry(
  inputShape: readonly number[],
  filterSize: Pair,
  { strides, pad, dimRoundingMode }: WindowAttributes,
): WindowGeometry {
  return geometryOf(tf.backend_util.computePool2DInfo([...inputShape] as Shape4, filterSize, strides, 1, pad, dimRoundingMode));
}

/** A graph value with its axes in another order. */
export function permuted(name: string, perm: readonly number[]): string {
  return backend.graph.op('Transpose', [name], { perm });
}

/** The image's graph value in NCHW. */
export function channelsFirst(x: TracedValue, format: DataFormat = 'NHWC'): string {
  return format === 'NCHW' ? backend.full(x) : permuted(backend.full(x), [0, 3, 1, 2]);
}

/** Batch, channels, height and width of an image. */
export function imageShape(x: { readonly shape: readonly number[] }, format: DataFormat = 'NHWC'): Shape4 {
  const [a, b, c, d] = x.shape as Shape4;
  return format === 'NCHW' ? [a, b, c, d] : [a, d, b, c];
}

/** The traced value of an NCHW graph value, in the layout that is asked for. @param shape in NCHW */
export function imageValue(name: string, shape: Shape4, format: DataFormat = 'NHWC'): TracedValue {
  const [batch, channels, height, width] = shape;
  if (format === 'NCHW') return fullValue(name, shape, 'float32');
  return fullValue(permuted(name, [0, 2, 3, 1]), [batch, height, width, channels], 'float32');
}

/** Pads as ONNX lists them: all befores, then all afters. */
export const padsOf = ([h, w]: WindowGeometry): number[] => [h.before, w.before, h.after, w.after];

/** Per-axis numbers as ONNX lists them. */
export const perAxis = (geometry: WindowGeometry, key: 'stride' | 'dilation' | 'kernel'): number[] => geometry.map((axis) => axis[key]);
