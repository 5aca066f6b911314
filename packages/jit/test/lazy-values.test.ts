/**
 * Random programs over values that a trace stores smaller than they are: filled, broadcast, tiled, reduced, reshaped and
 * joined in any order. Each must equal what eager TensorFlow.js gives, and so must its gradient by the inputs.
 */
import { jit, tf } from '@mbrl/jit';
import { float32, type NdArray } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayOf } from './oracle/drawn-args.js';
import { difference } from './oracle/op-oracle.js';

/** Picks from a list of random numbers, the same ones whether a program is traced or run. */
class Choices {
  #next = 0;
  readonly #numbers: readonly number[];

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(count: number): number {
    return this.#numbers[this.#next++ % this.#numbers.length]! % count;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type Step = (x: tf.Tensor, pick: Choices, others: readonly tf.Tensor[]) => tf.Tensor;

const axisOf = (x: tf.Tensor, pick: Choices): number => pick.below(x.rank);

const small = (x: tf.Tensor): boolean => x.size <= 200 && x.rank <= 4;

/** Another value of the program that broadcasts with this one; one made on the spot where there is none. */
function partner(x: tf.Tensor, pick: Choices, others: readonly tf.Tensor[]): tf.Tensor {
  const fitting = others.filter(
    (other) => other.shape.every((extent, i) => extent === 1 || extent === x.shape.at(i - other.rank)) && other.rank <= x.rank,
  );
  return fitting.length > 0 ? pick.of(fitting) : tf.fill(x.shape, 0.5);
}

const steps: { readonly [name: string]: Step } = {
  ones: (x) => tf.ones(x.shape).mul(x),
  zeros: (x) => tf.zeros(x.shape).add(x),
  fill: (x, pick) => tf.fill(x.shape, pick.below(5) - 2),
  onesLike: (x) => tf.onesLike(x).sub(x),
  negativeZero: (x) => tf.fill(x.shape, -0).add(tf.fill(x.shape, 0)).mul(x),
  broadcastTo: (x, pick) => (x.rank < 4 ? tf.broadcastTo(x, [pick.below(3) + 1, ...x.shape]) : x),
  widen: (x) => {
    const axis = x.shape.indexOf(1);
    return axis < 0
      ? x
      : tf.broadcastTo(
          x,
          x.shape.map((extent, i) => (i === axis ? 3 : extent)),
        );
  },
  tile: (x, pick) =>
    x.rank === 0
      ? x
      : tf.tile(
          x,
          x.shape.map(() => pick.below(2) + 1),
        ),
  keepSum: (x, pick) => (x.rank === 0 ? x : tf.sum(x, axisOf(x, pick), true)),
  sum: (x, pick) => (x.rank === 0 ? x : tf.sum(x, axisOf(x, pick))),
  mean: (x, pick) => (x.rank === 0 ? x : tf.mean(x, axisOf(x, pick), pick.below(2) === 1)),
  max: (x, pick) => (x.rank === 0 ? x : tf.max(x, axisOf(x, pick), pick.below(2) === 1)),
  sumAll: (x, pick) => (pick.below(3) === 0 ? tf.sum(x).mul(0.1) : x),
  reshape: (x) => x.reshape([x.size]),
  expandDims: (x, pick) => (x.rank < 4 ? x.expandDims(pick.below(x.rank + 1)) : x),
  transpose: (x) => x.transpose(),
  slice: (x, pick) => {
    if (x.rank === 0) return x;
    const axis = axisOf(x, pick);
    return tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? x.shape[i]! - 1 : 0)),
      x.shape.map((extent, i) => (i === axis ? 1 : extent)),
    );
  },
  reverse: (x, pick) => (x.rank === 0 ? x : tf.reverse(x, [axisOf(x, pick)])),
  concat: (x, pick) => (x.rank === 0 ? x : tf.concat([x, tf.fill(x.shape, 1), x], axisOf(x, pick))),
  stack: (x, pick) => (x.rank < 4 ? tf.stack([x, tf.zerosLike(x)], pick.below(x.rank + 1)) : x),
  pad: (x) =>
    x.rank === 0 || x.rank > 3
      ? x
      : tf.pad(
          x,
          x.shape.map(() => [1, 0] as [number, number]),
          2,
        ),
  cumsum: (x) => (x.rank === 0 ? x : tf.cumsum(x, x.rank - 1)),
  add: (x, pick, others) => tf.add(x, partner(x, pick, others)),
  mul: (x, pick, others) => tf.mul(partner(x, pick, others), x).mul(0.5),
  sub: (x, pick, others) => tf.sub(partner(x, pick, others), x),
  div: (x, pick, others) => tf.div(x, partner(x, pick, others).square().add(1)),
  maximum: (x, pick, others) => tf.maximum(x, partner(x, pick, others)),
  where: (x, pick, others) => tf.where(tf.greater(partner(x, pick, others), 0), x, tf.fill(x.shape, 3)),
  relu: (x) => tf.relu(x),
  sqrt: (x) => tf.sqrt(tf.abs(x).add(1)),
  softmax: (x) => (x.rank === 0 ? x : tf.softmax(x)),
  matMul: (x) => (x.rank === 2 ? tf.matMul(x, x, false, true).mul(0.1) : x),
  gather: (x, pick) => (x.rank === 0 ? x : tf.gather(x, tf.tensor1d([0, x.shape[0]! - 1, 0], 'int32'), pick.below(1))),
  scale: (x) => x.mul(tf.mean(tf.ones(x.shape))),
};

const names = Object.keys(steps);

interface RandomProgram {
  readonly shapes: readonly (readonly number[])[];
  readonly sequence: readonly string[];
  readonly numbers: readonly number[];
  readonly seed: number;
}

/** Runs the program: each step takes the value before, and any of those before that. */
function run({ sequence, numbers }: RandomProgram, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const pick = new Choices(numbers);
  const values = [...inputs];
  for (const name of sequence) {
    const next = steps[name]!(pick.of(values.slice(-3)), pick, values);
    if (small(next)) values.push(next);
  }
  return values.slice(inputs.length);
}

/** Values of the program and gradients of their weighted sum by the inputs. */
function evaluate(program: RandomProgram, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const total = (): tf.Tensor =>
    run(program, inputs).reduce<tf.Tensor>((sum, value, i) => sum.add(value.sum().mul(1 / (i + 1))), tf.scalar(0));
  const { grads } = tf.engine().gradients(total, [...inputs], undefined, true);
  return [...run(program, inputs), ...grads.map((gradient, i) => gradient ?? tf.zerosLike(inputs[i]!))];
}

const programs: fc.Arbitrary<RandomProgram> = fc.record({
  shapes: fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  sequence: fc.array(fc.constantFrom(...names), { minLength: 3, maxLength: 14 }),
  numbers: fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
  seed: fc.integer(),
});

async function compare(list: readonly RandomProgram[]): Promise<string[]> {
  const arrays = list.map(({ shapes, seed }) => shapes.map((shape, i) => arrayOf(shape, 'smooth', 'float32', seed + i)));
  const eager = tf.tidy(() =>
    list.map((program, i) =>
      evaluate(
        program,
        arrays[i]!.map((array) => tf.tensor(array.data as Float32Array, [...array.shape])),
      ),
    ),
  );
  const compiled = jit((inputs: tf.Tensor[][]) => list.map((program, i) => evaluate(program, inputs[i]!)));
  const actual = (await compiled(arrays as never)) as unknown as NdArray[][];
  compiled.dispose();
  const problems = eager.flatMap((tensors, i) =>
    tensors.flatMap((tensor, k) => {
      const expected = float32(tensor.shape, tensor.dataSync() as Float32Array);
      const problem = difference(actual[i]![k]!, expected, 1e-4);
      return problem ? [`${list[i]!.sequence.join(' ')}: result ${k}: ${problem}`] : [];
    }),
  );
  tf.dispose(eager.flat());
  return problems;
}

describe('values stored smaller than they are', () => {
  it('random programs and their gradients equal eager TensorFlow.js', async () => {
    await tf.setBackend('cpu');
    await fc.assert(
      fc.asyncProperty(fc.array(programs, { minLength: 12, maxLength: 12 }), async (list) => {
        expect(await compare(list)).toEqual([]);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('keeps a sum over a million equal elements to a few operations', async () => {
    let nodeCount = 0;
    const program = jit((x: tf.Tensor) => tf.broadcastTo(x, [1000, 1000]).sum(), { onCompile: (info) => (nodeCount = info.nodeCount) });
    expect((await program(float32([], [0.25]))).data[0]).toBe(250_000);
    expect(nodeCount).toBeLessThan(4);
    program.dispose();
  });
});
