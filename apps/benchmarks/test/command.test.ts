import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHere } from './run-here.js';
import { runToy } from './run-toy.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();

test('run writes a whole run folder and says where the report is', async () => {
  const folder = join(root, 'run');
  const { code, output, errors } = await runToy(['run', 'toy-short', '--seed', '5', '--trials', '2', '--set', 'epochs=3', '--out', folder]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(['checkpoints', 'config.json', 'metrics.jsonl', 'report.html', 'result.json', 'trajectories']);
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { settings: object; versions: { node: string } };
  expect(config.settings).toMatchObject({ seed: 5, trials: 2, epochs: 3, activation: 'silu' });
  expect(config.versions.node).toBe(process.versions.node);
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
    preset: string;
    seed: number;
    trials: { index: number; environmentSteps: number }[];
  };
  expect(result).toMatchObject({ preset: 'toy-short', seed: 5, status: 'finished' });
  expect(result.trials.map(({ index, environmentSteps }) => [index, environmentSteps])).toEqual([
    [0, 60],
    [1, 100],
    [2, 140],
  ]);
  const types = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.filter((type) => type === 'trial')).toHaveLength(3);
  expect(types.filter((type) => type === 'fit')).toHaveLength(2);
  expect(output).toContain('report.html');
  expect(output).not.toContain('\x1b[');
  // Plain lines: a head, then one for each trial and fit, then the summary.
  expect(output.split('\n').filter((line) => /^(trial|  fit)/.test(line) && line.includes(','))).toHaveLength(5);
});

test.each([
  [['run', 'tyo-short'], /no preset "tyo-short"; did you mean toy-short\?/],
  [['run', 'toy', '--set', 'epoch=3'], /toy has no setting "epoch"; did you mean epochs\?/],
  [['run', 'toy', '--set', 'epochs=many'], /epochs must be a whole number in \[1, 1000\], got "many"/],
  [['run', 'toy', '--set', 'epochs=0'], /epochs must be a whole number in \[1, 1000\], got "0"/],
  [['run', 'toy', '--set', 'epochs'], /--set takes key=value, got "epochs"/],
  [['run', 'toy', '--set', 'activation=gelu'], /activation must be one of silu, relu, got "gelu"/],
  [['run', 'toy', '--seed', '-1'], /seed must be a whole number in \[0, 4294967295\], got "-1"/],
  [['run', 'toy', '--bogus'], /unknown option '--bogus'/],
  [['rum'], /unknown command 'rum'/],
  [['run', '--resume', '/nowhere'], /\/nowhere is not the folder of a run/],
  [['report', '/nowhere'], /\/nowhere is not the folder of a run/],
])('%j is refused in one line with exit code 2', async (args, message) => {
  const { code, errors, output } = await runHere(args);
  expect(errors).toMatch(message);
  expect(errors).toMatch(/^mbrl: [^\n]+\n(\(Did you mean [^\n]+\)\n)?$/);
  expect(output).toBe('');
  expect(code).toBe(2);
});

test('--out of a folder that holds something is refused, and nothing in it changes', async () => {
  const { code, errors } = await runHere(['run', 'toy-short', '--out', join(import.meta.dirname, '..', 'src')]);
  expect(code).toBe(2);
  expect(errors).toMatch(/--out must be a new or empty folder/);
  expect(existsSync(join(import.meta.dirname, '..', 'src', 'config.json'))).toBe(false);
});

test('--verbose shows where an error comes from', async () => {
  const { errors } = await runHere(['--verbose', 'run', 'nothing-like-it']);
  expect(errors).toMatch(/at .*resolve-settings/);
});

test('help gives examples, list gives presets and the settings of one', async () => {
  const [help, runHelp, list, settings] = await Promise.all([
    runHere(['--help']),
    runHere(['run', '--help']),
    runHere(['list']),
    runHere(['list', 'toy', '--json']),
  ]);
  expect(help.output).toContain('mbrl run cartpole-swingup');
  expect(runHelp.output).toContain('--resume runs/');
  expect(list.output).toMatch(/^toy-short +a toy that is over soon$/m);
  expect(JSON.parse(settings.output)).toMatchObject({ trials: 4, activation: 'silu' });
});

test('doctor shows which engine is in use and why another is not, and fails when none is there', async () => {
  const engines = [
    { name: 'fast', available: true, inUse: true, version: '1.2.3', threadCount: 2, note: 'compiled programs' },
    { name: 'slow', available: false, inUse: false, note: 'its library is not installed' },
  ];
  const { code, output } = await runHere(['doctor'], { describeEngines: async () => engines });
  expect(code).toBe(0);
  expect(output).toMatch(/^fast +in use +1\.2\.3, 2 threads, compiled programs$/m);
  expect(output).toMatch(/^slow +absent +its library is not installed$/m);
  expect((await runHere(['doctor'], { describeEngines: async () => engines.slice(1) })).code).toBe(1);
});

test('bench passes on which benches are wanted', async () => {
  const { output } = await runHere(['bench', 'plan', 'env', '--threads', '3', '--quick', '--json', 'x.json'], {
    runBenches: async ({ write, ...asked }) => write(JSON.stringify(asked)),
  });
  expect(JSON.parse(output)).toEqual({ names: ['plan', 'env'], threads: 3, quick: true, json: 'x.json' });
  expect(
    JSON.parse((await runHere(['bench'], { runBenches: async ({ write, ...asked }) => write(JSON.stringify(asked)) })).output),
  ).toEqual({ names: [], quick: false });
  expect((await runHere(['bench', '--threads', 'two'])).errors).toMatch(/--threads must be an integer in \[1, 256\], got NaN/);
});
