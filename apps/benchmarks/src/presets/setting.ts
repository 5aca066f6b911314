/**
 * A setting: a named value of a run with its type, what is allowed and what it means. Settings are flat, so that each
 * can be given on the command line as `key=value`.
 */
import * as v from 'valibot';

/** A setting's value; survives JSON. */
export type SettingValue = number | boolean | string | readonly number[];

/** Values by key. */
export type Settings = { readonly [key: string]: SettingValue };

/** Type, bounds and meaning of one setting. */
export interface SettingDefinition<T extends SettingValue = SettingValue> {
  readonly description: string;
  /** What is allowed, to follow `must be`: `a whole number in [1, 50]`. */
  readonly allowed: string;
  readonly schema: v.GenericSchema<unknown, T>;
  /** Reads the text of a command line; what cannot be read is passed on as text for the schema to refuse. */
  parse(text: string): unknown;
}

/** Definitions of all settings of a type. */
export type SettingDefinitions<S> = { readonly [K in keyof S]: SettingDefinition<Extract<S[K], SettingValue>> };

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const parseNumber = (text: string): unknown => (decimal.test(text.trim()) ? Number(text) : text);
const parseList = (text: string): unknown => text.split(',').map(parseNumber);

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Excluded lower bound. */
  readonly above?: number;
  /** Excluded upper bound. */
  readonly below?: number;
}

const interval = ({ min, max, above, below }: Bounds): string =>
  `${min !== undefined ? `[${min}` : above !== undefined ? `(${above}` : '(-Infinity'}, ${max !== undefined ? `${max}]` : below !== undefined ? `${below})` : 'Infinity)'}`;

const inside = (x: number, { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity }: Bounds): boolean =>
  Number.isFinite(x) && x >= min && x <= max && x > above && x < below;

/** A whole number within bounds. */
export function wholeNumber(description: string, bounds: Bounds): SettingDefinition<number> {
  return {
    description,
    allowed: `a whole number in ${interval(bounds)}`,
    schema: v.pipe(
      v.number(),
      v.check((x) => Number.isSafeInteger(x) && inside(x, bounds)),
    ),
    parse: parseNumber,
  };
}

/** A finite number within bounds. */
export function realNumber(description: string, bounds: Bounds): SettingDefinition<number> {
  return {
    description,
    allowed: `a number in ${interval(bounds)}`,
    schema: v.pipe(
      v.number(),
      v.check((x) => inside(x, bounds)),
    ),
    parse: parseNumber,
  };
}

/** Yes or no. */
export function flag(description: string): SettingDefinition<boolean> {
  return {
    description,
    allowed: 'true or false',
    schema: v.boolean(),
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  };
}

/** One of a few words. */
export function oneOf<T extends string>(description: string, values: readonly T[]): SettingDefinition<T> {
  return {
    description,
    allowed: `one of ${values.join(', ')}`,
    schema: v.custom<T>((x) => typeof x === 'string' && (values as readonly string[]).includes(x)),
    parse: (text) => text,
  };
}

/** One or more whole numbers within bounds, joined by commas. */
export function wholeNumberList(description: string, bounds: Bounds): SettingDefinition<readonly number[]> {
  return {
    description,
    allowed: `whole numbers in ${interval(bounds)} joined by commas`,
    schema: v.pipe(
      v.array(v.number()),
      v.minLength(1),
      v.check((list) => list.every((x) => Number.isSafeInteger(x) && inside(x, bounds))),
    ),
    parse: parseList,
  };
}

/** A finite number within bounds, or several joined by commas. */
export function numberOrList(description: string, bounds: Bounds): SettingDefinition<number | readonly number[]> {
  return {
    description,
    allowed: `a number in ${interval(bounds)}, or several joined by commas`,
    schema: v.union([
      v.pipe(
        v.number(),
        v.check((x) => inside(x, bounds)),
      ),
      v.pipe(
        v.array(v.number()),
        v.minLength(1),
        v.check((list) => list.every((x) => inside(x, bounds))),
      ),
    ]),
    parse: (text) => (text.includes(',') ? parseList(text) : parseNumber(text)),
  };
}
