import type { Scene, SceneShape } from '@mbrl/core';
import { expect, test } from 'vitest';
import { progressBar, uprightBars } from './bars.js';
import { drawScene, fitScene } from './draw-scene.js';
import { formatClock, formatDuration, formatExperience, formatNumber } from './format-figures.js';
import { createTerminalStyle } from './terminal-style.js';

const plain = createTerminalStyle(false);
const scene = (...shapes: SceneShape[]): Scene => ({ view: { left: 0, right: 8, bottom: 0, top: 8 }, shapes });

test('a scene keeps its proportions: two dots a column, four a row', () => {
  expect(fitScene({ view: { left: -2, right: 2, bottom: 0, top: 1 }, shapes: [] }, 80, 40)).toEqual({ columns: 80, rows: 10 });
  expect(fitScene({ view: { left: -2, right: 2, bottom: 0, top: 1 }, shapes: [] }, 80, 5)).toEqual({ columns: 40, rows: 5 });
});

test('a box fills the dots that it covers; y points up', () => {
  expect(drawScene(scene({ kind: 'box', center: [1, 6], width: 2, height: 4, role: 'body' }), 4, 2, plain)).toEqual(['⣿   ', '    ']);
  expect(
    drawScene(
      scene({
        kind: 'polygon',
        points: [
          [6, 0],
          [8, 0],
          [8, 4],
          [6, 4],
        ],
        role: 'body',
      }),
      4,
      2,
      plain,
    ),
  ).toEqual(['    ', '   ⣿']);
});

test('a line thinner than a dot is still there, and turned boxes turn counter-clockwise', () => {
  expect(drawScene(scene({ kind: 'line', from: [0.5, 0.5], to: [7.5, 0.5], width: 0.001, role: 'ground' }), 4, 2, plain)).toEqual([
    '    ',
    '⣀⣀⣀⣀',
  ]);
  const turned = drawScene(
    scene({ kind: 'box', center: [4, 4], width: 10, height: 1, angle: Math.PI / 4, role: 'body' }),
    4,
    2,
    plain,
  ).join('');
  expect(turned[3]).not.toBe(' ');
  expect(turned[0]).toBe(' ');
});

test('roles have colours', () => {
  const lines = drawScene(scene({ kind: 'circle', center: [1, 7], radius: 1.5, role: 'target' }), 4, 2, createTerminalStyle(true));
  expect(lines[0]!.startsWith('\x1b[32m')).toBe(true);
  expect(lines[0]!.trimEnd().endsWith('\x1b[0m')).toBe(true);
});

test('bars: from zero or the least value, the greatest full', () => {
  expect(uprightBars([0, 4, 8], 1, 2)).toEqual(['▁▁ ▄▄ ██']);
  expect(uprightBars([8, 16], 2, 1)).toEqual(['▁ █', '█ █'].map((row, index) => (index === 0 ? '  █' : row)));
  expect(progressBar(0.5, 4)).toBe('━━──');
  expect(progressBar(7, 4)).toBe('━━━━');
});

test('figures as people read them', () => {
  expect([0.04, 48.2, 3210, 59_990, 245_000].map(formatDuration)).toEqual(['0.0 ms', '48 ms', '3.2 s', '60.0 s', '4:05']);
  expect([7000, 3_723_000].map(formatClock)).toEqual(['0:07', '1:02:03']);
  expect([-0.291, 157.04, 0.00042, 12345, 0, NaN].map(formatNumber)).toEqual(['−0.29', '157.0', '0.00042', '12345', '0.00', '–']);
  expect([8, 3.6, 32, 720, 7200].map(formatExperience)).toEqual(['8 s', '3.6 s', '32 s', '12 min', '2.0 h']);
});
