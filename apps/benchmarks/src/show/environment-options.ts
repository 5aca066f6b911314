/** Reads the environment and its options from a command line. */
import { type Environment, OptionError } from '@mbrl/core';
import { environmentNames, loadEnvironment } from '@mbrl/envs';
import { nearestNames } from '../presets/nearest-name.js';

/** Fails on a name that is not registered. @throws OptionError that names the nearest ones. */
export function checkEnvironmentName(name: string): void {
  const names: readonly string[] = environmentNames();
  if (names.includes(name)) return;
  const near = nearestNames(name, names, 3);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : '';
  throw new OptionError(`there is no environment ${JSON.stringify(name)}; ${hint}mbrl list envs shows all ${names.length}`);
}

/**
 * Reads assignments `option=value`. A value is JSON where it can be read as that, else a text; where an option is given
 * twice the last one counts.
 * @throws OptionError on an assignment without a `=`.
 */
export function readEnvironmentOptions(assignments: readonly string[]): { readonly [option: string]: unknown } {
  const options: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals <= 0) throw new OptionError(`--set takes option=value, got ${JSON.stringify(assignment)}`);
    const text = assignment.slice(equals + 1).trim();
    const option = assignment.slice(0, equals).trim();
    try {
      options[option] = JSON.parse(text);
    } catch {
      options[option] = text;
    }
  }
  return options;
}

/** Makes an environment from its name and assignments. @throws OptionError on an unknown name or option, or a value out of bounds. */
export async function openEnvironment(name: string, assignments: readonly string[]): Promise<Environment> {
  checkEnvironmentName(name);
  return loadEnvironment(name, readEnvironmentOptions(assignments));
}
