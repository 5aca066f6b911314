/**
 * Several plans that climb the gradient of their returns side by side, on buffers that are made once. A plan whose
 * return or gradient stops being finite cannot climb on; it starts again near the best.
 */
import type { Rng } from '@mbrl/core';
import type { CandidateBatch } from '../search/candidate-batch.js';
import { type AscentMemory, type AscentSettings, createAscentMemory, lengthOf, resetAscent, stepUp } from './ascent.js';
import type { FreeActions } from './free-actions.js';

/** Plans that climb; C of them, of D numbers each. */
export interface Climbers {
  /** `[D]` each. */
  readonly variables: readonly Float64Array[];
  readonly memories: readonly AscentMemory[];
  /** `[C, D]`, written by the evaluator. */
  readonly gradients: Float32Array;
  /** Scratch, `[D]`. */
  readonly byVariable: Float64Array;
}

/** Makes the buffers. */
export function createClimbers(count: number, size: number): Climbers {
  return {
    variables: Array.from({ length: count }, () => new Float64Array(size)),
    memories: Array.from({ length: count }, () => createAscentMemory(size)),
    gradients: new Float32Array(count * size),
    byVariable: new Float64Array(size),
  };
}

/** Writes normal draws of the given deviation about `center` into `z`. */
export function scatter(free: FreeActions, z: Float64Array, center: Float64Array, deviation: number, rng: Rng): void {
  for (let d = 0; d < z.length; d++) z[d] = center[d]! + deviation * rng.normal();
  free.settle(z);
}

/** Writes the plans of all climbers into the batch. */
export function writePlans({ variables }: Climbers, free: FreeActions, candidates: Float32Array): void {
  for (let c = 0; c < variables.length; c++) free.toActions(variables[c]!, candidates, c * variables[c]!.length);
}

/**
 * Moves every climber one step up by the gradients that were just written.
 * @param best `[D]`, the best plan so far as variables: where those that cannot climb start again
 * @param deviation of the draws about it
 * @returns the greatest length of a gradient, 0 where none is finite
 */
export function climb(
  climbers: Climbers,
  free: FreeActions,
  settings: AscentSettings,
  batch: CandidateBatch,
  best: Float64Array,
  deviation: number,
  rng: Rng,
): number {
  const { variables, memories, gradients, byVariable } = climbers;
  let greatest = 0;
  for (let c = 0; c < variables.length; c++) {
    const z = variables[c]!;
    free.pullBack(z, gradients, c * z.length, byVariable);
    const length = lengthOf(byVariable);
    if (batch.scores[c] === -Infinity || !Number.isFinite(length)) {
      resetAscent(memories[c]!);
      scatter(free, z, best, deviation, rng);
      continue;
    }
    greatest = Math.max(greatest, length);
    stepUp(settings, memories[c]!, z, byVariable, length);
    free.settle(z);
  }
  return greatest;
}
