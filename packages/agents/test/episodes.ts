/** Playing an agent in an environment, step by step. */
import type { Agent, Environment } from '@mbrl/core';

/** What happened in one step. */
export interface PlayedStep {
  readonly action: number[];
  readonly reward: number;
  readonly ended: boolean;
  /** What `learn` gave, where it learned. */
  readonly learned: { readonly [name: string]: number } | undefined;
}

/** Acts, steps, observes and learns; begins a new episode after an end. Gives the next observation too. */
export async function playStep(
  agent: Agent,
  environment: Environment,
  observation: Float32Array,
): Promise<PlayedStep & { readonly next: Float32Array }> {
  const action = await agent.act(observation);
  const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
  agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
  const learned = await agent.learn();
  const ended = terminated || truncated;
  if (ended) agent.beginEpisode();
  return { action: [...action], reward, ended, learned, next: ended ? environment.reset().observation : nextObservation };
}

/** Plays `stepCount` steps from a reset with `seed`. */
export async function play(agent: Agent, environment: Environment, stepCount: number, seed = 0): Promise<PlayedStep[]> {
  let { observation } = environment.reset({ seed });
  agent.beginEpisode();
  const steps: PlayedStep[] = [];
  for (let step = 0; step < stepCount; step++) {
    const { next, ...played } = await playStep(agent, environment, observation);
    steps.push(played);
    observation = next;
  }
  return steps;
}
