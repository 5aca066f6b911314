/** The cross-entropy method's draws and its learning, on buffers that are made once. */
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { clipInto } from '../search/clip-into.js';
import type { SearchMethod, SearchWorkspace } from '../search/plan-search.js';
import { type CandidateDistribution, type CandidateSampling, drawCandidates, updateScale } from './candidates.js';
import {
  createFullCovariance,
  drawFullCovariance,
  factorCovariance,
  type FullCovariance,
  refitCovariance,
  resetCovariance,
} from './full-covariance.js';
import { createPowerLawNoise, powerLawCorrelation } from './power-law-noise.js';
import { type Refit, refitDistribution } from './refit.js';

/** The checked options of `createCem`, with the bounds and variances laid out over a plan, `[H·A]`. */
export interface CemSettings {
  readonly horizon: number;
  readonly actionSize: number;
  /** Candidates by iteration. */
  readonly populationSizes: readonly number[];
  readonly eliteCount: number;
  readonly keptEliteCount: number;
  readonly momentum: number;
  readonly covariance: 'diagonal' | 'full';
  readonly returned: 'mean' | 'best';
  readonly warmStart: 'returned' | 'mean';
  readonly includeMean: boolean;
  readonly noiseCorrelation: number;
  /** β of power-law noise; undefined: the noise follows `noiseCorrelation`. */
  readonly noiseExponent: number | undefined;
  readonly sampling: CandidateSampling;
  readonly convergenceTolerance: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly initialVariance: Float64Array;
  readonly minimumVariance: Float64Array;
}

/** The buffers of one search. Sizes: population N, elites k, kept sequences K, plan D = H·A. */
export interface CemWorkspace extends SearchWorkspace {
  readonly distribution: CandidateDistribution;
  readonly full: FullCovariance | undefined;
  /** One for each iteration. */
  readonly batches: readonly CandidateBatch[];
  /** `[K, D]`, the sequences that go into the next iteration or search. */
  readonly kept: Float32Array;
  /** How many there are. */
  keptCount: number;
  readonly refit: Refit;
}

function createWorkspace(settings: CemSettings): CemWorkspace {
  const { horizon, populationSizes, eliteCount, keptEliteCount, actionSize, momentum, low, high, minimumVariance, noiseExponent } =
    settings;
  const size = low.length;
  const distribution: CandidateDistribution = {
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
  };
  const batches = createBatches(populationSizes, eliteCount, size);
  return {
    spread: 0,
    bestReturn: -Infinity,
    best: new Float32Array(size),
    distribution,
    full: settings.covariance === 'full' ? createFullCovariance(size) : undefined,
    batches,
    kept: new Float32Array(keptEliteCount * size),
    keptCount: 0,
    refit: {
      momentum,
      low,
      high,
      minimumVariance,
      mean: distribution.mean,
      variance: distribution.variance,
      eliteMean: new Float64Array(size),
      eliteVariance: new Float64Array(size),
    },
  };
}

/** Makes the method from its checked settings. */
export function createCemMethod(settings: CemSettings): SearchMethod<CemWorkspace> {
  const { populationSizes, keptEliteCount, actionSize, sampling, noiseCorrelation, low, high, momentum } = settings;
  const size = low.length;
  return {
    iterations: populationSizes.length,
    createWorkspace: () => createWorkspace(settings),

    begin(workspace, state) {
      const { distribution, full, kept } = workspace;
      clipInto(distribution.mean, state.actions, low, high);
      distribution.variance.set(settings.initialVariance);
      clipInto(kept, state.kept, low, high);
      workspace.keptCount = state.kept.length / size;
      const { powerLaw } = distribution;
      if (full) {
        resetCovariance(full, distribution.variance, actionSize, (lag) =>
          powerLaw ? powerLawCorrelation(powerLaw, lag) : noiseCorrelation ** lag,
        );
      }
    },

    countOf: (_, iteration) => populationSizes[iteration]!,

    draw(workspace, iteration, rng) {
      const { distribution, full, kept, keptCount } = workspace;
      const batch = workspace.batches[iteration]!;
      const { candidates, count } = batch;
      workspace.spread = updateScale(distribution, sampling);
      candidates.set(keptCount * size === kept.length ? kept : kept.subarray(0, keptCount * size));
      const meanRow = settings.includeMean && iteration === populationSizes.length - 1 ? count - 1 : count;
      if (meanRow < count) clipInto(candidates.subarray(meanRow * size), distribution.mean, low, high);
      if (full) {
        factorCovariance(full, size);
        drawFullCovariance(full, distribution, candidates, keptCount, meanRow, rng, sampling);
      } else drawCandidates(distribution, candidates, keptCount, meanRow, rng, sampling, noiseCorrelation);
      return batch;
    },

    learn(workspace, batch, finiteElites) {
      const { full, kept, refit } = workspace;
      const { candidates, elites } = batch;
      workspace.keptCount = Math.min(keptEliteCount, finiteElites);
      for (let e = 0; e < workspace.keptCount; e++) kept.set(candidates.subarray(elites[e]! * size, (elites[e]! + 1) * size), e * size);
      const greatestVariance = refitDistribution(refit, candidates, elites, finiteElites);
      if (full) {
        const { eliteMean, variance } = refit;
        refitCovariance(full, { candidates, elites, eliteCount: finiteElites, momentum, eliteMean, variance });
      }
      return greatestVariance < settings.convergenceTolerance;
    },

    finish({ distribution, best, bestReturn, kept, keptCount }) {
      const meanPlan = new Float32Array(size);
      clipInto(meanPlan, distribution.mean, low, high);
      const actions = settings.returned === 'best' && bestReturn > -Infinity ? best.slice() : meanPlan;
      const start = settings.warmStart === 'mean' ? meanPlan : actions;
      return { actions, state: { actions: start.slice(), kept: kept.slice(0, keptCount * size) } };
    },
  };
}
