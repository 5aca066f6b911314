/** Level-1 operations on the first `size` entries of float64 arrays. Nothing is allocated. */

/** Returns xᵀ y. */
export function dot(x: Float64Array, y: Float64Array, size: number = x.length): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** Writes y += α x. */
export function addScaled(alpha: number, x: Float64Array, y: Float64Array, size: number = x.length): void {
  for (let i = 0; i < size; i++) y[i] = y[i]! + alpha * x[i]!;
}

/** Writes x = α x. */
export function scale(alpha: number, x: Float64Array, size: number = x.length): void {
  for (let i = 0; i < size; i++) x[i]! *= alpha;
}

/** Copies x to y. */
export function copy(x: Float64Array, y: Float64Array, size: number = x.length): void {
  for (let i = 0; i < size; i++) y[i] = x[i]!;
}

/** Writes the identity to A `[n, n]`, times `value`. */
export function setIdentity(A: Float64Array, n: number, value = 1): void {
  for (let i = 0; i < n * n; i++) A[i] = 0;
  for (let i = 0; i < n; i++) A[i * (n + 1)] = value;
}

/** Adds `value` to the diagonal of A `[n, n]`. */
export function addDiagonal(A: Float64Array, n: number, value: number): void {
  for (let i = 0; i < n; i++) A[i * (n + 1)]! += value;
}

/** Writes the transpose of A `[rows, columns]` to T `[columns, rows]`, another array. */
export function transpose(A: Float64Array, T: Float64Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) T[j * rows + i] = A[i * columns + j]!;
}
