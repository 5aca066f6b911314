import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEnvironment, environmentNames } from '@mbrl/envs';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import type { ShowData } from '../src/show/page/show-data.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
let made = 0;

/** Runs `mbrl show` into a folder of its own; gives what the page carries. */
async function show(...args: string[]): Promise<{ page: string; data: ShowData; folder: string; output: string }> {
  const folder = join(root, `show${made++}`);
  const { code, output, errors } = await runHere(['show', ...args, '--out', join(folder, 'page.html')]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  const page = readFileSync(join(folder, 'page.html'), 'utf8');
  const json = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)![1]!;
  return { page, data: JSON.parse(json) as ShowData, folder, output };
}

describe('mbrl show', () => {
  test('writes one page with the whole episode, and says how it went', async () => {
    const { page, data, folder, output } = await show('CartPole-v1', '--seed', '3');
    expect(readdirSync(folder)).toEqual(['page.html']);
    expect(output).toMatch(/^CartPole-v1 ended by itself after \d+ steps, return [\d.]+\npage: .*page\.html\n$/);
    const steps = data.rewards.length;
    expect(data.flat!.reduce((sum, segment) => sum + segment.count, 0)).toBe(steps + 1);
    expect(data.observations.map(({ values }) => values.length)).toEqual(Array.from({ length: 4 }, () => steps + 1));
    expect(data.actions).toMatchObject([{ label: 'action', whole: true, names: ['push left', 'push right'] }]);
    expect(page).toContain('<title>CartPole-v1</title>');
    expect(page).toContain('seed 3');
    expect(page).toContain(describeEnvironment('CartPole-v1').source);
    const references = [...page.matchAll(/<(?:link|script|img|iframe|source)\b[^>]*\s(?:src|href)\s*=\s*"?([^"\s>]*)/gi)].map(
      (match) => match[1],
    );
    expect(references).toEqual(['data:,']);
  });

  test('is a function of the seed', async () => {
    const [first, again, other] = await Promise.all(['1', '1', '2'].map((seed) => show('Pendulum-v1', '--seed', seed, '--steps', '20')));
    expect(again!.data).toEqual(first!.data);
    expect(other!.data.rewards).not.toEqual(first!.data.rewards);
    // The start is one too, not the actions alone.
    const starts = await Promise.all(['1', '2'].map((seed) => show('Pendulum-v1', '--seed', seed, '--steps', '1', '--policy', 'zero')));
    expect(starts[0]!.data.observations).not.toEqual(starts[1]!.data.observations);
  });

  test('takes at most --steps, and tells an end by itself from one by a limit', async () => {
    expect((await show('Pendulum-v1', '--steps', '7')).output).toMatch(/Pendulum-v1 stopped after 7 steps, the most that were asked for/);
    expect((await show('Pendulum-v1')).output).toMatch(/Pendulum-v1 ran to its time limit of 200 steps/);
  });

  test('plays other policies than a random one', async () => {
    const zero = await show('Pendulum-v1', '--policy', 'zero', '--steps', '5');
    expect(zero.data.actions[0]!.values).toEqual([0, 0, 0, 0, 0]);
    expect(zero.page).toContain('the zero action');
    const file = join(root, 'actions.jsonl');
    writeFileSync(file, '1\n[-1]\n0.5\n');
    const played = await show('Pendulum-v1', '--policy', file);
    expect(played.data.actions[0]!.values).toEqual([1, -1, 0.5]);
    expect(played.output).toMatch(/stopped after 3 steps, where the file has no more actions/);
    const module = join(root, 'policy.mjs');
    writeFileSync(module, 'export const act = ([cosine, sine, speed]) => [Math.sign(speed)];');
    expect(new Set((await show('Pendulum-v1', '--policy', module)).data.actions[0]!.values)).toEqual(new Set([-1, 1]));
  });

  test('hands options to the environment, as JSON or as words', async () => {
    const plain = await show('CartPoleSwingUp-v0', '--steps', '3');
    expect(plain.data.observations).toHaveLength(5);
    const { data, page } = await show('CartPoleSwingUp-v0', '--steps', '30', '--set', 'angle=raw', '--set', 'railLimit=0.5');
    expect(data.observations).toHaveLength(4);
    expect(page).toContain('angle=raw railLimit=0.5');
    expect((await show('CartPole-v1', '--set', 'maxSteps=2')).data.rewards).toHaveLength(2);
  });

  test('draws pictures beside the page, or where they are asked for', async () => {
    const { folder, output } = await show('CartPole-v1', '--gif', '--png');
    expect(readdirSync(folder).sort()).toEqual(['page.gif', 'page.html', 'page.png']);
    expect(output).toMatch(/picture: .*page\.png\nmoving picture: .*page\.gif\n$/);
    const strip = decode(readFileSync(join(folder, 'page.png')));
    // The view of the cart-pole is 5.7 m by 1.84 m.
    expect([strip.width, strip.height]).toEqual([4 * 400 + 12, 2 * 129 + 4]);
    const elsewhere = await show(
      'CartPole-v1',
      '--png',
      join(folder, 'one.png'),
      '--frame',
      '0',
      '--size',
      '32x24',
      '--gif',
      join(folder, 'small.gif'),
    );
    const one = decode(readFileSync(join(folder, 'one.png')));
    expect([one.width, one.height]).toEqual([32, 24]);
    const gif = readFileSync(join(folder, 'small.gif'));
    expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([32, 24]);
    expect(readdirSync(elsewhere.folder)).toEqual(['page.html']);
    await show('CartPole-v1', '--png', join(folder, 'dark.png'), '--frame', '0', '--size', '32x24', '--theme', 'dark');
    expect(decode(readFileSync(join(folder, 'dark.png'))).data).not.toEqual(one.data);
    await show('CartPole-v1', '--png', join(folder, 'later.png'), '--frame', '5', '--size', '32x24');
    expect(decode(readFileSync(join(folder, 'later.png'))).data).not.toEqual(one.data);
  });

  test('shows an episode in space', async () => {
    const { data, page } = await show('HalfCheetah-v5', '--steps', '4');
    expect(data.flat).toBeNull();
    expect(data.solid!.count).toBe(5);
    expect(page).toContain('id="view-hint"');
    expect(page.length).toBeGreaterThan(500_000);
  });

  test.each([
    [['show', 'CartPol-v1'], /there is no environment "CartPol-v1"; did you mean CartPole-v1\b.*\? mbrl list envs shows all \d+/],
    [['show', 'pendulum'], /did you mean .*Pendulum-v1/],
    [['show', 'zzzzzzzzzzzz'], /there is no environment "zzzzzzzzzzzz"; mbrl list envs shows all/],
    [['show'], /missing required argument 'environment'/],
    [['show', 'CartPole-v1', '--seed', '-1'], /--seed must be a whole number in \[0, 4294967295\], got "-1"/],
    [['show', 'CartPole-v1', '--seed', ''], /--seed must be a whole number in .*, got ""/],
    [['show', 'CartPole-v1', '--steps', '0'], /--steps must be a whole number in \[1, 100000\], got "0"/],
    [['show', 'CartPole-v1', '--policy', 'clever'], /--policy must be random, zero, or a file that exists, got "clever"/],
    [['show', 'CartPole-v1', '--set', 'maxSteps'], /--set takes option=value, got "maxSteps"/],
    [['show', 'CartPole-v1', '--set', 'steps=3'], /options of CartPole-v1 must be among .*maxSteps.*, got "steps"/],
    [['show', 'FrozenLake-v1', '--set', 'isSlippery=no'], /isSlippery must be true or false, got "no"/],
    [['show', 'CartPole-v1', '--set', 'maxSteps=0'], /maxSteps must be an integer in \[1, /],
    [['show', 'CartPole-v1', '--frame', '3'], /--frame says which frame --png draws, so it needs --png/],
    [['show', 'CartPole-v1', '--png', '--frame', 'last'], /--frame must be a whole number in \[0, 100000\], got "last"/],
    [['show', 'CartPole-v1', '--steps', '2', '--png', '--frame', '3'], /--frame must be in \[0, 2\] in this episode, got 3/],
    [['show', 'CartPole-v1', '--size', '400'], /--size must be columns and rows such as 480x360, got "400"/],
    [['show', 'CartPole-v1', '--size', '400x1'], /--size: rows must be a whole number in \[16, 2048\], got "1"/],
    [['show', 'CartPole-v1', '--theme', 'blue'], /^mbrl: --theme must be light or dark, got "blue"$/m],
  ])('refuses %j in one line', async (args, message) => {
    const { code, errors, output } = await runHere(args);
    expect(errors).toMatch(message);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(output).toBe('');
    expect(code).toBe(2);
  });

  test('says which action of a policy the environment refuses', async () => {
    const file = join(root, 'long.jsonl');
    writeFileSync(file, '[1, 2]\n');
    const { code, errors } = await runHere(['show', 'Pendulum-v1', '--policy', file]);
    expect(code).toBe(2);
    expect(errors).toMatch(/^mbrl: step 1: Pendulum-v1.step: action must have 1 component/);
  });
});

describe('mbrl list envs', () => {
  test('prints a row for each environment, in columns', async () => {
    const { code, output } = await runHere(['list', 'envs']);
    expect(code).toBe(0);
    const lines = output.trimEnd().split('\n');
    expect(lines).toHaveLength(environmentNames().length + 1);
    expect(lines[0]).toMatch(/^name +observation +action +reward of a step +step +source$/);
    const start = lines[0]!.indexOf('source');
    for (const [index, name] of environmentNames().entries()) {
      expect(lines[index + 1]!.startsWith(`${name} `)).toBe(true);
      expect(lines[index + 1]!.slice(start)).toBe(describeEnvironment(name).source);
    }
    expect(output).toMatch(/^CartPole-v1 +4 numbers +2 choices +1 a step +0\.02 s +Gymnasium 1\.3$/m);
    expect(output).toMatch(/^Pendulum-v1 +3 numbers within \[−8, 8\] +1 number in \[−2, 2\] /m);
  });

  // In a terminal of 80 columns the table's lines once ran over the edge, and its columns could not be read.
  test('puts the facts below the names in a terminal that is narrower than the table', async () => {
    for (const columns of [40, 80]) {
      let output = '';
      const terminal = { columns, write: (text: string) => (output += text), on: () => {}, off: () => {} };
      await runHere(['list', 'envs'], { output: terminal });
      const lines = output.trimEnd().split('\n');
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      expect(lines.filter((line) => !line.startsWith(' '))).toEqual(environmentNames());
      expect(output).toMatch(/^CartPole-v1\n {2}observation {7}4 numbers\n {2}action {12}2 choices\n {2}reward of a step {2}1 a step\n/m);
      // Nothing is lost by the breaks.
      expect(output.replaceAll(/\s+/g, ' ')).toContain('source ours, after Neural Lander (Shi et al. 2019)');
    }
  });

  test('gives the same as JSON', async () => {
    const { output } = await runHere(['list', 'envs', '--json']);
    const listed = JSON.parse(output) as { readonly name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(environmentNames());
    expect(listed[0]).toEqual({
      name: 'CartPole-v1',
      observation: '4 numbers',
      action: '2 choices',
      reward: '1 a step',
      timeStep: 0.02,
      source: 'Gymnasium 1.3',
    });
  });

  test('is named in the help, beside the presets that plain list prints', async () => {
    const { output } = await runHere(['list', '--help']);
    expect(output).toContain('mbrl list envs');
    expect((await runHere(['list'])).output).not.toContain('CartPole-v1');
    expect((await runHere(['--help'])).output).toMatch(/mbrl list envs +the environments/);
  });
});
