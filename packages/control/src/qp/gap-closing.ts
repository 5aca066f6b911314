/**
 * The last digits of the gap between primal and dual objective, xᵀPx + qᵀx + Σ side·y. Where its terms are of size 10⁷
 * the rounding of x and y alone leaves a gap of 10⁻⁹ and more, though every equation holds to 10⁻¹². A multiplier with a
 * large side closes it by a change too small to be seen elsewhere: δ = −gap / side moves the stationarity by |δ|·‖aᵢ‖∞.
 */
import type { Optimality } from './optimality.js';
import type { SparseProgram } from './scaled-program.js';

const mostShifts = 6;

/**
 * Shifts single multipliers of y `[m + n]` until the gap is within `tolerance`, none through zero.
 * @param optimality exact measures of x and y, kept up to date
 * @returns whether the gap is within the tolerance; where it is not, y is as it was
 */
export function closeGap(program: SparseProgram, x: Float64Array, y: Float64Array, optimality: Optimality, tolerance: number): boolean {
  const { A, lower, upper } = program;
  const shifted: [number, number][] = [];
  for (let shift = 0; shift < mostShifts && optimality.gap > tolerance; shift++) {
    let chosen = -1;
    let cost = Infinity;
    let rest = optimality.gap;
    for (let i = 0; i < y.length; i++) {
      const before = y[i]!;
      if (before === 0) continue;
      const side = before > 0 ? upper[i]! : lower[i]!;
      const after = before - optimality.signedGap / side;
      // A side of zero gives no number here.
      if (!(Math.abs(after) < Infinity) || !(after * before > 0)) continue;
      const left = Math.abs(optimality.signedGap + (after - before) * side);
      let largest = 1;
      if (i < A.rows) {
        largest = 0;
        for (let k = A.start[i]!; k < A.start[i + 1]!; k++) largest = Math.max(largest, Math.abs(A.values[k]!));
      }
      const change = Math.abs(after - before) * largest;
      const closes = left <= 0.5 * tolerance;
      if (closes ? change < cost || rest > 0.5 * tolerance : left < rest) {
        chosen = i;
        rest = left;
        cost = change;
      }
    }
    if (chosen < 0 || cost > tolerance - optimality.stationarity) break;
    shifted.push([chosen, y[chosen]!]);
    y[chosen]! -= optimality.signedGap / (y[chosen]! > 0 ? upper[chosen]! : lower[chosen]!);
    optimality.evaluate(program, x, y, true);
  }
  if (optimality.gap <= tolerance) return true;
  if (shifted.length > 0) {
    for (const [i, value] of shifted.toReversed()) y[i] = value;
    optimality.evaluate(program, x, y, true);
  }
  return false;
}
