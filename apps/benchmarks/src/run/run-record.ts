/**
 * What a run folder holds, as data. Everything that depends on the clock sits in fields whose name ends in
 * `Milliseconds` or in `startedAt`; all else is a function of preset, settings and seed, bit for bit.
 *
 * Shapes: `T` steps of a trial, `H` steps of a prediction, `O` observation size, `A` action size.
 */
import type { Settings } from '../presets/setting.js';
import type { ModelEvaluation } from '../report/page/model-evaluation.js';
import type { SceneTrack } from '../report/page/scene-track.js';

/** Layout version of the run folder; a reader refuses another. */
export const runFormat = 1;

/** `config.json`: everything that the run is a function of, and what it ran on. */
export interface RunConfig {
  readonly format: number;
  readonly preset: string;
  readonly description: string;
  readonly environment: string;
  /** Seconds of simulated time in a step. */
  readonly timeStep: number;
  /** What a solved trial shows, such as `hold the pole up`. */
  readonly goal: string;
  /** When a trial counts as solved, in words. */
  readonly solvedWhen: string;
  readonly observationLabels: readonly string[];
  readonly actionLabels: readonly string[];
  readonly seed: number;
  readonly settings: Settings;
  readonly versions: { readonly [name: string]: string };
  readonly engine: EngineUse;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The engine that a run computes with. */
export interface EngineUse {
  readonly name: string;
  readonly version: string;
  readonly threadCount: number;
}

/** One trial in `result.json`. Trial 0 is the random data that the first model learns from; it may hold several episodes. */
export interface TrialResult {
  readonly index: number;
  /** Environment steps in this trial. */
  readonly steps: number;
  /** Environment steps from the start of the run to the end of this trial. */
  readonly environmentSteps: number;
  /** Sum of rewards; in trial 0 the mean over its episodes. */
  readonly return: number;
  /** Whether actions were random. */
  readonly random: boolean;
  /** Whether the trial meets the preset's goal. */
  readonly solved: boolean;
  /** Mean time to choose an action. */
  readonly planMilliseconds: number;
  /** Time spent fitting the model during and after the trial. */
  readonly fitMilliseconds: number;
}

/** `result.json`, rewritten whole after each trial. */
export interface RunResult {
  readonly format: number;
  readonly preset: string;
  readonly seed: number;
  readonly status: RunStatus;
  /** The first solved trial, where there is one. */
  readonly solved: SolvedAt | null;
  readonly trials: readonly TrialResult[];
  /** Time spent running, pauses left out. */
  readonly elapsedMilliseconds: number;
}

/** `finished`: all trials done. `solved`: ended early because the goal was met. `stopped`: can be resumed. */
export type RunStatus = 'running' | 'stopped' | 'finished' | 'solved';

/** When the goal was first met. */
export interface SolvedAt {
  readonly trial: number;
  /** Environment steps up to the end of the trial before: what had been learned from when it was done. */
  readonly learnedFromSteps: number;
  readonly elapsedMilliseconds: number;
}

/** `trajectories/trial-000.json`: what happened in a trial and what the model thought of it. */
export interface TrajectoryRecord {
  readonly format: number;
  readonly trial: number;
  /** First step of each episode in the trial; `[0]` but for trial 0. */
  readonly episodeStarts: readonly number[];
  /** `[T + episodes, O]` by row: each episode has one more observation than steps. */
  readonly observations: readonly (readonly number[])[];
  /** `[T, A]` by row. */
  readonly actions: readonly (readonly number[])[];
  /** `[T]` */
  readonly rewards: readonly number[];
  /** Figures of each action by name, such as `predictedReturn`, `[T]`. */
  readonly figures: { readonly [name: string]: readonly number[] };
  readonly planMilliseconds: readonly number[];
  /** One frame per observation, where the environment draws itself. */
  readonly scenes: SceneTrack | null;
  /** What the model predicted for this trial before it learned from it, where a model was there. */
  readonly evaluation: ModelEvaluation | null;
}

/** One line of `metrics.jsonl`. */
export type MetricsRecord =
  | {
      readonly type: 'steps';
      readonly trial: number;
      /** First and last step of the group within the trial. */
      readonly from: number;
      readonly to: number;
      /** Sum of rewards in the group. */
      readonly reward: number;
      readonly planMilliseconds: number;
    }
  | {
      readonly type: 'fit';
      readonly trial: number;
      readonly environmentSteps: number;
      /** Figures of each report of progress: `trainLoss`, `holdoutLoss`, … */
      readonly epochs: readonly { readonly [name: string]: number }[];
      /** Figures of the whole fit. */
      readonly metrics: { readonly [name: string]: number };
      readonly fitMilliseconds: number;
    }
  | ({ readonly type: 'trial' } & TrialResult);
