import { createEnvironment, loadMujoco, type MujocoEnvironment } from '@mbrl/envs';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

interface Episode {
  /** Options of Gymnasium's constructor. */
  readonly options?: { readonly [name: string]: unknown };
  readonly qpos0: readonly number[];
  readonly qvel0: readonly number[];
  readonly observation0: readonly number[];
  readonly info0?: { readonly [name: string]: readonly number[] };
  readonly actions: readonly (readonly number[])[];
  /** Observations after every `every`-th step; after each where absent. */
  readonly every?: number;
  readonly observations: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly terminated: readonly boolean[];
  /** Info, positions and velocities after the last step. */
  readonly info?: { readonly [name: string]: readonly number[] };
  readonly qpos?: readonly number[];
  readonly qvel?: readonly number[];
}

const folder = new URL('data/mujoco/', import.meta.url);
const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const numbersOf = (value: unknown): number[] => [value].flat().map(Number);

/** Greatest difference, in units of 1 + the value expected. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(0, ...Array.from(actual, (value, i) => Math.abs(value - expected[i]!) / (1 + Math.abs(expected[i]!))));
}

function checkReplay(name: string, episode: Episode): void {
  // HalfCheetah's first contacts amplify rounding: native and WebAssembly builds of one model part by 1e-5 there.
  const tolerance = name === 'HalfCheetah-v5' ? 1e-4 : 1e-6;
  const options = Object.fromEntries(Object.entries(episode.options ?? {}).map(([key, value]) => [camelCase(key), value]));
  const environment = createEnvironment(name, options) as MujocoEnvironment;
  const check = (what: string, actual: unknown, expected: unknown): void => {
    expect(difference(numbersOf(actual), numbersOf(expected)), what).toBeLessThanOrEqual(tolerance);
  };
  const start = environment.reset({ qpos: episode.qpos0, qvel: episode.qvel0 });
  check('first observation', Array.from(start.observation), episode.observation0);
  for (const [key, value] of Object.entries(episode.info0 ?? {})) check(`first info ${key}`, start.info[key], value);
  const every = episode.every ?? 1;
  episode.actions.forEach((action, t) => {
    const result = environment.step(action);
    if ((t + 1) % every === 0)
      check(`observation after step ${t + 1}`, Array.from(result.observation), episode.observations[(t + 1) / every - 1]!);
    check(`reward of step ${t + 1}`, result.reward, episode.rewards[t]);
    expect(result.terminated, `end at step ${t + 1}`).toBe(episode.terminated[t]);
    if (episode.info && t === episode.actions.length - 1) {
      expect(Object.keys(result.info).sort()).toEqual(Object.keys(episode.info).sort());
      for (const [key, value] of Object.entries(episode.info)) check(`info ${key}`, result.info[key], value);
    }
  });
  if (episode.qpos) check('last positions', Array.from(environment.qpos), episode.qpos);
  if (episode.qvel) check('last velocities', Array.from(environment.qvel), episode.qvel);
  environment.dispose();
}

const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const cases = files.flatMap((file) => {
  const { env, episodes } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { env: string; episodes: Episode[] };
  return episodes.map((episode, i) => [env, file, i, episode] as const);
});

describe('Gymnasium 1.3 reference trajectories, MuJoCo', () => {
  beforeAll(() => loadMujoco());

  it('has data for every -v5 task', () => {
    expect(new Set(cases.map(([name]) => name)).size).toBe(10);
  });

  it.each(cases)('%s (%s, episode %i)', (name, _file, _index, episode) => checkReplay(name, episode));
});
