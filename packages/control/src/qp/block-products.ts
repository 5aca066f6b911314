/**
 * Products with one block of a larger flat array: a row-major matrix F `[rows, columns]` that begins at `at`, vectors
 * that begin at `xAt` and `outAt`. Sums are kept in locals, four or eight at a time, so that nothing is written in the
 * inner loops. Outputs must not overlap inputs.
 */

/** Adds F x to `out`. */
export function addBlockProduct(
  F: Float64Array,
  at: number,
  rows: number,
  columns: number,
  x: Float64Array,
  xAt: number,
  out: Float64Array,
  outAt: number,
): void {
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    const row0 = at + i * columns;
    const row1 = row0 + columns;
    const row2 = row1 + columns;
    const row3 = row2 + columns;
    let sum0 = out[outAt + i]!;
    let sum1 = out[outAt + i + 1]!;
    let sum2 = out[outAt + i + 2]!;
    let sum3 = out[outAt + i + 3]!;
    for (let j = 0; j < columns; j++) {
      const value = x[xAt + j]!;
      sum0 += F[row0 + j]! * value;
      sum1 += F[row1 + j]! * value;
      sum2 += F[row2 + j]! * value;
      sum3 += F[row3 + j]! * value;
    }
    out[outAt + i] = sum0;
    out[outAt + i + 1] = sum1;
    out[outAt + i + 2] = sum2;
    out[outAt + i + 3] = sum3;
  }
  for (; i < rows; i++) {
    let sum = out[outAt + i]!;
    for (let j = 0, row = at + i * columns; j < columns; j++) sum += F[row + j]! * x[xAt + j]!;
    out[outAt + i] = sum;
  }
}

/** Adds scale · Fᵀ x to `out`. */
export function addTransposedBlockProduct(
  F: Float64Array,
  at: number,
  rows: number,
  columns: number,
  scale: number,
  x: Float64Array,
  xAt: number,
  out: Float64Array,
  outAt: number,
): void {
  let j = 0;
  for (; j + 3 < columns; j += 4) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let i = 0, from = at + j; i < rows; i++, from += columns) {
      const value = x[xAt + i]!;
      sum0 += F[from]! * value;
      sum1 += F[from + 1]! * value;
      sum2 += F[from + 2]! * value;
      sum3 += F[from + 3]! * value;
    }
    out[outAt + j]! += scale * sum0;
    out[outAt + j + 1]! += scale * sum1;
    out[outAt + j + 2]! += scale * sum2;
    out[outAt + j + 3]! += scale * sum3;
  }
  for (; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += F[at + i * columns + j]! * x[xAt + i]!;
    out[outAt + j]! += scale * sum;
  }
}

/** Adds scale · FᵀG for G `[rows, columns]`, which is known to be symmetric, to the lower half of `out` `[columns, columns]`. */
export function addSymmetricBlockProduct(
  F: Float64Array,
  at: number,
  rows: number,
  columns: number,
  scale: number,
  G: Float64Array,
  gAt: number,
  out: Float64Array,
  outWidth: number,
): void {
  let i = 0;
  // Blocks of 2 by 4; what they cover above the diagonal is not read.
  for (; i + 1 < columns; i += 2) {
    let j = 0;
    for (; j <= i + 1 && j + 3 < columns; j += 4) {
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let q = 0, f = at + i, g = gAt + j; q < rows; q++, f += columns, g += columns) {
        const first = F[f]!;
        const second = F[f + 1]!;
        const g0 = G[g]!;
        const g1 = G[g + 1]!;
        const g2 = G[g + 2]!;
        const g3 = G[g + 3]!;
        a0 += first * g0;
        a1 += first * g1;
        a2 += first * g2;
        a3 += first * g3;
        b0 += second * g0;
        b1 += second * g1;
        b2 += second * g2;
        b3 += second * g3;
      }
      const to = i * outWidth + j;
      const below = to + outWidth;
      out[to]! += scale * a0;
      out[to + 1]! += scale * a1;
      out[to + 2]! += scale * a2;
      out[to + 3]! += scale * a3;
      out[below]! += scale * b0;
      out[below + 1]! += scale * b1;
      out[below + 2]! += scale * b2;
      out[below + 3]! += scale * b3;
    }
    for (; j <= i + 1; j++) {
      let a = 0;
      let b = 0;
      for (let q = 0, f = at + i, g = gAt + j; q < rows; q++, f += columns, g += columns) {
        a += F[f]! * G[g]!;
        b += F[f + 1]! * G[g]!;
      }
      out[i * outWidth + j]! += scale * a;
      out[(i + 1) * outWidth + j]! += scale * b;
    }
  }
  for (; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let q = 0; q < rows; q++) sum += F[at + q * columns + i]! * G[gAt + q * columns + j]!;
      out[i * outWidth + j]! += scale * sum;
    }
  }
}

/** Writes V F for a square V `[rows, rows]` that begins at `vAt` to `out` `[rows, columns]`. */
export function writeBlockProduct(
  V: Float64Array,
  vAt: number,
  F: Float64Array,
  at: number,
  rows: number,
  columns: number,
  out: Float64Array,
): void {
  let i = 0;
  for (; i + 1 < rows; i += 2) {
    const upper = vAt + i * rows;
    const lower = upper + rows;
    let j = 0;
    for (; j + 3 < columns; j += 4) {
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let q = 0, f = at + j; q < rows; q++, f += columns) {
        const first = V[upper + q]!;
        const second = V[lower + q]!;
        const f0 = F[f]!;
        const f1 = F[f + 1]!;
        const f2 = F[f + 2]!;
        const f3 = F[f + 3]!;
        a0 += first * f0;
        a1 += first * f1;
        a2 += first * f2;
        a3 += first * f3;
        b0 += second * f0;
        b1 += second * f1;
        b2 += second * f2;
        b3 += second * f3;
      }
      const to = i * columns + j;
      const below = to + columns;
      out[to] = a0;
      out[to + 1] = a1;
      out[to + 2] = a2;
      out[to + 3] = a3;
      out[below] = b0;
      out[below + 1] = b1;
      out[below + 2] = b2;
      out[below + 3] = b3;
    }
    for (; j < columns; j++) {
      let a = 0;
      let b = 0;
      for (let q = 0, f = at + j; q < rows; q++, f += columns) {
        a += V[upper + q]! * F[f]!;
        b += V[lower + q]! * F[f]!;
      }
      out[i * columns + j] = a;
      out[(i + 1) * columns + j] = b;
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let q = 0; q < rows; q++) sum += V[vAt + i * rows + q]! * F[at + q * columns + j]!;
      out[i * columns + j] = sum;
    }
  }
}
