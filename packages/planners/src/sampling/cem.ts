/**
 * The cross-entropy method: maximises the return of an action sequence a ∈ R^{H·A} within bounds by drawing N
 * candidates from a normal distribution, keeping the k best and moving the distribution towards them, a few times
 * over. The settings of PETS (Chua et al. 2018, arXiv 1805.12114) are the defaults; `noiseExponent`,
 * `populationDecay`, `keptEliteCount`, `includeMean` and `returned: 'best'` are the additions of iCEM (see `icem.ts`).
 * Kept elites are scored again in the iteration that they enter, since a score through a sampled model is itself a
 * draw.
 *
 * Symbols: H horizon, A action size, N population size, k elite count, α momentum, μ mean, σ standard deviation.
 */
import { checkInteger, checkNumber, checkOneOf, OptionError, type Planner, type Space } from '@mbrl/core';
import { type ActionBounds, actionBounds, overPlan } from '../search/action-bounds.js';
import { checkFlag } from '../search/check-flag.js';
import { createSearchPlanner } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';
import type { CandidateSampling } from './candidates.js';
import { type CemSettings, createCemMethod } from './cem-search.js';

/** How to search. */
export interface CemOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Sequences scored in an iteration N, at least 1. Default 400. */
  readonly populationSize?: number;
  /** Best sequences that the distribution moves towards k, in [1, populationSize]. Default a tenth of the population. */
  readonly eliteCount?: number;
  /** Times that the distribution is moved, at least 1. Default 5. */
  readonly iterations?: number;
  /**
   * What the population is divided by from one iteration to the next, at least 1; it does not fall under twice the
   * elites. Default 1: it stays.
   */
  readonly populationDecay?: number;
  /** Share of the old mean and variance in the new ones α, in [0, 1). Default 0.1. */
  readonly momentum?: number;
  /**
   * Whether the numbers of a plan are drawn apart, or together with the covariance of the elites, which costs O((H·A)²)
   * a candidate. With 'full', the colour of the noise is that of the first iteration; it is learned from there on.
   * Default 'diagonal'.
   */
  readonly covariance?: 'diagonal' | 'full';
  /** σ of the first iteration by the range of the action, in (0, 10]. Default 0.25, so that σ² = range² / 16. */
  readonly initialStandardDeviationRatio?: number;
  /** Floor of σ from the second iteration on by the range of the action, in [0, 1]. Default 0. */
  readonly minimumStandardDeviationRatio?: number;
  /** Whether the plan is the mean after the last iteration or the best sequence that was scored. Default 'mean'. */
  readonly returned?: 'mean' | 'best';
  /** Where the next search starts: from the returned plan, or from the mean even where the best is returned. Default 'returned'. */
  readonly warmStart?: 'returned' | 'mean';
  /** What fills the end of a plan that `shift` moved up: the middle of the bounds, or its last action. Default 'middle'. */
  readonly fill?: PlanFill;
  /** Elites that stay candidates in the next iteration, and shifted in the next search; in [0, eliteCount] and fewer than the population. Default 0. */
  readonly keptEliteCount?: number;
  /** Whether the mean is itself a candidate of the last iteration. Default false. */
  readonly includeMean?: boolean;
  /** Correlation of the noise of one step with that of the next, in [0, 1); 0 is white. Its variance stays one. Default 0. */
  readonly noiseCorrelation?: number;
  /** β of noise with power 1 / f^β, in [0, 10], instead of `noiseCorrelation`; see `power-law-noise.ts`. Default: none. */
  readonly noiseExponent?: number;
  /** How candidates are kept within the bounds; see `candidates.ts`. Default 'truncated', the rule of PETS. */
  readonly sampling?: CandidateSampling;
  /** Ends a search once the greatest σ² is under this, in squared action units, at least 0. Default 0: never. */
  readonly convergenceTolerance?: number;
}

function checkOptions(caller: string, options: CemOptions, bounds: ActionBounds): CemSettings {
  const horizon = checkInteger(caller, 'horizon', options.horizon, { min: 1 });
  const populationSize = checkInteger(caller, 'populationSize', options.populationSize ?? 400, { min: 1 });
  const eliteCount = checkInteger(caller, 'eliteCount', options.eliteCount ?? Math.max(1, Math.round(populationSize / 10)), {
    min: 1,
    max: populationSize,
  });
  const keptEliteCount = checkInteger(caller, 'keptEliteCount', options.keptEliteCount ?? 0, {
    min: 0,
    max: Math.min(eliteCount, populationSize - 1),
  });
  const iterations = checkInteger(caller, 'iterations', options.iterations ?? 5, { min: 1 });
  const decay = checkNumber(caller, 'populationDecay', options.populationDecay ?? 1, { min: 1 });
  const leastSize = Math.min(populationSize, 2 * eliteCount);
  const sizeAt = (iteration: number): number => Math.max(Math.floor(populationSize / decay ** iteration), leastSize);
  const noiseCorrelation = checkNumber(caller, 'noiseCorrelation', options.noiseCorrelation ?? 0, { min: 0, below: 1 });
  const { noiseExponent } = options;
  if (noiseExponent !== undefined) {
    checkNumber(caller, 'noiseExponent', noiseExponent, { min: 0, max: 10 });
    if (noiseCorrelation > 0)
      throw new OptionError(`${caller}: noiseCorrelation must be 0 where noiseExponent is given, got ${noiseCorrelation}`);
  }
  const initialRatio = checkNumber(caller, 'initialStandardDeviationRatio', options.initialStandardDeviationRatio ?? 0.25, {
    above: 0,
    max: 10,
  });
  const minimumRatio = checkNumber(caller, 'minimumStandardDeviationRatio', options.minimumStandardDeviationRatio ?? 0, { min: 0, max: 1 });
  return {
    horizon,
    actionSize: bounds.size,
    populationSizes: Array.from({ length: iterations }, (_, i) => sizeAt(i)),
    eliteCount,
    keptEliteCount,
    momentum: checkNumber(caller, 'momentum', options.momentum ?? 0.1, { min: 0, below: 1 }),
    returned: checkOneOf(caller, 'returned', options.returned ?? 'mean', ['mean', 'best']),
    warmStart: checkOneOf(caller, 'warmStart', options.warmStart ?? 'returned', ['returned', 'mean']),
    includeMean: checkFlag(caller, 'includeMean', options.includeMean ?? false),
    noiseCorrelation,
    noiseExponent,
    covariance: checkOneOf(caller, 'covariance', options.covariance ?? 'diagonal', ['diagonal', 'full']),
    sampling: checkOneOf(caller, 'sampling', options.sampling ?? 'truncated', ['truncated', 'clipped']),
    convergenceTolerance: checkNumber(caller, 'convergenceTolerance', options.convergenceTolerance ?? 0, { min: 0 }),
    low: overPlan(horizon, bounds.low),
    high: overPlan(horizon, bounds.high),
    initialVariance: overPlan(horizon, bounds.range, (range) => (initialRatio * range) ** 2),
    minimumVariance: overPlan(horizon, bounds.range, (range) => (minimumRatio * range) ** 2),
  };
}

/**
 * Makes a planner that searches by the cross-entropy method.
 *
 * Every action of a plan is within the bounds. A candidate whose return is not finite ranks last and is counted; if
 * fewer than `eliteCount` are finite, those alone are the elites, and if none is, mean and variance stay as they
 * are and the diagnostics give −Infinity for that iteration. The planner is a function of its request: it may serve
 * several at once, and equal requests give equal plans.
 *
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds.
 * @example
 * const planner = createCem({ horizon: 15, actionSpace: boxSpace({ low: [-1], high: [1] }), populationSize: 350 });
 * const { actions, state } = await planner.plan({ observation, evaluator, state: planner.initialState(), rng });
 * const next = planner.shift(state); // after the first action was taken
 */
export function createCem(options: CemOptions): Planner {
  return createNamedCem('createCem', options);
}

/** Makes the planner of {@link createCem} under the name that its errors bear. */
export function createNamedCem(caller: string, options: CemOptions): Planner {
  const bounds = actionBounds(caller, options.actionSpace);
  const settings = checkOptions(caller, options, bounds);
  const fill = checkOneOf(caller, 'fill', options.fill ?? 'middle', ['middle', 'repeat']);
  const shape = { horizon: settings.horizon, actionSize: bounds.size, keptLimit: settings.keptEliteCount };
  return createSearchPlanner({ bounds, shape, fill, method: createCemMethod(settings) });
}
