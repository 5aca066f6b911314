/**
 * Value iteration (Bellman 1957): backs up every state until none changes by more than the tolerance. In place, a
 * state sees the new values of those before it, which takes fewer sweeps; synchronously, only those of the last sweep.
 */
import { checkOneOf, type TabularModel } from '@mbrl/core';
import { bestValue } from './backup.js';
import { checkLimit, checkTabular, scaleOf, solutionOf, type TabularOptions, type TabularSolution } from './tabular-solution.js';

/** How to iterate. */
export interface ValueIterationOptions extends TabularOptions {
  /** Greatest number of sweeps over all states, at least 1. Default 100,000. */
  readonly maximumSweeps?: number;
  /** Which values a backup sees. Default 'inPlace'. */
  readonly updates?: 'inPlace' | 'synchronous';
}

/**
 * Solves a tabular model.
 * @throws OptionError or ShapeError on a model whose tables do not fit together, and on a choice out of bounds.
 * @example
 * const { policy, values } = valueIteration(environment.tabularModel);
 */
export function valueIteration(model: TabularModel, options: ValueIterationOptions = {}): TabularSolution {
  const caller = 'valueIteration';
  const settings = checkTabular(caller, model, options);
  const maximumSweeps = checkLimit(caller, 'maximumSweeps', options.maximumSweeps ?? 100_000);
  const inPlace = checkOneOf(caller, 'updates', options.updates ?? 'inPlace', ['inPlace', 'synchronous']) === 'inPlace';
  const values = new Float64Array(model.stateCount);
  const seen = inPlace ? values : new Float64Array(model.stateCount);
  let sweeps = 0;
  let change = Infinity;
  while (sweeps < maximumSweeps && change > settings.tolerance * scaleOf(values)) {
    change = 0;
    if (!inPlace) seen.set(values);
    for (let s = 0; s < model.stateCount; s++) {
      const value = bestValue(model, settings.discount, seen, s);
      change = Math.max(change, Math.abs(value - values[s]!));
      values[s] = value;
    }
    sweeps += 1;
  }
  return solutionOf(model, settings, values, sweeps * model.stateCount);
}
