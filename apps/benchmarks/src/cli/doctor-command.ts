/** `mbrl doctor`: the engines that are here, the one in use, and why another is not. */
import process from 'node:process';
import { Command } from 'commander';
import { collectVersions } from '../run/versions.js';
import { createTerminalStyle, wantsColours } from '../view/terminal-style.js';
import type { CliContext } from './cli-context.js';
import { ExitRequest } from './exit-request.js';

/** Makes the command. Exits with 1 when no engine is there. */
export function doctorCommand({ output, environment, describeEngines }: CliContext): Command {
  return new Command('doctor')
    .description('list the engines found, the one in use, and why another is not available')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const engines = await describeEngines();
      const versions = collectVersions();
      if (options.json) {
        output.write(`${JSON.stringify({ versions, engines }, null, 2)}\n`);
      } else {
        const style = createTerminalStyle(wantsColours(environment, output.isTTY === true));
        output.write(`Node ${process.versions.node} on ${process.platform}-${process.arch}\n\n`);
        const width = Math.max(...engines.map((engine) => engine.name.length));
        for (const { name, available, version, threadCount, note, inUse } of engines) {
          const facts = [version, threadCount === undefined ? undefined : `${threadCount} thread${threadCount === 1 ? '' : 's'}`].filter(
            (fact) => fact !== undefined,
          );
          const state = inUse ? style.good('in use') : available ? 'available' : style.dim('absent');
          const padding = ' '.repeat(9 - (inUse ? 6 : available ? 9 : 6));
          output.write(`${style.bold(name.padEnd(width))}  ${state}${padding}  ${[...facts, note].join(', ')}\n`);
        }
      }
      if (!engines.some((engine) => engine.available)) throw new ExitRequest(1);
    });
}
