import { describe, expect, it } from 'vitest';
import { checkInteger, checkNumber, checkOneOf, type NumberBounds } from './options.js';

describe('checkNumber and checkInteger', () => {
  const cases: [NumberBounds, number[], number[], string][] = [
    [{ min: 1, max: 3 }, [1, 2, 3], [0, 4, NaN, Infinity], '[1, 3]'],
    [{ above: 0, below: 3 }, [1, 2], [0, 3, -1], '(0, 3)'],
    [{ min: 0 }, [0, 1e9], [-1, Infinity], '[0, Infinity)'],
    [{}, [-5, 0], [NaN, -Infinity], '(-Infinity, Infinity)'],
  ];
  it.each(cases)('%o', (bounds, allowed, refused, range) => {
    for (const value of allowed) {
      expect(checkNumber('f', 'x', value, bounds)).toBe(value);
      expect(checkInteger('f', 'x', value, bounds)).toBe(value);
    }
    for (const value of refused) {
      expect(() => checkNumber('f', 'x', value, bounds)).toThrowError(
        expect.objectContaining({ code: 'OPTION', message: `f: x must be a finite number in ${range}, got ${value}` }),
      );
      expect(() => checkInteger('f', 'x', value, bounds)).toThrowError(
        expect.objectContaining({ code: 'OPTION', message: `f: x must be an integer in ${range}, got ${value}` }),
      );
    }
  });

  it('refuse other types, and checkInteger fractions and unsafe integers', () => {
    for (const value of ['1', null, undefined, [1], true]) {
      expect(() => checkNumber('f', 'x', value as never)).toThrow(/^f: x must be a finite number/);
      expect(() => checkInteger('f', 'x', value as never)).toThrow(/^f: x must be an integer/);
    }
    expect(() => checkNumber('f', 'x', '1' as never)).toThrow(/got "1"$/);
    expect(checkNumber('f', 'x', 0.5)).toBe(0.5);
    for (const value of [0.5, 2 ** 53]) expect(() => checkInteger('f', 'x', value)).toThrow(`got ${value}`);
  });
});

it('checkOneOf lists what is allowed', () => {
  expect(checkOneOf('f', 'mode', 'a', ['a', 'b'])).toBe('a');
  expect(() => checkOneOf('f', 'mode', 'c' as 'a', ['a', 'b'])).toThrow('f: mode must be one of "a", "b", got "c"');
  expect(() => checkOneOf('f', 'mode', undefined as never, ['a'])).toThrow('got undefined');
});
