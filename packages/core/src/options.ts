/**
 * Checks at the door. Each throws an {@link OptionError} whose message names the function, the requirement and
 * the value; each returns the checked value, so it can stand in an initialiser.
 */
import { OptionError } from './errors.js';

/** Bounds of a number; an absent bound does not apply. */
export interface NumberBounds {
  /** Least value allowed. */
  readonly min?: number;
  /** Greatest value allowed. */
  readonly max?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  /** The value must be less than this. */
  readonly below?: number;
}

const describeBounds = ({ min, max, above, below }: NumberBounds): string => {
  const lower = min !== undefined ? `[${min}` : above !== undefined ? `(${above}` : '(-Infinity';
  const upper = max !== undefined ? `${max}]` : below !== undefined ? `${below})` : 'Infinity)';
  return `in ${lower}, ${upper}`;
};

const show = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** Returns `value` when it is a finite number within `bounds`. @throws OptionError otherwise. */
export function checkNumber(caller: string, name: string, value: number, bounds: NumberBounds = {}): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = bounds;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max || value <= above || value >= below) {
    throw new OptionError(`${caller}: ${name} must be a finite number ${describeBounds(bounds)}, got ${show(value)}`);
  }
  return value;
}

/** Returns `value` when it is an integer within `bounds`. @throws OptionError otherwise. */
export function checkInteger(caller: string, name: string, value: number, bounds: NumberBounds = {}): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = bounds;
  if (!Number.isSafeInteger(value) || value < min || value > max || value <= above || value >= below) {
    throw new OptionError(`${caller}: ${name} must be an integer ${describeBounds(bounds)}, got ${show(value)}`);
  }
  return value;
}

/** Returns `value` when it is one of `allowed`. @throws OptionError otherwise. */
export function checkOneOf<T extends string>(caller: string, name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) {
    throw new OptionError(`${caller}: ${name} must be one of ${allowed.map(show).join(', ')}, got ${show(value)}`);
  }
  return value;
}
