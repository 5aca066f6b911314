/** The state of a run between two steps, as one checkpoint: the loop's own part and, nested in it, the agent's. */
import { type Checkpoint, type CheckpointArray, CheckpointError, type EnvironmentState, type Json } from '@mbrl/core';
import type { MetricsRecord, SolvedAt, TrialResult } from './run-record.js';

/** Figures of one fit, as they are recorded. */
export type FitRecord = Extract<MetricsRecord, { type: 'fit' }>;

/** Where a run stands. */
export interface LoopState {
  /** Number of the trial under way. */
  trial: number;
  /** Whether the trial has begun, so that `observation` is the present one. */
  inTrial: boolean;
  /** Whether the last transition has been observed but not yet learned from. */
  learnPending: boolean;
  /** Whether the last transition ended an episode, and the trial. */
  episodeEnded: boolean;
  trialEnded: boolean;
  environmentSteps: number;
  environmentState: EnvironmentState;
  observation: Float32Array;
  trials: TrialResult[];
  solved: SolvedAt | null;
  solvedInARow: number;
  /** Bytes of `metrics.jsonl` that belong to the past. */
  metricsLength: number;
  elapsedMilliseconds: number;
  /** Time spent fitting in the trial under way. */
  fitMilliseconds: number;
  /** The trial under way, as its recorder saves it. */
  recorder: Json;
}

const kind = 'Run';
const version = 1;

/** Packs the loop's state and the agent's checkpoint into one. */
export function packCheckpoint(state: LoopState, agent: Checkpoint): Checkpoint {
  const { observation, ...rest } = state;
  const arrays: Record<string, CheckpointArray> = {
    'loop/observation': { dtype: 'float32', shape: [observation.length], data: observation },
  };
  for (const [name, array] of Object.entries(agent.arrays)) arrays[`agent/${name}`] = array;
  return {
    kind,
    version,
    json: { loop: rest as unknown as Json, agent: { kind: agent.kind, version: agent.version, json: agent.json } },
    arrays,
  };
}

/** Takes them apart again. @throws CheckpointError on a foreign checkpoint. */
export function unpackCheckpoint(checkpoint: Checkpoint): { readonly state: LoopState; readonly agent: Checkpoint } {
  if (checkpoint.kind !== kind || checkpoint.version !== version) {
    throw new CheckpointError(
      `unpackCheckpoint: the checkpoint must be a ${kind} of version ${version}, got a ${checkpoint.kind} of version ${checkpoint.version}`,
    );
  }
  const json = checkpoint.json as unknown as { loop: Omit<LoopState, 'observation'>; agent: Pick<Checkpoint, 'kind' | 'version' | 'json'> };
  const observation = checkpoint.arrays['loop/observation'];
  if (observation?.dtype !== 'float32') throw new CheckpointError('unpackCheckpoint: the array loop/observation must be there as float32');
  const arrays = Object.fromEntries(
    Object.entries(checkpoint.arrays)
      .filter(([name]) => name.startsWith('agent/'))
      .map(([name, array]) => [name.slice('agent/'.length), array]),
  );
  return { state: { ...json.loop, observation: observation.data }, agent: { ...json.agent, arrays } };
}
