/**
 * How far a primal-dual pair is from the optimum of a quadratic program, in its own units: violation of the
 * constraints, stationarity Px + q + Aᵀy, and the gap between primal and dual objective,
 * xᵀPx + qᵀx + Σ (upper·y⁺ − lower·y⁻). Sums are kept in doubled precision.
 */
import { addRowsPrecisely, addTransposedPrecisely, addTransposedProduct, multiplyRows } from './sparse-rows.js';
import type { SparseProgram } from './scaled-program.js';

/** Residuals of a primal-dual pair, all in the largest-element norm. */
export interface OptimalityMeasures {
  violation: number;
  stationarity: number;
  gap: number;
  /** Size of the largest terms that cancel in the violation. */
  violationScale: number;
  /** Size of the largest terms that cancel in the stationarity. */
  stationarityScale: number;
  /** Size of the terms that cancel in the gap. */
  gapScale: number;
  /** ½ xᵀPx + qᵀx. */
  objective: number;
}

/** The arrays that hold exact residuals of one size, and the measures of the last evaluation. */
export interface Optimality extends OptimalityMeasures {
  /** The gap with its sign. */
  signedGap: number;
  /** Value of each constraint, (Ax, x), `[m + n]`. */
  readonly value: Float64Array;
  /** Px + q + Aᵀy + y of bounds, `[n]`. */
  readonly gradient: Float64Array;
  /** What `value` lost by rounding. */
  readonly valueRest: Float64Array;
  /**
   * Evaluates a pair; y `[m + n]`; `precise` keeps the sums of products in doubled precision; `known`: `value` and
   * `gradient` are those of the pair.
   */
  evaluate(program: SparseProgram, x: Float64Array, y: Float64Array, precise: boolean, known?: boolean): void;
  /** Writes `value`, `valueRest` and `gradient` only. */
  evaluateResiduals(program: SparseProgram, x: Float64Array, y: Float64Array, precise: boolean): void;
}

/** Makes the arrays for n variables and m rows. */
export function createOptimality(n: number, m: number): Optimality {
  const value = new Float64Array(m + n);
  const valueRest = new Float64Array(m + n);
  const gradient = new Float64Array(n);
  const gradientRest = new Float64Array(n);
  const product = new Float64Array(n);
  const left = new Float64Array(m + 3 * n);
  const right = new Float64Array(m + 3 * n);
  const self: Optimality = {
    violation: 0,
    stationarity: 0,
    gap: 0,
    signedGap: 0,
    violationScale: 0,
    stationarityScale: 0,
    gapScale: 0,
    objective: 0,
    value,
    valueRest,
    gradient,
    evaluateResiduals(program, x, y, precise) {
      const { P, A, q, products } = program;
      valueRest.fill(0);
      for (let j = 0; j < n; j++) value[m + j] = x[j]!;
      if (!precise) {
        multiplyRows(P, x, product);
        for (let j = 0; j < n; j++) gradient[j] = product[j]! + q[j]! + y[m + j]!;
        if (products === undefined) {
          multiplyRows(A, x, value);
          addTransposedProduct(A, y, gradient);
        } else {
          products.multiply(x, value);
          products.addTransposed(y, gradient);
        }
        return;
      }
      value.fill(0, 0, m);
      addRowsPrecisely(A, x, value, valueRest);
      product.fill(0);
      gradientRest.fill(0);
      addRowsPrecisely(P, x, product, gradientRest);
      gradient.set(product);
      addTransposedPrecisely(A, y, gradient, gradientRest);
      for (let j = 0; j < n; j++) {
        const one = gradient[j]! + q[j]!;
        const multiplier = y[m + j]!;
        gradient[j] = one + multiplier + (roundingOf(gradient[j]!, q[j]!) + roundingOf(one, multiplier) + gradientRest[j]!);
      }
    },
    evaluate(program, x, y, precise, known = false) {
      if (!known) self.evaluateResiduals(program, x, y, precise);
      const { q, lower, upper } = program;
      // The terms of the gap are gathered first, then summed.
      let termCount = 0;
      let half = 0;
      let objective = 0;
      for (let j = 0; j < n; j++) {
        half += x[j]! * product[j]!;
        objective += x[j]! * q[j]!;
        left[termCount] = x[j]!;
        right[termCount++] = product[j]!;
        left[termCount] = x[j]!;
        right[termCount++] = q[j]!;
      }
      self.objective = objective + half / 2;
      let violation = 0;
      let violationScale = 0;
      for (let i = 0; i < m + n; i++) {
        const low = lower[i]!;
        const high = upper[i]!;
        const excess = Math.max(low - value[i]! - valueRest[i]!, value[i]! - high + valueRest[i]!);
        if (excess > violation) violation = excess;
        if (low > -Infinity) violationScale = Math.max(violationScale, Math.abs(low));
        if (high < Infinity) violationScale = Math.max(violationScale, Math.abs(high));
        violationScale = Math.max(violationScale, Math.abs(value[i]!));
        const multiplier = y[i]!;
        if (multiplier === 0) continue;
        // A multiplier of an infinite side has nothing to press against.
        const side = multiplier > 0 ? high : low;
        if (side === Infinity || side === -Infinity) violation = Infinity;
        else {
          left[termCount] = multiplier;
          right[termCount++] = side;
        }
      }
      self.violation = violation;
      self.violationScale = violationScale;
      let gap = 0;
      let gapRest = 0;
      let gapScale = 0;
      for (let k = 0; k < termCount; k++) {
        const one = left[k]!;
        const other = right[k]!;
        const term = one * other;
        gapScale = Math.max(gapScale, Math.abs(term));
        const total = gap + term;
        if (precise) {
          const split = 134217729 * one;
          const high = split - (split - one);
          const low = one - high;
          const otherSplit = 134217729 * other;
          const otherHigh = otherSplit - (otherSplit - other);
          const otherLow = other - otherHigh;
          const back = total - gap;
          gapRest +=
            low * otherLow - (term - high * otherHigh - low * otherHigh - high * otherLow) + (gap - (total - back) + (term - back));
        }
        gap = total;
      }
      self.signedGap = gap + gapRest;
      self.gap = Math.abs(self.signedGap);
      self.gapScale = gapScale;
      let stationarity = 0;
      let stationarityScale = 0;
      for (let j = 0; j < n; j++) {
        stationarity = Math.max(stationarity, Math.abs(gradient[j]!));
        stationarityScale = Math.max(stationarityScale, Math.abs(q[j]!), Math.abs(product[j]!), Math.abs(y[m + j]!));
      }
      self.stationarity = stationarity;
      self.stationarityScale = stationarityScale;
      if (!(self.violation + self.stationarity + self.gap < Infinity)) self.violation = Infinity;
    },
  };
  return self;
}

/** What a + b loses by rounding. */
function roundingOf(a: number, b: number): number {
  const total = a + b;
  const back = total - a;
  return a - (total - back) + (b - back);
}
