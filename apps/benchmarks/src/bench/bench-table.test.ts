import { expect, test } from 'vitest';
import { type BenchFigure, compareRatio, withFigureTarget } from './bench-figure.js';
import { figureLines, headLines, machineLines } from './bench-table.js';

const figure = { value: 4.9, lower: 4.8, upper: 5.2, unit: 'ms' };

const result: BenchFigure = {
  bench: 'forward',
  size: '5 nets',
  figure,
  gigaflops: 337.8,
  parts: { noise: 1, program: 3.9 },
  comparisons: [
    compareRatio('products', { value: 4.2, lower: 4, upper: 5, unit: 'ms' }, 0.86, 'rate', { kind: 'atLeast', limit: 0.75 }),
    compareRatio('sketch', figure, 0.96, 'time', { kind: 'atMost', limit: 0.95 }),
    { with: 'native', skipped: 'it is not installed' },
    withFigureTarget({ with: 'a quiet machine' }, figure, { kind: 'atMost', limit: 5, unit: 'ms' }),
  ],
};

test('a figure stands once, its comparisons below each other, and each target is judged on its own', () => {
  const lines = figureLines(result);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^forward +5 nets +4\.90 ms +4\.80–5\.20 +338 +products, 4\.20 ms +0\.86 of its rate +≥ 0\.75 +yes$/);
  expect(lines[1]).toMatch(/^ +sketch, 4\.90 ms +0\.96 of its time +≤ 0\.95 +no$/);
  expect(lines[2]).toMatch(/^ +native: skipped, it is not installed$/);
  expect(lines[3]).toMatch(/^ +a quiet machine +– +≤ 5 ms +yes$/);
  expect(lines[4]).toMatch(/^ +of these ms: noise 1\.00, program 3\.90$/);
  const column = headLines()[0]!.indexOf('compared with');
  expect(lines.slice(0, 4).map((line) => line.slice(column - 1, column + 2))).toEqual([' pr', ' sk', ' na', ' a ']);
});

test('the machine, its instructions and a load by others are named', () => {
  const machine = {
    processor: 'A processor',
    cores: 2,
    avx512: false,
    load: 0.3,
    platform: 'linux x64',
    node: '20.19.0',
    engine: { name: 'an engine', version: '1.2', threadCount: 1 },
  };
  expect(machineLines(machine)).toEqual([
    'machine  A processor, 2 cores, no AVX-512; linux x64, Node 20.19.0',
    'engine   an engine 1.2, 1 thread',
  ]);
  expect(machineLines({ ...machine, avx512: null, cores: 1 })[0]).toContain('1 core, AVX-512 unknown;');
  expect(machineLines({ ...machine, load: 1.6 })[2]).toMatch(/1\.6 on 2 cores/);
});
