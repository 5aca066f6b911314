/** `mbrl list`: the presets, the settings of one, and the environments. */
import { Command } from 'commander';
import { findPreset, showSetting } from '../presets/resolve-settings.js';
import { createTerminalStyle, wantsColours } from '../view/terminal-style.js';
import type { CliContext } from './cli-context.js';
import { environmentTable, listEnvironments } from './list-environments.js';

/** Makes the command. */
export function listCommand({ presets, output, environment }: CliContext): Command {
  return new Command('list')
    .description('list the presets, the settings of one, or the environments')
    .argument('[what]', 'a preset, for its settings; envs, for the environments; else the presets')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  mbrl list                     the presets, for mbrl run
  mbrl list cartpole-swingup    the settings of one
  mbrl list envs                the environments, for mbrl show`,
    )
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const style = createTerminalStyle(wantsColours(environment, output.isTTY === true));
      if (name === 'envs') {
        const environments = await listEnvironments();
        const lines = options.json ? [JSON.stringify(environments, null, 2)] : environmentTable(environments, style, output.columns);
        output.write(`${lines.join('\n')}\n`);
        return;
      }
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
