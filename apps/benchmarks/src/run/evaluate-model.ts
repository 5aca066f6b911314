/**
 * Judges a model on a trial: open-loop predictions from a few of its steps, and the calibration of one step ahead.
 *
 * A prediction follows P particles on the actions that were taken, each step drawn from the model's predictive
 * distribution at the particle (trajectory sampling with a new member at every step); mean and standard deviation are
 * over the particles. Calibration takes the one-step prediction as a normal distribution with the sum of both
 * variances, and counts how often the outcome fell inside its central intervals.
 */
import { type DynamicsModel, float32, type NdArray, type Rng, type TransitionColumns } from '@mbrl/core';
import type { Calibration, ModelEvaluation, OpenLoopPrediction } from '../report/page/model-evaluation.js';

/** How to judge. */
export interface EvaluationOptions {
  /** Most steps of a prediction. */
  readonly horizon: number;
  /** Whether the model has learned from no part of the trial. */
  readonly heldOut: boolean;
  readonly rng: Rng;
  /** Predictions, evenly over the trial. Default 6. */
  readonly startCount?: number;
  /** Particles of each prediction. Default 40. */
  readonly particleCount?: number;
}

/**
 * |z| within which a standard normal variable lies with a probability of 0.05, 0.10, … 0.95: the quantiles of (1 + p) / 2.
 */
const intervals: readonly (readonly [probability: number, bound: number])[] = [
  [0.05, 0.062706778],
  [0.1, 0.125661347],
  [0.15, 0.189118426],
  [0.2, 0.253347103],
  [0.25, 0.318639364],
  [0.3, 0.385320466],
  [0.35, 0.45376219],
  [0.4, 0.524400513],
  [0.45, 0.597760126],
  [0.5, 0.67448975],
  [0.55, 0.755415026],
  [0.6, 0.841621234],
  [0.65, 0.934589291],
  [0.7, 1.036433389],
  [0.75, 1.15034938],
  [0.8, 1.281551566],
  [0.85, 1.439531471],
  [0.9, 1.644853627],
  [0.95, 1.959963985],
];

/** Start steps such that predictions lie evenly over the trial, without overlap where there is room. */
function startSteps(count: number, horizon: number, startCount: number): number[] {
  const room = count - horizon;
  const starts = Math.max(1, Math.min(startCount, Math.floor(count / horizon)));
  return starts === 1 ? [0] : Array.from({ length: starts }, (_, index) => Math.floor((index * room) / (starts - 1)));
}

async function predictOpenLoop(
  model: DynamicsModel,
  trajectory: TransitionColumns,
  options: Required<EvaluationOptions>,
): Promise<OpenLoopPrediction[]> {
  const { observationSize: O, actionSize: A } = model;
  const { particleCount: P, rng, startCount } = options;
  const horizon = Math.min(options.horizon, trajectory.count);
  const starts = startSteps(trajectory.count, horizon, startCount);
  const rows = starts.length * P;
  const row = (values: Float32Array, index: number, size: number): Float32Array => values.subarray(index * size, (index + 1) * size);
  let particles: NdArray<'float32'> = float32([rows, O]);
  starts.forEach((start, s) => {
    for (let p = 0; p < P; p++) particles.data.set(row(trajectory.observations, start, O), (s * P + p) * O);
  });
  const predictions = starts.map((start) => ({
    start,
    horizon,
    mean: [] as number[][],
    standardDeviation: [] as number[][],
    actual: [] as number[][],
  }));
  for (let h = 0; h < horizon; h++) {
    const actions = float32([rows, A]);
    starts.forEach((start, s) => {
      for (let p = 0; p < P; p++) actions.data.set(row(trajectory.actions, start + h, A), (s * P + p) * A);
    });
    particles = await model.sample(particles, actions, rng);
    const { data } = particles;
    predictions.forEach((prediction, s) => {
      const components = Array.from({ length: O }, (_, i) => Array.from({ length: P }, (_, p) => data[(s * P + p) * O + i]!));
      const means = components.map((values) => values.reduce((sum, value) => sum + value, 0) / P);
      prediction.mean.push(means);
      prediction.standardDeviation.push(
        components.map((values, i) => Math.sqrt(values.reduce((sum, value) => sum + (value - means[i]!) ** 2, 0) / Math.max(1, P - 1))),
      );
      prediction.actual.push(Array.from(row(trajectory.nextObservations, prediction.start + h, O)));
    });
  }
  // A model that runs away is no reason to lose the run: such a prediction is left out.
  return predictions.filter(({ mean, standardDeviation }) => [...mean, ...standardDeviation].flat().every(Number.isFinite));
}

async function calibrate(model: DynamicsModel, trajectory: TransitionColumns): Promise<Calibration> {
  const { observationSize: O, actionSize: A } = model;
  const { count } = trajectory;
  const { mean, aleatoricVariance, epistemicVariance } = await model.predict(
    float32([count, O], trajectory.observations),
    float32([count, A], trajectory.actions),
  );
  const scores = Array.from({ length: count * O }, (_, i) => {
    const variance = aleatoricVariance.data[i]! + epistemicVariance.data[i]!;
    return Math.abs(trajectory.nextObservations[i]! - mean.data[i]!) / Math.sqrt(Math.max(variance, 1e-24));
  });
  return {
    expected: intervals.map(([probability]) => probability),
    observed: intervals.map(([, bound]) => scores.filter((score) => score <= bound).length / Math.max(1, scores.length)),
    count: scores.length,
  };
}

/** Judges the model on a trial of one episode; undefined when the trial has no steps. */
export async function evaluateModel(
  model: DynamicsModel,
  trajectory: TransitionColumns,
  options: EvaluationOptions,
): Promise<ModelEvaluation | undefined> {
  if (trajectory.count === 0) return undefined;
  const predictions = await predictOpenLoop(model, trajectory, { startCount: 6, particleCount: 40, ...options });
  return { heldOut: options.heldOut, predictions, calibration: await calibrate(model, trajectory) };
}
