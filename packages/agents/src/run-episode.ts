/** One episode of an agent in an environment: act, step, remember; then learn. */
import type { Agent, Environment } from '@mbrl/core';

/** What an episode came to. */
export interface EpisodeResult {
  /** Sum of rewards. */
  readonly return: number;
  /** Steps taken. */
  readonly stepCount: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Who plays, where, and how. */
export interface EpisodeOptions {
  readonly environment: Environment;
  readonly agent: Agent;
  /** Seed of the start; without, the environment goes on drawing from its own generator. */
  readonly seed?: number;
  /** Whether the agent remembers and learns, after every step when it says it is time. Default true. */
  readonly learn?: boolean;
}

/** Plays one episode to its end. Errors are those of the environment and the agent. */
export async function runEpisode({ environment, agent, seed, learn = true }: EpisodeOptions): Promise<EpisodeResult> {
  let { observation } = environment.reset(seed === undefined ? {} : { seed });
  agent.beginEpisode();
  let total = 0;
  for (let stepCount = 1; ; stepCount++) {
    const action = await agent.act(observation);
    const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
    total += reward;
    if (learn) {
      agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
      await agent.learn();
    }
    if (terminated || truncated) return { return: total, stepCount, terminated, truncated };
    observation = nextObservation;
  }
}
