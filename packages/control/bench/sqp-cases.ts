/** Random small nonlinear programs, and a judge of answers that asks the program's values only. */
import type { NonlinearProgram, SqpOptions, SqpResult } from '@mbrl/control';
import { createRng, type Rng } from '@mbrl/core';

/** A program with where to start and how to solve it. */
export interface SqpCase {
  readonly program: NonlinearProgram & Required<Pick<NonlinearProgram, 'lower' | 'upper' | 'variableLower' | 'variableUpper'>>;
  readonly start: Float64Array;
  readonly options: SqpOptions;
}

/** g(x) = ½xᵀSx + dᵀx + a sin(eᵀx + φ) + ¼b Σxⱼ⁴ with its derivatives; b > 0 bounds it below. */
interface Smooth {
  value(x: Float64Array): number;
  addGradient(x: Float64Array, out: Float64Array, at: number, weight: number): void;
  addHessian(x: Float64Array, out: Float64Array, weight: number): void;
}

function drawSmooth(rng: Rng, n: number, curvature: number, b: number): Smooth {
  const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => rng.normal());
  const [half, d, e, a, phase] = [draw(n * n), draw(n), draw(n), 0.7 * rng.normal(), rng.normal()];
  const S = Float64Array.from({ length: n * n }, (_, k) => 0.5 * curvature * (half[k]! + half[(k % n) * n + Math.floor(k / n)]!));
  const dot = (v: Float64Array, x: Float64Array): number => v.reduce((sum, value, j) => sum + value * x[j]!, 0);
  const row = (i: number): Float64Array => S.subarray(i * n, (i + 1) * n);
  return {
    value(x) {
      let sum = dot(d, x) + a * Math.sin(dot(e, x) + phase);
      for (let i = 0; i < n; i++) sum += 0.5 * x[i]! * dot(row(i), x) + 0.25 * b * x[i]! ** 4;
      return sum;
    },
    addGradient(x, out, at, weight) {
      const slope = a * Math.cos(dot(e, x) + phase);
      for (let i = 0; i < n; i++) out[at + i]! += weight * (d[i]! + dot(row(i), x) + slope * e[i]! + b * x[i]! ** 3);
    },
    addHessian(x, out, weight) {
      const bend = -a * Math.sin(dot(e, x) + phase);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) out[i * n + j]! += weight * (S[i * n + j]! + bend * e[i]! * e[j]!);
        out[i * n + i]! += weight * 3 * b * x[i]! ** 2;
      }
    },
  };
}

/** Draws a program of up to six variables and four constraints, feasible or not, and one of the ways to solve it. */
export function makeSqpCase(seed: number): SqpCase {
  const rng = createRng(seed);
  const n = 1 + rng.integer(6);
  const m = rng.integer(5);
  const objective = drawSmooth(rng, n, 1, 0.3);
  const constraints = Array.from({ length: m }, () => drawSmooth(rng, n, 0.5, 0));
  const middle = Float64Array.from({ length: n }, () => rng.normal());
  const lower = new Float64Array(m).fill(-Infinity);
  const upper = new Float64Array(m).fill(Infinity);
  const mayBeInfeasible = rng.uniform() < 0.2;
  constraints.forEach((constraint, i) => {
    const value = constraint.value(middle) + (mayBeInfeasible ? 3 * rng.normal() : 0);
    const kind = rng.integer(4);
    // Equalities, one-sided, two-sided: all of them kept at `middle` unless the program may be infeasible.
    if (kind !== 1) lower[i] = kind === 0 ? value : value - 0.5 * rng.uniform();
    if (kind !== 2) upper[i] = kind === 0 ? value : value + 0.5 * rng.uniform();
  });
  const variableLower = new Float64Array(n).fill(-Infinity);
  const variableUpper = new Float64Array(n).fill(Infinity);
  for (let j = 0; j < n; j++) {
    if (rng.uniform() < 0.3) variableLower[j] = middle[j]! - rng.uniform();
    if (rng.uniform() < 0.3) variableUpper[j] = middle[j]! + rng.uniform();
  }
  // Beyond this the objective is NaN.
  const edge = rng.uniform() < 0.1 ? 4 : Infinity;
  const hessian = rng.uniform() < 0.6 ? 'exact' : 'bfgs';
  return {
    start: Float64Array.from({ length: n }, () => 1.5 * rng.normal()),
    options: { hessian, globalization: (['merit', 'filter', 'trustRegion'] as const)[rng.integer(3)]! },
    program: {
      variableCount: n,
      constraintCount: m,
      objective: (x) => (x.some((value) => Math.abs(value) > edge) ? NaN : objective.value(x)),
      gradient(x, out) {
        out.fill(0);
        objective.addGradient(x, out, 0, 1);
      },
      constraints: (x, out) => constraints.forEach((constraint, i) => (out[i] = constraint.value(x))),
      jacobian(x, out) {
        out.fill(0);
        constraints.forEach((constraint, i) => constraint.addGradient(x, out, i * n, 1));
      },
      hessian(x, y, out) {
        out.fill(0);
        objective.addHessian(x, out, 1);
        constraints.forEach((constraint, i) => constraint.addHessian(x, out, y[i]!));
      },
      lower,
      upper,
      variableLower,
      variableUpper,
    },
  };
}

const outside = (value: number, low: number, high: number): number => Math.max(0, low - value, value - high);

/** Finds fault with multipliers that are to prove a point of least violation: |y| ≤ 1, ±1 at violated sides, Jᵀy + z = 0. */
function judgeCertificate(
  program: SqpCase['program'],
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  tolerance: number,
): string | undefined {
  const { variableCount: n, constraintCount: m, lower, upper, variableLower, variableUpper } = program;
  const valuesAt = (point: Float64Array): Float64Array => {
    const c = new Float64Array(m);
    program.constraints?.(point, c);
    return c;
  };
  const c = valuesAt(x);
  for (let i = 0; i < m; i++) {
    const side = c[i]! > upper[i]! + tolerance ? 1 : c[i]! < lower[i]! - tolerance ? -1 : 0;
    if (Math.abs(y[i]!) > 1 + tolerance || (side !== 0 && Math.abs(y[i]! - side) > tolerance)) return `certificate: y = ${y[i]} at ${i}`;
    const ends = y[i]! > 0 ? upper[i]! : lower[i]!;
    if (side === 0 && Math.min(Math.abs(y[i]!), Math.abs(c[i]! - ends)) > 1e-4) return `certificate: y = ${y[i]} inside at ${i}`;
  }
  for (let j = 0; j < n; j++) {
    const step = 1e-5;
    const [up, down] = [1, -1].map((h) => valuesAt(x.map((value, k) => (k === j ? value + h * step : value)))) as [
      Float64Array,
      Float64Array,
    ];
    const slope = y.reduce((sum, value, i) => sum + (value * (up[i]! - down[i]!)) / (2 * step), z[j]!);
    if (Math.abs(slope) > 1e-4) return `certificate: a slope of ${slope} at variable ${j}`;
    const ends = z[j]! > 0 ? variableUpper[j]! : variableLower[j]!;
    if (Math.min(Math.abs(z[j]!), Math.abs(x[j]! - ends)) > 1e-4) return `certificate: z = ${z[j]} inside at ${j}`;
  }
  return undefined;
}

/** Finds fault with an answer: what is wrong with it, or nothing. */
export function judgeSqpResult({ program }: SqpCase, result: SqpResult, tolerance = 1e-5): string | undefined {
  const { variableCount: n, constraintCount: m, lower, upper, variableLower, variableUpper } = program;
  const { x, y, z } = result;
  if (result.status === 'invalid') return undefined;
  if (![...x, ...y, ...z, result.objective].every(Number.isFinite)) return 'the answer is not finite';
  if (x.some((value, j) => outside(value, variableLower[j]!, variableUpper[j]!) > 0)) return 'a bound is not kept';
  const c = new Float64Array(m);
  const violationAt = (point: Float64Array): number => {
    program.constraints?.(point, c);
    return c.reduce((sum, value, i) => sum + outside(value, lower[i]!, upper[i]!), 0);
  };
  const violation = violationAt(x);
  if (Math.abs(violation - result.violation) > 1e-9 * (1 + violation)) return `a violation of ${violation} is told as ${result.violation}`;
  if (result.status === 'infeasible') {
    if (violation < 1e-7) return 'it calls itself infeasible and is not';
    // No way within the bounds that lowers the violation at a rate worth the name.
    const rng = createRng(1);
    for (let trial = 0; trial < 60 * n; trial++) {
      const way = Float64Array.from({ length: n }, (_, j) => (trial < 2 * n ? (trial >> 1 === j ? 1 - 2 * (trial & 1) : 0) : rng.normal()));
      const length = Math.hypot(...way);
      const step = 1e-4;
      const moved = x.map((value, j) => Math.min(variableUpper[j]!, Math.max(variableLower[j]!, value + (step * way[j]!) / length)));
      const fall = (violation - violationAt(moved)) / step;
      if (fall > 0.05) return `it calls itself infeasible where the violation ${violation} falls at a rate of ${fall}`;
    }
    return judgeCertificate(program, x, y, z, tolerance);
  }
  if (result.status !== 'converged') return undefined;
  const size = Math.max(1, ...y.map(Math.abs), ...z.map(Math.abs));
  if (violation > tolerance) return `violation ${violation}`;
  const lagrangian = (point: Float64Array): number => {
    program.constraints?.(point, c);
    return c.reduce((sum, value, i) => sum + y[i]! * value, program.objective(point));
  };
  for (let j = 0; j < n; j++) {
    const slopes = [1e-4, 1e-5].map((step) => {
      const at = (h: number): number => lagrangian(x.map((value, k) => (k === j ? value + h * step : value)));
      return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step) + z[j]!;
    });
    const stationarity = Math.min(...slopes.map(Math.abs));
    if (!(stationarity <= tolerance * size)) return `stationarity ${stationarity} at variable ${j}`;
  }
  program.constraints?.(x, c);
  for (const [multipliers, values, low, high] of [
    [y, c, lower, upper],
    [z, x, variableLower, variableUpper],
  ] as const) {
    for (let i = 0; i < values.length; i++) {
      const side = multipliers[i]! > 0 ? high[i]! : low[i]!;
      if (multipliers[i] !== 0 && Math.min(Math.abs(multipliers[i]!), Math.abs(values[i]! - side)) > tolerance)
        return `complementarity: multiplier ${multipliers[i]} at ${values[i]} with the side at ${side}`;
    }
  }
  return undefined;
}
