/** What MPC carries from step to step, as a checkpoint and back. */
import { type Checkpoint, type CheckpointArray, CheckpointError, type Plan, type Planner } from '@mbrl/core';

/** The plan in use and how many of its actions were taken; no plan before the first action. */
export interface MpcState {
  readonly plan: Plan | undefined;
  readonly position: number;
}

const KIND = 'Mpc';
const VERSION = 1;

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
  throw new CheckpointError(`load: ${requirement}, got ${typeof got === 'string' ? JSON.stringify(got) : String(got)}`, { cause });
}

type FloatArray = { readonly float32: Float32Array; readonly float64: Float64Array };

function arrayOf<D extends keyof FloatArray>(
  checkpoint: Checkpoint,
  name: string,
  dtype: D,
): { readonly shape: readonly number[]; readonly data: FloatArray[D] } {
  const array = checkpoint.arrays[name];
  if (array?.dtype !== dtype) fail(`checkpoint must have a ${dtype} array ${name}`, array?.dtype ?? 'none');
  return { shape: array.shape, data: array.data as FloatArray[D] };
}

function countOf(json: { readonly [key: string]: unknown }, name: string, least: number, greatest: number): number {
  const value = json[name];
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > greatest) {
    fail(`${name} must be an integer in [${least}, ${greatest}]`, value);
  }
  return value as number;
}

function planActions(checkpoint: Checkpoint, name: string, { horizon, actionSize }: Planner): Float32Array {
  const { shape, data } = arrayOf(checkpoint, name, 'float32');
  if (shape.length !== 2 || shape[0] !== horizon || shape[1] !== actionSize || data.length !== horizon * actionSize) {
    fail(`${name} must have shape [${horizon}, ${actionSize}] for this planner`, `[${shape.join(', ')}]`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail(`${name} must be finite`, data[bad]);
  return data.slice();
}

/** Reads a state for `planner`. @throws CheckpointError when it is of another kind or version, or does not fit. */
export function decodeMpc(checkpoint: Checkpoint, planner: Planner): MpcState {
  if (checkpoint.kind !== KIND) fail(`checkpoint must be of kind "${KIND}"`, checkpoint.kind);
  if (checkpoint.version !== VERSION) fail(`version of "${KIND}" must be ${VERSION}`, checkpoint.version);
  const json = checkpoint.json;
  if (json === null || typeof json !== 'object' || Array.isArray(json)) fail('checkpoint must hold a record', json);
  const record = json as { readonly [key: string]: unknown };
  if (typeof record.planned !== 'boolean') fail('planned must be true or false', record.planned);
  if (!record.planned) return { plan: undefined, position: 0 };
  const curve = (name: string): number[] => Array.from(arrayOf(checkpoint, name, 'float64').data);
  const plan: Plan = {
    actions: planActions(checkpoint, 'actions', planner),
    state: {
      actions: planActions(checkpoint, 'stateActions', planner),
      kept: arrayOf(checkpoint, 'stateKept', 'float32').data.slice(),
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
  return { plan, position: countOf(record, 'position', 1, planner.horizon) };
}
