/** Convolutions, pools and images against eager TensorFlow.js. */
import { grad, jit, tf } from '@mbrl/jit';
import { float32 } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argOf, grid, smooth } from './oracle/drawn-args.js';
import { checkOps, op, type OpCall, type OpEntry } from './oracle/op-oracle.js';

type Pad = 'valid' | 'same' | number;

interface Layout {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: [number, number];
  readonly strides: [number, number];
  readonly pad: Pad;
  readonly format: 'NHWC' | 'NCHW';
}

const layout: fc.Arbitrary<Layout> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 3, max: 6 }),
  width: fc.integer({ min: 3, max: 6 }),
  inputs: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom<Pad>('valid', 'same'),
  format: fc.constantFrom('NHWC', 'NCHW'),
});

const imageShape = ({ batch, height, width, inputs, format }: Layout): number[] =>
  format === 'NHWC' ? [batch, height, width, inputs] : [batch, inputs, height, width];

function convolutions(
  name: string,
  order: OpEntry['order'],
  change: (drawn: Layout) => Layout,
  apply: (drawn: Layout, x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
): OpEntry {
  const calls = layout
    .map(change)
    .chain((drawn) =>
      fc
        .tuple(argOf(imageShape(drawn), smooth), argOf([...drawn.kernel, drawn.inputs, drawn.outputs], smooth))
        .map((args): OpCall => ({ args, apply: (x, filter) => apply(drawn, x as tf.Tensor4D, filter as tf.Tensor4D) })),
    );
  return { name, order, calls, tolerance: 2e-5 };
}

const channelsLast = (drawn: Layout): Layout => ({ ...drawn, format: 'NHWC' });

/** A stride beyond the kernel leaves pixels out, which TensorFlow.js' gradients do not always allow for. */
const touching = (drawn: Layout): Layout => ({
  ...drawn,
  strides: [Math.min(drawn.strides[0], drawn.kernel[0]), Math.min(drawn.strides[1], drawn.kernel[1])],
});

const convolutionTable: OpEntry[] = [
  convolutions('conv2d', 2, touching, ({ strides, pad, format }, x, filter) => tf.conv2d(x, filter, strides, pad, format)),
  convolutions('conv2d with gaps', 1, channelsLast, ({ strides, pad, format }, x, filter) => tf.conv2d(x, filter, strides, pad, format)),
  convolutions('conv2d with dilations', 0, channelsLast, (_, x, filter) => tf.conv2d(x, filter, 1, 'same', 'NHWC', [2, 1])),
  convolutions(
    'conv2d with a numeric pad',
    2,
    (drawn) => ({ ...channelsLast(drawn), kernel: [3, 3], strides: [drawn.strides[0], drawn.strides[0]] }),
    ({ strides }, x, filter) => tf.conv2d(x, filter, strides, 1, 'NHWC', 1, 'floor'),
  ),
  convolutions(
    'depthwiseConv2d',
    2,
    (drawn) => {
      const side = Math.min(drawn.strides[0], ...drawn.kernel);
      return { ...channelsLast(drawn), strides: [side, side] };
    },
    ({ strides, pad }, x, filter) => tf.depthwiseConv2d(x, filter, strides, pad),
  ),
  convolutions('depthwiseConv2d with dilations', 0, channelsLast, (_, x, filter) =>
    tf.depthwiseConv2d(x, filter, 1, 'same', 'NHWC', [2, 2]),
  ),
  convolutions(
    'separableConv2d',
    1,
    (drawn) => ({ ...channelsLast(drawn), strides: [1, 1] }),
    (drawn, x, filter) => tf.separableConv2d(x, filter, tf.ones([1, 1, drawn.inputs * drawn.outputs, 2]), 1, drawn.pad as 'same'),
  ),
  convolutions(
    'fused conv2d',
    1,
    (drawn) => touching(channelsLast(drawn)),
    ({ strides, pad, outputs }, x, filter) =>
      tf.fused.conv2d({ x, filter, strides, pad, bias: tf.range(0, outputs).mul(0.1), activation: 'relu' }),
  ),
  convolutions(
    'fused depthwiseConv2d',
    0,
    (drawn) => ({ ...channelsLast(drawn), strides: [1, 1] }),
    ({ pad, inputs, outputs }, x, filter) =>
      tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad, bias: tf.range(0, inputs * outputs).mul(0.1), activation: 'elu' }),
  ),
  op(
    'conv2dTranspose',
    2,
    fc.tuple(argOf([2, 3, 3, 2], smooth), argOf([3, 3, 4, 2], smooth)),
    (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2dTranspose(x, filter, [2, 6, 6, 4], 2, 'same'),
    2e-5,
  ),
  op(
    'conv1d',
    2,
    fc.tuple(argOf([2, 5, 2], smooth), argOf([3, 2, 3], smooth)),
    (x: tf.Tensor3D, filter: tf.Tensor3D) => tf.conv1d(x, filter, 1, 'same'),
    2e-5,
  ),
];

function pools(name: string, order: OpEntry['order'], pad: Pad, apply: (drawn: Layout, x: tf.Tensor4D, pad: Pad) => tf.Tensor): OpEntry {
  const calls = layout
    .map((drawn) => touching(channelsLast(drawn)))
    .chain((drawn) =>
      argOf(imageShape(drawn), grid).map((arg): OpCall => ({ args: [arg], apply: (x) => apply(drawn, x as tf.Tensor4D, pad) })),
    );
  return { name, order, calls };
}

const poolTable: OpEntry[] = [
  pools('maxPool', 1, 'valid', ({ kernel, strides }, x, pad) => tf.maxPool(x, kernel, strides, pad)),
  pools('maxPool with padding', 1, 'same', ({ kernel, strides }, x, pad) => tf.maxPool(x, kernel, strides, pad)),
  pools('avgPool', 2, 'valid', ({ kernel, strides }, x, pad) => tf.avgPool(x, kernel, strides, pad)),
  pools('avgPool with padding', 0, 'same', ({ kernel, strides }, x, pad) => tf.avgPool(x, kernel, strides, pad)),
  pools('pool with dilations', 0, 'same', ({ kernel }, x, pad) => tf.pool(x, kernel, 'max', pad, [2, 2], [1, 1])),
];

const imageTable: OpEntry[] = [
  ...[
    [false, false],
    [true, false],
    [false, true],
  ].flatMap(([alignCorners, halfPixelCenters]) => [
    op(
      `resizeBilinear ${alignCorners} ${halfPixelCenters}`,
      halfPixelCenters ? 0 : 1,
      fc.tuple(argOf([2, 4, 4, 2], smooth)),
      (x: tf.Tensor4D) => tf.image.resizeBilinear(x, [5, 3], alignCorners, halfPixelCenters),
    ),
    op(`resizeNearestNeighbor ${alignCorners} ${halfPixelCenters}`, 0, fc.tuple(argOf([2, 4, 4, 2], smooth)), (x: tf.Tensor4D) =>
      tf.image.resizeNearestNeighbor(x, [5, 3], alignCorners, halfPixelCenters),
    ),
  ]),
  op('depthToSpace', 0, fc.tuple(argOf([2, 2, 3, 8], grid)), (x: tf.Tensor4D) => tf.depthToSpace(x, 2)),
  op('spaceToBatchND', 2, fc.tuple(argOf([1, 4, 4, 2], grid)), (x: tf.Tensor4D) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [1, 1],
        [0, 2],
      ],
    ),
  ),
  op('batchToSpaceND', 2, fc.tuple(argOf([4, 2, 2, 2], grid)), (x: tf.Tensor4D) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  ),
];

describe('image ops equal eager TensorFlow.js', () => {
  it('convolutions', () => checkOps(convolutionTable));
  it('pools', () => checkOps(poolTable));
  it('resizing and blocks', () => checkOps(imageTable));
});

/** TensorFlow.js' CPU backend errs in these gradients: it counts elements beyond the edge, or rounds another way than the op. */
describe('gradients that the eager CPU backend gets wrong equal finite differences', () => {
  const losses: { readonly [name: string]: (x: tf.Tensor) => tf.Tensor } = {
    'average pool with padding': (x) =>
      tf
        .avgPool(x as tf.Tensor4D, 2, 2, 'same')
        .square()
        .sum(),
    'nearest neighbours': (x) =>
      tf.image
        .resizeNearestNeighbor(x as tf.Tensor4D, [4, 5])
        .square()
        .sum(),
    'bilinear, half a pixel off': (x) =>
      tf.image
        .resizeBilinear(x as tf.Tensor4D, [2, 7], false, true)
        .square()
        .sum(),
  };

  it.each(Object.keys(losses))('%s', async (name) => {
    const loss = losses[name]!;
    const slope = jit(grad(loss) as (x: tf.Tensor) => tf.Tensor);
    const value = jit(loss);
    const x = [1, -2, 3, 0.5, 1.5, -1, 2, 0, 4];
    const shifted = async (place: number, by: number): Promise<number> =>
      (
        await value(
          float32(
            [1, 3, 3, 1],
            x.map((v, k) => (k === place ? v + by : v)),
          ),
        )
      ).data[0]!;
    const gradient = (await slope(float32([1, 3, 3, 1], x))).data;
    for (let i = 0; i < 9; i++) expect(gradient[i]).toBeCloseTo(((await shifted(i, 0.25)) - (await shifted(i, -0.25))) / 0.5, 3);
    slope.dispose();
    value.dispose();
  });
});
