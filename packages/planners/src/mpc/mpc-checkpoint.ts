/** What MPC carries from step to step, as a checkpoint and back. */
import { type Checkpoint, type CheckpointArray, expectCheckpoint, type Plan, type Planner } from '@mbrl/core';
import { CALLER, countOf, decodePlan, encodePlan, fail, finiteArray, type JsonRecord } from './plan-checkpoint.js';

/** The plan in use, and what else the next step depends on. */
export interface MpcState {
  /** Undefined before the first action. */
  readonly plan: Plan | undefined;
  /** How many of the plan's actions were taken. */
  readonly position: number;
  /** Actions that are decided and not yet applied, in order, `[delaySteps, A]`. */
  readonly committed: Float32Array;
  /** Where the plan starts, `[O]`; kept by an open loop alone. */
  readonly start?: Float32Array;
}

/** The form of a state. */
export interface MpcShape {
  readonly planner: Planner;
  readonly observationSize: number;
  readonly delaySteps: number;
  readonly isOpenLoop: boolean;
  readonly fresh: () => MpcState;
}

const KIND = 'Mpc';
const VERSION = 1;

/** Writes a state; the checkpoint holds copies. */
export function encodeMpc({ plan, position, committed, start }: MpcState, { planner, delaySteps }: MpcShape): Checkpoint {
  if (!plan) return { kind: KIND, version: VERSION, json: { planned: false }, arrays: {} };
  const { json, arrays } = encodePlan(plan, planner);
  const own: { [name: string]: CheckpointArray } = {};
  if (delaySteps > 0) own['committed'] = { dtype: 'float32', shape: [delaySteps, planner.actionSize], data: committed.slice() };
  if (start) own['start'] = { dtype: 'float32', shape: [start.length], data: start.slice() };
  return { kind: KIND, version: VERSION, json: { planned: true, position, ...json }, arrays: { ...arrays, ...own } };
}

/** Reads a state. @throws CheckpointError when it is of another kind or version, or does not fit. */
export function decodeMpc(checkpoint: Checkpoint, { planner, observationSize, delaySteps, isOpenLoop, fresh }: MpcShape): MpcState {
  expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller: CALLER });
  const json = checkpoint.json;
  if (json === null || typeof json !== 'object' || Array.isArray(json)) fail('checkpoint must hold a record', json);
  const record = json as JsonRecord;
  if (typeof record['planned'] !== 'boolean') fail('planned must be true or false', record['planned']);
  if (!record['planned']) return fresh();
  const plan = decodePlan(checkpoint, record, planner);
  return {
    plan,
    position: countOf(record, 'position', 1, planner.horizon),
    committed: delaySteps > 0 ? finiteArray(checkpoint, 'committed', [delaySteps, planner.actionSize]) : new Float32Array(0),
    ...(isOpenLoop && { start: finiteArray(checkpoint, 'start', [observationSize]) }),
  };
}
