/** What a function may return: a tree of tensors that can be compiled. */
import { treeEntries, UnsupportedError } from '@mbrl/core';
import { tf } from '../tensorflow.js';

const describe = (value: unknown): string => {
  if (value === null) return 'null';
  return typeof value === 'object' ? `a ${value.constructor?.name ?? 'object'}` : typeof value;
};

/**
 * Lists the tensors of a function's result, in the tree's order.
 * @param name what to call the function in errors
 * @throws UnsupportedError when the result is a promise, or holds something other than tensors of a known element type.
 */
export function checkResult(name: string, result: unknown): tf.Tensor[] {
  if (result instanceof Promise) {
    // It will fail by itself, on values that do not exist; nobody waits for it any more.
    result.catch(() => undefined);
    throw new UnsupportedError(`jit: an asynchronous function cannot be compiled (in ${name})`);
  }
  return treeEntries<unknown>(result).map(({ path, leaf }) => {
    const place = path === '' ? 'at the root' : `at ${path}`;
    if (!(leaf instanceof tf.Tensor))
      throw new UnsupportedError(`jit: the result must hold tensors only, got ${describe(leaf)} ${place} (in ${name})`);
    if (leaf.dtype !== 'float32' && leaf.dtype !== 'int32' && leaf.dtype !== 'bool') {
      throw new UnsupportedError(`jit: the result must be float32, int32 or bool, got ${leaf.dtype} ${place} (in ${name})`);
    }
    return leaf;
  });
}
