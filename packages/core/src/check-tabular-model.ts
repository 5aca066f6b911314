/** The check of tables at the door of whatever takes them. */
import { OptionError, ShapeError } from './errors.js';
import { checkInteger, checkNumber } from './options.js';
import type { TabularModel } from './tabular-model.js';

/** Greatest distance from 1 of probabilities that should sum to it. */
const sumTolerance = 1e-9;

function checkLength(caller: string, name: string, array: ArrayLike<number>, length: number): void {
  if (array.length !== length) throw new ShapeError(`${caller}: ${name} must have ${length} entries, got ${array.length}`);
}

function checkDistribution(caller: string, where: string, probabilities: Float64Array, from: number, to: number): void {
  let sum = 0;
  for (let k = from; k < to; k++) sum += checkNumber(caller, `probability of ${where}`, probabilities[k]!, { min: 0 });
  if (Math.abs(sum - 1) > sumTolerance) throw new OptionError(`${caller}: probabilities of ${where} must sum to 1, got ${sum}`);
}

/**
 * Checks that tables are a finite Markov decision process, and returns them.
 * @param caller names the function in error messages
 * @throws ShapeError on an array of a wrong length; OptionError on offsets that decrease, a state out of range, a
 * probability that is negative, probabilities that do not sum to 1, a reward that is not finite, or an ending that is
 * neither 0 nor 1. The message names the state and the action.
 */
export function checkTabularModel(caller: string, model: TabularModel): TabularModel {
  const { stateCount, actionCount, offsets, nextStates, probabilities, rewards, endings, startProbabilities } = model;
  checkInteger(caller, 'stateCount', stateCount, { min: 1 });
  checkInteger(caller, 'actionCount', actionCount, { min: 1 });
  checkNumber(caller, 'discount', model.discount, { min: 0, max: 1 });
  const pairCount = stateCount * actionCount;
  checkLength(caller, 'offsets', offsets, pairCount + 1);
  if (offsets[0] !== 0) throw new OptionError(`${caller}: offsets must begin with 0, got ${offsets[0]}`);
  for (const [name, array] of Object.entries({ nextStates, probabilities, rewards, endings })) {
    checkLength(caller, name, array, offsets[pairCount]!);
  }
  checkLength(caller, 'startProbabilities', startProbabilities, stateCount);
  const place = (pair: number): string => `state ${Math.floor(pair / actionCount)} and action ${pair % actionCount}`;
  for (let pair = 0; pair < pairCount; pair++) {
    const [first, end] = [offsets[pair]!, offsets[pair + 1]!];
    if (end < first) throw new OptionError(`${caller}: offsets must not decrease, got ${first} and ${end} at ${place(pair)}`);
  }
  for (let pair = 0; pair < pairCount; pair++) {
    const [first, end] = [offsets[pair]!, offsets[pair + 1]!];
    if (end > first) checkDistribution(caller, place(pair), probabilities, first, end);
    for (let k = first; k < end; k++) {
      checkInteger(caller, `next state of ${place(pair)}`, nextStates[k]!, { min: 0, max: stateCount - 1 });
      checkNumber(caller, `reward of ${place(pair)}`, rewards[k]!);
      checkInteger(caller, `ending of ${place(pair)}`, endings[k]!, { min: 0, max: 1 });
    }
  }
  checkDistribution(caller, 'the start', startProbabilities, 0, stateCount);
  return model;
}
