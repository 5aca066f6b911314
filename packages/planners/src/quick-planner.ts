/**
 * The planners by name, with settings for control many times a second through a learned model: a cart-pole is swung up
 * and held through 5 networks of 3 × 200 in less than 20 ms an action on two slow cores (`mbrl bench planner-action`).
 *
 * Where a model is a compiled program, a round of scoring costs much and one more candidate in it little: the matrices
 * of the networks are read anew in each step of each round, whatever the number of rows. So there are one or two rounds
 * of 40 candidates at most, and the search goes on from action to action by its warm start. One particle for each
 * candidate, dealt to the members anew at each step (`createPlanEvaluator` with `particleCount: 1, propagation: 'ts1'`),
 * leaves the time for that many.
 */
import type { Planner, Space } from '@mbrl/core';
import { createCmaEsPlanner } from './cma-es/cma-es-planner.js';
import { createGradientCem } from './gradient/gradient-cem.js';
import { createGradientPlanner } from './gradient/gradient-planner.js';
import { checkPlannerName, type PlannerName } from './planner-registry.js';
import { createCategoricalCem } from './sampling/categorical-cem.js';
import { createCem } from './sampling/cem.js';
import { createIcem } from './sampling/icem.js';
import { createMppi } from './sampling/mppi.js';
import { createPddm } from './sampling/pddm.js';
import { createRandomShooting } from './sampling/random-shooting.js';

/** What a quick planner is for. */
export interface QuickPlannerOptions {
  /** Steps of a plan, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds; for 'random-shooting' and 'cem' also a discrete space. */
  readonly actionSpace: Space;
}

const twoRounds = { populationSize: 40, iterations: 2 } as const;

const recipes: { readonly [name in PlannerName]: (options: QuickPlannerOptions) => Planner } = {
  // It learns nothing from its first candidates, so all are drawn at once.
  'random-shooting': (options) => createRandomShooting({ ...options, populationSize: 100, iterations: 1 }),
  cem: ({ horizon, actionSpace }) =>
    actionSpace.kind === 'discrete'
      ? createCategoricalCem({ horizon, actionSpace, ...twoRounds, eliteCount: 5, keptEliteCount: 1 })
      : createCem({ horizon, actionSpace, ...twoRounds, eliteCount: 5 }),
  icem: (options) => createIcem({ ...options, ...twoRounds, eliteCount: 5 }),
  mppi: (options) => createMppi({ ...options, ...twoRounds, noiseCorrelation: 0.7, temperature: 0.2 }),
  pddm: (options) => createPddm({ ...options, ...twoRounds, filterRatio: 0.6, rewardWeight: 5, returnNormalization: 'deviation' }),
  'cma-es': (options) => createCmaEsPlanner({ ...options, ...twoRounds }),
  gradient: (options) => createGradientPlanner({ ...options, startCount: 5, iterations: 3, learningRate: 0.2 }),
  'gradient-cem': (options) =>
    createGradientCem({ ...options, populationSize: 40, iterations: 1, eliteCount: 5, refinementSteps: 1, learningRate: 0.2 }),
};

/**
 * Makes a planner by its name that takes few rounds of scoring.
 * @throws OptionError on an unknown name, an option outside its bounds, and discrete actions that the planner does not take.
 * @example
 * const planner = createQuickPlanner('icem', { horizon: 25, actionSpace: environment.actionSpace });
 * const evaluator = createPlanEvaluator({ model, task, horizon: 25, particleCount: 1, propagation: 'ts1' });
 */
export function createQuickPlanner(name: PlannerName, { horizon, actionSpace }: QuickPlannerOptions): Planner {
  checkPlannerName('createQuickPlanner', name, actionSpace);
  return recipes[name]({ horizon, actionSpace });
}
