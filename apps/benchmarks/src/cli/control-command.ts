/** `mbrl control`: solves a control problem, and writes a page that shows the solution and how it was found. */
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createRng, OptionError } from '@mbrl/core';
import { writeFileAtomic } from '@mbrl/core/node';
import { Command } from 'commander';
import { type ControlMethod, controlMethods } from '../control/demo.js';
import { controlDemos, openDemo } from '../control/demos.js';
import { formatCost, formatSmall } from '../control/encode-control.js';
import { missesOf, renderControlPage, statusWords } from '../control/render-control-page.js';
import { solveDemo } from '../control/solve-demo.js';
import { formatDuration } from '../view/format-figures.js';
import type { CliContext } from './cli-context.js';
import { readWholeNumber } from './read-whole-number.js';

interface ControlFlags {
  readonly list?: true;
  readonly method?: string;
  readonly iterations: string;
  readonly pushes: string;
  readonly seed: string;
  readonly out?: string;
}

function readMethod(name: string): ControlMethod {
  const method = controlMethods.find((known) => known === name);
  if (!method) throw new OptionError(`--method must be one of ${controlMethods.join(', ')}, got ${JSON.stringify(name)}`);
  return method;
}

/** Makes the command. */
export function controlCommand({ output }: CliContext): Command {
  const say = (line: string): void => void output.write(`${line}\n`);
  return new Command('control')
    .description('solve a control problem, and write a page that shows the solution and how it was found')
    .argument('[demo]', 'name of a demo (--list shows them)')
    .option('--list', 'list the demos')
    .option('--method <name>', `the solver: ${controlMethods.join(' or ')} (default: the one that suits the demo)`)
    .option('--iterations <n>', 'iterations at most', '500')
    .option('--pushes <n>', 'rollouts that are pushed, with feedback and without', '20')
    .option('--seed <n>', 'of the pushes', '0')
    .option('--out <file>', 'where to write the page (default: runs/control-<demo>.html)')
    .addHelpText(
      'after',
      `
Examples:
  mbrl control acrobot
  mbrl control car-parking --method ilqr
  mbrl control quadrotor --pushes 50 --seed 3`,
    )
    .action(async (name: string | undefined, flags: ControlFlags) => {
      if (flags.list === true) {
        const demos = controlDemos();
        const width = Math.max(...demos.map((demo) => demo.name.length));
        for (const demo of demos) say(`${demo.name.padEnd(width)}  ${demo.title}`);
        return;
      }
      if (name === undefined) throw new OptionError('control: a demo must be named; --list shows them');
      const demo = openDemo(name);
      const method = readMethod(flags.method ?? demo.method);
      const maxIterations = readWholeNumber('--iterations', flags.iterations, 1, 100_000);
      const pushCount = readWholeNumber('--pushes', flags.pushes, 0, 1000);
      const seed = readWholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
      const clock = (): number => performance.now();
      const solved = solveDemo(demo, { method, maxIterations, pushCount, seed, rng: createRng(seed).split('pushes'), clock });
      const page = flags.out ?? join('runs', `control-${demo.name}.html`);
      await mkdir(dirname(resolve(page)), { recursive: true });
      await writeFileAtomic(page, renderControlPage(solved));
      const { result, check, milliseconds } = solved;
      const violation = demo.problem.constraints?.length ? `, largest violation ${formatSmall(check.violation)}` : '';
      say(
        `${demo.name} by ${method} ${statusWords[result.status]}: cost ${formatCost(check.cost)}${violation}, ${result.iterations} iterations, ${formatDuration(milliseconds)}`,
      );
      if (pushCount > 0) {
        const [held, free] = [missesOf(solved, 'withFeedback'), missesOf(solved, 'without')];
        const about = demo.missLabel.replace(/, m$/, '');
        say(`pushed: ${about} ${formatSmall(held.median)} m at the end with feedback, ${formatSmall(free.median)} m without (median)`);
      }
      say(`page: ${relative('.', page) || page}`);
    });
}
