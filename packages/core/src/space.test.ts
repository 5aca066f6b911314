import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from './rng.js';
import { boxSpace, discreteSpace, sampleSpace, whyOutside } from './space.js';

const halves = boxSpace({ low: [-1, 0, -Infinity, -Infinity], high: [1, Infinity, 5, Infinity] });

describe('box spaces', () => {
  it('copy their bounds and keep labels', () => {
    const low = [0, 1];
    const space = boxSpace({ low, high: [2, 1], labels: ['x', 'y'] });
    low[0] = 9;
    expect(space).toEqual({ kind: 'box', size: 2, low: Float64Array.of(0, 1), high: Float64Array.of(2, 1), labels: ['x', 'y'] });
  });

  it.each([
    [{ low: [], high: [] }, 'boxSpace: low and high must have the same positive length, got 0 and 0'],
    [{ low: [0], high: [1, 2] }, 'boxSpace: low and high must have the same positive length, got 1 and 2'],
    [{ low: [0, 2], high: [1, 1] }, 'boxSpace: low must not exceed high, got 2 and 1 at component 1'],
    [{ low: [NaN], high: [1] }, 'boxSpace: low must not exceed high, got NaN and 1 at component 0'],
    [{ low: [Infinity], high: [Infinity] }, 'boxSpace: low must not exceed high, got Infinity and Infinity at component 0'],
    [{ low: [0], high: [1], labels: [] }, 'boxSpace: labels must have 1 entries, got 0'],
  ])('refuse %o', (options, message) => {
    expect(() => boxSpace(options)).toThrowError(expect.objectContaining({ code: 'OPTION', message }));
  });

  it('say why a vector is outside', () => {
    expect(whyOutside(halves, [1, 1e30, -1e30, 0])).toBeUndefined();
    expect(whyOutside(halves, [1, 0, 0])).toBe('must have 4 components, got 3');
    expect(whyOutside(halves, [1.01, 0, 0, 0])).toBe('must be in [-1, 1] at component 0, got 1.01');
    expect(whyOutside(halves, [0, 0, 0, NaN])).toBe('must be in [-Infinity, Infinity] at component 3, got NaN');
  });
});

describe('discrete spaces', () => {
  it('hold whole numbers from 0', () => {
    const space = discreteSpace(3, ['left', 'stay', 'right']);
    expect(space).toEqual({ kind: 'discrete', size: 1, count: 3, labels: ['left', 'stay', 'right'] });
    for (const value of [0, 1, 2]) expect(whyOutside(space, [value])).toBeUndefined();
    for (const value of [-1, 3, 0.5, NaN]) expect(whyOutside(space, [value])).toBe(`must be a whole number in [0, 2], got ${value}`);
  });

  it('refuse to be empty or wrongly labelled', () => {
    for (const count of [0, 1.5, Infinity])
      expect(() => discreteSpace(count)).toThrow(`discreteSpace: count must be an integer in [1, Infinity), got ${count}`);
    expect(() => discreteSpace(2, ['one'])).toThrow('discreteSpace: labels must have 2 entries, got 1');
  });
});

describe('sampleSpace', () => {
  it('draws members, of every kind of bounds', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rng = createRng(seed);
        for (const space of [halves, discreteSpace(4)]) expect(whyOutside(space, sampleSpace(space, rng))).toBeUndefined();
      }),
    );
  });

  it('spreads over the whole space', () => {
    const rng = createRng(1);
    const draws = Array.from({ length: 4000 }, () => [...sampleSpace(halves, rng)]);
    const column = (i: number): number[] => draws.map((draw) => draw[i]!);
    expect(Math.max(...column(0))).toBeGreaterThan(0.99);
    expect(Math.min(...column(0))).toBeLessThan(-0.99);
    expect(Math.max(...column(1))).toBeGreaterThan(2.5);
    expect(Math.min(...column(2))).toBeLessThan(2.5);
    expect(column(3).filter((value) => value > 0).length / 4000).toBeCloseTo(0.5, 1);
    const values = Array.from({ length: 4000 }, () => sampleSpace(discreteSpace(4), rng)[0]!);
    for (const value of [0, 1, 2, 3]) expect(values.filter((each) => each === value).length / 4000).toBeCloseTo(0.25, 1);
  });

  it('is a function of the generator, and fills out when given', () => {
    const out = new Float32Array(4);
    expect(sampleSpace(halves, createRng(2), out)).toBe(out);
    expect(out).toEqual(sampleSpace(halves, createRng(2)));
    expect(() => sampleSpace(halves, createRng(2), new Float32Array(3))).toThrow('sampleSpace: out must have 4 components, got 3');
  });
});
