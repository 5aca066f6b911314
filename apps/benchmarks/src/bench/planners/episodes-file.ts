/** Episodes of the comparison and times measured apart from them in a JSON file, so that a table can be completed in pieces. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OptionError } from '@mbrl/core';
import { writeFileAtomic } from '@mbrl/core/node';
import * as v from 'valibot';
import type { BenchMachine } from '../machine.js';
import type { PlannerEpisode, PlannerTiming } from './planner-episode.js';

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
const TimingSchema = v.omit(EpisodeSchema, ['seed', 'return', 'solved']);
const FileSchema = v.object({
  kind: v.literal('planner-episodes'),
  version: v.literal(formatVersion),
  episodes: v.array(EpisodeSchema),
  timings: v.optional(v.array(TimingSchema), []),
});

/** What a file holds. */
export interface PlannerRecords {
  readonly episodes: readonly PlannerEpisode[];
  readonly timings: readonly PlannerTiming[];
}

/** Reads a file; nothing where there is none. @throws OptionError on a file that holds something else. */
export function readRecords(file: string): PlannerRecords {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { episodes: [], timings: [] };
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
  const { episodes, timings } = parsed.output;
  return { episodes, timings };
}

/** Writes all of it at once. */
export async function writeRecords(file: string, machine: BenchMachine, { episodes, timings }: PlannerRecords): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  const content = { kind: 'planner-episodes', version: formatVersion, machine, episodes, ...(timings.length > 0 && { timings }) };
  await writeFileAtomic(resolve(file), `${JSON.stringify(content, undefined, 1)}\n`);
}

/** What a row of the table is about: a planner, its settings and its task. */
export type RowKey = Pick<PlannerEpisode, 'task' | 'contender' | 'evaluations' | 'horizon' | 'gradients'>;

/** What tells one episode from another. */
export type EpisodeKey = RowKey & Pick<PlannerEpisode, 'steps' | 'seed'>;

const rowKeys = ['task', 'contender', 'evaluations', 'horizon', 'gradients'] as const;

/** Whether two belong to one row, gradients' source included. */
export function isSameRow(a: RowKey, b: RowKey): boolean {
  return rowKeys.every((key) => a[key] === b[key]);
}

/** Whether two episodes are the same. */
export function isSameEpisode(a: EpisodeKey, b: EpisodeKey): boolean {
  return isSameRow(a, b) && a.steps === b.steps && a.seed === b.seed;
}
