/**
 * Triangular solves op(T) X = B in place, for T `[n, n]` and B `[n, columns]`, flat and row-major. Only the named triangle
 * of T is read. A zero on the diagonal gives infinities: factorisations tell about it before. Nothing is allocated.
 */

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
    for (let k = 0; k < i; k++) {
      const factor = L[i * n + k]!;
      const other = k * columns;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! - factor * B[other + j]!;
    }
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
    if (!unit) {
      const pivot = L[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
    for (let k = 0; k < i; k++) {
      const factor = L[i * n + k]!;
      const other = k * columns;
      for (let j = 0; j < columns; j++) B[other + j] = B[other + j]! - factor * B[row + j]!;
    }
  }
}

/** Overwrites B with U⁻¹ B; with `unit` the diagonal counts as 1. */
export function solveUpper(U: Float64Array, B: Float64Array, n: number, columns: number, unit = false): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * columns;
    for (let k = i + 1; k < n; k++) {
      const factor = U[i * n + k]!;
      const other = k * columns;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! - factor * B[other + j]!;
    }
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
    if (!unit) {
      const pivot = U[i * n + i]!;
      for (let j = 0; j < columns; j++) B[row + j] = B[row + j]! / pivot;
    }
    for (let k = i + 1; k < n; k++) {
      const factor = U[i * n + k]!;
      const other = k * columns;
      for (let j = 0; j < columns; j++) B[other + j] = B[other + j]! - factor * B[row + j]!;
    }
  }
}
