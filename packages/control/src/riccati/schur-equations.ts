/**
 * Sylvester AX + XB + C = 0 and the discrete AXB − X + C = 0 for any A `[n, n]`, B `[m, m]` with a unique solution, by the
 * method of Bartels & Stewart 1972 on complex Schur forms: A = UTUᴴ, B = VWVᴴ, and a triangular system for UᴴXV, one entry
 * after the other. Backward stable, also near the stability boundary, where doubling is not.
 */
import { type ComplexSchur, factorComplexSchur } from '../linalg/complex-schur.js';

type Pair = readonly [real: Float64Array, imag: Float64Array];

/** Writes op(A) B for complex matrices; op is the conjugate transpose of A where `adjoint`. */
function multiplyComplex(A: Pair, B: Pair, rows: number, inner: number, columns: number, adjoint: boolean): Pair {
  const [real, imag] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  const sign = adjoint ? -1 : 1;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const index = adjoint ? k * rows + i : i * inner + k;
      const [ar, ai] = [A[0][index]!, sign * A[1][index]!];
      for (let j = 0; j < columns; j++) {
        const [br, bi] = [B[0][k * columns + j]!, B[1][k * columns + j]!];
        real[i * columns + j]! += ar * br - ai * bi;
        imag[i * columns + j]! += ar * bi + ai * br;
      }
    }
  }
  return [real, imag];
}

/** Returns the conjugate transpose of A `[rows, columns]`. */
function adjointOf(A: Pair, rows: number, columns: number): Pair {
  const [real, imag] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      real[j * rows + i] = A[0][i * columns + j]!;
      imag[j * rows + i] = -A[1][i * columns + j]!;
    }
  }
  return [real, imag];
}

/**
 * Solves AX + XB + C = 0, or AXB − X + C = 0 where `discrete`.
 * @returns X `[n, m]`, and the least divisor relative to the greatest: 0 where the equation is singular; null where a Schur form
 * is not found
 */
export function solveSchurEquation(
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
  n: number,
  m: number,
  discrete: boolean,
): { readonly X: Float64Array; readonly separation: number } | null {
  const schurA = factorComplexSchur(A, n);
  const schurB = factorComplexSchur(B, m);
  return schurA === null || schurB === null ? null : solveWithSchur(schurA, schurB, C, discrete);
}

/** Solves as {@link solveSchurEquation}, given the Schur forms of A and B. */
function solveWithSchur(
  schurA: ComplexSchur,
  schurB: ComplexSchur,
  C: Float64Array,
  discrete: boolean,
): { readonly X: Float64Array; readonly separation: number } {
  const [n, m] = [schurA.size, schurB.size];
  const U: Pair = [schurA.realZ, schurA.imagZ];
  const V: Pair = [schurB.realZ, schurB.imagZ];
  const right = multiplyComplex(multiplyComplex(U, [C, new Float64Array(n * m)], n, n, m, true), V, n, m, m, false);
  const [yr, yi] = [new Float64Array(n * m), new Float64Array(n * m)];
  const { realT: tr, imagT: ti } = schurA;
  const { realT: wr, imagT: wi } = schurB;
  let [least, greatest] = [Infinity, 0];
  // Column j of W couples Y's columns up to j, row i of T its rows from i on.
  for (let j = 0; j < m; j++) {
    for (let i = n - 1; i >= 0; i--) {
      let [sr, si] = [right[0][i * m + j]!, right[1][i * m + j]!];
      let [dr, di] = [0, 0];
      const [ar, ai, br, bi] = [tr[i * (n + 1)]!, ti[i * (n + 1)]!, wr[j * (m + 1)]!, wi[j * (m + 1)]!];
      if (discrete) {
        // Σ T_ik Y_kl W_lj over k ≥ i, l ≤ j without (i, j).
        for (let k = i; k < n; k++) {
          let [pr, pi] = [0, 0];
          for (let l = 0; l <= j; l++) {
            if (k === i && l === j) continue;
            pr += yr[k * m + l]! * wr[l * m + j]! - yi[k * m + l]! * wi[l * m + j]!;
            pi += yr[k * m + l]! * wi[l * m + j]! + yi[k * m + l]! * wr[l * m + j]!;
          }
          sr += tr[i * n + k]! * pr - ti[i * n + k]! * pi;
          si += tr[i * n + k]! * pi + ti[i * n + k]! * pr;
        }
        [dr, di] = [ar * br - ai * bi - 1, ar * bi + ai * br];
        greatest = Math.max(greatest, 1, Math.hypot(dr, di));
      } else {
        for (let k = i + 1; k < n; k++) {
          sr += tr[i * n + k]! * yr[k * m + j]! - ti[i * n + k]! * yi[k * m + j]!;
          si += tr[i * n + k]! * yi[k * m + j]! + ti[i * n + k]! * yr[k * m + j]!;
        }
        for (let l = 0; l < j; l++) {
          sr += yr[i * m + l]! * wr[l * m + j]! - yi[i * m + l]! * wi[l * m + j]!;
          si += yr[i * m + l]! * wi[l * m + j]! + yi[i * m + l]! * wr[l * m + j]!;
        }
        [dr, di] = [ar + br, ai + bi];
        greatest = Math.max(greatest, Math.hypot(ar, ai) + Math.hypot(br, bi));
      }
      const square = dr * dr + di * di;
      least = Math.min(least, Math.sqrt(square));
      yr[i * m + j] = -(sr * dr + si * di) / square;
      yi[i * m + j] = -(si * dr - sr * di) / square;
    }
  }
  const X = multiplyComplex(multiplyComplex(U, [yr, yi], n, n, m, false), adjointOf(V, m, m), n, m, m, false)[0];
  return { X, separation: greatest === 0 ? 0 : least / greatest };
}
