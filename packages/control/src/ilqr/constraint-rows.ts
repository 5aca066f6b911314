/**
 * All constraint rows of a trajectory in one flat order: those of step 0 first, T last; within a step, constraint by
 * constraint as they were given.
 */
import { checkInteger, OptionError } from '@mbrl/core';
import type { Constraint } from './constraint.js';

/** The rows and how to evaluate them. */
export interface ConstraintRows {
  /** Number of rows in all. */
  readonly total: number;
  /** First row of each step, `[T+2]`; the rows of t are start[t] … start[t+1] − 1. */
  readonly start: Int32Array;
  /** 1 for rows of equalities, `[total]`. */
  readonly equality: Uint8Array;
  /** Writes the rows of step t to `out` from `out[start[t]]` on. */
  evaluate(t: number, x: Float64Array, u: Float64Array, out: Float64Array): void;
  /** Writes the derivatives of the rows of step t, to `outX` `[total, n]` and `outU` `[total, m]`. */
  linearize(t: number, x: Float64Array, u: Float64Array, outX: Float64Array, outU: Float64Array): void;
  /**
   * Writes Σ νᵢ∇²cᵢ over the rows of step t, `[n+m, n+m]`, by differences of their derivatives at row t of X `[T+1, n]` and
   * U `[T, m]`, with multipliers ν `[total]`; rows whose multiplier is 0 cost nothing.
   */
  contract(t: number, X: Float64Array, U: Float64Array, multipliers: Float64Array, out: Float64Array): void;
}

interface Sizes {
  readonly T: number;
  readonly n: number;
  readonly m: number;
}

/** One constraint with its buffers. */
interface Block {
  readonly constraint: Constraint;
  readonly value: Float64Array;
  readonly minus: Float64Array;
  readonly slopeX: Float64Array;
  readonly slopeU: Float64Array;
}

const DIFFERENCE_STEP = 2 ** -17;

function difference({ constraint, value, minus, slopeX, slopeU }: Block, t: number, x: Float64Array, u: Float64Array): void {
  const { size } = constraint;
  const n = x.length;
  const m = u.length;
  for (let k = 0; k < n + m; k++) {
    const point = k < n ? x : u;
    const slopes = k < n ? slopeX : slopeU;
    const width = k < n ? n : m;
    const j = k < n ? k : k - n;
    const at = point[j]!;
    const step = DIFFERENCE_STEP * (1 + Math.abs(at));
    point[j] = at + step;
    constraint.evaluate(x, u, t, value);
    point[j] = at - step;
    constraint.evaluate(x, u, t, minus);
    point[j] = at;
    for (let i = 0; i < size; i++) slopes[i * width + j] = (value[i]! - minus[i]!) / (2 * step);
  }
}

/** Lays out the rows of `constraints`. @throws OptionError on ranges outside of [0, T] or sizes below 1. */
export function constraintRows(caller: string, constraints: readonly Constraint[], { T, n, m }: Sizes): ConstraintRows {
  const at: Block[][] = Array.from({ length: T + 1 }, () => []);
  for (const constraint of constraints) {
    const size = checkInteger(caller, 'constraint.size', constraint.size, { min: 1 });
    if (constraint.kind !== 'equality' && constraint.kind !== 'inequality')
      throw new OptionError(`${caller}: constraint.kind must be equality or inequality, got ${String(constraint.kind)}`);
    const from = constraint.from === 'terminal' ? T : checkInteger(caller, 'constraint.from', constraint.from ?? 0, { min: 0, max: T });
    const end = constraint.to ?? (constraint.from === 'terminal' ? 'terminal' : Math.max(from, T - 1));
    const to = end === 'terminal' ? T : checkInteger(caller, 'constraint.to', end, { min: from, max: T });
    const block: Block = {
      constraint,
      value: new Float64Array(size),
      minus: new Float64Array(size),
      slopeX: new Float64Array(size * n),
      slopeU: new Float64Array(size * m),
    };
    for (let t = from; t <= to; t++) at[t]!.push(block);
  }
  const start = new Int32Array(T + 2);
  for (let t = 0; t <= T; t++) start[t + 1] = start[t]! + at[t]!.reduce((sum, { constraint }) => sum + constraint.size, 0);
  const total = start[T + 1]!;
  const equality = new Uint8Array(total);
  for (let t = 0, row = 0; t <= T; t++)
    for (const { constraint } of at[t]!) for (let i = 0; i < constraint.size; i++) equality[row++] = constraint.kind === 'equality' ? 1 : 0;

  const size = n + m;
  const x0 = new Float64Array(n);
  const u0 = new Float64Array(m);
  const scale = new Float64Array(1);
  /** Adds Σ νᵢ∇cᵢ of one block, times `scale`, which is no argument so that it is not boxed, to column j of `out`. */
  const addSlopes = (block: Block, t: number, row: number, multipliers: Float64Array, j: number, out: Float64Array): void => {
    const { constraint, slopeX, slopeU } = block;
    slopeX.fill(0);
    slopeU.fill(0);
    if (constraint.linearize) constraint.linearize(x0, u0, t, slopeX, slopeU);
    else difference(block, t, x0, u0);
    for (let i = 0; i < constraint.size; i++) {
      const weight = scale[0]! * multipliers[row + i]!;
      for (let l = 0; l < n; l++) out[l * size + j] = out[l * size + j]! + weight * slopeX[i * n + l]!;
      for (let l = 0; l < m; l++) out[(n + l) * size + j] = out[(n + l) * size + j]! + weight * slopeU[i * m + l]!;
    }
  };

  return {
    total,
    start,
    equality,
    evaluate(t, x, u, out) {
      let row = start[t]!;
      const blocks = at[t]!;
      for (let b = 0; b < blocks.length; b++) {
        const { constraint, value } = blocks[b]!;
        constraint.evaluate(x, u, t, value);
        for (let i = 0; i < constraint.size; i++) out[row++] = value[i]!;
      }
    },
    linearize(t, x, u, outX, outU) {
      let row = start[t]!;
      const blocks = at[t]!;
      for (let b = 0; b < blocks.length; b++) {
        const block = blocks[b]!;
        const { constraint, slopeX, slopeU } = block;
        slopeX.fill(0);
        slopeU.fill(0);
        if (constraint.linearize) constraint.linearize(x, u, t, slopeX, slopeU);
        else difference(block, t, x, u);
        const { size } = constraint;
        for (let i = 0; i < size * n; i++) outX[row * n + i] = slopeX[i]!;
        for (let i = 0; i < size * m; i++) outU[row * m + i] = slopeU[i]!;
        row += size;
      }
    },
    contract(t, X, U, multipliers, out) {
      out.fill(0);
      let row = start[t]!;
      const blocks = at[t]!;
      for (let b = 0; b < blocks.length; b++) {
        const block = blocks[b]!;
        const { size: rowCount } = block.constraint;
        let needed = false;
        for (let i = 0; i < rowCount; i++) if (multipliers[row + i] !== 0) needed = true;
        for (let i = 0; i < n && needed; i++) x0[i] = X[t * n + i]!;
        for (let i = 0; i < m && needed; i++) u0[i] = t < T ? U[t * m + i]! : 0;
        for (let j = 0; j < (t < T ? size : n) && needed; j++) {
          const point = j < n ? x0 : u0;
          const i = j < n ? j : j - n;
          const value = point[i]!;
          const step = DIFFERENCE_STEP * (1 + Math.abs(value));
          point[i] = value + step;
          scale[0] = 0.5 / step;
          addSlopes(block, t, row, multipliers, j, out);
          point[i] = value - step;
          scale[0] = -0.5 / step;
          addSlopes(block, t, row, multipliers, j, out);
          point[i] = value;
        }
        row += rowCount;
      }
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) {
          const value = 0.5 * (out[i * size + j]! + out[j * size + i]!);
          out[i * size + j] = value;
          out[j * size + i] = value;
        }
      }
    },
  };
}
