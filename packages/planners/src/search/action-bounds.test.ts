import { boxSpace, discreteSpace, whyOutside } from '@mbrl/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actionBounds, roundDown, roundUp } from './action-bounds.js';

it('rounds to the nearest float32 on the wanted side', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e30, max: 1e30, noNaN: true }), (value) => {
      const up = roundUp(value);
      const down = roundDown(value);
      expect(down <= value && value <= up).toBe(true);
      expect([Math.fround(up), Math.fround(down)]).toEqual([up, down]);
      // One of the two is the nearest float32, so nothing lies between them.
      expect([up, down]).toContain(Math.fround(value));
    }),
  );
  expect(roundUp(1e-50)).toBe(2 ** -149);
  expect(roundDown(-1e-50)).toBe(-(2 ** -149));
});

it('gives float32 bounds and middle that the space itself allows', () => {
  const space = boxSpace({ low: [0.1, -3], high: [0.8, 1] });
  const { low, high, middle, range } = actionBounds('f', space);
  for (const values of [low, high, middle]) expect(whyOutside(space, Float32Array.from(values))).toBeUndefined();
  expect(whyOutside(space, Float32Array.of(0.8, 0))).toBeDefined();
  expect(range[1]).toBe(4);
  expect(middle[1]).toBe(-1);
});

it('stands for bounds without a float32 between them by the nearest', () => {
  const { low, high, middle } = actionBounds('f', boxSpace({ low: [0.1], high: [0.1] }));
  expect([low[0], high[0], middle[0]]).toEqual(Array(3).fill(Math.fround(0.1)));
});

it('refuses what it cannot sample from, saying why', () => {
  expect(() => actionBounds('createCem', discreteSpace(3))).toThrow(
    'createCem: actionSpace must be a box space (it samples from a normal distribution), got a discrete space of 3 values',
  );
  expect(() => actionBounds('createCem', boxSpace({ low: [0, -Infinity], high: [1, 2] }))).toThrow(
    'createCem: actionSpace must have finite bounds, got [-Infinity, 2] at component 1',
  );
  const crossed = { ...boxSpace({ low: [-1, 0], high: [1, 2] }), low: Float64Array.of(-1, 3) };
  expect(() => actionBounds('createCem', crossed)).toThrow('createCem: actionSpace must have low <= high, got [3, 2] at component 1');
});
