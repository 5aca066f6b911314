/**
 * The cross-entropy method: maximises the return of an action sequence a ∈ R^{H·A} within bounds by drawing N
 * candidates from a normal distribution, keeping the k best and moving the distribution towards them, a few times
 * over. The settings of PETS (Chua et al. 2018, arXiv 1805.12114) are the defaults; `noiseCorrelation`,
 * `keptEliteCount`, `includeMean` and `returned: 'best'` are the additions of iCEM (Pinneri et al. 2020,
 * arXiv 2008.06389), with lag-one instead of power-law noise, and with kept elites scored again in the search that
 * they enter, since a score through a sampled model is itself a draw.
 *
 * Symbols: H horizon, A action size, N population size, k elite count, α momentum, μ mean, σ standard deviation.
 */
import {
  checkInteger,
  checkNumber,
  checkOneOf,
  NumericalError,
  OptionError,
  type Plan,
  type Planner,
  type PlanRequest,
  ShapeError,
  type Space,
} from '@mbrl/core';
import { type ActionBounds, actionBounds } from './action-bounds.js';
import type { CandidateSampling } from './candidates.js';
import { type CemSettings, createWorkspace, searchPlan } from './cem-search.js';
import { checkState, middleState, type PlanFill, shiftState } from './plan-state.js';

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
  /** Share of the old mean and variance in the new ones α, in [0, 1). Default 0.1. */
  readonly momentum?: number;
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
  /** How candidates are kept within the bounds; see `candidates.ts`. Default 'truncated', the rule of PETS. */
  readonly sampling?: CandidateSampling;
  /** Ends a search once the greatest σ² is under this, in squared action units, at least 0. Default 0: never. */
  readonly convergenceTolerance?: number;
}

const CALLER = 'createCem';

function checkFlag(name: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw new OptionError(`${CALLER}: ${name} must be true or false, got ${String(value)}`);
  return value;
}

function checkOptions(options: CemOptions, bounds: ActionBounds): CemSettings {
  const horizon = checkInteger(CALLER, 'horizon', options.horizon, { min: 1 });
  const populationSize = checkInteger(CALLER, 'populationSize', options.populationSize ?? 400, { min: 1 });
  const eliteCount = checkInteger(CALLER, 'eliteCount', options.eliteCount ?? Math.max(1, Math.round(populationSize / 10)), {
    min: 1,
    max: populationSize,
  });
  const keptEliteCount = checkInteger(CALLER, 'keptEliteCount', options.keptEliteCount ?? 0, {
    min: 0,
    max: Math.min(eliteCount, populationSize - 1),
  });
  const initialRatio = checkNumber(CALLER, 'initialStandardDeviationRatio', options.initialStandardDeviationRatio ?? 0.25, {
    above: 0,
    max: 10,
  });
  const minimumRatio = checkNumber(CALLER, 'minimumStandardDeviationRatio', options.minimumStandardDeviationRatio ?? 0, { min: 0, max: 1 });
  const component = (_: number, d: number): number => d % bounds.size;
  const components = Array.from({ length: horizon * bounds.size }, component);
  return {
    horizon,
    actionSize: bounds.size,
    populationSize,
    eliteCount,
    keptEliteCount,
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 5, { min: 1 }),
    momentum: checkNumber(CALLER, 'momentum', options.momentum ?? 0.1, { min: 0, below: 1 }),
    returned: checkOneOf(CALLER, 'returned', options.returned ?? 'mean', ['mean', 'best']),
    warmStart: checkOneOf(CALLER, 'warmStart', options.warmStart ?? 'returned', ['returned', 'mean']),
    includeMean: checkFlag('includeMean', options.includeMean ?? false),
    noiseCorrelation: checkNumber(CALLER, 'noiseCorrelation', options.noiseCorrelation ?? 0, { min: 0, below: 1 }),
    sampling: checkOneOf(CALLER, 'sampling', options.sampling ?? 'truncated', ['truncated', 'clipped']),
    convergenceTolerance: checkNumber(CALLER, 'convergenceTolerance', options.convergenceTolerance ?? 0, { min: 0 }),
    low: Float64Array.from(components, (a) => bounds.low[a]!),
    high: Float64Array.from(components, (a) => bounds.high[a]!),
    initialVariance: Float64Array.from(components, (a) => (initialRatio * bounds.range[a]!) ** 2),
    minimumVariance: Float64Array.from(components, (a) => (minimumRatio * bounds.range[a]!) ** 2),
  };
}

function checkRequest({ observation, evaluator }: PlanRequest, settings: CemSettings): void {
  if (evaluator.horizon !== settings.horizon || evaluator.actionSize !== settings.actionSize) {
    throw new ShapeError(
      `plan: evaluator must score sequences of shape [${settings.horizon}, ${settings.actionSize}], got one for [${evaluator.horizon}, ${evaluator.actionSize}]`,
    );
  }
  if (observation.length !== evaluator.observationSize) {
    throw new ShapeError(`plan: observation must have ${evaluator.observationSize} components, got ${observation.length}`);
  }
  for (let i = 0; i < observation.length; i++) {
    if (!Number.isFinite(observation[i]!))
      throw new NumericalError(`plan: observation must be finite, got ${observation[i]} at component ${i}`);
  }
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
  const bounds = actionBounds(CALLER, options.actionSpace);
  const settings = checkOptions(options, bounds);
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'middle', ['middle', 'repeat']);
  const { horizon } = settings;
  const stateShape = { horizon, actionSize: bounds.size, keptLimit: settings.keptEliteCount };
  // Buffers of searches that are over, for the next ones.
  const idle: ReturnType<typeof createWorkspace>[] = [];
  return {
    horizon,
    actionSize: bounds.size,
    initialState: () => middleState(horizon, bounds),
    shift: (state, steps = 1) => {
      checkState('shift', state, stateShape);
      return shiftState('shift', state, steps, horizon, bounds, fill);
    },
    plan: async (request): Promise<Plan> => {
      checkState('plan', request.state, stateShape);
      checkRequest(request, settings);
      const workspace = idle.pop() ?? createWorkspace(settings);
      const plan = await searchPlan(settings, workspace, request);
      // Not after an error: the evaluator may still read them.
      idle.push(workspace);
      return plan;
    },
  };
}
