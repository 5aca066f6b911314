/**
 * How much of each pixel a polygon covers, exactly. Each edge adds, for every row that it crosses, its height in that
 * row to what lies right of it, with the sign of its direction; in the pixels that it passes through, by the area right
 * of it. The running sum along a row is then the covered share, negative where the polygon runs the other way round.
 */

/** A rectangle of pixels: columns [left, right) and rows [top, bottom). */
export interface PixelBounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Adds an edge that lies within the columns 0 … width, in coordinates of the rectangle. */
function addInside(sums: Float64Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number): void {
  const sign = y1 > y0 ? 1 : -1;
  const [topX, topY, bottomX, bottomY] = sign > 0 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bottomX - topX) / (bottomY - topY);
  const stride = width + 2;
  const lastRow = Math.min(height, Math.ceil(bottomY));
  for (let row = Math.max(0, Math.floor(topY)); row < lastRow; row++) {
    const from = Math.max(row, topY);
    const to = Math.min(row + 1, bottomY);
    if (to <= from) continue;
    const a = topX + (from - topY) * slope;
    const b = topX + (to - topY) * slope;
    const least = Math.max(0, Math.min(a, b));
    const greatest = Math.min(width, Math.max(a, b));
    const first = Math.floor(least);
    const last = Math.min(width, Math.floor(greatest));
    const perColumn = greatest > least ? (to - from) / (greatest - least) : 0;
    for (let column = first; column <= last; column++) {
      const enter = Math.max(least, column);
      const leave = Math.min(greatest, column + 1);
      const rise = sign * (perColumn > 0 ? perColumn * (leave - enter) : to - from);
      const offset = (enter + leave) / 2 - column;
      sums[row * stride + column]! += rise * (1 - offset);
      sums[row * stride + column + 1]! += rise * offset;
    }
  }
}

/** Adds an edge: what is left of the rectangle counts as its left side, what is right of it covers nothing in it. */
function addEdge(sums: Float64Array, width: number, height: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  for (const side of [0, width]) {
    if (x0 < side !== x1 < side && x0 !== side && x1 !== side) {
      const y = y0 + ((side - x0) / (x1 - x0)) * (y1 - y0);
      addEdge(sums, width, height, x0, y0, side, y);
      addEdge(sums, width, height, side, y, x1, y1);
      return;
    }
  }
  if (Math.max(x0, x1) <= 0) addInside(sums, width, height, 0, y0, 0, y1);
  else if (Math.min(x0, x1) < width) addInside(sums, width, height, x0, y0, x1, y1);
}

/**
 * Gives the covered share of each pixel of a rectangle, row by row, `[rows · (columns + 2)]`; the last two columns of
 * a row mean nothing.
 * @param xs corners in pixels, columns; at least three
 * @param ys corners in pixels, rows
 */
export function polygonCoverage(xs: ArrayLike<number>, ys: ArrayLike<number>, { left, right, top, bottom }: PixelBounds): Float64Array {
  const width = right - left;
  const height = bottom - top;
  const sums = new Float64Array((width + 2) * height);
  for (let i = 0; i < xs.length; i++) {
    const next = i + 1 < xs.length ? i + 1 : 0;
    addEdge(sums, width, height, xs[i]! - left, ys[i]! - top, xs[next]! - left, ys[next]! - top);
  }
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let at = row * (width + 2), end = at + width; at < end; at++) {
      sum += sums[at]!;
      sums[at] = Math.min(1, Math.abs(sum));
    }
  }
  return sums;
}
