/** The check of a tabular model at the door of the planners that use it. */
import { checkNumber, OptionError, ShapeError, type TabularModel } from '@mbrl/core';

/** How far the probabilities of a pair may be from 1 in sum. */
const rounding = 1e-9;

/**
 * Checks sizes, indices, probabilities and rewards.
 * @throws ShapeError on arrays that do not fit together, OptionError on a value that a model cannot have; both name the
 * state and action.
 */
export function checkTabularModel(caller: string, model: TabularModel): void {
  const { stateCount, actionCount, discount, offsets, nextStates, probabilities, rewards, endings, startProbabilities } = model;
  checkNumber(caller, 'model.discount', discount, { min: 0, max: 1 });
  const pairs = stateCount * actionCount;
  const outcomes = offsets[pairs] ?? -1;
  const length = (name: string, array: ArrayLike<number>, wanted: number): void => {
    if (array.length !== wanted) throw new ShapeError(`${caller}: model.${name} must have ${wanted} elements, got ${array.length}`);
  };
  length('offsets', offsets, pairs + 1);
  length('nextStates', nextStates, outcomes);
  length('probabilities', probabilities, outcomes);
  length('rewards', rewards, outcomes);
  length('endings', endings, outcomes);
  length('startProbabilities', startProbabilities, stateCount);
  if (offsets[0] !== 0) throw new OptionError(`${caller}: model.offsets must begin with 0, got ${offsets[0]}`);
  for (let pair = 0; pair < pairs; pair++) {
    const [from, to] = [offsets[pair]!, offsets[pair + 1]!];
    if (to < from) throw new OptionError(`${caller}: model.offsets must not decrease, got ${from} and ${to} at pair ${pair}`);
  }
  for (let pair = 0; pair < pairs; pair++) {
    const place = `state ${Math.floor(pair / actionCount)} and action ${pair % actionCount}`;
    const [from, to] = [offsets[pair]!, offsets[pair + 1]!];
    let sum = 0;
    for (let k = from; k < to; k++) {
      const [next, probability, reward] = [nextStates[k]!, probabilities[k]!, rewards[k]!];
      if (next < 0 || next >= stateCount) {
        throw new OptionError(`${caller}: model.nextStates must be in [0, ${stateCount - 1}], got ${next} at ${place}`);
      }
      if (!(probability >= 0)) throw new OptionError(`${caller}: model.probabilities must be at least 0, got ${probability} at ${place}`);
      if (!Number.isFinite(reward)) throw new OptionError(`${caller}: model.rewards must be finite, got ${reward} at ${place}`);
      sum += probability;
    }
    if (to > from && Math.abs(sum - 1) > rounding) {
      throw new OptionError(`${caller}: model.probabilities must sum to 1 for each pair, got ${sum} at ${place}`);
    }
  }
}
