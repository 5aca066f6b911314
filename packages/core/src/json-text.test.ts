import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './json.js';
import { stringifyJson } from './json-text.js';

describe('stringifyJson', () => {
  it('gives back every JSON value exactly, the sign of zero included', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(JSON.parse(stringifyJson('f', 'value', value as Json))).toStrictEqual(value);
      }),
    );
    expect(Object.is(JSON.parse(stringifyJson('f', 'value', -0)), -0)).toBe(true);
  });

  it('writes what JSON.stringify writes', () => {
    const value = { b: [1, 'ü"\n', null, true], a: { c: 1e-7, d: 1e21 }, '2': [], '1': {} };
    expect(stringifyJson('f', 'value', value)).toBe(JSON.stringify(value));
  });

  it.each([
    ['NaN', { a: [1, NaN] }, 'f: json.a[1] must be finite, got NaN'],
    ['an infinity', -Infinity, 'f: json must be finite, got -Infinity'],
    ['undefined', { a: undefined }, 'f: json.a must be a JSON value, got undefined'],
    ['a hole', [1, , 2], 'f: json[1] must be a JSON value, got undefined'],
    ['a function', () => 1, 'f: json must be a JSON value, got function'],
    ['a bigint', 1n, 'f: json must be a JSON value, got bigint'],
    ['a date', { a: new Date(0) }, 'f: json.a must be a JSON value, got Date'],
    ['a typed array', [new Float32Array(1)], 'f: json[0] must be a JSON value, got Float32Array'],
    ['a reserved key', JSON.parse('{"a":{"__proto__":1}}'), 'f: json.a must not have the key "__proto__"'],
  ])('refuses %s', (_, value, message) => {
    expect(() => stringifyJson('f', 'json', value as never)).toThrowError(expect.objectContaining({ code: 'OPTION', message }));
  });

  it('refuses a value within itself, and one that no stack holds', () => {
    const ring: unknown[] = [];
    ring.push({ ring });
    for (const value of [ring, JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))]) {
      expect(() => stringifyJson('f', 'json', value as never)).toThrowError(
        expect.objectContaining({ code: 'OPTION', message: expect.stringMatching(/^f: json\[0\].*… must be nested at most 1000 deep$/) }),
      );
    }
    const deepest = JSON.parse('['.repeat(1000) + ']'.repeat(1000)) as Json;
    expect(stringifyJson('f', 'json', deepest)).toBe('['.repeat(1000) + ']'.repeat(1000));
  });
});
