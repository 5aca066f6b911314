import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunConfig } from '../run/run-record.js';
import { liveFrame } from './live-frame.js';
import { openLiveView, type Terminal } from './live-view.js';
import { createRunProgress, type RunProgress, timeLeft, updateRunProgress } from './run-progress.js';
import { createTerminalStyle, truncateVisible, visibleWidth, wantsColours } from './terminal-style.js';

const config: RunConfig = {
  format: 1,
  preset: 'cartpole-swingup',
  description: 'swing a hanging pole up and hold it there; quick on two cores',
  environment: 'X',
  timeStep: 0.04,
  goal: 'hold it',
  solvedWhen: 'it holds',
  observationLabels: [],
  actionLabels: [],
  seed: 3,
  settings: { trials: 10, stepsPerTrial: 200, totalSteps: 0, stopAfterSolvedTrials: 1 },
  versions: {},
  engine: { name: 'onnxruntime-node', version: '1', threadCount: 2 },
  startedAt: '',
};

function someProgress(trialCount: number): RunProgress {
  const progress = createRunProgress();
  updateRunProgress(progress, { type: 'runStarted', config, trials: [], environmentSteps: 0, elapsedMilliseconds: 0, resumed: false });
  for (let index = 0; index < trialCount; index++) {
    const result = {
      index,
      steps: 200,
      environmentSteps: 200 * (index + 1),
      return: index * 20 - 1,
      random: index === 0,
      solved: index > 5,
      planMilliseconds: 60,
      fitMilliseconds: 1000,
    };
    updateRunProgress(progress, { type: 'trialFinished', result });
  }
  updateRunProgress(progress, { type: 'trialStarted', trial: trialCount, random: trialCount === 0, stepLimit: 200 });
  const scene = {
    view: { left: -3, right: 3, bottom: -1, top: 1 },
    shapes: [{ kind: 'circle' as const, center: [0, 0] as const, radius: 0.5, role: 'body' as const }],
  };
  updateRunProgress(progress, {
    type: 'step',
    trial: trialCount,
    step: 50,
    environmentSteps: 200 * trialCount + 50,
    reward: 1,
    return: 12.5,
    planMilliseconds: 60,
    figures: {},
    scene,
  });
  return progress;
}

test('a frame fits every terminal: never more rows, never a wider line', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 0, max: 30 }),
      fc.boolean(),
      (columns, rows, trialCount, colours) => {
        const lines = liveFrame(someProgress(trialCount), 12_345, { columns, rows }, createTerminalStyle(colours));
        expect(lines.length).toBeLessThanOrEqual(rows);
        if (columns >= 12) for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(columns);
      },
    ),
    { numRuns: 60 },
  );
});

test('a frame shows trial, step, return, best, plan time, time left, and the scene in braille', () => {
  const text = liveFrame(someProgress(3), 65_000, { columns: 100, rows: 32 }, createTerminalStyle(false)).join('\n');
  expect(text).toMatch(/cartpole-swingup {2}seed 3 .* 1:05 {3}at most 1:33 left/);
  expect(text).toMatch(/trial 3 of 10 .* step 50 of 200/);
  expect(text).toMatch(/return 12\.5 {3}best 39\.0 {3}loss – {3}plan 60 ms/);
  expect(text).toMatch(/[\u2801-\u28ff]/);
  expect(text).toMatch(/random +1 +2 +3/);
});

test('time left counts the steps and fits to come at the present pace', () => {
  const progress = someProgress(3);
  // 150 steps of this trial and 7 trials of 200, at 60 ms each.
  expect(timeLeft(progress)).toBeCloseTo(1550 * 60);
  progress.lastFitMilliseconds = 1000;
  expect(timeLeft(progress)).toBeCloseTo(1550 * 60 + 8 * 1000);
  expect(timeLeft(someProgress(0))).toBeUndefined();
});

function fakeTerminal(): Terminal & { written: string; resize: () => void; listeners: number } {
  let listener: (() => void) | undefined;
  return {
    columns: 80,
    rows: 24,
    written: '',
    write(text) {
      this.written += text;
    },
    on(_event, added) {
      listener = added;
      this.listeners++;
    },
    off() {
      listener = undefined;
      this.listeners--;
    },
    listeners: 0,
    resize: () => listener?.(),
  };
}

test('the view takes the second screen, draws in one write a frame, and gives cursor and screen back once', () => {
  const terminal = fakeTerminal();
  const view = openLiveView(terminal, createTerminalStyle(false));
  expect(terminal.written.startsWith('\x1b[?1049h\x1b[?25l')).toBe(true);
  view.watch({ type: 'runStarted', config, trials: [], environmentSteps: 0, elapsedMilliseconds: 0, resumed: false });
  const frame = terminal.written.slice(terminal.written.lastIndexOf('\x1b[?2026h'));
  expect(frame.startsWith('\x1b[?2026h\x1b[H')).toBe(true);
  expect(frame.endsWith('\x1b[J\x1b[?2026l')).toBe(true);
  // Nothing clears the screen as a whole: that is what flickers.
  expect(terminal.written.includes('\x1b[2J')).toBe(false);
  const before = terminal.written.length;
  terminal.resize();
  expect(terminal.written.length).toBeGreaterThan(before);
  view.close();
  view.close();
  expect(terminal.written.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
  expect(terminal.written.split('\x1b[?1049l')).toHaveLength(2);
  expect(terminal.listeners).toBe(0);
  view.watch({ type: 'trialStarted', trial: 1, random: false, stepLimit: 9 });
  expect(terminal.written.endsWith('\x1b[?1049l')).toBe(true);
});

test('colours: wanted on terminals, not under NO_COLOR or TERM=dumb, forced by FORCE_COLOR', () => {
  expect(wantsColours({}, true)).toBe(true);
  expect(wantsColours({}, false)).toBe(false);
  expect(wantsColours({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
  expect(wantsColours({ FORCE_COLOR: '1' }, false)).toBe(true);
  expect(wantsColours({ TERM: 'dumb' }, true)).toBe(false);
  expect(createTerminalStyle(false).good('x')).toBe('x');
  expect(createTerminalStyle(true).good('x')).toBe('\x1b[32mx\x1b[0m');
});

test('cutting a line counts columns, not codes, and keeps the codes', () => {
  expect(truncateVisible('\x1b[32mabc\x1b[0mdef', 4)).toBe('\x1b[32mabc\x1b[0md');
  expect(visibleWidth('\x1b[1;33m⣿⣿\x1b[0m')).toBe(2);
});
