/** Checks of options that many MuJoCo tasks have. */
import { checkNumber, OptionError } from '@mbrl/core';

/** A lower and an upper bound; infinities mean none. */
export type Bounds = readonly [low: number, high: number];

/** Requires two numbers in order, infinities allowed. @throws OptionError otherwise. */
export function checkBounds(caller: string, name: string, bounds: Bounds): Bounds {
  if (!Array.isArray(bounds) || bounds.length !== 2 || !bounds.every((bound) => typeof bound === 'number') || !(bounds[0] < bounds[1]))
    throw new OptionError(`${caller}: ${name} must be two numbers in order, got ${String(bounds)}`);
  return [bounds[0], bounds[1]];
}

/** Requires positive numbers. @throws OptionError otherwise, by name. */
export function checkPositive(caller: string, values: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(values)) checkNumber(caller, name, value, { above: 0 });
}

/** Requires finite numbers. @throws OptionError otherwise, by name. */
export function checkFinite(caller: string, values: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(values)) checkNumber(caller, name, value);
}

/** The value, no lower and no higher than the bounds. */
export const clip = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value);
