/**
 * CMA-ES as a planner: the D = H·A numbers of a plan, each in units of its range, are what the strategy of `cma-es.ts`
 * searches over, through the map of `box-transform.ts` onto the bounds. For long horizons the separable strategy costs
 * O(D) a candidate and learns faster; it cannot see that steps belong together.
 */
import { checkInteger, checkNumber, checkOneOf, type Planner, type Space } from '@mbrl/core';
import { actionBounds, overPlan } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { checkFlag } from '../search/check-flag.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';
import { createBoundMap, fromBox, toBox } from './box-transform.js';
import { type CmaEsRun, createRun, drawPoints, resetRun, tellCosts } from './cma-es.js';
import { defaultPopulationSize } from './strategy-parameters.js';

/** How to search. */
export interface CmaEsPlannerOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Sequences scored in a generation λ, at least 2. Default 4 + ⌊3 ln D⌋. */
  readonly populationSize?: number;
  /** Generations of a search, at least 1. Default 25. */
  readonly iterations?: number;
  /** First σ by the range of the action, in (0, 10]. Default 0.25. */
  readonly initialStandardDeviationRatio?: number;
  /** The whole covariance, or its diagonal. Default 'full' up to D = 40, 'separable' beyond. */
  readonly covariance?: 'full' | 'separable';
  /** Whether the worst sequences take part with negative weights. Default true. */
  readonly active?: boolean;
  /** Runs after the first, with twice the population each, from a random plan, when one has converged before the iterations end. Default 0: the search ends there. */
  readonly restarts?: number;
  /** Range of recent returns under which a run has converged, at least 0. Default 1e-6: returns are float32. */
  readonly functionTolerance?: number;
  /** Length of steps by the range of the action under which a run has converged, at least 0. Default 1e-6. */
  readonly stepTolerance?: number;
  /** Whether the plan is the best sequence that was scored or the mean of the last run; searches go on from it. Default 'best'. */
  readonly returned?: 'best' | 'mean';
  /** End of a plan that moved up: the middle of the bounds, or its last action. Default 'repeat'. */
  readonly fill?: PlanFill;
}

interface CmaWorkspace extends SearchWorkspace {
  /** One for each restart, the first for the beginning. */
  readonly runs: readonly CmaEsRun[];
  readonly batches: readonly CandidateBatch[];
  readonly costs: readonly Float64Array[];
  /** Which run is under way. */
  current: number;
  /** Whether anything was learned. */
  hasLearned: boolean;
  /** Where the search started, `[D]`. */
  readonly start: Float32Array;
  /** Scratch, `[D]`, in units of the search. */
  readonly point: Float64Array;
}

interface CmaSettings {
  readonly horizon: number;
  readonly actionSize: number;
  readonly populationSize: number;
  readonly iterations: number;
  readonly stepSize: number;
  readonly separable: boolean;
  readonly active: boolean;
  readonly restarts: number;
  readonly functionTolerance: number;
  readonly stepTolerance: number;
  readonly returned: 'best' | 'mean';
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly range: Float64Array;
}

/** Plans are searched for as numbers in [0, 1]. */
const UNIT = createBoundMap(0, 1);
const CALLER = 'createCmaEsPlanner';

function createWorkspace(settings: CmaSettings): CmaWorkspace {
  const { populationSize, active, separable, functionTolerance, stepTolerance, restarts, low } = settings;
  const size = low.length;
  const sizes = Array.from({ length: restarts + 1 }, (_, i) => populationSize * 2 ** i);
  return {
    spread: 0,
    bestReturn: -Infinity,
    best: new Float32Array(size),
    runs: sizes.map((count) =>
      createRun({ dimension: size, populationSize: count, active, separable, tolerances: { functionTolerance, stepTolerance } }),
    ),
    batches: createBatches(sizes, Math.max(1, Math.floor(populationSize / 2)), size),
    costs: sizes.map((count) => new Float64Array(count)),
    current: 0,
    hasLearned: false,
    start: new Float32Array(size),
    point: new Float64Array(size),
  };
}

function createCmaMethod(settings: CmaSettings): SearchMethod<CmaWorkspace> {
  const { iterations, stepSize, separable, restarts, low, high, range } = settings;
  const size = low.length;
  const actionAt = (d: number, y: number): number => Math.min(Math.max(low[d]! + range[d]! * toBox(UNIT, y), low[d]!), high[d]!);
  const spreadOf = (run: CmaEsRun): number => {
    let sum = 0;
    for (let d = 0; d < size; d++) sum += range[d]! * Math.sqrt(run.covariance[separable ? d : d * size + d]!);
    return (run.stepSize * sum) / size;
  };

  return {
    iterations,
    createWorkspace: () => createWorkspace(settings),
    begin(workspace, state) {
      const { start, point, runs } = workspace;
      for (let d = 0; d < size; d++) {
        start[d] = Math.min(Math.max(state.actions[d]!, low[d]!), high[d]!);
        point[d] = fromBox(UNIT, range[d]! > 0 ? (start[d]! - low[d]!) / range[d]! : 0);
      }
      resetRun(runs[0]!, point, stepSize);
      workspace.current = 0;
      workspace.hasLearned = false;
    },
    countOf: ({ runs, current }) => runs[current]!.populationSize,
    draw(workspace, iteration, rng) {
      const run = workspace.runs[workspace.current]!;
      const batch = workspace.batches[workspace.current]!;
      const { candidates } = batch;
      workspace.spread = spreadOf(run);
      // The plan to start from is itself a candidate, so that it is not lost.
      drawPoints(run, rng, iteration === 0);
      for (let n = 0, i = 0; n < run.populationSize; n++) {
        for (let d = 0; d < size; d++, i++) candidates[i] = actionAt(d, run.points[i]!);
      }
      return batch;
    },
    learn(workspace, { scores }, _, rng) {
      const costs = workspace.costs[workspace.current]!;
      for (let n = 0; n < costs.length; n++) costs[n] = -scores[n]!;
      workspace.hasLearned = true;
      const stop = tellCosts(workspace.runs[workspace.current]!, costs);
      if (!stop) return false;
      if (workspace.current === restarts) return true;
      const { point } = workspace;
      for (let d = 0; d < size; d++) point[d] = rng.uniform();
      workspace.current++;
      resetRun(workspace.runs[workspace.current]!, point, stepSize);
      return false;
    },
    finish({ runs, current, best, bestReturn, start, hasLearned }) {
      const actions = (bestReturn > -Infinity ? best : start).slice();
      if (settings.returned === 'mean' && hasLearned) {
        for (let d = 0; d < size; d++) actions[d] = actionAt(d, runs[current]!.mean[d]!);
      }
      return { actions, state: { actions: actions.slice(), kept: new Float32Array(0) } };
    },
  };
}

/**
 * Makes a planner that searches by CMA-ES. A sequence whose return is not finite ranks last; in a generation where none
 * is finite nothing is learned. Elites in the diagnostics are the better half of the first population's size.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds.
 * @example
 * const planner = createCmaEsPlanner({ horizon: 12, actionSpace: boxSpace({ low: [-1], high: [1] }), iterations: 40 });
 */
export function createCmaEsPlanner(options: CmaEsPlannerOptions): Planner {
  const bounds = actionBounds(CALLER, options.actionSpace);
  const horizon = checkInteger(CALLER, 'horizon', options.horizon, { min: 1 });
  const size = horizon * bounds.size;
  const covariance = checkOneOf(CALLER, 'covariance', options.covariance ?? (size <= 40 ? 'full' : 'separable'), ['full', 'separable']);
  const settings: CmaSettings = {
    horizon,
    actionSize: bounds.size,
    populationSize: checkInteger(CALLER, 'populationSize', options.populationSize ?? defaultPopulationSize(size), { min: 2 }),
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 25, { min: 1 }),
    stepSize: checkNumber(CALLER, 'initialStandardDeviationRatio', options.initialStandardDeviationRatio ?? 0.25, { above: 0, max: 10 }),
    separable: covariance === 'separable',
    active: checkFlag(CALLER, 'active', options.active ?? true),
    restarts: checkInteger(CALLER, 'restarts', options.restarts ?? 0, { min: 0, max: 10 }),
    functionTolerance: checkNumber(CALLER, 'functionTolerance', options.functionTolerance ?? 1e-6, { min: 0 }),
    stepTolerance: checkNumber(CALLER, 'stepTolerance', options.stepTolerance ?? 1e-6, { min: 0 }),
    returned: checkOneOf(CALLER, 'returned', options.returned ?? 'best', ['best', 'mean']),
    low: overPlan(horizon, bounds.low),
    high: overPlan(horizon, bounds.high),
    range: overPlan(horizon, bounds.range),
  };
  const shape = { horizon, actionSize: bounds.size, keptLimit: 0 };
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'repeat', ['middle', 'repeat']);
  return createSearchPlanner({ bounds, shape, fill, method: createCmaMethod(settings) });
}
