/**
 * The filtered, reward-weighted update of PDDM (Nagabandi et al. 2019, "Deep dynamics models for learning dexterous
 * manipulation", arXiv 1909.11652): noise that a first-order filter smooths in time, and a plan that moves to the mean
 * of the candidates weighted by exp(κ R).
 *
 * With u_t ~ N(0, Σ): n_t = β u_t + (1 − β) n_{t−1}, n_{−1} = 0, candidates a_t = μ_t + n_t, clipped to the bounds, and
 * μ ← Σ_k e^{κ R_k} a^k / Σ_k e^{κ R_k}. The filter takes spread away: n tends to a variance of Σ β / (2 − β).
 */
import { checkInteger, checkNumber, checkOneOf, type Planner, type Rng, type Space } from '@mbrl/core';
import { actionBounds, overPlan } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { clipInto } from '../search/clip-into.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';
import { RETURN_NORMALIZATIONS, type ReturnNormalization, weightedMean, weighReturns } from './reward-weights.js';

/** How to search. */
export interface PddmOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Sequences scored in an iteration N, at least 2. Default 700. */
  readonly populationSize?: number;
  /** Updates of the plan in a search, at least 1. Default 1. */
  readonly iterations?: number;
  /** β in (0, 1]: 1 leaves the noise white, small values smooth it. Default 0.6. */
  readonly filterRatio?: number;
  /** κ, above 0, of the return or the normalised return: great ones follow the best alone. Default 20. */
  readonly rewardWeight?: number;
  /** What returns are divided by before they are weighted. Default 'none', as in the paper. */
  readonly returnNormalization?: ReturnNormalization;
  /** σ of u by the range of the action, in (0, 10]. Default 0.45: 0.9 where actions lie in [−1, 1]. */
  readonly standardDeviationRatio?: number;
  /** Whether the plan is the weighted mean or the best sequence that was scored; searches go on from the mean. Default 'mean'. */
  readonly returned?: 'mean' | 'best';
  /** End of a plan that moved up: the middle of the bounds, or its last action. Default 'repeat'. */
  readonly fill?: PlanFill;
}

interface PddmWorkspace extends SearchWorkspace {
  readonly mean: Float64Array;
  readonly batch: CandidateBatch;
  readonly weights: Float64Array;
  /** n of the step before, `[A]`. */
  readonly filtered: Float64Array;
  effectiveSampleSize: number;
}

interface PddmSettings {
  readonly actionSize: number;
  readonly populationSize: number;
  readonly iterations: number;
  readonly filterRatio: number;
  readonly rewardWeight: number;
  readonly returnNormalization: ReturnNormalization;
  readonly returned: 'mean' | 'best';
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly deviation: Float64Array;
}

/** Mean over the plan of the deviation of n. */
function filteredSpread({ actionSize, filterRatio, deviation }: PddmSettings): number {
  let sum = 0;
  let variance = 0;
  for (let d = 0; d < deviation.length; d++) {
    if (d % actionSize === 0) variance = filterRatio ** 2 + (1 - filterRatio) ** 2 * variance;
    sum += Math.sqrt(variance) * deviation[d]!;
  }
  return sum / deviation.length;
}

const CALLER = 'createPddm';

function createPddmMethod(settings: PddmSettings): SearchMethod<PddmWorkspace> {
  const { actionSize, populationSize, filterRatio, low, high, deviation } = settings;
  const size = low.length;
  const spread = filteredSpread(settings);

  const drawFiltered = ({ batch: { candidates }, mean, filtered }: PddmWorkspace, rng: Rng): void => {
    rng.fillNormal(candidates);
    for (let row = 0, i = 0; row < populationSize; row++) {
      filtered.fill(0);
      for (let d = 0, a = 0; d < size; d++, i++) {
        const noise = filterRatio * deviation[d]! * candidates[i]! + (1 - filterRatio) * filtered[a]!;
        filtered[a] = noise;
        a = a + 1 === actionSize ? 0 : a + 1;
        const value = mean[d]! + noise;
        candidates[i] = value < low[d]! ? low[d]! : value > high[d]! ? high[d]! : value;
      }
    }
  };

  return {
    iterations: settings.iterations,
    createWorkspace: () => ({
      spread,
      bestReturn: -Infinity,
      best: new Float32Array(size),
      mean: new Float64Array(size),
      batch: createBatches([populationSize], Math.max(1, Math.round(populationSize / 10)), size)[0]!,
      weights: new Float64Array(populationSize),
      filtered: new Float64Array(actionSize),
      effectiveSampleSize: 0,
    }),
    begin: ({ mean }, state) => clipInto(mean, state.actions, low, high),
    countOf: () => populationSize,
    draw(workspace, _, rng) {
      drawFiltered(workspace, rng);
      return workspace.batch;
    },
    learn(workspace, { candidates, scores }) {
      const { mean, weights } = workspace;
      workspace.effectiveSampleSize = weighReturns(scores, settings.rewardWeight, settings.returnNormalization, weights);
      weightedMean(candidates, weights, populationSize, mean);
      // Rounding may leave the bounds by the last digit.
      clipInto(mean, mean, low, high);
      return false;
    },
    effectiveSampleSize: (workspace) => workspace.effectiveSampleSize,
    finish({ mean, best, bestReturn }) {
      const plan = new Float32Array(size);
      clipInto(plan, mean, low, high);
      return {
        actions: settings.returned === 'best' && bestReturn > -Infinity ? best.slice() : plan,
        state: { actions: plan.slice(), kept: new Float32Array(0) },
      };
    },
  };
}

/**
 * Makes a planner that searches as PDDM does. A candidate whose return is not finite has no weight; where none is
 * finite, the plan stays as it is. Elites in the diagnostics are the best tenth.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds.
 * @example
 * const planner = createPddm({ horizon: 7, actionSpace: boxSpace({ low: [-1, -1], high: [1, 1] }), rewardWeight: 10 });
 */
export function createPddm(options: PddmOptions): Planner {
  const bounds = actionBounds(CALLER, options.actionSpace);
  const horizon = checkInteger(CALLER, 'horizon', options.horizon, { min: 1 });
  const ratio = checkNumber(CALLER, 'standardDeviationRatio', options.standardDeviationRatio ?? 0.45, { above: 0, max: 10 });
  const settings: PddmSettings = {
    actionSize: bounds.size,
    populationSize: checkInteger(CALLER, 'populationSize', options.populationSize ?? 700, { min: 2 }),
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 1, { min: 1 }),
    filterRatio: checkNumber(CALLER, 'filterRatio', options.filterRatio ?? 0.6, { above: 0, max: 1 }),
    rewardWeight: checkNumber(CALLER, 'rewardWeight', options.rewardWeight ?? 20, { above: 0 }),
    returnNormalization: checkOneOf(CALLER, 'returnNormalization', options.returnNormalization ?? 'none', RETURN_NORMALIZATIONS),
    returned: checkOneOf(CALLER, 'returned', options.returned ?? 'mean', ['mean', 'best']),
    low: overPlan(horizon, bounds.low),
    high: overPlan(horizon, bounds.high),
    deviation: overPlan(horizon, bounds.range, (range) => ratio * range),
  };
  const shape = { horizon, actionSize: bounds.size, keptLimit: 0 };
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'repeat', ['middle', 'repeat']);
  return createSearchPlanner({ bounds, shape, fill, method: createPddmMethod(settings) });
}
