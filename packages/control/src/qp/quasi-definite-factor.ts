/**
 * Factorisation L D Lᵀ of the quasi-definite matrix of an interior-point step,
 *
 *   K = [ P + diag(a)   Aᵀ      ]      a > 0 `[n]`,  b > 0 `[m]`,
 *       [ A            −diag(b) ]
 *
 * which exists for every symmetric permutation (Vanderbei 1995). The order is fixed once per pattern. Leading columns
 * are sparse and go row by row (up-looking, Davis 2005); what is left at the end is nearly full and is factorised
 * densely, so that a dense problem runs at the speed of dense arithmetic and a sparse one at the cost of its nonzeros.
 */
import { minimumDegreeOrder } from './minimum-degree.js';
import type { SparseRows } from './sparse-rows.js';

/** A factorisation of K for one pattern of P and A, remade in place for new numbers. */
export interface KktFactor {
  /** Factorises for diagonals a `[n]` and b `[m]` and the present values of P and A. */
  factorize(a: Float64Array, b: Float64Array): void;
  /** Solves K (dx, dy) = (rx, ry) in place. */
  solve(rx: Float64Array, ry: Float64Array): void;
  /** Told when the values of P and A have changed; absent where they are read anew each time. */
  invalidate?(): void;
}

/** A factorisation whose pivots can be asked for. */
export interface QuasiDefiniteFactor extends KktFactor {
  /**
   * Finds the first variable whose pivot is not positive and writes a direction d `[n]` with dᵀ(P + diag(a))d ≤ 0; for m = 0.
   * @returns whether there is one
   */
  findNegativeCurvature(direction: Float64Array): boolean;
}

const denseOnly = 24;

/** Makes the factorisation for the pattern of P `[n, n]` (symmetric, both halves stored) and A `[m, n]`, whose values it reads anew each time; `repair` puts pivots right that rounding has brought to the wrong sign. */
export function createQuasiDefiniteFactor(P: SparseRows, A: SparseRows, repair = true): QuasiDefiniteFactor {
  const n = P.rows;
  const m = A.rows;
  const size = n + m;
  const order = chooseOrder(P, A);
  const place = new Int32Array(size);
  order.forEach((node, position) => (place[node] = position));

  // Upper triangle by permuted column i: entries (position j < i, source). Sources ≥ 0 index P's values, < 0 those of A.
  const counts = new Int32Array(size + 1);
  const visit = (enter: (low: number, high: number, source: number) => void): void => {
    for (let i = 0; i < n; i++) {
      for (let k = P.start[i]!; k < P.start[i + 1]!; k++) {
        const j = P.index[k]!;
        if (j < i) enter(Math.min(place[i]!, place[j]!), Math.max(place[i]!, place[j]!), k);
      }
    }
    for (let i = 0; i < m; i++) {
      for (let k = A.start[i]!; k < A.start[i + 1]!; k++) {
        const one = place[n + i]!;
        const other = place[A.index[k]!]!;
        enter(Math.min(one, other), Math.max(one, other), -1 - k);
      }
    }
  };
  visit((_low, high) => counts[high + 1]!++);
  for (let i = 0; i < size; i++) counts[i + 1]! += counts[i]!;
  const entryStart = counts.slice();
  const entryRow = new Int32Array(counts[size]!);
  const entrySource = new Int32Array(counts[size]!);
  const fill = entryStart.slice();
  visit((low, high, source) => {
    const k = fill[high]!++;
    entryRow[k] = low;
    entrySource[k] = source;
  });
  const diagonalSource = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) for (let k = P.start[i]!; k < P.start[i + 1]!; k++) if (P.index[k] === i) diagonalSource[i] = k;

  // Elimination tree and counts of L by column.
  const parent = new Int32Array(size).fill(-1);
  const seen = new Int32Array(size).fill(-1);
  const columnCount = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    seen[i] = i;
    for (let k = entryStart[i]!; k < entryStart[i + 1]!; k++) {
      for (let j = entryRow[k]!; seen[j] !== i; j = parent[j]!) {
        if (parent[j] === -1) parent[j] = i;
        columnCount[j]!++;
        seen[j] = i;
      }
    }
  }
  // The dense part: the longest tail of columns that are mostly full.
  let split = size;
  if (size <= denseOnly) split = 0;
  else {
    for (let j = size - 1, total = 0; j >= 0; j--) {
      total += columnCount[j]!;
      const width = size - j;
      if (total >= 0.6 * 0.5 * width * (width - 1)) split = j;
    }
  }
  const tail = size - split;

  // Row patterns of the sparse columns, ascending, and the starts of the columns.
  const columnStart = new Int32Array(split + 1);
  for (let j = 0; j < split; j++) columnStart[j + 1] = columnStart[j]! + columnCount[j]!;
  const rowStart = new Int32Array(size + 1);
  const rowColumns = new Int32Array(columnStart[split]!);
  seen.fill(-1);
  for (let i = 0, k = 0; i < size; i++) {
    seen[i] = i;
    const begin = k;
    for (let e = entryStart[i]!; e < entryStart[i + 1]!; e++) {
      for (let j = entryRow[e]!; j < split && seen[j] !== i; j = parent[j]!) {
        rowColumns[k++] = j;
        seen[j] = i;
      }
    }
    rowColumns.subarray(begin, k).sort();
    rowStart[i + 1] = k;
  }
  const columnRows = new Int32Array(columnStart[split]!);
  const columnValues = new Float64Array(columnStart[split]!);
  const filled = new Int32Array(split);
  const inverseDiagonal = new Float64Array(size);
  const work = new Float64Array(size);
  const dense = new Float64Array(tail * tail);
  const rightSide = new Float64Array(size);
  const signs = repair ? Int8Array.from(order, (node) => (node < n ? 1 : -1)) : undefined;
  const hessianValues = P.values;
  const constraintValues = A.values;

  const factorize = (a: Float64Array, b: Float64Array): void => {
    for (let j = 0; j < split; j++) filled[j] = columnStart[j]!;
    for (let i = 0; i < size; i++) {
      for (let k = entryStart[i]!, end = entryStart[i + 1]!; k < end; k++) {
        const source = entrySource[k]!;
        work[entryRow[k]!]! += source >= 0 ? hessianValues[source]! : constraintValues[-1 - source]!;
      }
      const node = order[i]!;
      let pivot = node < n ? a[node]! + (diagonalSource[node]! >= 0 ? hessianValues[diagonalSource[node]!]! : 0) : -b[node - n]!;
      for (let r = rowStart[i]!, end = rowStart[i + 1]!; r < end; r++) {
        const j = rowColumns[r]!;
        const value = work[j]!;
        work[j] = 0;
        const stop = filled[j]!;
        for (let k = columnStart[j]!; k < stop; k++) work[columnRows[k]!]! -= columnValues[k]! * value;
        const factor = value * inverseDiagonal[j]!;
        pivot -= factor * value;
        columnRows[stop] = i;
        columnValues[stop] = factor;
        filled[j] = stop + 1;
      }
      if (i < split) inverseDiagonal[i] = 1 / keepSign(pivot, signs === undefined ? 0 : signs[i]!);
      else {
        const row = (i - split) * tail;
        for (let j = split; j < i; j++) {
          dense[row + j - split] = work[j]!;
          work[j] = 0;
        }
        dense[row + i - split] = pivot;
      }
    }
    factorizeDense(dense, tail, inverseDiagonal, split, signs);
  };

  const solve = (rx: Float64Array, ry: Float64Array): void => {
    for (let i = 0; i < size; i++) {
      const node = order[i]!;
      rightSide[i] = node < n ? rx[node]! : ry[node - n]!;
    }
    for (let j = 0; j < split; j++) {
      const value = rightSide[j]!;
      if (value !== 0)
        for (let k = columnStart[j]!, end = columnStart[j + 1]!; k < end; k++) rightSide[columnRows[k]!]! -= columnValues[k]! * value;
    }
    for (let i = 0; i < tail; i++) {
      let sum = rightSide[split + i]!;
      const row = i * tail;
      for (let j = 0; j < i; j++) sum -= dense[row + j]! * rightSide[split + j]!;
      rightSide[split + i] = sum;
    }
    for (let i = 0; i < size; i++) rightSide[i]! *= inverseDiagonal[i]!;
    substituteBack();
    for (let i = 0; i < size; i++) {
      const node = order[i]!;
      if (node < n) rx[node] = rightSide[i]!;
      else ry[node - n] = rightSide[i]!;
    }
  };

  /** Lᵀ x = b in place. */
  const substituteBack = (): void => {
    for (let i = tail - 1; i >= 0; i--) {
      const value = rightSide[split + i]!;
      const row = i * tail;
      for (let j = 0; j < i; j++) rightSide[split + j]! -= dense[row + j]! * value;
    }
    for (let j = split - 1; j >= 0; j--) {
      let sum = rightSide[j]!;
      for (let k = columnStart[j]!, end = columnStart[j + 1]!; k < end; k++) sum -= columnValues[k]! * rightSide[columnRows[k]!]!;
      rightSide[j] = sum;
    }
  };

  const findNegativeCurvature = (direction: Float64Array): boolean => {
    for (let i = 0; i < size; i++) {
      if (inverseDiagonal[i]! > 0) continue;
      rightSide.fill(0);
      rightSide[i] = 1;
      substituteBack();
      for (let k = 0; k < size; k++) direction[order[k]!] = rightSide[k]!;
      return true;
    }
    return false;
  };
  return { factorize, solve, findNegativeCurvature };
}

/** A pivot of the sign that theory gives it (0: as it is); refinement takes care of the difference. */
function keepSign(pivot: number, sign: number): number {
  return sign === 0 || pivot * sign > 1e-13 ? pivot : sign * 1e-7;
}

/** Factorises the lower half of a dense `[size, size]` matrix as L D Lᵀ in place, two rows at a time; 1/D goes to `inverse` from `offset` on. */
function factorizeDense(matrix: Float64Array, size: number, inverse: Float64Array, offset: number, signs: Int8Array | undefined): void {
  // Row i first holds L(i, j) d(j) for j < i, from products with finished rows; it is divided by d when complete.
  for (let i = 0; i < size; i += 2) {
    const first = i * size;
    const pair = i + 1 < size;
    const second = pair ? first + size : first;
    for (let j = 0; j < i; j++) {
      const finished = j * size;
      let one0 = 0;
      let one1 = 0;
      let two0 = 0;
      let two1 = 0;
      let k = 0;
      for (; k + 1 < j; k += 2) {
        const u = matrix[finished + k]!;
        const v = matrix[finished + k + 1]!;
        one0 += matrix[first + k]! * u;
        one1 += matrix[first + k + 1]! * v;
        two0 += matrix[second + k]! * u;
        two1 += matrix[second + k + 1]! * v;
      }
      if (k < j) {
        const u = matrix[finished + k]!;
        one0 += matrix[first + k]! * u;
        two0 += matrix[second + k]! * u;
      }
      matrix[first + j]! -= one0 + one1;
      if (pair) matrix[second + j]! -= two0 + two1;
    }
    let pivot = matrix[first + i]!;
    for (let k = 0; k < i; k++) {
      const value = matrix[first + k]!;
      const factor = value * inverse[offset + k]!;
      pivot -= value * factor;
      matrix[first + k] = factor;
    }
    inverse[offset + i] = 1 / keepSign(pivot, signs === undefined ? 0 : signs[offset + i]!);
    if (!pair) return;
    let corner = matrix[second + i]!;
    for (let k = 0; k < i; k++) corner -= matrix[first + k]! * matrix[second + k]!;
    matrix[second + i] = corner;
    pivot = matrix[second + i + 1]!;
    for (let k = 0; k <= i; k++) {
      const value = matrix[second + k]!;
      const factor = value * inverse[offset + k]!;
      pivot -= value * factor;
      matrix[second + k] = factor;
    }
    inverse[offset + i + 1] = 1 / keepSign(pivot, signs === undefined ? 0 : signs[offset + i + 1]!);
  }
}

/** Minimum degree where it pays; variables first otherwise. */
function chooseOrder(P: SparseRows, A: SparseRows): Int32Array {
  const n = P.rows;
  const size = n + A.rows;
  if (size <= denseOnly) return Int32Array.from({ length: size }, (_, i) => i);
  const neighbours: number[][] = Array.from({ length: size }, () => []);
  for (let i = 0; i < n; i++) for (let k = P.start[i]!; k < P.start[i + 1]!; k++) if (P.index[k] !== i) neighbours[i]!.push(P.index[k]!);
  for (let i = 0; i < A.rows; i++) {
    for (let k = A.start[i]!; k < A.start[i + 1]!; k++) {
      neighbours[n + i]!.push(A.index[k]!);
      neighbours[A.index[k]!]!.push(n + i);
    }
  }
  return minimumDegreeOrder(size, neighbours);
}
