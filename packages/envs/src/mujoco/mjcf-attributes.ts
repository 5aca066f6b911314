/** Which attributes an MJCF element has, what their values must be, and how they are written. */
import { OptionError } from '@mbrl/core';

/** Says what is wrong with a value, or gives its text. */
export type Attribute = (value: unknown) => { readonly text: string } | { readonly requirement: string };

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A finite number, in [min, max] or above `above`. */
export function number({
  min = -Infinity,
  max = Infinity,
  above = -Infinity,
}: { min?: number; max?: number; above?: number } = {}): Attribute {
  const bounds = above > -Infinity ? ` above ${above}` : min > -Infinity || max < Infinity ? ` in [${min}, ${max}]` : '';
  return (value) =>
    isNumber(value) && value >= min && value <= max && value > above
      ? { text: String(value) }
      : { requirement: `a finite number${bounds}` };
}

/** A whole number in [min, max]. */
export function integer(min: number, max: number): Attribute {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? { text: String(value) }
      : { requirement: `an integer in [${min}, ${max}]` };
}

/** A list of `least` to `most` finite numbers of at least `min`; one alone may stand for a list. */
export function numbers(least: number, most: number = least, min: number = -Infinity): Attribute {
  const count = least === most ? `${least}` : `${least} to ${most}`;
  return (value) => {
    const list: unknown = isNumber(value) && least === 1 ? [value] : value;
    if (Array.isArray(list) && list.length >= least && list.length <= most && list.every((part) => isNumber(part) && part >= min)) {
      return { text: list.join(' ') };
    }
    return { requirement: `${count} finite numbers${min > -Infinity ? ` of at least ${min}` : ''}` };
  };
}

/** A vector that has a direction. */
export function direction(size: number): Attribute {
  const list = numbers(size);
  return (value) => {
    const result = list(value);
    return 'text' in result && Math.hypot(...(value as number[]).slice(0, size)) > 0
      ? result
      : { requirement: `${size} finite numbers, not all 0` };
  };
}

/** A lower and an upper bound, in order. */
export const range: Attribute = (value) =>
  Array.isArray(value) && value.length === 2 && value.every(isNumber) && (value[0] as number) < (value[1] as number)
    ? { text: value.join(' ') }
    : { requirement: 'two finite numbers in order' };

/** True or false. */
export const flag: Attribute = (value) => (typeof value === 'boolean' ? { text: String(value) } : { requirement: 'true or false' });

/** A name: some text that XML carries as it is. */
export const name: Attribute = (value) =>
  typeof value === 'string' && /^[^<>&"\s][^<>&"\n]*$/.test(value) ? { text: value } : { requirement: 'a text without <, >, & and "' };

/** One of some words. */
export function oneOf(...words: readonly (string | number)[]): Attribute {
  return (value) =>
    words.includes(value as string)
      ? { text: String(value) }
      : { requirement: `one of ${words.map((word) => JSON.stringify(word)).join(', ')}` };
}

/** The attributes of one kind of element. */
export type AttributeTable = { readonly [attribute: string]: Attribute };

const describe = (value: unknown): string => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));

/**
 * Writes the attributes of an element, those of `apart` left out.
 * @param where names the element in messages
 * @throws OptionError on an attribute that is not in the table or has a wrong value.
 */
export function writeAttributes(where: string, table: AttributeTable, element: object, apart: readonly string[] = []): string {
  let text = '';
  for (const [key, value] of Object.entries(element)) {
    if (apart.includes(key) || value === undefined) continue;
    if (!Object.hasOwn(table, key)) {
      throw new OptionError(
        `writeMjcf: attributes of ${where} must be among ${[...Object.keys(table), ...apart].join(', ')}, got ${JSON.stringify(key)}`,
      );
    }
    const result = table[key]!(value);
    if ('requirement' in result)
      throw new OptionError(`writeMjcf: ${key} of ${where} must be ${result.requirement}, got ${describe(value)}`);
    text += ` ${key}="${result.text}"`;
  }
  return text;
}
