/** The table of environments that `mbrl list envs` prints. */
import type { Space } from '@mbrl/core';
import { describeEnvironment, environmentNames, loadEnvironment } from '@mbrl/envs';
import type { TerminalStyle } from '../view/terminal-style.js';
import { describeSpace } from './describe-space.js';

/** One environment in the table. */
export interface ListedEnvironment {
  readonly name: string;
  readonly observation: string;
  readonly action: string;
  readonly reward: string;
  /** Seconds of simulated time. */
  readonly timeStep: number;
  readonly source: string;
}

const headings: { readonly [Column in keyof ListedEnvironment]: string } = {
  name: 'name',
  observation: 'observation',
  action: 'action',
  reward: 'reward of a step',
  timeStep: 'step',
  source: 'source',
};

const withoutNames = (space: Space): Space => (space.kind === 'discrete' ? { kind: 'discrete', size: 1, count: space.count } : space);

/** Makes each environment once, and tells of it. */
export async function listEnvironments(): Promise<ListedEnvironment[]> {
  const listed: ListedEnvironment[] = [];
  for (const name of environmentNames()) {
    const environment = await loadEnvironment(name as string);
    const { observationSpace, actionSpace, timeStep } = environment;
    const { reward, source } = describeEnvironment(name);
    const observation = describeSpace(withoutNames(observationSpace));
    listed.push({ name, observation, action: describeSpace(withoutNames(actionSpace)), reward, timeStep, source });
    environment.dispose?.();
  }
  return listed;
}

/**
 * The table as lines, a column for each fact; where that is wider than `width` columns, each environment's facts stand
 * below its name, broken where they do not fit.
 */
export function environmentTable(environments: readonly ListedEnvironment[], style: TerminalStyle, width: number = Infinity): string[] {
  const columns = Object.keys(headings) as (keyof ListedEnvironment)[];
  const textOf = (environment: ListedEnvironment, column: keyof ListedEnvironment): string =>
    column === 'timeStep' ? `${Number(environment.timeStep.toPrecision(3))} s` : environment[column];
  const widths = columns.map((column) => Math.max(headings[column].length, ...environments.map((one) => textOf(one, column).length)));
  const head = columns.map((column, index) => headings[column].padEnd(widths[index]!)).join('  ');
  if (head.length > width) {
    const facts = columns.filter((column) => column !== 'name');
    return environments.flatMap((environment) => [
      style.bold(environment.name),
      ...facts.flatMap((column) => factLines(headings[column], textOf(environment, column), style, width)),
    ]);
  }
  return [
    style.dim(head.trimEnd()),
    ...environments.map((environment) => {
      const [name = '', ...rest] = columns.map((column, index) => textOf(environment, column).padEnd(widths[index]!));
      return `${style.bold(name)}  ${rest.join('  ')}`.trimEnd();
    }),
  ];
}

/** A fact under its name, with its words broken to lines of at most `width` columns where they allow it. */
function factLines(heading: string, text: string, style: TerminalStyle, width: number): string[] {
  const indent = 2 + headings.reward.length + 2;
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (indent + longer.length <= width || lines[last] === '') lines[last] = longer;
    else lines.push(word);
  }
  return lines.map((line, index) => `  ${style.dim((index === 0 ? heading : '').padEnd(indent - 2))}${line}`);
}
