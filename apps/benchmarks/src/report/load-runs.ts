/** Reads run folders for a report. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { OptionError } from '@mbrl/core';
import { differences } from '../presets/resolve-settings.js';
import { readMetrics } from '../run/metrics-file.js';
import { readConfig, readResult, readTrajectory, runPaths } from '../run/run-folder.js';
import type { MetricsRecord, RunConfig, RunResult, TrajectoryRecord } from '../run/run-record.js';

/** A run as it lies in its folder. */
export interface LoadedRun {
  readonly name: string;
  readonly config: RunConfig;
  readonly result: RunResult;
  readonly fits: readonly Extract<MetricsRecord, { type: 'fit' }>[];
  trajectory(trial: number): TrajectoryRecord | undefined;
}

function loadRun(folder: string): LoadedRun {
  const config = readConfig(folder);
  const { metrics } = runPaths(folder);
  const result = readResult(folder) ?? {
    format: config.format,
    preset: config.preset,
    seed: config.seed,
    status: 'running',
    solved: null,
    trials: [],
    elapsedMilliseconds: 0,
  };
  const records = existsSync(metrics) ? readMetrics(metrics) : [];
  return {
    name: basename(resolve(folder)),
    config,
    result,
    fits: records.filter((record) => record.type === 'fit'),
    trajectory: (trial) => readTrajectory(folder, trial),
  };
}

/** Settings that may differ between the runs of a report. */
const ofNoConsequence = { seed: 0, threads: 0, checkpointEverySteps: 1 };

/**
 * Reads run folders that belong together.
 * @throws OptionError when there is none, one is not a run, or they differ in more than the seed.
 */
export function loadRuns(folders: readonly string[]): LoadedRun[] {
  if (folders.length === 0) throw new OptionError('report: name at least one run folder');
  const runs = folders.map(loadRun);
  const first = runs[0]!;
  for (const run of runs) {
    if (run.config.preset !== first.config.preset) {
      throw new OptionError(
        `report: all runs must be of one preset, got ${first.config.preset} (${first.name}) and ${run.config.preset} (${run.name})`,
      );
    }
    const different = differences({ ...first.config.settings, ...ofNoConsequence }, { ...run.config.settings, ...ofNoConsequence });
    if (different.length > 0)
      throw new OptionError(
        `report: runs may differ in the seed only, and in what has no part in learning; ${first.name} (there) and ${run.name} (here) differ in ${different.join('; ')}`,
      );
  }
  return runs;
}
