/** Recognises arguments of known structure, shapes and element types, and lists their leaves; quick enough for every call. */
import { isLeaf, type NdArray, sizeOf } from '@mbrl/core';

/** Gives the leaves in order when the arguments are as expected, undefined when they are not. */
export type ArgumentMatcher = (args: readonly unknown[]) => NdArray[] | undefined;

type Node =
  | { readonly kind: 'leaf'; readonly dtype: string; readonly type: unknown; readonly shape: readonly number[]; readonly size: number }
  | { readonly kind: 'list'; readonly children: readonly Node[] }
  | { readonly kind: 'record'; readonly keys: readonly string[]; readonly children: readonly Node[] };

function describe(value: unknown): Node {
  if (isLeaf(value)) {
    const { dtype, shape, data } = value as NdArray;
    return { kind: 'leaf', dtype, type: data.constructor, shape: [...shape], size: sizeOf(shape) };
  }
  if (Array.isArray(value)) return { kind: 'list', children: value.map(describe) };
  const record = value as { readonly [key: string]: unknown };
  const keys = Object.keys(record);
  return { kind: 'record', keys, children: keys.map((key) => describe(record[key])) };
}

function collect(node: Node, value: unknown, leaves: NdArray[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (node.kind === 'leaf') {
    const { dtype, shape, data } = value as NdArray;
    if (
      dtype !== node.dtype ||
      data?.length !== node.size ||
      data.constructor !== node.type ||
      !Array.isArray(shape) ||
      shape.length !== node.shape.length
    )
      return false;
    for (let i = 0; i < shape.length; i++) if (shape[i] !== node.shape[i]) return false;
    leaves.push(value as NdArray);
    return true;
  }
  if (node.kind === 'list') {
    if (!Array.isArray(value) || value.length !== node.children.length) return false;
    for (let i = 0; i < node.children.length; i++) if (!collect(node.children[i]!, value[i], leaves)) return false;
    return true;
  }
  if (isLeaf(value) || Array.isArray(value)) return false;
  let count = 0;
  for (const _ in value) count++;
  if (count !== node.keys.length) return false;
  const record = value as { readonly [key: string]: unknown };
  for (let i = 0; i < node.keys.length; i++) if (!collect(node.children[i]!, record[node.keys[i]!], leaves)) return false;
  return true;
}

/** Makes a matcher for arguments like the given ones. A record's keys may come in another order. */
export function createArgumentMatcher(args: readonly unknown[]): ArgumentMatcher {
  const root = describe(args);
  return (candidate) => {
    const leaves: NdArray[] = [];
    return collect(root, candidate, leaves) ? leaves : undefined;
  };
}
