import { type ClassicEnvironment, createCartPole, createPendulum } from '@mbrl/envs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Episode {
  readonly state0: readonly number[];
  readonly observation0: readonly number[];
  readonly actions: readonly (number | readonly number[])[];
  readonly observations: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly terminated: readonly boolean[];
}

/** Trajectories recorded from Gymnasium 1.3.0. */
const load = (name: string): readonly Episode[] =>
  (JSON.parse(readFileSync(new URL(`data/${name}.json`, import.meta.url), 'utf8')) as { episodes: Episode[] }).episodes;

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));
};

function replay(environment: ClassicEnvironment, episode: Episode): void {
  const { observation } = environment.reset({ state: episode.state0 });
  expect(largestDifference(observation, episode.observation0)).toBeLessThanOrEqual(1e-7);
  episode.actions.forEach((action, t) => {
    const result = environment.step(action);
    expect(largestDifference(result.observation, episode.observations[t]!)).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(result.reward - episode.rewards[t]!)).toBeLessThanOrEqual(1e-6);
    expect(result.terminated).toBe(episode.terminated[t]);
  });
}

describe('Gymnasium reference trajectories', () => {
  it.each(load('CartPole-v1').map((episode, i) => [i, episode] as const))('CartPole-v1, episode %i', (_, episode) => {
    expect(episode.terminated.at(-1)).toBe(true);
    replay(createCartPole(), episode);
  });

  it.each(load('Pendulum-v1').map((episode, i) => [i, episode] as const))('Pendulum-v1, episode %i', (_, episode) => {
    expect(episode.actions.length).toBeGreaterThanOrEqual(50);
    replay(createPendulum(), episode);
  });
});
