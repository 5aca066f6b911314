/**
 * Linear model predictive control: at each step the constrained problem
 *
 *   minimise   Σₖ ½ (x − xᵣ)ᵀQ(x − xᵣ) + ½ (u − uᵣ)ᵀR(u − uᵣ) + ½ (x_N − xᵣ)ᵀP(x_N − xᵣ)  (+ softness)
 *   subject to xₖ₊₁ = A x + B u + c,  bounds of u,  bounds of x (hard, or soft with a price)
 *
 * is solved from the measured state by the stagewise solver, warm from the last plan moved on by a step. A soft bound
 * may be exceeded by e ≥ 0 at the cost λ e + ½ w e²; with λ above the bound's multiplier it is exact: exceeded only
 * where it must be (Kerrigan and Maciejowski 2000).
 */
import { checkInteger, checkNumber, OptionError } from '@mbrl/core';
import { checkBounds, checkFlat, checkSemidefinite } from '../linalg/flat-input.js';
import type { QpOptions } from '../qp/program-solver.js';
import type { QpStatus } from '../qp/quadratic-program.js';
import { createStagewiseSolver } from '../qp/stagewise-qp.js';

/** Options of linear MPC. Matrices are row-major. */
export interface LinearMpcOptions extends Omit<QpOptions, 'shouldStop'> {
  /** N, at least 1. */
  readonly horizon: number;
  /** A, `[n, n]`. */
  readonly A: ArrayLike<number>;
  /** B, `[n, m]`. */
  readonly B: ArrayLike<number>;
  /** c, `[n]`. Default zero. */
  readonly c?: ArrayLike<number>;
  /** Q, `[n, n]`, positive semidefinite. */
  readonly Q: ArrayLike<number>;
  /** R, `[m, m]`, positive semidefinite. */
  readonly R: ArrayLike<number>;
  /** P, `[n, n]`: the solution of the DARE makes the horizon's end invisible. Default Q. */
  readonly terminalCost?: ArrayLike<number>;
  readonly inputLower?: ArrayLike<number>;
  readonly inputUpper?: ArrayLike<number>;
  readonly stateLower?: ArrayLike<number>;
  readonly stateUpper?: ArrayLike<number>;
  /** Price λ > 0 and weight w ≥ 0 that make the bounds of the state soft; absent: hard. */
  readonly soft?: { readonly price: number; readonly weight?: number };
  /** A time in milliseconds from any origin; needed with `deadline`. */
  readonly clock?: () => number;
  /** Time a step may take, ms, above 0; when it has passed the best so far is used. */
  readonly deadline?: number;
}

/** What a step of MPC did. */
export interface MpcStep {
  /** Input to apply, `[m]`, within its bounds. */
  readonly input: Float64Array;
  /** `fallback`: the problem was not solved (infeasible, or out of time); the input is the last plan's for this step. */
  readonly kind: 'solved' | 'fallback';
  readonly status: QpStatus;
  /** Planned states `[N + 1, n]` and inputs `[N, m]`; the solver's own arrays. */
  readonly states: Float64Array;
  readonly inputs: Float64Array;
  /** Largest use of soft bounds in the plan. */
  readonly softness: number;
  readonly objective: number;
  readonly iterations: number;
  readonly late: boolean;
}

/** A linear MPC controller. */
export interface LinearMpc {
  /** Plans from a measured state `[n]`. @throws ShapeError, OptionError */
  step(state: ArrayLike<number>): MpcStep;
  /** Sets xᵣ `[n]` and uᵣ `[m]` for all stages from now on. @throws ShapeError, NumericalError where one is not finite */
  setReference(state: ArrayLike<number>, input?: ArrayLike<number>): void;
  /** Forgets the last plan. */
  reset(): void;
}

/** Makes a controller; all memory is made here. @throws OptionError, ShapeError */
export function createLinearMpc(options: LinearMpcOptions): LinearMpc {
  const caller = 'createLinearMpc';
  const { horizon: N, A, B, Q, R, soft, clock, deadline, ...qpOptions } = options;
  checkInteger(caller, 'horizon', N, { min: 1 });
  const n = Math.round(Math.sqrt(A.length));
  const m = B.length / n;
  checkInteger(caller, 'number of states', n, { min: 1 });
  checkInteger(caller, 'number of inputs', m, { min: 1 });
  const P = options.terminalCost ?? Q;
  for (const [name, array, size] of [
    ['A', A, n * n],
    ['B', B, n * m],
    ['c', options.c, n],
    ['Q', Q, n * n],
    ['R', R, m * m],
    ['terminalCost', P, n * n],
    ['inputLower', options.inputLower, m],
    ['inputUpper', options.inputUpper, m],
    ['stateLower', options.stateLower, n],
    ['stateUpper', options.stateUpper, n],
  ] as const) {
    checkFlat(caller, name, array, size, name.endsWith('Lower') || name.endsWith('Upper') ? 'bounds' : 'finite');
  }
  checkSemidefinite(caller, 'Q', Q, n);
  checkSemidefinite(caller, 'R', R, m);
  checkSemidefinite(caller, 'terminalCost', P, n);
  checkBounds(caller, ['inputLower', options.inputLower], ['inputUpper', options.inputUpper]);
  checkBounds(caller, ['stateLower', options.stateLower], ['stateUpper', options.stateUpper]);
  const price = soft === undefined ? 0 : checkNumber(caller, 'soft.price', soft.price, { above: 0 });
  const weight = soft?.weight === undefined ? 0 : checkNumber(caller, 'soft.weight', soft.weight, { min: 0 });
  if (deadline !== undefined) {
    checkNumber(caller, 'deadline', deadline, { above: 0 });
    if (clock === undefined) throw new OptionError(`${caller}: clock must be given with a deadline, got none`);
  }
  const low = (i: number): number => options.stateLower?.[i] ?? -Infinity;
  const high = (i: number): number => options.stateUpper?.[i] ?? Infinity;
  const bounded = Array.from({ length: n }, (_, i) => i).filter((i) => low(i) > -Infinity || high(i) < Infinity);
  const softCount = soft === undefined ? 0 : bounded.length;
  const wide = m + softCount;
  let end = Infinity;
  let late = false;
  const solver = createStagewiseSolver({
    ...qpOptions,
    stageCount: N,
    stateSize: n,
    inputSize: wide,
    constraintCount: 2 * softCount,
    shouldStop: () => {
      if (clock === undefined || clock() < end) return false;
      late = true;
      return true;
    },
  });

  // Soft bounds of stage k + 1 belong to the inputs e of stage k, through the dynamics: A x + B u + c ∓ e within bounds.
  const p = 2 * softCount;
  const blocks = {
    A: new Float64Array(N * n * n),
    B: new Float64Array(N * n * wide),
    c: new Float64Array(N * n),
    Q: new Float64Array((N + 1) * n * n),
    R: new Float64Array(N * wide * wide),
    C: new Float64Array((N + 1) * p * n),
    D: new Float64Array(N * p * wide),
    lower: new Float64Array((N + 1) * p).fill(-Infinity),
    upper: new Float64Array((N + 1) * p).fill(Infinity),
    stateLower: new Float64Array((N + 1) * n).fill(-Infinity),
    stateUpper: new Float64Array((N + 1) * n).fill(Infinity),
    inputLower: new Float64Array(N * wide),
    inputUpper: new Float64Array(N * wide).fill(Infinity),
  };
  for (let k = 0; k <= N; k++) {
    for (let i = 0; i < n * n; i++) blocks.Q[k * n * n + i] = (k < N ? Q : P)[i]!;
    for (let i = 0; i < n && softCount === 0; i++) {
      blocks.stateLower[k * n + i] = low(i);
      blocks.stateUpper[k * n + i] = high(i);
    }
    if (k === N) break;
    for (let i = 0; i < n; i++) {
      blocks.c[k * n + i] = options.c?.[i] ?? 0;
      for (let j = 0; j < n; j++) blocks.A[(k * n + i) * n + j] = A[i * n + j]!;
      for (let j = 0; j < m; j++) blocks.B[(k * n + i) * wide + j] = B[i * m + j]!;
    }
    for (let i = 0; i < m; i++) {
      blocks.inputLower[k * wide + i] = options.inputLower?.[i] ?? -Infinity;
      blocks.inputUpper[k * wide + i] = options.inputUpper?.[i] ?? Infinity;
      for (let j = 0; j < m; j++) blocks.R[(k * wide + i) * wide + j] = R[i * m + j]!;
    }
    for (let s = 0; s < softCount; s++) {
      const i = bounded[s]!;
      const own = m + s;
      blocks.R[(k * wide + own) * wide + own] = weight;
      for (const [row, sign] of [
        [k * p + 2 * s, 1],
        [k * p + 2 * s + 1, -1],
      ] as const) {
        for (let j = 0; j < n; j++) blocks.C[row * n + j] = A[i * n + j]!;
        for (let j = 0; j < m; j++) blocks.D[row * wide + j] = B[i * m + j]!;
        blocks.D[row * wide + own] = sign;
      }
      const offset = options.c?.[i] ?? 0;
      blocks.lower[k * p + 2 * s] = low(i) - offset;
      blocks.upper[k * p + 2 * s + 1] = high(i) - offset;
    }
  }
  solver.load(blocks);

  const w = n + wide;
  const setReference = (state: ArrayLike<number>, input?: ArrayLike<number>): void => {
    checkFlat('LinearMpc.setReference', 'state', state, n);
    checkFlat('LinearMpc.setReference', 'input', input, m);
    for (let k = 0; k <= N; k++) {
      const weights = k < N ? Q : P;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum -= weights[i * n + j]! * state[j]!;
        solver.linearCost[k * w + i] = sum;
      }
      if (k === N) break;
      for (let i = 0; i < m; i++) {
        let sum = 0;
        if (input !== undefined) for (let j = 0; j < m; j++) sum -= R[i * m + j]! * input[j]!;
        solver.linearCost[k * w + n + i] = sum;
      }
      for (let s = 0; s < softCount; s++) solver.linearCost[k * w + n + m + s] = price;
    }
  };
  setReference(new Float64Array(n));

  const plan = new Float64Array(N * m);
  const input = new Float64Array(m);
  let planned = false;
  const clip = (i: number, value: number): number =>
    Math.min(Math.max(value, options.inputLower?.[i] ?? -Infinity), options.inputUpper?.[i] ?? Infinity);

  return {
    setReference,
    reset() {
      planned = false;
      plan.fill(0);
    },
    step(state) {
      late = false;
      end = clock === undefined || deadline === undefined ? Infinity : clock() + deadline;
      if (planned) solver.shift();
      const answer = solver.solve(state, planned);
      const solved = answer.status === 'solved';
      plan.copyWithin(0, m, N * m);
      if (solved) for (let k = 0; k < N; k++) for (let i = 0; i < m; i++) plan[k * m + i] = answer.inputs[k * wide + i]!;
      planned = solved;
      for (let i = 0; i < m; i++) input[i] = clip(i, plan[i]!);
      let softness = 0;
      for (let k = 0; k < N; k++) for (let s = 0; s < softCount; s++) softness = Math.max(softness, answer.inputs[k * wide + m + s]!);
      return {
        input,
        kind: solved ? 'solved' : 'fallback',
        status: answer.status,
        states: answer.states,
        inputs: plan,
        softness,
        objective: answer.objective,
        iterations: answer.iterations,
        late,
      };
    },
  };
}
