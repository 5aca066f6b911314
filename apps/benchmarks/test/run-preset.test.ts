import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveSettings } from '../src/presets/resolve-settings.js';
import type { RunEvent } from '../src/run/run-event.js';
import { readResult, readTrajectory } from '../src/run/run-folder.js';
import { runPreset } from '../src/run/run-preset.js';
import type { RunResult } from '../src/run/run-record.js';
import { toyPreset } from './toy-preset.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mbrl-run-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function run(
  folder: string,
  { set = [], resume = false, stopAt }: { set?: string[]; resume?: boolean; stopAt?: (event: RunEvent) => boolean } = {},
): Promise<{ result: RunResult; events: RunEvent[] }> {
  const preset = toyPreset({ settings: { trials: 2, stepsPerTrial: 40, initialSteps: 60, checkpointEverySteps: 7 } });
  const abort = new AbortController();
  const events: RunEvent[] = [];
  const result = await runPreset({
    preset,
    settings: resolveSettings(preset, set),
    folder: join(root, folder),
    resume,
    watch: (event) => {
      events.push(event);
      if (stopAt?.(event)) abort.abort();
    },
    signal: abort.signal,
    warn: () => {},
  });
  return { result, events };
}

/** All files of a run but for fields that depend on the clock. */
function contents(folder: string): { [path: string]: string } {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.jsonl?$/.test(name));
  return Object.fromEntries(
    files
      .sort()
      .map((name) => [
        name,
        readFileSync(join(root, folder, name), 'utf8').replace(/"(\w*Milliseconds|startedAt)":\s*("[^"]*"|[-\d.e]+|\[[^\]]*\])/g, '"$1":0'),
      ]),
  );
}

test('trial 0 gathers initialSteps in episodes of at most stepsPerTrial, later trials are one episode each', async () => {
  const { result } = await run('a');
  expect(result.trials.map(({ index, steps, environmentSteps, random }) => ({ index, steps, environmentSteps, random }))).toEqual([
    { index: 0, steps: 60, environmentSteps: 60, random: true },
    { index: 1, steps: 40, environmentSteps: 100, random: false },
    { index: 2, steps: 40, environmentSteps: 140, random: false },
  ]);
  expect(readTrajectory(join(root, 'a'), 0)?.episodeStarts).toEqual([0, 40]);
  expect(readTrajectory(join(root, 'a'), 0)?.observations).toHaveLength(62);
  expect(readTrajectory(join(root, 'a'), 1)?.evaluation?.predictions.length).toBe(4);
  expect(readResult(join(root, 'a'))?.status).toBe('finished');
});

test('the same seed gives the same files, another seed others', async () => {
  await run('a');
  await run('b');
  await run('c', { set: ['seed=1'] });
  expect(contents('b')).toEqual(contents('a'));
  expect(contents('c')['metrics.jsonl']).not.toBe(contents('a')['metrics.jsonl']);
});

test('totalSteps ends the run in the middle of a trial; stopAfterSolvedTrials ends it early', async () => {
  const { result } = await run('a', { set: ['totalSteps=75'] });
  expect(result.trials.map((trial) => trial.environmentSteps)).toEqual([60, 75]);
  const solved = await run('b', { set: ['trials=30', 'stepsPerTrial=200', 'stopAfterSolvedTrials=1'] });
  expect(solved.result.status).toBe('solved');
  expect(solved.result.trials.filter((trial) => trial.solved)).toHaveLength(1);
  expect(solved.result.solved?.learnedFromSteps).toBe(solved.result.trials.at(-2)?.environmentSteps);
});

test.each([1, 6, 59, 60, 61, 99, 100, 139, 140])(
  'stopped at environment step %i and resumed, a run ends as if it had not been',
  async (at) => {
    await run('whole');
    const { result } = await run('parts', { stopAt: (event) => event.type === 'step' && event.environmentSteps === at });
    expect(result.status).toBe('stopped');
    await run('parts', { resume: true });
    expect(contents('parts')).toEqual(contents('whole'));
  },
);

test('stopped in the middle of a fit and resumed, a run ends as if it had not been', async () => {
  await run('whole');
  const { result } = await run('parts', {
    stopAt: (event) => event.type === 'fitProgress' && event.trial === 1 && event.progress.fraction > 0.5,
  });
  expect(result.status).toBe('stopped');
  await run('parts', { resume: true });
  expect(contents('parts')).toEqual(contents('whole'));
});

test('a resumed run refuses other settings by name', async () => {
  await run('a', { stopAt: (event) => event.type === 'step' && event.environmentSteps === 10 });
  await expect(run('a', { resume: true, set: ['seed=3', 'trials=9'] })).rejects.toThrow(
    /settings differ: seed: 0 there, 3 here; trials: 2 there, 9 here/,
  );
  await expect(run('a')).rejects.toThrow(/--out must be a new or empty folder.*--resume/);
});

test('an altered checkpoint and a metrics file that is too short are refused', async () => {
  const { writeFileSync, truncateSync } = await import('node:fs');
  await run('a', { stopAt: (event) => event.type === 'step' && event.environmentSteps === 30 });
  const path = join(root, 'a', 'checkpoints', 'latest.safetensors');
  const bytes = readFileSync(path);
  const altered = Buffer.from(bytes);
  altered[altered.length - 3]! ^= 1;
  writeFileSync(path, altered);
  await expect(run('a', { resume: true })).rejects.toThrow(/checksum/);
  writeFileSync(path, bytes);
  truncateSync(join(root, 'a', 'metrics.jsonl'), 10);
  await expect(run('a', { resume: true })).rejects.toThrow(/metrics.jsonl must have at least/);
});
