/**
 * The implicit midpoint rule x⁺ = x + h f((x + x⁺)/2, u, t + h/2) by Newton's method: order 2, stable for stiff systems, symplectic,
 * and exact in quadratic invariants. Its derivative follows from the implicit function theorem:
 * (I − h/2 f_x) D⁺ = (I + h/2 f_x) D + h [0, f_u].
 */
import { factorLu, solveLu } from '../linalg/lu.js';
import { maxAbs } from '../linalg/norms.js';
import { applyJacobian, type IntegratorStep, type VectorField } from './vector-field.js';

/** Creates the step; it fails where `newtonLimit` iterations do not reach a correction below `newtonTolerance · max(1, |x|)`. */
export function createImplicitMidpointStep(field: VectorField, newtonTolerance: number, newtonLimit: number): IntegratorStep {
  const [n, m] = [field.stateSize, field.actionSize];
  const width = n + m;
  const [k, next, middle, correction] = [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const [A, B, M, dk] = [new Float64Array(n * n), new Float64Array(n * m), new Float64Array(n * n), new Float64Array(n * width)];
  const pivots = new Int32Array(n);

  /** Expands at the middle of x and `next`, and factors I − h/2 f_x. */
  const expand = (state: Float64Array, action: Float64Array, time: number, h: number): boolean => {
    for (let i = 0; i < n; i++) middle[i] = 0.5 * (state[i]! + next[i]!);
    field.differentiate(middle, action, time + 0.5 * h, A, B);
    for (let i = 0; i < n * n; i++) M[i] = -0.5 * h * A[i]!;
    for (let i = 0; i < n; i++) M[i * (n + 1)]! += 1;
    return factorLu(M, pivots, n);
  };

  return (state, action, time, h, sensitivity) => {
    field.rate(state, action, time, k);
    for (let i = 0; i < n; i++) next[i] = state[i]! + h * k[i]!;
    let converged = false;
    for (let iteration = 0; iteration < newtonLimit && !converged; iteration++) {
      if (!expand(state, action, time, h)) return false;
      field.rate(middle, action, time + 0.5 * h, k);
      for (let i = 0; i < n; i++) correction[i] = state[i]! + h * k[i]! - next[i]!;
      solveLu(M, pivots, correction, n, 1);
      for (let i = 0; i < n; i++) next[i] = next[i]! + correction[i]!;
      const size = maxAbs(correction, n);
      if (Number.isNaN(size)) return false;
      converged = size <= newtonTolerance * Math.max(1, maxAbs(next, n));
    }
    if (!converged) return false;
    if (sensitivity !== null) {
      if (!expand(state, action, time, h)) return false;
      applyJacobian(A, B, sensitivity, dk, n, m);
      // f_x D/2 + [0, f_u]: applyJacobian has f_x D + [0, f_u].
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < width; j++) {
          const drive = j < n ? 0 : B[i * m + j - n]!;
          dk[i * width + j] = 0.5 * (dk[i * width + j]! - drive) + drive;
        }
      }
      for (let i = 0; i < n * width; i++) sensitivity[i] = sensitivity[i]! + h * dk[i]!;
      solveLu(M, pivots, sensitivity, n, width);
    }
    state.set(next);
    return true;
  };
}
