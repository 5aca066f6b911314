/** The state that a planner carries from one call to the next: its check, and its shift in time. */
import { checkInteger, NumericalError, type PlannerState, ShapeError } from '@mbrl/core';
import type { ActionBounds } from './action-bounds.js';

/** What fills the end of a plan that moved up: the middle of the action bounds, or its last action again. */
export type PlanFill = 'middle' | 'repeat';

/** The shape that a state must have. */
export interface PlanStateShape {
  readonly horizon: number;
  readonly actionSize: number;
  /** Greatest number of kept sequences. */
  readonly keptLimit: number;
  /** What a step of `spread` is filled with at the end, `[S]`; absent where states have none. */
  readonly spreadFill?: Float32Array;
}

/**
 * Checks that a state fits a planner.
 * @throws ShapeError on wrong sizes, NumericalError on an action that is not finite.
 */
export function checkState(caller: string, state: PlannerState, { horizon, actionSize, keptLimit, spreadFill }: PlanStateShape): void {
  const size = horizon * actionSize;
  if (state.actions.length !== size) {
    throw new ShapeError(`${caller}: state.actions must have ${size} numbers ([${horizon}, ${actionSize}]), got ${state.actions.length}`);
  }
  if (state.kept.length % size !== 0 || state.kept.length > keptLimit * size) {
    throw new ShapeError(
      `${caller}: state.kept must hold at most ${keptLimit} sequences of ${size} numbers ([${horizon}, ${actionSize}]), got ${state.kept.length} numbers`,
    );
  }
  if (state.spread && state.spread.length !== horizon * (spreadFill?.length ?? 0)) {
    throw new ShapeError(
      spreadFill
        ? `${caller}: state.spread must have ${horizon * spreadFill.length} numbers ([${horizon}, ${spreadFill.length}]), got ${state.spread.length}`
        : `${caller}: state.spread must be absent, got ${state.spread.length} numbers`,
    );
  }
  for (const name of ['actions', 'kept', 'spread'] as const) {
    const values = state[name];
    if (!values) continue;
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i]!)) throw new NumericalError(`${caller}: state.${name} must be finite, got ${values[i]} at index ${i}`);
    }
  }
}

/** Moves each `[H, A]` sequence of `sequences` up by `steps` and fills its end; the result is a copy. */
function shiftSequences(sequences: Float32Array, horizon: number, steps: number, bounds: ActionBounds, fill: PlanFill): Float32Array {
  const size = horizon * bounds.size;
  const moved = Math.min(steps, horizon) * bounds.size;
  const shifted = new Float32Array(sequences.length);
  for (let start = 0; start < sequences.length; start += size) {
    shifted.set(sequences.subarray(start + moved, start + size), start);
    for (let i = size - moved; i < size; i++) {
      const component = i % bounds.size;
      shifted[start + i] = fill === 'middle' ? bounds.middle[component]! : sequences[start + size - bounds.size + component]!;
    }
  }
  return shifted;
}

function shiftSpread(spread: Float32Array, horizon: number, steps: number, end: Float32Array): Float32Array {
  const shifted = new Float32Array(spread.length);
  const moved = Math.min(steps, horizon) * end.length;
  shifted.set(spread.subarray(moved));
  for (let i = spread.length - moved; i < spread.length; i++) shifted[i] = end[i % end.length]!;
  return shifted;
}

/**
 * Gives the state `steps` later; the given one stays as it is.
 * @param steps at least 0; at the horizon or beyond nothing of the plan is left
 */
export function shiftState(
  caller: string,
  state: PlannerState,
  steps: number,
  { horizon, spreadFill }: PlanStateShape,
  bounds: ActionBounds,
  fill: PlanFill,
): PlannerState {
  checkInteger(caller, 'steps', steps, { min: 0 });
  return {
    actions: shiftSequences(state.actions, horizon, steps, bounds, fill),
    kept: shiftSequences(state.kept, horizon, steps, bounds, fill),
    ...(state.spread && spreadFill && { spread: shiftSpread(state.spread, horizon, steps, spreadFill) }),
  };
}

/** The middle of the action bounds at every step, and nothing kept. */
export function middleState(horizon: number, bounds: ActionBounds): PlannerState {
  const actions = new Float32Array(horizon * bounds.size);
  for (let i = 0; i < actions.length; i++) actions[i] = bounds.middle[i % bounds.size]!;
  return { actions, kept: new Float32Array(0) };
}
