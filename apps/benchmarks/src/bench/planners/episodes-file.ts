/** Episodes of the comparison in a JSON file, so that a table can be completed in pieces. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OptionError } from '@mbrl/core';
import { writeFileAtomic } from '@mbrl/core/node';
import * as v from 'valibot';
import type { BenchMachine } from '../machine.js';
import type { PlannerEpisode } from './planner-episode.js';

const formatVersion = 1;

const EpisodeSchema = v.object({
  task: v.string(),
  contender: v.string(),
  evaluations: v.number(),
  horizon: v.number(),
  steps: v.number(),
  seed: v.number(),
  gradients: v.exactOptional(v.picklist(['compiled', 'differences'])),
  return: v.number(),
  solved: v.nullable(v.boolean()),
  millisecondsPerAction: v.number(),
  load: v.number(),
});
const FileSchema = v.object({ kind: v.literal('planner-episodes'), version: v.literal(formatVersion), episodes: v.array(EpisodeSchema) });

/** Reads the episodes of a file; none where there is no file. @throws OptionError on a file that holds something else. */
export function readEpisodes(file: string): PlannerEpisode[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  const parsed = v.safeParse(FileSchema, content);
  if (!parsed.success) throw new OptionError(`--json must be a file of this command or a new one, got ${JSON.stringify(file)}`);
  return parsed.output.episodes;
}

/** Writes all episodes at once. */
export async function writeEpisodes(file: string, machine: BenchMachine, episodes: readonly PlannerEpisode[]): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  const content = { kind: 'planner-episodes', version: formatVersion, machine, episodes };
  await writeFileAtomic(resolve(file), `${JSON.stringify(content, undefined, 1)}\n`);
}

/** What tells one episode from another. */
export type EpisodeKey = Pick<PlannerEpisode, 'task' | 'contender' | 'evaluations' | 'horizon' | 'steps' | 'seed' | 'gradients'>;

/** Whether two episodes are the same, gradients' source included. */
export function isSameEpisode(a: EpisodeKey, b: EpisodeKey): boolean {
  const keys = ['task', 'contender', 'evaluations', 'horizon', 'steps', 'seed', 'gradients'] as const;
  return keys.every((key) => a[key] === b[key]);
}
