/** Makes the parts of a PETS run: environment, agent and the judgement of its model. */
import { UnsupportedError } from '@mbrl/core';
import type { PetsSettings } from '../presets/pets-settings.js';
import type { EnvironmentChoice } from '../presets/preset.js';
import type { RunParts } from './run-parts.js';

/** Makes the parts from the preset's environment and its settings. */
export async function createPetsParts(environment: EnvironmentChoice, settings: PetsSettings): Promise<RunParts> {
  throw new UnsupportedError(`createPetsParts: ${environment.name} with ${settings.ensembleSize} networks is not there yet`);
}
