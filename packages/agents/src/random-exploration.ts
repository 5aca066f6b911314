/**
 * Random actions before anything is learned: even draws, or noise that lasts. White noise moves a system of any inertia
 * little; noise with a lag-one correlation pushes for a while in one direction and so shows more of the system.
 */
import { checkNumber, type BoxSpace, type Json, type Rng, sampleSpace } from '@mbrl/core';

/** Draws actions. */
export interface RandomExploration {
  /** The next action, `[A]`. */
  next(rng: Rng): Float32Array;
  /** Forgets the last action; call at the start of an episode. */
  reset(): void;
  save(): Json;
  /** Takes over what `save` gave; gives false when it does not fit. */
  restore(state: Json): boolean;
}

/**
 * Makes a source of random actions.
 * @param correlation ρ in [0, 1): with 0, actions are even over the space; else they are a lag-one normal noise of
 * correlation ρ whose standard deviation is half the range, clipped to the space
 */
export function createRandomExploration(caller: string, space: BoxSpace, correlation: number): RandomExploration {
  checkNumber(caller, 'randomActionCorrelation', correlation, { min: 0, below: 1 });
  const fresh = Math.sqrt(1 - correlation * correlation);
  let noise: number[] | undefined;
  return {
    next(rng) {
      if (correlation === 0) return sampleSpace(space, rng);
      const before = noise;
      noise = Array.from({ length: space.size }, (_, i) => (before ? correlation * before[i]! + fresh * rng.normal() : rng.normal()));
      return Float32Array.from(noise, (value, i) => {
        const low = space.low[i]!;
        const high = space.high[i]!;
        return Math.min(high, Math.max(low, (low + high) / 2 + (value * (high - low)) / 2));
      });
    },
    reset() {
      noise = undefined;
    },
    save: () => noise ?? null,
    restore(state) {
      const fits =
        state === null || (Array.isArray(state) && state.length === space.size && state.every((value) => Number.isFinite(value)));
      if (fits) noise = state === null ? undefined : [...(state as number[])];
      return fits;
    },
  };
}
