/** What a run came to, as lines. */
import type { RunConfig, RunResult } from '../run/run-record.js';
import { formatDuration, formatExperience, formatNumber } from './format-figures.js';
import type { TerminalStyle } from './terminal-style.js';

/** Says in a sentence whether the goal was met, when, and after how much experience. */
export function verdict(config: Pick<RunConfig, 'goal' | 'timeStep'>, result: Pick<RunResult, 'solved' | 'trials'>): string {
  const { solved, trials } = result;
  if (solved) {
    const seconds = solved.learnedFromSteps * config.timeStep;
    return `learned to ${config.goal} in trial ${solved.trial}, after ${solved.learnedFromSteps} steps = ${formatExperience(seconds)} of experience`;
  }
  const planned = trials.filter((trial) => !trial.random).length;
  return planned === 0 ? 'no trial has ended yet' : `did not learn to ${config.goal} in ${planned} ${planned === 1 ? 'trial' : 'trials'}`;
}

/** Lines of the end of a run: return by trial, whether it was solved, how long it took. */
export function runSummary(config: RunConfig, result: RunResult, style: TerminalStyle): string[] {
  const { trials } = result;
  const greatest = Math.max(...trials.map((trial) => Math.abs(trial.return)), 1e-9);
  const rows = trials.map((trial) => {
    const bar = '█'.repeat(Math.max(0, Math.round((Math.max(0, trial.return) / greatest) * 24)));
    const name = trial.random ? 'random ' : `trial ${trial.index}`.padEnd(7);
    const text = `${name}  ${formatNumber(trial.return).padStart(7)}  ${trial.solved ? style.good(bar) : style.dim(bar)}`;
    return trial.solved ? `${text} ${style.good('solved')}` : text;
  });
  const ended = { finished: 'Finished', solved: 'Finished', stopped: 'Stopped', running: 'Running' }[result.status];
  const sentence = verdict(config, result);
  return [
    `${style.bold(config.preset)}, seed ${config.seed}: return by trial`,
    '',
    ...rows,
    '',
    result.solved ? style.good(`It ${sentence}${result.solved ? ` (${formatDuration(result.solved.elapsedMilliseconds)} by the clock)` : ''}.`) : `It ${sentence}.`.replace('It no', 'No'),
    style.dim(`${ended} after ${formatDuration(result.elapsedMilliseconds)}.`),
  ];
}
