/**
 * Sequential quadratic programming: a step solves the subproblem of `subproblem.ts`, and is made safe by an ℓ1 merit
 * function with backtracking (Han 1977, Powell 1978), by a filter (Wächter and Biegler 2005, without its restoration),
 * or by a trust region on the merit function (Fletcher's Sℓ1QP). A step that the curvature of the constraints spoils is
 * corrected to second order. Infeasible subproblems turn elastic with a rising price; where no step is found, the violation alone
 * is minimised (`feasibility-program.ts`), and the point is returned as infeasible only where that converged to a violation.
 */
import { NumericalError, ShapeError, UnsupportedError } from '@mbrl/core';
import { maxAbs } from '../linalg/norms.js';
import { updateDampedBfgs } from './damped-bfgs.js';
import { createFeasibilityProgram } from './feasibility-program.js';
import { addJacobianTransposed, holdsFirstOrder, measureFirstOrder } from './first-order-conditions.js';
import { completeSides, type NonlinearProgram, violationOf } from './nonlinear-program.js';
import { readSqpOptions, type SqpOptions, type SqpRecord, type SqpResult, type SqpStatus } from './sqp-options.js';
import { createStepFilter } from './step-filter.js';
import { createSubproblem } from './subproblem.js';

/** Largest entry of an approximate Hessian, relative to the gradient: prices of violations, not curvature, make it larger. */
const BFGS_LIMIT = 1e10;

/** How often a penalty is lowered in one solve: with no end to it a merit function would prove nothing. */
const PENALTY_REDUCTION_LIMIT = 20;

/** Iterations without a fall of the violation by half after which it alone is minimised. */
const SLOW_ITERATIONS = 30;

/** How often the violation alone is minimised in one solve. */
const RESTORATION_LIMIT = 3;

/**
 * The iterations; each promise that it yields, one of the program's `prepare`, is to be awaited. `restorationLimit` is 0 where the
 * program is itself that of the least violation.
 */
function* iterate(
  caller: string,
  program: NonlinearProgram,
  start: ArrayLike<number>,
  options: SqpOptions,
  restorationLimit = RESTORATION_LIMIT,
): Generator<Promise<void>, SqpResult, void> {
  const { variableCount: n, constraintCount: m } = program;
  const sides = completeSides(caller, program);
  const settings = readSqpOptions(caller, program, options);
  const { hessian: kind, globalization, maxIterations, tolerance, secondOrderCorrection, initialRadius, elasticPrice, rounding } = settings;
  if (start.length !== n) throw new ShapeError(`${caller}: start must have ${n} elements, got ${start.length}`);
  for (let j = 0; j < n; j++)
    if (!Number.isFinite(start[j])) throw new NumericalError(`${caller}: start must be finite, got ${start[j]} at ${j}`);

  const { l, u, lx, ux } = sides;
  const subproblem = createSubproblem(n, m, sides);
  const x = Float64Array.from(start, (value, j) => Math.min(Math.max(value, lx[j]!), ux[j]!));
  const trial = new Float64Array(n);
  const y = new Float64Array(m);
  const z = new Float64Array(n);
  const gradient = new Float64Array(n);
  const constraints = new Float64Array(m);
  const trialConstraints = new Float64Array(m);
  const jacobian = new Float64Array(m * n);
  const hessian = new Float64Array(n * n);
  for (let j = 0; j < n; j++) hessian[j * n + j] = 1;
  const d = new Float64Array(n);
  const newY = new Float64Array(m);
  const newZ = new Float64Array(n);
  const corrected = new Float64Array(m);
  const linearised = new Float64Array(m);
  const change = new Float64Array(n);
  const lagrangian = new Float64Array(n);
  const scratch = new Float64Array(n);
  const log: SqpRecord[] = [];

  const evaluate = function* (at: Float64Array, into: Float64Array): Generator<Promise<void>, number, void> {
    const wait = program.prepare?.(at, 0, y);
    if (wait !== undefined) yield wait;
    program.constraints?.(at, into);
    for (let i = 0; i < m; i++) if (!Number.isFinite(into[i])) return NaN;
    return program.objective(at);
  };
  const derive = function* (): Generator<Promise<void>, boolean, void> {
    const wait = program.prepare?.(x, 1, y);
    if (wait !== undefined) yield wait;
    program.gradient(x, gradient);
    program.jacobian?.(x, jacobian);
    for (const value of gradient) if (!Number.isFinite(value)) return false;
    for (const value of jacobian) if (!Number.isFinite(value)) return false;
    return true;
  };
  const violationAt = (values: Float64Array): number => violationOf(values, l, u);

  let objective = yield* evaluate(x, constraints);
  let violation = violationAt(constraints);
  let stationarity = Infinity;
  let iterations = 0;
  let penalty = 1;
  let price = elasticPrice;
  let radius = globalization === 'trustRegion' ? initialRadius : Infinity;
  let haveLagrangian = false;
  let fresh = true;
  let restorations = 0;
  let reductions = 0;
  let [lastViolation, lastFall] = [Infinity, 0];
  let forgotten = false;
  const filter = createStepFilter(1e4 * Math.max(1, violation));

  const finish = (status: SqpStatus): SqpResult => ({ status, x, y, z, objective, violation, stationarity, iterations, log });

  /** Forgets the curvature that was learned. */
  const resetHessian = (): void => {
    hessian.fill(0);
    for (let j = 0; j < n; j++) hessian[j * n + j] = 1;
    haveLagrangian = false;
    fresh = true;
  };

  /**
   * Goes on where no step was found: with a new approximate Hessian or new multipliers, or, at last or where `atOnce`, from a point
   * of the least violation.
   * @returns null to go on, or how to end
   */
  const recover = function* (atOnce = false): Generator<Promise<void>, SqpStatus | null, void> {
    radius = globalization === 'trustRegion' ? initialRadius : Infinity;
    if (!atOnce && !forgotten && (kind === 'bfgs' ? !fresh : maxAbs(y) + maxAbs(z) > 0)) {
      forgotten = true;
      if (kind === 'bfgs') resetHessian();
      y.fill(0);
      z.fill(0);
      penalty = 1;
      return null;
    }
    if (violation <= tolerance || restorations === restorationLimit || m === 0) return 'stalled';
    restorations += 1;
    const left = maxIterations - iterations;
    if (left < 1) return 'iterationLimit';
    filter.add(violation, objective);
    const { program: feasibility, startAt } = createFeasibilityProgram(program, sides);
    const restoring: SqpOptions = { hessian: 'bfgs', maxIterations: left, tolerance };
    const found = yield* iterate(caller, feasibility, startAt(x, constraints), restoring, 0);
    iterations += found.iterations;
    const from = x.slice();
    x.set(found.x.subarray(0, n));
    objective = yield* evaluate(x, constraints);
    violation = violationAt(constraints);
    const step = x.reduce((largest, value, j) => Math.max(largest, Math.abs(value - from[j]!)), 0);
    log.push({ objective, violation, stationarity: found.stationarity, step, elastic: true, corrected: false, shift: 0 });
    if (!Number.isFinite(objective) || !(yield* derive())) return 'stalled';
    y.fill(0);
    z.fill(0);
    if (violation > Math.max(1e-6, 100 * tolerance)) {
      if (found.status !== 'converged') return found.status === 'iterationLimit' ? 'iterationLimit' : 'stalled';
      y.set(found.y);
      z.set(found.z.subarray(0, n));
      stationarity = found.stationarity;
      return 'infeasible';
    }
    price = elasticPrice;
    penalty *= 10;
    forgotten = false;
    resetHessian();
    return null;
  };
  if (!Number.isFinite(objective) || !(yield* derive())) return finish('invalid');

  for (; ; iterations++) {
    const errors = measureFirstOrder({ x, gradient, constraints, jacobian, y, z }, sides, scratch);
    stationarity = errors.stationarity;
    if (iterations > 0 && violation <= tolerance && holdsFirstOrder(errors, tolerance)) return finish('converged');
    if (iterations >= maxIterations) return finish('iterationLimit');
    if (violation <= Math.max(tolerance, 0.5 * lastViolation)) [lastViolation, lastFall] = [violation, iterations];
    if (iterations - lastFall >= SLOW_ITERATIONS && restorations < restorationLimit) {
      const end = yield* recover(true);
      if (end !== null) return finish(end);
      [lastViolation, lastFall] = [violation, iterations];
    }

    if (kind === 'exact') {
      const wait = program.prepare?.(x, 2, y);
      if (wait !== undefined) yield wait;
      program.hessian!(x, y, hessian);
    }
    if (kind === 'gaussNewton') program.gaussNewton!(x, hessian);
    else if (haveLagrangian) {
      // Both gradients of the Lagrangian with the new multipliers.
      for (let j = 0; j < n; j++) lagrangian[j] = gradient[j]! - lagrangian[j]!;
      addJacobianTransposed(jacobian, y, lagrangian);
      if (fresh) {
        // The first update sets the scale (Shanno and Phua).
        let sw = 0;
        let ww = 0;
        for (let j = 0; j < n; j++) {
          sw += change[j]! * lagrangian[j]!;
          ww += lagrangian[j]! ** 2;
        }
        if (sw > 0 && ww > 0) for (let j = 0; j < n; j++) hessian[j * n + j] = Math.min(1e6, Math.max(1e-6, ww / sw));
        fresh = false;
      }
      updateDampedBfgs(hessian, change, lagrangian, scratch);
    }
    if (kind === 'bfgs' && !(maxAbs(hessian) < BFGS_LIMIT * Math.max(1, maxAbs(gradient)))) resetHessian();
    for (const value of hessian) if (!Number.isFinite(value)) return finish('stalled');

    const point = { x, gradient, constraints, jacobian, hessian, y, z };
    const take = (): void => {
      d.set(subproblem.d);
      newY.set(subproblem.y);
      newZ.set(subproblem.z);
    };
    const linearViolation = (): number => {
      for (let i = 0; i < m; i++) {
        let sum = constraints[i]!;
        for (let j = 0; j < n; j++) sum += jacobian[i * n + j]! * d[j]!;
        linearised[i] = sum;
      }
      return violationAt(linearised);
    };
    if (!subproblem.solve(point, radius, price)) {
      const end = yield* recover();
      if (end !== null) return finish(end);
      continue;
    }
    take();
    let left = linearViolation();
    // A higher price, as long as it buys feasibility.
    while (subproblem.elastic && left > 0.1 * violation && price < 1e10) {
      const before = left;
      if (!subproblem.solve(point, radius, price * 10, true)) break;
      take();
      left = linearViolation();
      if (left > before - 0.05 * violation) {
        if (globalization === 'trustRegion' || left < 0.99 * violation) break;
      }
      price *= 10;
    }
    const { elastic, shift } = subproblem;
    let length = 0;
    let pointSize = 1;
    for (let j = 0; j < n; j++) {
      length = Math.max(length, Math.abs(d[j]!));
      pointSize = Math.max(pointSize, Math.abs(x[j]!));
    }
    if (
      elastic &&
      violation > tolerance &&
      violation - left <= 1e-9 * Math.max(1, violation) &&
      (price >= 1e10 || globalization === 'trustRegion')
    ) {
      log.push({ objective, violation, stationarity, step: 0, elastic, corrected: false, shift });
      const end = yield* recover();
      if (end !== null) return finish(end);
      continue;
    }

    // Slopes of objective and merit along d, and the penalty that makes d a descent direction.
    let slope = 0;
    let curvature = 0;
    for (let j = 0; j < n; j++) {
      slope += gradient[j]! * d[j]!;
      for (let i = 0; i < n; i++) curvature += d[j]! * hessian[j * n + i]! * d[i]!;
    }
    const reduction = violation - left;
    if (reduction > 1e-14) penalty = Math.max(penalty, (slope + 0.5 * Math.max(0, curvature)) / (0.7 * reduction));
    let largestMultiplier = 0;
    for (const value of newY) largestMultiplier = Math.max(largestMultiplier, Math.abs(value));
    if (!elastic && penalty < 1.1 * largestMultiplier) penalty = 1.5 * largestMultiplier;
    const merit = objective + penalty * violation;
    const descent = slope - penalty * reduction;

    let alpha = 1;
    let accepted = false;
    let wasCorrected = false;
    let newObjective = NaN;
    let newViolation = NaN;
    const tryAt = function* (): Generator<Promise<void>, boolean, void> {
      newObjective = yield* evaluate(trial, trialConstraints);
      newViolation = violationAt(trialConstraints);
      if (!Number.isFinite(newObjective)) return false;
      // A step that is none brings new multipliers.
      if (length <= 1e-9 * pointSize && newViolation <= violation + tolerance) return true;
      const noise = Math.max(1e-14, rounding) * Math.max(1, Math.abs(objective) + penalty * violation);
      if (globalization === 'filter') {
        const switching = slope < 0 && -alpha * slope > 1e-4 * violation ** 1.1;
        if (!filter.accepts(newViolation, newObjective)) return false;
        if (switching && violation <= 1e-4) return newObjective <= objective + 1e-4 * alpha * slope + noise;
        return newViolation <= (1 - 1e-5) * violation || newObjective <= objective - 1e-5 * violation + noise;
      }
      if (globalization === 'trustRegion') {
        const predicted = -descent - 0.5 * curvature;
        const actual = merit - newObjective - penalty * newViolation;
        return actual >= 1e-4 * predicted - noise;
      }
      return newObjective + penalty * newViolation <= merit + 1e-4 * alpha * descent + noise;
    };
    while (alpha > 1e-10) {
      for (let j = 0; j < n; j++) trial[j] = Math.min(Math.max(x[j]! + alpha * d[j]!, lx[j]!), ux[j]!);
      accepted = yield* tryAt();
      if (accepted) break;
      if (alpha === 1 && secondOrderCorrection && m > 0 && Number.isFinite(newObjective) && newViolation >= violation) {
        // Constraints as they are at the trial point, moved back along the linearisation.
        for (let i = 0; i < m; i++) {
          let sum = trialConstraints[i]!;
          for (let j = 0; j < n; j++) sum -= jacobian[i * n + j]! * d[j]!;
          corrected[i] = sum;
        }
        if (subproblem.solve({ ...point, constraints: corrected }, radius, price) && !subproblem.elastic) {
          for (let j = 0; j < n; j++) trial[j] = Math.min(Math.max(x[j]! + subproblem.d[j]!, lx[j]!), ux[j]!);
          accepted = yield* tryAt();
          if (accepted) {
            take();
            wasCorrected = true;
            break;
          }
        }
      }
      if (globalization === 'trustRegion') break;
      alpha *= 0.5;
    }
    log.push({ objective, violation, stationarity, step: accepted ? alpha * length : 0, elastic, corrected: wasCorrected, shift });
    if (globalization === 'trustRegion') {
      if (!accepted) {
        radius = 0.25 * Math.min(radius, length);
        haveLagrangian = false;
        const end = radius < 1e-11 * pointSize ? yield* recover() : null;
        if (end !== null) return finish(end);
        continue;
      }
      const ratio = (merit - newObjective - penalty * newViolation) / Math.max(1e-300, -descent - 0.5 * curvature);
      if (ratio > 0.75 && length > 0.8 * radius) radius = Math.min(1e8, 2 * radius);
      else if (ratio < 0.25) radius = Math.max(0.5 * length, 1e-12);
    } else if (!accepted) {
      // At the accuracy of the numbers the step is as good as none; take the multipliers and look once more.
      if (length <= 1e-7 * pointSize && violation <= tolerance) {
        y.set(newY);
        z.set(newZ);
        const last = measureFirstOrder({ x, gradient, constraints, jacobian, y, z }, sides, scratch);
        stationarity = last.stationarity;
        if (holdsFirstOrder(last, 10 * tolerance)) return finish('converged');
      }
      const end = yield* recover();
      if (end !== null) return finish(end);
      continue;
    }
    if (globalization === 'filter' && !(slope < 0 && violation <= 1e-4)) filter.add(violation, objective);

    forgotten = false;
    // A penalty that is far too high makes steps creep along the constraints.
    const creeping = alpha < 0.25 || (globalization === 'trustRegion' && length > 0.8 * radius);
    if (creeping && !elastic && penalty > 10 * (1 + largestMultiplier) && reductions < PENALTY_REDUCTION_LIMIT) {
      penalty = 1 + 2 * largestMultiplier;
      reductions += 1;
    }

    // On to the new point. Multipliers are taken whole: they belong to the full step.
    y.set(newY);
    z.set(newZ);
    if (kind === 'bfgs') {
      lagrangian.set(gradient);
      addJacobianTransposed(jacobian, y, lagrangian);
      for (let j = 0; j < n; j++) change[j] = trial[j]! - x[j]!;
      haveLagrangian = true;
    }
    x.set(trial);
    objective = newObjective;
    constraints.set(trialConstraints);
    violation = newViolation;
    if (!(yield* derive())) return finish('stalled');
  }
}

/**
 * Solves a nonlinear program from a start `[n]`. Numbers that are not finite end it as `invalid` or shorten the step.
 * @throws OptionError, ShapeError for options and sizes, NumericalError for a start that is not finite, UnsupportedError where the
 * program is asynchronous
 */
export function solveSqp(program: NonlinearProgram, start: ArrayLike<number>, options: SqpOptions = {}): SqpResult {
  const step = iterate('solveSqp', program, start, options).next();
  if (step.done === true) return step.value;
  step.value.catch(() => undefined);
  throw new UnsupportedError('solveSqp: the program must be synchronous, got a promise; use solveSqpAsync');
}

/** The same for programs of either kind, such as those over learned dynamics; equal programs give equal results, bit for bit. */
export async function solveSqpAsync(program: NonlinearProgram, start: ArrayLike<number>, options: SqpOptions = {}): Promise<SqpResult> {
  const work = iterate('solveSqpAsync', program, start, options);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    await step.value;
  }
}
