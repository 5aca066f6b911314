/** A plan with its diagnostics in a checkpoint, and back. */
import {
  type Checkpoint,
  checkpointArray,
  type CheckpointArray,
  CheckpointError,
  type Json,
  type Plan,
  type PlanDiagnostics,
  type Planner,
} from '@mbrl/core';

/** The function that errors name. */
export const CALLER = 'load';

/** The curves of the diagnostics. They may hold −Infinity, which JSON has no number for, so they are arrays. */
const CURVES = ['bestReturnByIteration', 'eliteReturnByIteration', 'spreadByIteration'] as const;
/** Those that may be absent. */
const SOME_CURVES = ['eliteSpreadByIteration', 'effectiveSampleSizeByIteration'] as const;
const PHASES = ['sampling', 'evaluation', 'update'] as const;
const STATUSES = ['iterationLimit', 'converged', 'deadline'] as const;

/** A record of a checkpoint, not yet checked. */
export type JsonRecord = { readonly [key: string]: unknown };

/** Fails with what was required and what was there. */
export function fail(requirement: string, got: unknown, cause?: unknown): never {
  throw new CheckpointError(`${CALLER}: ${requirement}, got ${typeof got === 'string' ? JSON.stringify(got) : String(got)}`, { cause });
}

/** Reads a whole number of a record. */
export function countOf(json: JsonRecord, name: string, least: number, greatest: number): number {
  const value = json[name];
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > greatest) {
    fail(`${name} must be an integer in [${least}, ${greatest}]`, value);
  }
  return value as number;
}

/** Reads an array of finite numbers. @returns a copy */
export function finiteArray(checkpoint: Checkpoint, name: string, shape: readonly (number | null)[]): Float32Array {
  const { data } = checkpointArray(checkpoint, name, { dtype: 'float32', shape, caller: CALLER });
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail(`${name} must be finite`, data[bad]);
  return data.slice();
}

/** Writes a plan: its numbers as arrays, copied, its counts as JSON. */
export function encodePlan(
  plan: Plan,
  { horizon, actionSize }: Planner,
): { readonly json: { readonly [key: string]: Json }; readonly arrays: { [name: string]: CheckpointArray } } {
  const { state, diagnostics } = plan;
  const size = horizon * actionSize;
  const arrays: { [name: string]: CheckpointArray } = {
    actions: { dtype: 'float32', shape: [horizon, actionSize], data: plan.actions.slice() },
    stateActions: { dtype: 'float32', shape: [horizon, actionSize], data: state.actions.slice() },
    stateKept: { dtype: 'float32', shape: [state.kept.length / size, horizon, actionSize], data: state.kept.slice() },
  };
  if (state.spread) {
    arrays['stateSpread'] = { dtype: 'float32', shape: [horizon, state.spread.length / horizon], data: state.spread.slice() };
  }
  for (const name of [...CURVES, ...SOME_CURVES]) {
    const curve = diagnostics[name];
    if (curve) arrays[name] = { dtype: 'float64', shape: [curve.length], data: Float64Array.from(curve) };
  }
  for (const [i, elites] of (diagnostics.elitesByIteration ?? []).entries()) {
    arrays[`elites-${i}`] = { dtype: 'float32', shape: [elites.length / size, horizon, actionSize], data: elites.slice() };
  }
  const { evaluationCount, nonFiniteCount, iterationCount, status, phaseMilliseconds, elitesByIteration } = diagnostics;
  const json = {
    evaluationCount,
    nonFiniteCount,
    ...(iterationCount !== undefined && { iterationCount }),
    ...(status && { status }),
    ...(phaseMilliseconds && { phaseMilliseconds: { ...phaseMilliseconds } }),
    ...(elitesByIteration && { recordedIterations: elitesByIteration.length }),
  };
  return { json, arrays };
}

function phasesOf(value: unknown): NonNullable<PlanDiagnostics['phaseMilliseconds']> {
  const record = (value !== null && typeof value === 'object' ? value : {}) as JsonRecord;
  const read = (name: (typeof PHASES)[number]): number => {
    const time = record[name];
    return typeof time === 'number' && Number.isFinite(time) ? time : fail(`phaseMilliseconds.${name} must be a finite number`, time);
  };
  return { sampling: read('sampling'), evaluation: read('evaluation'), update: read('update') };
}

function statusOf(value: unknown): NonNullable<PlanDiagnostics['status']> {
  return (
    STATUSES.find((status) => status === value) ??
    fail(`status must be one of ${STATUSES.map((status) => JSON.stringify(status)).join(', ')}`, value)
  );
}

/** Reads a plan of `planner`. @throws CheckpointError when it does not fit. */
export function decodePlan(checkpoint: Checkpoint, json: JsonRecord, planner: Planner): Plan {
  const { horizon, actionSize } = planner;
  const curve = (name: string): number[] =>
    Array.from(checkpointArray(checkpoint, name, { dtype: 'float64', shape: [null], caller: CALLER }).data);
  const has = (name: string): boolean => checkpoint.arrays[name] !== undefined;
  const most = Number.MAX_SAFE_INTEGER;
  const plan: Plan = {
    actions: finiteArray(checkpoint, 'actions', [horizon, actionSize]),
    state: {
      actions: finiteArray(checkpoint, 'stateActions', [horizon, actionSize]),
      kept: checkpointArray(checkpoint, 'stateKept', { dtype: 'float32', shape: [null, horizon, actionSize], caller: CALLER }).data.slice(),
      ...(has('stateSpread') && { spread: finiteArray(checkpoint, 'stateSpread', [horizon, null]) }),
    },
    diagnostics: {
      bestReturnByIteration: curve('bestReturnByIteration'),
      eliteReturnByIteration: curve('eliteReturnByIteration'),
      spreadByIteration: curve('spreadByIteration'),
      evaluationCount: countOf(json, 'evaluationCount', 0, most),
      nonFiniteCount: countOf(json, 'nonFiniteCount', 0, most),
      ...(json['iterationCount'] !== undefined && { iterationCount: countOf(json, 'iterationCount', 0, most) }),
      ...(json['status'] !== undefined && { status: statusOf(json['status']) }),
      ...Object.fromEntries(SOME_CURVES.filter(has).map((name) => [name, curve(name)])),
      ...(json['phaseMilliseconds'] !== undefined && { phaseMilliseconds: phasesOf(json['phaseMilliseconds']) }),
      ...(json['recordedIterations'] !== undefined && {
        elitesByIteration: Array.from({ length: countOf(json, 'recordedIterations', 0, 1e6) }, (_, i) =>
          finiteArray(checkpoint, `elites-${i}`, [null, horizon, actionSize]),
        ),
      }),
    },
  };
  try {
    planner.shift(plan.state);
  } catch (cause) {
    fail('the state must fit this planner', cause instanceof Error ? cause.message : cause, cause);
  }
  return plan;
}
