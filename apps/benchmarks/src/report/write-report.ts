/** Writes the report. */
import { writeFileAtomic } from '../run/atomic-file.js';
/** Writes the report of some run folders. */
export function writeReport(folders: readonly string[], file: string): void {
  writeFileAtomic(file, folders.join());
}
