/**
 * Policy iteration (Howard 1960): evaluates a policy, makes it greedy for its own values, and stops when it stays. With
 * γ = 1 a policy that never ends has no finite value, so the first policy is the greedy one after as many sweeps of
 * value iteration as there are states; where the task can always be ended, that one does.
 *
 * A policy is evaluated by in-place sweeps until they change nothing beyond the tolerance.
 */
import type { TabularModel } from '@mbrl/core';
import { actionValue, greedyAction } from './backup.js';
import {
  checkLimit,
  checkTabular,
  scaleOf,
  solutionOf,
  type TabularOptions,
  type TabularSettings,
  type TabularSolution,
} from './tabular-solution.js';
import { valueIteration } from './value-iteration.js';

/** How to iterate. */
export interface PolicyIterationOptions extends TabularOptions {
  /** Greatest number of policies, at least 1. Default 1,000. */
  readonly maximumPolicies?: number;
  /** Greatest number of sweeps in the evaluation of one policy, at least 1. Default 100,000. */
  readonly maximumSweeps?: number;
}

/** A solution with the number of policies that were evaluated. */
export interface PolicyIterationSolution extends TabularSolution {
  readonly policyCount: number;
}

/** Writes the values of a policy into `values`; gives the number of sweeps. */
function evaluatePolicy(
  model: TabularModel,
  { discount, tolerance }: TabularSettings,
  policy: Int32Array,
  values: Float64Array,
  maximumSweeps: number,
): number {
  for (let sweep = 1; sweep <= maximumSweeps; sweep++) {
    let change = 0;
    for (let s = 0; s < values.length; s++) {
      const value = policy[s] === -1 ? 0 : actionValue(model, discount, values, s, policy[s]!);
      change = Math.max(change, Math.abs(value - values[s]!));
      values[s] = value;
    }
    if (change <= tolerance * scaleOf(values)) return sweep;
  }
  return maximumSweeps;
}

/** Makes the policy greedy; an action stays where no other is better by more than the tolerance. Gives whether one changed. */
function improvePolicy(model: TabularModel, { discount, tolerance }: TabularSettings, policy: Int32Array, values: Float64Array): boolean {
  // Rounding alone must not make two equally good policies alternate.
  const margin = 4 * tolerance * scaleOf(values);
  let hasChanged = false;
  for (let s = 0; s < values.length; s++) {
    const greedy = greedyAction(model, discount, values, s);
    if (greedy === policy[s] || greedy === -1) continue;
    const gain = actionValue(model, discount, values, s, greedy) - actionValue(model, discount, values, s, policy[s]!);
    if (gain > margin) {
      policy[s] = greedy;
      hasChanged = true;
    }
  }
  return hasChanged;
}

/**
 * Solves a tabular model.
 * @throws OptionError or ShapeError on a model whose tables do not fit together, and on a choice out of bounds.
 */
export function policyIteration(model: TabularModel, options: PolicyIterationOptions = {}): PolicyIterationSolution {
  const caller = 'policyIteration';
  const settings = checkTabular(caller, model, options);
  const maximumPolicies = checkLimit(caller, 'maximumPolicies', options.maximumPolicies ?? 1000);
  const maximumSweeps = checkLimit(caller, 'maximumSweeps', options.maximumSweeps ?? 100_000);
  const first = valueIteration(model, { ...settings, maximumSweeps: settings.discount < 1 ? 1 : model.stateCount });
  const { policy, values } = first;
  let backupCount = first.backupCount;
  let policyCount = 0;
  do {
    backupCount += evaluatePolicy(model, settings, policy, values, maximumSweeps) * model.stateCount;
    policyCount += 1;
  } while (improvePolicy(model, settings, policy, values) && policyCount < maximumPolicies);
  return { ...solutionOf(model, settings, values, backupCount), policyCount };
}
