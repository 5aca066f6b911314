/** The clause of an environment about its tables: they are well formed, and say what `reset` and `step` do. */
import type { Environment } from '../environment.js';
import { createRng } from '../rng.js';
import type { TabularModel } from '../tabular-model.js';
import type { EnvironmentCheck } from './check-environment.js';

/** Says what is wrong with tables in themselves, or returns undefined when nothing is. */
function faultOfTables(model: TabularModel, stateCount: number, actionCount: number): string | undefined {
  const { offsets, nextStates, probabilities, rewards, endings, startProbabilities, discount } = model;
  if (model.stateCount !== stateCount || model.actionCount !== actionCount)
    return `must have the spaces' ${stateCount} states and ${actionCount} actions, got ${model.stateCount} and ${model.actionCount}`;
  if (!(discount >= 0 && discount <= 1)) return `discount must be in [0, 1], got ${discount}`;
  const pairCount = stateCount * actionCount;
  if (offsets.length !== pairCount + 1 || offsets[0] !== 0) return `offsets must be ${pairCount + 1} and begin with 0`;
  const count = offsets[pairCount]!;
  for (const [name, array] of Object.entries({ nextStates, probabilities, rewards, endings }))
    if (array.length !== count) return `${name} must have ${count} entries, got ${array.length}`;
  if (startProbabilities.length !== stateCount)
    return `startProbabilities must have ${stateCount} entries, got ${startProbabilities.length}`;
  const isDistribution = (values: Float64Array): boolean =>
    values.every((value) => value >= 0) && Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-9;
  if (!isDistribution(startProbabilities)) return 'startProbabilities must be a distribution';
  for (let pair = 0; pair < pairCount; pair++) {
    const [first, end] = [offsets[pair]!, offsets[pair + 1]!];
    const where = `state ${Math.floor(pair / actionCount)} and action ${pair % actionCount}`;
    if (end < first) return `offsets must not decrease, got ${first} and ${end} at ${where}`;
    if (end > first && !isDistribution(probabilities.subarray(first, end))) return `probabilities of ${where} must be a distribution`;
    for (let i = first; i < end; i++) {
      if (!(nextStates[i]! >= 0 && nextStates[i]! < stateCount))
        return `next states of ${where} must be in [0, ${stateCount - 1}], got ${nextStates[i]}`;
      if (!Number.isFinite(rewards[i])) return `rewards of ${where} must be finite, got ${rewards[i]}`;
      if (endings[i]! > 1) return `endings of ${where} must be 0 or 1, got ${endings[i]}`;
    }
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
      require('tabular-model', fault === undefined, `tabularModel: ${fault}`);
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
