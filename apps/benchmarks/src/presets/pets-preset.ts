/** Presets of PETS. */
import { loopSettingDefaults } from './loop-settings.js';
import { checkPetsSettings, type PetsSettings, petsSettingDefinitions } from './pets-settings.js';
import type { EnvironmentChoice, Goal, Preset } from './preset.js';
import type { SettingDefinition, Settings } from './setting.js';

/** What all PETS presets share unless they say otherwise. */
export const petsDefaults: Omit<PetsSettings, 'trials' | 'stepsPerTrial'> = {
  ...loopSettingDefaults,
  ensembleSize: 5,
  eliteMemberCount: 5,
  hiddenSizes: [200, 200, 200],
  activation: 'silu',
  learningRate: 1e-3,
  weightDecay: 5e-5,
  batchSize: 32,
  initialEpochs: 50,
  epochs: 50,
  holdoutRatio: 0,
  patience: 0,
  bootstrap: true,
  normalizeTargets: true,
  learnLogVarianceBounds: false,
  randomActionCorrelation: 0,
  trainEverySteps: 0,
  populationSize: 500,
  eliteCount: 50,
  iterations: 5,
  horizon: 15,
  particleCount: 20,
  propagation: 'tsInfinity',
  endingReward: 'task',
  momentum: 0.1,
  keptEliteCount: 0,
  noiseCorrelation: 0,
  initialStandardDeviationRatio: 0.25,
  minimumStandardDeviationRatio: 0,
  sampling: 'truncated',
  includeMean: false,
  returnMean: 'mean',
  warmStart: 'returned',
  fill: 'middle',
  replanEvery: 1,
  threads: 0,
};

/** Ours, tuned to be quick: small networks trained for long, few candidates, noise that lasts. */
export const quickPets: Partial<PetsSettings> = {
  stopAfterSolvedTrials: 1,
  hiddenSizes: [64, 64],
  learningRate: 3e-3,
  initialEpochs: 100,
  epochs: 40,
  randomActionCorrelation: 0.9,
  populationSize: 120,
  eliteCount: 12,
  iterations: 3,
  horizon: 25,
  particleCount: 5,
  keptEliteCount: 3,
  noiseCorrelation: 0.7,
  sampling: 'clipped',
  returnMean: 'best',
  // These programs are so small that a second thread costs more than it brings.
  threads: 1,
};

/** Makes a preset that learns `environment` with PETS. */
export function petsPreset(options: {
  readonly name: string;
  readonly description: string;
  readonly environment: EnvironmentChoice;
  readonly goal: Goal;
  readonly settings: Partial<PetsSettings> & Pick<PetsSettings, 'trials' | 'stepsPerTrial'>;
}): Preset {
  const { name, description, environment, goal } = options;
  const settings: PetsSettings = { ...petsDefaults, ...options.settings };
  return {
    name,
    description,
    environment,
    goal,
    definitions: petsSettingDefinitions as unknown as { readonly [key: string]: SettingDefinition },
    settings: settings as PetsSettings & Settings,
    check: (given) => checkPetsSettings(given as unknown as PetsSettings),
    createParts: async (given) => {
      const { createPetsParts } = await import('../run/pets-parts.js');
      return createPetsParts(environment, given as unknown as PetsSettings);
    },
  };
}
