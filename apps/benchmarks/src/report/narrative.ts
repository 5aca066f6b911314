/** Says in plain words what happened. */
import { median } from '@mbrl/core';
import type { TrialResult } from '../run/run-record.js';
import { formatDuration, formatExperience, formatNumber } from '../view/format-figures.js';
import { verdict } from '../view/run-summary.js';
import type { LoadedRun } from './load-runs.js';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sum = (trials: readonly TrialResult[], time: (trial: TrialResult) => number): number =>
  trials.reduce((total, trial) => total + time(trial), 0);

/** The headline of a report. */
export function headline(runs: readonly LoadedRun[]): string {
  const { config, result } = runs[0]!;
  if (runs.length === 1) return capital(verdict(config, result));
  const solved = runs.map((run) => run.result.solved).filter((at) => at !== null);
  if (solved.length === 0) return `None of ${runs.length} runs learned to ${config.goal}`;
  const trial = median(solved.map((at) => at.trial));
  const steps = median(solved.map((at) => at.learnedFromSteps));
  return `${solved.length} of ${runs.length} runs learned to ${config.goal}; at the median in trial ${trial}, after ${steps} steps = ${formatExperience(steps * config.timeStep)} of experience`;
}

/** Sentences that tell the story of one run. */
function storyOfOne({ config, result }: LoadedRun): string[] {
  const { timeStep, settings } = config;
  const { trials, solved } = result;
  const random = trials.find((trial) => trial.random);
  const planned = trials.filter((trial) => !trial.random);
  const seconds = (steps: number): string => formatExperience(steps * timeStep);
  const story: string[] = [];
  if (random)
    story.push(
      `It began by acting at random for ${random.steps} steps, ${seconds(random.steps)}, which earned a return of ${formatNumber(random.return)}. All that it first knew of the world came from there.`,
    );
  const horizon = settings['horizon'];
  const first = planned[0];
  if (first) {
    const ahead = typeof horizon === 'number' ? `, looking ${horizon} steps (${seconds(horizon)}) ahead at every step` : '';
    story.push(
      `From then on it planned each action inside the model that it had learned${ahead}. The first planned trial earned ${formatNumber(first.return)}${first.solved ? ', and was solved' : ''}.`,
    );
  }
  if (solved && solved.trial !== first?.index) {
    const at = trials.find((trial) => trial.index === solved.trial);
    story.push(
      `After each trial the model learned from what had just happened. In trial ${solved.trial}, having seen ${solved.learnedFromSteps} steps, it learned to ${config.goal}: a return of ${formatNumber(at?.return ?? NaN)}.`,
    );
  } else if (!solved && planned.length > 1) {
    const best = planned.reduce((a, b) => (b.return > a.return ? b : a));
    story.push(
      `After each trial the model learned from what had just happened. The best trial was ${best.index}, with ${formatNumber(best.return)}; it did not learn to ${config.goal} in ${planned.length} trials.`,
    );
  }
  if (result.elapsedMilliseconds > 0 && planned.length > 0) {
    const planning = sum(planned, (trial) => trial.planMilliseconds * trial.steps);
    const fitting = sum(trials, (trial) => trial.fitMilliseconds);
    const threads = config.engine.threadCount === 1 ? 'one thread' : `${config.engine.threadCount} threads`;
    story.push(
      `The run took ${formatDuration(result.elapsedMilliseconds)} on ${threads}: ${formatDuration(planning)} to plan, ${formatDuration(fitting)} to fit the model.`,
    );
  }
  return story;
}

function storyOfSeveral(runs: readonly LoadedRun[]): string[] {
  const bests = runs
    .map((run) => Math.max(...run.result.trials.filter((trial) => !trial.random).map((trial) => trial.return)))
    .filter(Number.isFinite);
  const story = [
    `The same preset was run ${runs.length} times, with nothing changed but the seed of the random numbers. The line is the median run, the band the middle half of them.`,
  ];
  if (bests.length > 0)
    story.push(
      `The best trial of a run earned between ${formatNumber(Math.min(...bests))} and ${formatNumber(Math.max(...bests))}, at the median ${formatNumber(median(bests))}.`,
    );
  const clocks = runs.map((run) => run.result.solved?.elapsedMilliseconds).filter((time) => time !== undefined);
  if (clocks.length > 0)
    story.push(
      `By the clock, a run was solved after ${formatDuration(median(clocks))} at the median, ${formatDuration(Math.max(...clocks))} at most.`,
    );
  return story;
}

/** The story of the runs, a few sentences each a paragraph of its own. */
export function story(runs: readonly LoadedRun[]): string[] {
  return runs.length === 1 ? storyOfOne(runs[0]!) : storyOfSeveral(runs);
}

/** Figures for the top of the page: a name, a value, a note. */
export function keyFigures(runs: readonly LoadedRun[]): { readonly name: string; readonly value: string; readonly note: string }[] {
  const { config } = runs[0]!;
  const trials = runs.flatMap((run) => run.result.trials.filter((trial) => !trial.random));
  const many = runs.length > 1;
  const of = many ? ', median' : '';
  const figures: { name: string; value: string; note: string }[] = [];
  const solved = runs.map((run) => run.result.solved).filter((at) => at !== null);
  if (many) figures.push({ name: 'solved', value: `${solved.length} of ${runs.length}`, note: 'runs' });
  if (solved.length > 0) {
    figures.push({
      name: 'solved in trial',
      value: formatCount(median(solved.map((at) => at.trial))),
      note: many ? 'median' : `of at most ${String(config.settings['trials'])}`,
    });
    const steps = median(solved.map((at) => at.learnedFromSteps));
    figures.push({
      name: 'experience it took',
      value: formatExperience(steps * config.timeStep),
      note: `${formatCount(steps)} steps${of}`,
    });
    figures.push({
      name: 'time it took',
      value: formatDuration(median(solved.map((at) => at.elapsedMilliseconds))),
      note: `by the clock${of}`,
    });
  }
  if (trials.length > 0) {
    const bests = runs
      .map((run) => Math.max(...run.result.trials.filter((trial) => !trial.random).map((trial) => trial.return)))
      .filter(Number.isFinite);
    figures.push({
      name: 'best return',
      value: formatNumber(median(bests)),
      note: many ? 'median' : `random: ${formatNumber(runs[0]!.result.trials.find((trial) => trial.random)?.return ?? NaN)}`,
    });
    figures.push({
      name: 'planning an action',
      value: formatDuration(median(trials.map((trial) => trial.planMilliseconds))),
      note: `${formatDuration(config.timeStep * 1000)} of simulated time`,
    });
  }
  return figures;
}

const formatCount = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
