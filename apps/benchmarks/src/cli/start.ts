/** Runs the `mbrl` command of this process. */
import { relative, sep } from 'node:path';
import process from 'node:process';
import { runBenches } from '../bench.js';
import { describeEngines } from '../doctor.js';
import { presets } from '../presets/presets.js';
import { type CliContext, shellWord } from './cli-context.js';
import { main } from './main.js';

/** How this process was called: by its script when that lies below the working folder, else as `mbrl`. */
function invocation(): string {
  const script = process.argv[1];
  const path = script === undefined ? '' : relative('.', script);
  return path !== '' && !path.startsWith('..') && !path.split(sep).includes('node_modules') ? `node ${shellWord(path)}` : 'mbrl';
}

/** Runs the command line of this process and sets its exit code. */
export async function start(overrides: Partial<CliContext> = {}): Promise<void> {
  // Whoever reads this may stop reading, as `head` does; then there is nobody left to write for.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.exitCode = await main(process.argv.slice(2), {
    presets,
    output: process.stdout,
    errorOutput: process.stderr,
    environment: process.env,
    invocation: invocation(),
    describeEngines,
    runBenches,
    ...overrides,
  });
}
