/** Small systems to learn from, with everything about them known. */
import { createRng, createTransitionColumns, float32, type NdArray, type TransitionColumns } from '@mbrl/core';
import { createProbabilisticEnsemble, type ProbabilisticEnsemble, type ProbabilisticEnsembleOptions } from '@mbrl/models';

/** How to draw transitions of x' = x + drift(x, u) + noise(x, u) · ε with x and u uniform in [−1, 1]. */
export interface ToyOptions {
  readonly count: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly drift: (x: number[], u: number[]) => number[];
  /** Standard deviation of each component; 0 when absent. */
  readonly noise?: (x: number[], u: number[]) => number[];
  readonly seed?: number;
}

export function drawTransitions({ count, observationSize, actionSize, drift, noise, seed = 0 }: ToyOptions): TransitionColumns {
  const rng = createRng(seed);
  const columns = createTransitionColumns(count, observationSize, actionSize);
  rng.fillUniform(columns.observations, -1, 1);
  rng.fillUniform(columns.actions, -1, 1);
  for (let n = 0; n < count; n++) {
    const x = [...columns.observations.subarray(n * observationSize, (n + 1) * observationSize)];
    const u = [...columns.actions.subarray(n * actionSize, (n + 1) * actionSize)];
    const change = drift(x, u);
    const deviation = noise?.(x, u);
    for (let i = 0; i < observationSize; i++) {
      columns.nextObservations[n * observationSize + i] = x[i]! + change[i]! + (deviation ? deviation[i]! * rng.normal() : 0);
    }
  }
  return columns;
}

/** x' = x + 0.3 u + ε: one observation, one action, noise of deviation 0.1. */
export const noisyIntegrator = (count: number, seed = 0, deviation = 0.1): TransitionColumns =>
  drawTransitions({ count, observationSize: 1, actionSize: 1, drift: (_, [u]) => [0.3 * u!], noise: () => [deviation], seed });

/** A smooth system of two observations and one action without noise. */
export const pendulumLike = (count: number, seed = 0): TransitionColumns =>
  drawTransitions({
    count,
    observationSize: 2,
    actionSize: 1,
    drift: ([x, v], [u]) => [0.1 * v!, 0.1 * (u! - 2 * Math.sin(2 * x!))],
    noise: () => [0.01, 0.02],
    seed,
  });

/** A small ensemble for one observation and one action; options override. */
export function smallEnsemble(options: Partial<ProbabilisticEnsembleOptions> & { readonly seed?: number } = {}): ProbabilisticEnsemble {
  const { seed = 1, ...rest } = options;
  return createProbabilisticEnsemble({
    observationSize: 1,
    actionSize: 1,
    ensembleSize: 3,
    hiddenSizes: [16, 16],
    batchSize: 16,
    epochs: 5,
    learningRate: 3e-3,
    rng: createRng(seed),
    ...rest,
  });
}

/** Rows `[N, size]` from a list of rows. */
export const rows = (values: readonly (readonly number[])[]): NdArray<'float32'> =>
  float32([values.length, values[0]!.length], values.flat());

/** All numbers of a prediction, for comparisons bit for bit. */
export async function fingerprint(model: ProbabilisticEnsemble, count = 7): Promise<number[]> {
  const rng = createRng('fingerprint');
  const [x, u] = [float32([count, model.observationSize]), float32([count, model.actionSize])];
  rng.fillNormal(x.data);
  rng.fillNormal(u.data);
  const { mean, aleatoricVariance, epistemicVariance } = await model.predict(x, u);
  return [...mean.data, ...aleatoricVariance.data, ...epistemicVariance.data];
}
