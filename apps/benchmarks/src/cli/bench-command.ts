/** `mbrl bench`: measures, each figure beside something measured in the same run. */
import { checkInteger } from '@mbrl/core';
import { Command } from 'commander';
import { benchPlannersCommand } from './bench-planners-command.js';
import type { CliContext } from './cli-context.js';

interface BenchFlags {
  readonly json?: string;
  readonly threads?: string;
  readonly quick?: boolean;
}

/** Makes the command. */
export function benchCommand(context: CliContext): Command {
  const { output, runBenches } = context;
  return new Command('bench')
    .description('measure training, planning and environments on this machine')
    .addCommand(benchPlannersCommand(context))
    .argument('[names...]', 'only benches whose name contains one of these')
    .option('--json <file>', 'write the figures to a file too')
    .option('--threads <count>', 'threads for one program (default: as many as there are cores)')
    .option('--quick', 'few repetitions: to see that it works, not how fast')
    .addHelpText(
      'after',
      `
Benches: forward, training-step, smallest-call, pets-action, planner-action, environments, pixels, normal-draws

Examples:
  mbrl bench
  mbrl bench forward pets --threads 2
  mbrl bench --json bench.json
  mbrl bench planners --tasks pendulum --seeds 3`,
    )
    .action((names: readonly string[], { json, threads, quick = false }: BenchFlags) =>
      runBenches({
        names,
        json,
        threads: threads === undefined ? undefined : checkInteger('mbrl bench', '--threads', Number(threads), { min: 1, max: 256 }),
        quick,
        write: (line) => output.write(`${line}\n`),
      }),
    );
}
