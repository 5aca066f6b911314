/**
 * Factorisation of the interior-point system of an optimal control problem by a Riccati recursion, O(N (n + m)³).
 * Variables are (x₀, u₀, x₁, u₁, …, x_N), rows first the dynamics A x + B u − x⁺ = −c, then p constraints C x + D u of
 * each of the N + 1 stages. With the weights 1/b of the constraints added to the cost, H = P + diag(a) + Cᵀdiag(1/b)C,
 *
 *   Quu = R + BᵀVB = LLᵀ,   W = L⁻¹ (S + BᵀVA),   V ← Q + AᵀVA − WᵀW.
 *
 * The small proximal terms of the dynamics are left to refinement. x₀ is fixed. A stage is factorised again only if a
 * weight changed there or later, so that active sets that differ early in the horizon cost little.
 */
import { addBlockProduct, addSymmetricBlockProduct, addTransposedBlockProduct, writeBlockProduct } from './block-products.js';
import type { KktFactor } from './quasi-definite-factor.js';

/** Sizes of an optimal control problem. */
export interface StagewiseSizes {
  /** N, at least 1. */
  readonly stageCount: number;
  /** n, at least 1. */
  readonly stateSize: number;
  /** m, at least 1. */
  readonly inputSize: number;
  /** p, constraints of each stage 0 … N, at least 0. */
  readonly constraintCount: number;
}

/** The scaled blocks, row-major by stage; the factorisation reads them anew after `invalidate`. */
export interface StagewiseBlocks {
  /** Dynamics F = [A B], `[N, n, n+m]`. */
  readonly F: Float64Array;
  /** Joint Hessian of (x, u), `[N + 1, n+m, n+m]`; of the last only the x block counts. */
  readonly H: Float64Array;
  /** Joint constraints of (x, u), `[N + 1, p, n+m]`. */
  readonly C: Float64Array;
}

/** A Riccati factorisation. */
export interface StagewiseFactor extends KktFactor {
  /** To be called when the blocks have changed. */
  invalidate(): void;
  /** Stages factorised by the last `factorize`. */
  readonly stagesRemade: number;
}

/** States that must not move get this weight at most: more would drown the rest of the cost-to-go in rounding. */
const heaviestState = 1e11;

/** Makes a factorisation for the blocks. */
export function createStagewiseFactor(
  { stageCount: N, stateSize: n, inputSize: m, constraintCount: p }: StagewiseSizes,
  { F, H, C }: StagewiseBlocks,
): StagewiseFactor {
  const w = n + m;
  const dynamicsRows = N * n;
  const variables = N * w + n;
  const V = new Float64Array((N + 1) * n * n);
  const L = new Float64Array(N * m * m);
  const W = new Float64Array(N * m * n);
  const VF = new Float64Array(n * w);
  const joint = new Float64Array(w * w);
  const previousA = new Float64Array(variables);
  const previousB = new Float64Array(dynamicsRows + (N + 1) * p);
  const inverseB = new Float64Array((N + 1) * p);
  const v = new Float64Array((N + 1) * n);
  const feed = new Float64Array(N * m);
  const shifted = new Float64Array(n);
  const gradient = new Float64Array(variables);
  let valid = false;
  let stagesRemade = 0;

  /** H of a stage with all weights, into `joint` (lower half of the leading `size`). */
  const buildStage = (k: number, a: Float64Array, size: number): void => {
    const from = k * w * w;
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) joint[i * w + j] = H[from + i * w + j]!;
    for (let i = 0; i < size; i++) {
      const weight = a[k * w + i]!;
      joint[i * w + i]! += i < n ? Math.min(weight, heaviestState) : weight;
    }
    for (let c = 0; c < p; c++) {
      const weight = inverseB[k * p + c]!;
      if (weight < 1e-25) continue;
      const row = (k * p + c) * w;
      for (let i = 0; i < size; i++) {
        const value = weight * C[row + i]!;
        if (value !== 0) for (let j = 0; j <= i; j++) joint[i * w + j]! += value * C[row + j]!;
      }
    }
  };

  /** Writes both halves of the cost-to-go from the leading lower half of `joint`. */
  const copySymmetric = (k: number): void => {
    const at = k * n * n;
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) V[at + i * n + j] = V[at + j * n + i] = joint[i * w + j]!;
  };

  const factorStage = (k: number, a: Float64Array): void => {
    buildStage(k, a, w);
    writeBlockProduct(V, (k + 1) * n * n, F, k * n * w, n, w, VF);
    addSymmetricBlockProduct(F, k * n * w, n, w, 1, VF, 0, joint, w);
    // Cholesky of Quu and W.
    const atL = k * m * m;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = joint[(n + i) * w + n + j]!;
        for (let q = 0; q < j; q++) sum -= L[atL + i * m + q]! * L[atL + j * m + q]!;
        if (i === j) L[atL + i * m + i] = Math.sqrt(Math.max(sum, 1e-14));
        else L[atL + i * m + j] = sum / L[atL + j * m + j]!;
      }
    }
    const atW = k * m * n;
    for (let i = 0; i < m; i++) {
      const row = atW + i * n;
      for (let j = 0; j < n; j++) W[row + j] = joint[(n + i) * w + j]!;
      for (let q = 0; q < i; q++) {
        const value = L[atL + i * m + q]!;
        for (let j = 0; j < n; j++) W[row + j]! -= value * W[atW + q * n + j]!;
      }
      const inverse = 1 / L[atL + i * m + i]!;
      for (let j = 0; j < n; j++) W[row + j]! *= inverse;
    }
    addSymmetricBlockProduct(W, atW, m, n, -1, W, atW, joint, w);
    copySymmetric(k);
  };

  const factorize = (a: Float64Array, b: Float64Array): void => {
    let first = N;
    if (valid) {
      const differs = (k: number): boolean => {
        const end = Math.min(variables, (k + 1) * w);
        for (let i = k * w; i < end; i++) if (a[i] !== previousA[i]) return true;
        for (let i = dynamicsRows + k * p; i < dynamicsRows + (k + 1) * p; i++) if (b[i] !== previousB[i]) return true;
        return false;
      };
      while (first >= 0 && !differs(first)) first--;
    }
    stagesRemade = first + 1;
    previousA.set(a);
    previousB.set(b);
    for (let i = 0; i < (first + 1) * p; i++) inverseB[i] = 1 / b[dynamicsRows + i]!;
    for (let k = first; k >= 0; k--) {
      if (k < N) {
        factorStage(k, a);
        continue;
      }
      buildStage(N, a, n);
      copySymmetric(N);
    }
    valid = true;
  };

  const solve = (rx: Float64Array, ry: Float64Array): void => {
    for (let i = 0; i < variables; i++) gradient[i] = -rx[i]!;
    for (let k = 0; k <= N; k++) {
      const size = k < N ? w : n;
      for (let c = 0; c < p; c++) {
        const value = ry[dynamicsRows + k * p + c]! * inverseB[k * p + c]!;
        if (value !== 0) for (let i = 0; i < size; i++) gradient[k * w + i]! -= C[(k * p + c) * w + i]! * value;
      }
    }
    for (let i = 0; i < n; i++) v[N * n + i] = gradient[N * w + i]!;
    for (let k = N - 1; k >= 0; k--) {
      const next = (k + 1) * n;
      for (let i = 0; i < n; i++) shifted[i] = v[next + i]!;
      addTransposedBlockProduct(V, next * n, n, n, -1, ry, k * n, shifted, 0);
      const atX = k * w;
      const atU = atX + n;
      addTransposedBlockProduct(F, k * n * w, n, w, 1, shifted, 0, gradient, atX);
      // feed = L⁻¹ qu; v = qx − Wᵀ feed.
      const atL = k * m * m;
      for (let i = 0; i < m; i++) {
        let sum = gradient[atU + i]!;
        for (let q = 0; q < i; q++) sum -= L[atL + i * m + q]! * feed[k * m + q]!;
        feed[k * m + i] = sum / L[atL + i * m + i]!;
      }
      for (let j = 0; j < n; j++) v[k * n + j] = gradient[atX + j]!;
      addTransposedBlockProduct(W, k * m * n, m, n, -1, feed, k * m, v, k * n);
    }
    for (let i = 0; i < n; i++) rx[i] = 0;
    for (let k = 0; k < N; k++) {
      const atX = k * w;
      const atU = atX + n;
      const atL = k * m * m;
      for (let i = 0; i < m; i++) rx[atU + i] = feed[k * m + i]!;
      addBlockProduct(W, k * m * n, m, n, rx, atX, rx, atU);
      for (let i = m - 1; i >= 0; i--) {
        let sum = -rx[atU + i]!;
        for (let q = i + 1; q < m; q++) sum -= L[atL + q * m + i]! * rx[atU + q]!;
        rx[atU + i] = sum / L[atL + i * m + i]!;
      }
      const nextX = atX + w;
      for (let i = 0; i < n; i++) rx[nextX + i] = -ry[k * n + i]!;
      addBlockProduct(F, k * n * w, n, w, rx, atX, rx, nextX);
      for (let i = 0; i < n; i++) ry[k * n + i] = v[(k + 1) * n + i]!;
      addBlockProduct(V, (k + 1) * n * n, n, n, rx, nextX, ry, k * n);
    }
    for (let k = 0; k <= N; k++) {
      const size = k < N ? w : n;
      for (let c = 0; c < p; c++) {
        let sum = -ry[dynamicsRows + k * p + c]!;
        for (let i = 0; i < size; i++) sum += C[(k * p + c) * w + i]! * rx[k * w + i]!;
        ry[dynamicsRows + k * p + c] = sum * inverseB[k * p + c]!;
      }
    }
  };

  return {
    factorize,
    solve,
    invalidate() {
      valid = false;
    },
    get stagesRemade() {
      return stagesRemade;
    },
  };
}
