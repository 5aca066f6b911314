/** The schedule of a regularisation weight μ: it grows and shrinks ever faster, and reaches 0 below its least value (Tassa et al. 2012). */
import type { IlqrSettings } from './ilqr-options.js';

/** The weight and its schedule. */
export interface Regularization {
  readonly weight: number;
  reset(): void;
  decrease(): void;
  /** @returns false where the weight is beyond its greatest value */
  increase(): boolean;
}

/** Makes the schedule. */
export function createRegularization(settings: IlqrSettings): Regularization {
  const { initialRegularization, minRegularization, maxRegularization, regularizationFactor } = settings;
  let weight = initialRegularization;
  let factor = 1;
  return {
    get weight() {
      return weight;
    },
    reset() {
      weight = initialRegularization;
      factor = 1;
    },
    decrease() {
      factor = Math.min(1 / regularizationFactor, factor / regularizationFactor);
      weight *= factor;
      if (weight < minRegularization) weight = 0;
    },
    increase() {
      factor = Math.max(regularizationFactor, factor * regularizationFactor);
      weight = Math.max(minRegularization, weight * factor);
      return weight <= maxRegularization;
    },
  };
}
