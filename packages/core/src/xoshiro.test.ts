import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kolmogorov } from '../test/toys/distributions.js';
import { createRng, type Rng } from './rng.js';

const golden = JSON.parse(readFileSync(new URL('../test/data/rng.json', import.meta.url), 'utf8')) as {
  path: (string | number)[];
  words: number[];
  normals: number[];
}[];

const follow = ([seed, ...keys]: (string | number)[]): Rng => keys.reduce<Rng>((rng, key) => rng.split(key), createRng(seed!));
const word = (rng: Rng): number => rng.uniform() * 2 ** 32;
const words = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => word(rng));

describe('known answers', () => {
  it('gives the published words of xoshiro128** from the state 1, 2, 3, 4', () => {
    const rng = createRng(0);
    rng.restore({ algorithm: 'xoshiro128**', key: [0, 0, 0, 0], state: [1, 2, 3, 4] });
    expect(words(rng, 10)).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]);
  });

  it.each(golden)('gives the words and normals of the Python generator for $path', ({ path, words: expected, normals }) => {
    expect(words(follow(path), expected.length)).toEqual(expected);
    const rng = follow(path);
    for (const value of normals) expect(Math.abs(rng.normal() - value)).toBeLessThan(1e-12);
  });
});

describe('integers and shuffles', () => {
  it('are even over bounds that do not divide 2³²', () => {
    const rng = createRng('integers');
    for (const bound of [1, 2, 3, 7, 10]) {
      const counts = new Float64Array(bound);
      const count = 70_000;
      for (let i = 0; i < count; i++) counts[rng.integer(bound)]!++;
      const expected = count / bound;
      for (const n of counts) expect(Math.abs(n - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(expected));
    }
  });

  it('have no bias where a remainder would have one half', () => {
    const rng = createRng('bias');
    const bound = 3 * 2 ** 30;
    const count = 60_000;
    let low = 0;
    for (let i = 0; i < count; i++) if (rng.integer(bound) < 2 ** 30) low++;
    // A plain remainder would give ½ here.
    expect(Math.abs(low / count - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / count));
  });

  it('reach the whole range at bound 2³²', () => {
    const [a, b] = [createRng(3), createRng(3)];
    for (let i = 0; i < 10; i++) expect(a.integer(2 ** 32)).toBe(word(b));
  });

  it('shuffles to every order equally often', () => {
    const rng = createRng('shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const values = Int32Array.of(0, 1, 2, 3);
      rng.shuffle(values);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(4.5 * Math.sqrt(1000));
  });

  it('shuffles plain lists and keeps what is in them', () => {
    const values = Array.from({ length: 50 }, (_, i) => `v${i}`);
    const shuffled = [...values];
    createRng(1).shuffle(shuffled);
    expect(shuffled).not.toEqual(values);
    expect([...shuffled].sort()).toEqual([...values].sort());
  });
});

describe('splitting', () => {
  it('depends on the seed and the keys, not on what was drawn', () => {
    const fresh = createRng(11);
    const used = createRng(11);
    used.fillNormal(new Float32Array(1000));
    expect(words(used.split('a'), 5)).toEqual(words(fresh.split('a'), 5));
    expect(words(used.split('a').split(3), 5)).toEqual(words(fresh.split('a').split(3), 5));
  });

  it('leaves the parent where it was', () => {
    const [a, b] = [createRng(1), createRng(1)];
    a.split('x').uniform();
    expect(a.save()).toEqual(b.save());
  });

  it('tells apart numbers and texts, paths and joined keys, and parents', () => {
    const streams = [
      [1],
      ['1'],
      [1, 0],
      [1, '0'],
      [1, ''],
      [1, 'ab'],
      [1, 'a', 'b'],
      [1, 'a'],
      [1, 'b'],
      [1, 'ba'],
      [2, 'ab'],
      [1, -1],
      [1, 2 ** 32],
      [1, 2 ** 32 - 1],
      [1, -(2 ** 32)],
      [1, 'a\0'],
    ].map((path) => words(follow(path), 2).join());
    expect(new Set(streams).size).toBe(streams.length);
  });

  it.each<[string, (i: number) => Rng]>([
    ['seeds in a row', (i) => createRng(i)],
    ['keys in a row', (i) => createRng('root').split(i)],
    ['texts in a row', (i) => createRng('root').split(`member ${i}`)],
    [
      'a chain of splits',
      (() => {
        let rng = createRng('chain');
        return () => (rng = rng.split(0));
      })(),
    ],
  ])('gives independent streams for %s', (_, make) => {
    const count = 20_000;
    const first = new Float64Array(count);
    const second = new Float64Array(count);
    const differences = new Float64Array(count);
    let previous = 0;
    let flipped = 0;
    for (let i = 0; i < count; i++) {
      const rng = make(i);
      const bits = word(rng);
      first[i] = bits * 2 ** -32;
      second[i] = rng.uniform();
      differences[i] = (first[i]! - previous + 1) % 1;
      previous = first[i]!;
      flipped += (bits >>> 31) ^ (bits & 1);
    }
    const correlation = first.reduce((sum, x, i) => sum + (x - 0.5) * (second[i]! - 0.5), 0) * 12;
    expect(Math.abs(correlation) / Math.sqrt(count)).toBeLessThan(4);
    expect(Math.abs(flipped - count / 2)).toBeLessThan(4 * Math.sqrt(count / 4));
    for (const values of [first, second, differences]) expect(kolmogorov(values, (x) => x)).toBeLessThan(1.95);
  });

  it('gives normals of sibling and parent streams that are uncorrelated', () => {
    const count = 200_000;
    const parent = createRng('family');
    const streams = [parent, parent.split(0), parent.split(1), parent.split(0).split(0)].map((rng) => {
      const out = new Float32Array(count);
      rng.fillNormal(out);
      return out;
    });
    for (let a = 0; a < streams.length; a++) {
      for (let b = 0; b < a; b++) {
        let product = 0;
        for (let i = 0; i < count; i++) product += streams[a]![i]! * streams[b]![i]!;
        expect(Math.abs(product) / Math.sqrt(count)).toBeLessThan(4);
      }
    }
  });

  it('changes half of the bits when one bit of the seed changes', () => {
    let flipped = 0;
    const trials = 300;
    for (let seed = 0; seed < trials; seed++) {
      const bits = (a: number, b: number): number => {
        let different = (a ^ b) >>> 0;
        let count = 0;
        for (; different; different &= different - 1) count++;
        return count;
      };
      const [a, b] = [words(createRng(seed), 4), words(createRng(seed ^ (1 << (seed % 31))), 4)];
      flipped += a.reduce((sum, value, i) => sum + bits(value, b[i]!), 0);
    }
    const total = trials * 128;
    expect(Math.abs(flipped - total / 2)).toBeLessThan(4 * Math.sqrt(total / 4));
  });
});

describe('saving', () => {
  it('survives JSON and goes on exactly, splits included', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 500 }), (seed, drawn) => {
        const rng = createRng(seed).split('x');
        rng.fillNormal(new Float32Array(drawn));
        const state = JSON.parse(JSON.stringify(rng.save()));
        const expected = [words(rng, 3), rng.normal(), words(rng.split(1), 3)];
        const other = createRng('other');
        other.restore(state);
        expect([words(other, 3), other.normal(), words(other.split(1), 3)]).toEqual(expected);
      }),
    );
  });

  it('is a copy: drawing on does not change it', () => {
    const rng = createRng(1);
    const state = rng.save();
    const text = JSON.stringify(state);
    rng.uniform();
    expect(JSON.stringify(state)).toBe(text);
  });

  const good = createRng(1).save() as { [key: string]: unknown };
  it.each([
    ['nothing', null],
    ['a text', 'state'],
    ['another algorithm', { ...good, algorithm: 'mt19937' }],
    ['three words', { ...good, state: [1, 2, 3] }],
    ['a fraction', { ...good, state: [1, 2, 3, 0.5] }],
    ['an unsigned word', { ...good, key: [1, 2, 3, 2 ** 32 - 1] }],
    ['all zeros', { ...good, state: [0, 0, 0, 0] }],
    ['no key', { ...good, key: null }],
  ])('refuses %s and stays as it was', (_, state) => {
    const [rng, untouched] = [createRng(1), createRng(1)];
    expect(() => rng.restore(state as never)).toThrowError(
      expect.objectContaining({ code: 'OPTION', message: expect.stringContaining('Rng.restore: ') }),
    );
    expect(rng.save()).toEqual(untouched.save());
  });
});

describe('bad input', () => {
  it.each([0.5, NaN, Infinity, 2 ** 53, undefined, null, {}])('createRng and split refuse %s', (seed) => {
    expect(() => createRng(seed as never)).toThrow(/^createRng: seed must be a string or a safe integer, got /);
    expect(() => createRng(1).split(seed as never)).toThrow(/^Rng.split: key must be a string or a safe integer, got /);
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, NaN])('integer refuses the bound %s', (bound) => {
    expect(() => createRng(1).integer(bound)).toThrow(`Rng.integer: bound must be an integer in [1, 4294967296], got ${bound}`);
  });

  it.each([
    [-1, 2],
    [2, 1],
    [0, 5],
    [0.5, 2],
    [0, NaN],
  ])('fills refuse the part from %s to %s', (start, end) => {
    expect(() => createRng(1).fillNormal(new Float32Array(4), start, end)).toThrow(
      /^Rng.fillNormal: start and end must be in order within \[0, 4\]/,
    );
    expect(() => createRng(1).fillUniform(new Float32Array(4), 0, 1, start, end)).toThrow(/^Rng.fillUniform: start and end must be/);
  });

  it.each([
    [1, 1],
    [2, 1],
    [0, Infinity],
    [NaN, 1],
    [1 + 1e-12, 1 + 2e-12],
  ])('fillUniform refuses [%s, %s)', (low, high) => {
    expect(() => createRng(1).fillUniform(new Float32Array(4), low!, high!)).toThrowError(expect.objectContaining({ code: 'OPTION' }));
  });
});
