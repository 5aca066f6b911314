/** `mbrl report`: writes the report of one run, or of several seeds together. */
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { writeReport } from '../report/write-report.js';
import { readConfig, runPaths } from '../run/run-folder.js';
import type { CliContext } from './cli-context.js';

/** Makes the command. */
export function reportCommand({ output }: CliContext): Command {
  return new Command('report')
    .description('write the report of a run, or one of several seeds: median with a band')
    .argument('<folders...>', 'run folders of one preset')
    .option('--out <file>', 'where to write it (default: report.html in the run folder; for several runs, beside the first)')
    .addHelpText(
      'after',
      `
Examples:
  mbrl report runs/cartpole-swingup-seed0-1
  mbrl report runs/cartpole-swingup-seed*-1 --out swingup.html`,
    )
    .action(async (folders: string[], options: { out?: string }) => {
      const first = folders[0]!;
      const together = join(dirname(resolve(first)), `${readConfig(first).preset}-${folders.length}-runs.html`);
      const file = options.out ?? (folders.length === 1 ? runPaths(first).report : together);
      await writeReport(folders, file);
      output.write(`report: ${relative('.', file) || file}\n`);
    });
}
