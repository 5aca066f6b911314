/** Products, indexing, sorting, softmax and normalisation against eager TensorFlow.js. */
import { tf } from '@mbrl/jit';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { alike, argOf, type ArgKind, type DrawnArg, grid, integer, positive, shapeOf, smooth, special } from './oracle/drawn-args.js';
import { checkOps, op, type OpCall, type OpEntry } from './oracle/op-oracle.js';

const extent = fc.integer({ min: 1, max: 4 });

/** Two stacks of matrices that can be multiplied, one of them perhaps a single one (TensorFlow.js errs where both broadcast). */
function products(name: string, order: OpEntry['order'], kind: ArgKind, leading: number): OpEntry {
  const calls = fc
    .record({
      m: extent,
      k: extent,
      n: extent,
      batch: fc.array(extent, { minLength: leading, maxLength: leading }),
      ones: fc.constantFrom('neither', 'left', 'right'),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    })
    .chain(({ m, k, n, batch, ones, transposeA, transposeB }) => {
      const left = [...batch.map((size) => (ones === 'left' ? 1 : size)), ...(transposeA ? [k, m] : [m, k])];
      const right = [...batch.map((size) => (ones === 'right' ? 1 : size)), ...(transposeB ? [n, k] : [k, n])];
      return fc
        .tuple(argOf(left, kind), argOf(right, kind))
        .map((args): OpCall => ({ args, apply: (a, b) => tf.matMul(a!, b!, transposeA, transposeB) }));
    });
  return { name, order, calls };
}

const fused = (activation: 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid'): OpEntry =>
  op(
    `fused matMul with ${activation}`,
    1,
    fc.tuple(extent, extent, extent).chain(([m, k, n]) => fc.tuple(argOf([m, k], smooth), argOf([k, n], smooth), argOf([n], smooth))),
    (a: tf.Tensor2D, b: tf.Tensor2D, bias: tf.Tensor) => tf.fused.matMul({ a, b, bias, activation }),
  );

const einsums: OpEntry[] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['bij,bjk->bik', [2, 3, 4], [2, 4, 2]],
  ['ij,kj->ik', [2, 3], [4, 3]],
  ['i,j->ij', [3], [2]],
  ['ij->ji', [2, 3]],
  ['ij->i', [2, 3]],
  ['ij->', [2, 3]],
  ['ij,ij->', [2, 3], [2, 3]],
  ['bi,bi->b', [2, 3], [2, 3]],
  ['bhid,bhjd->bhij', [2, 2, 3, 2], [2, 2, 4, 2]],
].map(([equation, ...shapes]) =>
  op(`einsum ${equation as string}`, 2, fc.tuple(...(shapes as number[][]).map((shape) => argOf(shape, smooth))), (...xs: tf.Tensor[]) =>
    tf.einsum(equation as string, ...xs),
  ),
);

const matrices: OpEntry[] = [
  products('matMul', 2, smooth, 0),
  products('batched matMul', 2, smooth, 1),
  products('matMul of rank 4', 2, smooth, 2),
  products('int matMul', 0, integer, 1),
  fused('linear'),
  fused('relu'),
  fused('relu6'),
  fused('elu'),
  fused('sigmoid'),
  op('dot', 2, fc.tuple(argOf([3], smooth), argOf([3], smooth)), (a: tf.Tensor, b: tf.Tensor) => tf.dot(a, b)),
  op('outerProduct', 2, fc.tuple(argOf([3], smooth), argOf([2], smooth)), (a: tf.Tensor1D, b: tf.Tensor1D) => tf.outerProduct(a, b)),
  op('empty matMul', 1, fc.tuple(argOf([0, 3], smooth), argOf([3, 2], smooth)), (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b)),
  ...einsums,
];

/** Whole numbers in [0, below) as an argument. */
const indicesOf = (shape: readonly number[], below: number): fc.Arbitrary<DrawnArg> =>
  fc
    .array(fc.nat(below - 1), { minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) })
    .map((values) => ({
      form: 'input',
      shape,
      array: { dtype: 'int32', shape: [...shape], data: Int32Array.from(values) },
    }));

const filled = (minRank: number, maxRank: number): fc.Arbitrary<number[]> => shapeOf({ minRank, maxRank, allowEmpty: false });

function gathers(name: string, order: OpEntry['order'], kind: ArgKind): OpEntry {
  const calls = filled(1, 3).chain((shape) =>
    fc
      .tuple(fc.nat(shape.length - 1), shapeOf({ maxRank: 2 }))
      .chain(([axis, indexShape]) =>
        fc
          .tuple(argOf(shape, kind), indicesOf(indexShape, shape[axis]!))
          .map((args): OpCall => ({ args, apply: (x, i) => tf.gather(x!, i as tf.Tensor1D, axis) })),
      ),
  );
  return { name, order, calls };
}

const batchedGather: OpEntry = {
  name: 'gather with batchDims',
  order: 0,
  calls: filled(2, 3).chain((shape) =>
    fc
      .tuple(argOf(shape, grid), indicesOf([shape[0]!, 2], shape[1]!))
      .map((args): OpCall => ({ args, apply: (x, i) => tf.gather(x!, i as tf.Tensor1D, 1, 1) })),
  ),
};

const batchedGatherFarther: OpEntry = {
  name: 'gather with batchDims before the axis',
  order: 0,
  calls: filled(3, 3).chain((shape) =>
    fc
      .tuple(argOf(shape, grid), indicesOf([shape[0]!, 2], shape[2]!))
      .map((args): OpCall => ({ args, apply: (x, i) => tf.gather(x!, i as tf.Tensor1D, 2, 1) })),
  ),
};

const gatherNd: OpEntry = {
  name: 'gatherND',
  order: 2,
  calls: filled(2, 3).chain((shape) =>
    fc
      .tuple(argOf(shape, grid), indicesOf([3, 2], Math.min(shape[0]!, shape[1]!)))
      .map((args): OpCall => ({ args, apply: (x, i) => tf.gatherND(x!, i!) })),
  ),
};

const segments = (kind: ArgKind, order: OpEntry['order'], name: string): OpEntry => ({
  name,
  order,
  calls: filled(1, 3).chain((shape) =>
    fc
      .tuple(argOf(shape, kind), indicesOf([shape[0]!], 3))
      .map((args): OpCall => ({ args, apply: (x, i) => tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 4) })),
  ),
});

const topKs = (name: string, kind: ArgKind, order: OpEntry['order']): OpEntry => ({
  name,
  order,
  calls: filled(1, 3).chain((shape) =>
    fc.tuple(argOf(shape, kind), fc.integer({ min: 1, max: shape.at(-1)! })).map(([arg, k]): OpCall => ({
      args: [arg],
      apply: (x) => {
        const { values, indices } = tf.topk(x!, k);
        return [values, indices];
      },
    })),
  ),
});

const indexing: OpEntry[] = [
  gathers('gather', 2, grid),
  gathers('gather ints', 0, integer),
  batchedGather,
  batchedGatherFarther,
  gatherNd,
  op('scatterND', 2, fc.tuple(indicesOf([3, 1], 4), argOf([3, 2], grid)), (i: tf.Tensor, u: tf.Tensor) => tf.scatterND(i, u, [4, 2])),
  op('scatterND ints', 0, fc.tuple(indicesOf([3, 2], 2), argOf([3], integer)), (i: tf.Tensor, u: tf.Tensor) => tf.scatterND(i, u, [2, 2])),
  op(
    'tensorScatterUpdate',
    0,
    argOf([4, 2], grid).chain((x) => argOf([2, 2], grid).map((u) => [x, u])),
    (x: tf.Tensor, u: tf.Tensor) => tf.tensorScatterUpdate(x, tf.tensor2d([[3], [1]], [2, 1], 'int32'), u),
  ),
  segments(grid, 2, 'unsortedSegmentSum'),
  op(
    'oneHot',
    0,
    indicesOf([2, 3], 4).map((i) => [i]),
    (i: tf.Tensor) => [tf.oneHot(i, 4), tf.oneHot(i, 3, 2.5, -1, 'float32'), tf.oneHot(i, 3, 1, 0, 'bool')],
  ),
  op(
    'oneHot of out-of-range',
    0,
    argOf([4], integer).map((i) => [i]),
    (i: tf.Tensor) => tf.oneHot(i, 3),
  ),
  topKs('topk', grid, 2),
  topKs('topk ints', integer, 0),
  op(
    'sort',
    2,
    argOf([3, 5], smooth).map((x) => [x]),
    (x: tf.Tensor) => tf.topk(x, 5).values,
  ),
  op('lowerBound, upperBound', 0, fc.tuple(argOf([5], grid)), (x: tf.Tensor) => {
    const sorted = tf.tensor1d([-2, -1, -1, 0, 2]);
    return [tf.lowerBound(sorted, x as tf.Tensor1D), tf.upperBound(sorted, x as tf.Tensor1D)];
  }),
];

const layers: OpEntry[] = [
  op('softmax', 2, alike([smooth], { minRank: 1, allowEmpty: false }), (x: tf.Tensor) => tf.softmax(x)),
  op('softmax of specials', 0, alike([special], { minRank: 1, allowEmpty: false }), (x: tf.Tensor) => tf.softmax(x)),
  op('logSoftmax', 2, alike([smooth], { minRank: 1, allowEmpty: false }), (x: tf.Tensor) => tf.logSoftmax(x)),
  op('softmaxCrossEntropy', 1, alike([smooth, positive], { minRank: 2, maxRank: 2, allowEmpty: false }), (x: tf.Tensor, p: tf.Tensor) =>
    tf.losses.softmaxCrossEntropy(p, x),
  ),
  op('sigmoidCrossEntropy', 2, alike([smooth, positive], { minRank: 1, maxRank: 2, allowEmpty: false }), (x: tf.Tensor, p: tf.Tensor) =>
    tf.losses.sigmoidCrossEntropy(p, x),
  ),
  op('meanSquaredError', 2, alike([smooth, positive], { minRank: 1, maxRank: 2, allowEmpty: false }), (x: tf.Tensor, p: tf.Tensor) =>
    tf.losses.meanSquaredError(p, x),
  ),
  op('huberLoss', 2, alike([smooth, positive], { minRank: 1, maxRank: 2, allowEmpty: false }), (x: tf.Tensor, p: tf.Tensor) =>
    tf.losses.huberLoss(p, x),
  ),
  op('absoluteDifference', 2, alike([smooth, positive], { minRank: 1, maxRank: 2, allowEmpty: false }), (x: tf.Tensor, p: tf.Tensor) =>
    tf.losses.absoluteDifference(p, x),
  ),
  op(
    'batchNorm',
    2,
    fc.tuple(argOf([2, 2, 2, 3], smooth), argOf([3], smooth), argOf([3], positive), argOf([3], smooth), argOf([3], smooth)),
    (x: tf.Tensor4D, mean: tf.Tensor1D, variance: tf.Tensor1D, offset: tf.Tensor1D, scale: tf.Tensor1D) =>
      tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
    5e-5,
  ),
  op(
    'batchNorm without scale',
    0,
    fc.tuple(argOf([4, 3], smooth), argOf([3], smooth), argOf([3], positive)),
    (x: tf.Tensor2D, mean: tf.Tensor1D, variance: tf.Tensor1D) => tf.batchNorm(x, mean, variance),
    5e-5,
  ),
  op(
    'layer norm',
    2,
    fc.tuple(argOf([3, 4], smooth), argOf([4], smooth), argOf([4], smooth)),
    (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return x.sub(mean).div(variance.add(0.1).sqrt()).mul(scale).add(offset);
    },
    5e-5,
  ),
];

describe('matrix ops, indexing and layers equal eager TensorFlow.js', () => {
  it('products', () => checkOps(matrices));
  it('indexing and sorting', () => checkOps(indexing));
  it('softmax, losses and normalisation', () => checkOps(layers));
});
