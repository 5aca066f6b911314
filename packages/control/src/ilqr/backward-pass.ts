/**
 * The backward pass: the quadratic model of the value, from the last step to the first.
 *
 *   v = V_x⁺ + V_xx⁺ d        (d: gap of a start that is not a rollout)
 *   Q_x = l_x + Aᵀv           Q_u = l_u + Bᵀv
 *   Q_xx = l_xx + AᵀV_xx⁺A    Q_ux = l_ux + BᵀV_xx⁺A    Q_uu = l_uu + BᵀV_xx⁺B
 *
 * and, where regularised, V_xx⁺ + μₓI in Q_ux and Q_uu, and Q_uu + μᵤI. The step k minimises ½ kᵀQ_uu k + Q_uᵀk within the
 * bounds of the action; the feedback is K = −Q_uu⁻¹Q_ux on components that are not held at a bound (Tassa et al. 2014).
 */
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { type BoxNewton, createBoxNewton } from './box-newton.js';
import type { ResolvedProblem } from './problem.js';
import type { Workspace } from './workspace.js';

/** The pass for one workspace. */
export interface BackwardPass {
  /** Expected change of the cost at step length α: α·linear + α²·quadratic (for a feasible iterate). */
  readonly expected: { linear: number; quadratic: number };
  /**
   * Writes K, k, Vx and Vxx.
   * @param secondOrder whether the dynamics' second derivatives take part, where there are any
   * @returns −1, or the step at which the regularised Q_uu is not positive definite
   */
  run(stateRegularization: number, actionRegularization: number, secondOrder: boolean): number;
}

/** Makes the pass over the arrays of `w`. */
export function createBackwardPass(problem: ResolvedProblem, w: Workspace): BackwardPass {
  const { T, n, m, low, high, bounded } = problem;
  const { A, B, gaps, lx, lu, lxx, lux, luu, tensors, U, K, k, Vx, Vxx } = w;
  const size = n + m;
  const v = new Float64Array(n);
  const VA = new Float64Array(n * n);
  const VB = new Float64Array(n * m);
  const Qx = new Float64Array(n);
  const Qu = new Float64Array(m);
  const Qxx = new Float64Array(n * n);
  const Qux = new Float64Array(m * n);
  const Quu = new Float64Array(m * m);
  const Ruu = new Float64Array(m * m);
  const Kt = new Float64Array(m * n);
  const kt = new Float64Array(m);
  const L = new Float64Array(m * m);
  /** Q_uu K + Q_ux and Q_uu k + Q_u. */
  const QuuK = new Float64Array(m * n);
  const slope = new Float64Array(m);
  const least = new Float64Array(m);
  const greatest = new Float64Array(m);
  const box: BoxNewton = createBoxNewton(m);
  const expected = { linear: 0, quadratic: 0 };

  /** Q of step t without regularisation. */
  const expandQ = (t: number, secondOrder: boolean): void => {
    const next = (t + 1) * n;
    const nextV = (t + 1) * n * n;
    const a = t * n * n;
    const b = t * n * m;
    for (let i = 0; i < n; i++) {
      let sum = Vx[next + i]!;
      const row = nextV + i * n;
      for (let j = 0; j < n; j++) sum += Vxx[row + j]! * gaps[t * n + j]!;
      v[i] = sum;
    }
    for (let i = 0; i < n; i++) {
      const row = nextV + i * n;
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += Vxx[row + l]! * A[a + l * n + j]!;
        VA[i * n + j] = sum;
      }
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += Vxx[row + l]! * B[b + l * m + j]!;
        VB[i * m + j] = sum;
      }
    }
    for (let i = 0; i < n; i++) {
      let sum = lx[t * n + i]!;
      for (let l = 0; l < n; l++) sum += A[a + l * n + i]! * v[l]!;
      Qx[i] = sum;
      for (let j = 0; j <= i; j++) {
        let entry = lxx[a + i * n + j]!;
        for (let l = 0; l < n; l++) entry += A[a + l * n + i]! * VA[l * n + j]!;
        Qxx[i * n + j] = entry;
        Qxx[j * n + i] = entry;
      }
    }
    for (let i = 0; i < m; i++) {
      let sum = lu[t * m + i]!;
      for (let l = 0; l < n; l++) sum += B[b + l * m + i]! * v[l]!;
      Qu[i] = sum;
      for (let j = 0; j < n; j++) {
        let entry = lux[t * m * n + i * n + j]!;
        for (let l = 0; l < n; l++) entry += B[b + l * m + i]! * VA[l * n + j]!;
        Qux[i * n + j] = entry;
      }
      for (let j = 0; j <= i; j++) {
        let entry = luu[t * m * m + i * m + j]!;
        for (let l = 0; l < n; l++) entry += B[b + l * m + i]! * VB[l * m + j]!;
        Quu[i * m + j] = entry;
        Quu[j * m + i] = entry;
      }
    }
    if (!secondOrder) return;
    const h = t * size * size;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) Qxx[i * n + j] = Qxx[i * n + j]! + tensors[h + i * size + j]!;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) Qux[i * n + j] = Qux[i * n + j]! + tensors[h + (n + i) * size + j]!;
      for (let j = 0; j < m; j++) Quu[i * m + j] = Quu[i * m + j]! + tensors[h + (n + i) * size + n + j]!;
    }
  };

  /** Writes kt and Kt from the regularised Q; false where Q_uu is not positive definite. */
  const improve = (t: number, muX: number, muU: number): boolean => {
    const a = t * n * n;
    const b = t * n * m;
    for (let i = 0; i < m * n; i++) Kt[i] = Qux[i]!;
    for (let i = 0; i < m * m; i++) Ruu[i] = Quu[i]!;
    if (muX > 0) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < n; l++) sum += B[b + l * m + i]! * A[a + l * n + j]!;
          Kt[i * n + j] = Kt[i * n + j]! + muX * sum;
        }
        for (let j = 0; j < m; j++) {
          let sum = 0;
          for (let l = 0; l < n; l++) sum += B[b + l * m + i]! * B[b + l * m + j]!;
          Ruu[i * m + j] = Ruu[i * m + j]! + muX * sum;
        }
      }
    }
    if (muU > 0) for (let i = 0; i < m; i++) Ruu[i * m + i] = Ruu[i * m + i]! + muU;
    // Positive to rounding: a pivot that is lost in the sum it came from says nothing.
    let largest = 0;
    for (let i = 0; i < m; i++) largest = Math.max(largest, Math.abs(Ruu[i * m + i]!));
    const leastPivot = 1e-14 * largest;
    if (m === 1) {
      const pivot = Ruu[0]!;
      if (!(pivot > 0) || pivot === Infinity) return false;
      const step = -Qu[0]! / pivot;
      const least1 = low[0]! - U[t]!;
      const greatest1 = high[0]! - U[t]!;
      const held = step <= least1 || step >= greatest1;
      kt[0] = held ? Math.min(greatest1, Math.max(least1, step)) : step;
      for (let j = 0; j < n; j++) Kt[j] = held ? 0 : Kt[j]! / pivot;
    } else if (bounded) {
      for (let i = 0; i < m; i++) {
        least[i] = low[i]! - U[t * m + i]!;
        greatest[i] = high[i]! - U[t * m + i]!;
      }
      if (!factorCholesky(Ruu, L, m, leastPivot)) return false;
      if (t === T - 1) for (let i = 0; i < m; i++) kt[i] = 0;
      if (!box.solve(Ruu, Qu, least, greatest, kt)) return false;
      box.solveFree(Kt, n);
    } else {
      if (!factorCholesky(Ruu, L, m, leastPivot)) return false;
      for (let i = 0; i < m; i++) kt[i] = -Qu[i]!;
      solveCholesky(L, kt, m, 1);
      solveCholesky(L, Kt, m, n);
    }
    for (let i = 0; i < m * n; i++) Kt[i] = -Kt[i]!;
    return true;
  };

  /** Writes V of step t, and adds to the expected change. */
  const updateValue = (t: number): void => {
    for (let i = 0; i < m; i++) {
      expected.linear += kt[i]! * Qu[i]!;
      let sum = 0;
      for (let j = 0; j < m; j++) sum += Quu[i * m + j]! * kt[j]!;
      expected.quadratic += 0.5 * kt[i]! * sum;
      slope[i] = sum + Qu[i]!;
      for (let j = 0; j < n; j++) {
        let entry = Qux[i * n + j]!;
        for (let l = 0; l < m; l++) entry += Quu[i * m + l]! * Kt[l * n + j]!;
        QuuK[i * n + j] = entry;
      }
    }
    const vx = t * n;
    const vxx = t * n * n;
    for (let i = 0; i < n; i++) {
      let sum = Qx[i]!;
      for (let l = 0; l < m; l++) sum += Kt[l * n + i]! * slope[l]! + Qux[l * n + i]! * kt[l]!;
      Vx[vx + i] = sum;
      for (let j = 0; j <= i; j++) {
        let entry = Qxx[i * n + j]!;
        for (let l = 0; l < m; l++)
          entry += 0.5 * (Kt[l * n + i]! * (QuuK[l * n + j]! + Qux[l * n + j]!) + Kt[l * n + j]! * (QuuK[l * n + i]! + Qux[l * n + i]!));
        Vxx[vxx + i * n + j] = entry;
        Vxx[vxx + j * n + i] = entry;
      }
    }
  };

  return {
    expected,
    run(muX, muU, secondOrder) {
      expected.linear = 0;
      expected.quadratic = 0;
      for (let i = 0; i < n; i++) Vx[T * n + i] = lx[T * n + i]!;
      for (let i = 0; i < n * n; i++) Vxx[T * n * n + i] = lxx[T * n * n + i]!;
      for (let t = T - 1; t >= 0; t--) {
        expandQ(t, secondOrder);
        if (!improve(t, muX, muU)) return t;
        for (let i = 0; i < m; i++) k[t * m + i] = kt[i]!;
        for (let i = 0; i < m * n; i++) K[t * m * n + i] = Kt[i]!;
        updateValue(t);
      }
      return -1;
    },
  };
}
