/** What a run came to, as lines. */
import type { RunConfig, RunResult } from '../run/run-record.js';
import { formatDuration, formatExperience, formatNumber } from './format-figures.js';
import type { TerminalStyle } from './terminal-style.js';

/** Says in a sentence whether the goal was met, when, and after how much experience. */
export function verdict(config: Pick<RunConfig, 'goal' | 'timeStep'>, result: Pick<RunResult, 'solved' | 'trials' | 'status'>): string {
  const { solved, trials, status } = result;
  if (solved) {
    const seconds = solved.learnedFromSteps * config.timeStep;
    return `learned to ${config.goal} in trial ${solved.trial}, after ${solved.learnedFromSteps} steps = ${formatExperience(seconds)} of experience`;
  }
  const planned = trials.filter((trial) => !trial.random).length;
  if (planned === 0) return 'no trial that was planned has ended yet';
  const count = `${planned} ${planned === 1 ? 'trial' : 'trials'}`;
  return status === 'stopped' || status === 'running'
    ? `has not learned to ${config.goal} yet, after ${count}`
    : `did not learn to ${config.goal} in ${count}`;
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
    result.solved
      ? style.good(`It ${sentence} (${formatDuration(result.solved.elapsedMilliseconds)} by the clock).`)
      : `${sentence.startsWith('no ') ? 'So far n' + sentence.slice(1) : `It ${sentence}`}.`,
    style.dim(`${ended} after ${formatDuration(result.elapsedMilliseconds)}.`),
  ];
}
