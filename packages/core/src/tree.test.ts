import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32, type NdArray } from './nd-array.js';
import { isLeaf, treeEntries, treeLeaves, treeMap, treeStructure, treeUnflatten } from './tree.js';

const tree = {
  layers: [{ kernel: float32([1, 2], [1, 2]), bias: float32([1], [3]) }, { kernel: float32([1], [4]) }],
  scale: 5,
  none: [],
  nothing: {},
};

/** Trees of numbers. */
const trees = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.integer(),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
  ),
})).tree;

describe('leaves', () => {
  it.each([
    [1, true],
    ['text', true],
    [null, true],
    [undefined, true],
    [float32([2]), true],
    [new Float32Array(2), true],
    [new Date(0), true],
    [Object.create({ shape: 1 }), true],
    [[], false],
    [{}, false],
    [Object.create(null), false],
    [{ shape: [2] }, false],
    [{ shape: 2, dtype: 'float32' }, false],
  ])('%o: %s', (node, expected) => expect(isLeaf(node)).toBe(expected));

  it('come in the order of keys and indices, each with its path', () => {
    expect(treeEntries<NdArray | number>(tree).map(({ path }) => path)).toEqual([
      'layers.0.kernel',
      'layers.0.bias',
      'layers.1.kernel',
      'scale',
    ]);
    expect(treeLeaves(tree)).toEqual([tree.layers[0]!.kernel, tree.layers[0]!.bias, tree.layers[1]!.kernel, 5]);
    expect(treeEntries(7)).toEqual([{ path: '', leaf: 7 }]);
    expect(treeEntries({ b: 1, a: 2 }, 'root').map(({ path }) => path)).toEqual(['root.b', 'root.a']);
  });
});

describe('treeMap', () => {
  it('replaces leaves, keeps the structure, and tells the paths', () => {
    const paths: string[] = [];
    const sizes = treeMap(tree, (leaf: NdArray | number, path) => (paths.push(path), typeof leaf === 'number' ? leaf : leaf.data.length));
    expect(sizes).toEqual({ layers: [{ kernel: 2, bias: 1 }, { kernel: 1 }], scale: 5, none: [], nothing: {} });
    expect(paths).toEqual(treeEntries(tree).map(({ path }) => path));
  });

  it('by the identity gives an equal tree that is another', () => {
    fc.assert(
      fc.property(trees, (value) => {
        const copy = treeMap(value, (leaf) => leaf);
        expect(copy).toEqual(value);
        if (!isLeaf(value)) expect(copy).not.toBe(value);
      }),
    );
  });

  it('does not set prototypes', () => {
    const mapped = treeMap(JSON.parse('{"__proto__":{"x":1}}'), () => 2) as unknown as object;
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
    expect(Object.keys(mapped)).toEqual(['__proto__']);
  });
});

describe('treeUnflatten', () => {
  it('is the inverse of treeLeaves', () => {
    fc.assert(fc.property(trees, (value) => void expect(treeUnflatten(value, treeLeaves(value))).toEqual(value)));
  });

  it('refuses another number of leaves', () => {
    expect(() => treeUnflatten(tree, [1, 2, 3])).toThrow('treeUnflatten: the tree has 4 leaves, got 3');
    expect(() => treeUnflatten(tree, [1, 2, 3, 4, 5])).toThrowError(expect.objectContaining({ code: 'SHAPE' }));
  });
});

describe('treeStructure', () => {
  it('is equal for equal structures alone', () => {
    const structures = [
      1,
      [1],
      [1, 1],
      [[1], 1],
      [1, [1]],
      {},
      [],
      { a: 1 },
      { b: 1 },
      { a: [1] },
      { a: 1, b: 1 },
      { b: 1, a: 1 },
      { 'a":*,"b': 1 },
    ].map(treeStructure);
    expect(new Set(structures).size).toBe(structures.length);
    fc.assert(fc.property(trees, (value) => void expect(treeStructure(treeMap(value, () => 'other'))).toBe(treeStructure(value))));
  });
});
