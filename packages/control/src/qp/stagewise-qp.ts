/**
 * Linear-quadratic optimal control with constraints, solved by the interior-point method of this folder on a Riccati
 * factorisation, O(N (n + m)³):
 *
 *   minimise   Σₖ ½ xᵀQx + uᵀSx + ½ uᵀRu + qᵀx + rᵀu   +   ½ x_NᵀQ_N x_N + q_Nᵀx_N
 *   subject to x₀ given,  xₖ₊₁ = A x + B u + c,  l ≤ C x + D u ≤ h (stage N: C x),  bounds of x (from stage 1) and u
 *
 * Blocks are row-major, by stage: A `[N, n, n]`, Q `[N+1, n, n]`, and so on.
 */
import { checkInteger, OptionError, ShapeError } from '@mbrl/core';
import { addBlockProduct, addTransposedBlockProduct } from './block-products.js';
import { createProgramSolver, type ProgramSolver, type QpOptions } from './program-solver.js';
import type { QpStatus } from './quadratic-program.js';
import { completeQpOptions } from './qp-solver.js';
import type { SparseProgram } from './scaled-program.js';
import type { SparseRows } from './sparse-rows.js';
import { createStagewiseFactor, type StagewiseSizes } from './stagewise-factor.js';

/** Data of an optimal control problem; see the header. Absent linear terms are zero, absent sides infinite. */
export interface StagewiseProgram {
  /** `[N, n, n]`. */
  readonly A: ArrayLike<number>;
  /** `[N, n, m]`. */
  readonly B: ArrayLike<number>;
  /** `[N, n]`. */
  readonly c?: ArrayLike<number>;
  /** `[N + 1, n, n]`, symmetric. */
  readonly Q: ArrayLike<number>;
  /** `[N, m, m]`, symmetric. */
  readonly R: ArrayLike<number>;
  /** `[N, m, n]`. */
  readonly S?: ArrayLike<number>;
  /** `[N + 1, n]`. */
  readonly q?: ArrayLike<number>;
  /** `[N, m]`. */
  readonly r?: ArrayLike<number>;
  /** `[N + 1, p, n]`. */
  readonly C?: ArrayLike<number>;
  /** `[N, p, m]`. */
  readonly D?: ArrayLike<number>;
  /** `[N + 1, p]`. */
  readonly lower?: ArrayLike<number>;
  /** `[N + 1, p]`. */
  readonly upper?: ArrayLike<number>;
  /** `[N + 1, n]`; the first stage is not used. */
  readonly stateLower?: ArrayLike<number>;
  /** `[N + 1, n]`. */
  readonly stateUpper?: ArrayLike<number>;
  /** `[N, m]`. */
  readonly inputLower?: ArrayLike<number>;
  /** `[N, m]`. */
  readonly inputUpper?: ArrayLike<number>;
}

/** An answer; its arrays belong to the solver. */
export interface StagewiseResult {
  readonly status: QpStatus;
  /** `[N + 1, n]`. */
  readonly states: Float64Array;
  /** `[N, m]`. */
  readonly inputs: Float64Array;
  /** Multipliers of the dynamics A x + B u + c − x⁺ = 0, `[N, n]`: the gradient of the cost-to-go at x⁺. */
  readonly costates: Float64Array;
  /** Multipliers of the stage constraints, positive at the upper side, `[N + 1, p]`. */
  readonly multipliers: Float64Array;
  readonly objective: number;
  readonly primalResidual: number;
  readonly dualResidual: number;
  readonly gap: number;
  readonly iterations: number;
  readonly polishRounds: number;
}

/** A solver of one size with all its memory. */
export interface StagewiseSolver {
  /** Takes the data of a problem. @throws ShapeError, OptionError */
  load(program: StagewiseProgram): void;
  /** Vectors that change from solve to solve, to be written in place after `load`: linear costs (x, u by stage). */
  readonly linearCost: Float64Array;
  /** Sides of all constraints after `load`: rows of the dynamics, stage constraints, bounds of (x, u) by stage. */
  readonly sides: { readonly lower: Float64Array; readonly upper: Float64Array };
  /** Solves from x₀ `[n]`; `warm` starts from the present solution. */
  solve(initialState: ArrayLike<number>, warm?: boolean): StagewiseResult;
  /** Shifts the present solution and multipliers by one stage, for a receding horizon. */
  shift(): void;
}

/** Options of a stagewise solver. */
export interface StagewiseSolverOptions extends StagewiseSizes, QpOptions {}

/** Makes a solver for N stages of n states, m inputs and p constraints. */
export function createStagewiseSolver(options: StagewiseSolverOptions): StagewiseSolver {
  const { stageCount: N, stateSize: n, inputSize: m, constraintCount: p } = options;
  const caller = 'createStagewiseSolver';
  checkInteger(caller, 'stageCount', N, { min: 1 });
  checkInteger(caller, 'stateSize', n, { min: 1 });
  checkInteger(caller, 'inputSize', m, { min: 1 });
  checkInteger(caller, 'constraintCount', p, { min: 0 });
  const settings = { ...completeQpOptions(caller, { anchoredRuns: 0, ...options }), scalingRounds: 0 };
  const w = n + m;
  const variables = N * w + n;
  const rows = N * n + (N + 1) * p;
  const blocks = {
    F: new Float64Array(N * n * w),
    H: new Float64Array((N + 1) * w * w),
    C: new Float64Array((N + 1) * p * w),
  };

  // Patterns are the same at every stage: an element that is not zero at some stage has its place at all.
  const maskH = new Uint8Array(w * w);
  const maskDynamics = new Uint8Array(n * w);
  const maskC = new Uint8Array(p * w);
  const stageOf = (variable: number): number => Math.floor(variable / w);
  const widthOf = (stage: number): number => (stage < N ? w : n);
  const makeRows = (count: number, columnsOf: (row: number) => number[]): SparseRows => {
    const start = new Int32Array(count + 1);
    const index: number[] = [];
    for (let i = 0; i < count; i++) {
      index.push(...columnsOf(i));
      start[i + 1] = index.length;
    }
    return { rows: count, columns: variables, start, index: Int32Array.from(index), values: new Float64Array(index.length) };
  };
  const maskedColumns = (stage: number, mask: Uint8Array, row: number): number[] =>
    Array.from({ length: widthOf(stage) }, (_, i) => i)
      .filter((i) => mask[row * w + i] === 1)
      .map((i) => stage * w + i);
  const factor = createStagewiseFactor(options, blocks);
  const program = {
    q: new Float64Array(variables),
    lower: new Float64Array(rows + variables),
    upper: new Float64Array(rows + variables),
  };
  let matrices!: Pick<SparseProgram, 'P' | 'A'>;
  let sparse!: SparseProgram;
  let solver!: ProgramSolver;
  const makeSolver = (): void => {
    matrices = {
      P: makeRows(variables, (i) => maskedColumns(stageOf(i), maskH, i % w)),
      A: makeRows(rows, (i) => {
        if (i >= N * n) return maskedColumns(Math.floor((i - N * n) / p), maskC, (i - N * n) % p);
        const stage = Math.floor(i / n);
        return [...maskedColumns(stage, maskDynamics, i % n), (stage + 1) * w + (i % n)];
      }),
    };
    sparse = { ...program, ...matrices, products };
    solver = createProgramSolver(
      sparse,
      ({ P, A }) => ({
        ...factor,
        invalidate() {
          readBlocks(P, A);
          factor.invalidate();
        },
      }),
      settings,
    );
  };
  /** Copies scaled values from the sparse rows to the blocks. */
  const readBlocks = (P: SparseRows, A: SparseRows): void => {
    for (let i = 0; i < variables; i++) {
      const stage = stageOf(i);
      for (let k = P.start[i]!; k < P.start[i + 1]!; k++) blocks.H[i * w + P.index[k]! - stage * w] = P.values[k]!;
    }
    for (let i = 0; i < rows; i++) {
      if (i < N * n) {
        const stage = Math.floor(i / n);
        for (let k = A.start[i]!; k < A.start[i + 1]! - 1; k++) blocks.F[i * w + A.index[k]! - stage * w] = A.values[k]!;
      } else {
        const stage = Math.floor((i - N * n) / p);
        for (let k = A.start[i]!; k < A.start[i + 1]!; k++) blocks.C[(i - N * n) * w + A.index[k]! - stage * w] = A.values[k]!;
      }
    }
  };
  // Rows and columns are not scaled, so these blocks are the program's own.
  const products = {
    multiply(x: Float64Array, out: Float64Array): void {
      for (let k = 0; k < N; k++) {
        for (let i = 0; i < n; i++) out[k * n + i] = -x[(k + 1) * w + i]!;
        addBlockProduct(blocks.F, k * n * w, n, w, x, k * w, out, k * n);
      }
      for (let i = 0; i < rows - N * n; i++) {
        const stage = Math.floor(i / p);
        let sum = 0;
        for (let j = 0, size = widthOf(stage); j < size; j++) sum += blocks.C[i * w + j]! * x[stage * w + j]!;
        out[N * n + i] = sum;
      }
    },
    addTransposed(y: Float64Array, out: Float64Array): void {
      for (let k = 0; k < N; k++) {
        addTransposedBlockProduct(blocks.F, k * n * w, n, w, 1, y, k * n, out, k * w);
        for (let i = 0; i < n; i++) out[(k + 1) * w + i]! -= y[k * n + i]!;
      }
      for (let i = 0; i < rows - N * n; i++) {
        const stage = Math.floor(i / p);
        const factor = y[N * n + i]!;
        if (factor !== 0) for (let j = 0, size = widthOf(stage); j < size; j++) out[stage * w + j]! += factor * blocks.C[i * w + j]!;
      }
    },
  };
  const states = new Float64Array((N + 1) * n);
  const inputs = new Float64Array(N * m);
  const costates = new Float64Array(N * n);
  const multipliers = new Float64Array((N + 1) * p);
  let loaded = false;
  let fresh = true;

  const load = (given: StagewiseProgram): void => {
    const sizes: [keyof StagewiseProgram, number, boolean][] = [
      ['A', N * n * n, true],
      ['B', N * n * m, true],
      ['c', N * n, false],
      ['Q', (N + 1) * n * n, true],
      ['R', N * m * m, true],
      ['S', N * m * n, false],
      ['q', (N + 1) * n, false],
      ['r', N * m, false],
      ['C', (N + 1) * p * n, p > 0],
      ['D', N * p * m, false],
      ['lower', (N + 1) * p, false],
      ['upper', (N + 1) * p, false],
      ['stateLower', (N + 1) * n, false],
      ['stateUpper', (N + 1) * n, false],
      ['inputLower', N * m, false],
      ['inputUpper', N * m, false],
    ];
    for (const [name, size, needed] of sizes) {
      const array = given[name];
      if (array === undefined ? needed : array.length !== size)
        throw new ShapeError(`StagewiseSolver.load: ${name} must have ${size} elements, got ${array?.length ?? 'none'}`);
      const sided = /ower|pper/.test(name);
      for (let i = 0; i < (array?.length ?? 0); i++) {
        if (sided ? Number.isNaN(array![i]) : !Number.isFinite(array![i]))
          throw new OptionError(`StagewiseSolver.load: ${name}[${i}] must be ${sided ? 'a number' : 'finite'}, got ${array![i]}`);
      }
    }
    const hessian = (k: number, i: number, j: number): number => {
      if (i < n && j < n) return given.Q[(k * n + i) * n + j]!;
      if (i >= n && j >= n) return given.R[(k * m + i - n) * m + j - n]!;
      return i >= n ? (given.S?.[(k * m + i - n) * n + j] ?? 0) : (given.S?.[(k * m + j - n) * n + i] ?? 0);
    };
    const dynamics = (k: number, i: number, j: number): number =>
      j < n ? given.A[(k * n + i) * n + j]! : given.B[(k * n + i) * m + j - n]!;
    const constraint = (k: number, i: number, j: number): number =>
      j < n ? given.C![(k * p + i) * n + j]! : (given.D?.[(k * p + i) * m + j - n] ?? 0);
    let outside = solver === undefined;
    const cover = (mask: Uint8Array, at: number, value: number): void => {
      if (value === 0 || mask[at] === 1) return;
      mask[at] = 1;
      outside = true;
    };
    for (let k = 0; k <= N; k++) {
      const width = widthOf(k);
      for (let j = 0; j < width; j++) {
        for (let i = 0; i < width; i++) cover(maskH, i * w + j, hessian(k, i, j));
        for (let i = 0; i < n && k < N; i++) cover(maskDynamics, i * w + j, dynamics(k, i, j));
        for (let i = 0; i < p; i++) cover(maskC, i * w + j, constraint(k, i, j));
      }
    }
    if (outside) makeSolver();
    const { P, A } = matrices;
    const { q, lower, upper } = program;
    for (let k = 0; k <= N; k++) {
      for (let i = 0; i < widthOf(k); i++) {
        const row = k * w + i;
        for (let e = P.start[row]!; e < P.start[row + 1]!; e++) P.values[e] = hessian(k, i, P.index[e]! - k * w);
        q[row] = (i < n ? given.q?.[k * n + i] : given.r?.[k * m + i - n]) ?? 0;
        lower[rows + row] = (i < n ? given.stateLower?.[k * n + i] : given.inputLower?.[k * m + i - n]) ?? -Infinity;
        upper[rows + row] = (i < n ? given.stateUpper?.[k * n + i] : given.inputUpper?.[k * m + i - n]) ?? Infinity;
      }
      for (let i = 0; i < p; i++) {
        const row = N * n + k * p + i;
        for (let e = A.start[row]!; e < A.start[row + 1]!; e++) A.values[e] = constraint(k, i, A.index[e]! - k * w);
        lower[row] = given.lower?.[k * p + i] ?? -Infinity;
        upper[row] = given.upper?.[k * p + i] ?? Infinity;
      }
      for (let i = 0; i < n && k < N; i++) {
        const row = k * n + i;
        const last = A.start[row + 1]! - 1;
        for (let e = A.start[row]!; e < last; e++) A.values[e] = dynamics(k, i, A.index[e]! - k * w);
        A.values[last] = -1;
        lower[row] = upper[row] = -(given.c?.[row] ?? 0);
      }
    }
    for (let i = 0; i < rows + variables; i++) {
      if (!(lower[i]! <= upper[i]!) && !(i >= rows && i < rows + n))
        throw new OptionError(`StagewiseSolver.load: lower sides must not exceed upper ones, got ${lower[i]} and ${upper[i]}`);
    }
    loaded = true;
    fresh = true;
  };

  return {
    load,
    linearCost: program.q,
    sides: program,
    solve(initialState, warm = false) {
      if (!loaded) throw new OptionError('StagewiseSolver.solve: load must be called first, got no program');
      if (initialState.length !== n)
        throw new ShapeError(`StagewiseSolver.solve: initialState must have ${n} elements, got ${initialState.length}`);
      for (let i = 0; i < n; i++) {
        if (!Number.isFinite(initialState[i]))
          throw new OptionError(`StagewiseSolver.solve: initialState[${i}] must be finite, got ${initialState[i]}`);
        program.lower[rows + i] = program.upper[rows + i] = initialState[i]!;
      }
      const status = solver.solve(sparse, warm, !fresh);
      fresh = false;
      const { x, y, measures } = solver;
      for (let k = 0; k <= N; k++) {
        for (let i = 0; i < n; i++) states[k * n + i] = x[k * w + i]!;
        for (let i = 0; i < m && k < N; i++) inputs[k * m + i] = x[k * w + n + i]!;
      }
      for (let i = 0; i < N * n; i++) costates[i] = y[i]!;
      for (let i = 0; i < (N + 1) * p; i++) multipliers[i] = y[N * n + i]!;
      return {
        status,
        states,
        inputs,
        costates,
        multipliers,
        objective: measures.objective,
        primalResidual: measures.violation,
        dualResidual: measures.stationarity,
        gap: measures.gap,
        iterations: solver.iterations,
        polishRounds: solver.polishRounds,
      };
    },
    shift() {
      const { x, y } = solver;
      x.copyWithin(0, w, N * w);
      x.copyWithin((N - 1) * w, N * w, N * w + n);
      y.copyWithin(0, n, N * n);
      if (p > 0) y.copyWithin(N * n, N * n + p, rows);
      y.copyWithin(rows, rows + w, rows + N * w);
    },
  };
}
