/**
 * E multilayer perceptrons of one architecture. A pure pair: `init` makes parameters, `apply` maps inputs to outputs.
 *
 * Small batches run all members at once, every layer a single matrix product over the member axis. Where the activations
 * would leave the processor's cache, members run one after the other, so that a member's rows stay in it from its first
 * layer to its last; the results are the same.
 */
import { float32, type NdArray, type Rng } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { type ActivationName, activations } from './activations.js';

/** One layer of all members; `T` is a host array outside of a program and a tensor inside. */
export interface Layer<T> {
  /** `[E, in, out]` */
  readonly kernel: T;
  /** `[E, 1, out]` */
  readonly bias: T;
}

/** The architecture. */
export interface EnsembleNetworkOptions {
  /** Members E. */
  readonly ensembleSize: number;
  readonly inputSize: number;
  readonly outputSize: number;
  /** Units of each hidden layer. */
  readonly hiddenSizes: readonly number[];
  readonly activation: ActivationName;
}

/** The pure pair. */
export interface EnsembleNetwork {
  /**
   * Draws parameters: kernels from a normal distribution with standard deviation 1 / (2√in), truncated at two
   * deviations (the initialisation of PETS), biases zero.
   */
  init(rng: Rng): Layer<NdArray<'float32'>>[];
  /** Maps `[E, B, in]` (or `[1, B, in]`, shared by all members) to `[E, B, out]`. */
  apply(layers: readonly Layer<tf.Tensor>[], x: tf.Tensor): tf.Tensor;
}

/** Fills `out` with normal draws of deviation `scale`, redrawing those beyond two deviations. */
function fillTruncatedNormal(out: Float32Array, scale: number, rng: Rng): void {
  rng.fillNormal(out);
  for (let i = 0; i < out.length; i++) {
    while (Math.abs(out[i]!) > 2) out[i] = rng.normal();
    out[i] = out[i]! * scale;
  }
}

/** Members in the given layers, which may be fewer than the architecture has. */
const ensembleMembers = (layers: readonly Layer<tf.Tensor>[]): number => layers[0]!.kernel.shape[0]!;

/** Activations of one layer, in bytes, above which members run one after the other. */
const BATCHED_LIMIT = 1 << 20;

/** Makes the pair for an architecture. */
export function createEnsembleNetwork(options: EnsembleNetworkOptions): EnsembleNetwork {
  const { ensembleSize, inputSize, outputSize, hiddenSizes, activation } = options;
  const sizes = [inputSize, ...hiddenSizes, outputSize];
  const activate = activations[activation];
  return {
    init: (rng) =>
      sizes.slice(1).map((outputs, i) => {
        const inputs = sizes[i]!;
        const kernel = float32([ensembleSize, inputs, outputs]);
        fillTruncatedNormal(kernel.data, 1 / (2 * Math.sqrt(inputs)), rng.split(i));
        return { kernel, bias: float32([ensembleSize, 1, outputs]) };
      }),
    apply(layers, x) {
      const run = (input: tf.Tensor, parts: readonly Layer<tf.Tensor>[]): tf.Tensor =>
        parts.reduce((hidden, { kernel, bias }, i) => {
          const next = tf.add(tf.matMul(hidden, kernel), bias);
          return i < parts.length - 1 ? activate(next) : next;
        }, input);
      const [, rows] = x.shape as [number, number, number];
      if (ensembleMembers(layers) === 1 || 4 * ensembleMembers(layers) * rows * Math.max(...hiddenSizes, 1) <= BATCHED_LIMIT)
        return run(x, layers);
      const inputs = tf.unstack(x);
      const parts = layers.map(({ kernel, bias }) => ({ kernels: tf.unstack(kernel), biases: tf.unstack(bias) }));
      const outputs = parts[0]!.kernels.map((_, member) =>
        run(
          inputs.length === 1 ? inputs[0]! : inputs[member]!,
          parts.map(({ kernels, biases }) => ({ kernel: kernels[member]!, bias: biases[member]! })),
        ),
      );
      return tf.stack(outputs);
    },
  };
}
