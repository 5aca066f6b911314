/** Matrix-vector products y = α op(A) x + β y of flat, row-major float64 matrices. Nothing is allocated; y must not alias x. */

/**
 * Writes y = α A x + β y.
 * @param A `[rows, columns]`
 * @param x `[columns]`
 * @param y `[rows]`, overwritten; with β = 0 what it held before does not matter
 */
export function multiplyVector(
  A: Float64Array,
  x: Float64Array,
  y: Float64Array,
  rows: number,
  columns: number,
  alpha = 1,
  beta = 0,
): void {
  for (let i = 0; i < rows; i++) {
    const a = i * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += A[a + j]! * x[j]!;
    y[i] = beta === 0 ? alpha * sum : alpha * sum + beta * y[i]!;
  }
}

/**
 * Writes y = α Aᵀ x + β y.
 * @param A `[rows, columns]`
 * @param x `[rows]`
 * @param y `[columns]`, overwritten; with β = 0 what it held before does not matter
 */
export function multiplyVectorTransposed(
  A: Float64Array,
  x: Float64Array,
  y: Float64Array,
  rows: number,
  columns: number,
  alpha = 1,
  beta = 0,
): void {
  for (let j = 0; j < columns; j++) y[j] = beta === 0 ? 0 : beta * y[j]!;
  for (let i = 0; i < rows; i++) {
    const a = i * columns;
    const scaled = alpha * x[i]!;
    for (let j = 0; j < columns; j++) y[j] = y[j]! + scaled * A[a + j]!;
  }
}

/** Returns xᵀ A y for A `[rows, columns]`, x `[rows]`, y `[columns]`. */
export function bilinearForm(x: Float64Array, A: Float64Array, y: Float64Array, rows: number, columns: number): number {
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const a = i * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += A[a + j]! * y[j]!;
    total += x[i]! * sum;
  }
  return total;
}
