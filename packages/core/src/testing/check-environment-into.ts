/** The clause of an environment about the array that a caller lends to `step` for the observation. */
import type { StepResult } from '../environment.js';
import { createRng } from '../rng.js';
import { sampleSpace } from '../space.js';
import type { EnvironmentCheck } from './check-environment.js';
import { firstDifference } from './contract.js';
import { type Played, playEpisode, type RecordedStep, sameSteps } from './episode.js';

const mark = 12345;

/** The array given is returned and holds what a new one would, bit for bit; it is not kept; a wrong size changes nothing. */
export function checkInto(check: EnvironmentCheck): void {
  const {
    factory,
    seed,
    contract: { require, requireThrow },
  } = check;
  const expected = playEpisode(check, factory(), seed);
  const { observationSpace, actionSpace } = factory();
  const compare = (steps: readonly RecordedStep[], how: string): void => {
    const difference = sameSteps(expected, steps);
    require('into', difference === undefined, `an episode ${how} must be equal bit for bit, got ${difference}`);
  };

  const environment = factory();
  const into = new Float32Array(observationSpace.size);
  const lending: Played = {
    reset: (options) => environment.reset(options),
    step(action) {
      const result = environment.step(action, into.fill(NaN));
      require('into', result.observation === into, 'step(action, into) must return the array that it was given as the observation');
      return result;
    },
  };
  compare(playEpisode(check, lending, seed), 'whose observations are written into one array');

  // Lent for every second step: what the caller writes to it later, and the steps between, go by each other. A result
  // of a step without it stays as it is; one with it holds until the next step.
  const other = factory();
  let t = 0;
  let kept: { readonly result: StepResult; readonly copy: StepResult } | undefined;
  const checkKept = (later: StepResult): void => {
    if (kept === undefined) return;
    const { result, copy } = kept;
    const { observation, reward, terminated, truncated } = result;
    const isSame = Object.is(reward, copy.reward) && terminated === copy.terminated && truncated === copy.truncated;
    const isKept = isSame && result !== later && firstDifference(observation, copy.observation) === -1;
    require('into', isKept, 'a result of step(action) must stay as it is at later steps');
  };
  const between: Played = {
    reset: (options) => other.reset(options),
    step(action) {
      if (t++ % 2 === 0) {
        const result = other.step(action, into);
        const observation = into.slice();
        into.fill(mark);
        checkKept(result);
        return { ...result, observation };
      }
      const result = other.step(action);
      require('into', result.observation !== into &&
        into.every((value) => value === mark), 'step must not keep the array that it was given');
      checkKept(result);
      kept = { result, copy: { ...result, observation: result.observation.slice() } };
      return result;
    },
  };
  compare(playEpisode(check, between, seed), 'with an array lent for every second step');

  const refusing = factory();
  let asked = false;
  const refused: Played = {
    reset: (options) => refusing.reset(options),
    step(action) {
      if (!asked) {
        asked = true;
        for (const length of [0, observationSpace.size - 1, observationSpace.size + 1]) {
          const wrong = new Float32Array(length).fill(mark);
          requireThrow('into', 'SHAPE', `step into an array of ${length}`, () => refusing.step(action, wrong));
          require('into', wrong.every((value) => value === mark), 'step must not write to an array that it refuses');
        }
        into.fill(mark);
        const bad = Float32Array.from(sampleSpace(actionSpace, createRng(seed))).fill(NaN);
        requireThrow('into', 'OPTION', 'step of an action that is not a number', () => refusing.step(bad, into));
        require('into', firstDifference(into, new Float32Array(into.length).fill(mark)) ===
          -1, 'a refused step must write nothing to the array');
      }
      return refusing.step(action);
    },
  };
  compare(playEpisode(check, refused, seed), 'after arrays of wrong sizes were refused');
}
