/** Transitions of a noisy linear system: x' = x + 0.2 (W x + V u) / √(O + A) + 0.02 ε, with W and V drawn once, and x, u, ε normal. */
import type { Rng } from '../rng.js';
import { createTransitionColumns, type TransitionColumns } from '../transition.js';

/** Draws `count` independent transitions. */
export function linearTransitions(count: number, observationSize: number, actionSize: number, rng: Rng): TransitionColumns {
  const width = observationSize + actionSize;
  const weights = new Float32Array(observationSize * width);
  rng.split('weights').fillNormal(weights);
  const columns = createTransitionColumns(count, observationSize, actionSize);
  rng.split('observations').fillNormal(columns.observations);
  rng.split('actions').fillNormal(columns.actions);
  const noise = new Float32Array(count * observationSize);
  rng.split('noise').fillNormal(noise);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < observationSize; i++) {
      let change = 0;
      for (let j = 0; j < observationSize; j++) change += weights[i * width + j]! * columns.observations[n * observationSize + j]!;
      for (let j = 0; j < actionSize; j++) change += weights[i * width + observationSize + j]! * columns.actions[n * actionSize + j]!;
      const at = n * observationSize + i;
      columns.nextObservations[at] = columns.observations[at]! + (0.2 * change) / Math.sqrt(width) + 0.02 * noise[at]!;
    }
    columns.rewards[n] = -Math.abs(columns.observations[n * observationSize]!);
  }
  return columns;
}
