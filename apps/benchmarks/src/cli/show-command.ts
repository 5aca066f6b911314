/** `mbrl show`: plays an episode, and writes a page that shows it, and pictures. */
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { OptionError } from '@mbrl/core';
import { writeFileAtomic } from '@mbrl/core/node';
import { describeEnvironment } from '@mbrl/envs';
import { Command } from 'commander';
import { openEnvironment } from '../show/environment-options.js';
import { episodeGif, framePng, type PictureSize, sizeOf, stripPng } from '../show/episode-pictures.js';
import { playEpisode } from '../show/play-episode.js';
import { openPolicy } from '../show/policy-source.js';
import { renderShowPage } from '../show/render-show-page.js';
import { endingOf, returnOf, type ShownEpisode } from '../show/shown-episode.js';
import { formatNumber } from '../view/format-figures.js';
import type { CliContext } from './cli-context.js';
import { readWholeNumber } from './read-whole-number.js';

interface ShowFlags {
  readonly policy: string;
  readonly seed: string;
  readonly steps: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly gif?: string | true;
  readonly png?: string | true;
  readonly frame?: string;
  readonly size?: string;
  readonly theme: string;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

function readTheme(text: string): 'light' | 'dark' {
  if (text !== 'light' && text !== 'dark') throw new OptionError(`--theme must be light or dark, got ${JSON.stringify(text)}`);
  return text;
}

function readSize(size: string): PictureSize {
  const match = /^(\d+)x(\d+)$/.exec(size);
  if (!match) throw new OptionError(`--size must be columns and rows such as 480x360, got ${JSON.stringify(size)}`);
  return {
    width: readWholeNumber('--size: columns', match[1]!, 16, 2048),
    height: readWholeNumber('--size: rows', match[2]!, 16, 2048),
  };
}

async function play(name: string, flags: ShowFlags): Promise<ShownEpisode> {
  const seed = readWholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
  const steps = readWholeNumber('--steps', flags.steps, 1, 100_000);
  const environment = await openEnvironment(name, flags.set);
  try {
    const policy = await openPolicy(flags.policy, environment, seed);
    const { observationSpace, actionSpace, timeStep } = environment;
    const { reward, source } = describeEnvironment(name);
    const played = await playEpisode(environment, policy, seed, steps);
    const settings = flags.set.map((assignment) => assignment.trim());
    return { ...played, name, observationSpace, actionSpace, timeStep, seed, settings, policy: policy.description, reward, source };
  } finally {
    environment.dispose?.();
  }
}

/** Makes the command. */
export function showCommand({ output }: CliContext): Command {
  const write = async (what: string, file: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFileAtomic(file, content);
    output.write(`${what}: ${relative('.', file) || file}\n`);
  };
  return new Command('show')
    .description('play an episode of an environment, and write a page that shows it anywhere')
    .argument('<environment>', 'name of an environment (mbrl list envs shows them)')
    .option('--policy <who>', 'random, zero, or a file: JSON Lines of actions, or a module', 'random')
    .option('--seed <n>', 'the episode and the random actions are a function of it', '0')
    .option('--steps <n>', 'steps at most', '1000')
    .option('--set <option=value>', 'an option of the environment; may be given many times', collect, [])
    .option('--out <file>', 'where to write the page (default: runs/<environment>-seed<n>.html)')
    .option('--gif [file]', 'write a moving picture too (default: beside the page)')
    .option('--png [file]', 'write a picture too: eight frames of the episode, or the one of --frame (default: beside the page)')
    .option('--frame <n>', 'the frame of --png, counted from 0, the start')
    .option('--size <columns>x<rows>', 'size of one frame in --gif and --png (default: 400 columns or rows, whichever are more)')
    .option('--theme <theme>', 'light or dark, for --gif and --png; the page follows its reader', 'light')
    .addHelpText(
      'after',
      `
A policy file that ends in .jsonl holds an action a line: a number, or a list of numbers. Any other is a module that
exports act(observation, rng), or policy with such an act, or createPolicy(environment) that makes either.

Examples:
  mbrl show CartPole-v1
  mbrl show HalfCheetah-v5 --seed 3 --steps 200 --gif
  mbrl show Pendulum-v1 --policy swing-up.mjs --set gravity=9.81
  mbrl show CartPoleSwingUp-v0 --policy zero --png frame.png --frame 40`,
    )
    .action(async (name: string, flags: ShowFlags) => {
      const size = flags.size === undefined ? undefined : readSize(flags.size);
      const theme = readTheme(flags.theme);
      const frame = flags.frame === undefined ? undefined : readWholeNumber('--frame', flags.frame, 0, 100_000);
      if (frame !== undefined && flags.png === undefined) throw new OptionError('--frame says which frame --png draws, so it needs --png');
      const episode = await play(name, flags);
      const page = flags.out ?? join('runs', `${name}-seed${episode.seed}.html`);
      const beside = (extension: string): string => `${page.replace(/\.html?$/i, '')}.${extension}`;
      const { frames, timeStep } = episode;
      const style = { theme, ...(size ?? sizeOf(frames)) };
      const pictures: { readonly what: string; readonly file: string; readonly bytes: Uint8Array }[] = [];
      if (flags.png !== undefined) {
        const bytes = frame === undefined ? stripPng(frames, style) : framePng(frames, frame, style);
        pictures.push({ what: 'picture', file: flags.png === true ? beside('png') : flags.png, bytes });
      }
      if (flags.gif !== undefined) {
        const bytes = episodeGif(frames, timeStep, style);
        pictures.push({ what: 'moving picture', file: flags.gif === true ? beside('gif') : flags.gif, bytes });
      }
      output.write(`${name} ${endingOf(episode)}, return ${formatNumber(returnOf(episode))}\n`);
      await write('page', page, renderShowPage(episode));
      for (const { what, file, bytes } of pictures) await write(what, file, bytes);
    });
}
