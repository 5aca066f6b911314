import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng, decodeCheckpoint } from '@mbrl/core';
import { beforeAll, expect, test } from 'vitest';
import { runToy, timelessContents } from './run-toy.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const slow = ['--set', 'thinkMilliseconds=3'];

beforeAll(async () => {
  const { code } = await runToy(['run', 'toy-short', ...slow, '--out', join(root, 'whole')]);
  expect(code).toBe(0);
}, 120_000);

test('SIGINT writes a checkpoint and prints the command to resume; resumed, the run ends as if it had not been stopped', async () => {
  const folder = join(root, 'interrupted');
  let asked = false;
  const stopped = await runToy(['run', 'toy-short', ...slow, '--out', folder], {
    onOutput: (output, kill) => {
      // Once: a second one ends the process at once.
      if (asked || !output.includes('trial  1')) return;
      asked = true;
      kill('SIGINT');
    },
  });
  expect(stopped.code).toBe(130);
  expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toMatchObject({ status: 'stopped' });
  const command = /^resume: .*(run toy-short --resume .*)$/m.exec(stopped.output)?.[1];
  expect(command).toBe(`run toy-short --resume ${folder}`);
  const different = await runToy(['run', '--resume', folder, '--set', 'epochs=9']);
  expect(different.code).toBe(2);
  expect(different.errors).toMatch(/settings differ: epochs: 8 there, 9 here/);
  const wrong = await runToy(['run', 'toy', '--resume', folder]);
  expect(wrong.errors).toMatch(/it is a run of toy-short, not of toy/);
  const resumed = await runToy(command!.split(' '));
  expect(resumed.code).toBe(0);
  expect(timelessContents(folder)).toEqual(timelessContents(join(root, 'whole')));
}, 120_000);

test('killed with SIGKILL again and again and resumed, a run ends as if it had not been, and no file is left half-written', async () => {
  const folder = join(root, 'killed');
  const rng = createRng(20).split('kill');
  let kills = 0;
  for (let attempt = 0; ; attempt++) {
    expect(attempt).toBeLessThan(30);
    let armed = false;
    // Later attempts are left alone, so that the test ends.
    const delay = kills < 8 ? rng.integer(260) : Infinity;
    const again = existsSync(join(folder, 'config.json')) ? ['run', '--resume', folder] : ['run', 'toy-short', ...slow, '--out', folder];
    const { code, signal, errors } = await runToy(again, {
      onOutput: (_output, kill) => {
        if (armed || delay === Infinity) return;
        armed = true;
        setTimeout(() => kill('SIGKILL'), delay);
      },
    });
    if (signal === 'SIGKILL') {
      kills++;
      for (const [name, text] of Object.entries(timelessContents(folder))) {
        if (name.endsWith('.json')) expect(() => JSON.parse(text), name).not.toThrow();
      }
      const checkpoint = join(folder, 'checkpoints', 'latest.safetensors');
      if (existsSync(checkpoint)) expect(decodeCheckpoint(readFileSync(checkpoint)).kind).toBe('Run');
      continue;
    }
    expect(errors).toBe('');
    expect(code).toBe(0);
    break;
  }
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(timelessContents(folder)).toEqual(timelessContents(join(root, 'whole')));
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp') || name === 'lock');
  expect(left).toEqual([]);
}, 120_000);
