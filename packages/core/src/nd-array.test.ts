import { describe, expect, it } from 'vitest';
import { bool, float32, int32, sizeOf } from './nd-array.js';

describe('arrays', () => {
  it('hold zeros when no data are given', () => {
    expect(float32([2, 3])).toEqual({ dtype: 'float32', shape: [2, 3], data: new Float32Array(6) });
    expect(int32([0])).toEqual({ dtype: 'int32', shape: [0], data: new Int32Array(0) });
    expect(bool([])).toEqual({ dtype: 'bool', shape: [], data: new Uint8Array(1) });
  });

  it('alias typed arrays and copy lists', () => {
    const data = Float32Array.of(1, 2);
    expect(float32([2], data).data).toBe(data);
    const list = [1, 0];
    for (const make of [float32, int32, bool]) expect([...make([2], list).data]).toEqual(list);
  });

  it.each([
    ['float32', float32],
    ['int32', int32],
    ['bool', bool],
  ] as const)('%s refuses what does not fit', (name, make) => {
    expect(() => make([2], [1])).toThrow(`${name}: data must have 2 elements for shape [2], got 1`);
    for (const extent of [-1, 0.5, NaN, Infinity])
      expect(() => make([2, extent])).toThrow(`${name}: every extent must be a non-negative integer, got [2, ${extent}]`);
    expect(() => make([-1, -1], [1])).toThrowError(expect.objectContaining({ code: 'SHAPE' }));
  });

  it('refuse lists that would not be kept', () => {
    for (const value of [0.5, NaN, 2 ** 31])
      expect(() => int32([1], [value])).toThrow(`int32: data must be 32-bit integers, got ${value} at index 0`);
    expect(() => bool([2], [1, 2])).toThrow('bool: data must be 0 or 1, got 2 at index 1');
  });
});

it('sizeOf multiplies the extents', () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([2, 3, 4])).toBe(24);
  expect(sizeOf([2, 0])).toBe(0);
});
