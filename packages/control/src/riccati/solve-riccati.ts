/**
 * The stabilising solution of an algebraic Riccati equation, the way common to discrete and continuous time:
 *
 * 1. structured doubling on the equation with E, S removed; where R is singular or the cost does not see a mode, on that of
 *    Y = X − σI, whose R is R + σBᵀB and whose terminal cost is not zero (discrete time),
 * 2. Newton's method (Kleinman 1968, Hewer 1971) on the equation as given, with residuals in twice the working precision,
 *    each correction by a doubling Stein solver: repairs what the removal of E and S cost,
 * 3. where doubling found no stabilising solution – modes that the cost does not see, an indefinite Q – Newton's method
 *    from the gain of an auxiliary problem with Q = I, whose iterates fall to the greatest, the stabilising solution.
 *
 * The answer is judged by its own residual and closed loop, not by the way it was found.
 */
import { factorCholesky, solveCholesky } from '../linalg/cholesky.js';
import { eigenvalues } from '../linalg/eigenvalues.js';
import { multiply, multiplyTransposedLeft } from '../linalg/multiply.js';
import { isFiniteArray, maxAbs, norm2 } from '../linalg/norms.js';
import { factorSymmetricEigen } from '../linalg/symmetric-eigen.js';
import { congruence, multiplyTransposedLeftSymmetric, symmetrize } from '../linalg/symmetric-product.js';
import { addDiagonal, copy, setIdentity, transpose } from '../linalg/vector.js';
import { createDoublingWork, doubleRiccati, transformCayley } from './riccati-doubling.js';
import { divideByE, type RiccatiCoefficients } from './riccati-problem.js';
import { solveLuTransposed } from '../linalg/lu.js';
import { createRiccatiResidual } from './riccati-residual.js';
import { solveSchurEquation } from './schur-equations.js';
import { createSteinWork, doubleLyapunov, doubleStein } from './stein-doubling.js';
import { findUndetectableModes, findUnstabilizableModes } from './uncontrollable-modes.js';

/**
 * What was reached. 'converged': X is stabilising and its residual is at most the tolerance. 'inaccurate': stabilising
 * with a greater residual, up to 1e-6. 'unstabilizable': an unstable mode that B does not reach. 'undetectable': a mode on the
 * stability boundary that Q does not see, so that no stabilising solution exists. 'saddle' (discrete): X is stabilising and its
 * residual at most the tolerance, but R + BᵀXB is not positive definite: u = −Kx is a stationary point of a cost that has no
 * minimum. 'indefinite': no solution was found, and [Q, S; Sᵀ, R] is not positive semidefinite, so that the cost may be unbounded
 * below. 'failed': none of these was found, as where R + BᵀXB is singular and the gain not unique.
 */
export type RiccatiStatus = 'converged' | 'inaccurate' | 'unstabilizable' | 'undetectable' | 'saddle' | 'indefinite' | 'failed';

/** The outcome of a Riccati solve; X and K are meaningful only where the status is 'converged', 'inaccurate' or 'saddle'. */
export interface RiccatiSolution {
  readonly status: RiccatiStatus;
  /** The stabilising solution, `[n, n]`, symmetric. */
  readonly X: Float64Array;
  /** The gain of u = −Kx, `[m, n]`. */
  readonly K: Float64Array;
  /** Eigenvalues of the closed loop E⁻¹(A − BK). */
  readonly closedLoopEigenvalues: { readonly real: Float64Array; readonly imag: Float64Array };
  /** Frobenius norm of the residual relative to the sum of the norms of the equation's terms. */
  readonly residual: number;
  /**
   * Bound on the relative change of X per relative change of the data, after Kenney & Hewer 1990 and Gudmundsson, Kenney &
   * Laub 1992; X has about 16 − log₁₀(condition) correct digits for data that are exact to rounding. NaN where unsolved.
   */
  readonly condition: number;
  /** Steps of structured doubling, −1 where it broke down. */
  readonly doublingSteps: number;
  /** Steps of Newton's method. */
  readonly newtonSteps: number;
}

/** Settings of a Riccati solve. */
export interface RiccatiOptions {
  /** Greatest relative residual that counts as converged, > 0. Default 1e-10. */
  readonly tolerance?: number;
  /** Most doubling steps, ≥ 1. Default 60. */
  readonly doublingLimit?: number;
  /** Most steps of Newton's method, ≥ 0; 0 leaves the result of doubling as it is. Default 60. */
  readonly newtonLimit?: number;
}

/** Beyond it a rounding of the data moves the solution by about its own size: it is as good as none. */
const CONDITION_LIMIT = 1e15;

/** Beyond this size the last digits are not worth the Schur forms that they take. */
const LARGE = 128;

/** Solves an equation whose coefficients and options are checked. */
export function solveRiccati(coefficients: RiccatiCoefficients, discrete: boolean, options: Required<RiccatiOptions>): RiccatiSolution {
  const { n, m, B, factorsE, pivotsE, reducedA, reducedQ, reducedS, R } = coefficients;
  const size = n * n;
  const evaluation = createRiccatiResidual(coefficients, discrete);
  const [stein, scratch] = [createSteinWork(n), createSteinWork(n)];
  const doubling = createDoublingWork(n);
  const [X, best, correction, loop, right] = [1, 2, 3, 4, 5].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const room = new Float64Array(n * Math.max(n, m));
  const scaleR = Math.max(maxAbs(R), 1e-6 * maxAbs(B) ** 2 * maxAbs(reducedQ), Number.MIN_VALUE);
  let newtonSteps = 0;

  const solveStable = (closedLoop: Float64Array, Q: Float64Array, out: Float64Array): boolean =>
    discrete ? doubleStein(closedLoop, Q, out, stein) : doubleLyapunov(closedLoop, Q, out, stein, scratch);

  /** Solves the same by Schur forms, for a loop at the edge of stability: slower, but to the last digits. */
  const solveNearBoundary = (closedLoop: Float64Array, Q: Float64Array, out: Float64Array): boolean => {
    transpose(closedLoop, scratch.product, n, n);
    const solution = solveSchurEquation(scratch.product, closedLoop, Q, n, n, discrete);
    if (solution === null || !isFiniteArray(solution.X)) return false;
    copy(solution.X, out, size);
    symmetrize(out, n);
    return true;
  };

  /** Doubles with the given Q, R and S, null standing for zero; X holds the result. */
  const double = (Q: Float64Array, weight: Float64Array, S: Float64Array | null): number => {
    const factor = weight.slice();
    if (!factorCholesky(factor, factor, m)) return -1;
    const inverseBt = new Float64Array(m * n);
    transpose(B, inverseBt, n, m);
    solveCholesky(factor, inverseBt, m, n);
    multiply(B, inverseBt, doubling.G, n, m, n);
    symmetrize(doubling.G, n);
    copy(reducedA, doubling.A, size);
    copy(Q, doubling.H, size);
    if (S !== null && maxAbs(S) > 0) {
      const inverseSt = new Float64Array(m * n);
      transpose(S, inverseSt, n, m);
      solveCholesky(factor, inverseSt, m, n);
      multiply(B, inverseSt, doubling.A, n, m, n, -1, 1);
      multiply(S, inverseSt, doubling.H, n, m, n, -1, 1);
      symmetrize(doubling.H, n);
    }
    if (!discrete && !transformCayley(doubling)) return -1;
    const steps = doubleRiccati(doubling, options.doublingLimit);
    copy(doubling.H, X, size);
    return steps;
  };

  /**
   * Doubles for Y = X − σI, whose discrete equation has Q + σ(AᵀA − I), R + σBᵀB and S + σAᵀB: no approximation, and R may be
   * singular. X holds the result.
   */
  const doubleShifted = (sigma: number): number => {
    const [Q, weight, S] = [reducedQ.slice(), R.slice(), reducedS.slice()];
    multiplyTransposedLeftSymmetric(reducedA, reducedA, Q, n, n, sigma, 1);
    addDiagonal(Q, n, -sigma);
    multiplyTransposedLeftSymmetric(B, B, weight, m, n, sigma, 1);
    multiplyTransposedLeft(reducedA, B, S, n, n, m, sigma, 1);
    const steps = double(Q, weight, S);
    addDiagonal(X, n, sigma);
    return steps;
  };

  let bestResidual = Infinity;
  /** Newton's method from X; `best` and `bestResidual` keep the best stabilising iterate. False where it lost stability. */
  const newton = (limit: number): boolean => {
    let sinceBest = 0;
    let found = false;
    let nearBoundary = false;
    for (let step = 0; ; step++) {
      const residual = isFiniteArray(X) ? evaluation.evaluate(X) : false;
      if (residual === false) return found;
      copy(evaluation.closedLoop, loop, size);
      divideByE(factorsE, pivotsE, loop, n, n, room);
      copy(evaluation.residual, right, size);
      if (factorsE !== null) {
        divideByE(factorsE, pivotsE, right, n, n, room);
        solveLuTransposed(factorsE, pivotsE, right, n, n);
        symmetrize(right, n);
      }
      // A Stein solution that exists by doubling shows that the closed loop is stable.
      if (!(nearBoundary ? solveNearBoundary : solveStable)(loop, right, correction)) return found;
      found = true;
      if (residual < bestResidual) {
        bestResidual = residual;
        copy(X, best, size);
        sinceBest = 0;
      } else if (residual < 1e-6 && ++sinceBest >= (residual < 1e-15 ? 1 : 2)) {
        if (nearBoundary || bestResidual < (n > LARGE ? 1e-13 : 1e-15)) return true;
        nearBoundary = true;
        sinceBest = 0;
        copy(best, X, size);
        continue;
      }
      if (residual === 0 || step >= limit) return true;
      for (let i = 0; i < size; i++) X[i] = X[i]! + correction[i]!;
      newtonSteps++;
    }
  };

  /** Newton's method from the gain at the last evaluated X, for the equation as given. */
  const restart = (): boolean => {
    const gain = evaluation.gain.slice();
    divideByE(factorsE, pivotsE, gain, m, n, room);
    copy(reducedA, loop, size);
    multiply(B, gain, loop, n, m, n, -1, 1);
    copy(reducedQ, right, size);
    congruence(gain, R, right, new Float64Array(m * n), n, m, 1, 1);
    const SK = new Float64Array(size);
    multiply(reducedS, gain, SK, n, m, n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i * n + j]! -= SK[i * n + j]! + SK[j * n + i]!;
    if (!solveStable(loop, right, X)) return false;
    return newton(options.newtonLimit);
  };

  const regular = coefficients.leastR > 1e-13 * coefficients.greatestR;
  let doublingSteps = regular ? double(reducedQ, R, reducedS) : -1;
  let solved = doublingSteps > 0 && newton(options.newtonLimit);
  const sizeB = maxAbs(B);
  const [byCost, byAction] = [Math.max(maxAbs(reducedQ), 1e-8), sizeB === 0 ? 0 : maxAbs(R) / sizeB ** 2];
  for (const sigma of discrete ? [byCost, byAction, 1e3 * byCost] : []) {
    if (solved || sigma === 0) continue;
    doublingSteps = doubleShifted(sigma);
    solved = doublingSteps > 0 && newton(options.newtonLimit);
  }
  if (!solved && options.newtonLimit > 0) {
    const auxiliary = new Float64Array(size);
    const weightR = R.slice();
    if (!regular) addDiagonal(weightR, m, 1e-4 * scaleR);
    for (const weight of [byCost, 1e4 * byCost, 1e-4 * scaleR]) {
      setIdentity(auxiliary, n, weight);
      if (double(auxiliary, weightR, null) < 0 || !isFiniteArray(X)) continue;
      if (!gainWithout(X)) continue;
      solved = restart();
      if (solved) break;
    }
  }

  /** Writes the gain of the auxiliary problem (without S, with R made definite) to evaluation.gain. */
  function gainWithout(P: Float64Array): boolean {
    const factor = R.slice();
    if (!regular) addDiagonal(factor, m, 1e-4 * scaleR);
    const PB = new Float64Array(n * m);
    multiply(P, B, PB, n, n, m);
    if (discrete) multiplyTransposedLeftSymmetric(B, PB, factor, m, n, 1, 1);
    if (!factorCholesky(factor, factor, m)) return false;
    const gain = evaluation.gain;
    const left = discrete ? reducedA : null;
    if (left === null) transpose(PB, gain, n, m);
    else {
      const PBt = new Float64Array(m * n);
      transpose(PB, PBt, n, m);
      multiply(PBt, left, gain, m, n, n);
    }
    solveCholesky(factor, gain, m, n);
    if (coefficients.E !== null) {
      // evaluation.gain is the gain for x, not for Ex.
      const product = new Float64Array(m * n);
      multiply(gain, coefficients.E, product, m, n, n);
      copy(product, gain, m * n);
    }
    return true;
  }

  if (solved) copy(best, X, size);
  const residual = solved ? evaluation.evaluate(X) : false;
  const { definite } = evaluation;
  copy(evaluation.closedLoop, loop, size);
  divideByE(factorsE, pivotsE, loop, n, n, room);
  const none = { real: new Float64Array(0), imag: new Float64Array(0) };
  const spectrum = residual === false ? none : (eigenvalues(loop, n) ?? none);
  const stable =
    spectrum.real.length === n && spectrum.real.every((real, i) => (discrete ? Math.hypot(real, spectrum.imag[i]!) < 1 : real < 0));
  const outcome = { X, K: evaluation.gain.slice(), closedLoopEigenvalues: spectrum, doublingSteps, newtonSteps };
  const condition = residual !== false && stable ? conditionOf(X) : Number.NaN;
  if (residual !== false && residual < Math.max(options.tolerance, 1e-6) && condition < CONDITION_LIMIT) {
    // At a mode on the boundary that the cost does not see, Newton's method creeps towards a solution that stabilises nothing.
    const edge = spectrum.real.some(
      (real, i) => Math.abs(discrete ? Math.hypot(real, spectrum.imag[i]!) - 1 : real) < 1e-5 * spectrumSize(),
    );
    const accurate = residual <= options.tolerance;
    if (edge && hasHiddenBoundaryMode(1e-12, 1e-9)) return { status: 'undetectable', ...outcome, residual, condition };
    if (definite) return { status: accurate ? 'converged' : 'inaccurate', ...outcome, residual, condition };
    if (accurate) return { status: 'saddle', ...outcome, residual, condition };
  }
  return { status: diagnose(), ...outcome, residual: residual === false ? Number.NaN : residual, condition };

  function diagnose(): RiccatiStatus {
    const time = discrete ? 'discrete' : 'continuous';
    if (findUnstabilizableModes(reducedA, B, { time, tolerance: 1e-8 }).length > 0) return 'unstabilizable';
    if (hasHiddenBoundaryMode(1e-8, 1e-6)) return 'undetectable';
    return costIsConvex() ? 'failed' : 'indefinite';
  }

  function spectrumSize(): number {
    return discrete ? 1 : Math.max(maxAbs(reducedA), Number.MIN_VALUE);
  }

  /** Tells whether the cost, with u = −R⁻¹Sᵀx + v taken out of it, does not see a mode on the stability boundary. */
  function hasHiddenBoundaryMode(tolerance: number, width: number): boolean {
    const [freeA, freeQ] = [reducedA.slice(), reducedQ.slice()];
    const factor = R.slice();
    if (maxAbs(reducedS) > 0 && regular && factorCholesky(factor, factor, m)) {
      const inverseSt = new Float64Array(m * n);
      transpose(reducedS, inverseSt, n, m);
      solveCholesky(factor, inverseSt, m, n);
      multiply(B, inverseSt, freeA, n, m, n, -1, 1);
      multiply(reducedS, inverseSt, freeQ, n, m, n, -1, 1);
    }
    const time = discrete ? 'discrete' : 'continuous';
    const hidden = findUndetectableModes(freeA, freeQ, { time, tolerance });
    return hidden.some(({ real, imag }) => Math.abs(discrete ? Math.hypot(real, imag) - 1 : real) < width * spectrumSize());
  }

  /** Tells whether [Q, S; Sᵀ, R] is positive semidefinite up to rounding. */
  function costIsConvex(): boolean {
    const { Q, S } = coefficients;
    const total = n + m;
    const cost = new Float64Array(total * total);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) cost[i * total + j] = Q[i * n + j]!;
      for (let j = 0; j < m; j++) cost[i * total + n + j] = cost[(n + j) * total + i] = S[i * m + j]!;
    }
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) cost[(n + i) * total + n + j] = R[i * m + j]!;
    const scale = maxAbs(cost);
    if (!factorSymmetricEigen(cost, new Float64Array(total * total), total)) return false;
    return Array.from({ length: total }, (_, i) => cost[i * (total + 1)]!).every((value) => value >= -1e-12 * scale);
  }

  /**
   * (‖Q‖‖H₀‖ + 2‖A‖√(‖H₀‖‖H₂‖) + 2‖B‖√(‖H₁‖‖H₂‖) + ‖R‖‖H₁‖) / ‖X‖ with H₀, H₁, H₂ the responses of X to I, KᵀK and
   * (X A_c)ᵀ(X A_c) (discrete) or X² (continuous): the operator from a right side to X is positive, so that its norm on
   * products YᵀΔY is reached at Δ = I.
   */
  function conditionOf(P: Float64Array): number {
    const [h, response] = [new Float64Array(size), evaluation.gain.slice()];
    const norms: number[] = [];
    divideByE(factorsE, pivotsE, response, m, n, room);
    for (const which of [0, 1, 2]) {
      if (which === 0) setIdentity(right, n);
      else if (which === 1) multiplyTransposedLeftSymmetric(response, response, right, n, m);
      else {
        if (discrete) multiply(P, loop, correction, n, n, n);
        else copy(P, correction, size);
        multiplyTransposedLeftSymmetric(correction, correction, right, n, n);
      }
      if (!solveStable(loop, right, h)) return Number.NaN;
      norms.push(norm2(h));
    }
    const [h0 = 0, h1 = 0, h2 = 0] = norms;
    const change = norm2(reducedQ) * h0 + 2 * norm2(reducedA) * Math.sqrt(h0 * h2) + 2 * norm2(B) * Math.sqrt(h1 * h2) + norm2(R) * h1;
    const x = norm2(P);
    return x === 0 ? (change === 0 ? 1 : Infinity) : change / x;
  }
}
