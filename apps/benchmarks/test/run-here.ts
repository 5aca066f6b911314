/** Runs the `mbrl` command with toy presets in this process: for what needs no signals. */
import type { CliContext } from '../src/cli/cli-context.js';
import { main } from '../src/cli/main.js';
import { toyPresets } from './toy-presets.js';

/** Runs a command line; gives its exit code and what it wrote. */
export async function runHere(
  args: readonly string[],
  overrides: Partial<CliContext> = {},
): Promise<{ code: number; output: string; errors: string }> {
  let output = '';
  let errors = '';
  const listeners = { on: () => {}, off: () => {} };
  const code = await main(args, {
    presets: toyPresets,
    output: { write: (text) => (output += text), ...listeners },
    errorOutput: { write: (text) => (errors += text) },
    environment: {},
    invocation: 'mbrl',
    describeEngines: async () => [],
    runBenches: async () => {},
    ...overrides,
  });
  return { code, output, errors };
}
