/**
 * Two programs that always have a solution, whose solution proves that another has none. With the equilibrated data of
 * the program in doubt:
 *
 *   least violation:   minimise ½‖w‖²          subject to  lower ≤ Ax − w ≤ upper, bounds of x
 *   steepest ray:      minimise ½‖d‖² + qᵀd    subject to  Pd = 0, (Ad, d) in the recession cone of the constraints
 *
 * If the least violation is not zero, its multipliers are a Farkas proof of infeasibility. The ray is the projection of
 * −q on a cone; if it is not zero, the objective falls along it for ever.
 */
import { kindEqual, kindFree, kindLower, kindUpper, type ScaledProgram, type SparseProgram } from './scaled-program.js';
import type { SparseRows } from './sparse-rows.js';

/** Solves a program as exactly as rounding allows; gives x and the multipliers of all constraints. */
export type SolveExactly = (program: SparseProgram) => { readonly x: Float64Array; readonly y: Float64Array };

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Solves the least-violation program; undefined where the violation can be made zero or the method fails. */
export function findInfeasibilityProof({ A, lower, upper }: ScaledProgram, solveExactly: SolveExactly): Float64Array | undefined {
  const n = A.columns;
  const m = A.rows;
  if (m === 0) return undefined;
  const wide = n + m;
  const joined: SparseRows = {
    rows: m,
    columns: wide,
    start: A.start.map((begin, i) => begin + i),
    index: new Int32Array(A.index.length + m),
    values: new Float64Array(A.index.length + m),
  };
  for (let i = 0, k = 0; i < m; i++) {
    for (let e = A.start[i]!; e < A.start[i + 1]!; e++, k++) {
      joined.index[k] = A.index[e]!;
      joined.values[k] = A.values[e]!;
    }
    joined.index[k] = n + i;
    joined.values[k++] = -1;
  }
  const P: SparseRows = {
    rows: wide,
    columns: wide,
    start: Int32Array.from({ length: wide + 1 }, (_, i) => Math.max(0, i - n)),
    index: Int32Array.from({ length: m }, (_, i) => n + i),
    values: new Float64Array(m).fill(1),
  };
  const sides = (given: Float64Array, open: number): Float64Array => {
    const out = new Float64Array(m + wide).fill(open);
    out.set(given.subarray(0, m + n));
    return out;
  };
  const program: SparseProgram = { P, A: joined, q: new Float64Array(wide), lower: sides(lower, -Infinity), upper: sides(upper, Infinity) };
  const solver = solveExactly(program);
  const multipliers = solver.y.slice(0, m);
  return largest(solver.x.subarray(n)) > 1e-11 && largest(multipliers) > 0 ? multipliers : undefined;
}

/** Solves the steepest-ray program; undefined where there is no ray or the method fails. */
export function findDescentRay({ P, A, q, kind }: ScaledProgram, solveExactly: SolveExactly): Float64Array | undefined {
  const n = P.rows;
  const m = A.rows;
  const joined: SparseRows = {
    rows: n + m,
    columns: n,
    start: Int32Array.from({ length: n + m + 1 }, (_, i) => (i <= n ? P.start[i]! : P.start[n]! + A.start[i - n]!)),
    index: Int32Array.from([...P.index, ...A.index]),
    values: Float64Array.from([...P.values, ...A.values]),
  };
  const lower = new Float64Array(m + 2 * n);
  const upper = new Float64Array(m + 2 * n);
  for (let i = 0; i < m + n; i++) {
    const k = kind[i]!;
    const closed = k === kindEqual;
    lower[n + i] = closed || (k !== kindFree && k & kindLower) ? 0 : -Infinity;
    upper[n + i] = closed || (k !== kindFree && k & kindUpper) ? 0 : Infinity;
  }
  const identity: SparseRows = {
    rows: n,
    columns: n,
    start: Int32Array.from({ length: n + 1 }, (_, i) => i),
    index: Int32Array.from({ length: n }, (_, i) => i),
    values: new Float64Array(n).fill(1),
  };
  const program: SparseProgram = { P: identity, A: joined, q, lower, upper };
  const solver = solveExactly(program);
  return largest(solver.x) > 1e-11 ? solver.x : undefined;
}
