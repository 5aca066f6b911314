/**
 * Triangular solves op(T) X = B in place, for T `[n, n]` and B `[n, columns]`, flat and row-major. Only the named triangle
 * of T is read. A zero on the diagonal gives infinities: factorisations tell about it before. Nothing is allocated.
 */

/** Subtracts Σ T[first + k · stride] · row k of B, for k = from … to − 1, from row `row` of B, four rows at a time. */
function subtractRows(
  T: Float64Array,
  first: number,
  stride: number,
  B: Float64Array,
  row: number,
  from: number,
  to: number,
  columns: number,
): void {
  const out = row * columns;
  let k = from;
  for (; k + 3 < to; k += 4) {
    const at = first + k * stride;
    const f0 = T[at]!;
    const f1 = T[at + stride]!;
    const f2 = T[at + 2 * stride]!;
    const f3 = T[at + 3 * stride]!;
    const b0 = k * columns;
    const b1 = b0 + columns;
    const b2 = b1 + columns;
    const b3 = b2 + columns;
    for (let j = 0; j < columns; j++) {
      B[out + j] = B[out + j]! - f0 * B[b0 + j]! - f1 * B[b1 + j]! - f2 * B[b2 + j]! - f3 * B[b3 + j]!;
    }
  }
  for (; k < to; k++) {
    const factor = T[first + k * stride]!;
    const other = k * columns;
    for (let j = 0; j < columns; j++) B[out + j] = B[out + j]! - factor * B[other + j]!;
  }
}

/** Overwrites B with L⁻¹ B; with `unit` the diagonal counts as 1. */
export function solveLower(L: Float64Array, B: Float64Array, n: number, columns: number, unit = false): void {
  if (columns === 1) {
    for (let i = 0; i < n; i++) {
      let sum = B[i]!;
      for (let k = 0; k < i; k++) sum -= L[i * n + k]! * B[k]!;
      B[i] = unit ? sum : sum / L[i * n + i]!;
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    const row = i * columns;
    subtractRows(L, i * n, 1, B, i, 0, i, columns);
    if (!unit) {
      const pivot = L[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
  }
}

/** Overwrites B with L⁻ᵀ B; with `unit` the diagonal counts as 1. */
export function solveLowerTransposed(L: Float64Array, B: Float64Array, n: number, columns: number, unit = false): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * columns;
    subtractRows(L, i, n, B, i, i + 1, n, columns);
    if (!unit) {
      const pivot = L[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
  }
}

/** Overwrites B with U⁻¹ B; with `unit` the diagonal counts as 1. */
export function solveUpper(U: Float64Array, B: Float64Array, n: number, columns: number, unit = false): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * columns;
    subtractRows(U, i * n, 1, B, i, i + 1, n, columns);
    if (!unit) {
      const pivot = U[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
  }
}

/** Overwrites B with U⁻ᵀ B; with `unit` the diagonal counts as 1. */
export function solveUpperTransposed(U: Float64Array, B: Float64Array, n: number, columns: number, unit = false): void {
  for (let i = 0; i < n; i++) {
    const row = i * columns;
    subtractRows(U, i, n, B, i, 0, i, columns);
    if (!unit) {
      const pivot = U[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
  }
}
