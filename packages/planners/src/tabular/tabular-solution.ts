/** What planning on tables gives, and the choices that its methods share. */
import { checkTabularModel, checkInteger, checkNumber, type TabularModel } from '@mbrl/core';
import { actionValue, greedyAction } from './backup.js';

/** Values and a policy, with what it took to find them. */
export interface TabularSolution {
  /** V(s), `[S]`. */
  readonly values: Float64Array;
  /** Q(s, a), `[S · A]`; −Infinity where an action cannot be taken. */
  readonly actionValues: Float64Array;
  /**
   * The first of the best actions of each state, `[S]`; −1 where none can be taken. With γ = 1, where that one may never
   * end the episode, the first equally good one that may.
   */
  readonly policy: Int32Array;
  /** Backups of a single state that were done. */
  readonly backupCount: number;
  /** Greatest |max_a Q(s, a) − V(s)| at the end: with γ < 1, V is within residual / (1 − γ) of the optimum. */
  readonly residual: number;
  /** `converged` where the residual is within the tolerance. */
  readonly status: 'converged' | 'iterationLimit';
}

/** Choices of every method. */
export interface TabularOptions {
  /** γ in [0, 1]. Default: the model's. */
  readonly discount?: number;
  /** Greatest residual that counts as solved, by the greatest |V| where that is above 1; at least 0. Default 1e-14. */
  readonly tolerance?: number;
}

/** The checked choices. */
export interface TabularSettings {
  readonly discount: number;
  readonly tolerance: number;
}

/** Checks model and choices. @throws OptionError or ShapeError. */
export function checkTabular(caller: string, model: TabularModel, options: TabularOptions): TabularSettings {
  checkTabularModel(caller, model);
  return {
    discount: checkNumber(caller, 'discount', options.discount ?? model.discount, { min: 0, max: 1 }),
    tolerance: checkNumber(caller, 'tolerance', options.tolerance ?? 1e-14, { min: 0 }),
  };
}

/** Checks a limit. */
export const checkLimit = (caller: string, name: string, value: number): number => checkInteger(caller, name, value, { min: 1 });

/** The greatest of 1 and all |V|: what a tolerance is relative to. */
export function scaleOf(values: Float64Array): number {
  let greatest = 1;
  for (let s = 0; s < values.length; s++) greatest = Math.max(greatest, Math.abs(values[s]!));
  return greatest;
}

/**
 * Turns a greedy policy into one that earns its values where nothing is discounted: a step that leads nowhere is as good
 * as the way out by its value, V(s) = 0 + V(s), but taken for ever it earns nothing. Grows the set of states from which
 * the policy can end, by the greedy action where that leads into the set, else by another within `margin` of it.
 */
function leadToEndings(model: TabularModel, actionValues: Float64Array, policy: Int32Array, margin: number): void {
  const { stateCount, actionCount, offsets, nextStates, probabilities, endings } = model;
  const canEnd = Uint8Array.from(policy, (action) => (action === -1 ? 1 : 0));
  const leadsIn = (s: number, a: number): boolean => {
    for (let k = offsets[s * actionCount + a]!; k < offsets[s * actionCount + a + 1]!; k++) {
      if (probabilities[k]! > 0 && (endings[k] === 1 || canEnd[nextStates[k]!] === 1)) return true;
    }
    return false;
  };
  const grow = (pick: (s: number) => number): boolean => {
    let hasGrown = false;
    for (let s = 0; s < stateCount; s++) {
      const action = canEnd[s] === 1 ? -1 : pick(s);
      if (action === -1) continue;
      policy[s] = action;
      canEnd[s] = 1;
      hasGrown = true;
    }
    return hasGrown;
  };
  const greedy = (s: number): number => (leadsIn(s, policy[s]!) ? policy[s]! : -1);
  const asGood = (s: number): number => {
    const least = actionValues[s * actionCount + policy[s]!]! - margin;
    for (let a = 0; a < actionCount; a++) if (actionValues[s * actionCount + a]! >= least && leadsIn(s, a)) return a;
    return -1;
  };
  while (grow(greedy) || grow(asGood));
}

/** Reads action values, policy and residual off state values. */
export function solutionOf(model: TabularModel, settings: TabularSettings, values: Float64Array, backupCount: number): TabularSolution {
  const { stateCount, actionCount } = model;
  const { discount, tolerance } = settings;
  const actionValues = new Float64Array(stateCount * actionCount);
  const policy = new Int32Array(stateCount);
  let residual = 0;
  for (let s = 0; s < stateCount; s++) {
    for (let a = 0; a < actionCount; a++) actionValues[s * actionCount + a] = actionValue(model, discount, values, s, a);
    policy[s] = greedyAction(model, discount, values, s);
    const best = policy[s] === -1 ? 0 : actionValues[s * actionCount + policy[s]!]!;
    residual = Math.max(residual, Math.abs(best - values[s]!));
  }
  const bound = tolerance * scaleOf(values);
  if (discount === 1) leadToEndings(model, actionValues, policy, 4 * Math.max(bound, residual));
  const status = residual <= bound ? 'converged' : 'iterationLimit';
  return { values, actionValues, policy, backupCount, residual, status };
}
