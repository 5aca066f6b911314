import { describe, expect, it } from 'vitest';
import { exactExp, exactLog } from './exact-math.js';
import { greatestBelow, leastAtLeast } from './float32-rounding.js';
import { createRng } from './rng.js';
import { cellWidths, edges, heights, innerCellCounts, LAYER_COUNT, TAIL_START } from './ziggurat.js';

const relativeError = (actual: number, expected: number): number => Math.abs(actual - expected) / Math.abs(expected);

describe('exactExp and exactLog', () => {
  it('agree with Math.exp and Math.log to 1e-15', () => {
    const rng = createRng('exact');
    for (let i = 0; i < 20_000; i++) {
      const x = 60 * (rng.uniform() - 0.5);
      expect(relativeError(exactExp(x), Math.exp(x))).toBeLessThan(1e-15);
      const y = Math.exp(1400 * (rng.uniform() - 0.5));
      expect(relativeError(exactLog(y), Math.log(y))).toBeLessThan(1e-15);
    }
  });

  it('are exact at 0 and 1, and near 1', () => {
    expect(exactExp(0)).toBe(1);
    expect(exactLog(1)).toBe(0);
    for (const d of [2 ** -52, -(2 ** -53), 1e-9, -1e-9]) expect(relativeError(exactLog(1 + d), Math.log1p(1 + d - 1))).toBeLessThan(1e-15);
  });
});

describe('the ziggurat', () => {
  it('has layers of equal area that end at the top of the density', () => {
    const area = edges[0]! * heights[1]!;
    for (let i = 1; i < LAYER_COUNT; i++) expect(relativeError(edges[i]! * (heights[i + 1]! - heights[i]!), area)).toBeLessThan(1e-8);
    expect(heights[LAYER_COUNT]).toBe(1);
    expect(edges[1]).toBe(TAIL_START);
  });

  it('has a base layer of the area of its rectangle and the tail', () => {
    let tail = 0;
    const step = 1e-4;
    for (let x = TAIL_START + step / 2; x < 12; x += step) tail += Math.exp((-x * x) / 2) * step;
    expect(relativeError(edges[0]! * heights[1]!, TAIL_START * Math.exp((-TAIL_START * TAIL_START) / 2) + tail)).toBeLessThan(1e-8);
  });

  it('counts as inner only cells that lie within the next edge', () => {
    for (let i = 0; i < LAYER_COUNT; i++) {
      const outermost = (innerCellCounts[i]! - 0.5) * cellWidths[i]!;
      expect(outermost).toBeLessThan(Math.max(edges[i + 1]!, Number.MIN_VALUE));
      expect(outermost + 2 * cellWidths[i]!).toBeGreaterThan(edges[i + 1]!);
    }
  });
});

describe('float32 rounding', () => {
  it.each([0, -0, 1, -1, 0.1, -0.1, 1e-46, -1e-46, 3.3e38, 16777217, -16777217])('finds the neighbours of %s', (x) => {
    const [above, below] = [leastAtLeast(x), greatestBelow(x)];
    expect(Math.fround(above)).toBe(above);
    expect(Math.fround(below)).toBe(below);
    expect(above).toBeGreaterThanOrEqual(x);
    expect(below).toBeLessThan(x);
    // Nothing lies between: the middle of both rounds to one of them.
    expect([above, below]).toContain(Math.fround((above + below) / 2));
  });
});
