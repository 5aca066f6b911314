/** The comparison as text: for each task a table in Markdown, one row for each contender. */
import { bootstrapInterval, createRng, interquartileMean, type Interval, median } from '@mbrl/core';
import { contenders } from './contenders.js';
import { isSameRow, type PlannerRecords } from './episodes-file.js';
import type { PlannerEpisode } from './planner-episode.js';
import type { PlannerTask } from './planner-tasks.js';

/** A row: one contender on one task. */
export interface PlannerRow {
  readonly contender: string;
  readonly evaluations: number;
  readonly steps: number;
  readonly gradients?: 'compiled' | 'differences';
  /** Seeds played. */
  readonly seedCount: number;
  /** Interquartile mean of the returns with its 95% bootstrap interval. */
  readonly return: Interval;
  /** How many were solved; null where the task has no such point or its episodes were cut short. */
  readonly solvedCount: number | null;
  /** Of the times measured apart where they were, else the median over the episodes of the median plan, ms. */
  readonly millisecondsPerAction: number;
}

/** Puts the episodes of a task together, contender by contender and setting by setting, in the order of the contenders. */
export function rowsOf(task: PlannerTask, { episodes, timings }: PlannerRecords): PlannerRow[] {
  const groups = new Map<string, PlannerEpisode[]>();
  const place = ({ contender }: PlannerEpisode): number => contenders.findIndex(({ name }) => name === contender);
  const own = episodes.filter((episode) => episode.task === task.name).toSorted((a, b) => place(a) - place(b));
  for (const episode of own) {
    const { contender, evaluations, steps, horizon, gradients } = episode;
    const key = JSON.stringify([contender, evaluations, steps, horizon, gradients]);
    groups.set(key, [...(groups.get(key) ?? []), episode]);
  }
  return [...groups.values()].map((group) => {
    const { contender, evaluations, steps, gradients } = group[0]!;
    const returns = group.toSorted((a, b) => a.seed - b.seed).map((episode) => episode.return);
    return {
      contender,
      evaluations,
      steps,
      ...(gradients && { gradients }),
      seedCount: group.length,
      return: bootstrapInterval(returns, { rng: createRng(0), statistic: interquartileMean }),
      solvedCount: group.some(({ solved }) => solved === null) ? null : group.filter(({ solved }) => solved).length,
      millisecondsPerAction:
        timings.find((timing) => isSameRow(timing, group[0]!))?.millisecondsPerAction ??
        median(group.map((episode) => episode.millisecondsPerAction)),
    };
  });
}

const headings = ['planner', 'evaluations', 'seeds', 'return', '95% interval', 'solved', 'ms an action'] as const;

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2).replace('-', '−');
}

function cellsOf({ contender, gradients, evaluations, seedCount, return: { estimate, low, high }, ...row }: PlannerRow): string[] {
  return [
    gradients ? `${contender} (${gradients})` : contender,
    String(evaluations),
    String(seedCount),
    digits(estimate),
    `${digits(low)} to ${digits(high)}`,
    row.solvedCount === null ? '–' : `${row.solvedCount} of ${seedCount}`,
    row.millisecondsPerAction.toFixed(1),
  ];
}

/** iCEM with a third of CEM's evaluations beside CEM. */
export interface ThirdDifference {
  /** CEM's. */
  readonly evaluations: number;
  /** iCEM's return less CEM's, seed by seed: interquartile mean with its 95% bootstrap interval. */
  readonly difference: Interval;
}

/** Compares them for each number of evaluations at which both played a seed with the same steps. */
export function thirdDifferences(task: PlannerTask, episodes: readonly PlannerEpisode[]): ThirdDifference[] {
  const of = (name: string): PlannerEpisode[] => episodes.filter((each) => each.task === task.name && each.contender === name);
  const thirds = of('icem-third');
  const differences = new Map<number, number[]>();
  for (const { seed, steps, evaluations, return: reached } of of('cem')) {
    const third = thirds.find((each) => each.seed === seed && each.steps === steps && each.evaluations === Math.floor(evaluations / 3));
    if (third) differences.set(evaluations, [...(differences.get(evaluations) ?? []), third.return - reached]);
  }
  return [...differences].map(([evaluations, values]) => ({
    evaluations,
    difference: bootstrapInterval(values, { rng: createRng(0), statistic: interquartileMean }),
  }));
}

/** The lines of a task; none where no episode of it was played. */
export function taskLines(task: PlannerTask, records: PlannerRecords): string[] {
  const rows = rowsOf(task, records);
  if (rows.length === 0) return [];
  const steps = [...new Set(rows.map((row) => row.steps))].join(' or ');
  const cells = [[...headings], ...rows.map(cellsOf)];
  if (!task.hasDynamics) cells.push(['gradient, gradient-cem', ...headings.slice(1).map(() => '–')]);
  const widths = headings.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [
    `${task.environment}, ${steps} steps, horizon ${task.horizon}, noise exponent of iCEM ${task.noiseExponent}${task.goal ? `; solved: ${task.goal.description}` : ''}`,
    '',
    line(cells[0]!),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.slice(1).map(line),
    ...thirdDifferences(task, records.episodes).flatMap(({ evaluations, difference: { estimate, low, high } }) => [
      '',
      `iCEM with a third of the evaluations less CEM with all ${evaluations}, seed by seed: ${digits(estimate)}, ${digits(low)} to ${digits(high)}`,
    ]),
  ];
}
