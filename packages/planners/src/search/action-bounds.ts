/**
 * The bounds of an action space as a planner needs them: finite, and as float32 values. Plans are float32; a bound
 * such as 0.1 is not, and its nearest float32 lies outside. Rounding each bound inwards keeps every action of a plan
 * within the space it was made for.
 */
import { type BoxSpace, OptionError, type Space } from '@mbrl/core';

/** Bounds of one action, all `[A]`. */
export interface ActionBounds {
  readonly size: number;
  /** Least float32 value within the bounds. */
  readonly low: Float64Array;
  /** Greatest float32 value within the bounds. */
  readonly high: Float64Array;
  /** Halfway between the bounds, as a float32 value within them. */
  readonly middle: Float64Array;
  /** `high − low` of the space itself. */
  readonly range: Float64Array;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 value next to the float32 `value`, upwards. */
function nextUp(value: number): number {
  float[0] = value === 0 ? 0 : value;
  bits[0]! += float[0]! >= 0 ? 1 : -1;
  return float[0]!;
}

/** The least float32 value that is not below `value`. */
export function roundUp(value: number): number {
  const rounded = Math.fround(value);
  return rounded >= value ? rounded : nextUp(rounded);
}

/** The greatest float32 value that is not above `value`. */
export function roundDown(value: number): number {
  return -roundUp(-value);
}

/**
 * Reads the bounds of an action space.
 * @throws OptionError on a space that is not a box, on bounds that are crossed, and on those that are not finite float32 numbers.
 */
export function actionBounds(caller: string, space: Space): ActionBounds {
  if (space?.kind !== 'box') {
    const got = space?.kind === 'discrete' ? `a discrete space of ${space.count} values` : String(space);
    throw new OptionError(`${caller}: actionSpace must be a box space (it samples from a normal distribution), got ${got}`);
  }
  const box: BoxSpace = space;
  const low = new Float64Array(box.size);
  const high = new Float64Array(box.size);
  const middle = new Float64Array(box.size);
  const range = new Float64Array(box.size);
  for (let i = 0; i < box.size; i++) {
    const least = box.low[i]!;
    const greatest = box.high[i]!;
    low[i] = roundUp(least);
    high[i] = roundDown(greatest);
    if (!Number.isFinite(low[i]!) || !Number.isFinite(high[i]!)) {
      throw new OptionError(`${caller}: actionSpace must have finite bounds, got [${least}, ${greatest}] at component ${i}`);
    }
    if (least > greatest)
      throw new OptionError(`${caller}: actionSpace must have low <= high, got [${least}, ${greatest}] at component ${i}`);
    // Bounds so close that no float32 lies between them: the nearest one stands for both.
    if (low[i]! > high[i]!) low[i] = high[i] = Math.fround(least);
    range[i] = greatest - least;
    middle[i] = Math.min(Math.max(Math.fround(least + range[i]! / 2), low[i]!), high[i]!);
  }
  return { size: box.size, low, high, middle, range };
}

/** Reads the bounds of a space that may be discrete: then actions are the whole numbers from 0 to `count − 1`. @throws OptionError as {@link actionBounds}. */
export function spaceBounds(caller: string, space: Space): ActionBounds {
  if (space?.kind !== 'discrete') return actionBounds(caller, space);
  const last = space.count - 1;
  return {
    size: 1,
    low: Float64Array.of(0),
    high: Float64Array.of(last),
    middle: Float64Array.of(Math.floor(last / 2)),
    range: Float64Array.of(last),
  };
}

/** Lays values of one action, `[A]`, out over a plan, `[H·A]`. */
export function overPlan(horizon: number, values: Float64Array, f: (value: number) => number = (value) => value): Float64Array {
  return Float64Array.from({ length: horizon * values.length }, (_, d) => f(values[d % values.length]!));
}
