/** A learned ensemble as something to roll out through. */
import { float32, int32, type NdArray } from '@mbrl/core';
import type { ProbabilisticEnsemble } from './probabilistic-ensemble.js';
import { type Propagation, rolloutLayout } from './propagation.js';
import { rollout } from './rollout.js';
import type { RolloutSource } from './rollout-source.js';

/** Rolls out through the members that predict, whatever the model has learned by then. */
export function ensembleSource(model: ProbabilisticEnsemble, particleCount: number, propagation: Propagation): RolloutSource {
  const { functions, predictingMemberCount: memberCount, observationSize, actionSize } = model;
  return {
    observationSize,
    actionSize,
    memberCount,
    layout: (populationSize) => rolloutLayout(populationSize, particleCount, memberCount, propagation),
    singleLayout: () => rolloutLayout(1, Math.ceil(particleCount / memberCount) * memberCount, memberCount, propagation),
    createNoise({ rowCount }, horizon) {
      if (propagation === 'expectation') return {};
      const normal = (): NdArray => float32([memberCount, (horizon * rowCount) / memberCount, observationSize]);
      return {
        prediction: normal(),
        ...(propagation === 'momentMatching' ? { matching: normal() } : {}),
        ...(propagation === 'ts1' ? { dealing: int32([horizon, rowCount]), restoring: int32([horizon, rowCount]) } : {}),
      };
    },
    drawNoise(noise, rng, { rowCount }) {
      if (noise.prediction) rng.fillNormal(noise.prediction.data as Float32Array);
      if (noise.matching) rng.fillNormal(noise.matching.data as Float32Array);
      if (!noise.dealing) return;
      const rows = noise.dealing.data as Int32Array;
      const inverse = noise.restoring!.data as Int32Array;
      for (let start = 0; start < rows.length; start += rowCount) {
        const order = rows.subarray(start, start + rowCount);
        for (let i = 0; i < rowCount; i++) order[i] = i;
        rng.shuffle(order);
        for (let i = 0; i < rowCount; i++) inverse[start + order[i]!] = i;
      }
    },
    parameters: () => model.predictionParameters(),
    roll: (parameters, start, sequences, noise, layout, disagreement) =>
      rollout(functions, parameters, start, sequences, noise, layout, propagation, disagreement),
  };
}
