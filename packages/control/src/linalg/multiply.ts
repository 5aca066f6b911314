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

/** From this size on in all three directions a product runs by blocks. */
const BLOCKED_SIZE = 48;

/** Four columns of B, one after the other row by row; grows to the largest product that was run. */
let panel = new Float64Array(0);

/**
 * Adds α A B to C by blocks of 2 × 4 whose sums stay in registers.
 * @returns the number of columns that were served, a multiple of 4
 */
function addBlocked(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  rows: number,
  inner: number,
  columns: number,
  alpha: number,
): number {
  if (panel.length < 4 * inner) panel = new Float64Array(4 * inner);
  const whole = columns - (columns & 3);
  for (let j = 0; j < whole; j += 4) {
    for (let k = 0, from = j, to = 0; k < inner; k++, from += columns, to += 4) {
      panel[to] = B[from]!;
      panel[to + 1] = B[from + 1]!;
      panel[to + 2] = B[from + 2]!;
      panel[to + 3] = B[from + 3]!;
    }
    for (let i = 0; i < rows; i += 2) {
      const first = i * inner;
      // An odd last row is computed twice and written once.
      const paired = i + 1 < rows;
      const second = paired ? first + inner : first;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let k = 0, p = 0; k < inner; k++, p += 4) {
        const x = A[first + k]!;
        const y = A[second + k]!;
        const b0 = panel[p]!;
        s0 += x * b0;
        t0 += y * b0;
        const b1 = panel[p + 1]!;
        s1 += x * b1;
        t1 += y * b1;
        const b2 = panel[p + 2]!;
        s2 += x * b2;
        t2 += y * b2;
        const b3 = panel[p + 3]!;
        s3 += x * b3;
        t3 += y * b3;
      }
      const c = i * columns + j;
      C[c] = C[c]! + alpha * s0;
      C[c + 1] = C[c + 1]! + alpha * s1;
      C[c + 2] = C[c + 2]! + alpha * s2;
      C[c + 3] = C[c + 3]! + alpha * s3;
      if (!paired) continue;
      const d = c + columns;
      C[d] = C[d]! + alpha * t0;
      C[d + 1] = C[d + 1]! + alpha * t1;
      C[d + 2] = C[d + 2]! + alpha * t2;
      C[d + 3] = C[d + 3]! + alpha * t3;
    }
  }
  return whole;
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
  const blocked = rows >= BLOCKED_SIZE && inner >= BLOCKED_SIZE && columns >= BLOCKED_SIZE;
  const from = blocked ? addBlocked(A, B, C, rows, inner, columns, alpha) : 0;
  if (from === columns) return;
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
      for (let j = from; j < columns; j++) {
        C[c + j] = C[c + j]! + (a0 * B[b0 + j]! + a1 * B[b1 + j]! + a2 * B[b2 + j]! + a3 * B[b3 + j]!);
      }
    }
    for (let k = whole; k < inner; k++) {
      const a0 = alpha * A[a + k]!;
      const b0 = k * columns;
      for (let j = from; j < columns; j++) C[c + j] = C[c + j]! + a0 * B[b0 + j]!;
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
