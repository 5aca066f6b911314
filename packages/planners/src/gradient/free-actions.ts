/**
 * Actions within a box as variables without bounds z, so that a gradient step cannot leave the box. With m the middle
 * of the bounds and h half their range:
 *
 * - `squash`: a = m + h tanh(z). Steps shrink towards the bounds, and no action reaches them.
 * - `project`: a = m + h z, with z moved back into [−1, 1] after each step.
 *
 * One unit of z is half the range of an action in the middle of the box, so step lengths mean the same in every task.
 */
import type { ActionBounds } from '../search/action-bounds.js';

/** How actions are kept within the bounds. */
export type BoxRule = 'squash' | 'project';

/** The greatest |tanh z| that a given action is read as: an action on its bound has no finite z. */
const nearBound = 0.999;

/** The two maps over whole plans; arrays are `[D]` parts with D a multiple of the action size. */
export interface FreeActions {
  /** Writes the actions that `z` stands for from `start` on. */
  toActions(z: Float64Array, actions: Float32Array, start: number): void;
  /** Reads actions from `start` on into `z`. */
  fromActions(actions: Float32Array, start: number, z: Float64Array): void;
  /** Writes the derivative by `z` into `byZ`, from that by the actions from `start` on. */
  pullBack(z: Float64Array, gradients: Float32Array, start: number, byZ: Float64Array): void;
  /** Moves `z` to where it must lie. */
  settle(z: Float64Array): void;
}

/** Makes the maps for the bounds of an action space. */
export function createFreeActions({ size, low, high, middle, range }: ActionBounds, rule: BoxRule): FreeActions {
  const half = range.map((value) => value / 2);
  const clamp = (value: number, a: number): number => Math.min(Math.max(value, low[a]!), high[a]!);
  const squash = rule === 'squash';
  return {
    toActions(z, actions, start) {
      for (let d = 0; d < z.length; d++) {
        const a = d % size;
        const unit = squash ? Math.tanh(z[d]!) : z[d]!;
        actions[start + d] = clamp(Math.fround(middle[a]! + half[a]! * unit), a);
      }
    },
    fromActions(actions, start, z) {
      for (let d = 0; d < z.length; d++) {
        const a = d % size;
        const unit = half[a]! > 0 ? (actions[start + d]! - middle[a]!) / half[a]! : 0;
        z[d] = squash ? Math.atanh(Math.min(Math.max(unit, -nearBound), nearBound)) : Math.min(Math.max(unit, -1), 1);
      }
    },
    pullBack(z, gradients, start, byZ) {
      for (let d = 0; d < z.length; d++) {
        const slope = squash ? 1 - Math.tanh(z[d]!) ** 2 : 1;
        byZ[d] = gradients[start + d]! * half[d % size]! * slope;
      }
    },
    settle(z) {
      if (squash) return;
      for (let d = 0; d < z.length; d++) z[d] = Math.min(Math.max(z[d]!, -1), 1);
    },
  };
}
