import { createRng, type NdArray } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACTIVATION_NAMES, type ActivationName } from './activations.js';
import { createEnsembleNetwork, type Layer } from './ensemble-network.js';

beforeAll(() => tf.ready());

const network = (
  options: { ensembleSize?: number; inputSize?: number; outputSize?: number; hiddenSizes?: number[]; activation?: ActivationName } = {},
) => createEnsembleNetwork({ ensembleSize: 2, inputSize: 3, outputSize: 4, hiddenSizes: [5], activation: 'tanh', ...options });

describe('init', () => {
  it('draws kernels from a truncated normal of deviation 1 / (2√in), biases zero', () => {
    const layers = network({ ensembleSize: 4, inputSize: 9, hiddenSizes: [100, 64], outputSize: 50 }).init(createRng(1));
    expect(layers.map(({ kernel }) => kernel.shape)).toEqual([
      [4, 9, 100],
      [4, 100, 64],
      [4, 64, 50],
    ]);
    expect(layers.map(({ bias }) => bias.shape)).toEqual([
      [4, 1, 100],
      [4, 1, 64],
      [4, 1, 50],
    ]);
    for (const { kernel, bias } of layers) {
      const scale = 1 / (2 * Math.sqrt(kernel.shape[1]!));
      const z = Float64Array.from(kernel.data, (value) => value / scale);
      const n = z.length;
      const mean = z.reduce((a, b) => a + b, 0) / n;
      const variance = z.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      expect(Math.max(...z.map(Math.abs))).toBeLessThanOrEqual(2.000001);
      expect(Math.max(...z.map(Math.abs))).toBeGreaterThan(1.95);
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(0.774 / n));
      // A standard normal truncated at two deviations has variance 1 − 4 φ(2) / (2 Φ(2) − 1) = 0.7737.
      expect(Math.abs(variance - 0.7737)).toBeLessThan(5 * 0.75 * Math.sqrt(2 / n));
      expect(bias.data.every((value) => value === 0)).toBe(true);
    }
  });

  it('is a function of the generator, with members and layers drawn apart', () => {
    const { init } = network({ hiddenSizes: [3, 3], inputSize: 3 });
    const [first, again, other] = [init(createRng(1)), init(createRng(1)), init(createRng(2))];
    expect(again).toEqual(first);
    expect(other[0]!.kernel.data).not.toEqual(first[0]!.kernel.data);
    expect(first[0]!.kernel.data.slice(0, 9)).not.toEqual(first[0]!.kernel.data.slice(9));
    expect(first[0]!.kernel.data).not.toEqual(first[1]!.kernel.data);
  });
});

/** The functions as their definitions state them. */
const reference: { readonly [name in ActivationName]: (x: number) => number } = {
  silu: (x) => x / (1 + Math.exp(-x)),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
};

/** One member's output for one row, in float64. */
function forward(
  layers: readonly Layer<NdArray<'float32'>>[],
  member: number,
  x: readonly number[],
  activate: (x: number) => number,
): number[] {
  return layers.reduce<readonly number[]>((hidden, { kernel, bias }, i) => {
    const [, inputs, outputs] = kernel.shape as [number, number, number];
    return Array.from({ length: outputs }, (_, o) => {
      let sum = bias.data[member * outputs + o]!;
      for (let k = 0; k < inputs; k++) sum += hidden[k]! * kernel.data[(member * inputs + k) * outputs + o]!;
      return i < layers.length - 1 ? activate(sum) : sum;
    });
  }, x) as number[];
}

describe('apply', () => {
  it.each(ACTIVATION_NAMES)('computes each member on its own rows or on shared ones, with %s', (activation) => {
    const { init, apply } = network({ activation, hiddenSizes: [5, 4] });
    const layers = init(createRng(3));
    createRng(4).fillNormal(layers[0]!.bias.data);
    const inputs = [
      [
        [0.5, -2, 3],
        [-1, 0, 1],
      ],
      [
        [4, -0.25, 0.125],
        [-3, -3, 2],
      ],
    ];
    tf.tidy(() => {
      const tensors = layers.map(({ kernel, bias }) => ({
        kernel: tf.tensor3d(kernel.data, kernel.shape as [number, number, number]),
        bias: tf.tensor3d(bias.data, bias.shape as [number, number, number]),
      }));
      const own = apply(tensors, tf.tensor3d(inputs)).arraySync() as number[][][];
      const shared = apply(tensors, tf.tensor3d([inputs[0]!])).arraySync() as number[][][];
      for (const member of [0, 1]) {
        for (const row of [0, 1]) {
          forward(layers, member, inputs[member]![row]!, reference[activation]).forEach((value, o) =>
            expect(own[member]![row]![o]).toBeCloseTo(value, 5),
          );
          forward(layers, member, inputs[0]![row]!, reference[activation]).forEach((value, o) =>
            expect(shared[member]![row]![o]).toBeCloseTo(value, 5),
          );
        }
      }
    });
  });

  it('is linear without hidden layers', () => {
    const { init, apply } = network({ hiddenSizes: [] });
    const layers = init(createRng(3));
    expect(layers).toHaveLength(1);
    tf.tidy(() => {
      const tensors = layers.map(({ kernel, bias }) => ({
        kernel: tf.tensor3d(kernel.data, [2, 3, 4]),
        bias: tf.tensor3d(bias.data, [2, 1, 4]),
      }));
      const [one, two] = [apply(tensors, tf.ones([1, 1, 3])).dataSync(), apply(tensors, tf.mul(tf.ones([1, 1, 3]), 2)).dataSync()];
      two.forEach((value, i) => expect(value).toBeCloseTo(2 * one[i]!, 5));
    });
  });
});
