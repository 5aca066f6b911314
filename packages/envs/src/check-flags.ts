/** Checks of options that are yes or no. A word such as `no` from a command line or a JSON file would count as yes. */
import { OptionError } from '@mbrl/core';

/** Requires true or false. @throws OptionError otherwise, by name. */
export function checkFlags(caller: string, flags: { readonly [name: string]: boolean }): void {
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== 'boolean') throw new OptionError(`${caller}: ${name} must be true or false, got ${JSON.stringify(value)}`);
  }
}
