/** `mbrl run`: runs a preset, shows it, and writes its folder. */
import { relative } from 'node:path';
import process from 'node:process';
import { OptionError } from '@mbrl/core';
import { Command } from 'commander';
import { findPreset, parseAssignment, resolveSettings } from '../presets/resolve-settings.js';
import type { Preset } from '../presets/preset.js';
import type { Settings } from '../presets/setting.js';
import { writeReport } from '../report/write-report.js';
import { freeRunFolder, readConfig, runPaths } from '../run/run-folder.js';
import { runPreset } from '../run/run-preset.js';
import type { RunResult } from '../run/run-record.js';
import { openLiveView } from '../view/live-view.js';
import { createPlainView } from '../view/plain-view.js';
import { runSummary } from '../view/run-summary.js';
import { createTerminalStyle, wantsColours } from '../view/terminal-style.js';
import { type CliContext, shellWord } from './cli-context.js';
import { ExitRequest } from './exit-request.js';

interface RunFlags {
  readonly seed?: string;
  readonly trials?: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly resume?: string;
  readonly plain?: boolean;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** The preset, settings and folder that the command line asks for. @throws OptionError that names what is wrong. */
function readRequest(
  presets: readonly Preset[],
  name: string | undefined,
  flags: RunFlags,
): { preset: Preset; settings: Settings; folder: string; resume: boolean } {
  const assignments = [...flags.set];
  if (flags.seed !== undefined) assignments.push(`seed=${flags.seed}`);
  if (flags.trials !== undefined) assignments.push(`trials=${flags.trials}`);
  if (flags.resume !== undefined) {
    if (flags.out !== undefined) throw new OptionError('--resume goes on in the folder of the run, so --out cannot be given with it');
    const config = readConfig(flags.resume);
    const preset = findPreset(presets, name ?? config.preset);
    // Settings that are not given are those of the run, whatever the preset says by now.
    const given = Object.fromEntries(
      assignments.map((assignment) => parseAssignment(preset, assignment)).map(({ key, value }) => [key, value]),
    );
    return { preset, settings: { ...config.settings, ...given }, folder: flags.resume, resume: true };
  }
  if (name === undefined) throw new OptionError(`name a preset: ${presets.map((preset) => preset.name).join(', ')}`);
  const preset = findPreset(presets, name);
  const settings = resolveSettings(preset, assignments);
  return { preset, settings, folder: flags.out ?? freeRunFolder('runs', preset.name, settings['seed'] as number), resume: false };
}

/** Aborts on the first SIGINT or SIGTERM; ends the process at once on one that comes later. */
function listenForStop(onSecond: () => void): { readonly signal: AbortSignal; exitCode(): number; dispose(): void } {
  const abort = new AbortController();
  let code = 0;
  let first = 0;
  const stop = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (code === 0) {
      code = name === 'SIGINT' ? 130 : 143;
      first = now;
      abort.abort();
      // npm passes on the signal that the terminal has sent already: what comes at the same moment is the same one.
    } else if (now - first > 300) {
      onSecond();
      process.exit(code);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: abort.signal,
    exitCode: () => code,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** Makes the command. */
export function runCommand(context: CliContext): Command {
  const { presets, output, errorOutput, environment, invocation } = context;
  return new Command('run')
    .description('run a preset: learn, show it live, write a run folder with a report')
    .argument('[preset]', 'name of a preset; with --resume it may be left out')
    .option('--seed <n>', 'all randomness of the run is a function of it (same as --set seed=<n>)')
    .option('--trials <n>', 'trials after the random data (same as --set trials=<n>)')
    .option('--set <key=value>', 'change a setting; may be given many times (mbrl list PRESET shows them)', collect, [])
    .option('--out <folder>', 'run folder, new or empty (default: runs/<preset>-seed<n>-<k>)')
    .option('--resume <folder>', 'go on with the run in this folder from its last checkpoint')
    .option('--plain', 'plain lines in place of the live view')
    .addHelpText(
      'after',
      `
Examples:
  mbrl run cartpole-swingup
  mbrl run cartpole-swingup --seed 3 --set horizon=30 --set hiddenSizes=200,200
  mbrl run --resume runs/cartpole-swingup-seed3-1

Ctrl-C stops cleanly after writing a checkpoint; a second Ctrl-C ends at once.`,
    )
    .action(async (name: string | undefined, flags: RunFlags) => {
      const { preset, settings, folder, resume } = readRequest(presets, name, flags);
      const style = createTerminalStyle(wantsColours(environment, output.isTTY === true));
      const live = output.isTTY === true && !flags.plain && environment['TERM'] !== 'dumb' ? openLiveView(output, style) : undefined;
      const watch = live?.watch ?? createPlainView((text) => output.write(text));
      const close = (): void => live?.close();
      // The second screen would take the message of a crash with it.
      const crash = (error: Error): void => {
        close();
        errorOutput.write(`mbrl: ${error.stack ?? error.message}\n`);
        process.exit(1);
      };
      process.once('uncaughtException', crash);
      const stop = listenForStop(close);
      process.once('exit', close);
      const warnings: string[] = [];
      let result: RunResult;
      try {
        result = await runPreset({
          preset,
          settings,
          folder,
          resume,
          watch,
          signal: stop.signal,
          warn: (message) => warnings.push(message),
        });
      } finally {
        close();
        process.off('exit', close);
        process.off('uncaughtException', crash);
      }
      for (const warning of warnings) errorOutput.write(`mbrl: warning: ${warning}\n`);
      const { report } = runPaths(folder);
      await writeReport([folder], report);
      stop.dispose();
      output.write(`\n${runSummary(readConfig(folder), result, style).join('\n')}\n`);
      output.write(`report: ${relative('.', report) || report}\n`);
      if (result.status === 'stopped') {
        output.write(`resume: ${invocation} run ${shellWord(preset.name)} --resume ${shellWord(folder)}\n`);
        throw new ExitRequest(stop.exitCode());
      }
    });
}
