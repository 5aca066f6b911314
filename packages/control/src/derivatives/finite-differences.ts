/**
 * Jacobians by finite differences: forward, (f(x + h) − f(x)) / h with an error of about √ε, or central,
 * (f(x + h) − f(x − h)) / 2h with one of about ε^⅔. The step of a component is `relativeStep · max(1, |x|)`.
 */
import { checkInteger, checkNumber, checkOneOf } from '@mbrl/core';
import type { PointFunction, PointJacobian } from './point-function.js';

/** Settings of finite differences. */
export interface DifferenceOptions {
  /** Default 'central'. */
  readonly method?: 'forward' | 'central';
  /** Step relative to max(1, |x|), in (0, 1]; the square root of rounding (forward) or its cube root (central) where absent. */
  readonly relativeStep?: number;
}

/** Fills in the defaults for a function with the given rounding unit. @throws OptionError on values out of range */
export function readDifferenceOptions(
  caller: string,
  options: DifferenceOptions,
  precision: number = 2 ** -53,
): { readonly central: boolean; readonly relativeStep: number } {
  const central = checkOneOf(caller, 'method', options.method ?? 'central', ['forward', 'central']) === 'central';
  const { relativeStep = central ? Math.cbrt(precision) : Math.sqrt(precision) } = options;
  return { central, relativeStep: checkNumber(caller, 'relativeStep', relativeStep, { above: 0, max: 1 }) };
}

/**
 * Makes a Jacobian of `f` by differences; it allocates nothing when called.
 * @param n number of states, ≥ 1
 * @param m number of actions, ≥ 0
 * @throws OptionError on sizes or options out of range
 */
export function createDifferenceJacobian(f: PointFunction, n: number, m: number, options: DifferenceOptions = {}): PointJacobian {
  const caller = 'createDifferenceJacobian';
  checkInteger(caller, 'n', n, { min: 1 });
  checkInteger(caller, 'm', m, { min: 0 });
  const { central, relativeStep } = readDifferenceOptions(caller, options);
  const [x, u] = [new Float64Array(n), new Float64Array(m)];
  const [above, below] = [new Float64Array(n), new Float64Array(n)];

  const column = (vector: Float64Array, j: number, out: Float64Array, width: number, time: number): void => {
    const value = vector[j]!;
    const step = relativeStep * Math.max(1, Math.abs(value));
    // The steps as they are represented, not as they were meant.
    const high = value + step;
    const low = central ? value - step : value;
    vector[j] = high;
    f(x, u, time, above);
    if (central) {
      vector[j] = low;
      f(x, u, time, below);
    }
    vector[j] = value;
    for (let i = 0; i < n; i++) out[i * width + j] = (above[i]! - below[i]!) / (high - low);
  };

  return (state, action, time, A, B) => {
    for (let i = 0; i < n; i++) x[i] = state[i]!;
    for (let i = 0; i < m; i++) u[i] = action[i]!;
    if (!central) f(x, u, time, below);
    for (let j = 0; j < n; j++) column(x, j, A, n, time);
    for (let j = 0; j < m; j++) column(u, j, B, m, time);
  };
}
