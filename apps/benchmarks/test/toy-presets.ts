/** The presets of the toy command. */
import type { Preset } from '../src/presets/preset.js';
import { toyPreset } from './toy-preset.js';

/** A long one and a short one. */
export const toyPresets: readonly Preset[] = [
  toyPreset(),
  toyPreset({
    name: 'toy-short',
    description: 'a toy that is over soon',
    settings: { trials: 3, stepsPerTrial: 40, initialSteps: 60, checkpointEverySteps: 5 },
  }),
];
