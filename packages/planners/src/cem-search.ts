/** One search of the cross-entropy method, on buffers that are made once. */
import type { Plan, PlanRequest } from '@mbrl/core';
import { type CandidateDistribution, type CandidateSampling, drawCandidates, updateScale } from './candidates.js';
import { scoreReturns, selectElites } from './elites.js';
import { type Refit, refitDistribution } from './refit.js';

/** The checked options of `createCem`, with the bounds and variances laid out over a plan, `[H·A]`. */
export interface CemSettings {
  readonly horizon: number;
  readonly actionSize: number;
  readonly populationSize: number;
  readonly eliteCount: number;
  readonly keptEliteCount: number;
  readonly iterations: number;
  readonly momentum: number;
  readonly returned: 'mean' | 'best';
  readonly warmStart: 'returned' | 'mean';
  readonly includeMean: boolean;
  readonly noiseCorrelation: number;
  readonly sampling: CandidateSampling;
  readonly convergenceTolerance: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly initialVariance: Float64Array;
  readonly minimumVariance: Float64Array;
}

/** The buffers of one search. Sizes: population N, elites k, kept sequences K, plan D = H·A. */
export interface CemWorkspace {
  readonly distribution: CandidateDistribution;
  /** `[N, D]` */
  readonly candidates: Float32Array;
  /** `[N]` */
  readonly returns: Float32Array;
  /** `[N]`, the returns with −Infinity for those that are not finite. */
  readonly scores: Float64Array;
  /** `[k]` */
  readonly elites: Int32Array;
  /** `[K, D]`, the sequences that go into the next iteration or search. */
  readonly kept: Float32Array;
  /** `[D]`, the best sequence so far. */
  readonly best: Float32Array;
  /** What the refit reads and writes, but for the number of elites. */
  readonly refit: Omit<Refit, 'eliteCount'>;
}

/** Makes the buffers of a search. */
export function createWorkspace(settings: CemSettings): CemWorkspace {
  const { populationSize, eliteCount, keptEliteCount, actionSize, momentum, low, high, minimumVariance } = settings;
  const size = low.length;
  const distribution: CandidateDistribution = {
    actionSize,
    mean: new Float64Array(size),
    variance: new Float64Array(size),
    low,
    high,
    scale: new Float64Array(size),
    previous: new Float64Array(actionSize),
  };
  const candidates = new Float32Array(populationSize * size);
  const elites = new Int32Array(eliteCount);
  const refit = {
    candidates,
    elites,
    momentum,
    low,
    high,
    minimumVariance,
    mean: distribution.mean,
    variance: distribution.variance,
    eliteMean: new Float64Array(size),
    eliteVariance: new Float64Array(size),
  };
  return {
    distribution,
    candidates,
    returns: new Float32Array(populationSize),
    scores: new Float64Array(populationSize),
    elites,
    kept: new Float32Array(keptEliteCount * size),
    best: new Float32Array(size),
    refit,
  };
}

/** Writes `values` into `out`, clipped to the bounds (which repeat over `values`). */
function clipInto(out: Float32Array | Float64Array, values: ArrayLike<number>, low: Float64Array, high: Float64Array): void {
  for (let i = 0, d = 0; i < values.length; i++) {
    out[i] = Math.min(Math.max(values[i]!, low[d]!), high[d]!);
    d = d + 1 === low.length ? 0 : d + 1;
  }
}

/** Searches for a plan; the request is checked already. */
export async function searchPlan(settings: CemSettings, workspace: CemWorkspace, request: PlanRequest): Promise<Plan> {
  const { populationSize, eliteCount, keptEliteCount, iterations, low, high } = settings;
  const { distribution, candidates, returns, scores, elites, kept, best, refit } = workspace;
  const { observation, evaluator, state, rng } = request;
  const { mean, variance } = distribution;
  const size = mean.length;

  clipInto(mean, state.actions, low, high);
  variance.set(settings.initialVariance);
  clipInto(kept, state.kept, low, high);
  let keptCount = state.kept.length / size;
  let bestReturn = -Infinity;
  let evaluationCount = 0;
  let nonFiniteCount = 0;
  const bestReturnByIteration: number[] = [];
  const eliteReturnByIteration: number[] = [];
  const spreadByIteration: number[] = [];

  for (let iteration = 0; iteration < iterations; iteration++) {
    spreadByIteration.push(updateScale(distribution, settings.sampling));
    candidates.set(keptCount * size === kept.length ? kept : kept.subarray(0, keptCount * size));
    const meanRow = settings.includeMean && iteration === iterations - 1 ? populationSize - 1 : populationSize;
    if (meanRow < populationSize) clipInto(candidates.subarray(meanRow * size), mean, low, high);
    drawCandidates(distribution, candidates, keptCount, meanRow, rng, settings.sampling, settings.noiseCorrelation);

    // A return that the evaluator leaves out counts as not finite.
    returns.fill(NaN);
    await evaluator.evaluate(observation, candidates, returns, rng);
    evaluationCount += populationSize;
    const unusable = scoreReturns(returns, scores);
    nonFiniteCount += unusable;
    const finiteElites = Math.min(eliteCount, populationSize - unusable);
    selectElites(scores, elites);
    let eliteSum = 0;
    for (let e = 0; e < finiteElites; e++) eliteSum += scores[elites[e]!]!;
    bestReturnByIteration.push(scores[elites[0]!]!);
    eliteReturnByIteration.push(finiteElites > 0 ? eliteSum / finiteElites : -Infinity);
    if (finiteElites === 0) continue;

    if (scores[elites[0]!]! > bestReturn) {
      bestReturn = scores[elites[0]!]!;
      best.set(candidates.subarray(elites[0]! * size, (elites[0]! + 1) * size));
    }
    keptCount = Math.min(keptEliteCount, finiteElites);
    for (let e = 0; e < keptCount; e++) kept.set(candidates.subarray(elites[e]! * size, (elites[e]! + 1) * size), e * size);
    const greatestVariance = refitDistribution({ ...refit, eliteCount: finiteElites });
    if (greatestVariance < settings.convergenceTolerance) break;
  }

  const meanPlan = new Float32Array(size);
  clipInto(meanPlan, mean, low, high);
  const actions = settings.returned === 'best' && bestReturn > -Infinity ? best.slice() : meanPlan;
  const start = settings.warmStart === 'mean' ? meanPlan : actions;
  return {
    actions,
    state: { actions: start.slice(), kept: kept.slice(0, keptCount * size) },
    diagnostics: { bestReturnByIteration, eliteReturnByIteration, spreadByIteration, evaluationCount, nonFiniteCount },
  };
}
