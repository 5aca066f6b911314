/** What a view knows of a run at any moment, gathered from its events. */
import type { Scene } from '@mbrl/core';
import type { RunEvent } from '../run/run-event.js';
import type { RunConfig, RunResult, TrialResult } from '../run/run-record.js';

/** The state of a run, as a view shows it. */
export interface RunProgress {
  config: RunConfig | undefined;
  trials: TrialResult[];
  trial: number;
  random: boolean;
  step: number;
  stepLimit: number;
  return: number;
  environmentSteps: number;
  /** Of the last action that was planned. */
  planMilliseconds: number;
  /** Running mean of planned actions. */
  meanPlanMilliseconds: number;
  lastFitMilliseconds: number;
  /** Last loss of the model; held-out where there is one. */
  loss: number | undefined;
  /** Finished part of the fit under way; undefined when none is. */
  fitFraction: number | undefined;
  scene: Scene | undefined;
  result: RunResult | undefined;
}

/** A run of which nothing is known yet. */
export function createRunProgress(): RunProgress {
  return {
    config: undefined,
    trials: [],
    trial: 0,
    random: true,
    step: 0,
    stepLimit: 0,
    return: 0,
    environmentSteps: 0,
    planMilliseconds: NaN,
    meanPlanMilliseconds: NaN,
    lastFitMilliseconds: NaN,
    loss: undefined,
    fitFraction: undefined,
    scene: undefined,
    result: undefined,
  };
}

/** The loss among a fit's figures: held-out where there is one. */
export function lossOf(figures: { readonly [name: string]: number }): number | undefined {
  return figures['holdoutLoss'] ?? figures['trainLoss'];
}

/** Takes an event in. */
export function updateRunProgress(progress: RunProgress, event: RunEvent): void {
  switch (event.type) {
    case 'runStarted':
      progress.config = event.config;
      progress.trials = [...event.trials];
      progress.environmentSteps = event.environmentSteps;
      break;
    case 'trialStarted':
      Object.assign(progress, { trial: event.trial, random: event.random, stepLimit: event.stepLimit, step: 0, return: 0 });
      break;
    case 'step': {
      progress.step = event.step;
      progress.return = event.return;
      progress.environmentSteps = event.environmentSteps;
      progress.scene = event.scene;
      if (!progress.random) {
        const mean = progress.meanPlanMilliseconds;
        progress.planMilliseconds = event.planMilliseconds;
        progress.meanPlanMilliseconds = Number.isNaN(mean) ? event.planMilliseconds : 0.95 * mean + 0.05 * event.planMilliseconds;
      }
      break;
    }
    case 'fitProgress':
      progress.fitFraction = event.progress.fraction;
      progress.loss = lossOf(event.progress.metrics) ?? progress.loss;
      break;
    case 'fitFinished':
      progress.fitFraction = undefined;
      progress.lastFitMilliseconds = event.fitMilliseconds;
      progress.loss = lossOf(event.metrics) ?? lossOf(event.last) ?? progress.loss;
      break;
    case 'trialFinished':
      progress.trials.push(event.result);
      break;
    case 'runFinished':
      progress.result = event.result;
      break;
  }
}

/** The best return of a trial that was planned; undefined before the first. */
export function bestReturn(trials: readonly TrialResult[]): number | undefined {
  const returns = trials.filter((trial) => !trial.random).map((trial) => trial.return);
  return returns.length > 0 ? Math.max(...returns) : undefined;
}

/** Milliseconds to the end of the last trial at the present pace; undefined before the first planned action. */
export function timeLeft(progress: RunProgress): number | undefined {
  const { config, trial, step, random, meanPlanMilliseconds, lastFitMilliseconds, environmentSteps } = progress;
  if (!config || random || Number.isNaN(meanPlanMilliseconds)) return undefined;
  const { trials, stepsPerTrial, totalSteps, trainEverySteps } = config.settings as { [key: string]: number };
  const byTrials = (trials! - trial) * stepsPerTrial! + stepsPerTrial! - step;
  const steps = totalSteps! > 0 ? Math.min(byTrials, totalSteps! - environmentSteps) : byTrials;
  const fits = (trainEverySteps ?? 0) > 0 ? steps / trainEverySteps! : Math.max(1, Math.ceil(steps / stepsPerTrial!));
  return steps * meanPlanMilliseconds + fits * (Number.isNaN(lastFitMilliseconds) ? 0 : lastFitMilliseconds);
}
