/**
 * Matrix products with twice the working precision: each number is the unevaluated sum of a float64 and a smaller one.
 * Residuals of an equation at a solution that is correct to rounding need it, for all their leading digits cancel.
 * After Dekker 1971 (exact products by splitting) and Ogita, Rump & Oishi 2005 (dot products). Nothing is allocated.
 */

const SPLITTER = 134217729; // 2²⁷ + 1

/** A matrix in twice the working precision, flat and row-major: `high + low`. `low` may be null where it is zero. */
export interface ExtendedMatrix {
  readonly high: Float64Array;
  readonly low: Float64Array | null;
}

/** A matrix in twice the working precision that can be written. */
export interface ExtendedOutput {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** Makes room for a matrix of `size` entries, all zero. */
export function createExtended(size: number): ExtendedOutput {
  return { high: new Float64Array(size), low: new Float64Array(size) };
}

/** Sets a matrix to zero. */
export function clearExtended(A: ExtendedOutput): void {
  A.high.fill(0);
  A.low.fill(0);
}

/** Writes C += sign · A for a matrix of `size` entries. */
export function addExtended(A: ExtendedMatrix, C: ExtendedOutput, size: number, sign: 1 | -1 = 1): void {
  for (let i = 0; i < size; i++) {
    const a = sign * A.high[i]!;
    const c = C.high[i]!;
    const sum = c + a;
    const t = sum - c;
    const low = C.low[i]! + (c - (sum - t)) + (a - t) + (A.low === null ? 0 : sign * A.low[i]!);
    C.high[i] = sum + low;
    C.low[i] = low - (C.high[i]! - sum);
  }
}

/** Writes C += sign · op(A) B; op is the transpose where `transposed`. A is `[rows, inner]`, or `[inner, rows]` transposed. */
export function multiplyExtended(
  A: ExtendedMatrix,
  B: ExtendedMatrix,
  C: ExtendedOutput,
  rows: number,
  inner: number,
  columns: number,
  transposed = false,
  sign: 1 | -1 = 1,
): void {
  const [aRow, aColumn] = transposed ? [1, rows] : [inner, 1];
  const [sumHigh, sumLow] = [C.high, C.low];
  const [bHigh, bLow] = [B.high, B.low];
  for (let i = 0; i < rows; i++) {
    const c = i * columns;
    for (let k = 0; k < inner; k++) {
      const ai = i * aRow + k * aColumn;
      const a = sign * A.high[ai]!;
      const aLow = A.low === null ? 0 : sign * A.low[ai]!;
      if (a === 0 && aLow === 0) continue;
      const wideA = SPLITTER * a;
      const a1 = wideA - (wideA - a);
      const a2 = a - a1;
      const row = k * columns;
      for (let j = 0; j < columns; j++) {
        const b = bHigh[row + j]!;
        const p = a * b;
        const wideB = SPLITTER * b;
        const b1 = wideB - (wideB - b);
        const b2 = b - b1;
        const high = sumHigh[c + j]!;
        const sum = high + p;
        const t = sum - high;
        sumHigh[c + j] = sum;
        sumLow[c + j] = sumLow[c + j]! + (high - (sum - t) + (p - t) + (a2 * b2 - (p - a1 * b1 - a2 * b1 - a1 * b2)) + aLow * b);
      }
      if (bLow !== null) for (let j = 0; j < columns; j++) sumLow[c + j] = sumLow[c + j]! + a * bLow[row + j]!;
    }
    for (let j = c; j < c + columns; j++) {
      const total = sumHigh[j]! + sumLow[j]!;
      sumLow[j] = sumLow[j]! - (total - sumHigh[j]!);
      sumHigh[j] = total;
    }
  }
}

/** Writes the transpose of A `[rows, columns]` added to C `[columns, rows]`. */
export function addTransposedExtended(A: ExtendedOutput, C: ExtendedOutput, rows: number, columns: number, sign: 1 | -1 = 1): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const a = sign * A.high[i * columns + j]!;
      const index = j * rows + i;
      const c = C.high[index]!;
      const sum = c + a;
      const t = sum - c;
      const low = C.low[index]! + (c - (sum - t)) + (a - t) + sign * A.low[i * columns + j]!;
      C.high[index] = sum + low;
      C.low[index] = low - (C.high[index]! - sum);
    }
  }
}
