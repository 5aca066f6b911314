/** Runs the `mbrl` command with toy presets as a process of its own. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./toy-command.ts', import.meta.url));
const folder = fileURLToPath(new URL('..', import.meta.url));

/** How a process ended. */
export interface ToyExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs the command line to its end.
 * @param options.onOutput called with all output so far whenever there is more; may send signals
 */
export function runToy(
  args: readonly string[],
  options: {
    readonly environment?: { readonly [name: string]: string };
    readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<ToyExit> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@mbrl/source', '--import', 'tsx', script, ...args], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      options.onOutput?.(output, (signal) => child.kill(signal));
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
}

/** All JSON files of a run by path, but for fields that depend on the clock. */
export function timelessContents(run: string): { [path: string]: string } {
  const files = readdirSync(run, { recursive: true, encoding: 'utf8' }).filter((name) => /\.jsonl?$/.test(name));
  return Object.fromEntries(
    files
      .sort()
      .map((name) => [
        name,
        readFileSync(join(run, name), 'utf8').replace(/"(\w*Milliseconds|startedAt)":\s*("[^"]*"|[-\d.e]+|\[[^\]]*\])/g, '"$1":0'),
      ]),
  );
}
