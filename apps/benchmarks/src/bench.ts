/** `mbrl bench`: runs the benches one after the other in this process and shows what they give. */
import { resolve } from 'node:path';
import { writeFileAtomic } from '@mbrl/core/node';
import { configureEngine } from '@mbrl/jit';
import type { BenchFigure } from './bench/bench-figure.js';
import { figureLines, headLines, machineLines } from './bench/bench-table.js';
import { selectBenches } from './bench/benches.js';
import { describeMachine } from './bench/machine.js';
import type { CliContext } from './cli/cli-context.js';

/** Runs the benches that are asked for. @throws OptionError on a name that no bench has. */
export const runBenches: CliContext['runBenches'] = async ({ names, json, threads, quick, write }) => {
  const chosen = selectBenches(names);
  if (threads !== undefined) configureEngine({ threadCount: threads });
  const machine = await describeMachine();
  for (const line of [...machineLines(machine), '', ...headLines()]) write(line);
  const figures: BenchFigure[] = [];
  for (const bench of chosen) {
    for (const figure of await bench.run({ quick })) {
      figures.push(figure);
      for (const line of figureLines(figure)) write(line);
    }
  }
  if (json === undefined) return;
  await writeFileAtomic(resolve(json), `${JSON.stringify({ machine, quick, figures }, undefined, 2)}\n`);
  write('');
  write(`written to ${json}`);
};
