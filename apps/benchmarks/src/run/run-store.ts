/** Where a run writes to. */
import { readFileSync } from 'node:fs';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@mbrl/core';
import { writeFileAtomic } from './atomic-file.js';
import { type MetricsFile, openMetricsFile } from './metrics-file.js';
import { type RunPaths, trajectoryPath } from './run-folder.js';
import type { RunConfig, RunResult, TrajectoryRecord } from './run-record.js';

/** The files that a run writes. Each but the metrics is replaced whole. */
export interface RunStore {
  readonly metrics: MetricsFile;
  writeResult(result: RunResult): void;
  writeTrajectory(record: TrajectoryRecord): void;
  writeCheckpoint(checkpoint: Checkpoint): void;
  close(): void;
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes `config.json`, the first file of a run. */
export function writeConfig(paths: RunPaths, config: RunConfig): void {
  writeFileAtomic(paths.config, jsonText(config));
}

/** Opens the files of a run, `metricsLength` bytes of whose metrics belong to the past. */
export function openRunStore(paths: RunPaths, metricsLength: number): RunStore {
  const metrics = openMetricsFile(paths.metrics, metricsLength);
  return {
    metrics,
    writeResult: (result) => writeFileAtomic(paths.result, jsonText(result)),
    writeTrajectory: (record) => writeFileAtomic(trajectoryPath(paths, record.trial), `${JSON.stringify(record)}\n`),
    writeCheckpoint: (checkpoint) => writeFileAtomic(paths.checkpoint, encodeCheckpoint(checkpoint)),
    close: () => metrics.close(),
  };
}

/** Reads the last checkpoint. @throws CheckpointError that says what is wrong. */
export function readLatestCheckpoint(paths: RunPaths): Checkpoint {
  return decodeCheckpoint(readFileSync(paths.checkpoint));
}
