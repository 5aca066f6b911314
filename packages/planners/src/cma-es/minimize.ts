/** CMA-ES as an optimiser of a plain function, with bounds and restarts. See `cma-es.ts` for the strategy. */
import { type BoxSpace, checkInteger, checkNumber, checkOneOf, NumericalError, OptionError, type Rng, ShapeError } from '@mbrl/core';
import { checkFlag } from '../search/check-flag.js';
import { type BoundMap, createBoundMap, fromBox, toBox } from './box-transform.js';
import { type CmaEsRun, createRun, drawPoints, resetRun, tellCosts } from './cma-es.js';
import type { CmaEsStop } from './stopping.js';
import { defaultPopulationSize } from './strategy-parameters.js';

/** How to minimise. */
export interface CmaEsOptions {
  /** Where to start, `[n]`, n at least 1; within the bounds. */
  readonly start: ArrayLike<number>;
  /** First σ, above 0: about a third of the distance over which the optimum is looked for, the same for each component. */
  readonly stepSize: number;
  readonly rng: Rng;
  /** λ, at least 2. Default 4 + ⌊3 ln n⌋; more on rugged ground. */
  readonly populationSize?: number;
  /** Bounds, of size n; each may be infinite. Default: none. */
  readonly bounds?: BoxSpace;
  /** The whole covariance, or its diagonal alone, which learns faster and costs O(n) where components hardly interact. Default 'full'. */
  readonly covariance?: 'full' | 'separable';
  /** Whether the worst points take part with negative weights. Default true. */
  readonly active?: boolean;
  /** Runs after the first, each with a greater population (IPOP, Auger and Hansen 2005), from a random point within the bounds, or from a point drawn around the start where there are none. Default 0. */
  readonly restarts?: number;
  /** What the population is multiplied by at a restart, at least 1. Default 2. */
  readonly populationGrowth?: number;
  /** Evaluations after which the search ends, with the generation under way; at least 1. Default 10⁴ n². */
  readonly maxEvaluations?: number;
  /** Ends the search once a cost is at most this. Default −Infinity: never. */
  readonly target?: number;
  /** Range of recent costs under which a run has converged, at least 0. Default 1e-11. */
  readonly functionTolerance?: number;
  /** Length of steps under which a run has converged, at least 0. Default 1e-11. */
  readonly stepTolerance?: number;
}

/** What was found. */
export interface CmaEsResult {
  /** `target` reached, `evaluationLimit`, or why the last run stopped. */
  readonly status: 'target' | 'evaluationLimit' | CmaEsStop;
  /** The best point, `[n]`. */
  readonly point: Float64Array;
  /** Its cost; Infinity where none was finite, and then the point is the start. */
  readonly cost: number;
  /** The mean of the last run, `[n]`: where costs are noisy, better than the best point. */
  readonly mean: Float64Array;
  readonly evaluationCount: number;
  /** Evaluations whose cost was not finite; they rank last. */
  readonly nonFiniteCount: number;
  /** Generations of all runs. */
  readonly generationCount: number;
  /** Restarts made. */
  readonly restartCount: number;
  /** λ of the last run. */
  readonly populationSize: number;
  /** σ at the end. */
  readonly stepSize: number;
}

const CALLER = 'minimizeByCmaEs';

function checkStart(start: ArrayLike<number>, bounds: BoxSpace | undefined): BoundMap[] | undefined {
  if (!(start?.length >= 1)) throw new OptionError(`${CALLER}: start must have at least one component, got ${start?.length}`);
  if (bounds && bounds.size !== start.length)
    throw new ShapeError(`${CALLER}: bounds must have ${start.length} components, got ${bounds.size}`);
  for (let i = 0; i < start.length; i++) {
    if (!Number.isFinite(start[i]!)) throw new NumericalError(`${CALLER}: start must be finite, got ${start[i]} at component ${i}`);
    if (bounds && !(start[i]! >= bounds.low[i]! && start[i]! <= bounds.high[i]!))
      throw new OptionError(`${CALLER}: start must be in [${bounds.low[i]}, ${bounds.high[i]}] at component ${i}, got ${start[i]}`);
  }
  return bounds && Array.from({ length: bounds.size }, (_, i) => createBoundMap(bounds.low[i]!, bounds.high[i]!));
}

/**
 * Minimises a function of n numbers.
 * @param f gives the cost of a point `[n]`, which it must not keep or write; what is not finite ranks last
 * @throws OptionError, ShapeError or NumericalError on options that do not fit; what `f` throws.
 * @example
 * const { point } = minimizeByCmaEs(([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, {
 *   start: [-1, 1],
 *   stepSize: 0.5,
 *   rng: createRng(1),
 * });
 */
export function minimizeByCmaEs(f: (point: Float64Array) => number, options: CmaEsOptions): CmaEsResult {
  const { start, rng, bounds, target = -Infinity } = options;
  const maps = checkStart(start, bounds);
  const n = start.length;
  const stepSize = checkNumber(CALLER, 'stepSize', options.stepSize, { above: 0 });
  const separable = checkOneOf(CALLER, 'covariance', options.covariance ?? 'full', ['full', 'separable']) === 'separable';
  const active = checkFlag(CALLER, 'active', options.active ?? true);
  const restarts = checkInteger(CALLER, 'restarts', options.restarts ?? 0, { min: 0 });
  const growth = checkNumber(CALLER, 'populationGrowth', options.populationGrowth ?? 2, { min: 1 });
  const maxEvaluations = checkInteger(CALLER, 'maxEvaluations', options.maxEvaluations ?? 1e4 * n * n, { min: 1 });
  const firstSize = checkInteger(CALLER, 'populationSize', options.populationSize ?? defaultPopulationSize(n), { min: 2 });
  if (Number.isNaN(target)) throw new OptionError(`${CALLER}: target must be a number, got NaN`);
  const tolerances = {
    functionTolerance: checkNumber(CALLER, 'functionTolerance', options.functionTolerance ?? 1e-11, { min: 0 }),
    stepTolerance: checkNumber(CALLER, 'stepTolerance', options.stepTolerance ?? 1e-11, { min: 0 }),
  };

  const inside = new Float64Array(n);
  const mapInto = (point: Float64Array): Float64Array => {
    for (let i = 0; i < n; i++) inside[i] = maps ? toBox(maps[i]!, point[i]!) : point[i]!;
    return inside;
  };
  const best = Float64Array.from(start);
  let bestCost = Infinity;
  let evaluationCount = 0;
  let nonFiniteCount = 0;
  let generationCount = 0;

  const evaluate = ({ points, populationSize }: CmaEsRun, costs: Float64Array): void => {
    for (let k = 0; k < populationSize; k++) {
      const cost = f(mapInto(points.subarray(k * n, (k + 1) * n)));
      evaluationCount++;
      if (!Number.isFinite(cost)) nonFiniteCount++;
      else if (cost < bestCost) {
        bestCost = cost;
        // Mapped again: `f` may have written to its argument.
        best.set(mapInto(points.subarray(k * n, (k + 1) * n)));
      }
      costs[k] = cost;
    }
  };
  const runOnce = (run: CmaEsRun): CmaEsResult['status'] => {
    const costs = new Float64Array(run.populationSize);
    for (;;) {
      drawPoints(run, rng);
      evaluate(run, costs);
      generationCount++;
      const stop = tellCosts(run, costs);
      if (bestCost <= target) return 'target';
      if (evaluationCount >= maxEvaluations) return 'evaluationLimit';
      if (stop) return stop;
    }
  };

  const first = Float64Array.from(start, (value, i) => (maps ? fromBox(maps[i]!, value) : value));
  for (let restart = 0, size = firstSize; ; restart++, size = Math.ceil(size * growth)) {
    const run = createRun({ dimension: n, populationSize: size, active, separable, tolerances });
    resetRun(run, restart === 0 ? first : restartPoint(first, stepSize, bounds, rng), stepSize);
    const status = runOnce(run);
    if (restart === restarts || status === 'target' || status === 'evaluationLimit') {
      return {
        status,
        point: best,
        cost: bestCost,
        mean: mapInto(run.mean).slice(),
        evaluationCount,
        nonFiniteCount,
        generationCount,
        restartCount: restart,
        populationSize: size,
        stepSize: run.stepSize,
      };
    }
  }
}

/** Where a restart begins: even within finite bounds, else normal around the start with deviation σ. */
function restartPoint(start: Float64Array, stepSize: number, bounds: BoxSpace | undefined, rng: Rng): Float64Array {
  return start.map((value, i) => {
    const [low, high] = [bounds?.low[i] ?? -Infinity, bounds?.high[i] ?? Infinity];
    return high - low < Infinity ? low + (high - low) * rng.uniform() : value + stepSize * rng.normal();
  });
}
