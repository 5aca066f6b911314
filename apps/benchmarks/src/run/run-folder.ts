/**
 * The folder of a run: where things lie in it, making one, reading one.
 *
 * `config.json`, `metrics.jsonl`, `result.json`, `report.html`, `checkpoints/latest.safetensors`,
 * `trajectories/trial-000.json`, and `lock` while a process runs in it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { OptionError } from '@mbrl/core';
import { configShape, readRecord, resultShape, trajectoryShape } from './read-record.js';
import type { RunConfig, RunResult, TrajectoryRecord } from './run-record.js';

/** Paths within a run folder. */
export interface RunPaths {
  readonly folder: string;
  readonly config: string;
  readonly metrics: string;
  readonly result: string;
  readonly report: string;
  readonly checkpoint: string;
  readonly trajectories: string;
  readonly lock: string;
}

/** Where things lie in the run folder. */
export function runPaths(folder: string): RunPaths {
  return {
    folder,
    config: join(folder, 'config.json'),
    metrics: join(folder, 'metrics.jsonl'),
    result: join(folder, 'result.json'),
    report: join(folder, 'report.html'),
    checkpoint: join(folder, 'checkpoints', 'latest.safetensors'),
    trajectories: join(folder, 'trajectories'),
    lock: join(folder, 'lock'),
  };
}

/** File of a trial's trajectory. */
export function trajectoryPath(paths: RunPaths, trial: number): string {
  return join(paths.trajectories, `trial-${String(trial).padStart(3, '0')}.json`);
}

/** The first folder of the form `runs/<preset>-seed<seed>-<n>`, n from 1, that is not there yet. */
export function freeRunFolder(root: string, preset: string, seed: number): string {
  for (let n = 1; ; n++) {
    const folder = join(root, `${preset}-seed${seed}-${n}`);
    if (!existsSync(folder)) return folder;
  }
}

/** Refuses a folder for a new run that holds anything. @throws OptionError that says how to go on with a run. */
export function checkFolderFree(folder: string): void {
  if (folder === '') throw new OptionError('--out must name a folder, got ""');
  if (!existsSync(folder)) return;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new OptionError(`--out must be a folder, got ${folder}`, { cause });
  }
  if (names.length > 0) {
    const hint = existsSync(runPaths(folder).config) ? `; to go on with its run: --resume ${folder}` : '';
    throw new OptionError(
      `--out must be a new or empty folder, but ${folder} holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and more' : ''}${hint}`,
    );
  }
}

/** Makes the folders of a run. */
export function makeRunFolder(paths: RunPaths): void {
  mkdirSync(dirname(paths.checkpoint), { recursive: true });
  mkdirSync(paths.trajectories, { recursive: true });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
};

/** Marks the folder as in use by this process; gives a function that frees it. @throws OptionError when another process runs in it. */
export function lockRunFolder(paths: RunPaths): () => void {
  if (existsSync(paths.lock)) {
    const pid = Number(readFileSync(paths.lock, 'utf8'));
    if (Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new OptionError(`process ${pid} is running in ${paths.folder}; stop it first (if it is another program, delete ${paths.lock})`);
    }
  }
  writeFileSync(paths.lock, `${process.pid}\n`);
  return () => rmSync(paths.lock, { force: true });
}

/** Reads the configuration of a run. @throws OptionError when the folder is not one of a run, CheckpointError when it cannot be read. */
export function readConfig(folder: string): RunConfig {
  const { config } = runPaths(folder);
  if (folder === '' || !existsSync(config)) {
    throw new OptionError(`${folder === '' ? '""' : folder} is not the folder of a run: it has no config.json`);
  }
  return readRecord(config, configShape) as RunConfig;
}

/** Reads the result so far; undefined before the first trial has ended. */
export function readResult(folder: string): RunResult | undefined {
  const { result } = runPaths(folder);
  if (!existsSync(result)) return undefined;
  return readRecord(result, resultShape) as RunResult;
}

/** Reads the trajectory of a trial; undefined when it has not ended yet. */
export function readTrajectory(folder: string, trial: number): TrajectoryRecord | undefined {
  const path = trajectoryPath(runPaths(folder), trial);
  if (!existsSync(path)) return undefined;
  return readRecord(path, trajectoryShape) as TrajectoryRecord;
}

/** Removes what a killed process left behind: temporary files, and trajectories of trials from `firstTrial` on. */
export function removeLeftovers(paths: RunPaths, firstTrial: number): void {
  for (const folder of [paths.folder, join(paths.folder, 'checkpoints'), paths.trajectories]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const trial = /^trial-(\d+)\.json$/.exec(name);
      if (name.includes('.tmp') || (trial && Number(trial[1]) >= firstTrial)) rmSync(join(folder, name), { force: true });
    }
  }
}
