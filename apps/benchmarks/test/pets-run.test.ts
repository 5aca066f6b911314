import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { presets } from '../src/presets/presets.js';
import { findPreset, resolveSettings } from '../src/presets/resolve-settings.js';
import { readTrajectory } from '../src/run/run-folder.js';
import type { RunEvent } from '../src/run/run-event.js';
import { runPreset } from '../src/run/run-preset.js';
import type { RunResult } from '../src/run/run-record.js';
import { timelessContents } from './run-toy.js';
import { temporaryFolder } from './temporary-folder.js';

const root = temporaryFolder();
const tiny = [
  'ensembleSize=2',
  'eliteMemberCount=2',
  'hiddenSizes=8,8',
  'initialEpochs=2',
  'epochs=2',
  'batchSize=16',
  'populationSize=12',
  'eliteCount=4',
  'keptEliteCount=1',
  'iterations=2',
  'horizon=4',
  'particleCount=2',
  'trials=2',
  'stepsPerTrial=24',
  'initialSteps=30',
  'checkpointEverySteps=5',
  'threads=1',
  'weightDecay=1e-5',
  'holdoutRatio=0',
  'patience=0',
  'trainEverySteps=10',
];

async function run(
  name: string,
  folder: string,
  { resume = false, stopAt }: { resume?: boolean; stopAt?: (event: RunEvent) => boolean } = {},
): Promise<RunResult> {
  const preset = findPreset(presets, name);
  const abort = new AbortController();
  const watch = (event: RunEvent): void => {
    if (stopAt?.(event)) abort.abort();
  };
  return runPreset({
    preset,
    settings: resolveSettings(preset, tiny),
    folder: join(root, folder),
    resume,
    watch,
    signal: abort.signal,
    warn: () => {},
  });
}

test.each(presets.map((preset) => preset.name))('%s runs from end to end, and records what its model predicted', async (name) => {
  const result = await run(name, name);
  expect(result.trials.length).toBe(3);
  expect(result.trials.every((trial) => Number.isFinite(trial.return))).toBe(true);
  const { evaluation, scenes } = readTrajectory(join(root, name), 1)!;
  expect(evaluation!.predictions.length).toBeGreaterThan(0);
  expect(evaluation!.calibration.observed.every((share, i, all) => share >= 0 && share <= 1 && share >= (all[i - 1] ?? 0))).toBe(true);
  expect(scenes).not.toBeNull();
});

test('PETS stopped at any step or in the middle of a fit, and resumed, ends bit for bit as if it had not been', async () => {
  const whole = join(root, 'pendulum');
  const stops: ((event: RunEvent) => boolean)[] = [
    (event) => event.type === 'step' && event.environmentSteps === 37,
    (event) => event.type === 'fitProgress' && event.trial === 1,
    (event) => event.type === 'step' && event.trial === 2 && event.step === 10,
  ];
  for (const [index, stopAt] of stops.entries())
    expect((await run('pendulum', 'parts', { resume: index > 0, stopAt })).status).toBe('stopped');
  expect((await run('pendulum', 'parts', { resume: true })).status).toBe('finished');
  expect(timelessContents(join(root, 'parts'))).toEqual(timelessContents(whole));
  const checkpoint = (folder: string): Uint8Array => readFileSync(join(folder, 'checkpoints', 'latest.safetensors'));
  // The last checkpoint holds the whole agent; only the clock's fields may differ, and those are in its JSON.
  const arrays = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)));
  expect(Buffer.compare(arrays(checkpoint(join(root, 'parts'))), arrays(checkpoint(whole)))).toBe(0);
});
