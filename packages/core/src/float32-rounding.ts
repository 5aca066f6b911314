/** Rounding a float64 number to float32 in a given direction; assignment to a Float32Array rounds to the nearest. */

const floatView = new Float32Array(1);
const intView = new Int32Array(floatView.buffer);

/** The neighbour of a float32 number in the given direction. */
function neighbour(value: number, direction: 1 | -1): number {
  floatView[0] = value;
  if (value === 0) return direction * 2 ** -149;
  intView[0]! += value > 0 === direction > 0 ? 1 : -1;
  return floatView[0]!;
}

/** Gives the least float32 number that is at least `value`. */
export function leastAtLeast(value: number): number {
  const nearest = Math.fround(value);
  return nearest < value ? neighbour(nearest, 1) : nearest;
}

/** Gives the greatest float32 number that is less than `value`. */
export function greatestBelow(value: number): number {
  const nearest = Math.fround(value);
  return nearest >= value ? neighbour(nearest, -1) : nearest;
}
