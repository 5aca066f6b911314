import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tf } from '@mbrl/jit';
import { expect, test } from 'vitest';
import { runBenches } from '../src/bench.js';
import { runHere } from './run-here.js';
import { temporaryFolder } from './temporary-folder.js';

interface Quantity {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly unit: string;
}

interface Results {
  readonly machine: { readonly cores: number; readonly engine: { readonly name: string; readonly threadCount: number } };
  readonly quick: boolean;
  readonly figures: readonly {
    readonly bench: string;
    readonly size: string;
    readonly figure: Quantity;
    readonly gigaflops?: number;
    readonly parts?: { readonly [name: string]: number };
    readonly comparisons: readonly {
      readonly with: string;
      readonly ratio?: number;
      readonly target?: { readonly limit: number };
      readonly reached?: boolean;
      readonly skipped?: string;
    }[];
  }[];
}

const root = temporaryFolder();

async function bench(...args: string[]): Promise<{ lines: string[]; results: Results; code: number }> {
  const file = join(root, 'bench.json');
  const { code, output } = await runHere(['bench', ...args, '--quick', '--json', file], { runBenches });
  return { code, lines: output.split('\n'), results: JSON.parse(readFileSync(file, 'utf8')) as Results };
}

test('bench measures everything once, each figure beside another, and frees what it made', { timeout: 120_000 }, async () => {
  await tf.ready();
  const backend = tf.getBackend();
  const { numTensors } = tf.memory();
  const { code, lines, results } = await bench('--threads', '2');
  expect(code).toBe(0);
  expect(tf.getBackend()).toBe(backend);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(results.quick).toBe(true);
  expect(results.machine.engine.threadCount).toBe(2);

  const { figures } = results;
  expect([...new Set(figures.map(({ bench: name }) => name))]).toEqual([
    'forward',
    'training-step',
    'smallest-call',
    'pets-action',
    'planner-action',
    'environments',
    'pixels',
    'normal-draws',
  ]);
  for (const { figure, comparisons, size } of figures) {
    expect(figure.value, size).toBeGreaterThan(0);
    expect(figure.lower).toBeLessThanOrEqual(figure.value);
    expect(figure.upper).toBeGreaterThanOrEqual(figure.value);
    expect(comparisons.some(({ ratio }) => ratio !== undefined && ratio > 0)).toBe(true);
    for (const { target, reached } of comparisons) expect(reached === undefined).toBe(target === undefined);
  }

  const steps = figures.filter(({ bench: name }) => name === 'training-step');
  expect(steps.map(({ size }) => /batch \d+/.exec(size)?.[0])).toEqual(['batch 32', 'batch 256']);
  for (const { comparisons } of steps) {
    const wasm = comparisons.find(({ with: other }) => other.includes('WASM'))!;
    expect(wasm.skipped).toBeUndefined();
    expect(wasm.ratio).toBeGreaterThan(0);
    const native = comparisons.find(({ with: other }) => other.includes('tfjs-node'))!;
    expect(native.ratio === undefined).toBe(native.skipped !== undefined);
  }

  const action = figures.find(({ bench: name }) => name === 'pets-action')!;
  const parts = Object.values(action.parts!).reduce((sum, part) => sum + part, 0);
  expect(Object.keys(action.parts!)).toEqual(['noise', 'program', 'planner']);
  expect(Math.abs(parts - action.figure.value)).toBeLessThan(0.02 * action.figure.value);
  // 350 × 20 rows through 5-200-200-200-200-8, 15 × 5 times.
  expect((action.gigaflops! * action.figure.value) / 1000).toBeCloseTo((75 * 2 * 7000 * (5 * 200 + 3 * 200 * 200 + 200 * 8)) / 1e9, 6);

  expect(lines[0]).toMatch(/^machine {2}.+ cores?, (no )?AVX-512/);
  expect(lines.find((line) => line.startsWith('bench '))).toMatch(
    /size +figure +quartiles +GFLOP\/s +compared with +ratio +target +reached$/,
  );
  for (const { size } of figures) expect(lines.some((line) => line.includes(size))).toBe(true);
});

test('names pick benches, and one that fits none is refused', async () => {
  const { results } = await bench('normal', 'smallest');
  expect(results.figures.map(({ bench: name }) => name)).toEqual(['smallest-call', 'normal-draws']);
  const { code, errors } = await runHere(['bench', 'planet'], { runBenches });
  expect(code).toBe(2);
  expect(errors).toMatch(/^mbrl: no bench "planet"; there are forward, /);
});
