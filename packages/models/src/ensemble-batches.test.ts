import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillBatch, memberRows, splitHoldout, stepsPerEpoch } from './ensemble-batches.js';

const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('splitHoldout', () => {
  it('gives each row to one side; to train on never none; held out about the ratio, and never none where there are two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.nat(), (count, ratio, seed) => {
        const { train, holdout } = splitHoldout(count, ratio, createRng(seed));
        expect(sorted([...train, ...holdout])).toEqual(upTo(count));
        expect(train.length).toBeGreaterThanOrEqual(1);
        expect(holdout.length).toBe(Math.min(count - 1, Math.max(1, Math.round(count * ratio))));
      }),
      { seed: 1 },
    );
  });

  it('holds nothing out at ratio 0', () => {
    expect(splitHoldout(5, 0, createRng(1))).toEqual({ train: Int32Array.of(0, 1, 2, 3, 4), holdout: new Int32Array(0) });
  });

  it('holds out every row equally often', () => {
    const counts = new Float64Array(10);
    const draws = 3000;
    for (let seed = 0; seed < draws; seed++) for (const row of splitHoldout(10, 0.3, createRng(seed)).holdout) counts[row]!++;
    for (const count of counts) expect(Math.abs(count - 0.3 * draws)).toBeLessThan(5 * Math.sqrt(draws * 0.3 * 0.7));
  });
});

describe('memberRows', () => {
  const train = Int32Array.from({ length: 400 }, (_, i) => 3 * i);

  it('gives every member all rows without bootstrap, each in an array of its own', () => {
    const rows = memberRows(train, 3, false, createRng(1));
    for (const member of rows) expect(member).toEqual(train);
    expect(new Set([...rows.map(({ buffer }) => buffer), train.buffer]).size).toBe(4);
  });

  it('draws as many rows with replacement for each member with bootstrap, about 1 − 1/e of them different', () => {
    const rows = memberRows(train, 4, true, createRng(1));
    for (const member of rows) {
      expect(member).toHaveLength(400);
      expect(member.every((row) => row % 3 === 0 && row >= 0 && row < 1200)).toBe(true);
      expect(Math.abs(new Set(member).size / 400 - (1 - Math.exp(-1)))).toBeLessThan(0.08);
    }
    expect(rows[0]).not.toEqual(rows[1]);
    expect(memberRows(train, 4, true, createRng(1))).toEqual(rows);
    // A member's rows do not depend on how many members there are.
    expect(memberRows(train, 2, true, createRng(1))).toEqual(rows.slice(0, 2));
  });
});

describe('fillBatch', () => {
  it('goes through the rows of an epoch in order, and fills up the last batch from the beginning', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (count, batchSize, size, seed) => {
          const rng = createRng(seed);
          const rows = memberRows(Int32Array.from(upTo(count)), 2, true, rng);
          const source = Float32Array.from({ length: count * size }, (_, i) => i);
          const out = new Float32Array(2 * batchSize * size);
          const seen: number[][] = [[], []];
          for (let step = 0; step < stepsPerEpoch(count, batchSize); step++) {
            fillBatch(out, source, size, rows, step, batchSize);
            for (const member of [0, 1]) {
              for (let b = 0; b < batchSize; b++) {
                const at = (member * batchSize + b) * size;
                const row = out[at]! / size;
                seen[member]!.push(row);
                for (let i = 0; i < size; i++) expect(out[at + i]).toBe(row * size + i);
              }
            }
          }
          for (const member of [0, 1]) {
            const order = [...rows[member]!];
            expect(seen[member]!.length - count).toBeGreaterThanOrEqual(0);
            expect(seen[member]!.length - count).toBeLessThan(batchSize);
            expect(seen[member]).toEqual(seen[member]!.map((_, i) => order[i % count]));
          }
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});
