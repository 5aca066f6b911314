import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBoundMap, fromBox, toBox } from './box-transform.js';

const maps = [createBoundMap(0, 1), createBoundMap(-3, 5), createBoundMap(2, Infinity), createBoundMap(-Infinity, -2)];

it('stays within the bounds, whatever it is given', () => {
  fc.assert(
    fc.property(fc.constantFrom(...maps), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (map, y) => {
      const x = toBox(map, y);
      expect(x >= map.low && x <= map.high).toBe(true);
    }),
  );
});

it('is undone by fromBox', () => {
  fc.assert(
    fc.property(fc.constantFrom(...maps), fc.double({ min: -10, max: 10, noNaN: true }), (map, x) => {
      const inside = Math.min(Math.max(x, map.low), map.high);
      expect(toBox(map, fromBox(map, x))).toBeCloseTo(inside, 12);
    }),
  );
});

it('is the identity in the middle, and smooth and rising up to the bounds', () => {
  const map = createBoundMap(0, 1);
  for (const y of [0.05, 0.3, 0.95]) expect(toBox(map, y)).toBe(y);
  expect([toBox(map, -0.05), toBox(map, 1.05)]).toEqual([0, 1]);
  let [previous, slope] = [0, 0];
  for (let y = -0.049; y <= 1.05; y += 1e-3) {
    const x = toBox(map, y);
    expect(x).toBeGreaterThan(previous);
    // The slope moves by at most 1 / (2a) a unit: no kink.
    expect(Math.abs(x - previous - slope)).toBeLessThan(1.1e-5 * 2);
    [slope, previous] = [x - previous, x];
  }
});

it('mirrors beyond the bounds, with a period', () => {
  const map = createBoundMap(0, 1);
  for (const y of [0.2, 0.97, 1.02]) {
    expect(toBox(map, 2.1 - y)).toBeCloseTo(toBox(map, y), 12);
    expect(toBox(map, y + 2.2)).toBeCloseTo(toBox(map, y), 12);
    expect(toBox(map, y - 22)).toBeCloseTo(toBox(map, y), 10);
  }
});

it('takes bounds that are equal or absent', () => {
  expect(toBox(createBoundMap(2, 2), 7)).toBe(2);
  expect(toBox(createBoundMap(-Infinity, Infinity), 1e9)).toBe(1e9);
});
