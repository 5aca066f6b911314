/** Reads a whole number from a command line. */
import { OptionError } from '@mbrl/core';

/** Reads `text` as a whole number in [min, max]. @throws OptionError that names the option. */
export function readWholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new OptionError(`${name} must be a whole number in [${min}, ${max}], got ${JSON.stringify(text)}`);
  return value;
}
