/**
 * Solves a quasi-definite system accurately with the factorisation of a better-conditioned one nearby: flexible GMRES
 * (Saad 1993) on K with the factor as preconditioner, restarted on true residuals. Where the two systems differ by
 * small proximal terms all but a few eigenvalues are one, so a handful of steps suffice; where they agree this is
 * ordinary iterative refinement.
 */
import type { KktFactor } from './quasi-definite-factor.js';
import { kindEqual, type ScaledProgram } from './scaled-program.js';
import { addTransposedProduct, multiplyRows } from './sparse-rows.js';

/** The arrays of one size. */
export interface RefinedSolve {
  /** Solution, `[n]`; zero for fixed variables. */
  readonly dx: Float64Array;
  /** Solution, `[m]` (the array is `[m + n]`, the rest is the caller's). */
  readonly dy: Float64Array;
  /** P dx + Aᵀ dy, `[n]`. */
  readonly gradient: Float64Array;
  /** A dx, `[m]`. */
  readonly rows: Float64Array;
  /** Solves with diagonals a `[n]` and b `[m]` to a relative `accuracy`. @returns residual relative to the right side, both in the weighted largest-element norm */
  solve(
    program: ScaledProgram,
    factor: KktFactor,
    a: Float64Array,
    b: Float64Array,
    rightX: Float64Array,
    rightY: Float64Array,
    accuracy: number,
  ): number;
}

const basisSize = 8;

/** Makes the arrays for n variables and m rows. */
export function createRefinedSolve(n: number, m: number): RefinedSolve {
  const size = n + m;
  const dx = new Float64Array(n);
  const dy = new Float64Array(m + n);
  const gradient = new Float64Array(n);
  const rows = new Float64Array(m);
  const basis = Array.from({ length: basisSize + 1 }, () => new Float64Array(size));
  const directionsX = Array.from({ length: basisSize }, () => new Float64Array(n));
  const directionsY = Array.from({ length: basisSize }, () => new Float64Array(m));
  const hessenberg = new Float64Array((basisSize + 1) * basisSize);
  const cosine = new Float64Array(basisSize);
  const sine = new Float64Array(basisSize);
  const projected = new Float64Array(basisSize + 1);
  const weight = new Float64Array(size);
  const productX = new Float64Array(n);
  const productY = new Float64Array(m);

  return {
    dx,
    dy,
    gradient,
    rows,
    solve({ P, A, kind }, factor, a, b, rightX, rightY, accuracy) {
      let scale = 0;
      for (let j = 0; j < n; j++) {
        weight[j] = kind[m + j] === kindEqual ? 0 : 1 / Math.max(1, a[j]!);
        scale = Math.max(scale, Math.abs(rightX[j]!) * weight[j]!);
        dx[j] = 0;
        gradient[j] = 0;
      }
      for (let i = 0; i < m; i++) {
        weight[n + i] = 1 / Math.max(1, b[i]!);
        scale = Math.max(scale, Math.abs(rightY[i]!) * weight[n + i]!);
        dy[i] = 0;
        rows[i] = 0;
      }
      if (scale === 0) return 0;
      let before = Infinity;
      for (let cycle = 0; cycle < 6; cycle++) {
        // True residual.
        const first = basis[0]!;
        let largest = 0;
        let square = 0;
        for (let j = 0; j < n; j++) {
          const value = weight[j]! === 0 ? 0 : (rightX[j]! - gradient[j]! - a[j]! * dx[j]!) * weight[j]!;
          first[j] = value;
          largest = Math.max(largest, Math.abs(value));
          square += value * value;
        }
        for (let i = 0; i < m; i++) {
          const value = (rightY[i]! - rows[i]! + b[i]! * dy[i]!) * weight[n + i]!;
          first[n + i] = value;
          largest = Math.max(largest, Math.abs(value));
          square += value * value;
        }
        if (!(largest < Infinity)) return Infinity;
        const stop = largest <= accuracy * scale || largest > 0.5 * before;
        before = Math.min(before, largest);
        if (stop) break;
        const norm = Math.sqrt(square);
        for (let i = 0; i < size; i++) first[i]! /= norm;
        projected.fill(0);
        projected[0] = norm;
        let used = 0;
        for (let k = 0; k < basisSize; k++) {
          const zx = directionsX[k]!;
          const zy = directionsY[k]!;
          const from = basis[k]!;
          for (let j = 0; j < n; j++) zx[j] = weight[j]! === 0 ? 0 : from[j]! / weight[j]!;
          for (let i = 0; i < m; i++) zy[i] = from[n + i]! / weight[n + i]!;
          factor.solve(zx, zy);
          for (let j = 0; j < n; j++) if (weight[j] === 0) zx[j] = 0;
          multiplyRows(P, zx, productX);
          addTransposedProduct(A, zy, productX);
          multiplyRows(A, zx, productY);
          const next = basis[k + 1]!;
          for (let j = 0; j < n; j++) next[j] = weight[j]! === 0 ? 0 : (productX[j]! + a[j]! * zx[j]!) * weight[j]!;
          for (let i = 0; i < m; i++) next[n + i] = (productY[i]! - b[i]! * zy[i]!) * weight[n + i]!;
          for (let p = 0; p <= k; p++) {
            const other = basis[p]!;
            let dot = 0;
            for (let i = 0; i < size; i++) dot += next[i]! * other[i]!;
            for (let i = 0; i < size; i++) next[i]! -= dot * other[i]!;
            hessenberg[p * basisSize + k] = dot;
          }
          let rest = 0;
          for (let i = 0; i < size; i++) rest += next[i]! * next[i]!;
          rest = Math.sqrt(rest);
          if (!(rest < Infinity)) return Infinity;
          for (let i = 0; i < size; i++) next[i] = rest === 0 ? 0 : next[i]! / rest;
          // Givens rotations keep the small least-squares problem triangular.
          for (let p = 0; p < k; p++) {
            const upper = hessenberg[p * basisSize + k]!;
            const lower = hessenberg[(p + 1) * basisSize + k]!;
            hessenberg[p * basisSize + k] = cosine[p]! * upper + sine[p]! * lower;
            hessenberg[(p + 1) * basisSize + k] = -sine[p]! * upper + cosine[p]! * lower;
          }
          const corner = hessenberg[k * basisSize + k]!;
          const length = Math.hypot(corner, rest);
          if (length === 0) break;
          cosine[k] = corner / length;
          sine[k] = rest / length;
          hessenberg[k * basisSize + k] = length;
          if (k + 1 < basisSize) hessenberg[(k + 1) * basisSize + k + 1] = 0;
          projected[k + 1] = -sine[k]! * projected[k]!;
          projected[k]! *= cosine[k]!;
          used = k + 1;
          // The first cycles go only as deep as one more true residual will confirm.
          if (Math.abs(projected[k + 1]!) <= 1e-7 * norm || Math.abs(projected[k + 1]!) <= 0.1 * accuracy * scale) break;
        }
        for (let k = used - 1; k >= 0; k--) {
          let value = projected[k]!;
          for (let p = k + 1; p < used; p++) value -= hessenberg[k * basisSize + p]! * projected[p]!;
          value /= hessenberg[k * basisSize + k]!;
          projected[k] = value;
        }
        for (let k = 0; k < used; k++) {
          const value = projected[k]!;
          const zx = directionsX[k]!;
          const zy = directionsY[k]!;
          for (let j = 0; j < n; j++) dx[j]! += value * zx[j]!;
          for (let i = 0; i < m; i++) dy[i]! += value * zy[i]!;
        }
        multiplyRows(P, dx, gradient);
        addTransposedProduct(A, dy, gradient);
        multiplyRows(A, dx, rows);
      }
      return before / scale;
    },
  };
}
