/** What cannot be compiled is refused while it is traced, with the op and the function named, and nothing stays behind. */
import { configureEngine, exportOnnx, grad, jit, tf } from '@mbrl/jit';
import { float32, int32, LifecycleError, OptionError, ShapeError, UnsupportedError } from '@mbrl/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const x = float32([2], [1, 2]);

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => configureEngine({}));

type Fn = (x: tf.Tensor) => unknown;

/** A function that is compiled has no business with it. */
let variable: tf.Variable;
beforeAll(() => {
  variable = tf.variable(tf.tensor1d([7, 7]));
});
afterEach(() => expect(Array.from(variable.dataSync())).toEqual([7, 7]));

const refused: readonly (readonly [string, Fn, RegExp])[] = [
  [
    'an op without a counterpart',
    function countBins(v) {
      return tf.bincount(v.cast('int32') as tf.Tensor1D, [], 3);
    },
    /jit: op (Dense)?Bincount cannot be compiled.*countBins/,
  ],
  [
    'an image op',
    function crop(v) {
      return tf.image.flipLeftRight(v.reshape([1, 1, 2, 1]) as tf.Tensor4D);
    },
    /jit: op FlipLeftRight cannot be compiled.*crop/,
  ],
  [
    'an option without a counterpart',
    function backwards(v) {
      return tf.stridedSlice(v, [1], [0], [-1]);
    },
    /stridedSlice with a negative stride.*backwards/,
  ],
  [
    'reading a value',
    function peek(v) {
      return v.mul(v.dataSync()[0]!);
    },
    /jit: dataSync.*reads a value while the function is compiled.*peek/,
  ],
  [
    'reading a value as arrays',
    function peekArray(v) {
      return tf.scalar((v.arraySync() as number[])[0]!);
    },
    /reads a value while the function is compiled.*peekArray/,
  ],
  [
    'random numbers',
    function noisy(v) {
      return v.add(tf.randomNormal([2]));
    },
    /jit: randomNormal draws once, while the function is compiled; .*noisy/,
  ],
  [
    'random numbers of a layer',
    function dropping(v) {
      return tf.dropout(v, 0.5);
    },
    /jit: randomUniform draws once.*dropping/,
  ],
  [
    'random numbers within bounds',
    function truncated(v) {
      return v.add(tf.truncatedNormal([2]));
    },
    /truncatedNormal draws once.*truncated/,
  ],
  [
    'an asynchronous function',
    async function later(v) {
      return v.mul((await v.data())[0]!);
    },
    /asynchronous function cannot be compiled.*later/,
  ],
  [
    'a number for a result',
    function plain() {
      return 3;
    },
    /the result must hold tensors only, got number at the root \(in plain\)/,
  ],
  [
    'nothing for a result',
    function nothing() {
      return undefined;
    },
    /the result must hold tensors only, got undefined at the root \(in nothing\)/,
  ],
  [
    'a typed array inside a result',
    function mixed(v) {
      return { a: v, b: { c: [new Float32Array(1)] } };
    },
    /the result must hold tensors only, got .* at b\.c\.0.* \(in mixed\)/,
  ],
  [
    'text',
    function words() {
      return tf.tensor(['a', 'b']);
    },
    /strings? cannot be compiled|string/,
  ],
  [
    'complex numbers',
    function waves(v) {
      return tf.complex(v, v);
    },
    /[Cc]omplex(64)? cannot be compiled.*waves/,
  ],
  [
    'a Fourier transform',
    function spectrum(v) {
      return tf.spectral.rfft(v);
    },
    /cannot be compiled.*spectrum/,
  ],
  [
    'an error of the function itself',
    function broken() {
      throw new TypeError('of its own');
    },
    /of its own/,
  ],
  [
    'shapes that do not fit',
    function unfit(v) {
      return v.add(tf.ones([3]));
    },
    /shapes that meet must be equal or 1 along each axis, got \[2\] and \[3\] \(in unfit\)/,
  ],
  [
    'a product of matrices that do not fit',
    function unmultipliable(v) {
      return tf.matMul(v.reshape([1, 2]), tf.ones([1, 3]), true, true);
    },
    /jit: matMul must have equal inner extents, got \[1, 2\] transposed and \[1, 3\] transposed \(in unmultipliable\)/,
  ],
  [
    'arrays that cannot be joined',
    function unjoinable(v) {
      return tf.concat([v.reshape([1, 2]), tf.ones([1, 3])], 0);
    },
    /jit: values to be joined along axis 0 must agree along the others, got \[1, 2\] and \[1, 3\] \(in unjoinable\)/,
  ],
  [
    'arrays that cannot be stacked',
    function unstackable(v) {
      return tf.stack([v, tf.ones([3])]);
    },
    /must agree along the others, got \[1, 2\] and \[1, 3\] \(in unstackable\)/,
  ],
  [
    'an Einstein sum without a result',
    function arrowless(v) {
      return tf.einsum('i,j', v, v);
    },
    /jit: einsum without an arrow, "i,j", cannot be compiled \(in arrowless\)/,
  ],
  [
    'an Einstein sum along a diagonal',
    function diagonal(v) {
      return tf.einsum('ii->i', tf.outerProduct(v as tf.Tensor1D, v as tf.Tensor1D));
    },
    /jit: einsum with an index twice in a term, "ii->i", cannot be compiled \(in diagonal\)/,
  ],
  [
    'a gradient that nobody has',
    function slopeless(v) {
      return grad((w: tf.Tensor) => tf.stridedSlice(w, [0], [2], [2]).sum())(v);
    },
    /jit: op StridedSlice has no gradient \(in slopeless\)/,
  ],
  [
    'a variable that is assigned',
    function assigning(v) {
      variable.assign(v as tf.Tensor1D);
      return v;
    },
    /jit: assigning a variable cannot be compiled; return its next value \(in assigning\)/,
  ],
];

describe('what cannot be compiled', () => {
  it.each(refused)('%s', async (_, fn, message) => {
    const tensorsBefore = tf.memory().numTensors;
    const program = jit(fn as (v: tf.Tensor) => tf.Tensor);
    const failure: unknown = await program(x).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toMatch(message);
    expect(program.programCount).toBe(0);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
    expect(tf.memory().numTensors).toBe(tensorsBefore);
    const again: unknown = await program(x).catch((error: unknown) => error);
    expect((again as Error).message).toBe((failure as Error).message);
  });

  it('is an UnsupportedError when it is the op, the function’s own error when it is that', async () => {
    await expect(jit((v: tf.Tensor) => tf.bincount(v.cast('int32') as tf.Tensor1D, [], 3))(x)).rejects.toBeInstanceOf(UnsupportedError);
    await expect(
      jit((): tf.Tensor => {
        throw new TypeError('mine');
      })(),
    ).rejects.toBeInstanceOf(TypeError);
  });

  it('is refused by exportOnnx too', () => {
    expect(() =>
      exportOnnx(
        function crop(v: tf.Tensor) {
          return tf.image.flipLeftRight(v as tf.Tensor4D);
        },
        [float32([1, 1, 2, 1])],
      ),
    ).toThrow(/FlipLeftRight cannot be compiled.*crop/);
  });

  it('compiles another function after a failure, and the same one once it is given something else', async () => {
    const fussy = jit((v: tf.Tensor): tf.Tensor => {
      if (v.shape[0] === 2) throw new Error('not two');
      return v.mul(2);
    });
    await expect(fussy(x)).rejects.toThrow('not two');
    expect((await fussy(float32([1], [4]))).data).toEqual(Float32Array.of(8));
  });

  it.each([
    ['a number', 3],
    ['null', null],
    ['a plain list of numbers', [1, 2]],
    ['an array without data', { dtype: 'float32', shape: [2] }],
    ['an unknown element type', { dtype: 'float64', shape: [1], data: Float64Array.of(1) }],
    ['data of another type', { dtype: 'float32', shape: [1], data: Int32Array.of(1) }],
    ['a plain list for data', { dtype: 'float32', shape: [3], data: [1, 2, 3] }],
    ['data of twice the precision', { dtype: 'float32', shape: [3], data: Float64Array.of(1, 2, 3) }],
    ['a tensor', { dtype: 'float32', shape: [3], data: () => Promise.resolve() }],
    ['half an extent', { dtype: 'float32', shape: [1.5, 2], data: Float32Array.of(1, 2, 3) }],
    ['negative extents', { dtype: 'float32', shape: [-1, -3], data: Float32Array.of(1, 2, 3) }],
    ['too few elements', { dtype: 'float32', shape: [3], data: Float32Array.of(1) }],
  ])('refuses %s as an argument, before and after it was compiled', async (_, bad) => {
    const program = jit((v: tf.Tensor) => v.mul(2));
    await expect(program(bad as never)).rejects.toThrow(ShapeError);
    await program(float32([3], [1, 2, 3]));
    await program(float32([1], [1]));
    await expect(program(bad as never)).rejects.toThrow(ShapeError);
    program.dispose();
  });

  it('reports an error inside the runtime with the function and the shapes, and goes on', async () => {
    const pick = jit(function pickRows(v: tf.Tensor, i: tf.Tensor) {
      return tf.gather(v, i as tf.Tensor1D);
    });
    await expect(pick(x, int32([1], [7]))).rejects.toThrow(/pickRows: the program failed on float32\[2\] int32\[1\]/);
    expect((await pick(x, int32([1], [1]))).data).toEqual(Float32Array.of(2));
    pick.dispose();
  });

  it('refuses options that exclude each other or make no sense', () => {
    expect(() => jit((v: tf.Tensor) => v, { donate: [0], outputs: 'reuse' })).toThrow(OptionError);
    expect(() => jit((v: tf.Tensor) => v, { donate: [-1] })).toThrow(OptionError);
    expect(() => jit((v: tf.Tensor) => v, { donate: [0.5] })).toThrow(OptionError);
    expect(() => jit((v: tf.Tensor) => v, { outputs: 'keep' as never })).toThrow(
      /jit: outputs must be one of "fresh", "reuse", got "keep"/,
    );
    expect(() => jit({} as never)).toThrow(/jit: fn must be a function, got object/);
  });

  it('refuses calls after dispose', async () => {
    const program = jit((v: tf.Tensor) => v.add(1));
    await program(x);
    program.dispose();
    program.dispose();
    expect(program.programCount).toBe(0);
    await expect(program(x)).rejects.toBeInstanceOf(LifecycleError);
  });

  it('refuses the same things eagerly, where values do not matter', async () => {
    configureEngine({ engine: 'eager' });
    await expect(
      jit(function plain() {
        return 3;
      } as () => never)(),
    ).rejects.toThrow(/must hold tensors only, got number at the root \(in plain\)/);
    await expect(
      jit(async function later(v: tf.Tensor) {
        return v;
      } as never as (v: tf.Tensor) => tf.Tensor)(x),
    ).rejects.toThrow(/asynchronous/);
    const before = tf.memory().numTensors;
    await expect(
      jit((): tf.Tensor => {
        tf.ones([3]);
        throw new Error('own');
      })(),
    ).rejects.toThrow('own');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('tensors from outside', () => {
  it('become constants of the program, with the values they had then', async () => {
    const outside = tf.tensor1d([10, 20]);
    const program = jit((v: tf.Tensor) => v.add(outside));
    expect((await program(x)).data).toEqual(Float32Array.of(11, 22));
    outside.dispose();
    expect((await program(x)).data).toEqual(Float32Array.of(11, 22));
    await expect(program(float32([1, 2]))).rejects.toThrow(/from outside of the function was disposed/);
    program.dispose();
  });

  it('may be int32 or bool', async () => {
    const [whole, flags] = [tf.tensor1d([3, -4], 'int32'), tf.tensor1d([true, false], 'bool')];
    const program = jit((v: tf.Tensor) => [tf.where(flags, v, whole.cast('float32')), whole, flags]);
    const [chosen, numbers, truth] = await program(x);
    expect(chosen!.data).toEqual(Float32Array.of(1, -4));
    expect(numbers).toEqual(int32([2], [3, -4]));
    expect(truth).toEqual({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
    program.dispose();
    tf.dispose([whole, flags]);
  });
});
