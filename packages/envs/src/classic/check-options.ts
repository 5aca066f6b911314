/** Checks of many options at once, each named in its error. */
import { checkNumber, type NumberBounds } from '@mbrl/core';

/** Checks that every number given is within the bounds. @throws OptionError that names the first which is not. */
export function checkEach(caller: string, values: { readonly [name: string]: number }, bounds: NumberBounds = {}): void {
  for (const [name, value] of Object.entries(values)) checkNumber(caller, name, value, bounds);
}

/** Checks a list of numbers of one length. @throws OptionError on another length, or naming the component out of bounds. */
export function checkVector(caller: string, name: string, values: readonly number[], size: number, bounds: NumberBounds = {}): void {
  if (!Array.isArray(values) || values.length !== size) {
    checkNumber(caller, `the length of ${name}`, Array.isArray(values) ? values.length : NaN, { min: size, max: size });
  }
  values.forEach((value, i) => checkNumber(caller, `${name}[${i}]`, value, bounds));
}
