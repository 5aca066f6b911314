import { OptionError } from '@mbrl/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reaches } from './bench-figure.js';
import { benches, selectBenches } from './benches.js';
import { findAvx512 } from './machine.js';

const namesOf = (filters: readonly string[]): string[] => selectBenches(filters).map(({ name }) => name);

test('filters pick benches by a part of their name, in the order in which they run', () => {
  expect(namesOf([])).toEqual(benches.map(({ name }) => name));
  expect(namesOf(['pets', 'forward'])).toEqual(['forward', 'pets-action']);
  expect(namesOf(['normal', 'draws'])).toEqual(['normal-draws']);
  expect(() => selectBenches(['forward', 'sac'])).toThrow(OptionError);
  expect(() => selectBenches(['sac'])).toThrow(/no bench "sac"; there are forward, training-step, /);
});

test('a target bounds from one side, its limit included', () => {
  expect([0.74, 0.75, 0.76].map((value) => reaches(value, { kind: 'atLeast', limit: 0.75 }))).toEqual([false, true, true]);
  expect([29, 30, 31].map((value) => reaches(value, { kind: 'atMost', limit: 30 }))).toEqual([true, true, false]);
});

test('AVX-512 is found in the flags, and unknown where the system does not say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mbrl-machine-'));
  try {
    const file = join(folder, 'cpuinfo');
    writeFileSync(file, 'model name\t: one\nflags\t\t: fpu avx2 avx512f avx512vl\n');
    expect(findAvx512(file)).toBe(true);
    writeFileSync(file, 'model name\t: avx512f\nflags\t\t: fpu avx2 avx512fake\n');
    expect(findAvx512(file)).toBe(false);
    expect(findAvx512(join(folder, 'absent'))).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
