import { createRng } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { addBlockProduct, addSymmetricBlockProduct, addTransposedBlockProduct, writeBlockProduct } from './block-products.js';

const rng = createRng(5);
const draw = (size: number): Float64Array => Float64Array.from({ length: size }, () => rng.normal());
// All remainders of the blocks of four columns and of two and four rows.
const sizes = Array.from({ length: 7 }, (_, i) => i + 1).flatMap((rows) =>
  [1, 2, 3, 4, 5, 8, 11].map((columns) => [rows, columns] as const),
);

describe('products with blocks', () => {
  it.each(sizes)('of %i by %i agree with their definition and touch nothing else', (rows, columns) => {
    const [F, x, y] = [draw(3 + rows * columns), draw(2 + columns), draw(2 + rows)];
    const at = (i: number, j: number): number => F[3 + i * columns + j]!;
    const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i);
    const sum = (size: number, term: (i: number) => number): number => range(size).reduce((total, i) => total + term(i), 0);

    const forward = new Float64Array(rows + 2).fill(7);
    addBlockProduct(F, 3, rows, columns, x, 2, forward, 1);
    for (const i of range(rows)) expect(forward[1 + i]).toBeCloseTo(7 + sum(columns, (j) => at(i, j) * x[2 + j]!), 12);
    const backward = new Float64Array(columns + 2).fill(7);
    addTransposedBlockProduct(F, 3, rows, columns, -2, y, 2, backward, 1);
    for (const j of range(columns)) expect(backward[1 + j]).toBeCloseTo(7 - 2 * sum(rows, (i) => at(i, j) * y[2 + i]!), 12);
    expect([forward[0], forward[rows + 1], backward[0], backward[columns + 1]]).toEqual([7, 7, 7, 7]);

    const V = draw(1 + rows * rows);
    const product = new Float64Array(rows * columns + 1).fill(7);
    writeBlockProduct(V, 1, F, 3, rows, columns, product);
    for (const i of range(rows)) {
      for (const j of range(columns))
        expect(product[i * columns + j]).toBeCloseTo(
          sum(rows, (q) => V[1 + i * rows + q]! * at(q, j)),
          12,
        );
    }
    expect(product[rows * columns]).toBe(7);

    const width = columns + 2;
    const square = new Float64Array(columns * width).fill(7);
    addSymmetricBlockProduct(F, 3, rows, columns, 3, F, 3, square, width);
    for (const i of range(columns)) {
      for (const j of range(i + 1)) expect(square[i * width + j]).toBeCloseTo(7 + 3 * sum(rows, (q) => at(q, i) * at(q, j)), 11);
      expect([square[i * width + columns], square[i * width + columns + 1]]).toEqual([7, 7]);
    }
  });
});
