/** The compiled programs of a fit: one step of the optimiser for all members, and the error on held-out rows. */
import { bool, float32, type NdArray } from '@mbrl/core';
import { applyUpdates, type ArrayTree, jit, type Optimizer, tf, type TensorTree, valueAndGradWithAux } from '@mbrl/jit';
import type { EnsembleFunctions } from './ensemble-functions.js';
import type { TrainedParameters } from './ensemble-parameters.js';

type Float32 = NdArray<'float32'>;

/** What a training step takes and gives back. */
export interface TrainingState {
  readonly params: TrainedParameters<Float32>;
  readonly optimizer: ArrayTree;
}

/** Rows in one call of the hold-out program; fewer are padded. */
const HOLDOUT_BATCH = 256;

/** The programs of a fit. */
export interface TrainingPrograms {
  /** One step on normalised batches `[E, B, I]` and `[E, B, O]`. The state given is used up. Gives the loss by member, `[E]`. */
  step(state: TrainingState, inputs: Float32, targets: Float32): Promise<{ state: TrainingState; losses: Float32 }>;
  /** Mean squared error by member, `[E]`, over normalised rows that all members share. */
  holdoutError(params: TrainedParameters<Float32>, inputs: Float32Array, targets: Float32Array, count: number): Promise<number[]>;
  dispose(): void;
}

/** How the log-variance's bounds are treated. */
export interface VarianceBoundsRule {
  /** Whether the bounds are learned. */
  readonly learn: boolean;
  /** Weight of the penalty on their distance. */
  readonly penalty: number;
}

/** Makes the programs. */
export function createTrainingPrograms(functions: EnsembleFunctions, optimizer: Optimizer, bounds: VarianceBoundsRule): TrainingPrograms {
  const step = jit(
    function ensembleTrainingStep(
      state: { params: TrainedParameters<tf.Tensor>; optimizer: TensorTree },
      inputs: tf.Tensor,
      targets: tf.Tensor,
    ) {
      const trainable = bounds.learn ? state.params : { layers: state.params.layers };
      const { aux, grads } = valueAndGradWithAux((params: typeof trainable) => {
        const complete = { ...state.params, ...params } as TrainedParameters<tf.Tensor>;
        const losses = tf.mean(functions.loss(complete, inputs, targets), 1);
        const total = tf.sum(losses);
        if (!bounds.learn) return { value: total, aux: losses };
        const { minimum, maximum } = complete.logVariance;
        return { value: tf.add(total, tf.mul(tf.sum(tf.sub(maximum, minimum)), bounds.penalty)), aux: losses };
      })(trainable);
      const next = optimizer.update(grads as TensorTree, state.optimizer, trainable as unknown as TensorTree);
      const params = { ...state.params, ...applyUpdates(trainable, next.updates) };
      return { state: { params, optimizer: next.state }, losses: aux };
    },
    { donate: [0] },
  );
  const error = jit(function ensembleHoldoutError(
    params: TrainedParameters<tf.Tensor>,
    inputs: tf.Tensor,
    targets: tf.Tensor,
    present: tf.Tensor,
  ) {
    const errors = functions.squaredError(params, inputs, targets);
    return tf.sum(tf.where(present, errors, tf.zerosLike(errors)), 1);
  });
  return {
    async step(state, inputs, targets) {
      const result = await step(state as never, inputs, targets);
      return result as unknown as { state: TrainingState; losses: Float32 };
    },
    async holdoutError(params, inputs, targets, count) {
      const inputSize = inputs.length / count;
      const targetSize = targets.length / count;
      const x = float32([1, HOLDOUT_BATCH, inputSize]);
      const y = float32([1, HOLDOUT_BATCH, targetSize]);
      const present = bool([1, HOLDOUT_BATCH]);
      let sums: number[] = [];
      for (let start = 0; start < count; start += HOLDOUT_BATCH) {
        const end = Math.min(count, start + HOLDOUT_BATCH);
        x.data.set(inputs.subarray(start * inputSize, end * inputSize));
        y.data.set(targets.subarray(start * targetSize, end * targetSize));
        present.data.fill(1, 0, end - start).fill(0, end - start);
        const { data } = (await error(params as never, x, y, present)) as unknown as Float32;
        sums = Array.from(data, (value, member) => value + (sums[member] ?? 0));
      }
      return sums.map((sum) => sum / count);
    },
    dispose() {
      step.dispose();
      error.dispose();
    },
  };
}
