/** The benches of `mbrl bench`. */
import { UnsupportedError } from '@mbrl/core';
import type { CliContext } from './cli/cli-context.js';

/** Runs the benches whose name contains `filter`. */
export const runBenches: CliContext['runBenches'] = async () => {
  throw new UnsupportedError('mbrl bench: there are no benches yet');
};
