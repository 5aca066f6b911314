/** What the report's page is given: everything it draws, small enough to lie in one file. */
import type { ModelEvaluation } from './model-evaluation.js';
import type { SceneTrack } from './scene-track.js';

/** A value for each trial of the learning curve; null where it is not known. */
export type CurvePoints = readonly (number | null)[];

/** Median and band over runs, by trial. */
export interface CurveBand {
  readonly median: CurvePoints;
  /** Quarter and three quarters of the runs lie below. */
  readonly low: CurvePoints;
  readonly high: CurvePoints;
}

/** The learning curves of all runs. */
export interface LearningCurves {
  /** Trial numbers, 0 … the last of any run. */
  readonly trials: readonly number[];
  /** Returns of each run. */
  readonly raw: readonly CurvePoints[];
  /** Best return so far of each run, random trials left out; held on where a run ended early. */
  readonly best: readonly CurvePoints[];
  /** Over the runs, where there are several. */
  readonly rawBand: CurveBand | null;
  readonly bestBand: CurveBand | null;
}

/** One trial that can be watched. */
export interface ReportTrajectory {
  readonly trial: number;
  readonly random: boolean;
  readonly solved: boolean;
  readonly return: number;
  /** First step of each episode. */
  readonly episodeStarts: readonly number[];
  /** `[T]` */
  readonly rewards: readonly number[];
  /** By component, `[O][T + episodes]`. */
  readonly observations: readonly (readonly number[])[];
  readonly scenes: SceneTrack | null;
  readonly evaluation: ModelEvaluation | null;
}

/** One run. */
export interface ReportRun {
  readonly name: string;
  readonly seed: number;
  /** Trial, steps in it, return, mean plan milliseconds, fit milliseconds, solved. */
  readonly trials: readonly {
    readonly index: number;
    readonly steps: number;
    readonly environmentSteps: number;
    readonly return: number;
    readonly random: boolean;
    readonly solved: boolean;
    readonly planMilliseconds: number;
    readonly fitMilliseconds: number;
  }[];
  /** Losses of each fit, by epoch; null where a figure was not given. */
  readonly fits: readonly { readonly trial: number; readonly train: CurvePoints; readonly holdout: CurvePoints }[];
  /** Trials kept in the report, in order. */
  readonly trajectories: readonly ReportTrajectory[];
}

/** Everything that the page draws. */
export interface ReportData {
  /** Seconds of simulated time in a step. */
  readonly timeStep: number;
  readonly observationLabels: readonly string[];
  readonly runs: readonly ReportRun[];
  readonly curves: LearningCurves;
}
