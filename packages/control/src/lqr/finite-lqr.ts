/**
 * The finite-horizon linear-quadratic regulator in discrete time, stationary or time-varying, with cross, affine and
 * tracking terms: minimise Σ ½(x − x̄)ᵀQ(x − x̄) + (x − x̄)ᵀS(u − ū) + ½(u − ū)ᵀR(u − ū) + qᵀx + rᵀu + ½(x_T − x̄_T)ᵀQ_T(x_T − x̄_T) + q_Tᵀx_T
 * under x⁺ = Ax + Bu + c. Solved by the Riccati recursion of ./lqr-backward-pass.ts.
 */
import { checkInteger } from '@mbrl/core';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, readVector, squareSize } from '../linalg/matrix-input.js';
import { bilinearForm, multiplyVector, multiplyVectorTransposed } from '../linalg/multiply-vector.js';
import { addScaled, dot } from '../linalg/vector.js';
import { createLqrBackwardPass, type LqrStage } from './lqr-backward-pass.js';

/** A matrix for all steps, or one for each: called with t = 0 … T − 1 (references also with T). */
export type StageMatrix = MatrixInput | ((step: number) => MatrixInput);

/** A vector for all steps, or one for each. */
export type StageVector = ArrayLike<number> | ((step: number) => ArrayLike<number>);

/** A finite-horizon problem; terms that are absent are zero. */
export interface FiniteLqrProblem {
  /** T, ≥ 1. */
  readonly horizon: number;
  /** `[n, n]`. */
  readonly A: StageMatrix;
  /** `[n, m]`. */
  readonly B: StageMatrix;
  /** Drift, `[n]`. */
  readonly c?: StageVector;
  /** Cost of the state, `[n, n]`, symmetric. */
  readonly Q: StageMatrix;
  /** Cost of the action, `[m, m]`, symmetric; R + BᵀPB must be positive definite at each step. */
  readonly R: StageMatrix;
  /** Cross cost, `[n, m]`. */
  readonly S?: StageMatrix;
  /** Linear costs, `[n]` and `[m]`. */
  readonly q?: StageVector;
  readonly r?: StageVector;
  /** Terminal cost, `[n, n]`, symmetric; that of the state where absent, called with T where it varies. */
  readonly terminalQ?: MatrixInput;
  /** Terminal linear cost, `[n]`. */
  readonly terminalq?: ArrayLike<number>;
  /** State to track, x̄ `[n]`; where it varies it is called with 0 … T. */
  readonly stateReference?: StageVector;
  /** Action to track, ū `[m]`. */
  readonly actionReference?: StageVector;
}

/** The optimal policy u = −K_t x + k_t and the optimal cost to go ½xᵀP_t x + p_tᵀx + v_t. */
export interface FiniteLqrSolution {
  /** 'indefinite': at step `failedStep` R + BᵀPB is not positive definite, and earlier steps are not computed. */
  readonly status: 'solved' | 'indefinite';
  readonly failedStep: number;
  readonly stateSize: number;
  readonly actionSize: number;
  readonly horizon: number;
  /** T of `[m, n]`. */
  readonly K: readonly Float64Array[];
  /** T of `[m]`. */
  readonly k: readonly Float64Array[];
  /** T + 1 of `[n, n]`. */
  readonly P: readonly Float64Array[];
  /** T + 1 of `[n]`. */
  readonly p: readonly Float64Array[];
  /** `[T + 1]`. */
  readonly v: Float64Array;
}

/**
 * Solves a finite-horizon problem.
 * @throws ShapeError, NumericalError on bad matrices (the message names the step where they vary), OptionError on a bad horizon
 */
export function solveFiniteLqr(problem: FiniteLqrProblem): FiniteLqrSolution {
  const caller = 'solveFiniteLqr';
  const horizon = checkInteger(caller, 'horizon', problem.horizon, { min: 1 });
  const first = (input: StageMatrix): MatrixInput => (typeof input === 'function' ? input(0) : input);
  const n = squareSize(caller, 'A', first(problem.A));
  const m = columnCount(caller, 'B', first(problem.B), n);

  const matrix = (name: string, input: StageMatrix | undefined, rows: number, columns: number, symmetric = false) => {
    const read = (value: MatrixInput, label: string): Float64Array =>
      symmetric ? readSymmetric(caller, label, value, rows) : readMatrix(caller, label, value, rows, columns);
    if (typeof input === 'function') return (t: number): Float64Array => read(input(t), `${name} at step ${t}`);
    const fixed = input === undefined ? new Float64Array(rows * columns) : read(input, name);
    return (): Float64Array => fixed;
  };
  const vector = (name: string, input: StageVector | undefined, size: number) => {
    if (typeof input === 'function') return (t: number): Float64Array => readVector(caller, `${name} at step ${t}`, input(t), size);
    const fixed = input === undefined ? new Float64Array(size) : readVector(caller, name, input, size);
    return (): Float64Array => fixed;
  };
  const [A, B, c] = [matrix('A', problem.A, n, n), matrix('B', problem.B, n, m), vector('c', problem.c, n)];
  const [Q, R, S] = [matrix('Q', problem.Q, n, n, true), matrix('R', problem.R, m, m, true), matrix('S', problem.S, n, m)];
  const [q, r] = [vector('q', problem.q, n), vector('r', problem.r, m)];
  const xBar = vector('stateReference', problem.stateReference, n);
  const uBar = vector('actionReference', problem.actionReference, m);

  // Tracking is linear cost: q − Qx̄ − Sū, r − Rū − Sᵀx̄, and a constant.
  const constants = new Float64Array(horizon + 1);
  const stages: LqrStage[] = Array.from({ length: horizon }, (_, t) => {
    const stage = { A: A(t), B: B(t), c: c(t), Q: Q(t), R: R(t), S: S(t), q: q(t).slice(), r: r(t).slice() };
    const [x, u] = [xBar(t), uBar(t)];
    multiplyVector(stage.Q, x, stage.q, n, n, -1, 1);
    multiplyVector(stage.S, u, stage.q, n, m, -1, 1);
    multiplyVector(stage.R, u, stage.r, m, m, -1, 1);
    multiplyVectorTransposed(stage.S, x, stage.r, n, m, -1, 1);
    constants[t] = 0.5 * bilinearForm(x, stage.Q, x, n, n) + bilinearForm(x, stage.S, u, n, m) + 0.5 * bilinearForm(u, stage.R, u, m, m);
    return stage;
  });
  const terminalQ = problem.terminalQ === undefined ? Q(horizon) : readSymmetric(caller, 'terminalQ', problem.terminalQ, n);
  const terminalq = problem.terminalq === undefined ? new Float64Array(n) : readVector(caller, 'terminalq', problem.terminalq, n);
  const target = xBar(horizon);
  multiplyVector(terminalQ, target, terminalq, n, n, -1, 1);
  constants[horizon] = 0.5 * bilinearForm(target, terminalQ, target, n, n);

  const pass = createLqrBackwardPass(n, m, horizon);
  const failedStep = pass.run(stages, terminalQ, terminalq);
  let total = 0;
  for (let t = horizon; t >= 0; t--) {
    total += constants[t]!;
    pass.v[t]! += total;
  }
  const { K, k, P, p, v } = pass;
  const status = failedStep < 0 ? 'solved' : 'indefinite';
  return { status, failedStep, stateSize: n, actionSize: m, horizon, K, k, P, p, v };
}

/** Writes the action −K_t x + k_t of step t to `action` `[m]`, for a state `[n]`. */
export function lqrAction(solution: FiniteLqrSolution, step: number, state: Float64Array, action: Float64Array): void {
  action.set(solution.k[step]!);
  multiplyVector(solution.K[step]!, state, action, solution.actionSize, solution.stateSize, -1, 1);
}

/** Returns the optimal cost to go ½xᵀP_t x + p_tᵀx + v_t from a state `[n]` at step t = 0 … T. */
export function lqrCostToGo(solution: FiniteLqrSolution, step: number, state: Float64Array): number {
  const n = solution.stateSize;
  const quadratic = 0.5 * bilinearForm(state, solution.P[step]!, state, n, n);
  return quadratic + dot(solution.p[step]!, state, n) + solution.v[step]!;
}

/** Adds the drift of one step of x⁺ = Ax + Bu + c: writes `next` `[n]` for flat A `[n, n]`, B `[n, m]`, c `[n]`. */
export function stepLinear(
  A: Float64Array,
  B: Float64Array,
  c: Float64Array,
  state: Float64Array,
  action: Float64Array,
  next: Float64Array,
): void {
  const [n, m] = [state.length, action.length];
  multiplyVector(A, state, next, n, n);
  multiplyVector(B, action, next, n, m, 1, 1);
  addScaled(1, c, next, n);
}
