/** The `mbrl` command. */
import { MbrlError, OptionError } from '@mbrl/core';
import { Command, CommanderError } from 'commander';
import { commandVersion } from '../run/versions.js';
import { benchCommand } from './bench-command.js';
import type { CliContext } from './cli-context.js';
import { controlCommand } from './control-command.js';
import { doctorCommand } from './doctor-command.js';
import { ExitRequest } from './exit-request.js';
import { listCommand } from './list-command.js';
import { planCommand } from './plan-command.js';
import { reportCommand } from './report-command.js';
import { runCommand } from './run-command.js';
import { showCommand } from './show-command.js';

/** Exit codes: 0 done, 1 failed, 2 asked for what cannot be, 130 and 143 stopped by a signal. */
const failed = 1;
const misused = 2;

function createProgram(context: CliContext): Command {
  const program = new Command('mbrl')
    .description('Learn a simulator from data, plan through it, act, repeat.')
    .version(commandVersion())
    .option('--verbose', 'show where an error comes from')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  mbrl list                                   the presets
  mbrl run cartpole-swingup                   watch a cart-pole teach itself to swing up
  mbrl run cartpole-balance --seed 1 --set horizon=20
  mbrl report runs/cartpole-balance-seed*     several seeds in one report
  mbrl list envs                              the environments
  mbrl show CartPole-v1                       an episode of one, as a page that plays it
  mbrl plan Pendulum-v1 --true-model          plan through it, and look into every plan
  mbrl control cart-pole                      solve a control problem, and watch the solver find it
  mbrl doctor                                 which engine computes, and why`,
    );
  for (const command of [
    listCommand(context),
    runCommand(context),
    reportCommand(context),
    showCommand(context),
    planCommand(context),
    controlCommand(context),
    doctorCommand(context),
    benchCommand(context),
  ]) {
    program.addCommand(command);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.output.write(text),
      writeErr: (text) => context.errorOutput.write(text.replace(/^error: /, 'mbrl: ')),
    });
  }
  return program;
}

/** Runs the command line `args` (without node and script). Gives the exit code. */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  const program = createProgram(context);
  try {
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitRequest) return error.exitCode;
    // Commander has written its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
    const verbose = program.opts<{ verbose?: boolean }>().verbose === true || Boolean(context.environment['DEBUG']);
    const known = error instanceof MbrlError;
    const message = error instanceof Error ? error.message : String(error);
    context.errorOutput.write(
      verbose && error instanceof Error ? `mbrl: ${error.stack ?? message}\n` : `mbrl: ${message.split('\n')[0]}\n`,
    );
    if (verbose && error instanceof Error && error.cause !== undefined)
      context.errorOutput.write(`caused by: ${String((error.cause as Error).stack ?? error.cause)}\n`);
    if (!verbose && !known) context.errorOutput.write('mbrl: --verbose shows where this comes from\n');
    return error instanceof OptionError ? misused : failed;
  }
}
