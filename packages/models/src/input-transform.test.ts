import { OptionError } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import { beforeAll, expect, it } from 'vitest';
import { identityTransform, sineCosineTransform } from './input-transform.js';

beforeAll(() => tf.ready());

it('passes observations through', () => {
  const x = tf.tensor2d([[1, 2]]);
  expect(identityTransform(2).size).toBe(2);
  expect(identityTransform(2).apply(x)).toBe(x);
});

it.each([[2], [3]])('gives the other components, then sines, then cosines, for tensors of rank %i', (rank) => {
  const { size, apply } = sineCosineTransform(4, [2, 0]);
  expect(size).toBe(6);
  const row = [0.5, 7, -2, 9];
  const result = tf.tidy(() => {
    const x = tf.tensor2d([row, row.map((value) => -value)]);
    return apply(rank === 2 ? x : tf.expandDims(x, 0)).arraySync();
  });
  const rows = (rank === 2 ? result : (result as number[][][])[0]) as number[][];
  const wanted = [7, 9, Math.sin(-2), Math.sin(0.5), Math.cos(-2), Math.cos(0.5)];
  rows[0]!.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
  rows[1]!.forEach((value, i) => expect(value).toBeCloseTo(i < 4 ? -wanted[i]! : wanted[i]!, 6));
});

it('refuses components that are not there or come twice', () => {
  expect(() => sineCosineTransform(2, [2])).toThrow(/sineCosineTransform: angles\[0\] must be an integer in \[0, 2\), got 2/);
  expect(() => sineCosineTransform(2, [0.5])).toThrow(OptionError);
  expect(() => sineCosineTransform(2, [1, 1])).toThrow(/angles must differ, got 1, 1/);
});
