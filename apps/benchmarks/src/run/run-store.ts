/** Where a run writes to. */
import type { Checkpoint } from '@mbrl/core';
import { writeCheckpoint, writeFileAtomic } from '@mbrl/core/node';
import { type MetricsFile, openMetricsFile } from './metrics-file.js';
import { type RunPaths, trajectoryPath } from './run-folder.js';
import type { RunConfig, RunResult, TrajectoryRecord } from './run-record.js';

/** The files that a run writes. Each but the metrics is replaced whole. */
export interface RunStore {
  readonly metrics: MetricsFile;
  writeResult(result: RunResult): Promise<void>;
  writeTrajectory(record: TrajectoryRecord): Promise<void>;
  writeCheckpoint(checkpoint: Checkpoint): Promise<void>;
  close(): void;
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes `config.json`, the first file of a run. */
export async function writeConfig(paths: RunPaths, config: RunConfig): Promise<void> {
  await writeFileAtomic(paths.config, jsonText(config));
}

/** Opens the files of a run, `metricsLength` bytes of whose metrics belong to the past. */
export function openRunStore(paths: RunPaths, metricsLength: number): RunStore {
  const metrics = openMetricsFile(paths.metrics, metricsLength);
  return {
    metrics,
    writeResult: (result) => writeFileAtomic(paths.result, jsonText(result)),
    writeTrajectory: (record) => writeFileAtomic(trajectoryPath(paths, record.trial), `${JSON.stringify(record)}\n`),
    writeCheckpoint: (checkpoint) => writeCheckpoint(paths.checkpoint, checkpoint),
    close: () => metrics.close(),
  };
}
