/** An episode with what a page says of it. */
import type { BoxSpace, Space } from '@mbrl/core';
import type { PlayedSteps } from './play-episode.js';

/** Everything that a page or a picture is made from. */
export interface ShownEpisode extends PlayedSteps {
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly timeStep: number;
  readonly seed: number;
  /** Options that differ from the defaults, as they were given. */
  readonly settings: readonly string[];
  /** Who acts. */
  readonly policy: string;
  /** What the task rewards, and where it is from. */
  readonly reward: string;
  readonly source: string;
}

/** Sum of the rewards. */
export function returnOf({ rewards }: Pick<ShownEpisode, 'rewards'>): number {
  return rewards.reduce((sum, reward) => sum + reward, 0);
}

/** How the episode ended, as the rest of a sentence that begins with it. */
export function endingOf({ ending, rewards }: Pick<ShownEpisode, 'ending' | 'rewards'>): string {
  const steps = `${rewards.length} step${rewards.length === 1 ? '' : 's'}`;
  switch (ending) {
    case 'terminated':
      return `ended by itself after ${steps}`;
    case 'truncated':
      return `ran to its time limit of ${steps}`;
    case 'step limit':
      return `stopped after ${steps}, the most that were asked for`;
    case 'no more actions':
      return `stopped after ${steps}, where the file has no more actions`;
  }
}

/** A name for each component of a box. */
export function labelsOf({ size, labels }: BoxSpace, word: string): readonly string[] {
  return labels ?? Array.from({ length: size }, (_, index) => (size === 1 ? word : `${word} ${index + 1}`));
}
