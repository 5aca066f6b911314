/** Which trials a report keeps for watching, when it cannot keep all. */
import type { TrialResult } from '../run/run-record.js';

/**
 * Picks at most `limit` trials, in order: the random one, the first, the first solved, the best and the last, then
 * others spread evenly between.
 */
export function selectTrials(trials: readonly TrialResult[], limit: number): TrialResult[] {
  if (trials.length <= limit) return [...trials];
  const planned = trials.filter((trial) => !trial.random);
  const best = planned.reduce<TrialResult | undefined>(
    (found, trial) => (found && found.return >= trial.return ? found : trial),
    undefined,
  );
  const chosen = new Set<TrialResult>();
  const first = [planned.find((trial) => trial.solved), best, trials[0], planned.at(-1), planned[0]];
  for (const trial of first) if (trial && chosen.size < limit) chosen.add(trial);
  for (let parts = 2; chosen.size < limit && parts <= trials.length; parts *= 2) {
    for (let part = 1; part < parts && chosen.size < limit; part++) chosen.add(trials[Math.floor((part * trials.length) / parts)]!);
  }
  for (const trial of trials) if (chosen.size < limit) chosen.add(trial);
  return trials.filter((trial) => chosen.has(trial));
}
