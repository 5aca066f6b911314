/**
 * Spaces: which observations and actions are allowed. Everything is a flat vector; a discrete action is a vector
 * of length one that holds a whole number.
 */
import { OptionError, ShapeError } from './errors.js';
import type { Rng } from './rng.js';

/** An axis-aligned box in R^size; bounds may be infinite. */
export interface BoxSpace {
  readonly kind: 'box';
  /** Number of components. */
  readonly size: number;
  /** Least value by component, shape `[size]`. */
  readonly low: Float64Array;
  /** Greatest value by component, shape `[size]`. */
  readonly high: Float64Array;
  /** What each component means, with its unit; for reports and error messages. */
  readonly labels?: readonly string[];
}

/** The whole numbers 0 … count − 1, as a vector of length one. */
export interface DiscreteSpace {
  readonly kind: 'discrete';
  readonly size: 1;
  /** How many values there are. */
  readonly count: number;
  readonly labels?: readonly string[];
}

/** Which vectors are allowed. */
export type Space = BoxSpace | DiscreteSpace;

/**
 * Makes a box space.
 * @param options.low least values `[size]`
 * @param options.high greatest values `[size]`, each at least the least
 * @throws OptionError when sizes differ or bounds cross.
 */
export function boxSpace(options: { low: ArrayLike<number>; high: ArrayLike<number>; labels?: readonly string[] }): BoxSpace {
  const low = Float64Array.from(options.low);
  const high = Float64Array.from(options.high);
  if (low.length === 0 || low.length !== high.length) {
    throw new OptionError(`boxSpace: low and high must have the same positive length, got ${low.length} and ${high.length}`);
  }
  for (let i = 0; i < low.length; i++) {
    if (!(low[i]! <= high[i]! && low[i]! < Infinity && high[i]! > -Infinity))
      throw new OptionError(`boxSpace: low must not exceed high, got ${low[i]} and ${high[i]} at component ${i}`);
  }
  if (options.labels && options.labels.length !== low.length) {
    throw new OptionError(`boxSpace: labels must have ${low.length} entries, got ${options.labels.length}`);
  }
  return { kind: 'box', size: low.length, low, high, ...(options.labels ? { labels: options.labels } : {}) };
}

/** Makes a discrete space of `count` ≥ 1 values. @throws OptionError otherwise. */
export function discreteSpace(count: number, labels?: readonly string[]): DiscreteSpace {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new OptionError(`discreteSpace: count must be an integer in [1, Infinity), got ${count}`);
  if (labels && labels.length !== count) throw new OptionError(`discreteSpace: labels must have ${count} entries, got ${labels.length}`);
  return { kind: 'discrete', size: 1, count, ...(labels ? { labels } : {}) };
}

/** Says why `value` is not in `space`, or returns undefined when it is. */
export function whyOutside(space: Space, value: ArrayLike<number>): string | undefined {
  if (value.length !== space.size) return `must have ${space.size} components, got ${value.length}`;
  if (space.kind === 'discrete') {
    const v = value[0]!;
    return Number.isInteger(v) && v >= 0 && v < space.count ? undefined : `must be a whole number in [0, ${space.count - 1}], got ${v}`;
  }
  for (let i = 0; i < space.size; i++) {
    const v = value[i]!;
    if (!(v >= space.low[i]! && v <= space.high[i]!)) {
      return `must be in [${space.low[i]}, ${space.high[i]}] at component ${i}, got ${v}`;
    }
  }
  return undefined;
}

/**
 * Draws a vector of the space: evenly over a discrete space and between finite bounds, standard normal where a
 * component has no bounds, and at a half-normal distance from a single bound.
 * @param out filled and returned when given, `[size]`
 * @throws ShapeError when `out` has another size.
 */
export function sampleSpace(space: Space, rng: Rng, out: Float32Array = new Float32Array(space.size)): Float32Array {
  if (out.length !== space.size) throw new ShapeError(`sampleSpace: out must have ${space.size} components, got ${out.length}`);
  if (space.kind === 'discrete') {
    out[0] = rng.integer(space.count);
    return out;
  }
  for (let i = 0; i < space.size; i++) {
    const low = space.low[i]!;
    const high = space.high[i]!;
    if (Number.isFinite(low) && Number.isFinite(high)) out[i] = low + (high - low) * rng.uniform();
    else if (Number.isFinite(low)) out[i] = low + Math.abs(rng.normal());
    else if (Number.isFinite(high)) out[i] = high - Math.abs(rng.normal());
    else out[i] = rng.normal();
  }
  return out;
}
