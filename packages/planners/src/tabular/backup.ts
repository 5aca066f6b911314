/**
 * The Bellman backup that all planners on tables share.
 *
 *   Q(s, a) = Σ_{s'} p(s' | s, a) [r + γ (1 − ending) V(s')],  V(s) = max_a Q(s, a)
 *
 * A pair without outcomes cannot be taken: its Q is −Infinity. A state without any action is worth 0.
 */
import type { TabularModel } from '@mbrl/core';

/** Q(s, a) from state values. */
export function actionValue(model: TabularModel, discount: number, values: Float64Array, state: number, action: number): number {
  const { offsets, nextStates, probabilities, rewards, endings } = model;
  const pair = state * model.actionCount + action;
  const to = offsets[pair + 1]!;
  let k = offsets[pair]!;
  if (k === to) return -Infinity;
  let sum = 0;
  for (; k < to; k++) {
    const beyond = endings[k] === 1 ? 0 : discount * values[nextStates[k]!]!;
    sum += probabilities[k]! * (rewards[k]! + beyond);
  }
  return sum;
}

/** The first of the best actions of a state, −1 where none can be taken. */
export function greedyAction(model: TabularModel, discount: number, values: Float64Array, state: number): number {
  let best = -1;
  let bestValue = -Infinity;
  for (let action = 0; action < model.actionCount; action++) {
    const value = actionValue(model, discount, values, state, action);
    if (value > bestValue) {
      bestValue = value;
      best = action;
    }
  }
  return best;
}

/** max_a Q(s, a), 0 where no action can be taken. */
export function bestValue(model: TabularModel, discount: number, values: Float64Array, state: number): number {
  let best = -Infinity;
  for (let action = 0; action < model.actionCount; action++) {
    best = Math.max(best, actionValue(model, discount, values, state, action));
  }
  return best === -Infinity ? 0 : best;
}
