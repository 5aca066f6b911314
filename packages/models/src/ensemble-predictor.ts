/** One-step prediction for any number of rows: compiled for a few batch sizes, fed in pieces. */
import { type BatchLinearization, float32, type NdArray, type Prediction, type Rng, ShapeError } from '@mbrl/core';
import { jacobian, jit, tf } from '@mbrl/jit';
import type { EnsembleFunctions } from './ensemble-functions.js';
import type { PredictionParameters } from './ensemble-parameters.js';

type Float32 = NdArray<'float32'>;

/** Most rows in one call; fewer are padded to a power of two, of at least the least. */
const BATCH = 256;
const LEAST_BATCH = 16;

/** Rows of the program that `count` rows are fed to. */
const batchOf = (count: number): number => Math.min(BATCH, Math.max(LEAST_BATCH, 2 ** Math.ceil(Math.log2(Math.max(1, count)))));

interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** Predicts and samples. */
export interface EnsemblePredictor {
  predict(params: PredictionParameters<Float32>, observations: Float32, actions: Float32, sizes: Sizes): Promise<Prediction>;
  sample(params: PredictionParameters<Float32>, observations: Float32, actions: Float32, sizes: Sizes, rng: Rng): Promise<Float32>;
  /** Expands the mean of the members at each row. */
  linearize(params: PredictionParameters<Float32>, observations: Float32, actions: Float32, sizes: Sizes): Promise<BatchLinearization>;
  dispose(): void;
}

function checkRows(caller: string, observations: Float32, actions: Float32, { observationSize, actionSize }: Sizes): number {
  const count = observations.shape[0] ?? 0;
  const fits = observations.shape.length === 2 && observations.shape[1] === observationSize && actions.shape.length === 2;
  if (!fits || actions.shape[0] !== count || actions.shape[1] !== actionSize) {
    throw new ShapeError(
      `${caller}: observations and actions must be [N, ${observationSize}] and [N, ${actionSize}], got [${observations.shape.join(', ')}] and [${actions.shape.join(', ')}]`,
    );
  }
  return count;
}

/** Makes a predictor over the members that predict. */
export function createEnsemblePredictor(functions: EnsembleFunctions): EnsemblePredictor {
  const program = jit(function predictEnsemble(params: PredictionParameters<tf.Tensor>, observation: tf.Tensor, action: tf.Tensor) {
    const { mean, relativeDeviation } = functions.predict(params, observation, action);
    return { mean, variance: tf.square(tf.mul(relativeDeviation, params.deviationGain)) };
  });

  const expansion = jit(function linearizeRows(params: PredictionParameters<tf.Tensor>, observations: tf.Tensor, actions: tf.Tensor) {
    const sizes = [observations.shape[1]!, actions.shape[1]!];
    const meanNext = (rows: tf.Tensor): tf.Tensor => {
      const [observation, action] = tf.split(rows, sizes, -1) as [tf.Tensor, tf.Tensor];
      return tf.mean(functions.predict(params, tf.expandDims(observation, 0), tf.expandDims(action, 0)).mean, 0);
    };
    const points = tf.concat([observations, actions], -1);
    const [A, B] = tf.split(jacobian(meanNext)(points), sizes, -1);
    return { next: meanNext(points), A: A!, B: B! };
  });

  /** Calls `visit` with each row's member predictions, `[E, batch, O]`, and the row's place in them. */
  const forEachRow = async (
    params: PredictionParameters<Float32>,
    observations: Float32,
    actions: Float32,
    { observationSize, actionSize }: Sizes,
    visit: (row: number, means: Float32Array, variances: Float32Array, offset: number, batch: number) => void,
  ): Promise<void> => {
    const count = observations.shape[0]!;
    const batch = batchOf(count);
    const x = float32([1, batch, observationSize]);
    const a = float32([1, batch, actionSize]);
    for (let start = 0; start < count; start += batch) {
      const end = Math.min(count, start + batch);
      x.data.fill(0).set(observations.data.subarray(start * observationSize, end * observationSize));
      a.data.fill(0).set(actions.data.subarray(start * actionSize, end * actionSize));
      const { mean, variance } = (await program(params as never, x, a)) as unknown as { mean: Float32; variance: Float32 };
      for (let row = start; row < end; row++) visit(row, mean.data, variance.data, (row - start) * observationSize, batch);
    }
  };

  return {
    async predict(params, observations, actions, sizes) {
      const count = checkRows('predict', observations, actions, sizes);
      const { observationSize } = sizes;
      const members = params.layers[0]!.kernel.shape[0]!;
      const make = (): Float32 => float32([count, observationSize]);
      const prediction = { mean: make(), aleatoricVariance: make(), epistemicVariance: make() };
      await forEachRow(params, observations, actions, sizes, (row, means, variances, offset, batch) => {
        for (let i = 0; i < observationSize; i++) {
          let mean = 0;
          let aleatoric = 0;
          for (let e = 0; e < members; e++) {
            mean += means[e * batch * observationSize + offset + i]!;
            aleatoric += variances[e * batch * observationSize + offset + i]!;
          }
          mean /= members;
          let epistemic = 0;
          for (let e = 0; e < members; e++) epistemic += (means[e * batch * observationSize + offset + i]! - mean) ** 2;
          const at = row * observationSize + i;
          prediction.mean.data[at] = mean;
          prediction.aleatoricVariance.data[at] = aleatoric / members;
          prediction.epistemicVariance.data[at] = epistemic / members;
        }
      });
      return prediction;
    },

    async sample(params, observations, actions, sizes, rng) {
      const count = checkRows('sample', observations, actions, sizes);
      const { observationSize } = sizes;
      const members = params.layers[0]!.kernel.shape[0]!;
      const result = float32([count, observationSize]);
      await forEachRow(params, observations, actions, sizes, (row, means, variances, offset, batch) => {
        const base = rng.integer(members) * batch * observationSize + offset;
        for (let i = 0; i < observationSize; i++) {
          result.data[row * observationSize + i] = means[base + i]! + Math.sqrt(variances[base + i]!) * rng.normal();
        }
      });
      return result;
    },

    async linearize(params, observations, actions, sizes) {
      const count = checkRows('linearizeBatch', observations, actions, sizes);
      const { observationSize, actionSize } = sizes;
      const result = {
        nextObservations: float32([count, observationSize]),
        A: float32([count, observationSize, observationSize]),
        B: float32([count, observationSize, actionSize]),
      };
      const batch = batchOf(count);
      const x = float32([batch, observationSize]);
      const a = float32([batch, actionSize]);
      for (let start = 0; start < count; start += batch) {
        const end = Math.min(count, start + batch);
        const rows = end - start;
        x.data.fill(0).set(observations.data.subarray(start * observationSize, end * observationSize));
        a.data.fill(0).set(actions.data.subarray(start * actionSize, end * actionSize));
        const part = (await expansion(params as never, x, a)) as unknown as Record<'next' | 'A' | 'B', Float32>;
        for (const [from, to] of [
          [part.next, result.nextObservations],
          [part.A, result.A],
          [part.B, result.B],
        ] as const) {
          const size = from.data.length / batch;
          to.data.set(from.data.subarray(0, rows * size), start * size);
        }
      }
      return result;
    },

    dispose() {
      program.dispose();
      expansion.dispose();
    },
  };
}
