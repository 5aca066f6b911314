/** Reads what a MuJoCo task saved, and refuses what none did. */
import { createRng, type EnvironmentState, type Json, OptionError, type Rng } from '@mbrl/core';

/** A saved state, read. */
export interface SavedTask<Phase extends string, Part extends string> {
  readonly phase: Phase;
  readonly elapsedSteps: number;
  readonly time: number;
  readonly rng: Rng;
  readonly parts: { readonly [Name in Part]: readonly number[] };
}

/** What a saved state must be like. */
export interface SavedTaskForm<Phase extends string, Part extends string> {
  readonly phases: readonly Phase[];
  readonly maxSteps: number;
  /** Length of each list of numbers. */
  readonly sizes: { readonly [Name in Part]: number };
}

const show = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);

/**
 * Reads a saved state of the task `name`.
 * @throws OptionError on anything else than what it saved.
 */
export function readSavedTask<Phase extends string, Part extends string>(
  name: string,
  saved: EnvironmentState,
  { phases, maxSteps, sizes }: SavedTaskForm<Phase, Part>,
): SavedTask<Phase, Part> {
  const refuse = (what: string, requirement: string, value: unknown): never => {
    throw new OptionError(`${name}.restoreState: ${what} must be ${requirement}, got ${show(value)}`);
  };
  const isRecord = typeof saved === 'object' && saved !== null && !Array.isArray(saved);
  const record = (isRecord ? saved : {}) as { readonly [key: string]: Json };
  if (record['environment'] !== name) refuse('state', `one that ${name} saved`, isRecord ? record['environment'] : saved);
  const phase =
    phases.find((candidate) => candidate === record['phase']) ?? refuse('phase', `one of ${phases.join(', ')}`, record['phase']);
  const { elapsedSteps, time } = record;
  if (!Number.isInteger(elapsedSteps) || (elapsedSteps as number) < 0 || (elapsedSteps as number) > maxSteps)
    refuse('elapsedSteps', `an integer in [0, ${maxSteps}]`, elapsedSteps);
  if (typeof time !== 'number' || !(time >= 0)) refuse('time', 'a number of at least 0', time);
  const parts = Object.entries<number>(sizes).map(([part, size]) => {
    const values = record[part];
    const fits =
      Array.isArray(values) && values.length === size && values.every((value) => typeof value === 'number' && Number.isFinite(value));
    if (!fits) refuse(part, `${size} finite numbers`, values);
    return [part, values];
  });
  const rng = createRng(0);
  try {
    rng.restore(record['rng'] ?? null);
  } catch {
    refuse('rng', "a generator's saved state", record['rng']);
  }
  return {
    phase,
    elapsedSteps: elapsedSteps as number,
    time: time as number,
    rng,
    parts: Object.fromEntries(parts) as { readonly [Name in Part]: readonly number[] },
  };
}
