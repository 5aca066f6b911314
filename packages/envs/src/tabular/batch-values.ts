/**
 * Values of states from a fixed batch of episodes, in the two ways that example 6.4 of Sutton and Barto tells apart.
 * Batch Monte Carlo minimises the squared error to the returns that were seen: the mean return after each visit. Batch
 * TD(0) converges to the certainty-equivalence estimate: the exact values of the process whose transition frequencies
 * and mean rewards are those of the batch.
 */
import { checkInteger, checkNumber, NumericalError, OptionError, ShapeError } from '@mbrl/core';

/** One episode of a process without choices: the states in their order, and the reward on leaving each; the end follows. */
export interface RewardedEpisode {
  readonly states: readonly number[];
  readonly rewards: readonly number[];
}

/** What both estimates are made from. */
export interface BatchValueOptions {
  readonly episodes: readonly RewardedEpisode[];
  readonly stateCount: number;
  /** Discount γ in [0, 1]. Default 1. */
  readonly discount?: number;
}

function checkBatch(caller: string, { episodes, stateCount, discount = 1 }: BatchValueOptions): number {
  checkInteger(caller, 'stateCount', stateCount, { min: 1 });
  checkNumber(caller, 'discount', discount, { min: 0, max: 1 });
  if (episodes.length === 0) throw new OptionError(`${caller}: episodes must not be empty`);
  for (const { states, rewards } of episodes) {
    if (states.length !== rewards.length)
      throw new ShapeError(`${caller}: an episode must have as many rewards as states, got ${rewards.length} and ${states.length}`);
    for (const state of states) checkInteger(caller, 'state', state, { min: 0, max: stateCount - 1 });
    for (const reward of rewards) checkNumber(caller, 'reward', reward);
  }
  return discount;
}

/** Mean return after each visit, `[S]`; NaN for a state that was never visited. @throws OptionError or ShapeError on a malformed batch. */
export function batchMonteCarloValues(options: BatchValueOptions): Float64Array {
  const discount = checkBatch('batchMonteCarloValues', options);
  const sums = new Float64Array(options.stateCount);
  const visits = new Float64Array(options.stateCount);
  for (const { states, rewards } of options.episodes) {
    let following = 0;
    for (let t = states.length - 1; t >= 0; t--) {
      following = rewards[t]! + discount * following;
      sums[states[t]!]! += following;
      visits[states[t]!]! += 1;
    }
  }
  return sums.map((sum, state) => sum / visits[state]!);
}

/**
 * What TD(0) converges to on the batch, `[S]`: the solution of v = r + γ P v with the batch's mean rewards r and
 * transition frequencies P, by Gaussian elimination; NaN for a state that was never visited.
 * @throws OptionError or ShapeError on a malformed batch.
 */
export function batchTemporalDifferenceValues(options: BatchValueOptions): Float64Array {
  const discount = checkBatch('batchTemporalDifferenceValues', options);
  const count = options.stateCount;
  const visits = new Float64Array(count);
  const width = count + 1;
  // Rows of (I − γ P | r), first as sums over the visits.
  const rows = new Float64Array(count * width);
  for (const { states, rewards } of options.episodes) {
    states.forEach((state, t) => {
      visits[state]! += 1;
      rows[state * width + count]! += rewards[t]!;
      const next = states[t + 1];
      if (next !== undefined) rows[state * width + next]! -= discount;
    });
  }
  for (let state = 0; state < count; state++) {
    if (visits[state]! > 0) for (let i = 0; i < width; i++) rows[state * width + i]! /= visits[state]!;
    rows[state * width + state]! += 1;
  }
  solveInPlace(rows, count);
  return visits.map((visited, state) => (visited > 0 ? rows[state * width + count]! : NaN));
}

/** Gauss–Jordan with row exchange on `[count, count + 1]`; the solution ends in the last column. */
function solveInPlace(rows: Float64Array, count: number): void {
  const width = count + 1;
  for (let pivot = 0; pivot < count; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < count; row++)
      if (Math.abs(rows[row * width + pivot]!) > Math.abs(rows[best * width + pivot]!)) best = row;
    const head = rows[best * width + pivot]!;
    if (head === 0)
      throw new NumericalError('batchTemporalDifferenceValues: every episode must end, got states that lead only to each other');
    for (let i = 0; i < width; i++) {
      const kept = rows[pivot * width + i]!;
      rows[pivot * width + i] = rows[best * width + i]! / head;
      if (best !== pivot) rows[best * width + i] = kept;
    }
    for (let row = 0; row < count; row++) {
      const factor = rows[row * width + pivot]!;
      if (row === pivot || factor === 0) continue;
      for (let i = pivot; i < width; i++) rows[row * width + i]! -= factor * rows[pivot * width + i]!;
    }
  }
}
