/** Dense convex quadratic programs in, answers out: gathers nonzeros, takes rows of one element for bounds, solves. */
import { checkInteger, checkNumber } from '@mbrl/core';
import { createProgramSolver, type ProgramSolver, type QpOptions, type QpSettings } from './program-solver.js';
import { createDualActiveSet, type DualActiveSet } from './dual-active-set.js';
import { checkQuadraticProgram, type QpResult, type QpStatus, type QpWarmStart, type QuadraticProgram } from './quadratic-program.js';
import { createQuasiDefiniteFactor, type QuasiDefiniteFactor } from './quasi-definite-factor.js';
import type { SparseProgram } from './scaled-program.js';
import { gatherSparseRows, refreshSparseRows, type SparseRows } from './sparse-rows.js';

/** Sizes and options of a dense solver. */
export interface QpSolverOptions extends QpOptions {
  /** n, at least 1. */
  readonly variableCount: number;
  /** m, rows of A, at least 0. */
  readonly constraintCount: number;
}

/** A solver of one size, with all its memory. */
export interface QpSolver {
  /**
   * Solves a program of this solver's size. The first call, and one whose nonzeros lie elsewhere, makes the memory; others allocate nothing.
   * @returns an answer whose arrays the next call overwrites
   * @throws ShapeError, OptionError for wrong sizes, crossed sides, a P that is not symmetric or numbers that are not finite
   */
  solve(program: QuadraticProgram, warmStart?: QpWarmStart): QpResult;
}

/** Fills in the defaults of the options. @throws OptionError */
export function completeQpOptions(caller: string, options: QpOptions): QpSettings {
  const {
    maxIterations = 200,
    absoluteTolerance = 1e-9,
    relativeTolerance = 1e-9,
    primalProximity = 1e-8,
    dualProximity = 1e-8,
    scalingRounds = 20,
    polish = true,
    warmRounds = 12,
    dualActiveSet = true,
    anchoredRuns = 4,
    shouldStop = () => false,
  } = options;
  checkInteger(caller, 'maxIterations', maxIterations, { min: 1 });
  checkNumber(caller, 'absoluteTolerance', absoluteTolerance, { min: 0 });
  checkNumber(caller, 'relativeTolerance', relativeTolerance, { min: 0, max: 1 });
  checkNumber(caller, 'primalProximity', primalProximity, { above: 0, max: 1 });
  checkNumber(caller, 'dualProximity', dualProximity, { above: 0, max: 1 });
  checkInteger(caller, 'scalingRounds', scalingRounds, { min: 0 });
  checkInteger(caller, 'warmRounds', warmRounds, { min: 0 });
  checkInteger(caller, 'anchoredRuns', anchoredRuns, { min: 0 });
  return {
    maxIterations,
    absoluteTolerance,
    relativeTolerance,
    primalProximity,
    dualProximity,
    scalingRounds,
    polish,
    warmRounds,
    dualActiveSet,
    anchoredRuns,
    shouldStop,
  };
}

/** What depends on where the nonzeros are. */
interface Layout {
  /** Rows with several elements. */
  readonly general: Int32Array;
  /** Column of a row with one element, −1 for an empty row, −2 for a general one; `[m]`. */
  readonly column: Int32Array;
  readonly program: SparseProgram;
  readonly solver: ProgramSolver;
  readonly convexity: QuasiDefiniteFactor | undefined;
  /** Row that sets each bound, or −1 for the variable's own; `[n]`. */
  readonly lowerRow: Int32Array;
  readonly upperRow: Int32Array;
}

/** Makes a solver for programs with n variables and m rows. */
export function createQpSolver(options: QpSolverOptions): QpSolver {
  const { variableCount: n, constraintCount: m } = options;
  checkInteger('createQpSolver', 'variableCount', n, { min: 1 });
  checkInteger('createQpSolver', 'constraintCount', m, { min: 0 });
  return makeQpSolver(n, m, completeQpOptions('createQpSolver', options), createDualActiveSet());
}

/** Sides this far out are taken for none, as the formats that write infinity so mean it. */
const infinite = 1e20;
const lowerSide = (side: number): number => (side <= -infinite ? -Infinity : side);
const upperSide = (side: number): number => (side >= infinite ? Infinity : side);

/** More variables than this go straight to the interior point. */
const mostActiveSetVariables = 128;

function makeQpSolver(n: number, m: number, settings: QpSettings, activeSet: DualActiveSet): QpSolver {
  const x = new Float64Array(n);
  const y = new Float64Array(m);
  const z = new Float64Array(n);
  let interior: QpSolver | undefined;
  return {
    solve(program, warmStart) {
      checkQuadraticProgram('QpSolver.solve', program, n, m);
      const { absoluteTolerance, maxIterations, shouldStop } = settings;
      if (
        warmStart === undefined &&
        settings.dualActiveSet &&
        n <= mostActiveSetVariables &&
        program.P !== undefined &&
        activeSet.solve(program, n, m, absoluteTolerance, maxIterations, shouldStop, x, y, z)
      ) {
        return {
          status: 'solved',
          x,
          y,
          z,
          objective: activeSet.objective,
          primalResidual: activeSet.violation,
          dualResidual: activeSet.stationarity,
          gap: activeSet.gap,
          iterations: activeSet.changes,
          polishRounds: 0,
          certificate: undefined,
        };
      }
      interior ??= makeInteriorSolver(n, m, settings, x, y, z);
      return interior.solve(program, warmStart);
    },
  };
}

/** The rest of the course: everything but the dual active-set method; x, y and z are written. */
function makeInteriorSolver(n: number, m: number, settings: QpSettings, x: Float64Array, y: Float64Array, z: Float64Array): QpSolver {
  const allVariables = Int32Array.from({ length: n }, (_, i) => i);
  const shiftX = new Float64Array(n);
  const noRows = new Float64Array(0);
  const proofOfRows = new Float64Array(m + n);
  const proofOfVariables = new Float64Array(n);
  const direction = new Float64Array(n);
  let layout: Layout | undefined;
  let empty: ArrayLike<number> = [];

  const columnOf = (A: ArrayLike<number>, i: number): number => {
    let found = -1;
    for (let j = 0; j < n; j++) {
      if (A[i * n + j] === 0) continue;
      if (found >= 0) return -2;
      found = j;
    }
    return found;
  };

  const makeLayout = (P: ArrayLike<number>, A: ArrayLike<number>): Layout => {
    const column = Int32Array.from({ length: m }, (_, i) => columnOf(A, i));
    const general = Int32Array.from([...column.keys()].filter((i) => column[i] === -2));
    const count = general.length + n;
    const program: SparseProgram = {
      P: gatherSparseRows(P, n, allVariables),
      A: gatherSparseRows(A, n, general),
      q: new Float64Array(n),
      lower: new Float64Array(count),
      upper: new Float64Array(count),
    };
    let diagonal = true;
    for (let i = 0; i < n; i++) for (let k = program.P.start[i]!; k < program.P.start[i + 1]!; k++) diagonal &&= program.P.index[k] === i;
    const none: SparseRows = { rows: 0, columns: n, start: new Int32Array(1), index: new Int32Array(0), values: noRows };
    return {
      general,
      column,
      program,
      solver: createProgramSolver(program, (scaled) => createQuasiDefiniteFactor(scaled.P, scaled.A), settings),
      convexity: diagonal ? undefined : createQuasiDefiniteFactor(program.P, none, false),
      lowerRow: new Int32Array(n),
      upperRow: new Int32Array(n),
    };
  };

  const fits = (candidate: Layout, P: ArrayLike<number>, A: ArrayLike<number>): boolean => {
    for (let i = 0; i < m; i++) {
      const column = candidate.column[i]!;
      if (column === -2) continue;
      for (let j = 0; j < n; j++) if (j !== column && A[i * n + j] !== 0) return false;
      if (column >= 0 && A[i * n + column] === 0) return false;
    }
    return refreshSparseRows(candidate.program.P, P, allVariables) && refreshSparseRows(candidate.program.A, A, candidate.general);
  };

  const isConvex = ({ program, convexity }: Layout): boolean => {
    const { P } = program;
    if (convexity === undefined) {
      for (let i = 0; i < n; i++) {
        if (P.start[i]! < P.start[i + 1]! && P.values[P.start[i]!]! < 0) {
          direction.fill(0);
          direction[i] = 1;
          return false;
        }
      }
      return true;
    }
    let largest = 0;
    for (let k = 0; k < P.values.length; k++) largest = Math.max(largest, Math.abs(P.values[k]!));
    shiftX.fill(1e-11 * largest * Math.sqrt(n));
    convexity.factorize(shiftX, noRows);
    return !convexity.findNegativeCurvature(direction);
  };

  const solve = (given: QuadraticProgram, warmStart?: QpWarmStart): QpResult => {
    if (given.P === undefined && empty.length === 0) empty = new Float64Array(n * n);
    const P = given.P ?? empty;
    const A = given.A ?? noRows;
    if (layout === undefined || !fits(layout, P, A)) layout = makeLayout(P, A);
    const { general, column, program, solver, lowerRow, upperRow } = layout;
    const rows = general.length;
    const result = (status: QpStatus, certificate?: Float64Array): QpResult => ({
      status,
      x,
      y,
      z,
      objective: solver.measures.objective,
      primalResidual: solver.measures.violation,
      dualResidual: solver.measures.stationarity,
      gap: solver.measures.gap,
      iterations: solver.iterations,
      polishRounds: solver.polishRounds,
      certificate,
    });

    // Sides; a row of one element tightens a bound, and the multiplier later goes to whoever set it.
    program.q.set(given.q as ArrayLike<number>);
    for (let i = 0; i < rows; i++) {
      program.lower[i] = given.l === undefined ? -Infinity : lowerSide(given.l[general[i]!]!);
      program.upper[i] = given.u === undefined ? Infinity : upperSide(given.u[general[i]!]!);
    }
    for (let j = 0; j < n; j++) {
      program.lower[rows + j] = given.lx === undefined ? -Infinity : lowerSide(given.lx[j]!);
      program.upper[rows + j] = given.ux === undefined ? Infinity : upperSide(given.ux[j]!);
      lowerRow[j] = upperRow[j] = -1;
    }
    proofOfRows.fill(0);
    for (let i = 0; i < m; i++) {
      const j = column[i]!;
      if (j === -2) continue;
      const low = given.l === undefined ? -Infinity : lowerSide(given.l[i]!);
      const high = given.u === undefined ? Infinity : upperSide(given.u[i]!);
      if (j === -1) {
        if (low <= 0 && high >= 0) continue;
        proofOfRows[i] = low > 0 ? -1 : 1;
        return unsolved(result('primalInfeasible', proofOfRows));
      }
      const element = A[i * n + j]!;
      const one = (element > 0 ? low : high) / element;
      const other = (element > 0 ? high : low) / element;
      if (one > program.lower[rows + j]!) {
        program.lower[rows + j] = one;
        lowerRow[j] = i;
      }
      if (other < program.upper[rows + j]!) {
        program.upper[rows + j] = other;
        upperRow[j] = i;
      }
    }
    const addBoundMultiplier = (multiplier: number, j: number, ofRows: Float64Array, ofBounds: Float64Array, offset: number): void => {
      const row = multiplier > 0 ? upperRow[j]! : lowerRow[j]!;
      if (multiplier === 0) return;
      if (row < 0) ofBounds[offset + j]! += multiplier;
      else ofRows[row]! += multiplier / A[row * n + j]!;
    };
    for (let j = 0; j < n; j++) {
      const low = program.lower[rows + j]!;
      const high = program.upper[rows + j]!;
      if (low <= high) continue;
      if (low - high <= 1e-13 * Math.max(Math.abs(low), Math.abs(high))) {
        program.lower[rows + j] = high;
        continue;
      }
      addBoundMultiplier(1, j, proofOfRows, proofOfRows, m);
      addBoundMultiplier(-1, j, proofOfRows, proofOfRows, m);
      return unsolved(result('primalInfeasible', proofOfRows));
    }
    if (!isConvex(layout)) return unsolved(result('nonconvex', direction));

    if (warmStart !== undefined) {
      for (let i = 0; i < rows; i++) solver.y[i] = warmStart.y[general[i]!]!;
      for (let j = 0; j < n; j++) {
        solver.x[j] = warmStart.x[j]!;
        solver.y[rows + j] = warmStart.z[j]!;
      }
      for (let i = 0; i < m; i++) if (column[i]! >= 0) solver.y[rows + column[i]!]! += A[i * n + column[i]!]! * warmStart.y[i]!;
    }
    const status = solver.solve(program, warmStart !== undefined);
    x.set(solver.x);
    y.fill(0);
    z.fill(0);
    for (let i = 0; i < rows; i++) y[general[i]!] = solver.y[i]!;
    for (let j = 0; j < n; j++) addBoundMultiplier(solver.y[rows + j]!, j, y, z, 0);
    const { certificate } = solver;
    if (certificate === undefined) return result(status);
    if (status === 'dualInfeasible') {
      proofOfVariables.set(certificate);
      return result(status, proofOfVariables);
    }
    for (let i = 0; i < rows; i++) proofOfRows[general[i]!] = certificate[i]!;
    for (let j = 0; j < n; j++) addBoundMultiplier(certificate[rows + j]!, j, proofOfRows, proofOfRows, m);
    return result(status, proofOfRows);
  };

  /** An answer found before anything was solved. */
  const unsolved = (answer: QpResult): QpResult => {
    x.fill(0);
    y.fill(0);
    z.fill(0);
    return { ...answer, objective: NaN, primalResidual: NaN, dualResidual: NaN, gap: NaN, iterations: 0, polishRounds: 0 };
  };
  return { solve };
}

let sharedActiveSet: DualActiveSet | undefined;

/** Solves one program with a solver of its own; the answer's arrays stay. @throws ShapeError, OptionError */
export function solveQp(program: QuadraticProgram, options: QpOptions = {}, warmStart?: QpWarmStart): QpResult {
  const constraintCount = Math.max(
    program.l?.length ?? 0,
    program.u?.length ?? 0,
    program.A === undefined ? 0 : program.A.length / program.q.length,
  );
  const n = program.q.length;
  checkInteger('solveQp', 'number of variables', n, { min: 1 });
  checkInteger('solveQp', 'number of constraints', constraintCount, { min: 0 });
  const settings = completeQpOptions('solveQp', options);
  // Calls share one memory for the active-set method; a `shouldStop` of the caller's might call again while it is in use.
  sharedActiveSet ??= createDualActiveSet();
  return makeQpSolver(n, constraintCount, settings, options.shouldStop === undefined ? sharedActiveSet : createDualActiveSet()).solve(
    program,
    warmStart,
  );
}
