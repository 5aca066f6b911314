/**
 * The finite-horizon linear-quadratic regulator in continuous time: ẋ = Ax + Bu + c, cost
 * ∫ ½xᵀQx + xᵀSu + ½uᵀRu + qᵀx + rᵀu dt + ½x(T)ᵀQ_T x(T) + q_Tᵀx(T), with coefficients that may depend on time. The Riccati equation
 * −Ṗ = Q + AᵀP + PA − (PB + S)R⁻¹(BᵀP + Sᵀ), with the linear terms as a constant further state, is carried over each grid step by its
 * exact flow P ↦ H + FᵀP(I + GP)⁻¹F: the flow of a small part by the exponential of the Hamiltonian matrix, then by doubling, which
 * does not lose the small solutions of a stiff equation. Exact for constant coefficients; else a Magnus step of order 4.
 */
import { checkInteger, checkNumber, OptionError } from '@mbrl/core';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { eigenvalues } from '../linalg/eigenvalues.js';
import { factorLu, solveLu } from '../linalg/lu.js';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, readVector, squareSize } from '../linalg/matrix-input.js';
import { createExponentialWork, exponentiate } from '../linalg/matrix-exponential.js';
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from '../linalg/multiply.js';
import { isFiniteArray, matrixNorm1, maxAbs } from '../linalg/norms.js';
import { symmetrize } from '../linalg/symmetric-product.js';
import { addDiagonal, copy, transpose } from '../linalg/vector.js';
import type { StageMatrix, StageVector } from './finite-lqr.js';

/** A continuous-time problem; functions are of the time t in [0, T]. Terms that are absent are zero. */
export interface ContinuousFiniteLqrProblem {
  /** T, > 0. */
  readonly duration: number;
  /** Number of equal steps of the grid on which the solution is returned, ≥ 1. */
  readonly steps: number;
  readonly A: StageMatrix;
  readonly B: StageMatrix;
  readonly c?: StageVector;
  readonly Q: StageMatrix;
  /** Symmetric positive definite. */
  readonly R: StageMatrix;
  readonly S?: StageMatrix;
  readonly q?: StageVector;
  readonly r?: StageVector;
  readonly terminalQ?: MatrixInput;
  readonly terminalq?: ArrayLike<number>;
}

/** The optimal policy u = −K(t)x + k(t) and cost to go ½xᵀP(t)x + p(t)ᵀx + v(t) on the grid 0, T/N, …, T. */
export interface ContinuousFiniteLqrSolution {
  /** 'escaped': the Riccati equation has no bounded solution back to time 0; `failedStep` is the last grid point that was reached. */
  readonly status: 'solved' | 'escaped';
  readonly failedStep: number;
  /** `[N + 1]`. */
  readonly times: Float64Array;
  /** N + 1 of `[m, n]`. */
  readonly K: readonly Float64Array[];
  /** N + 1 of `[m]`. */
  readonly k: readonly Float64Array[];
  /** N + 1 of `[n, n]`. */
  readonly P: readonly Float64Array[];
  /** N + 1 of `[n]`. */
  readonly p: readonly Float64Array[];
  /** `[N + 1]`. */
  readonly v: Float64Array;
}

interface Coefficients {
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly Q: Float64Array;
  readonly S: Float64Array;
  readonly factorR: Float64Array;
}

/**
 * Solves a continuous-time finite-horizon problem.
 * @throws ShapeError, NumericalError on bad matrices, OptionError on a bad duration or step count or where R is not positive definite
 */
export function solveContinuousFiniteLqr(problem: ContinuousFiniteLqrProblem): ContinuousFiniteLqrSolution {
  const caller = 'solveContinuousFiniteLqr';
  const duration = checkNumber(caller, 'duration', problem.duration, { above: 0 });
  const steps = checkInteger(caller, 'steps', problem.steps, { min: 1 });
  const at = (input: StageMatrix, time: number): MatrixInput => (typeof input === 'function' ? input(time) : input);
  const n = squareSize(caller, 'A', at(problem.A, 0));
  const m = columnCount(caller, 'B', at(problem.B, 0), n);
  const N = n + 1;
  const vectorAt = (name: string, input: StageVector | undefined, size: number, time: number): Float64Array =>
    input === undefined ? new Float64Array(size) : readVector(caller, name, typeof input === 'function' ? input(time) : input, size);

  /** Coefficients at a time, with the constant 1 as last state. */
  const coefficientsAt = (time: number): Coefficients => {
    const a = readMatrix(caller, 'A', at(problem.A, time), n, n);
    const b = readMatrix(caller, 'B', at(problem.B, time), n, m);
    const q = readSymmetric(caller, 'Q', at(problem.Q, time), n);
    const s = problem.S === undefined ? new Float64Array(n * m) : readMatrix(caller, 'S', at(problem.S, time), n, m);
    const factorR = readSymmetric(caller, 'R', at(problem.R, time), m);
    if (!factorCholesky(factorR, factorR, m)) throw new OptionError(`${caller}: R must be symmetric positive definite at time ${time}`);
    const [A, B] = [new Float64Array(N * N), new Float64Array(N * m)];
    const [Q, S] = [new Float64Array(N * N), new Float64Array(N * m)];
    const [drift, linear] = [vectorAt('c', problem.c, n, time), vectorAt('q', problem.q, n, time)];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        A[i * N + j] = a[i * n + j]!;
        Q[i * N + j] = q[i * n + j]!;
      }
      A[i * N + n] = drift[i]!;
      Q[i * N + n] = Q[n * N + i] = linear[i]!;
    }
    B.set(b);
    S.set(s);
    S.set(vectorAt('r', problem.r, m, time), n * m);
    return { A, B, Q, S, factorR };
  };

  /** Writes the Hamiltonian matrix [F, −G; −H, −Fᵀ] with F = A − BR⁻¹Sᵀ, G = BR⁻¹Bᵀ, H = Q − SR⁻¹Sᵀ, `[2N, 2N]`. */
  const hamiltonian = (time: number, out: Float64Array): void => {
    const { A, B, Q, S, factorR } = coefficientsAt(time);
    const [Bt, St] = [new Float64Array(m * N), new Float64Array(m * N)];
    transpose(B, Bt, N, m);
    transpose(S, St, N, m);
    solveCholesky(factorR, Bt, m, N);
    solveCholesky(factorR, St, m, N);
    const G = new Float64Array(N * N);
    multiply(B, Bt, G, N, m, N);
    multiply(B, St, A, N, m, N, -1, 1);
    multiply(S, St, Q, N, m, N, -1, 1);
    for (let i = 0; i < N; i++) {
      for (let j = 0; j < N; j++) {
        out[i * 2 * N + j] = A[i * N + j]!;
        out[i * 2 * N + N + j] = -G[i * N + j]!;
        out[(N + i) * 2 * N + j] = -Q[i * N + j]!;
        out[(N + i) * 2 * N + N + j] = -A[j * N + i]!;
      }
    }
  };

  const views = (count: number, size: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(size));
  const [K, k] = [views(steps + 1, m * n), views(steps + 1, m)];
  const [P, p, v] = [views(steps + 1, n * n), views(steps + 1, n), new Float64Array(steps + 1)];
  const h = duration / steps;
  const times = Float64Array.from({ length: steps + 1 }, (_, i) => (i * duration) / steps);
  const stationary = [problem.A, problem.B, problem.Q, problem.R, problem.S, problem.c, problem.q, problem.r].every(
    (input) => typeof input !== 'function',
  );

  const flow = createRiccatiFlow(N);
  const wide = 4 * N * N;
  const [first, second, omega] = [new Float64Array(wide), new Float64Array(wide), new Float64Array(wide)];
  /** Sets the flow over [time, time + h] to that of the Magnus exponent with two Gauss points. */
  const prepare = (time: number): boolean => {
    if (stationary) {
      hamiltonian(0, omega);
      for (let i = 0; i < wide; i++) omega[i]! *= h;
    } else {
      const offset = Math.sqrt(3) / 6;
      hamiltonian(time + (0.5 - offset) * h, first);
      hamiltonian(time + (0.5 + offset) * h, second);
      for (let i = 0; i < wide; i++) omega[i] = 0.5 * h * (first[i]! + second[i]!);
      const commutator = (Math.sqrt(3) / 12) * h * h;
      multiply(second, first, omega, 2 * N, 2 * N, 2 * N, commutator, 1);
      multiply(first, second, omega, 2 * N, 2 * N, 2 * N, -commutator, 1);
    }
    return flow.prepare(omega);
  };

  const cost = new Float64Array(N * N);
  const terminalQ = problem.terminalQ === undefined ? new Float64Array(n * n) : readSymmetric(caller, 'terminalQ', problem.terminalQ, n);
  const terminalq = problem.terminalq === undefined ? new Float64Array(n) : readVector(caller, 'terminalq', problem.terminalq, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) cost[i * N + j] = terminalQ[i * n + j]!;
    cost[i * N + n] = cost[n * N + i] = terminalq[i]!;
  }

  const record = (t: number): void => {
    const { B, S, factorR } = coefficientsAt(times[t]!);
    const L = new Float64Array(m * N);
    transpose(S, L, N, m);
    multiplyTransposedLeft(B, cost, L, m, N, N, 1, 1);
    solveCholesky(factorR, L, m, N);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) K[t]![i * n + j] = L[i * N + j]!;
      k[t]![i] = -L[i * N + n]!;
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) P[t]![i * n + j] = cost[i * N + j]!;
      p[t]![i] = cost[i * N + n]!;
    }
    v[t] = 0.5 * cost[n * N + n]!;
  };

  record(steps);
  let ready = stationary ? prepare(0) : true;
  for (let t = steps - 1; t >= 0; t--) {
    if (!stationary) ready = prepare(times[t]!);
    if (!ready || !flow.apply(cost)) return { status: 'escaped', failedStep: t + 1, times, K, k, P, p, v };
    record(t);
  }
  return { status: 'solved', failedStep: -1, times, K, k, P, p, v };
}

/** The flow P ↦ H + FᵀP(I + GP)⁻¹F of a Riccati equation over a step, given the exponent of its Hamiltonian flow. */
function createRiccatiFlow(N: number): { prepare(omega: Float64Array): boolean; apply(P: Float64Array): boolean } {
  const square = (): Float64Array => new Float64Array(N * N);
  const [F, G, H, W, V1, V2, work] = [square(), square(), square(), square(), square(), square(), square()];
  const pivots = new Int32Array(N);
  const wide = 2 * N;
  const [scaled, Phi] = [new Float64Array(wide * wide), new Float64Array(wide * wide)];
  const exponential = createExponentialWork(wide);

  const block = (row: number, column: number, out: Float64Array): void => {
    for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) out[i * N + j] = Phi[(row * N + i) * wide + column * N + j]!;
  };

  /**
   * Tells whether no escape lies within the step: I + GP, with G ⪰ 0, has positive eigenvalues only. The constant state is not
   * driven by the action, so that the leading blocks decide.
   */
  const isRegular = (P: Float64Array): boolean => {
    const n = N - 1;
    const block = new Float64Array(n * n);
    const scale = 1e-14 * maxAbs(P);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) block[i * n + j] = P[i * N + j]! + (i === j ? scale : 0);
    if (factorCholesky(block, block, n)) return true;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = i === j ? 1 : 0;
        for (let l = 0; l < n; l++) sum += G[i * N + l]! * P[l * N + j]!;
        block[i * n + j] = sum;
      }
    }
    return eigenvalues(block, n)?.real.every((value) => value > 0) ?? false;
  };

  /** Composes the flow with itself. */
  const double = (): boolean => {
    if (!isRegular(H)) return false;
    multiply(G, H, W, N, N, N);
    addDiagonal(W, N, 1);
    if (!factorLu(W, pivots, N)) return false;
    copy(F, V1);
    solveLu(W, pivots, V1, N, N);
    copy(G, V2);
    solveLu(W, pivots, V2, N, N);
    multiply(H, V1, work, N, N, N);
    multiplyTransposedLeft(F, work, H, N, N, N, 1, 1);
    symmetrize(H, N);
    multiply(F, V2, work, N, N, N);
    multiplyTransposedRight(work, F, G, N, N, N, 1, 1);
    symmetrize(G, N);
    multiply(F, V1, work, N, N, N);
    copy(work, F);
    return isFiniteArray(F) && isFiniteArray(G) && isFiniteArray(H);
  };

  const prepare = (omega: Float64Array): boolean => {
    const doublings = Math.max(0, Math.ceil(Math.log2(2 * matrixNorm1(omega, wide, wide))));
    const factor = 2 ** -doublings;
    for (let i = 0; i < wide * wide; i++) scaled[i] = factor * omega[i]!;
    if (!exponentiate(scaled, Phi, exponential)) return false;
    // λ₀ = Φ₂₂⁻¹(λ_h − Φ₂₁x₀): H = −Φ₂₂⁻¹Φ₂₁, Fᵀ = Φ₂₂⁻¹, G = −Φ₁₂Φ₂₂⁻¹.
    block(1, 1, W);
    if (!factorLu(W, pivots, N)) return false;
    block(1, 0, H);
    solveLu(W, pivots, H, N, N);
    for (let i = 0; i < N * N; i++) H[i] = -H[i]!;
    symmetrize(H, N);
    work.fill(0);
    addDiagonal(work, N, 1);
    solveLu(W, pivots, work, N, N);
    transpose(work, F, N, N);
    block(0, 1, V1);
    multiply(V1, work, G, N, N, N, -1);
    symmetrize(G, N);
    for (let k = 0; k < doublings; k++) if (!double()) return false;
    return true;
  };

  const apply = (P: Float64Array): boolean => {
    if (!isRegular(P)) return false;
    multiply(G, P, W, N, N, N);
    addDiagonal(W, N, 1);
    if (!factorLu(W, pivots, N)) return false;
    copy(F, V1);
    solveLu(W, pivots, V1, N, N);
    multiply(P, V1, work, N, N, N);
    copy(H, P);
    multiplyTransposedLeft(F, work, P, N, N, N, 1, 1);
    symmetrize(P, N);
    return isFiniteArray(P);
  };
  return { prepare, apply };
}
