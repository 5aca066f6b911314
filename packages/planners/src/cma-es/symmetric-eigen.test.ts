import { createRng } from '@mbrl/core';
import { expect, it } from 'vitest';
import { createSymmetricEigen, decomposeSymmetric } from './symmetric-eigen.js';

const sorted = (values: ArrayLike<number>): number[] => Array.from(values).toSorted((a, b) => a - b);

it('finds eigenvalues that are known', () => {
  // The second difference matrix: 2 − 2 cos(k π / (n + 1)).
  const n = 12;
  const matrix = Float64Array.from({ length: n * n }, (_, i) => [2, -1][Math.abs(Math.floor(i / n) - (i % n))] ?? 0);
  const eigen = createSymmetricEigen(n);
  expect(decomposeSymmetric(matrix, eigen)).toBe(true);
  const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
  for (const [k, value] of sorted(eigen.values).entries()) expect(value).toBeCloseTo(expected[k]!, 13);
});

it.each([1, 2, 3, 10, 31])('puts a matrix of size %i together again, by orthonormal vectors', (n) => {
  const rng = createRng(n);
  for (const spread of [1, 1e-3, 1e-10]) {
    const factor = Float64Array.from({ length: n * n }, (_, i) => rng.normal() * spread ** ((i % n) / n));
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) matrix[i * n + j]! += factor[i * n + k]! * factor[j * n + k]!;
    const eigen = createSymmetricEigen(n);
    expect(decomposeSymmetric(matrix.slice(), eigen)).toBe(true);
    const { values, vectors } = eigen;
    const greatest = Math.max(...values);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [entry, product] = [0, 0];
        for (let k = 0; k < n; k++) {
          entry += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
          product += vectors[k * n + i]! * vectors[k * n + j]!;
        }
        expect(Math.abs(entry - matrix[i * n + j]!)).toBeLessThan(1e-13 * n * greatest);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-13 * n);
      }
    }
  }
});

it('takes diagonal and repeated values', () => {
  const eigen = createSymmetricEigen(3);
  expect(decomposeSymmetric(Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, -1), eigen)).toBe(true);
  expect(sorted(eigen.values)).toEqual([-1, 2, 2]);
  expect(decomposeSymmetric(new Float64Array(9), eigen)).toBe(true);
  expect(Array.from(eigen.values)).toEqual([0, 0, 0]);
});
