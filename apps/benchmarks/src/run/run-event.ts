/** What happens in a run, as told to whoever watches: the terminal view, or the lines of a log. */
import type { LearnProgress, Scene } from '@mbrl/core';
import type { RunConfig, RunResult, TrialResult } from './run-record.js';

/** One thing that happened. */
export type RunEvent =
  | {
      readonly type: 'runStarted';
      readonly config: RunConfig;
      /** Trials that an earlier part of this run has done. */
      readonly trials: readonly TrialResult[];
      readonly environmentSteps: number;
      /** Time that an earlier part of this run took. */
      readonly elapsedMilliseconds: number;
      readonly resumed: boolean;
    }
  | { readonly type: 'trialStarted'; readonly trial: number; readonly random: boolean; readonly stepLimit: number }
  | {
      readonly type: 'step';
      readonly trial: number;
      /** Steps taken in the trial, this one included. */
      readonly step: number;
      readonly environmentSteps: number;
      readonly reward: number;
      /** Return of the episode so far. */
      readonly return: number;
      readonly planMilliseconds: number;
      readonly figures: { readonly [name: string]: number };
      readonly scene: Scene | undefined;
    }
  | { readonly type: 'fitProgress'; readonly trial: number; readonly progress: LearnProgress }
  | {
      readonly type: 'fitFinished';
      readonly trial: number;
      readonly environmentSteps: number;
      readonly metrics: { readonly [name: string]: number };
      /** Figures of the last report of progress. */
      readonly last: { readonly [name: string]: number };
      readonly epochCount: number;
      readonly fitMilliseconds: number;
    }
  | { readonly type: 'trialFinished'; readonly result: TrialResult }
  | { readonly type: 'runFinished'; readonly result: RunResult };

/** Someone who watches a run. Must return quickly and not throw. */
export type RunWatcher = (event: RunEvent) => void;
