/** Where actions that are already decided will lead: what a plan that begins after them starts from. */
import { type Rng, type SequenceEvaluator, ShapeError } from '@mbrl/core';

/**
 * Foretells the observation after some actions.
 * @param observation where they start, `[O]`
 * @param actions in the order in which they are applied, `[steps, A]`
 * @param rng all randomness of the prediction
 * @returns the expected observation after the last of them, `[O]`
 */
export type PredictObservation = (observation: Float32Array, actions: Float32Array, rng: Rng) => Promise<Float32Array>;

/** Predicts by the evaluator's own trajectories, the mean over their particles; undefined where it offers none. */
export function predictionOf(evaluator: SequenceEvaluator): PredictObservation | undefined {
  const { horizon, actionSize, observationSize } = evaluator;
  if (!evaluator.predictTrajectory) return undefined;
  return async (observation, actions, rng) => {
    // The evaluator takes whole sequences; what follows the actions does not matter for the steps before.
    const sequence = new Float32Array(horizon * actionSize);
    for (let i = 0; i < sequence.length; i++) {
      sequence[i] = actions[i < actions.length ? i : actions.length - actionSize + (i % actionSize)]!;
    }
    const { particleCount, observations } = await evaluator.predictTrajectory!(observation, sequence, rng);
    const step = (actions.length / actionSize - 1) * observationSize;
    const mean = new Float64Array(observationSize);
    for (let p = 0; p < particleCount; p++) {
      const start = p * horizon * observationSize + step;
      for (let i = 0; i < observationSize; i++) mean[i]! += observations[start + i]! / particleCount;
    }
    return Float32Array.from(mean);
  };
}

/** Predicts, and checks the size of the answer. @throws ShapeError on another size. */
export async function predictFrom(
  predict: PredictObservation,
  observation: Float32Array,
  actions: Float32Array,
  rng: Rng,
): Promise<Float32Array> {
  const predicted = await predict(observation, actions, rng);
  if (predicted.length !== observation.length) {
    throw new ShapeError(`act: predict must give an observation of ${observation.length} components, got ${predicted.length}`);
  }
  return predicted;
}
