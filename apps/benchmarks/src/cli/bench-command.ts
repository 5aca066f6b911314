/** `mbrl bench`: measures, each figure beside something measured in the same run. */
import { Command } from 'commander';
import type { CliContext } from './cli-context.js';

/** Makes the command. */
export function benchCommand({ output, runBenches }: CliContext): Command {
  return new Command('bench')
    .description('measure training, planning and environments on this machine')
    .argument('[name]', 'only benches whose name contains this')
    .addHelpText('after', '\nExamples:\n  mbrl bench\n  mbrl bench plan')
    .action((filter: string | undefined) => runBenches({ filter, write: (line) => output.write(`${line}\n`) }));
}
