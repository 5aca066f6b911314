/**
 * The cross-entropy method for discrete actions (Rubinstein 1999; de Boer et al. 2005, "A tutorial on the cross-entropy
 * method"): the action of each step is drawn from probabilities p_t of its C values, which move towards how often the
 * elites took each, p ← α p + (1 − α) f, and then a little towards even, p ← (1 − ε) p + ε / C, so that no value is
 * lost.
 */
import { checkInteger, checkNumber, checkOneOf, OptionError, type Planner, type Rng, type Space } from '@mbrl/core';
import { spaceBounds } from '../search/action-bounds.js';
import { type CandidateBatch, createBatches } from '../search/candidate-batch.js';
import { createSearchPlanner, type SearchMethod, type SearchWorkspace } from '../search/plan-search.js';
import type { PlanFill } from '../search/plan-state.js';

/** How to search. */
export interface CategoricalCemOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a discrete space. */
  readonly actionSpace: Space;
  /** Sequences scored in an iteration N, at least 1. Default 200. */
  readonly populationSize?: number;
  /** Best sequences that the probabilities move towards k, in [1, populationSize]. Default a tenth of the population. */
  readonly eliteCount?: number;
  /** Times that the probabilities are moved, at least 1. Default 5. */
  readonly iterations?: number;
  /** Share of the old probabilities in the new ones α, in [0, 1). Default 0.1. */
  readonly momentum?: number;
  /** Share of even probabilities in the new ones ε, in [0, 1). Default 0.05. */
  readonly smoothing?: number;
  /** Share of even probabilities at the start of a search that goes on from another, in [0, 1]: 1 forgets it. Default 0.5. */
  readonly restartSmoothing?: number;
  /** Elites that stay candidates in the next iteration and, moved up, in the next search; in [0, eliteCount] and fewer than the population. Default 0. */
  readonly keptEliteCount?: number;
  /** Whether the plan is the best sequence that was scored, or the most probable action of each step. Default 'best'. */
  readonly returned?: 'best' | 'mode';
  /** End of a plan that moved up: the value in the middle, or its last action; its probabilities are even. Default 'repeat'. */
  readonly fill?: PlanFill;
}

interface CategoricalWorkspace extends SearchWorkspace {
  /** p, `[H, C]`. */
  readonly probabilities: Float64Array;
  readonly batch: CandidateBatch;
  /** `[K, H]` */
  readonly kept: Float32Array;
  keptCount: number;
  /** The plan that the search starts from, `[H]`. */
  readonly start: Float32Array;
}

interface CategoricalSettings {
  readonly horizon: number;
  readonly count: number;
  readonly populationSize: number;
  readonly eliteCount: number;
  readonly iterations: number;
  readonly momentum: number;
  readonly smoothing: number;
  readonly restartSmoothing: number;
  readonly keptEliteCount: number;
  readonly returned: 'best' | 'mode';
}

const CALLER = 'createCategoricalCem';

/** The whole number in [0, count) that is nearest. */
const nearestValue = (value: number, count: number): number => Math.min(Math.max(Math.round(value), 0), count - 1);

/** Mean over the steps of the standard deviation of the drawn value. */
function spreadOf(probabilities: Float64Array, horizon: number, count: number): number {
  let sum = 0;
  for (let t = 0; t < horizon; t++) {
    let mean = 0;
    let squares = 0;
    for (let c = 0; c < count; c++) {
      mean += c * probabilities[t * count + c]!;
      squares += c * c * probabilities[t * count + c]!;
    }
    sum += Math.sqrt(Math.max(squares - mean * mean, 0));
  }
  return sum / horizon;
}

/** Draws a value from the probabilities that begin at `offset` and sum to one. */
function drawValue(probabilities: Float64Array, offset: number, count: number, rng: Rng): number {
  let rest = rng.uniform();
  for (let c = 0; c < count - 1; c++) {
    rest -= probabilities[offset + c]!;
    if (rest < 0) return c;
  }
  return count - 1;
}

/** Reads probabilities of a state `[H, C]`, each step scaled to sum to one (even where all are 0), and mixes in `evenShare` of even ones. */
function startProbabilities(out: Float64Array, spread: Float32Array | undefined, count: number, evenShare: number): void {
  for (let offset = 0; offset < out.length; offset += count) {
    let sum = 0;
    for (let c = 0; c < count; c++) sum += spread?.[offset + c] ?? 0;
    for (let c = 0; c < count; c++) {
      out[offset + c] = sum > 0 ? ((1 - evenShare) * spread![offset + c]!) / sum + evenShare / count : 1 / count;
    }
  }
}

function createCategoricalMethod(settings: CategoricalSettings): SearchMethod<CategoricalWorkspace> {
  const { horizon, count, populationSize, eliteCount, momentum, smoothing, keptEliteCount } = settings;
  return {
    iterations: settings.iterations,
    createWorkspace: () => ({
      spread: 0,
      bestReturn: -Infinity,
      best: new Float32Array(horizon),
      probabilities: new Float64Array(horizon * count),
      batch: createBatches([populationSize], eliteCount, horizon)[0]!,
      kept: new Float32Array(keptEliteCount * horizon),
      keptCount: 0,
      start: new Float32Array(horizon),
    }),
    begin(workspace, state) {
      const { probabilities, kept, start } = workspace;
      startProbabilities(probabilities, state.spread, count, settings.restartSmoothing);
      for (let i = 0; i < state.kept.length; i++) kept[i] = nearestValue(state.kept[i]!, count);
      for (let t = 0; t < horizon; t++) start[t] = nearestValue(state.actions[t]!, count);
      workspace.keptCount = state.kept.length / horizon;
    },
    countOf: () => populationSize,
    draw(workspace, _, rng) {
      const { probabilities, batch, kept, keptCount } = workspace;
      workspace.spread = spreadOf(probabilities, horizon, count);
      const { candidates } = batch;
      for (let i = 0; i < keptCount * horizon; i++) candidates[i] = kept[i]!;
      for (let row = keptCount, i = keptCount * horizon; row < populationSize; row++) {
        for (let t = 0; t < horizon; t++, i++) candidates[i] = drawValue(probabilities, t * count, count, rng);
      }
      return batch;
    },
    learn(workspace, { candidates, elites }, finiteElites) {
      const { probabilities, kept } = workspace;
      workspace.keptCount = Math.min(keptEliteCount, finiteElites);
      for (let e = 0; e < workspace.keptCount; e++) {
        for (let t = 0; t < horizon; t++) kept[e * horizon + t] = candidates[elites[e]! * horizon + t]!;
      }
      for (let i = 0; i < probabilities.length; i++) probabilities[i] = (1 - smoothing) * momentum * probabilities[i]! + smoothing / count;
      const share = ((1 - smoothing) * (1 - momentum)) / finiteElites;
      for (let e = 0; e < finiteElites; e++) {
        for (let t = 0; t < horizon; t++) probabilities[t * count + candidates[elites[e]! * horizon + t]!]! += share;
      }
      return false;
    },
    finish({ probabilities, best, bestReturn, kept, keptCount, start }) {
      const actions = (bestReturn > -Infinity ? best : start).slice();
      if (settings.returned === 'mode' && bestReturn > -Infinity) {
        for (let t = 0; t < horizon; t++) {
          let mode = 0;
          for (let c = 1; c < count; c++) if (probabilities[t * count + c]! > probabilities[t * count + mode]!) mode = c;
          actions[t] = mode;
        }
      }
      return {
        actions,
        state: { actions: actions.slice(), kept: kept.slice(0, keptCount * horizon), spread: Float32Array.from(probabilities) },
      };
    },
  };
}

/**
 * Makes a planner that searches for whole-number actions by the cross-entropy method. A candidate whose return is not
 * finite ranks last; where none is finite, plan and probabilities stay as they are.
 * @throws OptionError on an option outside its bounds or an action space that is not discrete.
 * @example
 * const planner = createCategoricalCem({ horizon: 12, actionSpace: discreteSpace(2) });
 */
export function createCategoricalCem(options: CategoricalCemOptions): Planner {
  const { actionSpace } = options;
  if (actionSpace?.kind !== 'discrete') {
    throw new OptionError(
      `${CALLER}: actionSpace must be a discrete space, got ${actionSpace ? `a ${actionSpace.kind} space` : String(actionSpace)}`,
    );
  }
  const populationSize = checkInteger(CALLER, 'populationSize', options.populationSize ?? 200, { min: 1 });
  const eliteCount = checkInteger(CALLER, 'eliteCount', options.eliteCount ?? Math.max(1, Math.round(populationSize / 10)), {
    min: 1,
    max: populationSize,
  });
  const settings: CategoricalSettings = {
    horizon: checkInteger(CALLER, 'horizon', options.horizon, { min: 1 }),
    count: actionSpace.count,
    populationSize,
    eliteCount,
    iterations: checkInteger(CALLER, 'iterations', options.iterations ?? 5, { min: 1 }),
    momentum: checkNumber(CALLER, 'momentum', options.momentum ?? 0.1, { min: 0, below: 1 }),
    smoothing: checkNumber(CALLER, 'smoothing', options.smoothing ?? 0.05, { min: 0, below: 1 }),
    restartSmoothing: checkNumber(CALLER, 'restartSmoothing', options.restartSmoothing ?? 0.5, { min: 0, max: 1 }),
    keptEliteCount: checkInteger(CALLER, 'keptEliteCount', options.keptEliteCount ?? 0, {
      min: 0,
      max: Math.min(eliteCount, populationSize - 1),
    }),
    returned: checkOneOf(CALLER, 'returned', options.returned ?? 'best', ['best', 'mode']),
  };
  const { horizon, count, keptEliteCount } = settings;
  const shape = { horizon, actionSize: 1, keptLimit: keptEliteCount, spreadFill: new Float32Array(count).fill(1 / count) };
  const fill = checkOneOf(CALLER, 'fill', options.fill ?? 'repeat', ['middle', 'repeat']);
  return createSearchPlanner({ bounds: spaceBounds(CALLER, actionSpace), shape, fill, method: createCategoricalMethod(settings) });
}
