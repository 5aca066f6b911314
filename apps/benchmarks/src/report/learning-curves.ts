/** Learning curves of runs, and their median and quartiles by trial. */
import { quantile } from '@mbrl/core';
import type { TrialResult } from '../run/run-record.js';
import type { CurveBand, CurvePoints, LearningCurves } from './page/report-data.js';

const isNumber = (value: number | null | undefined): value is number => typeof value === 'number';

/** Best return of the planned trials so far, for each of `count` trials; held on after the last. */
function bestSoFar(trials: readonly TrialResult[], count: number): CurvePoints {
  let best: number | null = null;
  return Array.from({ length: count }, (_, index) => {
    const trial = trials[index];
    if (trial && !trial.random) best = best === null ? trial.return : Math.max(best, trial.return);
    return trials.length === 0 ? null : best;
  });
}

function band(curves: readonly CurvePoints[], count: number): CurveBand {
  const at = (probability: number): CurvePoints =>
    Array.from({ length: count }, (_, index) => {
      const there = curves.map((curve) => curve[index]).filter(isNumber);
      return there.length === 0 ? null : quantile(there, probability);
    });
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** The curves of some runs. A trial's place is its index, so runs whose trials differ in length still compare. */
export function learningCurves(runs: readonly (readonly TrialResult[])[]): LearningCurves {
  const count = Math.max(0, ...runs.map((trials) => (trials.at(-1)?.index ?? -1) + 1));
  // A run without random data begins with trial 1.
  const byIndex = runs.map((trials) => Array.from({ length: count }, (_, index) => trials.find((trial) => trial.index === index)));
  const raw = byIndex.map((trials) => trials.map((trial) => trial?.return ?? null));
  const best = byIndex.map((trials) =>
    bestSoFar(
      trials.filter((trial) => trial !== undefined),
      count,
    ),
  );
  const several = runs.length > 1;
  return {
    trials: Array.from({ length: count }, (_, index) => index),
    raw,
    best,
    rawBand: several ? band(raw, count) : null,
    bestBand: several ? band(best, count) : null,
  };
}
