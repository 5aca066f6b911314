/** What the measurements share: their command lines, and the built `mbrl` command as a process of its own. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const command = fileURLToPath(new URL('../bin/mbrl.mjs', import.meta.url));

/**
 * Runs to the end, or kills after `killAfterMilliseconds` with SIGKILL.
 * @returns {Promise<{ code: number | null, signal: string | null, output: string }>}
 */
export function runMbrl(args, { killAfterMilliseconds = Infinity } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const timer = Number.isFinite(killAfterMilliseconds) ? setTimeout(() => child.kill('SIGKILL'), killAfterMilliseconds) : undefined;
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output });
    });
  });
}

/**
 * Reads a measurement's command line; what follows `--` is passed on to `mbrl run`.
 * @param options as `parseArgs` of Node takes them
 */
export function measurementArguments(options) {
  const own = process.argv.slice(2);
  const split = own.indexOf('--');
  const passedOn = split < 0 ? [] : own.splice(split).slice(1);
  const { values, positionals } = parseArgs({ args: own, allowPositionals: true, options });
  return { values, preset: positionals[0], passedOn };
}
