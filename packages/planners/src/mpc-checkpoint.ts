/** What MPC carries from step to step, as a checkpoint and back. */
import {
  type Checkpoint,
  checkpointArray,
  type CheckpointArray,
  CheckpointError,
  expectCheckpoint,
  type Plan,
  type Planner,
} from '@mbrl/core';

/** The plan in use and how many of its actions were taken; no plan before the first action. */
export interface MpcState {
  readonly plan: Plan | undefined;
  readonly position: number;
}

const KIND = 'Mpc';
const VERSION = 1;
const CALLER = 'load';

/** The curves of the diagnostics. They may hold −Infinity, which JSON has no number for, so they are arrays. */
const CURVES = ['bestReturnByIteration', 'eliteReturnByIteration', 'spreadByIteration'] as const;

/** Writes a state; the checkpoint holds copies. */
export function encodeMpc({ plan, position }: MpcState, planner: Planner): Checkpoint {
  if (!plan) return { kind: KIND, version: VERSION, json: { planned: false }, arrays: {} };
  const { horizon, actionSize } = planner;
  const { state, diagnostics } = plan;
  const arrays: { [name: string]: CheckpointArray } = {
    actions: { dtype: 'float32', shape: [horizon, actionSize], data: plan.actions.slice() },
    stateActions: { dtype: 'float32', shape: [horizon, actionSize], data: state.actions.slice() },
    stateKept: {
      dtype: 'float32',
      shape: [state.kept.length / (horizon * actionSize), horizon, actionSize],
      data: state.kept.slice(),
    },
  };
  for (const name of CURVES) {
    arrays[name] = { dtype: 'float64', shape: [diagnostics[name].length], data: Float64Array.from(diagnostics[name]) };
  }
  const { evaluationCount, nonFiniteCount } = diagnostics;
  return { kind: KIND, version: VERSION, json: { planned: true, position, evaluationCount, nonFiniteCount }, arrays };
}

function fail(requirement: string, got: unknown, cause?: unknown): never {
  throw new CheckpointError(`${CALLER}: ${requirement}, got ${typeof got === 'string' ? JSON.stringify(got) : String(got)}`, { cause });
}

function countOf(json: { readonly [key: string]: unknown }, name: string, least: number, greatest: number): number {
  const value = json[name];
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > greatest) {
    fail(`${name} must be an integer in [${least}, ${greatest}]`, value);
  }
  return value as number;
}

function planActions(checkpoint: Checkpoint, name: string, { horizon, actionSize }: Planner): Float32Array {
  const { data } = checkpointArray(checkpoint, name, { dtype: 'float32', shape: [horizon, actionSize], caller: CALLER });
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail(`${name} must be finite`, data[bad]);
  return data.slice();
}

/** Reads a state for `planner`. @throws CheckpointError when it is of another kind or version, or does not fit. */
export function decodeMpc(checkpoint: Checkpoint, planner: Planner): MpcState {
  expectCheckpoint(checkpoint, { kind: KIND, version: VERSION, caller: CALLER });
  const json = checkpoint.json;
  if (json === null || typeof json !== 'object' || Array.isArray(json)) fail('checkpoint must hold a record', json);
  const { horizon, actionSize } = planner;
  const record = json as { readonly [key: string]: unknown };
  if (typeof record.planned !== 'boolean') fail('planned must be true or false', record.planned);
  if (!record.planned) return { plan: undefined, position: 0 };
  const curve = (name: string): number[] =>
    Array.from(checkpointArray(checkpoint, name, { dtype: 'float64', shape: [null], caller: CALLER }).data);
  const plan: Plan = {
    actions: planActions(checkpoint, 'actions', planner),
    state: {
      actions: planActions(checkpoint, 'stateActions', planner),
      kept: checkpointArray(checkpoint, 'stateKept', { dtype: 'float32', shape: [null, horizon, actionSize], caller: CALLER }).data.slice(),
    },
    diagnostics: {
      bestReturnByIteration: curve('bestReturnByIteration'),
      eliteReturnByIteration: curve('eliteReturnByIteration'),
      spreadByIteration: curve('spreadByIteration'),
      evaluationCount: countOf(record, 'evaluationCount', 0, Number.MAX_SAFE_INTEGER),
      nonFiniteCount: countOf(record, 'nonFiniteCount', 0, Number.MAX_SAFE_INTEGER),
    },
  };
  try {
    planner.shift(plan.state);
  } catch (cause) {
    fail('the state must fit this planner', cause instanceof Error ? cause.message : cause, cause);
  }
  return { plan, position: countOf(record, 'position', 1, horizon) };
}
