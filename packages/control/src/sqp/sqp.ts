/**
 * Sequential quadratic programming: a step solves the subproblem of `subproblem.ts`, and is made safe by an ℓ1 merit
 * function with backtracking (Han 1977, Powell 1978), by a filter (Wächter and Biegler 2005, without its restoration),
 * or by a trust region on the merit function (Fletcher's Sℓ1QP). A step that the curvature of the constraints spoils is
 * corrected to second order. Infeasible subproblems turn elastic with a rising price; where even that leaves a
 * violation that no direction reduces, the point is returned as infeasible.
 */
import { checkInteger, checkNumber, checkOneOf, NumericalError, OptionError, ShapeError, UnsupportedError } from '@mbrl/core';
import { updateDampedBfgs } from './damped-bfgs.js';
import { completeSides, type NonlinearProgram, violationOf } from './nonlinear-program.js';
import type { SqpOptions, SqpRecord, SqpResult, SqpStatus } from './sqp-options.js';
import { createStepFilter } from './step-filter.js';
import { createSubproblem } from './subproblem.js';

/** The iterations; each promise that it yields, one of the program's `prepare`, is to be awaited. */
function* iterate(
  caller: string,
  program: NonlinearProgram,
  start: ArrayLike<number>,
  options: SqpOptions,
): Generator<Promise<void>, SqpResult, void> {
  const { variableCount: n, constraintCount: m } = program;
  const sides = completeSides(caller, program);
  const rounding = checkNumber(caller, 'precision', program.precision ?? 2 ** -53, { above: 0, below: 1 });
  const {
    hessian: kind = program.hessian !== undefined ? 'exact' : program.gaussNewton !== undefined ? 'gaussNewton' : 'bfgs',
    globalization = 'merit',
    maxIterations = 200,
    tolerance = Math.max(1e-8, 32 * rounding),
    secondOrderCorrection = true,
    initialRadius = 1,
    elasticPrice = 100,
  } = options;
  checkOneOf(caller, 'hessian', kind, ['exact', 'bfgs', 'gaussNewton']);
  checkOneOf(caller, 'globalization', globalization, ['merit', 'filter', 'trustRegion']);
  checkInteger(caller, 'maxIterations', maxIterations, { min: 1 });
  checkNumber(caller, 'tolerance', tolerance, { above: 0 });
  checkNumber(caller, 'initialRadius', initialRadius, { above: 0 });
  checkNumber(caller, 'elasticPrice', elasticPrice, { above: 0 });
  if (kind === 'exact' && program.hessian === undefined)
    throw new OptionError(`${caller}: hessian 'exact' needs the program's hessian, got none`);
  if (kind === 'gaussNewton' && program.gaussNewton === undefined)
    throw new OptionError(`${caller}: hessian 'gaussNewton' needs the program's gaussNewton, got none`);
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
  const addJacobianTransposed = (multipliers: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < m; i++) {
      const value = multipliers[i]!;
      if (value !== 0) for (let j = 0; j < n; j++) out[j]! += jacobian[i * n + j]! * value;
    }
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
  const filter = createStepFilter(1e4 * Math.max(1, violation));

  /** Whether no direction within the bounds reduces the violation to first order. */
  const isViolationStationary = (): boolean => {
    scratch.fill(0);
    let size = 1;
    for (let i = 0; i < m; i++) {
      const side = constraints[i]! > u[i]! + tolerance ? 1 : constraints[i]! < l[i]! - tolerance ? -1 : 0;
      for (let j = 0; j < n && side !== 0; j++) scratch[j]! += side * jacobian[i * n + j]!;
    }
    for (const value of jacobian) size = Math.max(size, Math.abs(value));
    for (let j = 0; j < n; j++)
      if (Math.abs(scratch[j]!) > 1e-4 * size && (scratch[j]! > 0 ? x[j]! > lx[j]! : x[j]! < ux[j]!)) return false;
    return true;
  };
  const finish = (reached: SqpStatus): SqpResult => {
    const status = reached === 'stalled' && violation > tolerance && isViolationStationary() ? 'infeasible' : reached;
    return { status, x, y, z, objective, violation, stationarity, iterations, log };
  };
  if (!Number.isFinite(objective) || !(yield* derive())) return finish('invalid');

  for (; ; iterations++) {
    // First-order conditions with the present multipliers.
    stationarity = 0;
    let multiplierSize = 1;
    let complementarity = 0;
    for (let j = 0; j < n; j++) scratch[j] = gradient[j]! + z[j]!;
    addJacobianTransposed(y, scratch);
    for (let j = 0; j < n; j++) {
      stationarity = Math.max(stationarity, Math.abs(scratch[j]!));
      multiplierSize = Math.max(multiplierSize, Math.abs(z[j]!));
      if (z[j] !== 0) complementarity = Math.max(complementarity, Math.abs(z[j]! * (x[j]! - (z[j]! > 0 ? ux[j]! : lx[j]!))));
    }
    for (let i = 0; i < m; i++) {
      multiplierSize = Math.max(multiplierSize, Math.abs(y[i]!));
      if (y[i] !== 0) complementarity = Math.max(complementarity, Math.abs(y[i]! * (constraints[i]! - (y[i]! > 0 ? u[i]! : l[i]!))));
    }
    if (
      iterations > 0 &&
      violation <= tolerance &&
      stationarity <= tolerance * multiplierSize &&
      complementarity <= tolerance * multiplierSize
    )
      return finish('converged');
    if (iterations >= maxIterations) return finish('iterationLimit');

    if (kind === 'exact') {
      const wait = program.prepare?.(x, 2, y);
      if (wait !== undefined) yield wait;
      program.hessian!(x, y, hessian);
    }
    if (kind === 'gaussNewton') program.gaussNewton!(x, hessian);
    else if (haveLagrangian) {
      // Both gradients of the Lagrangian with the new multipliers.
      for (let j = 0; j < n; j++) lagrangian[j] = gradient[j]! - lagrangian[j]!;
      addJacobianTransposed(y, lagrangian);
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
    if (!subproblem.solve(point, radius, price)) return finish('stalled');
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
      return finish('infeasible');
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
        if (radius < 1e-11 * pointSize) return finish(violation > tolerance && elastic ? 'infeasible' : 'stalled');
        haveLagrangian = false;
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
        for (let j = 0; j < n; j++) scratch[j] = gradient[j]! + z[j]!;
        addJacobianTransposed(y, scratch);
        stationarity = scratch.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        return finish(stationarity <= 10 * tolerance * Math.max(1, largestMultiplier) ? 'converged' : 'stalled');
      }
      return finish(violation > tolerance && elastic ? 'infeasible' : 'stalled');
    }
    if (globalization === 'filter' && !(slope < 0 && violation <= 1e-4)) filter.add(violation, objective);

    // On to the new point. Multipliers are taken whole: they belong to the full step.
    y.set(newY);
    z.set(newZ);
    if (kind === 'bfgs') {
      lagrangian.set(gradient);
      addJacobianTransposed(y, lagrangian);
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
