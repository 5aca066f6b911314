/** Collects what happens in the trial that is under way; can be saved in the middle of it. */
import type { Json, Scene, TransitionColumns } from '@mbrl/core';
import type { ModelEvaluation } from '../report/page/model-evaluation.js';
import type { SceneTrack } from '../report/page/scene-track.js';
import { decodeScenes, encodeScenes } from './encode-scenes.js';
import { runFormat, type TrajectoryRecord } from './run-record.js';

/** One step as the recorder takes it. */
export interface RecordedStep {
  readonly action: Float32Array;
  readonly reward: number;
  readonly nextObservation: Float32Array;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly planMilliseconds: number;
  readonly figures: { readonly [name: string]: number };
  readonly scene: Scene | undefined;
}

/** The record of a trial under way. */
export interface TrialRecorder {
  readonly stepCount: number;
  readonly stepsInEpisode: number;
  readonly rewards: readonly number[];
  readonly observations: readonly (readonly number[])[];
  readonly planMilliseconds: readonly number[];
  /** Returns of the episodes of this trial, the one under way included. */
  episodeReturns(): number[];
  beginEpisode(observation: Float32Array, scene: Scene | undefined): void;
  addStep(step: RecordedStep): void;
  /** The trial as the agent's data. */
  columns(): TransitionColumns;
  /** The trial as it is written to disk. */
  record(trial: number, evaluation: ModelEvaluation | null): TrajectoryRecord;
  save(): Json;
}

interface RecorderState {
  episodeStarts: number[];
  observations: number[][];
  actions: number[][];
  rewards: number[];
  ends: number[];
  figures: Record<string, number[]>;
  planMilliseconds: number[];
}

/** As a list, with −0 as 0: JSON as others write it has only one zero. */
const plain = (values: Float32Array): number[] => Array.from(values, (value) => value + 0);

const emptyState = (): RecorderState => ({
  episodeStarts: [],
  observations: [],
  actions: [],
  rewards: [],
  ends: [],
  figures: {},
  planMilliseconds: [],
});

/** Makes an empty recorder, or one that goes on from what `save` gave. */
export function createTrialRecorder(saved?: Json): TrialRecorder {
  const from = saved as unknown as { state: RecorderState; scenes: SceneTrack } | undefined;
  const state = from ? structuredClone(from.state) : emptyState();
  const scenes: Scene[] = from ? decodeScenes(from.scenes) : [];

  const record = (trial: number, evaluation: ModelEvaluation | null): TrajectoryRecord => ({
    format: runFormat,
    trial,
    episodeStarts: state.episodeStarts,
    observations: state.observations,
    actions: state.actions,
    rewards: state.rewards,
    figures: state.figures,
    planMilliseconds: state.planMilliseconds.map((value) => Math.round(value * 1e3) / 1e3),
    scenes: scenes.length === state.observations.length && scenes.length > 0 ? encodeScenes(scenes) : null,
    evaluation,
  });

  return {
    get stepCount() {
      return state.rewards.length;
    },
    get stepsInEpisode() {
      return state.rewards.length - (state.episodeStarts.at(-1) ?? 0);
    },
    get rewards() {
      return state.rewards;
    },
    get observations() {
      return state.observations;
    },
    get planMilliseconds() {
      return state.planMilliseconds;
    },
    episodeReturns: () =>
      state.episodeStarts
        .map((start, index) => state.rewards.slice(start, state.episodeStarts[index + 1]))
        .map((rewards) => rewards.reduce((sum, reward) => sum + reward, 0)),
    beginEpisode(observation, scene) {
      state.episodeStarts.push(state.rewards.length);
      state.observations.push(plain(observation));
      if (scene) scenes.push(scene);
    },
    addStep(step) {
      for (const [name, value] of Object.entries(step.figures)) {
        // A figure that appears late is nothing for the steps before; JSON has no NaN, and neither has the record.
        const column = (state.figures[name] ??= new Array<number>(state.rewards.length).fill(0));
        column.push(Number.isFinite(value) ? value : 0);
      }
      state.observations.push(plain(step.nextObservation));
      state.actions.push(plain(step.action));
      state.rewards.push(step.reward);
      state.ends.push((step.terminated ? 1 : 0) + (step.truncated ? 2 : 0));
      state.planMilliseconds.push(step.planMilliseconds);
      for (const column of Object.values(state.figures)) while (column.length < state.rewards.length) column.push(0);
      if (step.scene) scenes.push(step.scene);
    },
    columns() {
      const count = state.rewards.length;
      // Row t of the episode that began at step s as its e-th follows e earlier last observations.
      const rowOf = (step: number): number => step + state.episodeStarts.filter((start) => start <= step).length - 1;
      const rows = Array.from({ length: count }, (_, step) => rowOf(step));
      return {
        count,
        observationSize: state.observations[0]?.length ?? 0,
        actionSize: state.actions[0]?.length ?? 0,
        observations: Float32Array.from(rows.flatMap((row) => state.observations[row]!)),
        actions: Float32Array.from(state.actions.flat()),
        rewards: Float32Array.from(state.rewards),
        nextObservations: Float32Array.from(rows.flatMap((row) => state.observations[row + 1]!)),
        terminated: Uint8Array.from(state.ends, (end) => end & 1),
        truncated: Uint8Array.from(state.ends, (end) => end >> 1),
      };
    },
    record,
    save: () => structuredClone({ state, scenes: encodeScenes(scenes) }) as unknown as Json,
  };
}
