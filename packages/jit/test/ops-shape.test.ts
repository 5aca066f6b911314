/** Ops that move elements, and reductions, against eager TensorFlow.js. */
import { tf } from '@mbrl/jit';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  alike,
  argOf,
  type ArgKind,
  type DrawnArg,
  grid,
  integer,
  type ShapeBounds,
  shapeOf,
  smooth,
  special,
  truth,
  unit,
} from './oracle/drawn-args.js';
import { checkOps, op, type OpCall, type OpEntry } from './oracle/op-oracle.js';

/** An op with options that are drawn for the shape. */
function withOptions<O>(
  name: string,
  order: OpEntry['order'],
  kind: ArgKind,
  bounds: ShapeBounds,
  options: (shape: readonly number[]) => fc.Arbitrary<O>,
  apply: (x: tf.Tensor, options: O) => tf.Tensor | tf.Tensor[],
  tolerance?: number,
): OpEntry {
  const calls = shapeOf(bounds).chain((shape) =>
    fc.tuple(argOf(shape, kind), options(shape)).map(([arg, chosen]): OpCall => ({ args: [arg], apply: (x) => apply(x!, chosen) })),
  );
  return tolerance === undefined ? { name, order, calls } : { name, order, calls, tolerance };
}

const axesOf = (shape: readonly number[]): fc.Arbitrary<number[] | undefined> =>
  fc.oneof(
    fc.constant(undefined),
    fc
      .subarray(shape.map((_, i) => i))
      .chain((axes) => fc.boolean().map((negative) => (negative ? axes.map((axis) => axis - shape.length) : axes))),
  );

const reduceOptions = (shape: readonly number[]): fc.Arbitrary<{ axes: number[] | undefined; keep: boolean }> =>
  fc.record({ axes: axesOf(shape), keep: fc.boolean() });

const axisOf = (shape: readonly number[]): fc.Arbitrary<number> => fc.integer({ min: -shape.length, max: shape.length - 1 });

const positiveExtents: ShapeBounds = { allowEmpty: false };
const someRank: ShapeBounds = { minRank: 1 };
const someRankFilled: ShapeBounds = { minRank: 1, allowEmpty: false };

/** Other shapes of the same size. */
const regrouped = (shape: readonly number[]): fc.Arbitrary<number[]> => {
  const size = shape.reduce((a, b) => a * b, 1);
  const candidates = [
    [size],
    [size, 1],
    [1, size],
    [...shape, 1],
    [1, ...shape],
    shape.toReversed(),
    ...(shape.length > 1 ? [[shape[0]! * shape[1]!, ...shape.slice(2)]] : []),
  ];
  return fc.constantFrom(...candidates);
};

const shuffled = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray(
    shape.map((_, i) => i),
    { minLength: shape.length, maxLength: shape.length },
  );

const windows = (shape: readonly number[]): fc.Arbitrary<{ begin: number[]; size: number[] }> =>
  fc
    .tuple(
      ...shape.map((extent) =>
        fc
          .integer({ min: 0, max: extent })
          .chain((begin) => fc.record({ begin: fc.constant(begin), size: fc.integer({ min: -1, max: extent - begin }) })),
      ),
    )
    .map((list) => ({ begin: list.map(({ begin }) => begin), size: list.map(({ size }) => size) }));

const strided = (shape: readonly number[]): fc.Arbitrary<{ begin: number[]; end: number[]; strides: number[] }> =>
  fc
    .tuple(
      ...shape.map((extent) =>
        fc.record({
          begin: fc.constantFrom(0, -extent),
          end: fc.integer({ min: 0, max: extent + 1 }),
          stride: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    )
    .map((list) => ({ begin: list.map(({ begin }) => begin), end: list.map(({ end }) => end), strides: list.map(({ stride }) => stride) }));

const paddings = (shape: readonly number[], most = 2): fc.Arbitrary<[number, number][]> =>
  fc.tuple(...shape.map(() => fc.tuple(fc.nat(most), fc.nat(most))));

const repeats = (shape: readonly number[]): fc.Arbitrary<number[]> => fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 })));

/** Tensors that are alike except along one axis. */
function joinable(kind: ArgKind, count: number): fc.Arbitrary<{ args: DrawnArg[]; axis: number }> {
  return shapeOf(someRank).chain((shape) =>
    axisOf(shape).chain((axis) =>
      fc.array(fc.nat(3), { minLength: count, maxLength: count }).chain((extents) =>
        fc
          .tuple(
            ...extents.map((extent) =>
              argOf(
                shape.map((size, i) => (i === (axis + shape.length) % shape.length ? extent : size)),
                kind,
              ),
            ),
          )
          .map((args) => ({ args, axis })),
      ),
    ),
  );
}

const concats = (name: string, order: OpEntry['order'], kind: ArgKind): OpEntry => ({
  name,
  order,
  calls: joinable(kind, 3).map(({ args, axis }): OpCall => ({ args, apply: (...xs) => tf.concat(xs, axis) })),
});

const stacks: OpEntry = {
  name: 'stack',
  order: 2,
  calls: shapeOf({ maxRank: 3 }).chain((shape) =>
    fc
      .tuple(fc.tuple(argOf(shape, grid), argOf(shape, grid)), fc.integer({ min: 0, max: shape.length }))
      .map(([args, axis]): OpCall => ({ args, apply: (...xs) => tf.stack(xs, axis) })),
  ),
};

const rankFive: ShapeBounds = { minRank: 5, maxRank: 5 };

const moves: OpEntry[] = [
  withOptions('reshape', 2, grid, {}, regrouped, (x, shape) => x.reshape(shape)),
  withOptions('reshape ints', 0, integer, {}, regrouped, (x, shape) => x.reshape(shape)),
  withOptions(
    'expandDims',
    2,
    grid,
    { maxRank: 4 },
    (shape) => fc.integer({ min: -shape.length - 1, max: shape.length }),
    (x, axis) => x.expandDims(axis),
  ),
  op('squeeze', 2, alike([grid], {}), (x: tf.Tensor) => x.expandDims(0).squeeze([0])),
  op('flatten', 2, alike([grid]), (x: tf.Tensor) => x.flatten()),
  withOptions('transpose', 2, grid, {}, shuffled, (x, order) => x.transpose(order)),
  withOptions('transpose rank 5', 0, integer, rankFive, shuffled, (x, order) => x.transpose(order)),
  withOptions('transpose bools', 0, truth, {}, shuffled, (x, order) => x.transpose(order)),
  withOptions('slice', 2, grid, someRank, windows, (x, { begin, size }) => tf.slice(x, begin, size)),
  withOptions('slice ints', 0, integer, someRank, windows, (x, { begin, size }) => tf.slice(x, begin, size)),
  withOptions('slice bools', 0, truth, someRank, windows, (x, { begin, size }) => tf.slice(x, begin, size)),
  withOptions('stridedSlice', 0, grid, someRankFilled, strided, (x, { begin, end, strides }) =>
    tf.stridedSlice(
      x,
      begin,
      end.map((last) => Math.max(last, 1)),
      strides,
    ),
  ),
  withOptions(
    'stridedSlice that drops an axis',
    0,
    grid,
    { minRank: 2, maxRank: 3, allowEmpty: false },
    () => fc.constant(0),
    (x) => tf.stridedSlice(x, [0, 0], [1, 1], [1, 1], 0, 0, 0, 0, 1),
  ),
  withOptions(
    'reverse',
    2,
    grid,
    someRank,
    (shape) => fc.subarray(shape.map((_, i) => i)),
    (x, axes) => tf.reverse(x, axes),
  ),
  op('slice from one number', 2, alike([grid], { minRank: 1, maxRank: 1, allowEmpty: false }), (x: tf.Tensor) => [
    tf.slice(x, 0, 1),
    tf.slice(x, x.size - 1),
  ]),
  op('reverse of one and of all axes', 2, alike([grid], { minRank: 2, maxRank: 3 }), (x: tf.Tensor) => [tf.reverse(x, 1), tf.reverse(x)]),
  withOptions(
    'reverse bools',
    0,
    truth,
    someRank,
    (shape) => fc.subarray(shape.map((_, i) => i)),
    (x, axes) => tf.reverse(x, axes),
  ),
  concats('concat', 2, grid),
  concats('concat ints', 0, integer),
  concats('concat bools', 0, truth),
  stacks,
  withOptions('unstack', 2, grid, someRankFilled, axisOf, (x, axis) => tf.unstack(tf.concat([x, x.square()], axis), axis)),
  withOptions('split', 2, grid, someRankFilled, axisOf, (x, axis) => tf.split(x, [x.shape.at(axis)! - 1, 1], axis)),
  withOptions('split evenly', 2, smooth, someRankFilled, axisOf, (x, axis) => tf.split(tf.concat([x, x.square()], axis), 2, axis)),
  withOptions('tile', 2, grid, someRank, repeats, (x, reps) => tf.tile(x, reps)),
  withOptions('tile ints', 0, integer, someRank, repeats, (x, reps) => tf.tile(x, reps)),
  withOptions('tile bools', 0, truth, someRank, repeats, (x, reps) => tf.tile(x, reps)),
  withOptions(
    'broadcastTo',
    2,
    grid,
    { maxRank: 3 },
    () => fc.nat(2),
    (x, extent) => tf.broadcastTo(x, [extent, ...x.shape]),
  ),
  withOptions('pad', 2, grid, someRank, paddings, (x, pads) => tf.pad(x, pads, 1.5)),
  withOptions('pad ints', 0, integer, someRank, paddings, (x, pads) => tf.pad(x, pads, 3)),
  withOptions('pad bools', 0, truth, someRank, paddings, (x, pads) => tf.pad(x, pads)),
  withOptions(
    'mirrorPad',
    2,
    grid,
    { minRank: 2, allowEmpty: false },
    () => fc.constant(0),
    (x) =>
      tf.mirrorPad(
        x,
        x.shape.map((extent) => [extent - 1, 0] as [number, number]),
        'reflect',
      ),
  ),
  withOptions(
    'mirrorPad symmetric',
    2,
    grid,
    { minRank: 1, allowEmpty: false },
    () => fc.constant(0),
    (x) =>
      tf.mirrorPad(
        x,
        x.shape.map((extent) => [extent, 1] as [number, number]),
        'symmetric',
      ),
  ),
  op('zerosLike, onesLike', 0, alike([integer]), (x: tf.Tensor) => [tf.zerosLike(x), tf.onesLike(x)]),
  op('eye, range, linspace', 0, alike([grid], { maxRank: 0 }), (x: tf.Tensor) => [
    tf.eye(3, 4).mul(x),
    tf.range(5, 1, -1.5),
    tf.range(0, 4, 1, 'int32'),
    tf.linspace(-1, 1, 5),
  ]),
  op('diag', 0, alike([grid], { maxRank: 2, minRank: 1 }), (x: tf.Tensor) => tf.diag(x)),
  op('meshgrid', 2, alike([grid, grid], { minRank: 1, maxRank: 1 }), (x: tf.Tensor, y: tf.Tensor) => tf.meshgrid(x, y)),
];

/** A reduction that has no value on an empty range in TensorFlow.js is given none. */
const reductions: OpEntry[] = [
  withOptions('sum', 2, grid, {}, reduceOptions, (x, { axes, keep }) => tf.sum(x, axes, keep)),
  withOptions('sum ints', 0, integer, {}, reduceOptions, (x, { axes, keep }) => tf.sum(x, axes, keep)),
  withOptions('sum bools', 0, truth, {}, reduceOptions, (x, { axes, keep }) => tf.sum(x, axes, keep)),
  withOptions('sum of rank 5', 0, grid, rankFive, reduceOptions, (x, { axes, keep }) => tf.sum(x, axes, keep)),
  withOptions('mean', 2, grid, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.mean(x, axes, keep)),
  withOptions('mean ints', 0, integer, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.mean(x, axes, keep)),
  withOptions('max', 2, grid, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.max(x, axes, keep)),
  withOptions('max ints', 0, integer, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.max(x, axes, keep)),
  withOptions('min', 2, grid, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.min(x, axes, keep)),
  withOptions('max of specials', 0, special, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.max(x, axes, keep)),
  withOptions('min of specials', 0, special, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.min(x, axes, keep)),
  withOptions('sum of specials', 0, special, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.sum(x, axes, keep)),
  withOptions('mean of specials', 0, special, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.mean(x, axes, keep)),
  // The gradient of TensorFlow.js takes no negative axes.
  withOptions('prod', 0, unit, {}, reduceOptions, (x, { axes, keep }) => tf.prod(x, axes, keep)),
  withOptions('prod along positive axes', 1, unit, positiveExtents, reduceOptions, (x, { axes, keep }) =>
    tf.prod(
      x,
      axes?.map((axis) => (axis + x.rank) % x.rank),
      keep,
    ),
  ),
  withOptions('prod ints', 0, integer, {}, reduceOptions, (x, { axes, keep }) => tf.prod(x, axes, keep)),
  withOptions('all', 0, truth, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.all(x, axes, keep)),
  withOptions('any', 0, truth, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.any(x, axes, keep)),
  withOptions('argMax', 0, grid, someRankFilled, axisOf, (x, axis) => tf.argMax(x, axis)),
  withOptions('argMin', 0, grid, someRankFilled, axisOf, (x, axis) => tf.argMin(x, axis)),
  withOptions('argMax ints', 0, integer, someRankFilled, axisOf, (x, axis) => tf.argMax(x, axis)),
  withOptions(
    'cumsum',
    2,
    grid,
    someRank,
    (shape) => fc.record({ axis: fc.nat(shape.length - 1), exclusive: fc.boolean(), reverse: fc.boolean() }),
    (x, o) => tf.cumsum(x, o.axis, o.exclusive, o.reverse),
  ),
  withOptions(
    'cumsum ints',
    0,
    integer,
    someRank,
    (shape) => fc.record({ axis: fc.nat(shape.length - 1), exclusive: fc.boolean(), reverse: fc.boolean() }),
    (x, o) => tf.cumsum(x, o.axis, o.exclusive, o.reverse),
  ),
  withOptions(
    'cumprod',
    0,
    unit,
    someRank,
    (shape) => fc.record({ axis: fc.nat(shape.length - 1), exclusive: fc.boolean(), reverse: fc.boolean() }),
    (x, o) => tf.cumprod(x, o.axis, o.exclusive, o.reverse),
  ),
  withOptions('logSumExp', 2, smooth, positiveExtents, reduceOptions, (x, { axes, keep }) => tf.logSumExp(x, axes, keep), 5e-5),
  withOptions('moments', 2, smooth, positiveExtents, reduceOptions, (x, { axes, keep }) => {
    const { mean, variance } = tf.moments(x, axes, keep);
    return [mean, variance];
  }),
  withOptions(
    'norm',
    1,
    unit,
    { minRank: 1, maxRank: 2, allowEmpty: false },
    axisOf,
    (x, axis) => tf.norm(x.abs().add(0.1), 'euclidean', axis),
    5e-5,
  ),
];

describe('shape ops and reductions equal eager TensorFlow.js', () => {
  it('moving elements', () => checkOps(moves));
  it('reductions and cumulative sums', () => checkOps(reductions));
});
