/**
 * Two-dimensional convolutions and their gradients. The gradient by the image is a transposed convolution; that by the
 * filter is a convolution of the image with the result's gradient, where batch and channels change places, and stride
 * and dilation.
 */
import { activated, type ActivationAttributes } from './activation.js';
import { fullValue, type KernelInputs, type KernelTable, traceBackend as backend, type TracedValue } from './register.js';
import {
  channelsFirst,
  convolutionGeometry,
  type DataFormat,
  imageShape,
  imageValue,
  padsOf,
  perAxis,
  permuted,
  type WindowAttributes,
  type WindowAxis,
  type WindowGeometry,
} from './window.js';

/** Filter of ONNX, [output channels, input channels of a group, height, width], from that of TensorFlow.js. */
function filterName(filter: TracedValue, depthwise: boolean): string {
  if (!depthwise) return permuted(backend.full(filter), [3, 2, 0, 1]);
  const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
  return backend.reshapedName(permuted(backend.full(filter), [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function convolved(x: TracedValue, filter: TracedValue, attributes: WindowAttributes, depthwise: boolean): TracedValue {
  const { dataFormat = 'NHWC' } = attributes;
  const [batch, channels] = imageShape(x, dataFormat);
  const geometry = convolutionGeometry(x.shape, filter.shape, attributes, depthwise);
  const outputs = depthwise ? channels * filter.shape[3]! : filter.shape[3]!;
  const name = backend.graph.op('Conv', [channelsFirst(x, dataFormat), filterName(filter, depthwise)], {
    strides: perAxis(geometry, 'stride'),
    dilations: perAxis(geometry, 'dilation'),
    pads: padsOf(geometry),
    group: depthwise ? channels : 1,
  });
  return imageValue(name, [batch, outputs, geometry[0].output, geometry[1].output], dataFormat);
}

/** How a transposed convolution gets back to the image: what to cut off at the end, or to add. */
function undone({ input, output, kernel, stride, dilation, before }: WindowAxis): { cut: number; added: number } {
  const whole = (output - 1) * stride + (kernel - 1) * dilation + 1;
  return { cut: Math.max(0, whole - before - input), added: Math.max(0, input - whole + before) };
}

/** A transposed convolution in NCHW, from result to image. @param filter as ONNX has it */
export function transposedConvolution(dy: string, filter: string, geometry: WindowGeometry, group: number): string {
  const [h, w] = geometry.map(undone) as [{ cut: number; added: number }, { cut: number; added: number }];
  return backend.graph.op('ConvTranspose', [dy, filter], {
    strides: perAxis(geometry, 'stride'),
    dilations: perAxis(geometry, 'dilation'),
    pads: [geometry[0].before, geometry[1].before, h.cut, w.cut],
    output_padding: [h.added, w.added],
    group,
  });
}

interface InputGradientAttributes extends WindowAttributes {
  readonly inputShape: readonly number[];
}

function inputGradient(dy: TracedValue, filter: TracedValue, attributes: InputGradientAttributes, depthwise: boolean): TracedValue {
  const { dataFormat = 'NHWC', inputShape } = attributes;
  const geometry = convolutionGeometry(inputShape, filter.shape, attributes, depthwise);
  const shape = imageShape({ shape: inputShape }, dataFormat);
  const name = transposedConvolution(channelsFirst(dy, dataFormat), filterName(filter, depthwise), geometry, depthwise ? shape[1] : 1);
  return imageValue(name, shape, dataFormat);
}

interface FilterGradientAttributes extends WindowAttributes {
  readonly filterShape: readonly number[];
}

const swap: { readonly [F in DataFormat]: readonly number[] } = { NHWC: [3, 0, 1, 2], NCHW: [1, 0, 2, 3] };

function filterGradient(x: TracedValue, dy: TracedValue, attributes: FilterGradientAttributes, depthwise: boolean): TracedValue {
  const { dataFormat = 'NHWC', filterShape } = attributes;
  const { graph } = backend;
  const [batch, channels, height, width] = imageShape(x, dataFormat);
  const [kernelHeight, kernelWidth, , last] = filterShape as [number, number, number, number];
  const geometry = convolutionGeometry(x.shape, filterShape, attributes, depthwise);
  // Rows and columns that no window reaches would make the result larger; they are cut off after.
  const after = geometry.map(({ kernel, stride, output, input, before, dilation }) =>
    Math.max(0, (kernel - 1) * dilation + 1 + (output - 1) * stride - input - before),
  );
  const image = permuted(backend.full(x), swap[dataFormat]);
  const name = graph.op(
    'Conv',
    [depthwise ? backend.reshapedName(image, [1, channels * batch, height, width]) : image, permuted(backend.full(dy), swap[dataFormat])],
    {
      strides: perAxis(geometry, 'dilation'),
      dilations: perAxis(geometry, 'stride'),
      pads: [geometry[0].before, geometry[1].before, ...after],
      group: depthwise ? channels : 1,
    },
  );
  const cut = graph.op('Slice', [name, graph.integers([0, 0]), graph.integers([kernelHeight, kernelWidth]), graph.integers([2, 3])]);
  const grouped = depthwise ? backend.reshapedName(cut, [channels, last, kernelHeight, kernelWidth]) : cut;
  return fullValue(permuted(grouped, [2, 3, 0, 1]), filterShape, 'float32');
}

/** A bias of one number for each channel, in the image's layout. */
function withBias(x: TracedValue, bias: TracedValue | undefined, format: DataFormat): TracedValue {
  if (!bias) return x;
  const channels = bias.shape.reduce((a, b) => a * b, 1);
  const spread =
    format === 'NCHW' && channels > 1
      ? fullValue(backend.reshapedName(backend.full(bias), [channels, 1, 1]), [channels, 1, 1], 'float32')
      : bias;
  return backend.elementwise('Add', [x, spread], 'float32');
}

const fused =
  (depthwise: boolean) =>
  (inputs: KernelInputs, attributes: WindowAttributes & ActivationAttributes): TracedValue => {
    const result = convolved(inputs['x']!, inputs['filter']!, attributes, depthwise);
    return activated(withBias(result, inputs['bias'], attributes.dataFormat ?? 'NHWC'), attributes, inputs['preluActivationWeights']);
  };

export const convolutionKernels: KernelTable = {
  Conv2D: ({ x, filter }: KernelInputs, attributes: WindowAttributes) => convolved(x!, filter!, attributes, false),
  Conv2DBackpropInput: ({ dy, filter }: KernelInputs, attributes: InputGradientAttributes) =>
    inputGradient(dy!, filter!, attributes, false),
  Conv2DBackpropFilter: ({ x, dy }: KernelInputs, attributes: FilterGradientAttributes) => filterGradient(x!, dy!, attributes, false),
  DepthwiseConv2dNative: ({ x, filter }: KernelInputs, attributes: WindowAttributes) => convolved(x!, filter!, attributes, true),
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }: KernelInputs, attributes: InputGradientAttributes) =>
    inputGradient(dy!, filter!, attributes, true),
  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }: KernelInputs, attributes: FilterGradientAttributes) =>
    filterGradient(x!, dy!, attributes, true),
  FusedConv2D: fused(false),
  FusedDepthwiseConv2D: fused(true),
} as KernelTable;
