/** Norms of vectors and of flat, row-major matrices. A NaN among the entries gives NaN. Nothing is allocated. */

/** Returns the greatest absolute value among the first `size` entries: the ∞-norm of a vector. */
export function maxAbs(x: Float64Array, size: number = x.length): number {
  let largest = 0;
  for (let i = 0; i < size; i++) {
    const value = Math.abs(x[i]!);
    if (!(value <= largest)) largest = value;
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}

/** Returns √Σx²: the 2-norm of a vector and the Frobenius norm of a matrix, without overflow or underflow of the squares. */
export function norm2(x: Float64Array, size: number = x.length): number {
  const largest = maxAbs(x, size);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  if (largest > 1e-140 && largest < 1e140) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += x[i]! * x[i]!;
    return Math.sqrt(sum);
  }
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (x[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** Returns the greatest column sum of absolute values of A `[rows, columns]`. */
export function matrixNorm1(A: Float64Array, rows: number, columns: number): number {
  let largest = 0;
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += Math.abs(A[i * columns + j]!);
    if (!(sum <= largest)) largest = sum;
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}

/** Returns the greatest row sum of absolute values of A `[rows, columns]`. */
export function matrixNormInfinity(A: Float64Array, rows: number, columns: number): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += Math.abs(A[i * columns + j]!);
    if (!(sum <= largest)) largest = sum;
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}

/** Tells whether the first `size` entries are all finite. */
export function isFiniteArray(x: Float64Array, size: number = x.length): boolean {
  for (let i = 0; i < size; i++) if (!Number.isFinite(x[i]!)) return false;
  return true;
}
