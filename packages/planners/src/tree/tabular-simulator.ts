/** A tabular model as a simulator: a state is its index. */
import { checkTabularModel, discreteSpace, type GenerativeModel, OptionError, type TabularModel } from '@mbrl/core';

/**
 * Makes a simulator that draws from the tables; a state is one number, its index.
 * @throws OptionError or ShapeError on tables that do not fit together; (on `step`) OptionError on an action that cannot
 * be taken.
 */
export function tabularSimulator(model: TabularModel): GenerativeModel {
  checkTabularModel('tabularSimulator', model);
  const { actionCount, offsets, nextStates, probabilities, rewards, endings } = model;
  return {
    stateSize: 1,
    actionSpace: discreteSpace(actionCount),
    step(state, action, next, rng) {
      const pair = state[0]! * actionCount + action[0]!;
      const to = offsets[pair + 1]!;
      let k = offsets[pair]!;
      if (!(k < to)) throw new OptionError(`tabularSimulator: action must have outcomes in state ${state[0]}, got ${action[0]}`);
      let rest = rng.uniform() - probabilities[k]!;
      while (rest >= 0 && k + 1 < to) {
        k += 1;
        rest -= probabilities[k]!;
      }
      next[0] = nextStates[k]!;
      return { reward: rewards[k]!, terminated: endings[k] === 1 };
    },
  };
}
