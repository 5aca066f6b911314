/** The clauses of an environment about actions that are refused, and about saving and restoring. */
import type { Environment, EnvironmentState } from '../environment.js';
import type { Json } from '../json.js';
import { stringifyJson } from '../json-text.js';
import { createRng } from '../rng.js';
import { sampleSpace } from '../space.js';
import type { EnvironmentCheck } from './check-environment.js';
import { playEpisode, playOn, type RecordedStep, sameSteps } from './episode.js';

/** A few steps after a reset, from where things are tried. */
function midEpisode(check: EnvironmentCheck): { readonly environment: Environment; readonly last: Float32Array } {
  const environment = check.factory();
  const steps = playEpisode({ ...check, stepLimit: Math.min(5, check.stepLimit) }, environment, check.seed);
  const last = steps.at(-1)!;
  if (!last.ended) return { environment, last: last.observation };
  return { environment, last: environment.reset({ seed: check.seed }).observation };
}

/** The rest of the episode and the next one, so that the generator's state is compared too. */
function future(check: EnvironmentCheck, environment: Environment, last: Float32Array): RecordedStep[] {
  const rest = playOn(check, environment, last, createRng(check.seed).split('future'), check.stepLimit);
  return [...rest, ...playEpisode(check, environment)];
}

/** What an action may be: read only, a number for one component, and refused when wrong, without a trace. */
export function checkActions(check: EnvironmentCheck): void {
  const {
    contract: { require, requireThrow, allow },
  } = check;
  const { environment, last } = midEpisode(check);
  const space = environment.actionSpace;
  const wrong: [clause: 'action-size' | 'action-finite' | 'action-range', code: 'SHAPE' | 'OPTION', action: number | number[]][] = [
    ['action-size', 'SHAPE', []],
    ['action-size', 'SHAPE', Array.from({ length: space.size + 1 }, () => 0)],
  ];
  if (space.size > 1) wrong.push(['action-size', 'SHAPE', 0]);
  for (const value of [NaN, Infinity, -Infinity]) {
    wrong.push(['action-finite', 'OPTION', Array.from({ length: space.size }, (_, i) => (i === space.size - 1 ? value : 0))]);
    if (space.size === 1) wrong.push(['action-finite', 'OPTION', value]);
  }
  if (space.kind === 'discrete')
    for (const value of [-1, space.count, 0.5]) wrong.push(['action-range', 'OPTION', value], ['action-range', 'OPTION', [value]]);
  for (const [clause, code, action] of wrong)
    requireThrow(clause, code, `step(${JSON.stringify(action)}) of ${String(action)}`, () => environment.step(action));
  const expected = future(check, ...spread(midEpisode(check)));
  const difference = sameSteps(expected, future(check, environment, last));
  require('refusal-unchanged', difference === undefined, `refused actions must not change what follows, got ${difference}`);

  const action = sampleSpace(space, createRng(check.seed).split('action'));
  const kept = Float32Array.from(action);
  const started = midEpisode(check).environment;
  const result = started.step(action);
  require('action-untouched', action.every((value, i) => value === kept[i]), 'step must not write to the action');
  if (space.size !== 1) return;
  const byNumber = allow('action-number', 'step(number) for one component', () => midEpisode(check).environment.step(kept[0]!));
  const equal = byNumber.reward === result.reward && byNumber.observation.every((value, i) => value === result.observation[i]);
  require('action-number', equal, `step(${kept[0]}) and step([${kept[0]}]) must give the same`);
}

const spread = ({ environment, last }: ReturnType<typeof midEpisode>): [Environment, Float32Array] => [environment, last];

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Versions of a state with one thing wrong each: a field missing, a field of another type, an entry missing. */
function spoiled(state: Json): [what: string, state: Json][] {
  if (Array.isArray(state) && state.length > 0) {
    return [
      ['a state without its last entry', state.slice(0, -1)],
      ...state.map((_, i): [string, Json] => [`a state with the text "x" at ${i}`, state.map((value: Json, j) => (i === j ? 'x' : value))]),
    ];
  }
  if (!isRecord(state)) return [];
  return Object.keys(state).flatMap((key): [string, Json][] => {
    const { [key]: _, ...rest } = state;
    const nested = spoiled(state[key]!).map(([what, inner]): [string, Json] => [`${what} (in ${key})`, { ...state, [key]: inner }]);
    return [[`a state without ${key}`, rest], [`a state whose ${key} is { x: 1 }`, { ...state, [key]: { x: 1 } }], ...nested];
  });
}

/** Saving and restoring: exact, through JSON, into another instance, at an end, without aliasing; garbage is refused. */
export function checkSaving(check: EnvironmentCheck): void {
  const {
    factory,
    seed,
    contract: { require, requireThrow, allow },
  } = check;
  const { environment, last } = midEpisode(check);
  const state = allow('save-restore', 'saveState()', () => environment.saveState());
  allow('save-restore', 'writing the state as JSON', () => stringifyJson('saveState', 'state', state));
  const text = JSON.stringify(state);
  const expected = future(check, environment, last);
  require('save-aliasing', JSON.stringify(state) === text, 'a saved state must not change when the environment goes on');

  const restoreInto = (target: Environment, from: EnvironmentState, where: string): void => {
    allow('save-restore', `restoreState ${where}`, () => target.restoreState(from));
    const difference = sameSteps(expected, future(check, target, last));
    require('save-restore', difference === undefined, `what follows a restore ${where} must be equal bit for bit, got ${difference}`);
    require('save-aliasing', JSON.stringify(state) === text, 'a saved state must not change when what was restored from it goes on');
  };
  restoreInto(environment, state, 'after other play');
  restoreInto(environment, state, 'for a second time');
  restoreInto(environment, JSON.parse(text) as Json, 'through JSON');
  restoreInto(factory(), JSON.parse(text) as Json, 'into a new instance');
  const busy = factory();
  playEpisode(check, busy, seed + 1);
  restoreInto(busy, JSON.parse(text) as Json, 'into an instance in use');

  const ended = factory();
  const finished = playEpisode(check, ended, seed).at(-1)!;
  if (finished.ended) {
    const heir = factory();
    const after = allow('save-restore', 'saveState() after an end', () => ended.saveState());
    allow('save-restore', 'restoreState of an ended episode', () => heir.restoreState(after));
    requireThrow('save-restore', 'LIFECYCLE', 'a step after restoring an ended episode', () => heir.step(finished.action));
  }

  const tried = midEpisode(check);
  const garbage: [string, unknown][] = [
    ['null', null],
    ['a text', 'state'],
    ['a number', 42],
    ['an empty record', {}],
    ['an empty list', []],
    ['undefined', undefined],
    ...spoiled(state),
  ];
  for (const [what, value] of garbage)
    requireThrow('restore-garbage', 'OPTION', `restoring ${what}`, () => tried.environment.restoreState(value as Json));
  const difference = sameSteps(expected, future(check, tried.environment, tried.last));
  require('restore-garbage', difference === undefined, `a refused restore must not change what follows, got ${difference}`);
}
