/**
 * "You are the predictor" (Sutton and Barto, 2nd edition, example 6.4): eight episodes of a process with the states A
 * and B, from which the value of A is to be told. Averaging returns says 0, the best fit of what was seen; the process
 * that most likely made the data says 3/4.
 */
import type { TabularEnvironment } from './tabular-environment.js';
import { createTabularEnvironment } from './from-tables.js';
import type { TabularTaskCommonOptions } from './grid.js';
import { tabularModelFromOutcomes } from './outcome-tables.js';
import type { RewardedEpisode } from './batch-values.js';

const [stateA, stateB, over] = [0, 1, 2];

/** The eight episodes; state 0 is A, state 1 is B. */
export const abEpisodes: readonly RewardedEpisode[] = [
  { states: [stateA, stateB], rewards: [0, 0] },
  ...Array.from({ length: 6 }, () => ({ states: [stateB], rewards: [1] })),
  { states: [stateB], rewards: [0] },
];

/** Options of {@link createAbExample}: discount 1 when absent. Every episode ends within two steps, so there is no limit. */
export interface AbExampleOptions extends Omit<TabularTaskCommonOptions, 'maxSteps'> {}

/**
 * Makes the process that the episodes most likely came from: it starts in A once in eight times, A leads to B, and B
 * ends with a reward of 1 three times in four, else 0. There is one action; state 2 is the end.
 * @throws OptionError on an option outside of its bounds.
 */
export function createAbExample({ discount = 1, seed = 0 }: AbExampleOptions = {}): TabularEnvironment {
  const model = tabularModelFromOutcomes({
    stateCount: 3,
    actionCount: 1,
    discount,
    start: [1 / 8, 7 / 8, 0],
    outcomes: (state) => {
      if (state === stateA) return [{ probability: 1, nextState: stateB, reward: 0 }];
      if (state === over) return [{ probability: 1, nextState: over, reward: 0, ends: true }];
      return [
        { probability: 3 / 4, nextState: over, reward: 1, ends: true },
        { probability: 1 / 4, nextState: over, reward: 0, ends: true },
      ];
    },
  });
  return createTabularEnvironment({ model, name: 'AbExample-v0', seed, stateLabels: ['A', 'B', 'end'], actionLabels: ['go on'] });
}
