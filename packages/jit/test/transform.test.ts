/** Derivatives: against closed forms and finite differences, compiled and eager, nested, and for the gradients TensorFlow.js lacks. */
import { configureEngine, grad, jacobian, jit, silu, tf, valueAndGrad, valueAndGradWithAux } from '@mbrl/jit';
import { float32, int32, type NdArray, ShapeError } from '@mbrl/core';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arrayOf } from './oracle/drawn-args.js';

type Map = (x: tf.Tensor) => tf.Tensor;

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => configureEngine({}));

const numbers = (array: NdArray): number[] => Array.from(array.data);

describe.each(['onnxruntime-node', 'eager'] as const)('on %s', (engine) => {
  beforeAll(() => configureEngine({ engine }));

  it('grad gives a tree like the first argument', async () => {
    configureEngine({ engine });
    const loss = (p: { w: tf.Tensor; rest: tf.Tensor[] }, x: tf.Tensor): tf.Tensor => p.w.mul(x).sum().add(p.rest[0]!.square().sum());
    const program = jit(grad(loss));
    const grads = await program({ w: float32([2], [1, 2]), rest: [float32([2], [3, 4]), float32([1], [9])] }, float32([2], [5, 6]));
    expect(grads).toEqual({ w: float32([2], [5, 6]), rest: [float32([2], [6, 8]), float32([1], [0])] });
    program.dispose();
  });

  it('valueAndGrad and valueAndGradWithAux also give value and extras', async () => {
    configureEngine({ engine });
    const plain = jit(valueAndGrad((x: tf.Tensor) => x.pow(3).sum()));
    const { value, grads } = await plain(float32([2], [1, 2]));
    expect(value).toEqual(float32([], [9]));
    expect(numbers(grads)).toEqual([3, 12]);
    const withAux = jit(
      valueAndGradWithAux((x: tf.Tensor, y: tf.Tensor) => ({ value: x.mul(y).sum(), aux: { product: x.mul(y), given: y } })),
    );
    const result = await withAux(float32([2], [1, 2]), float32([2], [3, 4]));
    expect(result).toEqual({
      value: float32([], [11]),
      aux: { product: float32([2], [3, 8]), given: float32([2], [3, 4]) },
      grads: float32([2], [3, 4]),
    });
    plain.dispose();
    withAux.dispose();
  });

  it('derivatives nest: the fourth of a polynomial, and a mixed one', async () => {
    configureEngine({ engine });
    const f: Map = (x) => x.pow(5).sum();
    const d =
      (g: Map): Map =>
      (x) =>
        (grad(g)(x) as tf.Tensor).sum();
    const fourth = jit(d(d(d(d(f)))));
    expect((await fourth(float32([1], [2]))).data[0]).toBeCloseTo(5 * 4 * 3 * 2 * 2, 2);
    const mixed = jit(
      (x: tf.Tensor, y: tf.Tensor) =>
        grad((a: tf.Tensor) => (grad((b: tf.Tensor) => a.square().mul(b.pow(3)).sum())(y) as tf.Tensor).sum())(x) as tf.Tensor,
    );
    expect((await mixed(float32([1], [3]), float32([1], [2]))).data[0]).toBeCloseTo(2 * 3 * 3 * 4, 3);
    fourth.dispose();
    mixed.dispose();
  });

  it('a step through a gradient is differentiated: learning to learn', async () => {
    configureEngine({ engine });
    const inner = (w: tf.Tensor): tf.Tensor => w.sub(3).square().sum();
    const afterStep = jit(
      grad((rate: tf.Tensor, w: tf.Tensor) => inner(w.sub((grad(inner)(w) as tf.Tensor).mul(rate)))) as (
        rate: tf.Tensor,
        w: tf.Tensor,
      ) => tf.Tensor,
    );
    // inner(w − 2r(w − 3)) = (1 − 2r)²(w − 3)², so its derivative by r is −4(1 − 2r)(w − 3)².
    expect((await afterStep(float32([], [0.1]), float32([1], [1]))).data[0]).toBeCloseTo(-4 * 0.8 * 4, 4);
    afterStep.dispose();
  });

  it('jacobian is batched, takes further arguments, and equals finite differences', async () => {
    configureEngine({ engine });
    const f = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.concat([tf.tanh(tf.matMul(x, w)), x.square().sum(1, true)], 1);
    const slopes = jit(jacobian(f));
    const value = jit(f);
    const x = arrayOf([4, 3], 'smooth', 'float32', 1) as NdArray<'float32'>;
    const w = arrayOf([3, 2], 'unit', 'float32', 2) as NdArray<'float32'>;
    const result = await slopes(x, w);
    expect(result.shape).toEqual([4, 3, 3]);
    const step = 1e-2;
    for (let column = 0; column < 3; column++) {
      const shifted = async (by: number): Promise<NdArray> =>
        value(
          float32(
            [4, 3],
            numbers(x).map((v, i) => (i % 3 === column ? v + by : v)),
          ),
          w,
        );
      const [above, below] = [await shifted(step), await shifted(-step)];
      for (let row = 0; row < 4; row++) {
        for (let out = 0; out < 3; out++) {
          const slope = (above.data[row * 3 + out]! - below.data[row * 3 + out]!) / (2 * step);
          expect(result.data[(row * 3 + out) * 3 + column]).toBeCloseTo(slope, 2);
        }
      }
    }
    slopes.dispose();
    value.dispose();
  });

  it('what the function does not depend on has a gradient of zeros, at any depth', async () => {
    configureEngine({ engine });
    const constant = jit(grad((params: { a: tf.Tensor }) => tf.scalar(params.a.size)));
    expect(await constant({ a: float32([2], [1, 2]) })).toEqual({ a: float32([2]) });
    const linear = jit(grad((x: tf.Tensor) => (grad((y: tf.Tensor) => y.mul(3).sum())(x) as tf.Tensor).sum()) as Map);
    expect(await linear(float32([2], [1, 2]))).toEqual(float32([2]));
    constant.dispose();
    linear.dispose();
  });

  it('what does not fit is refused', async () => {
    configureEngine({ engine });
    const x = float32([2, 2], [1, 2, 3, 4]);
    await expect(jit(grad((v: tf.Tensor) => v.mul(2)))(x)).rejects.toThrow(/grad: the function must return a scalar, got shape \[2, 2\]/);
    await expect(jit(grad((_: tf.Tensor[], v: tf.Tensor) => v.sum()))([], x)).rejects.toThrow(/must hold at least one tensor/);
    await expect(jit(jacobian((v: tf.Tensor) => v))(float32([2], [1, 2]))).rejects.toBeInstanceOf(ShapeError);
    await expect(jit(jacobian((v: tf.Tensor) => v.sum()))(x)).rejects.toThrow(/must return shape \[2, m\]/);
  });
});

it('leaves no tensor behind when it is used on tensors', () => {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const { value, aux, grads } = valueAndGradWithAux((x: tf.Tensor) => ({ value: x.square().sum(), aux: { twice: x.mul(2) } }))(
      tf.tensor1d([1, 2]),
    );
    return [value, aux.twice, grads].map((tensor) => Array.from(tensor.dataSync()));
  });
  expect(result).toEqual([[5], [2, 4], [2, 4]]);
  expect(tf.memory().numTensors).toBe(before);
  const jacobianNow = tf.tidy(() => Array.from(jacobian((x: tf.Tensor) => x.square())(tf.tensor2d([[1, 2]])).dataSync()));
  expect(jacobianNow).toEqual([2, 0, 0, 4]);
  expect(tf.memory().numTensors).toBe(before);
});

it('leaves no tensor behind, and notes nothing any more, when the way back fails', () => {
  const outside = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  expect(() => tf.tidy(() => grad((x: tf.Tensor) => tf.stridedSlice(x.square(), [0], [2], [2]).sum())(outside))).toThrow(/StridedSlice/);
  expect(tf.memory().numTensors).toBe(before);
  tf.tidy(() => void outside.square());
  expect(tf.memory().numTensors).toBe(before);
  outside.dispose();
});

/** Gradients that come from this package, not from TensorFlow.js, as losses of one vector of 12. */
const supplied: { readonly [name: string]: (x: tf.Tensor) => tf.Tensor } = {
  'a mask by comparison': (x) => x.square().mul(x.greater(0.3).cast('float32')).sum(),
  'a selection by comparison': (x) => tf.where(x.less(0.1).logicalOr(x.greater(1)), x.pow(3), x.mul(2)).sum(),
  'a selection by a negated one': (x) => tf.where(x.equal(0.123).logicalNot().logicalAnd(x.lessEqual(9)), x.square(), x).sum(),
  'the greatest, sorted': (x) =>
    tf
      .topk(x.reshape([3, 4]), 3)
      .values.mul(tf.range(1, 4))
      .sum(),
  'points gathered': (x) =>
    tf
      .gatherND(
        x.reshape([3, 4]),
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
            [0, 1],
          ],
          [3, 2],
          'int32',
        ),
      )
      .pow(3)
      .sum(),
  'points scattered': (x) =>
    tf
      .scatterND(tf.tensor2d([[1], [0], [1]], [3, 1], 'int32'), x.reshape([3, 4]), [2, 4])
      .pow(3)
      .sum(),
  'borders mirrored': (x) =>
    tf
      .mirrorPad(
        x.reshape([3, 4]),
        [
          [2, 1],
          [0, 3],
        ],
        'reflect',
      )
      .pow(3)
      .sum(),
  'borders mirrored with the edge': (x) =>
    tf
      .mirrorPad(
        x.reshape([3, 4]),
        [
          [3, 0],
          [1, 4],
        ],
        'symmetric',
      )
      .pow(3)
      .sum(),
  'a conversion to whole numbers': (x) => x.mul(0.4).cast('int32').cast('float32').add(1).mul(x).sum(),
  'a conversion to truth values': (x) => x.sub(9).cast('bool').cast('float32').mul(x).sum(),
  'an Einstein sum of two': (x) =>
    tf
      .einsum('ij,kj->ik', x.reshape([3, 4]), x.reshape([3, 4]).square())
      .square()
      .sum(),
  'an Einstein sum over one index alone': (x) =>
    tf
      .einsum('ij,jk->k', x.reshape([3, 4]), x.reshape([4, 3]))
      .square()
      .sum(),
  'a matrix product that broadcasts': (x) =>
    tf
      .matMul(x.reshape([3, 2, 2]), x.slice(0, 4).reshape([1, 2, 2]))
      .square()
      .sum(),
  'maximum and minimum that broadcast': (x) =>
    tf
      .maximum(x.reshape([3, 4]), x.slice(0, 4))
      .square()
      .add(tf.minimum(x.reshape([3, 4]), 0.2))
      .sum(),
  'the slope of elu': (x) => (grad((y: tf.Tensor) => tf.elu(y).square().sum())(x) as tf.Tensor).square().sum(),
  'the slope of a rectifier': (x) => (grad((y: tf.Tensor) => tf.relu(y).pow(3).sum())(x) as tf.Tensor).sum(),
  'the slope of a convolution': (x) =>
    (
      grad((filter: tf.Tensor) =>
        tf
          .conv2d(x.reshape([1, 3, 4, 1]) as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')
          .pow(3)
          .sum(),
      )(x.slice(0, 4).reshape([2, 2, 1, 1])) as tf.Tensor
    )
      .square()
      .sum()
      .mul(0.01),
  'the slope of a depthwise convolution': (x) =>
    (
      grad((filter: tf.Tensor) =>
        tf
          .depthwiseConv2d(x.reshape([1, 3, 2, 2]) as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')
          .pow(3)
          .sum(),
      )(x.slice(0, 8).reshape([2, 2, 2, 1])) as tf.Tensor
    )
      .square()
      .sum()
      .mul(0.01),
};

/** The slope of a sum of squares of what the function gives, weighted, as a loss: its gradient is a second derivative. */
const slopeOf =
  (f: Map) =>
  (x: tf.Tensor): tf.Tensor =>
    (grad((y: tf.Tensor) => f(y).square().sum())(x) as tf.Tensor)
      .mul(tf.linspace(-1, 1.3, 12))
      .sum()
      .mul(0.2);

const throughKeptResults: { readonly [name: string]: Map } = {
  exp: tf.exp as Map,
  sigmoid: tf.sigmoid as Map,
  tanh: tf.tanh as Map,
  elu: tf.elu as Map,
  selu: tf.selu as Map,
  silu,
  softplus: tf.softplus as Map,
  softmax: (x) => tf.softmax(x.reshape([3, 4])).mul(3),
  logSoftmax: (x) => tf.logSoftmax(x.reshape([3, 4])),
  logSumExp: (x) => tf.logSumExp(x.reshape([3, 4]), 1),
  'sigmoid cross-entropy': (x) => tf.losses.sigmoidCrossEntropy(tf.linspace(0, 1, 12), x),
  'cumulative sum along the first axis': (x) => tf.cumsum(x.reshape([3, 4]), 0, true),
  'cumulative sum along the middle axis': (x) => tf.cumsum(x.reshape([2, 3, 2]), 1, false, true),
  'a split into one part': (x) => tf.split(x.reshape([3, 4]), 1, 0)[0]!,
  'the only one of a stack': (x) => tf.unstack(x.reshape([1, 12]))[0]!,
  'greatest, sorted': (x) => tf.topk(x.reshape([3, 4]), 2).values,
  'borders mirrored': (x) =>
    tf.mirrorPad(
      x.reshape([3, 4]),
      [
        [1, 2],
        [3, 0],
      ],
      'reflect',
    ),
  'element at the greatest': (x) => tf.gather(x.exp(), tf.argMax(x).reshape([1]) as tf.Tensor1D),
  'layer norm of tanh': (x) => {
    const hidden = tf.tanh(x.reshape([3, 4]));
    const { mean, variance } = tf.moments(hidden, 1, true);
    return hidden.sub(mean).div(variance.add(0.5).sqrt());
  },
};

const secondDerivatives = Object.fromEntries(
  Object.entries(throughKeptResults).map(([name, f]) => [`the second derivative of ${name}`, slopeOf(f)]),
);

describe('gradients that TensorFlow.js lacks or gets wrong equal finite differences', () => {
  it.each([
    ['first', supplied],
    ['second', secondDerivatives],
  ] as const)('%s derivatives, on random points', async (_, table) => {
    const names = Object.keys(table);
    const slopes = jit((x: tf.Tensor) => names.map((name) => grad(table[name]!)(x) as tf.Tensor));
    const values = jit((x: tf.Tensor) => names.map((name) => table[name]!(x)));
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const x = numbers(arrayOf([12], 'smooth', 'float32', seed)).map((value) => value * 0.5);
        const step = 2 ** -9;
        const valuesAt = (i: number, by: number): Promise<NdArray[]> =>
          values(
            float32(
              [12],
              x.map((value, k) => (k === i ? value + by : value)),
            ),
          );
        const above = await Promise.all(x.map((__, i) => valuesAt(i, step)));
        const below = await Promise.all(x.map((__, i) => valuesAt(i, -step)));
        const gradients = await slopes(float32([12], x));
        names.forEach((name, n) => {
          const scale = Math.max(1, ...above.map((list) => Math.abs(list[n]!.data[0]!)));
          // A comparison jumps and a maximum bends where two values meet; such points say nothing about the slope.
          const near = (a: number, b: number): boolean => Math.abs(a - b) < 3 * step;
          const edges = x.some((a, i) => [0, 0.1, 0.2, 0.3, 1].some((edge) => near(a, edge)) || x.some((b, k) => k < i && near(a, b)));
          if (edges) return;
          for (let i = 0; i < 12; i++) {
            const slope = (above[i]![n]!.data[0]! - below[i]![n]!.data[0]!) / (2 * step);
            expect(
              Math.abs(gradients[n]!.data[i]! - slope),
              `${name} by element ${i}: ${gradients[n]!.data[i]} against ${slope}`,
            ).toBeLessThan(2e-2 * scale);
          }
        });
      }),
      { numRuns: 12, endOnFailure: true },
    );
    slopes.dispose();
    values.dispose();
  });

  it('an index that does not exist gets nothing back', async () => {
    const slope = jit(
      grad((x: tf.Tensor, ids: tf.Tensor) =>
        tf
          .unsortedSegmentSum(x, ids as tf.Tensor1D, 2)
          .square()
          .sum(),
      ) as (x: tf.Tensor, ids: tf.Tensor) => tf.Tensor,
    );
    expect(numbers(await slope(float32([4], [1, 2, 3, 4]), int32([4], [0, -1, 1, -7])))).toEqual([2, 0, 6, 0]);
    slope.dispose();
  });
});
