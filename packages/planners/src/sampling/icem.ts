/**
 * iCEM, the improved cross-entropy method (Pinneri et al. 2020, "Sample-efficient cross-entropy method for real-time
 * planning", arXiv 2008.06389): power-law noise in time, a population that decays over the iterations, elites kept for
 * the next iteration and, moved up, for the next search, the mean as a last candidate, and the best sequence executed.
 * It is {@link createCem} with those options as defaults.
 *
 * Where we deviate: the end of a sequence that moves up repeats its last action (there: drawn anew), and the noise has
 * variance one with its mean counted in (`power-law-noise.ts`).
 */
import type { Planner, Space } from '@mbrl/core';
import type { PlanFill } from '../search/plan-state.js';
import { createNamedCem } from './cem.js';

/** How to search. */
export interface IcemOptions {
  /** Steps of a plan H, at least 1. */
  readonly horizon: number;
  /** Allowed actions: a box with finite bounds. */
  readonly actionSpace: Space;
  /** Sequences scored in the first iteration N, at least 1. Default 128. */
  readonly populationSize?: number;
  /** γ: the population falls to N γ^−i in iteration i, but not under twice the elites; at least 1. Default 1.25. */
  readonly populationDecay?: number;
  /** Best sequences that the distribution moves towards, in [1, populationSize]. Default 10, or the population where that is less. */
  readonly eliteCount?: number;
  /** Elites that stay candidates ξ·k, in [0, eliteCount]. Default three tenths of the elites. */
  readonly keptEliteCount?: number;
  /** Times that the distribution is moved, at least 1. Default 3. */
  readonly iterations?: number;
  /** Share of the old mean and variance in the new ones, in [0, 1). Default 0.1. */
  readonly momentum?: number;
  /** β: the noise has power 1 / f^β; in [0, 10]. 2 to 4 suit slow systems, 0.25 fast ones. Default 2. */
  readonly noiseExponent?: number;
  /** First σ by the range of the action, in (0, 10]. Default 0.25. */
  readonly initialStandardDeviationRatio?: number;
  /** Floor of σ by the range of the action, in [0, 1]. Default 0. */
  readonly minimumStandardDeviationRatio?: number;
  /** Whether the mean is a candidate of the last iteration. Default true. */
  readonly includeMean?: boolean;
  /** Whether the plan is the best sequence that was scored, or the mean. Default 'best'. */
  readonly returned?: 'mean' | 'best';
  /** End of a plan that moved up: its last action again, or the middle of the bounds. Default 'repeat'. */
  readonly fill?: PlanFill;
}

/**
 * Makes a planner that searches by iCEM. Each search starts from the mean of the last.
 * @throws OptionError on an option outside its bounds or an action space that is not a box with finite bounds.
 */
export function createIcem(options: IcemOptions): Planner {
  const { populationSize = 128 } = options;
  const eliteCount = options.eliteCount ?? Math.min(10, populationSize);
  return createNamedCem('createIcem', {
    populationDecay: 1.25,
    keptEliteCount: Math.min(Math.round(0.3 * eliteCount), populationSize - 1),
    iterations: 3,
    momentum: 0.1,
    noiseExponent: 2,
    includeMean: true,
    returned: 'best',
    fill: 'repeat',
    sampling: 'clipped',
    warmStart: 'mean',
    ...options,
    populationSize,
    eliteCount,
  });
}
