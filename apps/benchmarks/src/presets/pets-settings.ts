/** The settings of PETS: an ensemble of probabilistic networks, planned through by the cross-entropy method. */
import { OptionError } from '@mbrl/core';
import { type LoopSettings, loopSettingDefinitions } from './loop-settings.js';
import { flag, numberOrList, oneOf, realNumber, type SettingDefinitions, wholeNumber, wholeNumberList } from './setting.js';

/** Everything that can be set of PETS. */
export interface PetsSettings extends LoopSettings {
  readonly ensembleSize: number;
  readonly eliteMemberCount: number;
  readonly hiddenSizes: readonly number[];
  readonly activation: 'silu' | 'leakyRelu' | 'relu' | 'tanh';
  readonly learningRate: number;
  readonly weightDecay: number | readonly number[];
  readonly batchSize: number;
  readonly initialEpochs: number;
  readonly epochs: number;
  readonly holdoutRatio: number;
  readonly patience: number;
  readonly bootstrap: boolean;
  readonly normalizeTargets: boolean;
  readonly learnLogVarianceBounds: boolean;
  readonly randomActionCorrelation: number;
  readonly trainEverySteps: number;
  readonly populationSize: number;
  readonly eliteCount: number;
  readonly iterations: number;
  readonly horizon: number;
  readonly particleCount: number;
  readonly propagation: 'ts1' | 'tsInfinity' | 'expectation' | 'momentMatching';
  readonly endingReward: 'task' | 'none';
  readonly momentum: number;
  readonly keptEliteCount: number;
  readonly noiseCorrelation: number;
  readonly initialStandardDeviationRatio: number;
  readonly minimumStandardDeviationRatio: number;
  readonly sampling: 'truncated' | 'clipped';
  readonly includeMean: boolean;
  readonly returnMean: 'mean' | 'best';
  readonly warmStart: 'returned' | 'mean';
  readonly fill: 'middle' | 'repeat';
  readonly replanEvery: number;
  readonly threads: number;
}

/** Their types, bounds and meaning. */
export const petsSettingDefinitions: SettingDefinitions<PetsSettings> = {
  ...loopSettingDefinitions,
  ensembleSize: wholeNumber('networks in the ensemble', { min: 1, max: 100 }),
  eliteMemberCount: wholeNumber('members that predict, the best on held-out data', { min: 1, max: 100 }),
  hiddenSizes: wholeNumberList('units of each hidden layer', { min: 1, max: 8192 }),
  activation: oneOf('activation of the hidden layers', ['silu', 'leakyRelu', 'relu', 'tanh']),
  learningRate: realNumber("Adam's step size", { above: 0, max: 1 }),
  weightDecay: numberOrList('weight decay, one for all layers or one for each', { min: 0, max: 1 }),
  batchSize: wholeNumber('rows in a training step, by member', { min: 1, max: 65536 }),
  initialEpochs: wholeNumber('epochs of the first fit', { min: 1, max: 100000 }),
  epochs: wholeNumber('epochs of each later fit', { min: 1, max: 100000 }),
  holdoutRatio: realNumber('share of the data held out to judge the fit', { min: 0, below: 1 }),
  patience: wholeNumber('epochs without improvement on held-out data after which a fit ends, 0 for never', { min: 0, max: 100000 }),
  bootstrap: flag('each member learns from its own resampling of the data'),
  normalizeTargets: flag('whether the changes that are learned are scaled to mean 0 and deviation 1'),
  learnLogVarianceBounds: flag('whether the bounds of the predicted variance are learned'),
  randomActionCorrelation: realNumber('correlation of a random action with the one before, 0 for even draws', { min: 0, below: 1 }),
  trainEverySteps: wholeNumber('steps between fits, 0 for once a trial', { min: 0, max: 1000000 }),
  populationSize: wholeNumber('candidate plans in an iteration', { min: 1, max: 100000 }),
  eliteCount: wholeNumber('best candidates that the next iteration draws from', { min: 1, max: 100000 }),
  iterations: wholeNumber('iterations of the search for an action', { min: 1, max: 1000 }),
  horizon: wholeNumber('steps that a plan looks ahead', { min: 1, max: 1000 }),
  particleCount: wholeNumber('imagined futures of each candidate', { min: 1, max: 10000 }),
  propagation: oneOf('how uncertainty travels along a plan', ['ts1', 'tsInfinity', 'expectation', 'momentMatching']),
  endingReward: oneOf('what a plan earns by the step that ends a trial: what the task says, or nothing', ['task', 'none']),
  momentum: realNumber('share of the last mean and variance that is kept (alpha)', { min: 0, below: 1 }),
  keptEliteCount: wholeNumber('elites carried over to the next search', { min: 0, max: 100000 }),
  noiseCorrelation: realNumber('correlation of the noise from one step to the next', { min: 0, below: 1 }),
  initialStandardDeviationRatio: realNumber('standard deviation at the start of a search, as a share of the action range', {
    above: 0,
    max: 1,
  }),
  minimumStandardDeviationRatio: realNumber('least standard deviation after the first iteration, as a share of the action range', {
    min: 0,
    max: 1,
  }),
  sampling: oneOf('how candidates are kept within the bounds', ['truncated', 'clipped']),
  includeMean: flag('the mean is itself a candidate of the last iteration'),
  returnMean: oneOf('whether the mean or the best candidate is carried out', ['mean', 'best']),
  warmStart: oneOf('whether the next search starts from the plan returned or from the mean', ['returned', 'mean']),
  fill: oneOf('what fills the end of a plan that moved up: the middle of the bounds or its last action', ['middle', 'repeat']),
  replanEvery: wholeNumber('steps carried out of each plan', { min: 1, max: 1000 }),
  threads: wholeNumber('threads of the engine, 0 for as many as there are cores', { min: 0, max: 1024 }),
};

/** Refuses combinations that cannot be. @throws OptionError that names both settings. */
export function checkPetsSettings(settings: PetsSettings): void {
  const atMost = (name: keyof PetsSettings, limit: keyof PetsSettings): void => {
    if ((settings[name] as number) > (settings[limit] as number)) {
      throw new OptionError(`settings: ${name} must be at most ${limit}=${String(settings[limit])}, got ${String(settings[name])}`);
    }
  };
  atMost('eliteMemberCount', 'ensembleSize');
  atMost('eliteCount', 'populationSize');
  atMost('keptEliteCount', 'eliteCount');
  atMost('replanEvery', 'horizon');
  const { weightDecay, hiddenSizes } = settings;
  if (typeof weightDecay !== 'number' && weightDecay.length !== hiddenSizes.length + 1) {
    throw new OptionError(
      `settings: weightDecay must be one number or one for each of the ${hiddenSizes.length + 1} layers, got ${weightDecay.length} numbers`,
    );
  }
  if (settings.holdoutRatio === 0 && settings.patience > 0) {
    throw new OptionError(
      `settings: patience needs held-out data, so holdoutRatio must be above 0, got 0 with patience=${settings.patience}`,
    );
  }
  if (settings.holdoutRatio === 0 && settings.eliteMemberCount < settings.ensembleSize) {
    throw new OptionError(
      `settings: elites are chosen on held-out data, so holdoutRatio must be above 0 when eliteMemberCount=${settings.eliteMemberCount} is under ensembleSize=${settings.ensembleSize}, got 0`,
    );
  }
  if (settings.initialSteps < 1)
    throw new OptionError(`settings: initialSteps must be at least 1, or there is nothing to fit, got ${settings.initialSteps}`);
}
