/**
 * The quadratic subproblem of SQP at x,
 *
 *   minimise ½ dᵀHd + ∇fᵀd   subject to   l ≤ c + J d ≤ u,   lx ≤ x + d ≤ ux,   |d| ≤ Δ.
 *
 * An indefinite H is made convex by σ J_AᵀJ_A of the active constraints, which leaves the step alone where H is positive
 * definite on their null space, and failing that by τI. Without a feasible point the constraints become elastic: they
 * may be violated at a price γ (Gill, Murray and Saunders 2005).
 */
import { createQpSolver, type QpSolver } from '../qp/qp-solver.js';
import type { Sides } from './nonlinear-program.js';

/** What the subproblem is made of at one point. */
export interface Linearisation {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  /** c, or its second-order corrected stand-in. */
  readonly constraints: Float64Array;
  readonly jacobian: Float64Array;
  readonly hessian: Float64Array;
  /** Present multipliers of constraints and bounds. */
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** The subproblem of one size; `d`, `y`, `z` hold its last solution. */
export interface Subproblem {
  readonly d: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Whether the last solution violates the linearised constraints at a price. */
  readonly elastic: boolean;
  /** τ of the last solution. */
  readonly shift: number;
  /** Solves; `elasticOnly` skips the attempt to satisfy all constraints. @returns whether a step was found */
  solve(point: Linearisation, radius: number, price: number, elasticOnly?: boolean): boolean;
}

/** Makes the subproblem of n variables and m constraints within the given sides. */
export function createSubproblem(n: number, m: number, { l, u, lx, ux }: Sides): Subproblem {
  const solver = createQpSolver({ variableCount: n, constraintCount: m, relativeTolerance: 1e-8, anchoredRuns: 0 });
  const wide = n + 2 * m;
  let relaxed: QpSolver | undefined;
  const P = new Float64Array(n * n);
  const q = new Float64Array(n);
  const weightY = new Float64Array(m);
  const weightZ = new Float64Array(n);
  const low = new Float64Array(m);
  const high = new Float64Array(m);
  const lowD = new Float64Array(n);
  const highD = new Float64Array(n);
  const d = new Float64Array(n);
  const y = new Float64Array(m);
  const z = new Float64Array(n);
  const widePq = {
    P: new Float64Array(0),
    q: new Float64Array(0),
    A: new Float64Array(0),
    lx: new Float64Array(0),
    ux: new Float64Array(0),
  };
  let elastic = false;
  let shift = 0;

  const largestOf = (values: Float64Array): number => {
    let largest = 0;
    for (const value of values) largest = Math.max(largest, Math.abs(value));
    return largest;
  };

  /** What presses on the trust region is no multiplier of the program. */
  const dropRadiusMultipliers = (x: Float64Array): void => {
    for (let j = 0; j < n; j++) if (z[j]! > 0 ? highD[j]! < ux[j]! - x[j]! : lowD[j]! > lx[j]! - x[j]!) z[j] = 0;
  };

  /** P, q with σ of active constraints, by the square of a row's slope, and τ. */
  const convexify = (
    { x, gradient, constraints, jacobian, hessian, y: activeY, z: activeZ }: Linearisation,
    sigma: number,
    tau: number,
  ): void => {
    P.set(hessian);
    q.set(gradient);
    for (let j = 0; j < n; j++) {
      P[j * n + j]! += tau;
      if (sigma === 0) continue;
      const excess = x[j]! - (activeZ[j]! > 0 ? ux[j]! : lx[j]!);
      weightZ[j] = Math.abs(activeZ[j]!) > Math.abs(excess) ? sigma : 0;
      if (weightZ[j] === 0) continue;
      P[j * n + j]! += sigma;
      q[j]! += sigma * excess;
    }
    if (sigma === 0) return;
    for (let i = 0; i < m; i++) {
      const excess = constraints[i]! - (activeY[i]! > 0 || l[i] === u[i] ? u[i]! : l[i]!);
      const slope = largestOf(jacobian.subarray(i * n, (i + 1) * n));
      weightY[i] = slope > 1e-6 && (l[i] === u[i] || Math.abs(activeY[i]!) > Math.abs(excess)) ? sigma / slope ** 2 : 0;
      if (weightY[i] === 0) continue;
      for (let a = 0; a < n; a++) {
        const value = weightY[i]! * jacobian[i * n + a]!;
        if (value === 0) continue;
        q[a]! += value * excess;
        for (let b = 0; b < n; b++) P[a * n + b]! += value * jacobian[i * n + b]!;
      }
    }
  };

  const attempt = (point: Linearisation, sigma: number, tau: number): 'solved' | 'nonconvex' | 'failed' => {
    weightY.fill(0);
    weightZ.fill(0);
    convexify(point, sigma, tau);
    const answer = solver.solve({ P, q, A: point.jacobian, l: low, u: high, lx: lowD, ux: highD });
    if (answer.status === 'nonconvex') return 'nonconvex';
    if (answer.status !== 'solved') return 'failed';
    d.set(answer.x);
    y.set(answer.y);
    z.set(answer.z);
    // What σ pressed with belongs to the multipliers.
    for (let i = 0; i < m; i++) {
      if (weightY[i] === 0) continue;
      let sum = point.constraints[i]! - (point.y[i]! > 0 || l[i] === u[i] ? u[i]! : l[i]!);
      for (let j = 0; j < n; j++) sum += point.jacobian[i * n + j]! * d[j]!;
      y[i]! += weightY[i]! * sum;
    }
    for (let j = 0; j < n; j++) if (weightZ[j] !== 0) z[j]! += weightZ[j]! * (point.x[j]! + d[j]! - (point.z[j]! > 0 ? ux[j]! : lx[j]!));
    dropRadiusMultipliers(point.x);
    elastic = false;
    shift = tau;
    return 'solved';
  };

  const attemptElastic = (point: Linearisation, tau: number, price: number): 'solved' | 'nonconvex' | 'failed' => {
    convexify(point, 0, tau);
    if (relaxed === undefined) {
      relaxed = createQpSolver({ variableCount: wide, constraintCount: m, relativeTolerance: 1e-8, anchoredRuns: 0 });
      widePq.P = new Float64Array(wide * wide);
      widePq.q = new Float64Array(wide);
      widePq.A = new Float64Array(m * wide);
      widePq.lx = new Float64Array(wide);
      widePq.ux = new Float64Array(wide).fill(Infinity);
    }
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) widePq.P[i * wide + j] = P[i * n + j]!;
    widePq.q.fill(price);
    widePq.q.set(q);
    widePq.lx.set(lowD);
    widePq.ux.set(highD);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) widePq.A[i * wide + j] = point.jacobian[i * n + j]!;
      widePq.A[i * wide + n + i] = 1;
      widePq.A[i * wide + n + m + i] = -1;
    }
    const answer = relaxed.solve({ ...widePq, l: low, u: high });
    if (answer.status === 'nonconvex') return 'nonconvex';
    if (answer.status !== 'solved') return 'failed';
    d.set(answer.x.subarray(0, n));
    y.set(answer.y);
    z.set(answer.z.subarray(0, n));
    dropRadiusMultipliers(point.x);
    elastic = largestOf(answer.x.subarray(n)) > 1e-10;
    shift = tau;
    return 'solved';
  };

  return {
    d,
    y,
    z,
    get elastic() {
      return elastic;
    },
    get shift() {
      return shift;
    },
    solve(point, radius, price, elasticOnly = false) {
      for (let i = 0; i < m; i++) {
        low[i] = l[i]! - point.constraints[i]!;
        high[i] = u[i]! - point.constraints[i]!;
      }
      for (let j = 0; j < n; j++) {
        lowD[j] = Math.min(0, Math.max(lx[j]! - point.x[j]!, -radius));
        highD[j] = Math.max(0, Math.min(ux[j]! - point.x[j]!, radius));
      }
      const size = Math.max(largestOf(point.hessian), 1e-2 * (1 + largestOf(point.gradient)));
      if (!elasticOnly) {
        let outcome = attempt(point, 0, 0);
        if (outcome === 'nonconvex') outcome = attempt(point, 10 * size, 0);
        for (let tau = 1e-3 * size; outcome === 'nonconvex' && tau < 1e6 * size; tau *= 4) outcome = attempt(point, 0, tau);
        if (outcome === 'solved') return true;
      }
      // An unbounded or infeasible subproblem: elastic, and with some weight on the step.
      let outcome = attemptElastic(point, 0, price);
      for (let tau = 1e-3 * size; outcome !== 'solved' && tau < 1e6 * size; tau *= 10) outcome = attemptElastic(point, tau, price);
      return outcome === 'solved';
    },
  };
}
