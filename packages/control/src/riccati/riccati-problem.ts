/**
 * The coefficients of an algebraic Riccati equation, checked. Discrete:
 * AᵀXA − EᵀXE − (AᵀXB + S)(R + BᵀXB)⁻¹(BᵀXA + Sᵀ) + Q = 0; continuous:
 * AᵀXE + EᵀXA − (EᵀXB + S) R⁻¹ (BᵀXE + Sᵀ) + Q = 0. A, E, Q, X `[n, n]`, B, S `[n, m]`, R `[m, m]`.
 */
import { OptionError } from '@mbrl/core';
import { factorLu, reciprocalCondition, solveLuTransposed } from '../linalg/lu.js';
import { columnCount, type MatrixInput, readMatrix, readSymmetric, squareSize } from '../linalg/matrix-input.js';
import { matrixNorm1 } from '../linalg/norms.js';
import { factorSymmetricEigen } from '../linalg/symmetric-eigen.js';
import { symmetrize } from '../linalg/symmetric-product.js';
import { copy, setIdentity, transpose } from '../linalg/vector.js';

/** An algebraic Riccati equation as a caller gives it; matrices as rows or flat and row-major. */
export interface RiccatiProblem {
  /** Dynamics by the state, `[n, n]`. */
  readonly A: MatrixInput;
  /** Dynamics by the action, `[n, m]`. */
  readonly B: MatrixInput;
  /** Cost of the state, `[n, n]`, symmetric; need not be semidefinite where a stabilising solution exists all the same. */
  readonly Q: MatrixInput;
  /** Cost of the action, `[m, m]`, symmetric positive semidefinite; definite in continuous time. */
  readonly R: MatrixInput;
  /** Cross cost 2 xᵀSu, `[n, m]`; zero where absent. */
  readonly S?: MatrixInput;
  /** Descriptor matrix, `[n, n]`, nonsingular: E x⁺ = Ax + Bu or E ẋ = Ax + Bu; the identity where absent. */
  readonly E?: MatrixInput;
}

/** Checked coefficients in flat arrays, and those with E removed: Ã = AE⁻¹, Q̃ = E⁻ᵀQE⁻¹, S̃ = E⁻ᵀS, which keep B, R and X. */
export interface RiccatiCoefficients {
  readonly n: number;
  readonly m: number;
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly Q: Float64Array;
  readonly R: Float64Array;
  readonly S: Float64Array;
  /** Null stands for the identity. */
  readonly E: Float64Array | null;
  /** LU factors of E, null where E is. */
  readonly factorsE: Float64Array | null;
  readonly pivotsE: Int32Array;
  readonly reducedA: Float64Array;
  readonly reducedQ: Float64Array;
  readonly reducedS: Float64Array;
  /** Least and greatest eigenvalue of R. */
  readonly leastR: number;
  readonly greatestR: number;
}

/**
 * Overwrites M `[rows, n]` with M E⁻¹, given the factors of E.
 * @param work `[n, rows]`, overwritten
 */
export function divideByE(
  factorsE: Float64Array | null,
  pivotsE: Int32Array,
  M: Float64Array,
  rows: number,
  n: number,
  work: Float64Array,
): void {
  if (factorsE === null) return;
  transpose(M, work, rows, n);
  solveLuTransposed(factorsE, pivotsE, work, n, rows);
  transpose(work, M, n, rows);
}

/**
 * Reads and checks a problem.
 * @throws ShapeError on sizes that do not match, NumericalError on entries that are not finite, OptionError where R is
 * indefinite, or singular though `definiteR`, or E is singular
 */
export function readRiccatiProblem(caller: string, problem: RiccatiProblem, definiteR: boolean): RiccatiCoefficients {
  const n = squareSize(caller, 'A', problem.A);
  const m = columnCount(caller, 'B', problem.B, n);
  const A = readMatrix(caller, 'A', problem.A, n, n);
  const B = readMatrix(caller, 'B', problem.B, n, m);
  const Q = readSymmetric(caller, 'Q', problem.Q, n);
  const R = readSymmetric(caller, 'R', problem.R, m);
  const S = problem.S === undefined ? new Float64Array(n * m) : readMatrix(caller, 'S', problem.S, n, m);
  const E = problem.E === undefined ? null : readMatrix(caller, 'E', problem.E, n, n);

  const spectrum = R.slice();
  factorSymmetricEigen(spectrum, new Float64Array(m * m), m);
  let [leastR, greatestR] = [Infinity, -Infinity];
  for (let i = 0; i < m; i++) {
    leastR = Math.min(leastR, spectrum[i * (m + 1)]!);
    greatestR = Math.max(greatestR, spectrum[i * (m + 1)]!);
  }
  const negligible = 1e-14 * m * Math.max(Math.abs(leastR), Math.abs(greatestR));
  if (leastR < -negligible || (definiteR && !(leastR > negligible))) {
    const requirement = definiteR ? 'definite' : 'semidefinite';
    throw new OptionError(`${caller}: R must be symmetric positive ${requirement}, got eigenvalues from ${leastR} to ${greatestR}`);
  }

  const factorsE = E === null ? null : E.slice();
  const pivotsE = new Int32Array(n);
  if (E !== null && factorsE !== null) {
    const norm = matrixNorm1(E, n, n);
    const condition = factorLu(factorsE, pivotsE, n)
      ? reciprocalCondition(factorsE, pivotsE, n, norm, new Float64Array(n), new Float64Array(n))
      : 0;
    if (!(condition > 1e-15)) throw new OptionError(`${caller}: E must be nonsingular, got a reciprocal condition of ${condition}`);
  }
  const [reducedA, reducedQ, reducedS] = [A.slice(), Q.slice(), S.slice()];
  if (factorsE !== null) {
    const work = new Float64Array(n * n);
    divideByE(factorsE, pivotsE, reducedA, n, n, work);
    divideByE(factorsE, pivotsE, reducedQ, n, n, work);
    solveLuTransposed(factorsE, pivotsE, reducedQ, n, n);
    symmetrize(reducedQ, n);
    solveLuTransposed(factorsE, pivotsE, reducedS, n, m);
  }
  return { n, m, A, B, Q, R, S, E, factorsE, pivotsE, reducedA, reducedQ, reducedS, leastR, greatestR };
}

/** Returns E, or the identity where E is null. */
export function descriptorOf(coefficients: RiccatiCoefficients): Float64Array {
  const { n, E } = coefficients;
  const out = new Float64Array(n * n);
  if (E === null) setIdentity(out, n);
  else copy(E, out, n * n);
  return out;
}
