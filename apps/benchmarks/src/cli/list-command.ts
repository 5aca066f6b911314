/** `mbrl list`: the presets, and the settings of one. */
import { Command } from 'commander';
import { findPreset, showSetting } from '../presets/resolve-settings.js';
import { createTerminalStyle, wantsColours } from '../view/terminal-style.js';
import type { CliContext } from './cli-context.js';

/** Makes the command. */
export function listCommand({ presets, output, environment }: CliContext): Command {
  return new Command('list')
    .description('list the presets, or the settings of one')
    .argument('[preset]', 'show the settings of this preset')
    .option('--json', 'as JSON')
    .action((name: string | undefined, options: { json?: boolean }) => {
      const style = createTerminalStyle(wantsColours(environment, output.isTTY === true));
      if (name === undefined) {
        if (options.json) {
          output.write(
            `${JSON.stringify(
              presets.map(({ name, description, environment, settings }) => ({ name, description, environment, settings })),
              null,
              2,
            )}\n`,
          );
          return;
        }
        const width = Math.max(...presets.map((preset) => preset.name.length));
        for (const preset of presets) output.write(`${style.bold(preset.name.padEnd(width))}  ${preset.description}\n`);
        return;
      }
      const preset = findPreset(presets, name);
      if (options.json) {
        output.write(`${JSON.stringify(preset.settings, null, 2)}\n`);
        return;
      }
      const entries = Object.entries(preset.settings).map(([key, value]) => [key, showSetting(value)] as const);
      const keyWidth = Math.max(...entries.map(([key]) => key.length));
      const valueWidth = Math.max(...entries.map(([, value]) => value.length));
      output.write(`${style.bold(preset.name)}: ${preset.description}\n`);
      output.write(`solved when ${preset.goal.rule}\n\n`);
      for (const [key, value] of entries) {
        const { description, allowed } = preset.definitions[key]!;
        output.write(`${key.padEnd(keyWidth)}  ${style.bold(value.padEnd(valueWidth))}  ${description} ${style.dim(`(${allowed})`)}\n`);
      }
    });
}
