/** The run as lines of a log: one for each trial and each fit that belongs to a whole trial. */
import type { RunWatcher } from '../run/run-event.js';
import { formatDuration, formatNumber } from './format-figures.js';
import { createRunProgress, lossOf, updateRunProgress } from './run-progress.js';

/** Makes a watcher that writes lines, each with its line end. */
export function createPlainView(write: (text: string) => void): RunWatcher {
  const progress = createRunProgress();
  return (event) => {
    updateRunProgress(progress, event);
    switch (event.type) {
      case 'runStarted': {
        const { preset, description, seed, engine } = event.config;
        const threads = `${engine.threadCount} thread${engine.threadCount === 1 ? '' : 's'}`;
        write(`${preset}, seed ${seed}: ${description} (${engine.name} ${engine.version}, ${threads})\n`);
        if (event.resumed) write(`resumed after ${event.environmentSteps} steps, in trial ${event.trials.length}\n`);
        break;
      }
      case 'fitFinished': {
        const loss = lossOf(event.metrics) ?? lossOf(event.last);
        write(
          `  fit    ${event.environmentSteps} steps of data, ${event.epochCount} epochs, ${formatDuration(event.fitMilliseconds)}${loss === undefined ? '' : `, loss ${formatNumber(loss)}`}\n`,
        );
        break;
      }
      case 'trialFinished': {
        const { index, steps, environmentSteps, random, solved, planMilliseconds } = event.result;
        const plan = random ? 'random actions' : `${formatDuration(planMilliseconds)} an action`;
        write(
          `trial ${String(index).padStart(2)}  return ${formatNumber(event.result.return).padStart(7)}  ${steps} steps (${environmentSteps} in all), ${plan}${solved ? ', solved' : ''}\n`,
        );
        break;
      }
      default:
        break;
    }
  };
}
