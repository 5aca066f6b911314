/**
 * Random shooting: draws candidates, scores them and takes the best, without learning from them (Nagabandi et al. 2018,
 * "Neural network dynamics for model-based deep reinforcement learning with model-free fine-tuning"). Actions may be
 * discrete.
 */
import { checkInteger, checkNumber, checkOneOf, OptionError, type Planner, type Rng, type Space } from '@mbrl/core';
import { type ActionBounds, overPlan, spaceBounds } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { checkFlag } from '../search/check-flag.js';
import { clipInto } from '../search/clip-into.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';
import { type CandidateDistribution, drawCandidates, updateScale } from './candidates.js';
import { createPowerLawNoise } from './power-law-noise.js';

/** How to search. */
export interface RandomShootingOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds, or a discrete space. */
  readonly actionSpace: Space;
  /** Sequences scored in an iteration N, at least 1. Default 1,000. */
  readonly populationSize?: number;
  /** How often so many are drawn, at least 1; between two of them a deadline can end the search. Default 1. */
  readonly iterations?: number;
  /** What actions are drawn from: evenly within the bounds, normal, or normal with power-law noise in time. Default 'uniform', the only one for discrete actions. */
  readonly distribution?: 'uniform' | 'gaussian' | 'coloured';
  /** σ of normal draws by the range of the action, in (0, 10]; they are clipped. Default 0.25. */
  readonly standardDeviationRatio?: number;
  /** β of 'coloured' noise with power 1 / f^β, in [0, 10]. Default 1. */
  readonly noiseExponent?: number;
  /** What normal draws are centred on: the middle of the bounds, or the plan that the search starts from. Default 'middle'. */
  readonly center?: 'middle' | 'plan';
  /** Whether the plan that the search starts from is the first candidate. Default true. */
  readonly includePlan?: boolean;
  /** End of a plan that moved up: the middle of the bounds, or its last action. Default 'middle'. */
  readonly fill?: PlanFill;
}

interface ShootingWorkspace extends SearchWorkspace {
  readonly distribution: CandidateDistribution;
  readonly batch: CandidateBatch;
  /** The plan that the search starts from, `[H·A]`. */
  readonly start: Float32Array;
}

interface ShootingSettings {
  readonly horizon: number;
  readonly bounds: ActionBounds;
  /** How many values a discrete action has; 0 where actions are continuous. */
  readonly discreteCount: number;
  readonly populationSize: number;
  readonly iterations: number;
  readonly distribution: 'uniform' | 'gaussian' | 'coloured';
  readonly deviationRatio: number;
  readonly noiseExponent: number;
  readonly center: 'middle' | 'plan';
  readonly includePlan: boolean;
}

const CALLER = 'createRandomShooting';

/** Standard deviation of even draws, mean over the components. */
function uniformSpread({ bounds, discreteCount }: ShootingSettings): number {
  if (discreteCount > 0) return Math.sqrt((discreteCount ** 2 - 1) / 12);
  return bounds.range.reduce((sum, range) => sum + range, 0) / bounds.size / Math.sqrt(12);
}

function createShootingMethod(settings: ShootingSettings): SearchMethod<ShootingWorkspace> {
  const { horizon, bounds, discreteCount, populationSize, deviationRatio, includePlan } = settings;
  const [low, high, middle] = [bounds.low, bounds.high, bounds.middle].map((values) => overPlan(horizon, values)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const range = overPlan(horizon, bounds.range);
  const size = low.length;

  const drawUniform = (candidates: Float32Array, from: number, rng: Rng): void => {
    for (let row = from, i = from * size; row < populationSize; row++) {
      for (let d = 0; d < size; d++, i++) {
        if (discreteCount > 0) candidates[i] = rng.integer(discreteCount);
        else candidates[i] = Math.min(Math.max(low[d]! + range[d]! * rng.uniform(), low[d]!), high[d]!);
      }
    }
  };

  return {
    iterations: settings.iterations,
    createWorkspace: () => ({
      spread: uniformSpread(settings),
      bestReturn: -Infinity,
      best: new Float32Array(size),
      start: new Float32Array(size),
      batch: createBatches([populationSize], Math.max(1, Math.round(populationSize / 10)), size)[0]!,
      distribution: {
        actionSize: bounds.size,
        mean: Float64Array.from(middle),
        variance: range.map((width) => (deviationRatio * width) ** 2),
        low,
        high,
        scale: new Float64Array(size),
        previous: new Float64Array(bounds.size),
        ...(settings.distribution === 'coloured' && {
          powerLaw: createPowerLawNoise(horizon, settings.noiseExponent),
          colouring: new Float64Array(size),
        }),
      },
    }),
    begin({ start, distribution }, state) {
      clipInto(start, state.actions, low, high);
      if (discreteCount > 0) for (let d = 0; d < size; d++) start[d] = Math.round(start[d]!);
      if (settings.center === 'plan') distribution.mean.set(start);
    },
    countOf: () => populationSize,
    draw(workspace, iteration, rng) {
      const { batch, distribution, start } = workspace;
      const from = includePlan && iteration === 0 ? 1 : 0;
      if (from > 0) batch.candidates.set(start);
      if (settings.distribution === 'uniform') drawUniform(batch.candidates, from, rng);
      else {
        workspace.spread = updateScale(distribution, 'clipped');
        drawCandidates(distribution, batch.candidates, from, populationSize, rng, 'clipped', 0);
      }
      return batch;
    },
    learn: () => false,
    finish({ best, bestReturn, start }) {
      const actions = (bestReturn > -Infinity ? best : start).slice();
      return { actions, state: { actions: actions.slice(), kept: new Float32Array(0) } };
    },
  };
}

/**
 * Makes a planner that searches at random. A candidate whose return is not finite ranks last; where none is finite, the
 * plan stays as it is. Elites in the diagnostics are the best tenth.
 * @throws OptionError on an option outside its bounds, an action space without finite bounds, and discrete actions with
 *   a distribution other than 'uniform'.
 * @example
 * const planner = createRandomShooting({ horizon: 20, actionSpace: discreteSpace(3), populationSize: 500 });
 */
export function createRandomShooting(options: RandomShootingOptions): Planner {
  const bounds = spaceBounds(CALLER, options.actionSpace);
  const discreteCount = options.actionSpace.kind === 'discrete' ? options.actionSpace.count : 0;
  const distribution = checkOneOf(CALLER, 'distribution', options.distribution ?? 'uniform', ['uniform', 'gaussian', 'coloured']);
  if (discreteCount > 0 && distribution !== 'uniform')
    throw new OptionError(`${CALLER}: distribution must be "uniform" for discrete actions, got ${JSON.stringify(distribution)}`);
  const settings: ShootingSettings = {
    horizon: checkInteger(CALLER, 'horizon', options.horizon, { min: 1 }),
    bounds,
    discreteCount,
    populationSize: checkInteger(CALLER, 'populationSize', options.populationSize ?? 1000, { min: 1 }),
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 1, { min: 1 }),
    distribution,
    deviationRatio: checkNumber(CALLER, 'standardDeviationRatio', options.standardDeviationRatio ?? 0.25, { above: 0, max: 10 }),
    noiseExponent: checkNumber(CALLER, 'noiseExponent', options.noiseExponent ?? 1, { min: 0, max: 10 }),
    center: checkOneOf(CALLER, 'center', options.center ?? 'middle', ['middle', 'plan']),
    includePlan: checkFlag(CALLER, 'includePlan', options.includePlan ?? true),
  };
  const shape = { horizon: settings.horizon, actionSize: bounds.size, keptLimit: 0 };
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'middle', ['middle', 'repeat']);
  return createSearchPlanner({ bounds, shape, fill, method: createShootingMethod(settings) });
}
