/**
 * JSON text that gives back exactly what went in. `JSON.stringify` turns NaN into null, drops undefined and loses the
 * sign of −0, all without a word; this refuses what JSON cannot hold and writes −0 as `-0`.
 */
import { OptionError } from './errors.js';
import type { Json } from './json.js';

/** Deepest nesting; a value that refers to itself is found by it, and no reader's stack overflows. */
const DEPTH_LIMIT = 1000;

const isPlainRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function write(caller: string, value: unknown, path: string, depth: number): string {
  if (depth > DEPTH_LIMIT) throw new OptionError(`${caller}: ${path.slice(0, 40)}… must be nested at most ${DEPTH_LIMIT} deep`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new OptionError(`${caller}: ${path} must be finite, got ${value}`);
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item: unknown, index) => write(caller, item, `${path}[${index}]`, depth + 1)).join(',')}]`;
  }
  if (typeof value === 'object' && isPlainRecord(value)) {
    const parts = Object.entries(value).map(([key, item]) => {
      if (key === '__proto__') throw new OptionError(`${caller}: ${path} must not have the key "__proto__"`);
      return `${JSON.stringify(key)}:${write(caller, item, `${path}.${key}`, depth + 1)}`;
    });
    return `{${parts.join(',')}}`;
  }
  const what = typeof value === 'object' ? (value as object).constructor.name : typeof value;
  throw new OptionError(`${caller}: ${path} must be a JSON value, got ${what}`);
}

/**
 * Writes a JSON value as text, without spaces, keys in their order.
 * @param caller names the function in error messages
 * @param name names the value in error messages
 * @throws OptionError on what JSON cannot hold (NaN, infinities, undefined, functions, class instances, a value within
 * itself or nested more than 1000 deep) and on the key `__proto__`.
 */
export function stringifyJson(caller: string, name: string, value: Json): string {
  return write(caller, value, name, 0);
}
