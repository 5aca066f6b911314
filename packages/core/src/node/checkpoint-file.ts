/** Checkpoints in files. */
import { readFile } from 'node:fs/promises';
import type { Checkpoint } from '../checkpoint.js';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint-codec.js';
import { CheckpointError } from '../errors.js';
import { writeFileAtomic } from './atomic-file.js';

/**
 * Writes a checkpoint to a file in one step: whatever interrupts it, the path holds the whole old or the whole new one.
 * @param path where to, by custom ending in `.safetensors`; its folder must exist
 * @throws CheckpointError or OptionError as `encodeCheckpoint`; the error of the file system when it fails.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomic(path, encodeCheckpoint(checkpoint));
}

/**
 * Reads a checkpoint from a file.
 * @throws CheckpointError that names the file, when it cannot be read or is truncated, altered, foreign or newer.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  try {
    return decodeCheckpoint(await readFile(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`readCheckpoint: ${path}: ${why}`, { cause });
  }
}
