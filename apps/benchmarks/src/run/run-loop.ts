/**
 * The loop of a run: trials of steps, with a checkpoint from which any of it can be repeated bit for bit.
 *
 * A run is a chain of states; `LoopState` with the agent's checkpoint is one of them. Files are only ever ahead of the
 * last checkpoint, never behind: a resumed run cuts `metrics.jsonl` to the length that the checkpoint states and
 * writes later trajectories again.
 */
import { NumericalError, type Scene } from '@mbrl/core';
import type { LoopSettings } from '../presets/loop-settings.js';
import type { Goal } from '../presets/preset.js';
import type { ModelEvaluation } from '../report/page/model-evaluation.js';
import { type LoopState, packCheckpoint } from './loop-checkpoint.js';
import type { RunWatcher } from './run-event.js';
import type { RunParts } from './run-parts.js';
import { type RunResult, runFormat, type RunStatus, type TrialResult } from './run-record.js';
import type { RunStore } from './run-store.js';
import { createTrialRecorder, type TrialRecorder } from './trial-recorder.js';

/** Steps in one record of `metrics.jsonl`. */
const stepsPerRecord = 10;

/** What a run is made of. */
export interface RunLoopOptions {
  readonly preset: string;
  readonly settings: LoopSettings;
  readonly goal: Goal;
  readonly parts: RunParts;
  readonly store: RunStore;
  /** Where to go on; the start of a run where it is absent. The agent has been loaded already. */
  readonly state?: LoopState;
  readonly watch: RunWatcher;
  /** Aborted: the loop stops before the next step, or in the middle of a fit. */
  readonly signal: AbortSignal;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
}

/** Thrown out of a fit that is stopped. */
class StopDuringFit extends Error {}

/** The state of a run that has not begun. */
function firstState(settings: LoopSettings): LoopState {
  return {
    trial: settings.initialSteps > 0 ? 0 : 1,
    inTrial: false,
    learnPending: false,
    episodeEnded: false,
    trialEnded: false,
    environmentSteps: 0,
    environmentState: null,
    observation: new Float32Array(0),
    trials: [],
    solved: null,
    solvedInARow: 0,
    metricsLength: 0,
    elapsedMilliseconds: 0,
    fitMilliseconds: 0,
    recorder: null,
  };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (milliseconds: number): number => Math.round(milliseconds * 1e3) / 1e3;
const finiteOnly = (figures: { readonly [name: string]: number }): { [name: string]: number } =>
  Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));

/** Runs until all trials are done, the goal is met as often as asked, or `signal` is aborted. */
export async function runLoop(options: RunLoopOptions): Promise<RunResult> {
  const { settings, goal, parts, store, watch, signal, now } = options;
  const { environment, agent } = parts;
  const state = options.state ?? firstState(settings);
  let recorder: TrialRecorder = createTrialRecorder(state.recorder ?? undefined);
  let stepsSinceCheckpoint = 0;
  const startedAt = now() - state.elapsedMilliseconds;

  const sceneNow = (): Scene | undefined => environment.scene?.();
  const limitOf = (trial: number): number => (trial === 0 ? settings.initialSteps : settings.stepsPerTrial);
  const result = (status: RunStatus): RunResult => ({
    format: runFormat,
    preset: options.preset,
    seed: settings.seed,
    status,
    solved: state.solved,
    trials: state.trials,
    elapsedMilliseconds: round(now() - startedAt),
  });

  const checkpoint = async (): Promise<void> => {
    store.metrics.flush();
    state.metricsLength = store.metrics.length;
    state.elapsedMilliseconds = now() - startedAt;
    state.environmentState = state.inTrial || state.environmentSteps > 0 ? environment.saveState() : null;
    state.recorder = recorder.save();
    await store.writeCheckpoint(packCheckpoint(state, agent.save()));
    stepsSinceCheckpoint = 0;
  };

  const beginEpisode = (): void => {
    const first = state.environmentSteps === 0;
    const { observation } = environment.reset(first ? { seed: settings.seed } : {});
    state.observation = observation;
    state.episodeEnded = false;
    agent.beginEpisode();
    recorder.beginEpisode(observation, sceneNow());
  };

  const beginTrial = (): void => {
    recorder = createTrialRecorder();
    state.inTrial = true;
    state.trialEnded = false;
    state.fitMilliseconds = 0;
    beginEpisode();
    watch({ type: 'trialStarted', trial: state.trial, random: state.trial === 0, stepLimit: limitOf(state.trial) });
  };

  const step = async (): Promise<void> => {
    if (state.episodeEnded) beginEpisode();
    const before = now();
    const action = await agent.act(state.observation);
    const planMilliseconds = now() - before;
    const { observation, reward, terminated, truncated } = environment.step(action);
    if (!Number.isFinite(reward) || !observation.every(Number.isFinite)) {
      throw new NumericalError(
        `run: reward and observation must be finite, got ${reward} and [${observation.join(', ')}] at step ${recorder.stepCount} of trial ${state.trial}`,
      );
    }
    const episodeStep = recorder.stepsInEpisode + 1;
    const lastOfRun = settings.totalSteps > 0 && state.environmentSteps + 1 >= settings.totalSteps;
    const full = recorder.stepCount + 1 >= limitOf(state.trial) || lastOfRun;
    state.episodeEnded = terminated || truncated || full || episodeStep >= settings.stepsPerTrial;
    state.trialEnded = full || (state.trial > 0 && state.episodeEnded);
    const cut = truncated || (state.episodeEnded && !terminated);
    agent.observe({ observation: state.observation, action, reward, nextObservation: observation, terminated, truncated: cut });
    const scene = sceneNow();
    const figures = finiteOnly(agent.lastAct);
    recorder.addStep({ action, reward, nextObservation: observation, terminated, truncated: cut, planMilliseconds, figures, scene });
    state.observation = observation;
    state.environmentSteps++;
    state.learnPending = true;
    stepsSinceCheckpoint++;
    if (recorder.stepCount % stepsPerRecord === 0 || state.trialEnded) recordSteps();
    watch({
      type: 'step',
      trial: state.trial,
      step: recorder.stepCount,
      environmentSteps: state.environmentSteps,
      reward,
      return: recorder.episodeReturns().at(-1)!,
      planMilliseconds,
      figures,
      scene,
    });
  };

  const recordSteps = (): void => {
    const to = recorder.stepCount - 1;
    const from = to - (to % stepsPerRecord);
    const sum = recorder.rewards.slice(from).reduce((total, reward) => total + reward, 0);
    store.metrics.append({
      type: 'steps',
      trial: state.trial,
      from,
      to,
      reward: sum,
      planMilliseconds: round(mean(recorder.planMilliseconds.slice(from))),
    });
  };

  const learn = async (): Promise<void> => {
    const before = now();
    const epochs: { [name: string]: number }[] = [];
    const metrics = await agent.learn({
      onProgress: (progress) => {
        if (signal.aborted) throw new StopDuringFit();
        epochs.push(finiteOnly(progress.metrics));
        watch({ type: 'fitProgress', trial: state.trial, progress });
      },
    });
    state.learnPending = false;
    if (!metrics) return;
    const fitMilliseconds = now() - before;
    state.fitMilliseconds += fitMilliseconds;
    const { trial, environmentSteps } = state;
    store.metrics.append({
      type: 'fit',
      trial,
      environmentSteps,
      epochs,
      metrics: finiteOnly(metrics),
      fitMilliseconds: round(fitMilliseconds),
    });
    watch({ type: 'fitFinished', trial, environmentSteps, metrics, last: epochs.at(-1) ?? {}, epochCount: epochs.length, fitMilliseconds });
  };

  const endTrial = async (evaluation: ModelEvaluation | null): Promise<void> => {
    const random = state.trial === 0;
    const solved = isSolved();
    const trial: TrialResult = {
      index: state.trial,
      steps: recorder.stepCount,
      environmentSteps: state.environmentSteps,
      return: random ? mean(recorder.episodeReturns()) : recorder.episodeReturns()[0]!,
      random,
      solved,
      planMilliseconds: round(mean(recorder.planMilliseconds)),
      fitMilliseconds: round(state.fitMilliseconds),
    };
    state.trials.push(trial);
    state.solvedInARow = solved ? state.solvedInARow + 1 : 0;
    if (solved && !state.solved) {
      state.solved = {
        trial: trial.index,
        learnedFromSteps: state.environmentSteps - trial.steps,
        elapsedMilliseconds: round(now() - startedAt),
      };
    }
    store.metrics.append({ type: 'trial', ...trial });
    await store.writeTrajectory(recorder.record(state.trial, evaluation));
    state.trial++;
    state.inTrial = false;
    state.trialEnded = false;
    recorder = createTrialRecorder();
    await store.writeResult(result('running'));
    watch({ type: 'trialFinished', result: trial });
  };

  const isSolved = (): boolean =>
    state.trial > 0 &&
    goal.isSolved({ rewards: recorder.rewards, observations: recorder.observations, stepsPerTrial: settings.stepsPerTrial });

  /** Whether and why the run is over before `trial`, with so many trials in a row solved. */
  const whyOver = (trial: number, solvedInARow: number): RunStatus | undefined => {
    if (settings.stopAfterSolvedTrials > 0 && solvedInARow >= settings.stopAfterSolvedTrials) return 'solved';
    if (trial > settings.trials) return 'finished';
    if (settings.totalSteps > 0 && state.environmentSteps >= settings.totalSteps) return 'finished';
    return undefined;
  };

  const finish = async (status: RunStatus): Promise<RunResult> => {
    const final = result(status);
    await store.writeResult(final);
    watch({ type: 'runFinished', result: final });
    return final;
  };

  if (state.inTrial) watch({ type: 'trialStarted', trial: state.trial, random: state.trial === 0, stepLimit: limitOf(state.trial) });
  for (;;) {
    if (!state.inTrial) {
      const over = whyOver(state.trial, state.solvedInARow);
      if (over) {
        await checkpoint();
        return finish(over);
      }
      beginTrial();
      await checkpoint();
    }
    if (signal.aborted) {
      await checkpoint();
      return finish('stopped');
    }
    if (!state.learnPending) {
      await step();
      if (stepsSinceCheckpoint >= settings.checkpointEverySteps || state.trialEnded) await checkpoint();
      if (signal.aborted) continue;
    }
    let evaluation: ModelEvaluation | null = null;
    if (state.trialEnded && state.trial > 0) {
      evaluation = (await parts.evaluateModel?.({ trial: state.trial, trajectory: recorder.columns() })) ?? null;
    }
    // What the last trial would teach, nobody would use.
    const last = state.trialEnded && whyOver(state.trial + 1, isSolved() ? state.solvedInARow + 1 : 0) !== undefined;
    try {
      if (last) state.learnPending = false;
      else await learn();
    } catch (error) {
      if (error instanceof StopDuringFit) return finish('stopped');
      throw error;
    }
    if (state.trialEnded) await endTrial(evaluation);
  }
}
