/**
 * `metrics.jsonl`: one JSON record a line, handed to the operating system as soon as it is known. A checkpoint states
 * how many bytes of it belong to the past; a resumed run cuts off the rest and writes it again.
 */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CheckpointError } from '@mbrl/core';
import { metricsShape, parseRecord } from './read-record.js';
import type { MetricsRecord } from './run-record.js';

/** An open metrics file. */
export interface MetricsFile {
  /** Bytes written so far. */
  readonly length: number;
  append(record: MetricsRecord): void;
  /** Waits until all that was appended is on the disk. */
  flush(): void;
  close(): void;
}

/**
 * Opens a metrics file and cuts it to `length` bytes.
 * @throws CheckpointError when the file is shorter than that, or missing.
 */
export function openMetricsFile(path: string, length: number): MetricsFile {
  if (length > 0 && !existsSync(path)) {
    throw new CheckpointError(
      `openMetricsFile: metrics.jsonl must be there with the ${length} bytes that the checkpoint states, got no file`,
    );
  }
  const file = openSync(path, length === 0 ? 'w' : 'r+');
  const { size } = fstatSync(file);
  if (size < length) {
    closeSync(file);
    throw new CheckpointError(
      `openMetricsFile: metrics.jsonl must have at least the ${length} bytes that the checkpoint states, got ${size}`,
    );
  }
  ftruncateSync(file, length);
  let end = length;
  return {
    get length() {
      return end;
    },
    append(record) {
      const bytes = new TextEncoder().encode(`${JSON.stringify(record)}\n`);
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, end + written);
      end += bytes.length;
    },
    flush: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** Reads all whole lines; a last line that is still being written is left out. @throws CheckpointError that names the line that is no record. */
export function readMetrics(path: string): MetricsRecord[] {
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseRecord(`line ${index + 1} of ${path}`, line, metricsShape) as MetricsRecord);
}
