/** The arrays of the dual active-set method, and how a program is read into them. */
import type { QuadraticProgram } from './quadratic-program.js';

/** Arrays for up to n variables and m rows; matrices are packed with the row length of the program at hand. */
export interface ActiveSetMemory {
  readonly n: number;
  readonly m: number;
  /** Nonzeros of the rows of A. */
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly values: Float64Array;
  /** P as read, `[n, n]`. */
  readonly hessian: Float64Array;
  readonly q: Float64Array;
  /** 1 / ‖aᵢ‖, `[m]`. */
  readonly inverseNorm: Float64Array;
  /** Sides of the rows, then of the variables, `[m + n]`. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly L: Float64Array;
  readonly J: Float64Array;
  readonly R: Float64Array;
  readonly d: Float64Array;
  readonly r: Float64Array;
  readonly direction: Float64Array;
  /** Constraint in each place of the active set. */
  readonly member: Int32Array;
  /** Its side: −1, 1, or 2 for an equality. */
  readonly side: Int8Array;
  /** Sign with which its row enters N. */
  readonly normal: Int8Array;
  readonly multiplier: Float64Array;
  /** Place of each constraint in the active set, or −1. */
  readonly position: Int32Array;
  /** Reads nonzeros, norms and sides. */
  read(program: QuadraticProgram, n: number, m: number): void;
  /** Writes −J Jᵀ q, with the q of the curvature in use, to x. */
  minimize(n: number, x: Float64Array): void;
}

/** Makes the arrays. */
export function createActiveSetMemory(n: number, m: number): ActiveSetMemory {
  const start = new Int32Array(m + 1);
  const index = new Int32Array(m * n);
  const values = new Float64Array(m * n);
  const hessian = new Float64Array(n * n);
  const q = new Float64Array(n);
  const inverseNorm = new Float64Array(m);
  const lower = new Float64Array(m + n);
  const upper = new Float64Array(m + n);
  const J = new Float64Array(n * n);
  const d = new Float64Array(n);
  return {
    n,
    m,
    start,
    index,
    values,
    hessian,
    q,
    inverseNorm,
    lower,
    upper,
    L: new Float64Array(n * n),
    J,
    R: new Float64Array(n * n),
    d,
    r: new Float64Array(n),
    direction: new Float64Array(n),
    member: new Int32Array(n),
    side: new Int8Array(n),
    normal: new Int8Array(n),
    multiplier: new Float64Array(n),
    position: new Int32Array(m + n),
    read(program, columns, rows) {
      const { P, A, l, u, lx, ux } = program;
      for (let i = 0; i < columns * columns; i++) hessian[i] = P === undefined ? 0 : P[i]!;
      for (let j = 0; j < columns; j++) {
        q[j] = program.q[j]!;
        lower[rows + j] = lx === undefined ? -Infinity : lx[j]!;
        upper[rows + j] = ux === undefined ? Infinity : ux[j]!;
      }
      let k = 0;
      for (let i = 0; i < rows; i++) {
        let square = 0;
        for (let j = 0, row = i * columns; j < columns; j++) {
          const value = A![row + j]!;
          if (value === 0) continue;
          index[k] = j;
          values[k++] = value;
          square += value * value;
        }
        start[i + 1] = k;
        inverseNorm[i] = square > 0 ? 1 / Math.sqrt(square) : 1;
        lower[i] = l === undefined ? -Infinity : l[i]!;
        upper[i] = u === undefined ? Infinity : u[i]!;
      }
    },
    minimize(size, x) {
      for (let k = 0; k < size; k++) d[k] = 0;
      for (let i = 0; i < size; i++) {
        const value = q[i]!;
        for (let k = 0, row = i * size; k < size; k++) d[k]! -= J[row + k]! * value;
      }
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let k = 0, row = i * size; k < size; k++) sum += J[row + k]! * d[k]!;
        x[i] = sum;
      }
    },
  };
}
