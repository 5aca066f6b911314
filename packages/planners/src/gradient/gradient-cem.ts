/**
 * The cross-entropy method with its elites refined by gradient (Bharadhwaj, Xie & Shkurti 2020, arXiv 2004.08763): in
 * each iteration N candidates are drawn and scored, the k best climb the gradient of their returns for a few steps, and
 * the distribution moves towards where they end. Samples find the right valley, gradients its floor.
 *
 * An iteration is one scoring of the population, then `refinementSteps` of the elites with gradients, then one of where
 * they ended; the diagnostics list each.
 */
import { checkInteger, checkNumber, type Planner } from '@mbrl/core';
import { actionBounds, overPlan } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { clipInto } from '../search/clip-into.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import { type CandidateDistribution, drawCandidates, updateScale } from '../sampling/candidates.js';
import { type Refit, refitDistribution } from '../sampling/refit.js';
import { resetAscent } from './ascent.js';
import { climb, type Climbers, createClimbers, writePlans } from './climbers.js';
import { createFreeActions } from './free-actions.js';
import { type AscentOptions, checkAscentOptions } from './gradient-options.js';

/** How to search. */
export interface GradientCemOptions extends AscentOptions {
  /** Sequences drawn in an iteration N, at least 1. Default 100. */
  readonly populationSize?: number;
  /** Best sequences that climb and that the distribution moves towards k, in [1, populationSize]. Default a tenth of the population. */
  readonly eliteCount?: number;
  /** Times that the distribution is moved, at least 1. Default 3. */
  readonly iterations?: number;
  /** Steps that the elites climb in each iteration, at least 1. Default 4. */
  readonly refinementSteps?: number;
  /** Share of the old mean and variance in the new ones, in [0, 1). Default 0.1. */
  readonly momentum?: number;
  /** Standard deviation of the first iteration by the range of the action, in (0, 10]. Default 0.25. */
  readonly initialStandardDeviationRatio?: number;
}

interface HybridWorkspace extends SearchWorkspace {
  readonly distribution: CandidateDistribution;
  readonly refit: Refit;
  readonly climbers: Climbers;
  /** The population, and the elites that climb. */
  readonly population: CandidateBatch;
  readonly refined: CandidateBatch;
  /** `[D]`, scratch. */
  readonly center: Float64Array;
}

/** What an evaluation of the hybrid is for. */
type Phase = 'draw' | 'climb' | 'settle';

/**
 * Makes the hybrid planner.
 *
 * Every action of a plan is within the bounds. A candidate whose return is not finite ranks last and is counted; an
 * elite that cannot climb starts again near the best.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds; (on
 * `plan`) UnsupportedError when the evaluator gives no gradient.
 * @example
 * const planner = createGradientCem({ horizon: 20, actionSpace, populationSize: 60, refinementSteps: 3 });
 */
export function createGradientCem(options: GradientCemOptions): Planner {
  const caller = 'createGradientCem';
  const bounds = actionBounds(caller, options.actionSpace);
  const { horizon, ascent, box, fill } = checkAscentOptions(caller, options);
  const populationSize = checkInteger(caller, 'populationSize', options.populationSize ?? 100, { min: 1 });
  const eliteCount = checkInteger(caller, 'eliteCount', options.eliteCount ?? Math.max(1, Math.round(populationSize / 10)), {
    min: 1,
    max: populationSize,
  });
  const iterations = checkInteger(caller, 'iterations', options.iterations ?? 3, { min: 1 });
  const refinementSteps = checkInteger(caller, 'refinementSteps', options.refinementSteps ?? 4, { min: 1 });
  const momentum = checkNumber(caller, 'momentum', options.momentum ?? 0.1, { min: 0, below: 1 });
  const ratio = checkNumber(caller, 'initialStandardDeviationRatio', options.initialStandardDeviationRatio ?? 0.25, { above: 0, max: 10 });
  const free = createFreeActions(bounds, box);
  const size = horizon * bounds.size;
  const period = refinementSteps + 2;
  const phaseOf = (iteration: number): Phase => {
    const place = iteration % period;
    return place === 0 ? 'draw' : place < period - 1 ? 'climb' : 'settle';
  };
  const low = overPlan(horizon, bounds.low);
  const high = overPlan(horizon, bounds.high);
  const firstVariance = overPlan(horizon, bounds.range, (range) => (ratio * range) ** 2);

  const method: SearchMethod<HybridWorkspace> = {
    iterations: iterations * period,
    createWorkspace() {
      const mean = new Float64Array(size);
      const variance = new Float64Array(size);
      return {
        spread: 0,
        bestReturn: -Infinity,
        best: new Float32Array(size),
        distribution: {
          actionSize: bounds.size,
          mean,
          variance,
          low,
          high,
          scale: new Float64Array(size),
          previous: new Float64Array(bounds.size),
        },
        refit: {
          momentum,
          low,
          high,
          minimumVariance: new Float64Array(size),
          mean,
          variance,
          eliteMean: new Float64Array(size),
          eliteVariance: new Float64Array(size),
        },
        climbers: createClimbers(eliteCount, size),
        population: createBatches([populationSize], eliteCount, size)[0]!,
        refined: createBatches([eliteCount], eliteCount, size)[0]!,
        center: new Float64Array(size),
      };
    },
    begin({ best, distribution, climbers }, state) {
      clipInto(best, state.actions, low, high);
      climbers.variables.forEach((z, c) => {
        free.fromActions(best, 0, z);
        resetAscent(climbers.memories[c]!);
      });
      distribution.mean.set(best);
      distribution.variance.set(firstVariance);
    },
    countOf: (_, iteration) => (phaseOf(iteration) === 'draw' ? populationSize : eliteCount),
    draw(workspace, iteration, rng) {
      const { distribution, population, refined, climbers } = workspace;
      if (phaseOf(iteration) === 'draw') {
        workspace.spread = updateScale(distribution, 'clipped');
        drawCandidates(distribution, population.candidates, 0, populationSize, rng, 'clipped', 0);
        // The plan from before competes, so that a search cannot lose it.
        if (iteration === 0) population.candidates.set(workspace.best);
        return population;
      }
      writePlans(climbers, free, refined.candidates);
      return refined;
    },
    gradients: ({ climbers }, iteration) => (phaseOf(iteration) === 'climb' ? climbers.gradients : undefined),
    learn(workspace, batch, finiteElites, rng, iteration) {
      const { climbers, center, best, refit } = workspace;
      const phase = phaseOf(iteration);
      if (phase === 'settle') refitDistribution(refit, batch.candidates, batch.elites, finiteElites);
      else if (phase === 'climb') {
        free.fromActions(best, 0, center);
        climb(climbers, free, ascent, batch, center, ratio, rng);
      } else {
        for (let e = 0; e < eliteCount; e++) {
          // Where fewer are finite than climb, the best ones climb more than once.
          free.fromActions(batch.candidates, batch.elites[e % finiteElites]! * size, climbers.variables[e]!);
          resetAscent(climbers.memories[e]!);
        }
      }
      return false;
    },
    finish({ best }) {
      return { actions: best.slice(), state: { actions: best.slice(), kept: new Float32Array(0) } };
    },
  };
  return createSearchPlanner({ bounds, shape: { horizon, actionSize: bounds.size, keptLimit: 0 }, fill, method });
}
