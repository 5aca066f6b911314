/**
 * Trees: nested lists and records with arrays at the leaves. Parameters, optimiser states and batches are trees;
 * everything that walks over them walks in one order (record keys as inserted, lists by index).
 */
import { ShapeError } from './errors.js';

/** A leaf, or a list or record of trees. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** The shape of a tree with every leaf of type `From` replaced by `To`. */
export type MapLeaves<T, From, To> = T extends From
  ? To
  : T extends readonly unknown[]
    ? { -readonly [K in keyof T]: MapLeaves<T[K], From, To> }
    : T extends object
      ? { -readonly [K in keyof T]: MapLeaves<T[K], From, To> }
      : T;

/**
 * Says whether a node is a leaf: anything but a plain list or record (a number, a typed array, a tensor), and a record
 * with `shape` and `dtype`, which is an array.
 */
export function isLeaf(node: unknown): boolean {
  if (node === null || typeof node !== 'object') return true;
  if (Array.isArray(node)) return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain || ('shape' in node && Array.isArray((node as { shape: unknown }).shape) && 'dtype' in node);
}

/** A leaf with the path that leads to it: keys and indices joined by `.`. The root leaf has the empty path. */
export interface TreeEntry<Leaf> {
  readonly path: string;
  readonly leaf: Leaf;
}

const join = (prefix: string, key: string | number): string => (prefix === '' ? String(key) : `${prefix}.${key}`);

/** Lists the leaves of a tree with their paths, in the tree's order. */
export function treeEntries<Leaf>(tree: unknown, prefix = ''): TreeEntry<Leaf>[] {
  if (isLeaf(tree)) return [{ path: prefix, leaf: tree as Leaf }];
  const entries = Array.isArray(tree) ? tree.map((child, index) => [index, child] as const) : Object.entries(tree as object);
  return entries.flatMap(([key, child]) => treeEntries<Leaf>(child, join(prefix, key)));
}

/** Lists the leaves of a tree, in the tree's order. */
export function treeLeaves<Leaf>(tree: unknown): Leaf[] {
  return treeEntries<Leaf>(tree).map((entry) => entry.leaf);
}

/** Builds a tree of the same structure with every leaf replaced by `fn(leaf, path)`. */
export function treeMap<To, T, Leaf = unknown>(tree: T, fn: (leaf: Leaf, path: string) => To, prefix = ''): MapLeaves<T, Leaf, To> {
  const walk = (node: unknown, path: string): unknown => {
    if (isLeaf(node)) return fn(node as Leaf, path);
    if (Array.isArray(node)) return node.map((child, index) => walk(child, join(path, index)));
    return Object.fromEntries(Object.entries(node as object).map(([key, child]) => [key, walk(child, join(path, key))]));
  };
  return walk(tree, prefix) as MapLeaves<T, Leaf, To>;
}

/** As {@link treeMap}, for a tree whose structure is not known to the type system. */
export function mapLeaves<From, To>(tree: Tree<From>, fn: (leaf: From, path: string) => To): Tree<To> {
  return (treeMap as (node: unknown, map: unknown) => unknown)(tree, fn) as Tree<To>;
}

/**
 * Builds a tree of the structure of `like` from a flat list of leaves.
 * @throws ShapeError when the number of leaves differs.
 */
export function treeUnflatten<To, T>(like: T, leaves: readonly To[]): MapLeaves<T, unknown, To> {
  let next = 0;
  const tree = treeMap<To, T>(like, () => leaves[next++] as To);
  if (next !== leaves.length) throw new ShapeError(`treeUnflatten: the tree has ${next} leaves, got ${leaves.length}`);
  return tree as MapLeaves<T, unknown, To>;
}

/** A string that is equal for two trees exactly when their structures (keys, order, nesting) are equal. */
export function treeStructure(tree: unknown): string {
  if (isLeaf(tree)) return '*';
  if (Array.isArray(tree)) return `[${tree.map(treeStructure).join(',')}]`;
  return `{${Object.entries(tree as object)
    .map(([key, child]) => `${JSON.stringify(key)}:${treeStructure(child)}`)
    .join(',')}}`;
}
