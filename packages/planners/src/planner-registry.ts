/**
 * The planners of action sequences by name, each with settings that spend a given number of evaluations in its own best way: what
 * a command line and a table of comparisons need. For control over everything else there are the planners themselves.
 *
 * A return with its gradient counts as three evaluations, about what its forward and backward pass cost.
 */
import { checkInteger, checkOneOf, OptionError, type Planner, type Space } from '@mbrl/core';
import { createCmaEsPlanner } from './cma-es/cma-es-planner.js';
import { createGradientCem } from './gradient/gradient-cem.js';
import { createGradientPlanner } from './gradient/gradient-planner.js';
import { createCategoricalCem } from './sampling/categorical-cem.js';
import { createCem } from './sampling/cem.js';
import { createIcem } from './sampling/icem.js';
import { createMppi } from './sampling/mppi.js';
import { createPddm } from './sampling/pddm.js';
import { createRandomShooting } from './sampling/random-shooting.js';

/** A planner's name in the registry. */
export type PlannerName = 'random-shooting' | 'cem' | 'icem' | 'mppi' | 'pddm' | 'cma-es' | 'gradient' | 'gradient-cem';

/** What a planner is for. */
export interface NamedPlannerOptions {
  /** Steps of a plan, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds; for 'random-shooting' and 'cem' also a discrete space. */
  readonly actionSpace: Space;
  /** Sequences scored in a plan, about and never more; at least 20. Default 120; 2,000 is the setting of PETS. */
  readonly evaluationCount?: number;
  /**
   * β of iCEM's noise, whose power falls as 1 / f^β, in [0, 10]: 2 to 4 for slow motion, 0 to 0.5 for gaits and other quick
   * changes. For 'icem' alone. Default 2.
   */
  readonly noiseExponent?: number;
}

interface Budgeted {
  readonly horizon: number;
  readonly actionSpace: Space;
  readonly evaluationCount: number;
  readonly noiseExponent?: number;
}

const CALLER = 'createPlanner';

/** Splits evaluations into rounds of one size. */
function rounds(evaluationCount: number, iterations: number): { readonly populationSize: number; readonly iterations: number } {
  return { populationSize: Math.floor(evaluationCount / iterations), iterations };
}

/** The greatest first population of iCEM whose rounds, shrinking by 1.25 to no less than twice the elites, fit. */
function icemPopulation(evaluationCount: number, iterations: number, eliteCount: number): number {
  const total = (size: number): number => {
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += Math.max(Math.floor(size / 1.25 ** i), Math.min(size, 2 * eliteCount));
    return sum;
  };
  let size = eliteCount;
  while (total(size + 1) <= evaluationCount) size++;
  return size;
}

/** What a return with its gradient counts as. */
const gradientCost = 3;

const recipes: { readonly [name in PlannerName]: (options: Budgeted) => Planner } = {
  'random-shooting': ({ evaluationCount, ...rest }) =>
    createRandomShooting({ ...rest, ...rounds(evaluationCount, evaluationCount < 1000 ? 1 : 4) }),
  cem: ({ evaluationCount, horizon, actionSpace }) => {
    const sizes = rounds(evaluationCount, evaluationCount < 1000 ? 3 : 5);
    const eliteCount = Math.max(2, Math.round(sizes.populationSize / 10));
    if (actionSpace.kind === 'discrete') return createCategoricalCem({ horizon, actionSpace, ...sizes, eliteCount, keptEliteCount: 1 });
    return createCem({ horizon, actionSpace, ...sizes, eliteCount });
  },
  icem: ({ evaluationCount, ...rest }) => {
    const iterations = evaluationCount < 1000 ? 3 : 5;
    const eliteCount = Math.max(3, Math.min(20, Math.floor(evaluationCount / iterations / 8)));
    return createIcem({ ...rest, iterations, eliteCount, populationSize: icemPopulation(evaluationCount, iterations, eliteCount) });
  },
  mppi: ({ evaluationCount, ...rest }) =>
    createMppi({ ...rest, ...rounds(evaluationCount, evaluationCount < 1000 ? 2 : 4), noiseCorrelation: 0.7, temperature: 0.2 }),
  pddm: ({ evaluationCount, ...rest }) =>
    createPddm({
      ...rest,
      ...rounds(evaluationCount, evaluationCount < 1000 ? 2 : 4),
      filterRatio: 0.6,
      rewardWeight: 5,
      returnNormalization: 'deviation',
    }),
  // In a handful of generations little covariance is learned; large ones make better use of a compiled program than many.
  'cma-es': ({ evaluationCount, ...rest }) => createCmaEsPlanner({ ...rest, ...rounds(evaluationCount, evaluationCount < 1000 ? 5 : 50) }),
  gradient: ({ evaluationCount, ...rest }) => {
    const startCount = evaluationCount < 60 ? 1 : evaluationCount < 1000 ? 4 : 8;
    // After the last scores no step is taken, so that they need no gradient.
    const iterations = 1 + Math.floor((evaluationCount / startCount - 1) / gradientCost);
    return createGradientPlanner({ ...rest, startCount, iterations, learningRate: 0.2 });
  },
  'gradient-cem': ({ evaluationCount, ...rest }) => {
    const iterations = evaluationCount < 1000 ? 2 : 4;
    const perIteration = Math.floor(evaluationCount / iterations);
    // Half of an iteration goes into drawing, half into two steps of the elites and their last scores.
    const refinementSteps = 2;
    const eliteCount = Math.max(1, Math.floor(perIteration / 2 / (gradientCost * refinementSteps + 1)));
    const populationSize = Math.max(eliteCount, perIteration - eliteCount * (gradientCost * refinementSteps + 1));
    return createGradientCem({ ...rest, iterations, refinementSteps, eliteCount, populationSize, learningRate: 0.2 });
  },
};

/** Lists the names of the planners; for discrete actions those that take them. */
export function plannerNames(actionSpace?: Space): PlannerName[] {
  const names = Object.keys(recipes) as PlannerName[];
  return actionSpace?.kind === 'discrete' ? names.filter((name) => name === 'random-shooting' || name === 'cem') : names;
}

/** Checks a name at the door of `caller`. @throws OptionError on an unknown one, and on one that does not take such actions. */
export function checkPlannerName(caller: string, name: PlannerName, actionSpace: Space): void {
  checkOneOf(caller, 'name', name, plannerNames());
  const allowed = plannerNames(actionSpace);
  if (allowed.includes(name)) return;
  throw new OptionError(
    `${caller}: name must be one of ${allowed.map((each) => JSON.stringify(each)).join(', ')} for discrete actions, got ${JSON.stringify(name)}`,
  );
}

/**
 * Makes a planner by its name, with settings for a number of evaluations.
 * @throws OptionError on an unknown name, an option outside its bounds, discrete actions that the planner does not take, and
 * a `noiseExponent` for another than 'icem'.
 * @example
 * const planner = createPlanner('icem', { horizon: 25, actionSpace: environment.actionSpace, evaluationCount: 300 });
 */
export function createPlanner(name: PlannerName, options: NamedPlannerOptions): Planner {
  const { horizon, actionSpace, evaluationCount = 120, noiseExponent } = options;
  checkPlannerName(CALLER, name, actionSpace);
  checkInteger(CALLER, 'evaluationCount', evaluationCount, { min: 20 });
  if (noiseExponent !== undefined && name !== 'icem') {
    throw new OptionError(`${CALLER}: noiseExponent must be absent for "${name}", got ${noiseExponent}`);
  }
  return recipes[name]({ horizon, actionSpace, evaluationCount, ...(noiseExponent !== undefined && { noiseExponent }) });
}
