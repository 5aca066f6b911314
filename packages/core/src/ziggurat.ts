/**
 * Tables of the ziggurat method for the standard normal density f(x) = exp(−x²/2), 128 layers of equal area
 * (Marsaglia and Tsang, 2000). Layer i is the strip |x| < edge[i], f(edge[i]) ≤ y < f(edge[i + 1]); layer 0 is the
 * base with the tail beyond `tailStart`. Where we deviate: the layer and the position in it come from separate bits
 * of one 32-bit draw (7 and 25; Doornik, 2005), the position is taken at the middle of its cell, so that the draws
 * are symmetric and never zero, and the tables come from operations that are equal in every runtime.
 */
import { exactExp, exactLog } from './exact-math.js';

/** Number of layers; a power of two. */
export const LAYER_COUNT = 128;
/** Where the tail begins: the right edge of the base layer's rectangle. */
export const TAIL_START = 3.442619855899;
/** Area of each layer. */
const LAYER_AREA = 9.91256303526217e-3;
/** Positions on each side of zero within a layer. */
const CELL_COUNT = 2 ** 24;

/** Right edges of the layers, falling: `edges[0]` is the base's width were it a rectangle, `edges[128]` is 0. */
export const edges: Float64Array = new Float64Array(LAYER_COUNT + 1);
/** The density at each edge, rising to 1. */
export const heights: Float64Array = new Float64Array(LAYER_COUNT + 1);
/** Width of a cell by layer. */
export const cellWidths: Float64Array = new Float64Array(LAYER_COUNT);
/** Cells by layer that lie wholly under the curve. */
export const innerCellCounts: Int32Array = new Int32Array(LAYER_COUNT);

edges[0] = LAYER_AREA / exactExp(-0.5 * TAIL_START * TAIL_START);
edges[1] = TAIL_START;
for (let i = 2; i < LAYER_COUNT; i++) {
  const previous = edges[i - 1]!;
  edges[i] = Math.sqrt(-2 * exactLog(LAYER_AREA / previous + exactExp(-0.5 * previous * previous)));
}
edges[LAYER_COUNT] = 0;
for (let i = 0; i <= LAYER_COUNT; i++) heights[i] = exactExp(-0.5 * edges[i]! * edges[i]!);
for (let i = 0; i < LAYER_COUNT; i++) {
  cellWidths[i] = edges[i]! / CELL_COUNT;
  innerCellCounts[i] = Math.floor((edges[i + 1]! / edges[i]!) * CELL_COUNT);
}
