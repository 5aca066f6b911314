/**
 * Gaussian elimination with partial pivoting of a banded system, b entries to either side of the diagonal. Row i holds the
 * columns i − b … i + 2b: pivoting fills in b more on the right.
 */

/** One system of `size` unknowns. */
export interface BandedSystem {
  /** Empties the matrix for `size` unknowns, at most the capacity. */
  clear(size: number): void;
  /** Adds to entry (row, column), |row − column| ≤ b. */
  add(row: number, column: number, value: number): void;
  /** Turns a row into that of the identity. */
  fix(row: number): void;
  /** Overwrites `rhs` `[size]` with the solution, and the matrix with its factors. @returns false where it is singular */
  solve(rhs: Float64Array): boolean;
}

/** Makes a system of up to `capacity` unknowns with b entries to either side. */
export function createBandedSystem(capacity: number, b: number): BandedSystem {
  const width = 3 * b + 1;
  const data = new Float64Array(capacity * width);
  let size = 0;
  return {
    clear(unknowns) {
      size = unknowns;
      data.fill(0, 0, size * width);
    },
    add(row, column, value) {
      const at = row * width + column - row + b;
      data[at] = data[at]! + value;
    },
    fix(row) {
      data.fill(0, row * width, (row + 1) * width);
      data[row * width + b] = 1;
    },
    solve(rhs) {
      for (let k = 0; k < size; k++) {
        const last = Math.min(size - 1, k + b);
        let pivotRow = k;
        let pivot = 0;
        for (let i = k; i <= last; i++) {
          const value = Math.abs(data[i * width + k - i + b]!);
          if (value > pivot) {
            pivot = value;
            pivotRow = i;
          }
        }
        if (!(pivot > 0) || pivot === Infinity) return false;
        const end = Math.min(size - 1, k + 2 * b);
        if (pivotRow !== k) {
          for (let j = k; j <= end; j++) {
            const from = pivotRow * width + j - pivotRow + b;
            const to = k * width + j - k + b;
            const value = data[from]!;
            data[from] = data[to]!;
            data[to] = value;
          }
          const value = rhs[pivotRow]!;
          rhs[pivotRow] = rhs[k]!;
          rhs[k] = value;
        }
        const row = k * width - k + b;
        const scale = 1 / data[row + k]!;
        for (let i = k + 1; i <= last; i++) {
          const other = i * width - i + b;
          const factor = data[other + k]! * scale;
          if (factor === 0) continue;
          for (let j = k + 1; j <= end; j++) data[other + j] = data[other + j]! - factor * data[row + j]!;
          rhs[i] = rhs[i]! - factor * rhs[k]!;
        }
      }
      for (let k = size - 1; k >= 0; k--) {
        const row = k * width - k + b;
        let sum = rhs[k]!;
        for (let j = k + 1; j <= Math.min(size - 1, k + 2 * b); j++) sum -= data[row + j]! * rhs[j]!;
        rhs[k] = sum / data[row + k]!;
        if (!Number.isFinite(rhs[k]!)) return false;
      }
      return true;
    },
  };
}
