/**
 * The course of a solve, shared by the dense and the stagewise solver: equilibrate; where a warm start is given, try its
 * active set; interior point; refine on the active set; and where that ends without a solution, look for a proof that
 * there is none by solving the nearest programs that always have one (see `nearest-programs.ts`).
 */
import { createActiveSetPolish, meritOf } from './active-set-polish.js';
import { createCertificates } from './certificates.js';
import { createInteriorPoint } from './interior-point.js';
import { findDescentRay, findInfeasibilityProof } from './nearest-programs.js';
import type { QpStatus } from './quadratic-program.js';
import { createQuasiDefiniteFactor, type KktFactor } from './quasi-definite-factor.js';
import { createScaledProgram, scaleProgram, type ScaledProgram, type SparseProgram } from './scaled-program.js';

/** Options of the quadratic programming solvers. */
export interface QpOptions {
  /** Most interior-point steps of a run, at least 1; near the end there may be up to four more runs for accuracy. Default 200. */
  readonly maxIterations?: number;
  /** Bound on violation, stationarity and gap, in the program's units. Default 1e-9. */
  readonly absoluteTolerance?: number;
  /**
   * What is accepted as solved beyond the absolute tolerance, relative to the largest terms that cancel; the method
   * goes for the absolute tolerance first and falls back on this where rounding allows no more. Default 1e-9.
   */
  readonly relativeTolerance?: number;
  /** ρ, weight of the proximal term of the variables, in equilibrated units. Default 1e-8. */
  readonly primalProximity?: number;
  /** δ, weight of the proximal term of the multipliers. Default 1e-8. */
  readonly dualProximity?: number;
  /** Rounds of equilibration. Default 20; the stagewise solver scales costs only. */
  readonly scalingRounds?: number;
  /** Whether to refine on the active set. Default true. */
  readonly polish?: boolean;
  /** Rounds of active-set changes tried from a warm start before the interior-point method takes over. Default 12. */
  readonly warmRounds?: number;
  /**
   * Whether a cold start of at most 128 variables first tries the dual active-set method, which is several times as
   * fast where P, or P on the equalities, is positive definite. Default true; the stagewise solver has none.
   */
  readonly dualActiveSet?: boolean;
  /** Asked before every interior-point step and active-set round; true ends the solve as `iterationLimit` with what is reached. Default: never. */
  readonly shouldStop?: () => boolean;
  /**
   * Most further runs for a solution near zero, where the first lies so far out that rounding keeps it from the absolute
   * tolerance. Default 4; 0 in the stagewise solver.
   */
  readonly anchoredRuns?: number;
}

/** Options with all defaults filled in. */
export type QpSettings = Required<QpOptions>;

/** Solver of one pattern. */
export interface ProgramSolver {
  /** Solution, `[n]`; written by the caller before a warm start. */
  readonly x: Float64Array;
  /** All multipliers, `[m + n]`; likewise. */
  readonly y: Float64Array;
  readonly measures: { readonly violation: number; readonly stationarity: number; readonly gap: number; readonly objective: number };
  /** Proof in the program's units, of size m + n or n by the status. */
  readonly certificate: Float64Array | undefined;
  readonly iterations: number;
  readonly polishRounds: number;
  /** `keep`: P and A are those of the last call. */
  solve(program: SparseProgram, warm: boolean, keep?: boolean): QpStatus;
}

/** Proximal weight of the runs about a point, in equilibrated units: heavier, and more runs are needed; lighter, and they see less of it. */
const anchorWeight = 1e-9;

/** Makes a solver for the pattern of `program`; `makeFactor` gets the scaled matrices, whose values change in place; `seekProof` false leaves out proofs. */
export function createProgramSolver(
  program: SparseProgram,
  makeFactor: (scaled: ScaledProgram) => KktFactor,
  settings: QpSettings,
  seekProof = true,
): ProgramSolver {
  const n = program.q.length;
  const m = program.A.rows;
  const scaled = createScaledProgram(program);
  const factor = makeFactor(scaled);
  const interior = createInteriorPoint(n, m);
  const polisher = createActiveSetPolish(n, m, settings.shouldStop);
  const certificates = createCertificates(n, m);
  const certificateOfRows = new Float64Array(m + n);
  const certificateOfVariables = new Float64Array(n);
  const scaledX = new Float64Array(n);
  const keptX = new Float64Array(n);
  const keptY = new Float64Array(m + n);
  const scaledY = new Float64Array(m + n);
  const { x, y, active } = interior;
  const { optimality } = polisher;
  let certificate: Float64Array | undefined;
  let iterations = 0;
  let polishRounds = 0;
  let proof: QpStatus | undefined;
  let current = program;

  const publishInfeasible = (): QpStatus => {
    for (let i = 0; i < m + n; i++) certificateOfRows[i] = certificates.multipliers[i]! * scaled.constraintScale[i]!;
    certificate = certificateOfRows;
    return 'primalInfeasible';
  };
  const publishUnbounded = (): QpStatus => {
    for (let j = 0; j < n; j++) certificateOfVariables[j] = certificates.direction[j]! * scaled.variableScale[j]!;
    certificate = certificateOfVariables;
    return 'dualInfeasible';
  };
  const isCertificate = (candidateX: Float64Array, candidateY: Float64Array): boolean => {
    for (let i = 0; i < m; i++) scaledY[i] = candidateY[i]! / scaled.constraintScale[i]!;
    if (certificates.provesInfeasible(scaled, scaledY)) {
      proof = publishInfeasible();
      return true;
    }
    for (let j = 0; j < n; j++) scaledX[j] = candidateX[j]! / scaled.variableScale[j]!;
    if (certificates.provesUnbounded(scaled, scaledX)) {
      proof = publishUnbounded();
      return true;
    }
    return false;
  };
  const accepted = (relative: number): boolean => {
    const { absoluteTolerance: absolute } = settings;
    return (
      optimality.violation <= absolute + relative * optimality.violationScale &&
      optimality.stationarity <= absolute + relative * optimality.stationarityScale &&
      optimality.gap <= absolute + relative * optimality.gapScale
    );
  };
  const interiorSettings = {
    maxIterations: settings.maxIterations,
    tolerance: settings.absoluteTolerance,
    primalProximity: settings.primalProximity,
    dualProximity: settings.dualProximity,
    tryFinish: () => {
      if (!settings.polish || !seekProof) return false;
      const merit = polisher.polish(current, scaled, factor, x, y, active, settings.absoluteTolerance, 3, false);
      polishRounds += polisher.rounds;
      return merit <= settings.absoluteTolerance;
    },
    shouldStop: settings.shouldStop,
    isCertificate: seekProof ? isCertificate : () => false,
  };

  const solveExactly = (other: SparseProgram): ProgramSolver => {
    const sub = createProgramSolver(
      other,
      (parts) => createQuasiDefiniteFactor(parts.P, parts.A),
      { ...settings, absoluteTolerance: 0, polish: true },
      false,
    );
    sub.solve(other, false);
    return sub;
  };

  /** The largest measure, with what rounding does to a gap that is summed up in plain arithmetic. */
  const doubt = (): number => Math.max(meritOf(optimality), 2 ** -52 * optimality.gapScale);

  /**
   * Where the set of solutions has no bound the interior point goes far out in it, and rounding with it. Looks for a
   * solution near zero by the proximal point method (Rockafellar 1976), whose steps never lead away from any solution,
   * and keeps the better.
   */
  const anchor = (given: SparseProgram): void => {
    const { absoluteTolerance } = settings;
    const wasAccepted = accepted(settings.relativeTolerance);
    let kept = doubt();
    // A good answer this far off in absolute terms is one to a program whose numbers are too large for them.
    if (wasAccepted && kept > 1e-2) return;
    // Terms no larger than their sum are there by nature.
    if (meritOf(optimality) <= absoluteTolerance && optimality.gapScale <= 2 * Math.abs(optimality.objective)) return;
    keptX.set(x);
    keptY.set(y);
    interior.anchorX.fill(0);
    interior.anchorY.fill(0);
    for (let step = 0; step < settings.anchoredRuns && kept > absoluteTolerance; step++) {
      if (settings.shouldStop()) break;
      const end = interior.run(scaled, factor, interiorSettings, false, anchorWeight);
      iterations += interior.iterations;
      if (end === 'iterationLimit') break;
      for (let j = 0; j < n; j++) interior.anchorX[j] = x[j]! / scaled.variableScale[j]!;
      for (let i = 0; i < m; i++) interior.anchorY[i] = (y[i]! * scaled.costScale) / scaled.constraintScale[i]!;
      polisher.polish(given, scaled, factor, x, y, active, absoluteTolerance, 10, true);
      polishRounds += polisher.rounds;
      const found = doubt();
      // One bad measure is not made good by another.
      if (wasAccepted && !accepted(settings.relativeTolerance)) continue;
      if (found < kept) {
        keptX.set(x);
        keptY.set(y);
      }
      // Large terms that are there by nature do not become smaller.
      if (meritOf(optimality) <= absoluteTolerance && found > 0.5 * kept) break;
      kept = Math.min(kept, found);
    }
    x.set(keptX);
    y.set(keptY);
    optimality.evaluate(given, x, y, true);
  };

  const solve = (given: SparseProgram, warm: boolean, keep = false): QpStatus => {
    current = given;
    certificate = undefined;
    iterations = 0;
    polishRounds = 0;
    proof = undefined;
    scaleProgram(given, scaled, settings.scalingRounds, keep);
    if (!keep) factor.invalidate?.();
    const boxed = m === 0 && !warm;
    if (boxed) {
      x.fill(0);
      y.fill(0);
    }
    // A box alone: the active-set method from no guess at all mostly ends within a few rounds.
    if ((warm || boxed) && settings.warmRounds > 0) {
      for (let i = 0; i < m + n; i++) {
        const value = y[i]!;
        active[i] = value > 0 && given.upper[i]! < Infinity ? 1 : value < 0 && given.lower[i]! > -Infinity ? -1 : 0;
        // What an interior point leaves of the multiplier of a bound that is far off.
        if (i >= m && active[i] !== 0 && Math.abs(value) < 1e-6 * Math.abs(x[i - m]! - (value > 0 ? given.upper : given.lower)[i]!))
          active[i] = 0;
        if (active[i] === 0) y[i] = 0;
      }
      polisher.polish(given, scaled, factor, x, y, active, settings.absoluteTolerance, settings.warmRounds, false);
      polishRounds = polisher.rounds;
      if (accepted(Math.min(1e-13, settings.relativeTolerance))) return 'solved';
    }
    const end = interior.run(scaled, factor, interiorSettings, warm);
    iterations = interior.iterations;
    if (end === 'certified') return proof!;
    polisher.polish(given, scaled, factor, x, y, active, settings.absoluteTolerance, settings.polish ? 10 : 0, true);
    polishRounds += polisher.rounds;
    if (accepted(settings.relativeTolerance)) {
      // Multipliers beyond all measure pass a relative test and prove the contrary.
      if (seekProof && !accepted(0) && isCertificate(x, y)) return proof!;
      if (settings.polish && seekProof && end !== 'iterationLimit') anchor(given);
      return 'solved';
    }
    if (!seekProof) return 'inaccurate';
    if (end === 'iterationLimit') return 'iterationLimit';
    const multipliers = findInfeasibilityProof(scaled, solveExactly);
    if (multipliers !== undefined && certificates.provesInfeasible(scaled, multipliers)) return publishInfeasible();
    const ray = findDescentRay(scaled, solveExactly);
    if (ray !== undefined && certificates.provesUnbounded(scaled, ray)) return publishUnbounded();
    optimality.evaluate(given, x, y, true);
    if (settings.polish) anchor(given);
    if (accepted(settings.relativeTolerance)) return 'solved';
    return settings.shouldStop() ? 'iterationLimit' : 'inaccurate';
  };

  return {
    x,
    y,
    measures: optimality,
    get certificate() {
      return certificate;
    },
    get iterations() {
      return iterations;
    },
    get polishRounds() {
      return polishRounds;
    },
    solve,
  };
}
