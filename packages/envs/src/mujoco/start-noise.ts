/** Noise on the first positions and velocities, and the cost of an action. */
import type { Rng } from '@mbrl/core';

/** Adds uniform draws in ±scale to the entries from `start` to before `end`. */
export function drawUniform(rng: Rng, values: Float64Array, scale: number, start = 0, end: number = values.length): void {
  for (let i = start; i < end; i++) values[i]! += scale * (2 * rng.uniform() - 1);
}

/** Adds normal draws of standard deviation `scale`. */
export function drawNormal(rng: Rng, values: Float64Array, scale: number): void {
  for (let i = 0; i < values.length; i++) values[i]! += scale * rng.normal();
}

/** ‖a‖². */
export function squaredNorm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
