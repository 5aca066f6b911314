import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMetricsFile, readMetrics } from './metrics-file.js';
import {
  checkFolderFree,
  freeRunFolder,
  lockRunFolder,
  makeRunFolder,
  readConfig,
  readResult,
  readTrajectory,
  removeLeftovers,
  runPaths,
  trajectoryPath,
} from './run-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mbrl-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('run folders are counted up; one that holds anything is not free', () => {
  expect(freeRunFolder(root, 'toy', 3)).toBe(join(root, 'toy-seed3-1'));
  mkdirSync(join(root, 'toy-seed3-1'));
  expect(freeRunFolder(root, 'toy', 3)).toBe(join(root, 'toy-seed3-2'));
  expect(() => checkFolderFree(join(root, 'toy-seed3-1'))).not.toThrow();
  writeFileSync(join(root, 'toy-seed3-1', 'a'), '');
  expect(() => checkFolderFree(join(root, 'toy-seed3-1'))).toThrow(/--out must be a new or empty folder, but .* holds a$/);
  writeFileSync(join(root, 'toy-seed3-1', 'config.json'), '');
  expect(() => checkFolderFree(join(root, 'toy-seed3-1'))).toThrow(/holds a, config.json; to go on with its run: --resume .*toy-seed3-1$/);
  expect(() => checkFolderFree('')).toThrow(/--out must name a folder, got ""/);
  expect(() => checkFolderFree(join(root, 'toy-seed3-1', 'a'))).toThrow(/--out must be a folder/);
});

test('a folder is locked against another live process, not against one that is gone', () => {
  const paths = runPaths(root);
  writeFileSync(paths.lock, `${process.ppid}\n`);
  expect(() => lockRunFolder(paths)).toThrow(/is running in/);
  writeFileSync(paths.lock, '999999999\n');
  const unlock = lockRunFolder(paths);
  expect(readFileSync(paths.lock, 'utf8')).toBe(`${process.pid}\n`);
  unlock();
  expect(readdirSync(root)).toEqual([]);
});

test('what a killed process leaves is removed: temporary files and trajectories of later trials', () => {
  const paths = runPaths(root);
  makeRunFolder(paths);
  for (const name of ['trial-000.json', 'trial-001.json', 'trial-002.json', '.trial-001.json.7.abc.tmp'])
    writeFileSync(join(paths.trajectories, name), '');
  removeLeftovers(paths, 1);
  expect(readdirSync(paths.trajectories)).toEqual(['trial-000.json']);
});

test('a configuration of another format or none is refused', () => {
  expect(() => readConfig(root)).toThrow(/it has no config.json/);
  writeFileSync(join(root, 'config.json'), '{"format": 99}');
  expect(() => readConfig(root)).toThrow(/must have format 1, got 99/);
  writeFileSync(join(root, 'config.json'), '{');
  expect(() => readConfig(root)).toThrow(/cannot be read/);
  writeFileSync(join(root, 'config.json'), 'null');
  expect(() => readConfig(root)).toThrow(/config.json cannot be read: the record must be Object, got null/);
  writeFileSync(join(root, 'config.json'), '{"format": 1, "preset": 3}');
  expect(() => readConfig(root)).toThrow(/config.json cannot be read: preset must be string, got 3/);
  expect(() => readConfig('')).toThrow(/"" is not the folder of a run/);
});

test('a result or a trajectory that is not whole is refused with what is missing', () => {
  const paths = runPaths(root);
  makeRunFolder(paths);
  writeFileSync(paths.result, '{"format": 1, "preset": "toy", "seed": 0, "status": "lost"}');
  expect(() => readResult(root)).toThrow(/result.json cannot be read: status must be .*"finished".*, got "lost"/);
  writeFileSync(paths.result, '[]');
  expect(() => readResult(root)).toThrow(/result.json must have format 1, got undefined/);
  writeFileSync(trajectoryPath(paths, 0), '{"format": 1, "trial": 0, "episodeStarts": [0], "observations": [[0], "x"]}');
  expect(() => readTrajectory(root, 0)).toThrow(/trial-000.json cannot be read: observations.1 must be Array, got "x"/);
});

test('a line of metrics that is no record is named', () => {
  const path = join(root, 'metrics.jsonl');
  const good = '{"type":"trial","index":1}\n';
  writeFileSync(path, `${good}garbage\n`);
  expect(() => readMetrics(path)).toThrow(/line 2 of .*metrics.jsonl cannot be read: /);
  writeFileSync(path, `${good}${good}{"type":"fit"}\n`);
  expect(() => readMetrics(path)).toThrow(/line 3 of .*metrics.jsonl cannot be read: trial is missing/);
  expect(() => openMetricsFile(join(root, 'absent.jsonl'), 5)).toThrow(/metrics.jsonl must be there with the 5 bytes/);
});

test('metrics go on at the length that is given, cut what is behind it, and refuse a file that is too short', () => {
  const path = join(root, 'metrics.jsonl');
  const record = (to: number) => ({ type: 'steps' as const, trial: 0, from: 0, to, reward: 1, planMilliseconds: 2 });
  const first = openMetricsFile(path, 0);
  first.append(record(1));
  const { length } = first;
  first.append(record(2));
  first.close();
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"type":"half`);
  expect(readMetrics(path)).toEqual([record(1), record(2)]);
  const second = openMetricsFile(path, length);
  second.append(record(3));
  second.close();
  expect(readMetrics(path)).toEqual([record(1), record(3)]);
  expect(() => openMetricsFile(path, 10_000)).toThrow(/at least the 10000 bytes/);
});
