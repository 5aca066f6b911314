import { expect, test } from 'vitest';
import type { RunConfig, RunResult, TrialResult } from '../run/run-record.js';
import { createPlainView } from './plain-view.js';
import { runSummary, verdict } from './run-summary.js';
import { createTerminalStyle } from './terminal-style.js';

const config = {
  preset: 'toy',
  description: 'a toy',
  seed: 3,
  goal: 'hold the pole up',
  timeStep: 0.04,
  engine: { name: 'none', version: '0', threadCount: 1 },
} as RunConfig;
const trial = (index: number, value: number, solved = false): TrialResult => ({
  index,
  steps: 200,
  environmentSteps: 200 * (index + 1),
  return: value,
  random: index === 0,
  solved,
  planMilliseconds: 61,
  fitMilliseconds: 2100,
});
const result = (overrides: Partial<RunResult>): RunResult => ({
  format: 1,
  preset: 'toy',
  seed: 3,
  status: 'finished',
  solved: null,
  trials: [trial(0, 0.5), trial(1, 80)],
  elapsedMilliseconds: 45_000,
  ...overrides,
});

test('the verdict says what was learned, when, and after how much experience', () => {
  const solved = { trial: 4, learnedFromSteps: 800, elapsedMilliseconds: 40_000 };
  expect(verdict(config, result({ solved }))).toBe('learned to hold the pole up in trial 4, after 800 steps = 32 s of experience');
  expect(verdict(config, result({}))).toBe('did not learn to hold the pole up in 1 trial');
  expect(verdict(config, result({ status: 'stopped' }))).toBe('has not learned to hold the pole up yet, after 1 trial');
  expect(verdict(config, result({ status: 'stopped', trials: [trial(0, 0.5)] }))).toBe('no trial that was planned has ended yet');
});

test('the summary lists the return by trial and marks what was solved', () => {
  const lines = runSummary(
    config,
    result({
      trials: [trial(0, -1), trial(1, 80), trial(2, 160, true)],
      solved: { trial: 2, learnedFromSteps: 400, elapsedMilliseconds: 30_000 },
    }),
    createTerminalStyle(false),
  );
  expect(lines).toContain('random     −1.00  ');
  expect(lines).toContain(`trial 1     80.0  ${'█'.repeat(12)}`);
  expect(lines).toContain(`trial 2    160.0  ${'█'.repeat(24)} solved`);
  expect(lines.join('\n')).toMatch(/after 400 steps = 16 s of experience \(30\.0 s by the clock\)\.\nFinished after 45\.0 s\./);
});

test('plain lines: one for the run, each fit and each trial, none for steps', () => {
  let text = '';
  const watch = createPlainView((more) => (text += more));
  watch({ type: 'runStarted', config, trials: [], environmentSteps: 0, elapsedMilliseconds: 0, resumed: false });
  watch({ type: 'trialStarted', trial: 1, random: false, stepLimit: 200 });
  watch({
    type: 'step',
    trial: 1,
    step: 1,
    environmentSteps: 1,
    reward: 1,
    return: 1,
    planMilliseconds: 60,
    figures: {},
    scene: undefined,
  });
  watch({ type: 'fitProgress', trial: 1, progress: { fraction: 0.5, metrics: { trainLoss: 1 } } });
  watch({
    type: 'fitFinished',
    trial: 1,
    environmentSteps: 400,
    metrics: { trainLoss: -2 },
    last: {},
    epochCount: 15,
    fitMilliseconds: 2100,
  });
  watch({ type: 'trialFinished', result: trial(1, 80.04, true) });
  expect(text).toBe(
    'toy, seed 3: a toy (none 0, 1 thread)\n  fit    400 steps of data, 15 epochs, 2.1 s, loss −2.00\ntrial  1  return    80.0  200 steps (400 in all), 61 ms an action, solved\n',
  );
});
