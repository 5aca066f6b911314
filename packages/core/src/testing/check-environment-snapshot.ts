/** The clauses of an environment about what planners use to simulate: snapshots of its state, and new seeds from there. */
import type { Environment } from '../environment.js';
import { createRng } from '../rng.js';
import type { EnvironmentCheck } from './check-environment.js';
import { firstDifference } from './contract.js';
import { playEpisode, playOn, type RecordedStep, sameSteps } from './episode.js';

/** Snapshots, where offered: exact to the end of the episode, in any instance, without aliasing, and of one length. */
export function checkSnapshots(check: EnvironmentCheck): void {
  const {
    factory,
    seed,
    contract: { require, requireThrow, allow },
  } = check;
  const environment = factory();
  require('snapshot', (environment.snapshot === undefined) ===
    (environment.restoreSnapshot === undefined), 'snapshot and restoreSnapshot must be offered together or not at all');
  if (!environment.snapshot) return;
  const take = (from: Environment, into?: Float64Array): Float64Array => allow('snapshot', 'snapshot()', () => from.snapshot!(into));

  const start = playEpisode({ ...check, stepLimit: Math.min(5, check.stepLimit) }, environment, seed);
  const last = start.at(-1)!.ended ? environment.reset({ seed }).observation : start.at(-1)!.observation;
  const rest = (of: Environment): RecordedStep[] => playOn(check, of, last, createRng(seed).split('rest'), check.stepLimit);
  const buffer = take(environment);
  require('snapshot', buffer instanceof Float64Array && buffer.length > 0, 'a snapshot must be a Float64Array that is not empty');
  const kept = buffer.slice();
  const into = new Float64Array(buffer.length).fill(NaN);
  require('snapshot', take(environment, into) === into, 'snapshot(into) must return the array that it was given');
  require('snapshot', firstDifference(into, kept) === -1, 'snapshot(into) must hold what snapshot() holds');
  require('snapshot', take(factory()).length === kept.length, 'all snapshots must have one length, before a reset too');
  const expected = rest(environment);
  require('snapshot', firstDifference(buffer, kept) === -1, 'a snapshot must not change when the environment goes on');
  require('snapshot', take(environment).length === kept.length, 'all snapshots must have one length, after an end too');

  const restoreInto = (target: Environment, where: string): void => {
    allow('snapshot', `restoreSnapshot ${where}`, () => target.restoreSnapshot!(buffer));
    const difference = sameSteps(expected, rest(target));
    require('snapshot', difference ===
      undefined, `the episode after restoreSnapshot ${where} must be equal bit for bit, got ${difference}`);
    require('snapshot', firstDifference(buffer, kept) === -1, 'restoreSnapshot must only read, and keep nothing of the buffer');
  };
  restoreInto(environment, 'after other play');
  restoreInto(environment, 'for a second time');
  restoreInto(factory(), 'into a new instance');
  const busy = factory();
  playEpisode(check, busy, seed + 1);
  restoreInto(busy, 'into an instance in use');

  const ended = factory();
  const finished = playEpisode(check, ended, seed).at(-1)!;
  if (finished.ended) {
    const after = take(ended);
    allow('snapshot', 'restoreSnapshot of an ended episode', () => busy.restoreSnapshot!(after));
    requireThrow('snapshot', 'LIFECYCLE', 'a step after restoring an ended episode', () => busy.step(finished.action));
  }
  allow('snapshot', 'restoreSnapshot', () => busy.restoreSnapshot!(buffer));
  for (const length of [kept.length - 1, kept.length + 1]) {
    const wrong = new Float64Array(length);
    requireThrow('snapshot', 'SHAPE', `snapshot into an array of ${length}`, () => busy.snapshot!(wrong));
    requireThrow('snapshot', 'SHAPE', `restoreSnapshot of an array of ${length}`, () => busy.restoreSnapshot!(wrong));
  }
  const difference = sameSteps(expected, rest(busy));
  require('snapshot', difference === undefined, `a refused snapshot must not change what follows, got ${difference}`);
}

/**
 * Reseeding, where offered: what follows is a function of the state and the seed, in any instance; it depends on the
 * seed, where resets do; bad seeds are refused.
 */
export function checkReseeding(check: EnvironmentCheck, seedsDiffer: boolean): void {
  const {
    factory,
    seed,
    contract: { require, requireThrow, allow },
  } = check;
  const environment = factory();
  if (!environment.reseed) return;
  const { observation } = environment.reset({ seed });
  const state = environment.saveState();
  const follow = (target: Environment, newSeed: number): RecordedStep[] => {
    allow('reseed', 'restoreState before reseed', () => target.restoreState(state));
    allow('reseed', `reseed(${newSeed})`, () => target.reseed!(newSeed));
    return [...playOn(check, target, observation, createRng(seed).split('reseeded'), check.stepLimit), ...playEpisode(check, target)];
  };
  const expected = follow(environment, seed + 1);
  const busy = factory();
  playEpisode(check, busy, seed + 2);
  const difference = sameSteps(expected, follow(busy, seed + 1));
  require('reseed', difference === undefined, `what follows must be a function of the state and the seed, got ${difference}`);
  const differs = sameSteps(expected, follow(busy, seed + 3)) !== undefined;
  require('reseed', differs ||
    !seedsDiffer, `what follows must depend on the seed, got the same after reseed(${seed + 1}) and reseed(${seed + 3})`);
  for (const bad of [-1, 0.5, NaN, 2 ** 32]) requireThrow('reseed', 'OPTION', `reseed(${bad})`, () => environment.reseed!(bad));
}
