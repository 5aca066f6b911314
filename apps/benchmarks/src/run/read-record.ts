/** Reads the records of a run folder and checks that they are what they should be: a folder may be cut, altered or foreign. */
import { readFileSync } from 'node:fs';
import { CheckpointError } from '@mbrl/core';
import * as v from 'valibot';
import { runFormat } from './run-record.js';

const texts = v.record(v.string(), v.string());
const numbers = v.array(v.number());
const rows = v.array(numbers);

/** What of `config.json` its readers rely on. */
export const configShape: v.GenericSchema = v.looseObject({
  preset: v.string(),
  description: v.string(),
  environment: v.string(),
  timeStep: v.number(),
  goal: v.string(),
  solvedWhen: v.string(),
  observationLabels: v.array(v.string()),
  actionLabels: v.array(v.string()),
  seed: v.number(),
  settings: v.record(v.string(), v.union([v.number(), v.boolean(), v.string(), numbers])),
  versions: texts,
  engine: v.looseObject({ name: v.string(), version: v.string(), threadCount: v.number() }),
  startedAt: v.string(),
});

const trial = v.looseObject({
  index: v.number(),
  steps: v.number(),
  environmentSteps: v.number(),
  return: v.number(),
  random: v.boolean(),
  solved: v.boolean(),
  planMilliseconds: v.number(),
  fitMilliseconds: v.number(),
});

/** What of `result.json` its readers rely on. */
export const resultShape: v.GenericSchema = v.looseObject({
  preset: v.string(),
  seed: v.number(),
  status: v.picklist(['running', 'stopped', 'finished', 'solved']),
  solved: v.nullable(v.looseObject({ trial: v.number(), learnedFromSteps: v.number(), elapsedMilliseconds: v.number() })),
  trials: v.array(trial),
  elapsedMilliseconds: v.number(),
});

/** What of a trajectory its readers rely on. */
export const trajectoryShape: v.GenericSchema = v.looseObject({
  trial: v.number(),
  episodeStarts: numbers,
  observations: rows,
  actions: rows,
  rewards: numbers,
  figures: v.record(v.string(), numbers),
  planMilliseconds: numbers,
  scenes: v.nullable(v.looseObject({})),
  evaluation: v.nullable(v.looseObject({})),
});

/** What of a line of `metrics.jsonl` its readers rely on. */
export const metricsShape: v.GenericSchema = v.variant('type', [
  v.looseObject({ type: v.literal('steps'), trial: v.number(), from: v.number(), to: v.number(), reward: v.number() }),
  v.looseObject({
    type: v.literal('fit'),
    trial: v.number(),
    environmentSteps: v.number(),
    epochs: v.array(v.record(v.string(), v.number())),
    metrics: v.record(v.string(), v.number()),
    fitMilliseconds: v.number(),
  }),
  v.looseObject({ type: v.literal('trial'), index: v.number() }),
]);

/**
 * Reads `text` as a record of the given shape.
 * @param place names it in the error message
 * @throws CheckpointError when it is no JSON or has another shape.
 */
export function parseRecord(place: string, text: string, shape: v.GenericSchema): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${place} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { issues } = v.safeParse(shape, value);
  const issue = issues?.[0];
  if (!issue) return value;
  const path = v.getDotPath(issue) ?? 'the record';
  const wrong = issue.received === 'undefined' ? 'is missing' : `must be ${issue.expected}, got ${issue.received}`;
  throw new CheckpointError(`${place} cannot be read: ${path} ${wrong}`);
}

/** Reads a JSON file of the run's format and the given shape. @throws CheckpointError as {@link parseRecord}. */
export function readRecord(path: string, shape: v.GenericSchema): unknown {
  const text = readFileSync(path, 'utf8');
  const { format } = parseRecord(path, text, v.looseObject({})) as { readonly format?: unknown };
  if (format !== runFormat) throw new CheckpointError(`${path} must have format ${runFormat}, got ${JSON.stringify(format)}`);
  return parseRecord(path, text, shape);
}
