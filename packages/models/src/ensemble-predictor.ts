/** One-step prediction for any number of rows: compiled for one batch size, fed in pieces. */
import { float32, type NdArray, type Prediction, type Rng, ShapeError } from '@mbrl/core';
import { jit, tf } from '@mbrl/jit';
import type { EnsembleFunctions } from './ensemble-functions.js';
import type { PredictionParameters } from './ensemble-parameters.js';

type Float32 = NdArray<'float32'>;

/** Rows in one call; fewer are padded. */
const BATCH = 256;

interface Sizes {
  readonly observationSize: number;
  readonly actionSize: number;
}

/** Predicts and samples. */
export interface EnsemblePredictor {
  predict(params: PredictionParameters<Float32>, observations: Float32, actions: Float32, sizes: Sizes): Promise<Prediction>;
  sample(params: PredictionParameters<Float32>, observations: Float32, actions: Float32, sizes: Sizes, rng: Rng): Promise<Float32>;
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

  /** Calls `visit` with each row's member predictions, `[E, BATCH, O]`, and the row's place in them. */
  const forEachRow = async (
    params: PredictionParameters<Float32>,
    observations: Float32,
    actions: Float32,
    { observationSize, actionSize }: Sizes,
    visit: (row: number, means: Float32Array, variances: Float32Array, offset: number) => void,
  ): Promise<void> => {
    const count = observations.shape[0]!;
    const x = float32([1, BATCH, observationSize]);
    const a = float32([1, BATCH, actionSize]);
    for (let start = 0; start < count; start += BATCH) {
      const end = Math.min(count, start + BATCH);
      x.data.fill(0).set(observations.data.subarray(start * observationSize, end * observationSize));
      a.data.fill(0).set(actions.data.subarray(start * actionSize, end * actionSize));
      const { mean, variance } = (await program(params as never, x, a)) as unknown as { mean: Float32; variance: Float32 };
      for (let row = start; row < end; row++) visit(row, mean.data, variance.data, (row - start) * observationSize);
    }
  };

  return {
    async predict(params, observations, actions, sizes) {
      const count = checkRows('predict', observations, actions, sizes);
      const { observationSize } = sizes;
      const members = params.layers[0]!.kernel.shape[0]!;
      const make = (): Float32 => float32([count, observationSize]);
      const prediction = { mean: make(), aleatoricVariance: make(), epistemicVariance: make() };
      await forEachRow(params, observations, actions, sizes, (row, means, variances, offset) => {
        for (let i = 0; i < observationSize; i++) {
          let mean = 0;
          let aleatoric = 0;
          for (let e = 0; e < members; e++) {
            mean += means[e * BATCH * observationSize + offset + i]!;
            aleatoric += variances[e * BATCH * observationSize + offset + i]!;
          }
          mean /= members;
          let epistemic = 0;
          for (let e = 0; e < members; e++) epistemic += (means[e * BATCH * observationSize + offset + i]! - mean) ** 2;
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
      await forEachRow(params, observations, actions, sizes, (row, means, variances, offset) => {
        const base = rng.integer(members) * BATCH * observationSize + offset;
        for (let i = 0; i < observationSize; i++) {
          result.data[row * observationSize + i] = means[base + i]! + Math.sqrt(variances[base + i]!) * rng.normal();
        }
      });
      return result;
    },

    dispose: () => program.dispose(),
  };
}
