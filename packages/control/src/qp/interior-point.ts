/**
 * Proximal interior-point method for a scaled convex quadratic program (after PIQP: Schwan, Jiang, Kuhn and Jones
 * 2023). Every constraint keeps slacks sl = g − lower and su = upper − g of its finite sides, g = (Ax, x), with
 * multipliers zl, zu ≥ 0 and y = zu − zl; an equality keeps a free multiplier y. A step solves
 *
 *   [ P + ρI + W_bounds   Aᵀ            ] [dx]
 *   [ A                  −(W⁻¹ + δI)    ] [dy]       W = zl/sl + zu/su  (W⁻¹ = 0 for equalities)
 *
 * whose ρ and δ are proximal terms about the present iterate: they make the matrix quasi-definite for every P ⪰ 0 and
 * every A, and vanish at the solution. Directions are Mehrotra's predictor and corrector, then Gondzio's correctors of
 * single products while they lengthen the step.
 */
import { startCold, startWarm } from './interior-start.js';
import type { InteriorPointEnd, InteriorPointSettings } from './interior-point-settings.js';
import { createRefinedSolve } from './refined-solve.js';
import type { KktFactor } from './quasi-definite-factor.js';
import {
  evaluateConstraints,
  evaluateStationarity,
  kindEqual,
  kindFree,
  kindLower,
  kindUpper,
  type ScaledProgram,
} from './scaled-program.js';
import { largestOf, multiplyRows } from './sparse-rows.js';

/** The arrays of the method, made once per size; `x`, `y`, `active` hold the best iterate after `run`, in original units. */
export interface InteriorPoint {
  readonly x: Float64Array;
  /** All multipliers, `[m + n]`. */
  readonly y: Float64Array;
  /** What the proximal terms are about in an anchored run, equilibrated units: `[n]` and `[m]`; an anchored run leaves its end here. */
  readonly anchorX: Float64Array;
  readonly anchorY: Float64Array;
  /** Which side seems active: −1 lower, 1 upper, 0 none, `[m + n]`; 2 for equalities. */
  readonly active: Int8Array;
  /** Steps of the last run. */
  iterations: number;
  /** Largest of violation, stationarity and gap of the best iterate, original units. */
  merit: number;
  /**
   * Runs the method from nothing, or warm from `x` and `y`.
   * @param anchor 0, or a weight for both proximal terms, which then stay about `anchorX` and `anchorY`: the run ends
   *   at the solution of the program so regularised, which is unique and near that of the program's own next to them
   */
  run(program: ScaledProgram, factor: KktFactor, settings: InteriorPointSettings, warm: boolean, anchor?: number): InteriorPointEnd;
}

const huge = 1e30;

/** Makes the workspace for n variables and m rows. */
export function createInteriorPoint(n: number, m: number): InteriorPoint {
  const count = n + m;
  const array = (size: number): Float64Array => new Float64Array(size);
  const bestX = array(n);
  const bestY = array(count);
  const active = new Int8Array(count);
  const x = array(n);
  const y = array(count);
  const g = array(count);
  const sl = array(count).fill(1);
  const su = array(count).fill(1);
  const zl = array(count);
  const zu = array(count);
  const rl = array(count);
  const ru = array(count);
  const cl = array(count);
  const cu = array(count);
  const dsl = array(count);
  const dsu = array(count);
  const dzl = array(count);
  const dzu = array(count);
  const weight = array(count);
  const rd = array(n);
  const a = array(n);
  const b = array(m);
  const rightX = array(n);
  const rightY = array(m);
  const product = array(n);
  const factorA = array(n);
  const factorB = array(m);
  const refined = createRefinedSolve(n, m);
  const { dx, dy, gradient: gradientOfStep, rows: rowsOfStep } = refined;
  const anchorX = array(n);
  const anchorY = array(m);
  const userX = array(n);
  const userY = array(count);
  let program!: ScaledProgram;
  let factor!: KktFactor;
  let rho = 0;
  let delta = 0;
  let primalRegularization = 0;
  let dualRegularization = 0;
  let complementarityCount = 0;

  /** Solves for the whole direction, given wanted products cl, cu. */
  const solveDirection = (accuracy: number): number => {
    const { kind, lower } = program;
    for (let j = 0; j < n; j++) rightX[j] = -rd[j]!;
    for (let i = 0; i < count; i++) {
      const k = kind[i]!;
      if (k === kindEqual) {
        if (i < m) rightY[i] = lower[i]! - g[i]!;
        else rightX[i - m] = 0;
        continue;
      }
      if (k === kindFree) {
        if (i < m) rightY[i] = 0;
        continue;
      }
      let shift = 0;
      if (k & kindLower) shift -= (cl[i]! - zl[i]! * rl[i]!) / sl[i]!;
      if (k & kindUpper) shift += (cu[i]! - zu[i]! * ru[i]!) / su[i]!;
      if (i < m) rightY[i] = -shift / weight[i]!;
      else rightX[i - m]! -= shift;
    }
    const residual = refined.solve(program, factor, a, b, rightX, rightY, accuracy);
    for (let i = 0; i < count; i++) {
      const k = kind[i]!;
      if (k === kindEqual || k === kindFree) continue;
      const move = i < m ? rowsOfStep[i]! - delta * dy[i]! : dx[i - m]!;
      if (k & kindLower) {
        dsl[i] = move + rl[i]!;
        dzl[i] = (cl[i]! - zl[i]! * dsl[i]!) / sl[i]!;
      }
      if (k & kindUpper) {
        dsu[i] = ru[i]! - move;
        dzu[i] = (cu[i]! - zu[i]! * dsu[i]!) / su[i]!;
      }
      // The multiplier of an active side is what the linear system left for it: dividing by its slack would spoil it.
      if (weight[i]! > 1) {
        const total = i < m ? dy[i]! : -(rd[i - m]! + gradientOfStep[i - m]! + rho * dx[i - m]!);
        if (k === kindLower) dzl[i] = -total;
        else if (k === kindUpper) dzu[i] = total;
        else if (zl[i]! * su[i]! > zu[i]! * sl[i]!) dzl[i] = dzu[i]! - total;
        else dzu[i] = dzl[i]! + total;
      }
    }
    return residual;
  };

  const longestStep = (values: Float64Array, changes: Float64Array, side: number): number => {
    const { kind } = program;
    let longest = 1;
    for (let i = 0; i < count; i++) {
      const k = kind[i]!;
      if (k !== kindEqual && k & side && changes[i]! < 0) {
        const step = -values[i]! / changes[i]!;
        if (step < longest) longest = step;
      }
    }
    return longest;
  };
  const primalStep = (): number => Math.min(longestStep(sl, dsl, kindLower), longestStep(su, dsu, kindUpper));
  const dualStep = (): number => Math.min(longestStep(zl, dzl, kindLower), longestStep(zu, dzu, kindUpper));

  const sumProducts = (primal: number, dual: number): number => {
    const { kind } = program;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const k = kind[i]!;
      if (k === kindEqual) continue;
      if (k & kindLower) sum += (sl[i]! + primal * dsl[i]!) * (zl[i]! + dual * dzl[i]!);
      if (k & kindUpper) sum += (su[i]! + primal * dsu[i]!) * (zu[i]! + dual * dzu[i]!);
    }
    return sum;
  };

  const setWeights = (unit: boolean): void => {
    const { kind } = program;
    for (let i = 0; i < count; i++) {
      const k = kind[i]!;
      if (k === kindEqual) weight[i] = huge;
      else if (k === kindFree) weight[i] = 0;
      else if (unit) weight[i] = 1;
      else weight[i] = Math.min(1e25, Math.max(1e-25, (k & kindLower ? zl[i]! / sl[i]! : 0) + (k & kindUpper ? zu[i]! / su[i]! : 0)));
    }
    for (let i = 0; i < m; i++) {
      b[i] = weight[i] === 0 ? huge : 1 / weight[i]! + delta;
      factorB[i] = weight[i] === 0 ? huge : 1 / weight[i]! + Math.max(delta, dualRegularization);
    }
    for (let j = 0; j < n; j++) {
      a[j] = weight[m + j]! + rho;
      factorA[j] = weight[m + j]! + Math.max(rho, primalRegularization);
    }
    factor.factorize(factorA, factorB);
  };

  const iterate = { x, y, g, sl, su, zl, zu };
  const system = { rightX, rightY, dx, dy };
  const solveUnitWeights = (): void => {
    for (let attempt = 0; ; attempt++) {
      setWeights(true);
      if (refined.solve(program, factor, a, b, rightX, rightY, 1e-8) < 1e-6 || attempt === 4) break;
      primalRegularization = Math.min(1e-4, primalRegularization * 30);
      dualRegularization = Math.min(1e-4, dualRegularization * 30);
    }
  };

  const self: InteriorPoint = { x: bestX, y: bestY, anchorX, anchorY, active, iterations: 0, merit: Infinity, run };

  function run(given: ScaledProgram, givenFactor: KktFactor, settings: InteriorPointSettings, warm: boolean, anchor = 0): InteriorPointEnd {
    program = given;
    factor = givenFactor;
    const anchored = anchor > 0;
    rho = anchored ? anchor : settings.primalProximity;
    delta = anchored ? anchor : settings.dualProximity;
    primalRegularization = rho;
    dualRegularization = delta;
    const { P, A, q, kind, lower, upper, variableScale: D, constraintScale: E, costScale: c } = program;
    complementarityCount = 0;
    for (let i = 0; i < count; i++) {
      if (kind[i] === kindEqual) continue;
      if (kind[i]! & kindLower) complementarityCount++;
      if (kind[i]! & kindUpper) complementarityCount++;
    }
    if (warm) startWarm(program, iterate, bestX, bestY);
    else startCold(program, iterate, system, solveUnitWeights);
    let quadratic = false;
    for (let k = 0; k < P.values.length && !quadratic; k++) quadratic = P.values[k] !== 0;
    self.merit = Infinity;
    let lastProgress = 0;
    let finishAttempts = 0;
    let progressMerit = Infinity;
    let tinySteps = 0;
    let lastResidual = 0;

    for (let iteration = 0; ; iteration++) {
      self.iterations = iteration;
      evaluateConstraints(A, x, g);
      for (let i = 0; i < count; i++) {
        const k = kind[i]!;
        if (anchored && i < m) {
          const multiplier = k === kindEqual ? y[i]! : (k & kindUpper ? zu[i]! : 0) - (k & kindLower ? zl[i]! : 0);
          g[i]! -= delta * (multiplier - anchorY[i]!);
        }
        if (k === kindEqual) continue;
        let value = 0;
        if (k & kindLower) {
          rl[i] = g[i]! - sl[i]! - lower[i]!;
          value -= zl[i]!;
        }
        if (k & kindUpper) {
          ru[i] = upper[i]! - g[i]! - su[i]!;
          value += zu[i]!;
        }
        y[i] = value;
      }
      for (let j = 0; j < n; j++) if (kind[m + j] === kindEqual) y[m + j] = 0;
      evaluateStationarity(program, x, y, rd);
      for (let j = 0; j < n; j++) {
        if (anchored) rd[j]! += rho * (x[j]! - anchorX[j]!);
        if (kind[m + j] === kindEqual) {
          y[m + j] = -rd[j]!;
          rd[j] = 0;
        }
      }
      // Measures in original units.
      let violation = 0;
      let stationarity = 0;
      let residualOfRows = 0;
      let residualOfGradient = 0;
      for (let i = 0; i < count; i++) {
        if (kind[i] === kindFree) continue;
        const excess = Math.max(lower[i]! - g[i]!, g[i]! - upper[i]!);
        if (excess > 0) violation = Math.max(violation, excess / E[i]!);
        if (kind[i] === kindEqual) residualOfRows = Math.max(residualOfRows, excess);
        else {
          if (kind[i]! & kindLower) residualOfRows = Math.max(residualOfRows, Math.abs(rl[i]!));
          if (kind[i]! & kindUpper) residualOfRows = Math.max(residualOfRows, Math.abs(ru[i]!));
        }
      }
      for (let j = 0; j < n; j++) {
        stationarity = Math.max(stationarity, Math.abs(rd[j]!) / (D[j]! * c));
        residualOfGradient = Math.max(residualOfGradient, Math.abs(rd[j]!));
      }
      const scaledResidual = Math.max(residualOfRows, residualOfGradient);
      multiplyRows(P, x, product);
      let gap = 0;
      let gapScale = 0;
      for (let j = 0; j < n; j++) {
        const term = x[j]! * (product[j]! + q[j]!);
        gap += term;
        gapScale += Math.abs(term);
      }
      for (let i = 0; i < count; i++) {
        const k = kind[i]!;
        if (k === kindFree) continue;
        const term =
          k === kindEqual ? y[i]! * lower[i]! : (k & kindUpper ? zu[i]! * upper[i]! : 0) - (k & kindLower ? zl[i]! * lower[i]! : 0);
        gap += term;
        gapScale += Math.abs(term);
      }
      gap = Math.abs(gap) / c;
      const mu = complementarityCount === 0 ? 0 : sumProducts(0, 0) / complementarityCount;
      const merit = anchored ? scaledResidual + mu : Math.max(violation, stationarity, gap);
      if (!(merit < Infinity)) return 'stalled';
      if (merit < self.merit) {
        self.merit = merit;
        for (let j = 0; j < n; j++) bestX[j] = D[j]! * x[j]!;
        for (let i = 0; i < count; i++) {
          bestY[i] = (E[i]! * y[i]!) / c;
          const k = kind[i]!;
          if (k === kindEqual) active[i] = 2;
          else if (k & kindLower && zl[i]! > sl[i]!) active[i] = -1;
          else if (k & kindUpper && zu[i]! > su[i]!) active[i] = 1;
          else active[i] = 0;
        }
      }
      if (merit <= (anchored ? 1e-14 : settings.tolerance)) return 'converged';
      const progress = scaledResidual + mu;
      if (progress < 0.8 * progressMerit || merit <= 0.5 * self.merit) {
        progressMerit = Math.min(progress, progressMerit);
        lastProgress = iteration;
      }
      if (iteration - lastProgress > 12 || tinySteps > 3) return 'stalled';
      if (scaledResidual + mu * complementarityCount < 1e-15 * (1 + gapScale)) return 'stalled';
      if (!anchored && merit === self.merit && finishAttempts < 3 && scaledResidual + mu < 1e-4 && gap * c <= 1e-4 * (1e-3 + gapScale)) {
        finishAttempts++;
        if (settings.tryFinish()) return 'converged';
        self.merit = Infinity;
      }
      if (iteration >= settings.maxIterations || settings.shouldStop()) return 'iterationLimit';
      if (!anchored && iteration > 3 && iteration % 2 === 0) {
        for (let j = 0; j < n; j++) userX[j] = D[j]! * x[j]!;
        for (let i = 0; i < count; i++) userY[i] = (E[i]! * y[i]!) / c;
        if (settings.isCertificate(userX, userY)) return 'certified';
      }

      // Predictor; where rounding spoils it, again with heavier proximal terms.
      for (let i = 0; i < count; i++) {
        cl[i] = -sl[i]! * zl[i]!;
        cu[i] = -su[i]! * zu[i]!;
      }
      for (let attempt = 0; ; attempt++) {
        setWeights(false);
        if ((lastResidual = solveDirection(1e-7)) < 1e-2 || attempt === 4) break;
        primalRegularization = Math.min(1e-4, primalRegularization * 30);
        dualRegularization = Math.min(1e-4, dualRegularization * 30);
        if (attempt > 1 && !anchored) {
          rho = Math.min(1e-4, rho * 30);
          delta = Math.min(1e-4, delta * 30);
        }
      }
      let alphaPrimal = 1;
      let alphaDual = 1;
      if (complementarityCount > 0) {
        alphaPrimal = primalStep();
        alphaDual = dualStep();
        if (quadratic) alphaPrimal = alphaDual = Math.min(alphaPrimal, alphaDual);
        const muAffine = sumProducts(alphaPrimal, alphaDual) / complementarityCount;
        const ratio = muAffine / mu;
        const sigma = Math.min(1, Math.max(1e-8, ratio * ratio * ratio));
        const target = Math.max(sigma * mu, Math.min(mu, 1e-3 * scaledResidual));
        for (let i = 0; i < count; i++) {
          cl[i] = target - sl[i]! * zl[i]! - dsl[i]! * dzl[i]!;
          cu[i] = target - su[i]! * zu[i]! - dsu[i]! * dzu[i]!;
        }
        solveDirection(complementarityCount === 0 ? 1e-14 : 1e-11);
        alphaPrimal = primalStep();
        alphaDual = dualStep();
        if (quadratic) alphaPrimal = alphaDual = Math.min(alphaPrimal, alphaDual);
        const back = Math.max(0.99, 1 - 0.1 * mu);
        alphaPrimal = alphaPrimal < 1 ? alphaPrimal * back : 1;
        alphaDual = alphaDual < 1 ? alphaDual * back : 1;
      }
      for (let j = 0; j < n; j++) x[j]! += alphaPrimal * dx[j]!;
      for (let i = 0; i < count; i++) {
        const k = kind[i]!;
        if (k === kindEqual) {
          if (i < m) y[i]! += alphaDual * dy[i]!;
          continue;
        }
        if (k & kindLower) {
          sl[i]! += alphaPrimal * dsl[i]!;
          zl[i]! += alphaDual * dzl[i]!;
        }
        if (k & kindUpper) {
          su[i]! += alphaPrimal * dsu[i]!;
          zu[i]! += alphaDual * dzu[i]!;
        }
      }
      // Proximal terms that hold the iterate back are made lighter.
      if (!anchored && stationarity > settings.tolerance && rho * largestOf(dx) > 0.1 * residualOfGradient)
        rho = Math.max(1e-14, rho * 0.1);
      if (!anchored && violation > settings.tolerance && delta * largestOf(dy) > 0.1 * residualOfRows) delta = Math.max(1e-10, delta * 0.1);
      if (lastResidual < 1e-6) {
        primalRegularization = Math.max(settings.primalProximity, 0.3 * primalRegularization);
        dualRegularization = Math.max(settings.dualProximity, 0.3 * dualRegularization);
      }
      tinySteps = Math.max(alphaPrimal, alphaDual) < 1e-6 ? tinySteps + 1 : 0;
    }
  }
  return self;
}
