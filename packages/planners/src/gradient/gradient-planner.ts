/**
 * Planning by backpropagation through the rollout: maximises the return of an action sequence a ∈ R^{H·A} by climbing
 * its gradient from several starts at once, and gives the best sequence that any of them passed. The first start is the
 * plan from before; the others are drawn about it. The evaluator provides the gradient, as those of `@mbrl/models` do:
 * one compiled backward pass through model, reward and horizon.
 *
 * A gradient sees only what is near: where the return is flat or rugged, more starts help, or the hybrid of
 * `createGradientCem`.
 */
import { checkInteger, checkNumber, type Planner, type Rng } from '@mbrl/core';
import { actionBounds, overPlan } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { clipInto } from '../search/clip-into.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import { climb, type Climbers, createClimbers, scatter, writePlans } from './climbers.js';
import { createFreeActions, type FreeActions } from './free-actions.js';
import { type AscentOptions, checkAscentOptions } from './gradient-options.js';
import { resetAscent } from './ascent.js';

/** How to search. */
export interface GradientPlannerOptions extends AscentOptions {
  /** Plans that climb side by side, at least 1. Default 8. */
  readonly startCount?: number;
  /** Times that they are scored, at least 1; one step is taken between each two. Default 20. */
  readonly iterations?: number;
  /** Deviation of the starts about the plan from before, in halves of the action range, at least 0. Default 0.5. */
  readonly startDeviation?: number;
  /** Ends a search once no plan's gradient is longer than this, in returns by half an action range; at least 0. Default 0. */
  readonly gradientTolerance?: number;
}

interface GradientWorkspace extends SearchWorkspace {
  readonly climbers: Climbers;
  readonly batch: CandidateBatch;
  /** `[D]`, scratch: the plan from before, then the best so far. */
  readonly center: Float64Array;
}

/** Mean over a plan of the deviation of the climbers' actions about their mean. */
function spreadOf({ candidates, count }: CandidateBatch, size: number): number {
  let sum = 0;
  for (let d = 0; d < size; d++) {
    let mean = 0;
    for (let c = 0; c < count; c++) mean += candidates[c * size + d]! / count;
    let squares = 0;
    for (let c = 0; c < count; c++) squares += (candidates[c * size + d]! - mean) ** 2 / count;
    sum += Math.sqrt(squares);
  }
  return sum / size;
}

/** Places the climbers at and about the plan from before, which `best` holds. */
function startClimbers({ climbers, center, best }: GradientWorkspace, free: FreeActions, deviation: number, rng: Rng): void {
  free.fromActions(best, 0, center);
  climbers.variables.forEach((z, c) => {
    resetAscent(climbers.memories[c]!);
    if (c === 0) z.set(center);
    else scatter(free, z, center, deviation, rng);
  });
}

/**
 * Makes a planner that climbs the gradient of the return.
 *
 * Every action of a plan is within the bounds. A plan whose return or gradient is not finite starts again near the
 * best; if none is ever finite, the plan from before is returned.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds; (on
 * `plan`) UnsupportedError when the evaluator gives no gradient.
 * @example
 * const planner = createGradientPlanner({ horizon: 20, actionSpace, startCount: 4, iterations: 30 });
 */
export function createGradientPlanner(options: GradientPlannerOptions): Planner {
  const caller = 'createGradientPlanner';
  const bounds = actionBounds(caller, options.actionSpace);
  const { horizon, ascent, box, fill } = checkAscentOptions(caller, options);
  const startCount = checkInteger(caller, 'startCount', options.startCount ?? 8, { min: 1 });
  const iterations = checkInteger(caller, 'iterations', options.iterations ?? 20, { min: 1 });
  const startDeviation = checkNumber(caller, 'startDeviation', options.startDeviation ?? 0.5, { min: 0 });
  const gradientTolerance = checkNumber(caller, 'gradientTolerance', options.gradientTolerance ?? 0, { min: 0 });
  const free = createFreeActions(bounds, box);
  const size = horizon * bounds.size;
  const low = overPlan(horizon, bounds.low);
  const high = overPlan(horizon, bounds.high);

  const method: SearchMethod<GradientWorkspace> = {
    iterations,
    createWorkspace: () => ({
      spread: 0,
      bestReturn: -Infinity,
      best: new Float32Array(size),
      climbers: createClimbers(startCount, size),
      batch: createBatches([startCount], startCount, size)[0]!,
      center: new Float64Array(size),
    }),
    begin(workspace, state, rng) {
      clipInto(workspace.best, state.actions, low, high);
      startClimbers(workspace, free, startDeviation, rng);
    },
    countOf: () => startCount,
    draw(workspace, iteration, rng) {
      // Where no plan has had a finite return yet, none can climb: all are drawn anew.
      if (iteration > 0 && workspace.bestReturn === -Infinity) {
        free.fromActions(workspace.best, 0, workspace.center);
        for (const z of workspace.climbers.variables) scatter(free, z, workspace.center, startDeviation, rng);
      }
      writePlans(workspace.climbers, free, workspace.batch.candidates);
      workspace.spread = spreadOf(workspace.batch, size);
      return workspace.batch;
    },
    // After the last scores no step is taken.
    gradients: (workspace, iteration) => (iteration < iterations - 1 ? workspace.climbers.gradients : undefined),
    learn(workspace, batch, _finiteElites, rng, iteration) {
      if (iteration === iterations - 1) return false;
      free.fromActions(workspace.best, 0, workspace.center);
      const length = climb(workspace.climbers, free, ascent, batch, workspace.center, startDeviation, rng);
      return length <= gradientTolerance && length > 0;
    },
    finish(workspace) {
      const actions = workspace.best.slice();
      return { actions, state: { actions: actions.slice(), kept: new Float32Array(0) } };
    },
  };
  return createSearchPlanner({ bounds, shape: { horizon, actionSize: bounds.size, keptLimit: 0 }, fill, method });
}
