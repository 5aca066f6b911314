import { expect, test } from 'vitest';
import type { TrialResult } from '../run/run-record.js';
import { learningCurves } from './learning-curves.js';
import { selectTrials } from './select-trials.js';

const trial = (index: number, value: number, solved = false): TrialResult => ({
  index,
  steps: 10,
  environmentSteps: 10 * (index + 1),
  return: value,
  random: index === 0,
  solved,
  planMilliseconds: 0,
  fitMilliseconds: 0,
});

test('one run: raw returns, and the best so far without the random trial', () => {
  const curves = learningCurves([[trial(0, 50), trial(1, 10), trial(2, 30), trial(3, 20)]]);
  expect(curves).toEqual({ trials: [0, 1, 2, 3], raw: [[50, 10, 30, 20]], best: [[null, 10, 30, 30]], rawBand: null, bestBand: null });
});

test('several runs: median and quartiles by trial over the runs that have it; the best is held on after an early end', () => {
  const curves = learningCurves([
    [trial(0, 0), trial(1, 10), trial(2, 100)],
    [trial(0, 2), trial(1, 20)],
    [trial(0, 4), trial(1, 60), trial(2, 50)],
  ]);
  expect(curves.raw[1]).toEqual([2, 20, null]);
  expect(curves.best[1]).toEqual([null, 20, 20]);
  expect(curves.rawBand).toEqual({ median: [2, 20, 75], low: [1, 15, 62.5], high: [3, 40, 87.5] });
  expect(curves.bestBand!.median).toEqual([null, 20, 60]);
});

test('a run without random data has its first trial at 1', () => {
  expect(learningCurves([[trial(1, 5), trial(2, 6)]]).raw).toEqual([[null, 5, 6]]);
});

test('of many trials the random, first, first solved, best and last are kept', () => {
  const trials = Array.from({ length: 40 }, (_, index) => trial(index, index === 17 ? 99 : index % 7, index >= 9));
  const kept = selectTrials(trials, 8).map(({ index }) => index);
  expect(kept).toHaveLength(8);
  for (const index of [0, 1, 9, 17, 39]) expect(kept).toContain(index);
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
  expect(selectTrials(trials.slice(0, 5), 8)).toHaveLength(5);
  expect(selectTrials(trials, 2).map(({ index }) => index)).toEqual([9, 17]);
});
