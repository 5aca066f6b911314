/** Ensembles whose members are linear systems that the test states, nearly without noise: x' = x + K (x, u) + drift. */
import { createRng, float32 } from '@mbrl/core';
import { createProbabilisticEnsemble, type ProbabilisticEnsemble } from '@mbrl/models';

/** One member. */
export interface LinearMember {
  /** Change by inputs, `[O + A][O]`. */
  readonly kernel: readonly (readonly number[])[];
  /** Constant change, `[O]`; zeros when absent. */
  readonly drift?: readonly number[];
}

/**
 * Makes the ensemble.
 * @param logVariance of every target
 * @param predicting which members predict; all when absent
 */
export function linearModel(
  observationSize: number,
  actionSize: number,
  members: readonly LinearMember[],
  logVariance = -40,
  predicting = members.map((_, i) => i),
): ProbabilisticEnsemble {
  const model = createProbabilisticEnsemble({
    observationSize,
    actionSize,
    ensembleSize: members.length,
    eliteMemberCount: predicting.length,
    holdoutRatio: 0.5,
    hiddenSizes: [],
    logVarianceBounds: [logVariance, logVariance + 1e-3],
    rng: createRng(0),
  });
  const saved = model.save();
  const rawVariance = new Array<number>(observationSize).fill(logVariance - 50);
  const kernels = members.flatMap(({ kernel }) => kernel.flatMap((row) => [...row, ...row.map(() => 0)]));
  const biases = members.flatMap(({ drift = new Array<number>(observationSize).fill(0) }) => [...drift, ...rawVariance]);
  model.load({
    ...saved,
    json: { ...(saved.json as object), members: predicting },
    arrays: {
      ...saved.arrays,
      'state.params.layers.0.kernel': float32([members.length, observationSize + actionSize, 2 * observationSize], kernels),
      'state.params.layers.0.bias': float32([members.length, 1, 2 * observationSize], biases),
    },
  });
  return model;
}
