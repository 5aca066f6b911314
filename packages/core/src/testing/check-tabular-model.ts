/** The clause of an environment about its tables: they are well formed, and say what `reset` and `step` do. */
import { checkTabularModel } from '../check-tabular-model.js';
import type { Environment } from '../environment.js';
import { MbrlError } from '../errors.js';
import { createRng } from '../rng.js';
import type { TabularModel } from '../tabular-model.js';
import type { EnvironmentCheck } from './check-environment.js';

/** Says what is wrong with tables in themselves, or returns undefined when nothing is. */
function faultOfTables(model: TabularModel, stateCount: number, actionCount: number): string | undefined {
  if (model.stateCount !== stateCount || model.actionCount !== actionCount)
    return `tabularModel: must have the spaces' ${stateCount} states and ${actionCount} actions, got ${model.stateCount} and ${model.actionCount}`;
  try {
    checkTabularModel('tabularModel', model);
  } catch (error) {
    if (error instanceof MbrlError) return error.message;
    throw error;
  }
  return undefined;
}

/** Plays on, and looks each start and each step up in the tables of its moment. */
export function checkTables(check: EnvironmentCheck): void {
  const {
    factory,
    seed,
    stepLimit,
    chooseAction,
    contract: { require },
  } = check;
  const environment: Environment = factory();
  const { observationSpace, actionSpace } = environment;
  if (!environment.tabularModel) return;
  if (observationSpace.kind !== 'discrete' || actionSpace.kind !== 'discrete')
    return require('tabular-model', false, 'an environment with tables must have discrete observations and actions');
  let judged: TabularModel | undefined;
  const tables = (): TabularModel => {
    const model = environment.tabularModel!;
    if (model !== judged) {
      const fault = faultOfTables(model, observationSpace.count, actionSpace.count);
      require('tabular-model', fault === undefined, () => fault!);
      judged = model;
    }
    return model;
  };
  const rng = createRng(seed).split('tables');
  for (let episode = 0; episode < 3; episode++) {
    let { observation } = environment.reset({ seed: seed + episode });
    require('tabular-model', tables().startProbabilities[observation[0]!]! > 0, () =>
      `an episode must start where the tables say, got state ${observation[0]}`);
    for (let t = 0; t < stepLimit; t++) {
      const model = tables();
      const state = observation[0]!;
      const action = chooseAction(Float32Array.from(observation), rng);
      const choice = typeof action === 'number' ? action : action[0]!;
      const pair = state * model.actionCount + choice;
      const result = environment.step(action);
      let isOutcome = false;
      for (let i = model.offsets[pair]!; i < model.offsets[pair + 1]! && !isOutcome; i++) {
        isOutcome =
          model.probabilities[i]! > 0 &&
          model.nextStates[i] === result.observation[0] &&
          model.rewards[i] === result.reward &&
          (model.endings[i] === 1) === result.terminated;
      }
      require('tabular-model', isOutcome, () =>
        `every step must be an outcome of the tables, got state ${result.observation[0]}, reward ${result.reward}, terminated ${result.terminated} after action ${choice} in state ${state}`);
      if (result.terminated || result.truncated) break;
      ({ observation } = result);
    }
  }
}
