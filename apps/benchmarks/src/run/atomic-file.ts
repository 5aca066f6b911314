/** Temporary: replaced by `@mbrl/core/node`. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Writes a file so that it is there whole or not at all. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w');
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
}
