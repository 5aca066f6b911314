/** `mbrl bench planners`: the planners beside each other on five tasks, at equal numbers of evaluations. */
import { join } from 'node:path';
import { OptionError } from '@mbrl/core';
import { Command } from 'commander';
import { contenders, selectContenders } from '../bench/planners/contenders.js';
import type { GradientSource } from '../bench/planners/planner-episode.js';
import { plannerTasks, selectTasks } from '../bench/planners/planner-tasks.js';
import { runPlanners } from '../bench/planners/run-planners.js';
import type { CliContext } from './cli-context.js';
import { readWholeNumber } from './read-whole-number.js';

interface BenchPlannersFlags {
  readonly tasks: string;
  readonly planners: string;
  readonly seeds?: string;
  readonly evaluations: string;
  readonly steps?: string;
  readonly gradients: string;
  readonly again?: boolean;
  readonly timing?: string;
  // Those of `mbrl bench`.
  readonly json?: string;
  readonly quick?: boolean;
  readonly threads?: string;
}

const defaultFile = join('runs', 'bench-planners.json');

/** Words between commas. */
const words = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function readGradients(text: string): GradientSource {
  if (text === 'compiled' || text === 'differences') return text;
  throw new OptionError(`--gradients must be compiled or differences, got ${JSON.stringify(text)}`);
}

/** Makes the command. */
export function benchPlannersCommand({ output, errorOutput }: CliContext): Command {
  return new Command('planners')
    .description('compare the planners on the true model of five tasks: return, episodes solved, time an action')
    .option('--tasks <names>', `any of ${plannerTasks.map(({ name }) => name).join(',')} (default: all)`, '')
    .option('--planners <names>', `any of ${contenders.map(({ name }) => name).join(',')} (default: all)`, '')
    .option('--seeds <n>', 'episodes of each, from seed 0 (default: 10, with --quick 1)')
    .option('--evaluations <n>', 'sequences scored for a plan; a gradient counts as three', '300')
    .option('--steps <n>', 'steps of an episode at most')
    .option('--gradients <how>', 'compiled dynamics, or differences of the simulator', 'compiled')
    .option('--again', 'play episodes again that are in the file already')
    .option('--timing <steps>', 'measure the time of an action alone, over so many steps, for each row that the file has')
    .addHelpText(
      'after',
      `
Episodes are added to the file of --json (default: ${defaultFile}), so the table may be made in pieces: what is in
the file is not played again. --threads and --quick are taken too.

Examples:
  mbrl bench planners --tasks pendulum --seeds 3
  mbrl bench planners --planners cem,icem-third --json table.json
  mbrl bench planners --tasks cart-pole --gradients differences
  mbrl bench planners --timing 20 --json table.json`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => errorOutput.write(text.replace(/^error: /, 'mbrl: ')),
    })
    .action((_flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<BenchPlannersFlags>();
      return runPlanners({
        tasks: selectTasks(words(flags.tasks)),
        contenders: selectContenders(words(flags.planners)),
        seedCount: readWholeNumber('--seeds', flags.seeds ?? (flags.quick ? '1' : '10'), 1, 1000),
        // The third of iCEM must be enough to search with too.
        evaluations: readWholeNumber('--evaluations', flags.evaluations, 60, 1_000_000),
        steps: flags.steps === undefined ? undefined : readWholeNumber('--steps', flags.steps, 1, 10_000),
        gradients: readGradients(flags.gradients),
        file: flags.json ?? defaultFile,
        again: flags.again === true,
        timingSteps: flags.timing === undefined ? undefined : readWholeNumber('--timing', flags.timing, 1, 10_000),
        threads: flags.threads === undefined ? undefined : readWholeNumber('--threads', flags.threads, 1, 256),
        write: (line) => output.write(`${line}\n`),
      });
    });
}
