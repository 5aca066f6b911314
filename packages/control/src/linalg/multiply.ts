/**
 * Matrix products C = α op(A) op(B) + β C of flat, row-major float64 matrices, where op is the identity or the
 * transpose. Nothing is allocated; C must not alias A or B. With β = 0 what C held before does not matter, NaN included.
 */

/** Scales the first `size` entries of C by β; sets them to 0 where β is 0. */
function scaleOutput(C: Float64Array, size: number, beta: number): void {
  if (beta === 1) return;
  if (beta === 0) {
    for (let i = 0; i < size; i++) C[i] = 0;
  } else {
    for (let i = 0; i < size; i++) C[i]! *= beta;
  }
}

/**
 * Writes C = α A B + β C.
 * @param A `[rows, inner]`
 * @param B `[inner, columns]`
 * @param C `[rows, columns]`, overwritten
 */
export function multiply(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  alpha = 1,
  beta = 0,
): void {
  scaleOutput(C, rows * columns, beta);
  const whole = inner - (inner & 3);
  for (let i = 0; i < rows; i++) {
    const a = i * inner;
    const c = i * columns;
    for (let k = 0; k < whole; k += 4) {
      const a0 = alpha * A[a + k]!;
      const a1 = alpha * A[a + k + 1]!;
      const a2 = alpha * A[a + k + 2]!;
      const a3 = alpha * A[a + k + 3]!;
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let j = 0; j < columns; j++) {
        C[c + j] = C[c + j]! + (a0 * B[b0 + j]! + a1 * B[b1 + j]! + a2 * B[b2 + j]! + a3 * B[b3 + j]!);
      }
    }
    for (let k = whole; k < inner; k++) {
      const a0 = alpha * A[a + k]!;
      const b0 = k * columns;
      for (let j = 0; j < columns; j++) C[c + j] = C[c + j]! + a0 * B[b0 + j]!;
    }
  }
}

/**
 * Writes C = α Aᵀ B + β C.
 * @param A `[inner, rows]`
 * @param B `[inner, columns]`
 * @param C `[rows, columns]`, overwritten
 */
export function multiplyTransposedLeft(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  alpha = 1,
  beta = 0,
): void {
  scaleOutput(C, rows * columns, beta);
  const whole = inner - (inner & 3);
  for (let i = 0; i < rows; i++) {
    const c = i * columns;
    for (let k = 0; k < whole; k += 4) {
      const a = k * rows + i;
      const a0 = alpha * A[a]!;
      const a1 = alpha * A[a + rows]!;
      const a2 = alpha * A[a + 2 * rows]!;
      const a3 = alpha * A[a + 3 * rows]!;
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let j = 0; j < columns; j++) {
        C[c + j] = C[c + j]! + (a0 * B[b0 + j]! + a1 * B[b1 + j]! + a2 * B[b2 + j]! + a3 * B[b3 + j]!);
      }
    }
    for (let k = whole; k < inner; k++) {
      const a0 = alpha * A[k * rows + i]!;
      const b0 = k * columns;
      for (let j = 0; j < columns; j++) C[c + j] = C[c + j]! + a0 * B[b0 + j]!;
    }
  }
}

/**
 * Writes C = α A Bᵀ + β C.
 * @param A `[rows, inner]`
 * @param B `[columns, inner]`
 * @param C `[rows, columns]`, overwritten
 */
export function multiplyTransposedRight(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  alpha = 1,
  beta = 0,
): void {
  scaleOutput(C, rows * columns, beta);
  const whole = columns - (columns & 3);
  for (let i = 0; i < rows; i++) {
    const a = i * inner;
    const c = i * columns;
    for (let j = 0; j < whole; j += 4) {
      let b0 = j * inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = A[a + k]!;
        s0 += x * B[b0]!;
        s1 += x * B[b0 + inner]!;
        s2 += x * B[b0 + 2 * inner]!;
        s3 += x * B[b0 + 3 * inner]!;
        b0++;
      }
      C[c + j] = C[c + j]! + alpha * s0;
      C[c + j + 1] = C[c + j + 1]! + alpha * s1;
      C[c + j + 2] = C[c + j + 2]! + alpha * s2;
      C[c + j + 3] = C[c + j + 3]! + alpha * s3;
    }
    for (let j = whole; j < columns; j++) {
      const b = j * inner;
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += A[a + k]! * B[b + k]!;
      C[c + j] = C[c + j]! + alpha * sum;
    }
  }
}
