/** Builds trees of a known structure from their leaves; quick enough for every call. */
import { isLeaf } from '@mbrl/core';

/** Gives the tree for leaves in the tree's order. */
export type TreeBuilder = (leaves: readonly unknown[]) => unknown;

/** Where the next leaf is. */
interface Cursor {
  readonly leaves: readonly unknown[];
  next: number;
}

type Node = (cursor: Cursor) => unknown;

function nodeOf(template: unknown): Node {
  if (isLeaf(template)) return (cursor) => cursor.leaves[cursor.next++];
  if (Array.isArray(template)) {
    const children = template.map(nodeOf);
    return (cursor) => children.map((child) => child(cursor));
  }
  const entries = Object.entries(template as object).map(([key, child]) => [key, nodeOf(child)] as const);
  return (cursor) => {
    const record: { [key: string]: unknown } = {};
    for (const [key, child] of entries) record[key] = child(cursor);
    return record;
  };
}

/** Makes a builder for trees like the template. */
export function createTreeBuilder(template: unknown): TreeBuilder {
  const root = nodeOf(template);
  return (leaves) => root({ leaves, next: 0 });
}
