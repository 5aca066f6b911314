import { createRng } from '@mbrl/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimumDegreeOrder } from './minimum-degree.js';

describe('minimumDegreeOrder', () => {
  /** Entries that elimination in this order adds. */
  const countFill = (edges: readonly (readonly [number, number])[], order: Int32Array): number => {
    const joined = new Set(edges.map(([i, j]) => `${Math.min(i, j)} ${Math.max(i, j)}`));
    const before = joined.size;
    const place = new Map([...order].map((node, position) => [node, position]));
    for (const [position, node] of order.entries()) {
      const later = [...place.keys()].filter(
        (other) => place.get(other)! > position && joined.has(`${Math.min(node, other)} ${Math.max(node, other)}`),
      );
      for (const i of later) for (const j of later) if (i < j) joined.add(`${i} ${j}`);
    }
    return joined.size - before;
  };
  const neighboursOf = (size: number, edges: readonly (readonly [number, number])[]): number[][] => {
    const lists: number[][] = Array.from({ length: size }, () => []);
    for (const [i, j] of edges) {
      lists[i]!.push(j);
      lists[j]!.push(i);
    }
    return lists;
  };

  it('eliminates a tree without fill, hubs among it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 40 }), (draws) => {
        const edges = draws.map((value, k) => [Math.floor(value * value * (k + 1)), k + 1] as const);
        const order = minimumDegreeOrder(draws.length + 1, neighboursOf(draws.length + 1, edges));
        expect([...order].sort((i, j) => i - j)).toEqual([...order.keys()]);
        expect(countFill(edges, order)).toBe(0);
      }),
    );
  });

  it('is a permutation of full and of mixed patterns, and fills less than the order as given', () => {
    const rng = createRng(3);
    for (const density of [0.03, 0.08, 0.2, 1]) {
      const size = 40;
      const edges: [number, number][] = [];
      for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) if (rng.uniform() < density) edges.push([i, j]);
      const order = minimumDegreeOrder(size, neighboursOf(size, edges));
      expect([...order].sort((i, j) => i - j)).toEqual([...order.keys()]);
      const given = countFill(
        edges,
        Int32Array.from({ length: size }, (_, i) => i),
      );
      if (density === 1) expect(countFill(edges, order)).toBe(0);
      else expect(countFill(edges, order)).toBeLessThan(given);
    }
  });
});
