/** The settings that every preset has: how long to run and how often to save. */
import { type SettingDefinitions, wholeNumber } from './setting.js';

/** How the run loop goes. */
export interface LoopSettings {
  readonly seed: number;
  readonly trials: number;
  readonly stepsPerTrial: number;
  readonly initialSteps: number;
  readonly totalSteps: number;
  readonly stopAfterSolvedTrials: number;
  readonly checkpointEverySteps: number;
}

/** Their types, bounds and meaning. */
export const loopSettingDefinitions: SettingDefinitions<LoopSettings> = {
  seed: wholeNumber('all randomness of the run is a function of it', { min: 0, max: 4294967295 }),
  trials: wholeNumber('trials after the random data', { min: 0, max: 100000 }),
  stepsPerTrial: wholeNumber('longest trial, in steps', { min: 1, max: 1000000 }),
  initialSteps: wholeNumber('random steps before the first fit', { min: 0, max: 1000000 }),
  totalSteps: wholeNumber('environment steps after which the run ends, 0 for no limit', { min: 0, max: 1000000000 }),
  stopAfterSolvedTrials: wholeNumber('solved trials in a row after which the run ends, 0 for never', { min: 0, max: 100000 }),
  checkpointEverySteps: wholeNumber('steps between checkpoints', { min: 1, max: 1000000 }),
};

/** Values that presets start from. */
export const loopSettingDefaults: Pick<
  LoopSettings,
  'seed' | 'initialSteps' | 'totalSteps' | 'stopAfterSolvedTrials' | 'checkpointEverySteps'
> = {
  seed: 0,
  initialSteps: 200,
  totalSteps: 0,
  stopAfterSolvedTrials: 0,
  checkpointEverySteps: 50,
};
