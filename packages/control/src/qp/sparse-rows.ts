/**
 * Compressed sparse rows in flat arrays, with products in plain and in doubled precision. The solvers of this folder
 * read dense matrices, keep their nonzeros here, and so pay only for what is there.
 *
 * Doubled precision: error-free sums and products (Knuth; Dekker and Veltkamp), as in Ogita, Rump and Oishi (2005).
 */

/** A matrix `[rows, columns]` whose row i holds `values[k]` in column `index[k]` for k in `[start[i], start[i + 1])`. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly values: Float64Array;
}

/** Gathers the nonzeros of the chosen rows of a dense row-major matrix. */
export function gatherSparseRows(dense: ArrayLike<number>, columns: number, chosen: ArrayLike<number>): SparseRows {
  const rows = chosen.length;
  const start = new Int32Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    const offset = chosen[i]! * columns;
    let count = 0;
    for (let j = 0; j < columns; j++) if (dense[offset + j] !== 0) count++;
    start[i + 1] = start[i]! + count;
  }
  const index = new Int32Array(start[rows]!);
  const values = new Float64Array(start[rows]!);
  for (let i = 0, k = 0; i < rows; i++) {
    const offset = chosen[i]! * columns;
    for (let j = 0; j < columns; j++) {
      const value = dense[offset + j]!;
      if (value !== 0) {
        index[k] = j;
        values[k++] = value;
      }
    }
  }
  return { rows, columns, start, index, values };
}

/**
 * Copies new values of a dense matrix into an existing pattern.
 * @returns false where the dense matrix has a nonzero outside of the pattern; the values are then unusable
 */
export function refreshSparseRows(matrix: SparseRows, dense: ArrayLike<number>, chosen: ArrayLike<number>): boolean {
  const { rows, columns, start, index, values } = matrix;
  for (let i = 0; i < rows; i++) {
    const offset = chosen[i]! * columns;
    let excess = 0;
    for (let j = 0; j < columns; j++) if (dense[offset + j] !== 0) excess++;
    for (let k = start[i]!; k < start[i + 1]!; k++) {
      const value = dense[offset + index[k]!]!;
      values[k] = value;
      if (value !== 0) excess--;
    }
    if (excess !== 0) return false;
  }
  return true;
}

/** Writes M x `[rows]` into `out` from `outStart` on. */
export function multiplyRows(matrix: SparseRows, x: Float64Array, out: Float64Array): void {
  const { rows, start, index, values } = matrix;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = start[i]!, end = start[i + 1]!; k < end; k++) sum += values[k]! * x[index[k]!]!;
    out[i] = sum;
  }
}

/** Adds Mᵀ y `[columns]` to `out`. */
export function addTransposedProduct(matrix: SparseRows, y: Float64Array, out: Float64Array): void {
  const { rows, start, index, values } = matrix;
  for (let i = 0; i < rows; i++) {
    const factor = y[i]!;
    if (factor === 0) continue;
    for (let k = start[i]!, end = start[i + 1]!; k < end; k++) out[index[k]!]! += values[k]! * factor;
  }
}

const splitter = 134217729;

/** Adds M x to the unevaluated sums `high + low` `[rows]`, each to about twice the working precision. */
export function addRowsPrecisely(matrix: SparseRows, x: Float64Array, high: Float64Array, low: Float64Array): void {
  const { rows, start, index, values } = matrix;
  for (let i = 0; i < rows; i++) {
    let sum = high[i]!;
    let error = low[i]!;
    for (let k = start[i]!, end = start[i + 1]!; k < end; k++) {
      const a = values[k]!;
      const b = x[index[k]!]!;
      const product = a * b;
      const aScaled = splitter * a;
      const aHigh = aScaled - (aScaled - a);
      const aLow = a - aHigh;
      const bScaled = splitter * b;
      const bHigh = bScaled - (bScaled - b);
      const bLow = b - bHigh;
      const total = sum + product;
      const back = total - sum;
      error += aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow) + (sum - (total - back) + (product - back));
      sum = total;
    }
    high[i] = sum;
    low[i] = error;
  }
}

/** Adds Mᵀ y to the unevaluated sums `high + low` `[columns]`, each to about twice the working precision. */
export function addTransposedPrecisely(matrix: SparseRows, y: Float64Array, high: Float64Array, low: Float64Array): void {
  const { rows, start, index, values } = matrix;
  for (let i = 0; i < rows; i++) {
    const b = y[i]!;
    if (b === 0) continue;
    const bScaled = splitter * b;
    const bHigh = bScaled - (bScaled - b);
    const bLow = b - bHigh;
    for (let k = start[i]!, end = start[i + 1]!; k < end; k++) {
      const a = values[k]!;
      const j = index[k]!;
      const sum = high[j]!;
      const product = a * b;
      const aScaled = splitter * a;
      const aHigh = aScaled - (aScaled - a);
      const aLow = a - aHigh;
      const total = sum + product;
      const back = total - sum;
      low[j]! += aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow) + (sum - (total - back) + (product - back));
      high[j] = total;
    }
  }
}

/** The largest magnitude among values; 0 of none. */
export function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
