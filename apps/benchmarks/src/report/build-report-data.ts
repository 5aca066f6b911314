/** Gathers what the report's page draws. */
import type { TrajectoryRecord, TrialResult } from '../run/run-record.js';
import { learningCurves } from './learning-curves.js';
import type { LoadedRun } from './load-runs.js';
import type { ModelEvaluation } from './page/model-evaluation.js';
import type { CurvePoints, ReportData, ReportRun, ReportTrajectory } from './page/report-data.js';
import { selectTrials } from './select-trials.js';

/** Trials kept for watching, over all runs, and at least for each. */
const trialLimit = 24;
const leastTrials = 3;

/** Five significant digits are more than a screen shows. */
const short = (value: number): number => Number(value.toPrecision(5));
const shortRows = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map(short));

function shortEvaluation({ heldOut, predictions, calibration }: ModelEvaluation): ModelEvaluation {
  return {
    heldOut,
    // What was observed lies in the trajectory already.
    predictions: predictions.map(({ start, horizon, mean, standardDeviation }) => ({
      start,
      horizon,
      mean: shortRows(mean),
      standardDeviation: shortRows(standardDeviation),
      actual: [],
    })),
    calibration: { expected: calibration.expected.map(short), observed: calibration.observed.map(short), count: calibration.count },
  };
}

function reportTrajectory(trial: TrialResult, record: TrajectoryRecord): ReportTrajectory {
  const size = record.observations[0]?.length ?? 0;
  return {
    trial: trial.index,
    random: trial.random,
    solved: trial.solved,
    return: trial.return,
    episodeStarts: record.episodeStarts,
    rewards: record.rewards.map(short),
    observations: Array.from({ length: size }, (_, component) => record.observations.map((row) => short(row[component]!))),
    scenes: record.scenes,
    evaluation: record.evaluation ? shortEvaluation(record.evaluation) : null,
  };
}

function reportRun(run: LoadedRun, limit: number): ReportRun {
  const { trials } = run.result;
  const column = (epochs: readonly { readonly [name: string]: number }[], name: string): CurvePoints =>
    epochs.map((epoch) => (epoch[name] === undefined ? null : short(epoch[name])));
  const trajectories = selectTrials(trials, limit).flatMap((trial) => {
    const record = run.trajectory(trial.index);
    return record ? [reportTrajectory(trial, record)] : [];
  });
  return {
    name: run.name,
    seed: run.config.seed,
    trials,
    fits: run.fits.map((fit) => ({ trial: fit.trial, train: column(fit.epochs, 'trainLoss'), holdout: column(fit.epochs, 'holdoutLoss') })),
    trajectories,
  };
}

/** The data of a report on runs of one preset. */
export function buildReportData(runs: readonly LoadedRun[]): ReportData {
  const { timeStep, observationLabels } = runs[0]!.config;
  const limit = Math.max(leastTrials, Math.floor(trialLimit / runs.length));
  const seeds = new Set(runs.map((run) => run.config.seed));
  const named = runs.map((run) => (seeds.size === runs.length ? { ...run, name: `seed ${run.config.seed}` } : run));
  return {
    timeStep,
    observationLabels,
    runs: named.map((run) => reportRun(run, limit)),
    curves: learningCurves(runs.map((run) => run.result.trials)),
  };
}
