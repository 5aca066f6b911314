/**
 * Projected Newton for the small quadratic programs of a backward pass (Bertsekas 1982; Tassa, Mansard & Todorov 2014):
 * minimise ½ xᵀHx + gᵀx with low ≤ x ≤ high, H `[m, m]` positive definite.
 */
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';

/** The solver of one size, with its buffers. */
export interface BoxNewton {
  /** 1 for components that are not held at a bound, `[m]`, after a solve. */
  readonly free: Uint8Array;
  /**
   * Overwrites x `[m]`, the starting point, with the minimiser.
   * @returns false where the free part of H is not positive definite, or the iteration does not settle
   */
  solve(H: Float64Array, g: Float64Array, low: Float64Array, high: Float64Array, x: Float64Array): boolean;
  /** Overwrites `rows` `[m, columns]` with the H⁻¹ rows of the free components, and zero for held ones. */
  solveFree(rows: Float64Array, columns: number): void;
}

const ITERATIONS = 100;
const ARMIJO = 0.1;

/** Makes the solver for m components. */
export function createBoxNewton(m: number): BoxNewton {
  const free = new Uint8Array(m);
  const gradient = new Float64Array(m);
  const reduced = new Float64Array(m * m);
  const L = new Float64Array(m * m);
  const direction = new Float64Array(m);
  const trial = new Float64Array(m);
  const index = new Int32Array(m);
  let freeCount = 0;
  let packed = new Float64Array(m);

  const value = (H: Float64Array, g: Float64Array, x: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < m; i++) {
      let row = 0;
      for (let j = 0; j < m; j++) row += H[i * m + j]! * x[j]!;
      sum += x[i]! * (0.5 * row + g[i]!);
    }
    return sum;
  };

  return {
    free,
    solve(H, g, low, high, x) {
      for (let i = 0; i < m; i++) x[i] = Math.min(high[i]!, Math.max(low[i]!, x[i]!));
      let scale = 0;
      for (let i = 0; i < m; i++) scale = Math.max(scale, Math.abs(g[i]!));
      for (let iteration = 0; iteration < ITERATIONS; iteration++) {
        let changed = iteration === 0;
        freeCount = 0;
        let residual = 0;
        for (let i = 0; i < m; i++) {
          let sum = g[i]!;
          for (let j = 0; j < m; j++) sum += H[i * m + j]! * x[j]!;
          gradient[i] = sum;
          const held = (x[i]! <= low[i]! && sum > 0) || (x[i]! >= high[i]! && sum < 0) || low[i] === high[i];
          if (free[i] !== (held ? 0 : 1)) changed = true;
          free[i] = held ? 0 : 1;
          if (held) continue;
          index[freeCount++] = i;
          residual = Math.max(residual, Math.abs(sum));
        }
        if (changed) {
          for (let i = 0; i < freeCount; i++)
            for (let j = 0; j < freeCount; j++) reduced[i * freeCount + j] = H[index[i]! * m + index[j]!]!;
          if (!factorCholesky(reduced, L, freeCount)) return false;
        }
        if (freeCount === 0 || residual <= 1e-13 * scale) return true;
        for (let i = 0; i < freeCount; i++) direction[i] = -gradient[index[i]!]!;
        solveCholesky(L, direction, freeCount, 1);
        // Where the full step stays inside the bounds it is exact, and one more look at the gradient ends the search.
        const before = value(H, g, x);
        let slope = 0;
        for (let i = 0; i < freeCount; i++) slope += direction[i]! * gradient[index[i]!]!;
        let length = 1;
        let after = Infinity;
        while (length > 1e-10) {
          for (let i = 0; i < m; i++) trial[i] = x[i]!;
          for (let i = 0; i < freeCount; i++) {
            const at = index[i]!;
            trial[at] = Math.min(high[at]!, Math.max(low[at]!, x[at]! + length * direction[i]!));
          }
          after = value(H, g, trial);
          if (after - before <= ARMIJO * length * slope) break;
          length *= 0.5;
        }
        // No decrease is left that the rounding of the objective would show.
        if (length <= 1e-10 || -slope <= 1e-15 * Math.abs(before) + Number.MIN_VALUE) {
          if (length > 1e-10) x.set(trial);
          return residual <= 1e-6 * scale || -slope <= 1e-12 * Math.abs(before) + 1e-300;
        }
        for (let i = 0; i < m; i++) x[i] = trial[i]!;
      }
      return false;
    },
    solveFree(rows, columns) {
      if (packed.length < m * columns) packed = new Float64Array(m * columns);
      for (let i = 0; i < freeCount; i++) for (let j = 0; j < columns; j++) packed[i * columns + j] = rows[index[i]! * columns + j]!;
      solveCholesky(L, packed, freeCount, columns);
      for (let i = 0; i < m * columns; i++) rows[i] = 0;
      for (let i = 0; i < freeCount; i++) for (let j = 0; j < columns; j++) rows[index[i]! * columns + j] = packed[i * columns + j]!;
    },
  };
}
