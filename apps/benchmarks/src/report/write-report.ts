/** Writes the report of run folders. */
import { writeFileAtomic } from '@mbrl/core/node';
import { loadRuns } from './load-runs.js';
import { renderReport } from './render-report.js';

/** Writes the report of runs of one preset to `file`. @throws OptionError when the folders do not go together. */
export async function writeReport(folders: readonly string[], file: string): Promise<void> {
  await writeFileAtomic(file, renderReport(loadRuns(folders)));
}
