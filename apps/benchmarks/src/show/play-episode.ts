/** Plays one episode and keeps all of it that a page or a picture shows. */
import { type Environment, OptionError, type Scene, ShapeError, type SolidScene, type StepResult } from '@mbrl/core';
import type { ShownPolicy } from './policy-source.js';

/** How an episode came to its end. */
export type EpisodeEnding = 'terminated' | 'truncated' | 'step limit' | 'no more actions';

/** What an environment describes of itself: flat shapes, solids, or nothing. */
export type EpisodeFrames =
  | { readonly kind: 'flat'; readonly scenes: readonly Scene[] }
  | { readonly kind: 'solid'; readonly scenes: readonly SolidScene[] }
  | { readonly kind: 'none' };

/** An episode that was played. */
export interface PlayedSteps {
  /** One more than there are steps. */
  readonly frames: EpisodeFrames;
  /** One more than there are steps, `[O]` each. */
  readonly observations: readonly Float32Array[];
  /** `[A]` each. */
  readonly actions: readonly Float32Array[];
  readonly rewards: readonly number[];
  readonly ending: EpisodeEnding;
}

/** Takes the frames of an environment one by one. */
function frameTaker(environment: Environment): { readonly frames: EpisodeFrames; take(): void } {
  if (environment.solidScene) {
    const scenes: SolidScene[] = [];
    return { frames: { kind: 'solid', scenes }, take: () => scenes.push(environment.solidScene!()) };
  }
  if (environment.scene) {
    const scenes: Scene[] = [];
    return { frames: { kind: 'flat', scenes }, take: () => scenes.push(environment.scene!()) };
  }
  return { frames: { kind: 'none' }, take: () => undefined };
}

/** Takes a step; a refused action is told with the number of its step. */
function stepNamed(environment: Environment, action: Float32Array, number: number): StepResult {
  try {
    return environment.step(action);
  } catch (error) {
    if (error instanceof OptionError || error instanceof ShapeError)
      throw new OptionError(`step ${number}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Plays an episode until it ends, `maxSteps` are taken or the policy has no more actions.
 * @throws OptionError on an action that the environment refuses; the errors of the environment and of the policy.
 */
export async function playEpisode(environment: Environment, policy: ShownPolicy, seed: number, maxSteps: number): Promise<PlayedSteps> {
  const { frames, take } = frameTaker(environment);
  const { observation: first } = environment.reset({ seed });
  const observations = [first];
  const actions: Float32Array[] = [];
  const rewards: number[] = [];
  const ended = (ending: EpisodeEnding): PlayedSteps => ({ frames, observations, actions, rewards, ending });
  take();
  while (actions.length < maxSteps) {
    const action = await policy.act(observations.at(-1)!.slice(), actions.length);
    if (!action) return ended('no more actions');
    const { observation, reward, terminated, truncated } = stepNamed(environment, action, actions.length + 1);
    take();
    observations.push(observation);
    actions.push(action);
    rewards.push(reward);
    if (terminated || truncated) return ended(terminated ? 'terminated' : 'truncated');
  }
  return ended('step limit');
}
