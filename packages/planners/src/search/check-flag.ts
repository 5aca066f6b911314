/** A check at the door for options that are on or off. */
import { OptionError } from '@mbrl/core';

/** Returns `value` when it is true or false. @throws OptionError otherwise. */
export function checkFlag(caller: string, name: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw new OptionError(`${caller}: ${name} must be true or false, got ${String(value)}`);
  return value;
}
