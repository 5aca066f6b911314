/** Playing episodes and comparing them. */
import type { Action, Environment, Info } from '../environment.js';
import { createRng, type Rng } from '../rng.js';
import { firstDifference, show } from './contract.js';

/** A step as it was played; the first of an episode is its reset, with an empty action. */
export interface RecordedStep {
  /** The observation before, copied; empty for a reset. */
  readonly before: Float32Array;
  readonly action: Float32Array;
  /** The observation after, copied before anybody else saw it. */
  readonly observation: Float32Array;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  readonly info: Info;
  /** Whether the episode ended here. */
  readonly ended: boolean;
}

const asVector = (action: Action): Float32Array => (typeof action === 'number' ? Float32Array.of(action) : Float32Array.from(action));

/** What of an environment is played. */
export type Played = Pick<Environment, 'reset' | 'step'>;

/** How to play. */
export interface Play {
  readonly seed: number;
  readonly stepLimit: number;
  readonly chooseAction: (observation: Float32Array, rng: Rng) => Action;
}

/**
 * Plays an episode to its end or the limit, with actions that depend on the seed and the observations alone.
 * @param seed given to reset; without, the environment goes on with its own generator
 * @param onObservation sees each observation that the environment hands out, the array itself
 */
export function playEpisode(
  play: Play,
  environment: Played,
  seed?: number,
  onObservation?: (observation: Float32Array) => void,
): RecordedStep[] {
  const { observation, info } = seed === undefined ? environment.reset() : environment.reset({ seed });
  const none = new Float32Array(0);
  const first: RecordedStep = {
    before: none,
    action: none,
    observation: Float32Array.from(observation),
    reward: 0,
    terminated: false,
    truncated: false,
    info,
    ended: false,
  };
  onObservation?.(observation);
  return [first, ...playOn(play, environment, first.observation, createRng(play.seed).split('actions'), play.stepLimit, onObservation)];
}

/** Goes on with an episode from the observation that came last. */
export function playOn(
  play: Play,
  environment: Played,
  last: Float32Array,
  rng: Rng,
  stepLimit: number,
  onObservation?: (observation: Float32Array) => void,
): RecordedStep[] {
  const steps: RecordedStep[] = [];
  let before = last;
  for (let t = 0; t < stepLimit && !steps.at(-1)?.ended; t++) {
    const action = play.chooseAction(Float32Array.from(before), rng);
    const result = environment.step(action);
    const observation = Float32Array.from(result.observation);
    steps.push({
      ...result,
      before,
      action: asVector(action),
      observation,
      ended: Boolean(result.terminated) || Boolean(result.truncated),
    });
    onObservation?.(result.observation);
    before = observation;
  }
  return steps;
}

/** Says where two recordings differ first, or returns undefined when they are equal bit for bit (0 and −0 count as equal). */
export function sameSteps(a: readonly RecordedStep[], b: readonly RecordedStep[]): string | undefined {
  for (let t = 0; t < Math.max(a.length, b.length); t++) {
    const [x, y] = [a[t], b[t]];
    if (!x || !y) return `${a.length} and ${b.length} steps`;
    if (firstDifference(x.observation, y.observation) !== -1)
      return `observations ${show(x.observation)} and ${show(y.observation)} at step ${t}`;
    if (firstDifference([x.reward], [y.reward]) !== -1) return `rewards ${x.reward} and ${y.reward} at step ${t}`;
    if (x.terminated !== y.terminated || x.truncated !== y.truncated) return `different ends at step ${t}`;
  }
  return undefined;
}
