/**
 * Modes that an input cannot reach, by the test of Popov, Belevitch and Hautus: λ is one where [A − λE, B] loses rank.
 * (A, B) is stabilisable where no such mode is unstable; (A, C) is detectable where (Aᵀ, Cᵀ) is stabilisable.
 */
import { Matrix, SVD } from 'ml-matrix';
import { eigenvalues } from '../linalg/eigenvalues.js';
import { factorLu, solveLu } from '../linalg/lu.js';
import { columnCount, type MatrixInput, readMatrix, rowCount, squareSize } from '../linalg/matrix-input.js';
import { norm2 } from '../linalg/norms.js';
import { transpose } from '../linalg/vector.js';
import { checkNumber, checkOneOf, OptionError } from '@mbrl/core';

/** An eigenvalue of the system that an input does not reach (or that an output does not show). */
export interface Mode {
  readonly real: number;
  readonly imag: number;
  /** Least singular value of [E⁻¹A − λI, E⁻¹B] relative to the norm of [E⁻¹A, E⁻¹B]: 0 where the mode is exactly out of reach. */
  readonly distance: number;
}

/** What to look for. */
export interface ModeOptions {
  /** Descriptor matrix, `[n, n]`; the identity where absent. */
  readonly E?: MatrixInput;
  /** In discrete time modes with |λ| ≥ 1 are unstable, in continuous time those with real part ≥ 0. Default 'discrete'. */
  readonly time?: 'discrete' | 'continuous';
  /** Modes with at most this relative distance count as out of reach, ≥ 0. Default 1e-10. */
  readonly tolerance?: number;
  /** How far inside the stability boundary a mode still counts as unstable; below 0, how far outside it has to be. Default 1e-10. */
  readonly margin?: number;
}

/**
 * Lists the unstable modes that no feedback u = −Kx can stabilise: none where (A, B) is stabilisable.
 * @param A `[n, n]`
 * @param B `[n, m]`
 * @throws ShapeError, NumericalError on bad matrices, OptionError where E is singular
 */
export function findUnstabilizableModes(A: MatrixInput, B: MatrixInput, options: ModeOptions = {}): readonly Mode[] {
  const caller = 'findUnstabilizableModes';
  const n = squareSize(caller, 'A', A);
  const m = columnCount(caller, 'B', B, n);
  return findModes(caller, readMatrix(caller, 'A', A, n, n), readMatrix(caller, 'B', B, n, m), n, m, options);
}

/**
 * Lists the unstable modes that the output y = Cx does not show: none where (A, C) is detectable.
 * @param A `[n, n]`
 * @param C `[p, n]`
 * @throws ShapeError, NumericalError on bad matrices, OptionError where E is singular
 */
export function findUndetectableModes(A: MatrixInput, C: MatrixInput, options: ModeOptions = {}): readonly Mode[] {
  const caller = 'findUndetectableModes';
  const n = squareSize(caller, 'A', A);
  const p = rowCount(caller, 'C', C, n);
  const [dual, input] = [new Float64Array(n * n), new Float64Array(n * p)];
  transpose(readMatrix(caller, 'A', A, n, n), dual, n, n);
  transpose(readMatrix(caller, 'C', C, p, n), input, p, n);
  if (options.E === undefined) return findModes(caller, dual, input, n, p, options);
  const dualE = new Float64Array(n * n);
  transpose(readMatrix(caller, 'E', options.E, n, n), dualE, n, n);
  return findModes(caller, dual, input, n, p, { ...options, E: dualE });
}

function findModes(caller: string, A: Float64Array, B: Float64Array, n: number, m: number, options: ModeOptions): readonly Mode[] {
  const time = checkOneOf(caller, 'time', options.time ?? 'discrete', ['discrete', 'continuous']);
  const tolerance = checkNumber(caller, 'tolerance', options.tolerance ?? 1e-10, { min: 0 });
  const margin = checkNumber(caller, 'margin', options.margin ?? 1e-10);
  const [reducedA, reducedB] = [A.slice(), B.slice()];
  if (options.E !== undefined) {
    const E = readMatrix(caller, 'E', options.E, n, n);
    const pivots = new Int32Array(n);
    if (!factorLu(E, pivots, n)) throw new OptionError(`${caller}: E must be nonsingular, got a singular matrix`);
    solveLu(E, pivots, reducedA, n, n);
    solveLu(E, pivots, reducedB, n, m);
  }
  const spectrum = eigenvalues(reducedA, n);
  if (spectrum === null) return [];
  const modes: Mode[] = [];
  for (let k = 0; k < n; k++) {
    const [real, imag] = [spectrum.real[k]!, spectrum.imag[k]!];
    const unstable = time === 'discrete' ? Math.hypot(real, imag) >= 1 - margin : real >= -margin;
    if (!unstable) continue;
    const distance = relativeDistance(reducedA, reducedB, n, m, real, imag);
    if (distance <= tolerance) modes.push({ real, imag, distance });
  }
  return modes;
}

/** Returns σ_min of [A − λI, B] over ‖[A, B]‖, by the real matrix [Re, −Im; Im, Re] whose singular values come in pairs. */
function relativeDistance(A: Float64Array, B: Float64Array, n: number, m: number, real: number, imag: number): number {
  const M = Matrix.zeros(2 * (n + m), 2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = A[i * n + j]! - (i === j ? real : 0);
      M.set(j, i, value);
      M.set(n + m + j, n + i, value);
    }
    M.set(n + m + i, i, imag);
    M.set(i, n + i, -imag);
    for (let j = 0; j < m; j++) {
      M.set(n + j, i, B[i * m + j]!);
      M.set(n + m + n + j, n + i, B[i * m + j]!);
    }
  }
  const values = new SVD(M, { computeLeftSingularVectors: false, computeRightSingularVectors: false }).diagonal;
  const size = Math.hypot(norm2(A), norm2(B));
  return size === 0 ? 0 : Math.min(...values) / size;
}
