/**
 * The local step of guided policy search (Levine & Abbeel 2014): with linear dynamics and a controller
 * p̄(u | x) = N(K̄ₜx + k̄ₜ, C̄ₜ), find the controller p of that form that minimises the expected cost subject to
 * KL(p(τ) ‖ p̄(τ)) ≤ ε over whole trajectories τ.
 *
 * For a dual variable η > 0 the minimiser of E[l]/η + KL is the LQR solution for the cost l/η − log p̄(u | x), with
 * covariance C = Q̃_uu⁻¹. The divergence falls as η grows; η is bracketed by powers, then bisected in its logarithm. η → 0
 * recovers LQR.
 */
import { checkInteger, checkNumber, NumericalError, ShapeError } from '@mbrl/core';
import type { Cost } from '../ilqr/cost.js';
import { factorCholesky, logDeterminantCholesky, solveCholesky } from '../linalg/cholesky.js';
import type { FittedLinearModel } from './fitted-linear.js';
import {
  expandCost,
  expectedCost,
  type LinearGaussianController,
  type Marginals,
  propagate,
  type QuadraticModel,
} from './trajectory-distribution.js';

/** What to improve, and by how much at most. */
export interface KlBoundedStepOptions {
  readonly model: FittedLinearModel;
  /** Expanded to second order around the mean trajectory of the controller to be improved. */
  readonly cost: Cost;
  /** p̄. */
  readonly controller: LinearGaussianController;
  /** ε, over the whole trajectory, above 0. */
  readonly bound: number;
  /** Relative distance of the divergence from the bound at which the search ends. Default 1e-6. */
  readonly tolerance?: number;
  /** Least η: where it keeps the bound already, the bound is not active. Default 1e-12. */
  readonly minEta?: number;
  /** Greatest η. Default 1e16. */
  readonly maxEta?: number;
  /** Default 100. */
  readonly maxIterations?: number;
}

/** What the step did. */
export interface KlBoundedStepResult {
  /**
   * `bounded`: the divergence is the bound to within the tolerance. `inactive`: the least η keeps the bound. `limit`: the
   * search ended before; the controller keeps the bound all the same, or is the old one.
   */
  readonly status: 'bounded' | 'inactive' | 'limit';
  readonly controller: LinearGaussianController;
  /** The dual variable η. */
  readonly eta: number;
  /** KL(p ‖ p̄). */
  readonly divergence: number;
  /** Expected cost of the new and of the old controller, by the model and the cost's expansion. */
  readonly expectedCost: number;
  readonly previousCost: number;
  /** Mean states `[T+1, n]` and actions `[T, m]` of the new controller. */
  readonly states: Float64Array;
  readonly actions: Float64Array;
  readonly iterations: number;
}

/** The search's inner problem: the controller for one η. */
interface InnerProblem {
  /** Writes the controller for η; false where Q̃_uu is not positive definite. */
  solve(eta: number, out: LinearGaussianController): boolean;
  /** KL(p ‖ p̄), summed over the steps, for the states that p visits. */
  divergence(controller: LinearGaussianController, at: Marginals): number;
}

function createInnerProblem(
  model: FittedLinearModel,
  previous: LinearGaussianController,
  around: Marginals,
  quadratic: QuadraticModel,
): InnerProblem {
  const { stateSize: n, actionSize: m, horizon: T, A, B } = model;
  const { lx, lu, lxx, lux, luu } = quadratic;
  const precisions = new Float64Array(T * m * m);
  const logDeterminants = new Float64Array(T);
  const L = new Float64Array(m * m);
  for (let t = 0; t < T; t++) {
    if (!factorCholesky(previous.covariances.subarray(t * m * m, (t + 1) * m * m), L, m))
      throw new NumericalError(`klBoundedStep: the controller's covariances must be positive definite, got another at step ${t}`);
    logDeterminants[t] = logDeterminantCholesky(L, m);
    const inverse = precisions.subarray(t * m * m, (t + 1) * m * m);
    for (let i = 0; i < m; i++) inverse[i * m + i] = 1;
    solveCholesky(L, inverse, m, m);
  }
  const Vx = new Float64Array(n);
  const Vxx = new Float64Array(n * n);
  const nextVx = new Float64Array(n);
  const nextVxx = new Float64Array(n * n);
  const Qx = new Float64Array(n);
  const Qu = new Float64Array(m);
  const Qxx = new Float64Array(n * n);
  const Qux = new Float64Array(m * n);
  const Quu = new Float64Array(m * m);
  const VA = new Float64Array(n * n);
  const VB = new Float64Array(n * m);
  const gains = new Float64Array(m * n);
  const step = new Float64Array(m);

  const solve = (eta: number, out: LinearGaussianController): boolean => {
    const weight = 1 / eta;
    for (let i = 0; i < n; i++) Vx[i] = weight * lx[T * n + i]!;
    for (let i = 0; i < n * n; i++) Vxx[i] = weight * lxx[T * n * n + i]!;
    for (let t = T - 1; t >= 0; t--) {
      const a = t * n * n;
      const b = t * n * m;
      const kbar = t * m * n;
      const P = precisions.subarray(t * m * m, (t + 1) * m * m);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < n; l++) sum += Vxx[i * n + l]! * A[a + l * n + j]!;
          VA[i * n + j] = sum;
        }
        for (let j = 0; j < m; j++) {
          let sum = 0;
          for (let l = 0; l < n; l++) sum += Vxx[i * n + l]! * B[b + l * m + j]!;
          VB[i * m + j] = sum;
        }
      }
      // In deviations from the old mean trajectory the old controller is δu = K̄δx: −log p̄ = ½|δu − K̄δx|² in C̄⁻¹.
      for (let i = 0; i < n; i++) {
        let gradient = weight * lx[t * n + i]!;
        for (let l = 0; l < n; l++) gradient += A[a + l * n + i]! * Vx[l]!;
        Qx[i] = gradient;
        for (let j = 0; j < n; j++) {
          let sum = weight * lxx[a + i * n + j]!;
          for (let l = 0; l < n; l++) sum += A[a + l * n + i]! * VA[l * n + j]!;
          for (let p = 0; p < m; p++)
            for (let q = 0; q < m; q++) sum += previous.K[kbar + p * n + i]! * P[p * m + q]! * previous.K[kbar + q * n + j]!;
          Qxx[i * n + j] = sum;
        }
      }
      for (let i = 0; i < m; i++) {
        let gradient = weight * lu[t * m + i]!;
        for (let l = 0; l < n; l++) gradient += B[b + l * m + i]! * Vx[l]!;
        Qu[i] = gradient;
        for (let j = 0; j < n; j++) {
          let sum = weight * lux[kbar + i * n + j]!;
          for (let l = 0; l < n; l++) sum += B[b + l * m + i]! * VA[l * n + j]!;
          for (let q = 0; q < m; q++) sum -= P[i * m + q]! * previous.K[kbar + q * n + j]!;
          Qux[i * n + j] = sum;
        }
        for (let j = 0; j < m; j++) {
          let sum = weight * luu[(t * m + i) * m + j]! + P[i * m + j]!;
          for (let l = 0; l < n; l++) sum += B[b + l * m + i]! * VB[l * m + j]!;
          Quu[i * m + j] = sum;
        }
      }
      if (!factorCholesky(Quu, L, m)) return false;
      for (let i = 0; i < m; i++) step[i] = -Qu[i]!;
      for (let i = 0; i < m * n; i++) gains[i] = -Qux[i]!;
      solveCholesky(L, step, m, 1);
      solveCholesky(L, gains, m, n);
      const C = out.covariances.subarray(t * m * m, (t + 1) * m * m);
      C.fill(0);
      for (let i = 0; i < m; i++) C[i * m + i] = 1;
      solveCholesky(L, C, m, m);
      for (let i = 0; i < m; i++) {
        // Back to absolute terms: u = û + k + K(x − x̂).
        let offset = around.actions[t * m + i]! + step[i]!;
        for (let j = 0; j < n; j++) {
          out.K[kbar + i * n + j] = gains[i * n + j]!;
          offset -= gains[i * n + j]! * around.states[t * n + j]!;
        }
        out.k[t * m + i] = offset;
      }
      for (let i = 0; i < n; i++) {
        let sum = Qx[i]!;
        for (let l = 0; l < m; l++) sum += Qux[l * n + i]! * step[l]!;
        nextVx[i] = sum;
        for (let j = 0; j < n; j++) {
          let entry = Qxx[i * n + j]!;
          for (let l = 0; l < m; l++) entry += 0.5 * (Qux[l * n + i]! * gains[l * n + j]! + Qux[l * n + j]! * gains[l * n + i]!);
          nextVxx[i * n + j] = entry;
        }
      }
      Vx.set(nextVx);
      Vxx.set(nextVxx);
    }
    return true;
  };

  const divergence = (controller: LinearGaussianController, at: Marginals): number => {
    const dK = new Float64Array(m * n);
    const dk = new Float64Array(m);
    let total = 0;
    for (let t = 0; t < T; t++) {
      const P = precisions.subarray(t * m * m, (t + 1) * m * m);
      const C = controller.covariances.subarray(t * m * m, (t + 1) * m * m);
      if (!factorCholesky(C, L, m)) return Infinity;
      let sum = logDeterminants[t]! - logDeterminantCholesky(L, m) - m;
      for (let i = 0; i < m; i++) {
        dk[i] = controller.k[t * m + i]! - previous.k[t * m + i]!;
        for (let j = 0; j < n; j++) {
          dK[i * n + j] = controller.K[(t * m + i) * n + j]! - previous.K[(t * m + i) * n + j]!;
          dk[i] = dk[i]! + dK[i * n + j]! * at.states[t * n + j]!;
        }
      }
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < m; j++) {
          let spread = dk[i]! * dk[j]! + C[i * m + j]!;
          for (let a = 0; a < n; a++)
            for (let b = 0; b < n; b++) spread += dK[i * n + a]! * at.covariances[(t * n + a) * n + b]! * dK[j * n + b]!;
          sum += P[i * m + j]! * spread;
        }
      }
      total += 0.5 * sum;
    }
    return total;
  };
  return { solve, divergence };
}

/**
 * Improves a controller within a bound on the divergence.
 * @throws ShapeError on wrong sizes, OptionError on settings out of bounds, NumericalError on a controller without positive
 * definite covariances or a cost that is not finite.
 */
export function klBoundedStep(options: KlBoundedStepOptions): KlBoundedStepResult {
  const caller = 'klBoundedStep';
  const { model, cost, controller } = options;
  const { stateSize: n, actionSize: m, horizon: T } = model;
  const bound = checkNumber(caller, 'bound', options.bound, { above: 0 });
  const tolerance = checkNumber(caller, 'tolerance', options.tolerance ?? 1e-6, { above: 0, below: 1 });
  const minEta = checkNumber(caller, 'minEta', options.minEta ?? 1e-12, { above: 0 });
  const maxEta = checkNumber(caller, 'maxEta', options.maxEta ?? 1e16, { above: minEta });
  const maxIterations = checkInteger(caller, 'maxIterations', options.maxIterations ?? 100, { min: 1 });
  if (controller.K.length !== T * m * n || controller.k.length !== T * m || controller.covariances.length !== T * m * m)
    throw new ShapeError(`${caller}: controller must be of ${T} steps, ${n} states and ${m} actions`);
  const around = propagate(model, controller);
  const quadratic = expandCost(cost, T, n, m, around);
  const inner = createInnerProblem(model, controller, around, quadratic);
  const trial: LinearGaussianController = {
    K: new Float64Array(T * m * n),
    k: new Float64Array(T * m),
    covariances: new Float64Array(T * m * m),
  };
  let iterations = 0;
  const evaluate = (eta: number): number => {
    iterations += 1;
    return inner.solve(eta, trial) ? inner.divergence(trial, propagate(model, trial)) : Infinity;
  };
  const finish = (status: KlBoundedStepResult['status'], eta: number, found: LinearGaussianController): KlBoundedStepResult => {
    const at = propagate(model, found);
    return {
      status,
      controller: found,
      eta,
      divergence: inner.divergence(found, at),
      expectedCost: expectedCost(model, found, around, at, quadratic),
      previousCost: expectedCost(model, controller, around, around, quadratic),
      states: at.states,
      actions: at.actions,
      iterations,
    };
  };

  if (evaluate(minEta) <= bound) return finish('inactive', minEta, trial);
  let low = minEta;
  let high = Math.max(1, minEta);
  let factor = 10;
  // A bracket: below it the bound is broken, above it kept.
  while (evaluate(high) > bound) {
    if (high >= maxEta || iterations >= maxIterations) return finish('limit', high, controller);
    low = high;
    high = Math.min(maxEta, high * factor);
    factor *= 10;
  }
  let best = high;
  while (iterations < maxIterations) {
    const middle = Math.sqrt(low * high);
    const value = evaluate(middle);
    if (value <= bound) {
      high = middle;
      best = middle;
      if (value >= bound * (1 - tolerance)) return finish('bounded', middle, trial);
    } else {
      low = middle;
    }
    if (high / low < 1 + 1e-15) break;
  }
  inner.solve(best, trial);
  return finish('limit', best, trial);
}
