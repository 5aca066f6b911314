/**
 * Dynamics whose derivatives are differences of a batched step, for simulators and compiled models without a Jacobian: all moved
 * points of all points of a batch go through the step in one call, which may be asynchronous.
 */
import { checkInteger } from '@mbrl/core';
import type { Dynamics } from '../dynamics.js';
import { type DifferenceOptions, readDifferenceOptions } from './finite-differences.js';

/**
 * Creates dynamics from a batched step; steps of differences follow its `precision`, so that float32 networks are differentiated over
 * more than their rounding.
 * @throws OptionError on values out of range
 */
export function createDifferenceDynamics(
  source: Pick<Dynamics, 'stateSize' | 'actionSize' | 'step' | 'precision' | 'batched'>,
  options: DifferenceOptions = {},
): Dynamics {
  const caller = 'createDifferenceDynamics';
  const n = checkInteger(caller, 'stateSize', source.stateSize, { min: 1 });
  const m = checkInteger(caller, 'actionSize', source.actionSize, { min: 0 });
  const { central, relativeStep } = readDifferenceOptions(caller, options, source.precision);
  const total = n + m;
  // Forward: the point itself, then each component moved up. Central: each moved up, then each moved down.
  const rows = central ? 2 * total : total + 1;
  let room = 0;
  let [states, actions, next, times] = [new Float64Array(0), new Float64Array(0), new Float64Array(0), new Int32Array(0)];
  /** Makes room for a batch; only a batch greater than all before allocates. */
  const reserve = (count: number): void => {
    if (count <= room) return;
    room = count;
    [states, actions] = [new Float64Array(count * rows * n), new Float64Array(count * rows * m)];
    [next, times] = [new Float64Array(count * rows * n), new Int32Array(count * rows)];
  };
  const stepOf = (value: number): number => relativeStep * Math.max(1, Math.abs(value));

  return {
    stateSize: n,
    actionSize: m,
    ...(source.precision !== undefined && { precision: source.precision }),
    ...(source.batched !== undefined && { batched: source.batched }),
    step: (...input) => source.step(...input),
    linearize(x, u, A, B, count, t) {
      reserve(count);
      for (let k = 0; k < count; k++) {
        for (let row = 0; row < rows; row++) {
          const at = k * rows + row;
          for (let i = 0; i < n; i++) states[at * n + i] = x[k * n + i]!;
          for (let i = 0; i < m; i++) actions[at * m + i] = u[k * m + i]!;
          times[at] = t[k]!;
          const moved = central ? row % total : row - 1;
          const sign = central && row >= total ? -1 : 1;
          if (moved < 0) continue;
          if (moved < n) states[at * n + moved]! += sign * stepOf(x[k * n + moved]!);
          else actions[at * m + moved - n]! += sign * stepOf(u[k * m + moved - n]!);
        }
      }
      const gather = (): void => {
        for (let k = 0; k < count; k++) {
          for (let j = 0; j < total; j++) {
            const above = k * rows + (central ? j : j + 1);
            const below = k * rows + (central ? total + j : 0);
            const width =
              j < n ? states[above * n + j]! - states[below * n + j]! : actions[above * m + j - n]! - actions[below * m + j - n]!;
            for (let i = 0; i < n; i++) {
              const slope = (next[above * n + i]! - next[below * n + i]!) / width;
              if (j < n) A[(k * n + i) * n + j] = slope;
              else B[(k * n + i) * m + j - n] = slope;
            }
          }
        }
      };
      const stepped = source.step(states, actions, next, count * rows, times);
      if (stepped instanceof Promise) return stepped.then(gather);
      gather();
      return undefined;
    },
  };
}
