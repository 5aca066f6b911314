/**
 * The backward pass of a finite-horizon linear-quadratic problem: x_{t+1} = A_t x + B_t u + c_t, stage cost
 * ½xᵀQ_t x + xᵀS_t u + ½uᵀR_t u + q_tᵀx + r_tᵀu, terminal cost ½xᵀQ_T x + q_Tᵀx. The optimal cost to go is
 * ½xᵀP_t x + p_tᵀx + v_t and the optimal action u = −K_t x + k_t. Everything is preallocated and flat; a pass allocates nothing.
 */
import { checkInteger } from '@mbrl/core';
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { bilinearForm, multiplyVector, multiplyVectorTransposed } from '../linalg/multiply-vector.js';
import { multiply, multiplyTransposedLeft } from '../linalg/multiply.js';
import { congruence, multiplyTransposedLeftSymmetric } from '../linalg/symmetric-product.js';
import { dot } from '../linalg/vector.js';

/** One stage's data; arrays may be shared between stages. */
export interface LqrStage {
  /** `[n, n]`. */
  readonly A: Float64Array;
  /** `[n, m]`. */
  readonly B: Float64Array;
  /** `[n]`. */
  readonly c: Float64Array;
  /** `[n, n]`, symmetric. */
  readonly Q: Float64Array;
  /** `[m, m]`, symmetric. */
  readonly R: Float64Array;
  /** `[n, m]`. */
  readonly S: Float64Array;
  /** `[n]`. */
  readonly q: Float64Array;
  /** `[m]`. */
  readonly r: Float64Array;
}

/** What a pass yields, as views of flat arrays by step. */
export interface LqrBackwardPass {
  readonly horizon: number;
  /** Gains, T of `[m, n]`: u = −Kx + k. */
  readonly K: readonly Float64Array[];
  /** Feedforward actions, T of `[m]`. */
  readonly k: readonly Float64Array[];
  /** Cost to go, T + 1 of `[n, n]`. */
  readonly P: readonly Float64Array[];
  /** Its linear part, T + 1 of `[n]`. */
  readonly p: readonly Float64Array[];
  /** Its constant part, `[T + 1]`. */
  readonly v: Float64Array;
  /**
   * Runs over stages T − 1 … 0, overwriting all of the above.
   * @param stages `[T]`
   * @param terminalQ `[n, n]`, symmetric
   * @param terminalq `[n]`
   * @returns −1, or the step at which R + BᵀPB is not positive definite
   */
  run(stages: readonly LqrStage[], terminalQ: Float64Array, terminalq: Float64Array): number;
}

/** Creates a backward pass with n states, m actions and T steps, all at least 1. @throws OptionError */
export function createLqrBackwardPass(n: number, m: number, horizon: number): LqrBackwardPass {
  for (const [name, size] of Object.entries({ n, m, horizon })) checkInteger('createLqrBackwardPass', name, size, { min: 1 });
  const views = (count: number, size: number): Float64Array[] => {
    const flat = new Float64Array(count * size);
    return Array.from({ length: count }, (_, t) => flat.subarray(t * size, (t + 1) * size));
  };
  const [K, k] = [views(horizon, m * n), views(horizon, m)];
  const [P, p, v] = [views(horizon + 1, n * n), views(horizon + 1, n), new Float64Array(horizon + 1)];
  const PA = new Float64Array(n * n);
  const PB = new Float64Array(n * m);
  const W = new Float64Array(m * m);
  const L = new Float64Array(m * n);
  const future = new Float64Array(n);
  const g = new Float64Array(m);

  const runStage = (t: number, { A, B, c, Q, R, S, q, r }: LqrStage): boolean => {
    const [nextP, nextp, gain, feedforward, ownP, ownp] = [P[t + 1]!, p[t + 1]!, K[t]!, k[t]!, P[t]!, p[t]!];
    multiply(nextP, A, PA, n, n, n);
    W.set(R);
    congruence(B, nextP, W, PB, m, n, 1, 1);
    // L = BᵀPA + Sᵀ, g = r + Bᵀ(Pc + p)
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) L[j * n + i] = S[i * m + j]!;
    multiplyTransposedLeft(B, PA, L, m, n, n, 1, 1);
    future.set(nextp);
    multiplyVector(nextP, c, future, n, n, 1, 1);
    g.set(r);
    multiplyVectorTransposed(B, future, g, n, m, 1, 1);
    if (!factorCholesky(W, W, m)) return false;
    gain.set(L);
    solveCholesky(W, gain, m, n);
    for (let j = 0; j < m; j++) feedforward[j] = -g[j]!;
    solveCholesky(W, feedforward, m, 1);
    // P = Q + AᵀPA − KᵀL, p = q + Aᵀ(Pc + p) − Kᵀg
    ownP.set(Q);
    multiplyTransposedLeftSymmetric(A, PA, ownP, n, n, 1, 1);
    multiplyTransposedLeftSymmetric(gain, L, ownP, n, m, -1, 1);
    ownp.set(q);
    multiplyVectorTransposed(A, future, ownp, n, n, 1, 1);
    multiplyVectorTransposed(gain, g, ownp, m, n, -1, 1);
    v[t] = v[t + 1]! + 0.5 * bilinearForm(c, nextP, c, n, n) + dot(nextp, c, n) + 0.5 * dot(g, feedforward, m);
    return true;
  };

  const run = (stages: readonly LqrStage[], terminalQ: Float64Array, terminalq: Float64Array): number => {
    P[horizon]!.set(terminalQ);
    p[horizon]!.set(terminalq);
    v[horizon] = 0;
    for (let t = horizon - 1; t >= 0; t--) if (!runStage(t, stages[t]!)) return t;
    return -1;
  };
  return { horizon, K, k, P, p, v, run };
}
