/**
 * MPPI, model-predictive path integral control in its information-theoretic form (Williams et al. 2017, "Information
 * theoretic MPC for model-based reinforcement learning"): candidates v = u + ε around the plan u with ε ~ N(0, Σ) are
 * weighted by w ∝ exp(R(v) / λ − γ Σ_t (u_t − m)ᵀ Σ⁻¹ (v_t − m)), and the plan becomes Σ w v.
 *
 * Symbols: λ temperature; γ the share of the control cost (there λ(1 − α) / λ); m the middle of the bounds, which
 * takes the part of zero there; Σ diagonal, of deviations σ. Candidates are clipped to the bounds, and it is the
 * clipped ones that are weighted, so that a plan stays within them.
 *
 * With `covarianceAdaptation` κ, σ² ← (1 − κ) σ² + κ Σ w (v − u')² around the new plan u' (as in STORM, Bhardwaj et al.
 * 2021), and σ goes into the next search.
 */
import { checkInteger, checkNumber, checkOneOf, OptionError, type Planner, type Space } from '@mbrl/core';
import { actionBounds, overPlan } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { checkFlag } from '../search/check-flag.js';
import { clipInto } from '../search/clip-into.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';
import { type CandidateDistribution, drawCandidates, updateScale } from './candidates.js';
import { createPowerLawNoise } from './power-law-noise.js';
import { RETURN_NORMALIZATIONS, type ReturnNormalization, weightedMean, weighReturns } from './reward-weights.js';

/** How to search. */
export interface MppiOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Sequences scored in an iteration N, at least 2. Default 400. */
  readonly populationSize?: number;
  /** Updates of the plan in a search, at least 1. Default 1. */
  readonly iterations?: number;
  /** λ, above 0, in units of the return, or of its normaliser: small ones follow the best alone. Default 0.1. */
  readonly temperature?: number;
  /** What returns are divided by before they are weighted, so that λ does not depend on the task's scale. Default 'deviation'. */
  readonly costNormalization?: ReturnNormalization;
  /** σ by the range of the action, in (0, 10]. Default 0.25. */
  readonly standardDeviationRatio?: number;
  /** Correlation of the noise of one step with that of the next, in [0, 1). Default 0. */
  readonly noiseCorrelation?: number;
  /** β of noise with power 1 / f^β, in [0, 10], instead of `noiseCorrelation`. Default: none. */
  readonly noiseExponent?: number;
  /** γ in [0, 1]: how much candidates that push on in the plan's direction are charged. Default 0. */
  readonly controlCostRatio?: number;
  /** κ in [0, 1): how fast σ follows the weighted candidates. Default 0: σ stays. */
  readonly covarianceAdaptation?: number;
  /** Floor of an adapted σ by the range of the action, in [0, 1]. Default 0.05. */
  readonly minimumStandardDeviationRatio?: number;
  /** Whether the plan itself, without noise, is the first candidate. Default true. */
  readonly includeMean?: boolean;
  /** Whether the plan is the weighted mean or the best sequence that was scored; searches go on from the mean. Default 'mean'. */
  readonly returned?: 'mean' | 'best';
  /** End of a plan that moved up: the middle of the bounds, or its last action. Default 'repeat'. */
  readonly fill?: PlanFill;
}

interface MppiWorkspace extends SearchWorkspace {
  readonly distribution: CandidateDistribution;
  readonly batch: CandidateBatch;
  readonly weights: Float64Array;
  readonly penalties: Float64Array;
  /** Scratch, `[H·A]`. */
  readonly moved: Float64Array;
  effectiveSampleSize: number;
}

const CALLER = 'createMppi';

interface MppiSettings {
  readonly horizon: number;
  readonly actionSize: number;
  readonly populationSize: number;
  readonly iterations: number;
  readonly temperature: number;
  readonly costNormalization: ReturnNormalization;
  readonly noiseCorrelation: number;
  readonly noiseExponent: number | undefined;
  readonly controlCostRatio: number;
  readonly covarianceAdaptation: number;
  readonly includeMean: boolean;
  readonly returned: 'mean' | 'best';
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly middle: Float64Array;
  readonly deviation: Float64Array;
  readonly minimumVariance: Float64Array;
}

function createWorkspace({ horizon, actionSize, populationSize, noiseExponent, low, high }: MppiSettings): MppiWorkspace {
  const size = low.length;
  return {
    spread: 0,
    bestReturn: -Infinity,
    best: new Float32Array(size),
    distribution: {
      actionSize,
      mean: new Float64Array(size),
      variance: new Float64Array(size),
      low,
      high,
      scale: new Float64Array(size),
      previous: new Float64Array(actionSize),
      ...(noiseExponent !== undefined && {
        powerLaw: createPowerLawNoise(horizon, noiseExponent),
        colouring: new Float64Array(size),
      }),
    },
    batch: createBatches([populationSize], Math.max(1, Math.round(populationSize / 10)), size)[0]!,
    weights: new Float64Array(populationSize),
    penalties: new Float64Array(populationSize),
    moved: new Float64Array(size),
    effectiveSampleSize: 0,
  };
}

function createMppiMethod(settings: MppiSettings): SearchMethod<MppiWorkspace> {
  const { horizon, populationSize, noiseCorrelation, controlCostRatio, covarianceAdaptation, includeMean, low, high, middle } = settings;
  const size = low.length;

  /** c_n = γ Σ (u − m) (v_n − m) / σ². */
  const chargeControl = ({ distribution: { mean, variance }, penalties, moved }: MppiWorkspace, candidates: Float32Array): void => {
    for (let d = 0; d < size; d++) moved[d] = (controlCostRatio * (mean[d]! - middle[d]!)) / variance[d]!;
    for (let n = 0; n < populationSize; n++) {
      let sum = 0;
      for (let d = 0; d < size; d++) sum += moved[d]! * (candidates[n * size + d]! - middle[d]!);
      penalties[n] = sum;
    }
  };
  /** Moves σ² towards the weighted variance around the new plan. */
  const adaptVariance = ({ distribution: { mean, variance }, weights, moved }: MppiWorkspace, candidates: Float32Array): void => {
    moved.fill(0);
    for (let n = 0; n < populationSize; n++) {
      for (let d = 0; d < size; d++) moved[d]! += weights[n]! * (candidates[n * size + d]! - mean[d]!) ** 2;
    }
    for (let d = 0; d < size; d++) {
      const adapted = (1 - covarianceAdaptation) * variance[d]! + covarianceAdaptation * moved[d]!;
      variance[d] = Math.max(adapted, settings.minimumVariance[d]!);
    }
  };

  return {
    iterations: settings.iterations,
    createWorkspace: () => createWorkspace(settings),
    begin({ distribution: { mean, variance } }, state) {
      clipInto(mean, state.actions, low, high);
      for (let d = 0; d < size; d++) {
        variance[d] = state.spread ? Math.max(state.spread[d]! ** 2, settings.minimumVariance[d]!) : settings.deviation[d]! ** 2;
      }
    },
    countOf: () => populationSize,
    draw(workspace, _, rng) {
      const { batch, distribution } = workspace;
      workspace.spread = updateScale(distribution, 'clipped');
      if (includeMean) clipInto(batch.candidates, distribution.mean, low, high);
      drawCandidates(distribution, batch.candidates, includeMean ? 1 : 0, populationSize, rng, 'clipped', noiseCorrelation);
      return batch;
    },
    learn(workspace, { candidates, scores }) {
      const { distribution, weights, penalties } = workspace;
      if (controlCostRatio > 0) chargeControl(workspace, candidates);
      workspace.effectiveSampleSize = weighReturns(scores, 1 / settings.temperature, settings.costNormalization, weights, penalties);
      weightedMean(candidates, weights, populationSize, distribution.mean);
      // Rounding may leave the bounds by the last digit.
      clipInto(distribution.mean, distribution.mean, low, high);
      if (covarianceAdaptation > 0) adaptVariance(workspace, candidates);
      return false;
    },
    effectiveSampleSize: (workspace) => workspace.effectiveSampleSize,
    finish({ distribution: { mean, variance }, best, bestReturn }) {
      const plan = new Float32Array(horizon * settings.actionSize);
      clipInto(plan, mean, low, high);
      return {
        actions: settings.returned === 'best' && bestReturn > -Infinity ? best.slice() : plan,
        state: {
          actions: plan.slice(),
          kept: new Float32Array(0),
          ...(covarianceAdaptation > 0 && { spread: Float32Array.from(variance, Math.sqrt) }),
        },
      };
    },
  };
}

/**
 * Makes a planner that searches by MPPI. A candidate whose return is not finite has no weight; where none is finite,
 * the plan stays as it is. Elites in the diagnostics are the best tenth.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds.
 * @example
 * const planner = createMppi({ horizon: 30, actionSpace: boxSpace({ low: [-1], high: [1] }), noiseCorrelation: 0.7 });
 */
export function createMppi(options: MppiOptions): Planner {
  const bounds = actionBounds(CALLER, options.actionSpace);
  const number = (name: keyof MppiOptions & string, fallback: number, limits: Parameters<typeof checkNumber>[3]): number =>
    checkNumber(CALLER, name, (options[name] as number | undefined) ?? fallback, limits);
  const horizon = checkInteger(CALLER, 'horizon', options.horizon, { min: 1 });
  const noiseCorrelation = number('noiseCorrelation', 0, { min: 0, below: 1 });
  const { noiseExponent } = options;
  if (noiseExponent !== undefined) {
    number('noiseExponent', 0, { min: 0, max: 10 });
    if (noiseCorrelation > 0)
      throw new OptionError(`${CALLER}: noiseCorrelation must be 0 where noiseExponent is given, got ${noiseCorrelation}`);
  }
  const deviationRatio = number('standardDeviationRatio', 0.25, { above: 0, max: 10 });
  const minimumRatio = number('minimumStandardDeviationRatio', 0.05, { min: 0, max: 1 });
  const covarianceAdaptation = number('covarianceAdaptation', 0, { min: 0, below: 1 });
  const settings: MppiSettings = {
    horizon,
    actionSize: bounds.size,
    populationSize: checkInteger(CALLER, 'populationSize', options.populationSize ?? 400, { min: 2 }),
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 1, { min: 1 }),
    temperature: number('temperature', 0.1, { above: 0 }),
    costNormalization: checkOneOf(CALLER, 'costNormalization', options.costNormalization ?? 'deviation', RETURN_NORMALIZATIONS),
    noiseCorrelation,
    noiseExponent,
    controlCostRatio: number('controlCostRatio', 0, { min: 0, max: 1 }),
    covarianceAdaptation,
    includeMean: checkFlag(CALLER, 'includeMean', options.includeMean ?? true),
    returned: checkOneOf(CALLER, 'returned', options.returned ?? 'mean', ['mean', 'best']),
    low: overPlan(horizon, bounds.low),
    high: overPlan(horizon, bounds.high),
    middle: overPlan(horizon, bounds.middle),
    deviation: overPlan(horizon, bounds.range, (range) => deviationRatio * range),
    minimumVariance: overPlan(horizon, bounds.range, (range) => (minimumRatio * range) ** 2),
  };
  const shape = {
    horizon,
    actionSize: bounds.size,
    keptLimit: 0,
    ...(covarianceAdaptation > 0 && { spreadFill: Float32Array.from(bounds.range, (range) => deviationRatio * range) }),
  };
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'repeat', ['middle', 'repeat']);
  return createSearchPlanner({ bounds, shape, fill, method: createMppiMethod(settings) });
}
