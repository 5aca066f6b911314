/** The classic tasks, for the tests that ask of each what only they have. */
import { classicCatalogue, type ClassicOptions } from '../src/classic/catalogue.js';

/** Name of a classic task. */
export type ClassicName = keyof ClassicOptions;

/** Their names in the registry. */
export const classicNames: readonly (keyof ClassicOptions)[] = Object.keys(classicCatalogue) as ClassicName[];
