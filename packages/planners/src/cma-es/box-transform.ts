/**
 * A map T from all of R onto a box, component by component, so that an unbounded search stays within bounds: the
 * identity in the middle, quadratic near a bound, mirrored beyond (as in Hansen's `pycma`, "linear-quadratic"
 * transformation). Near a bound u with margin a, T(y) = u − (u + a − y)² / (4a) for y in [u − a, u + a], which is smooth;
 * T(u + a) = u, and beyond u + a the search comes back as in a mirror. Unlike clipping it leaves no flat ground, and
 * unlike a penalty it has no weight to choose.
 */

/** Share of the range that is quadratic on each side; with one bound alone, this much of its size or of 1. */
const MARGIN_RATIO = 0.05;

/** The map for one component. Bounds may be infinite. */
export interface BoundMap {
  readonly low: number;
  readonly high: number;
  /** a. */
  readonly margin: number;
}

/** Makes the map onto [low, high]. */
export function createBoundMap(low: number, high: number): BoundMap {
  const isClosed = high - low < Infinity;
  const size = isClosed ? high - low : Math.max(1, Math.abs(low > -Infinity ? low : high < Infinity ? high : 0));
  return { low, high, margin: MARGIN_RATIO * size };
}

/** T(y), within the bounds. */
export function toBox({ low, high, margin }: BoundMap, y: number): number {
  if (margin === 0) return low;
  // Nearly always; the rest is slower.
  if (y >= low + margin && y <= high - margin) return y;
  let value = y;
  if (y >= low - margin && y <= high + margin) value = y;
  else if (low > -Infinity && high < Infinity) {
    // Mirrored at both ends: a period of twice the stretched range.
    const period = 2 * (high - low + 2 * margin);
    const start = low - margin;
    let phase = (value - start) % period;
    if (phase < 0) phase += period;
    value = start + (phase > period / 2 ? period - phase : phase);
  } else if (value < low - margin) value = 2 * (low - margin) - value;
  else if (value > high + margin) value = 2 * (high + margin) - value;
  if (value < low + margin) value = low + (value - low + margin) ** 2 / (4 * margin);
  else if (value > high - margin) value = high - (high + margin - value) ** 2 / (4 * margin);
  return Math.min(Math.max(value, low), high);
}

/** The y nearest the middle with T(y) = x; x is clipped to the bounds first. */
export function fromBox({ low, high, margin }: BoundMap, x: number): number {
  if (margin === 0) return low;
  const value = Math.min(Math.max(x, low), high);
  if (value < low + margin) return low - margin + 2 * Math.sqrt(margin * (value - low));
  if (value > high - margin) return high + margin - 2 * Math.sqrt(margin * (high - value));
  return value;
}
