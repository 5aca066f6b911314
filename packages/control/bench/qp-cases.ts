/**
 * Random quadratic programs whose class is known by construction, and a check of answers that knows nothing of the
 * solver: plain sums over the given data. Used by the tests (a few hundred) and by `qp-fuzz.ts` (ten thousand).
 */
import { createRng, type Rng } from '@mbrl/core';
import type { QpResult, QuadraticProgram } from '@mbrl/control';

/** A program with every part present, and what it was built to be. */
export interface QpCase {
  readonly family: string;
  readonly n: number;
  readonly m: number;
  readonly program: Required<QuadraticProgram>;
  readonly truth: 'solvable' | 'infeasible' | 'unbounded' | 'unknown';
}

const families = [
  'feasible',
  'linear vertex',
  'degenerate',
  'repeated rows',
  'dependent equalities',
  'infeasible',
  'infeasible bounds',
  'unbounded',
  'scaled',
  'scaled linear',
  'scaled infeasible',
  'scaled unbounded',
  'equalities only',
  'narrow ranges',
  'fixed variables',
  'anything',
] as const;

/** Builds case number `index` of a seed. */
export function makeQpCase(seed: number, index: number): QpCase {
  const rng = createRng(seed).split(index);
  const family = families[index % families.length]!;
  const n = 1 + rng.integer(index % 7 === 0 ? 30 : 12);
  const m = rng.integer(index % 7 === 0 ? 40 : 15) + (family.includes('infeasible') ? 2 : 0);
  const linear = family.includes('linear') || family.includes('unbounded') || rng.uniform() < 0.2;
  const rank = linear ? (family.includes('unbounded') ? rng.integer(n) : 0) : rng.integer(n + 1);
  const density = rng.uniform() < 0.5 ? 1 : 0.4;
  const entry = (): number => (rng.uniform() < density ? rng.normal() : 0);
  const factor = Array.from({ length: rank }, () => Array.from({ length: n }, entry));
  const A = new Float64Array(m * n).map(entry);
  let direction: Float64Array | undefined;
  if (family.includes('unbounded')) {
    direction = Float64Array.from({ length: n }, () => rng.normal());
    for (const row of factor) project(row, direction);
  }
  const P = new Float64Array(n * n);
  for (const row of factor) for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) P[i * n + j]! += row[i]! * row[j]!;
  const lower = new Float64Array(m + n).fill(-Infinity);
  const upper = new Float64Array(m + n).fill(Infinity);
  const x = Float64Array.from({ length: n }, () => rng.normal());
  const y = new Float64Array(m + n);

  if (family === 'repeated rows')
    for (let i = 1; i < m; i++) if (rng.uniform() < 0.5) copyRow(A, n, rng.integer(i), i, rng.uniform() < 0.5 ? 1 : -2);
  if (family === 'dependent equalities') {
    for (let i = Math.min(m, Math.ceil(n / 2)); i < m; i++) {
      A.fill(0, i * n, i * n + n);
      for (let k = 0; k < Math.min(i, Math.ceil(n / 2)); k++) addRow(A, n, k, i, rng.normal());
    }
  }
  for (let i = 0; i < m + n; i++) {
    const value = i < m ? dot(A, i * n, x, n) : x[i - m]!;
    const kind =
      family === 'equalities only'
        ? i < m
          ? 0
          : 5
        : family === 'dependent equalities' && i < m
          ? 0
          : i < m
            ? rng.integer(6)
            : 1 + rng.integer(5);
    const wide = family === 'narrow ranges' ? 10 ** (-8 * rng.uniform()) : 1;
    const active = family === 'degenerate' ? rng.uniform() < 0.8 : rng.uniform() < 0.4;
    const multiplier = family === 'degenerate' && rng.uniform() < 0.5 ? 0 : Math.abs(rng.normal());
    if (kind === 0 || (family === 'fixed variables' && i >= m && kind === 1)) {
      lower[i] = upper[i] = value;
      y[i] = rng.normal();
    } else if (kind <= 2 || kind === 3) {
      lower[i] = active ? value : value - wide * (0.01 + rng.uniform());
      if (kind === 3) upper[i] = value + wide * (0.01 + rng.uniform());
      if (active) y[i] = -multiplier;
    } else if (kind === 4) {
      upper[i] = active ? value : value + wide * (0.01 + rng.uniform());
      if (active) y[i] = multiplier;
    }
  }
  const q = new Float64Array(n);
  let truth: QpCase['truth'] = 'solvable';
  if (direction !== undefined) {
    // Sides that the direction would meet are taken away; the objective falls along it.
    for (let i = 0; i < m + n; i++) {
      const change = i < m ? dot(A, i * n, direction, n) : direction[i - m]!;
      if (lower[i] === upper[i] && i < m) {
        let square = 0;
        for (let j = 0; j < n; j++) square += direction[j]! ** 2;
        for (let j = 0; j < n; j++) A[i * n + j]! -= (change / square) * direction[j]!;
        lower[i] = upper[i] = -Infinity;
        lower[i] = dot(A, i * n, x, n) - rng.uniform();
        upper[i] = Infinity;
        if (Math.abs(dot(A, i * n, direction, n)) > 0) lower[i] = -Infinity;
      } else if (change > 0) upper[i] = Infinity;
      else lower[i] = -Infinity;
    }
    for (let j = 0; j < n; j++) q[j] = -direction[j]! + 0.1 * rng.normal();
    let slope = 0;
    for (let j = 0; j < n; j++) slope += q[j]! * direction[j]!;
    truth = slope < -0.1 ? 'unbounded' : 'unknown';
  } else {
    for (let i = 0; i < n; i++) {
      q[i] = -dot(P, i * n, x, n) - y[m + i]!;
      for (let k = 0; k < m; k++) q[i]! -= A[k * n + i]! * y[k]!;
    }
  }
  if (family === 'anything') {
    for (let i = 0; i < n; i++) q[i] = rng.normal();
    truth = 'unknown';
  }
  if (family.includes('infeasible')) {
    truth = 'infeasible';
    const last = m - 1;
    A.fill(0, last * n, last * n + n);
    let support = 0;
    if (family === 'infeasible bounds') {
      for (let j = 0; j < n; j++) {
        A[last * n + j] = rng.normal();
        if (lower[m + j] === -Infinity) lower[m + j] = Math.min(upper[m + j]!, 0) - 1 - rng.uniform();
        if (upper[m + j] === Infinity) upper[m + j] = lower[m + j]! + 1 + rng.uniform();
        support += A[last * n + j]! * (A[last * n + j]! > 0 ? upper[m + j]! : lower[m + j]!);
      }
    } else {
      for (let i = 0; i < last; i++) {
        const weight = rng.normal();
        if (weight > 0 ? upper[i] === Infinity : lower[i] === -Infinity) continue;
        addRow(A, n, i, last, weight);
        support += weight * (weight > 0 ? upper[i]! : lower[i]!);
      }
    }
    lower[last] = support + 0.05 + rng.uniform();
    upper[last] = Infinity;
  }
  const program = { P, q, A, l: lower.slice(0, m), u: upper.slice(0, m), lx: lower.slice(m), ux: upper.slice(m) };
  if (family.startsWith('scaled')) rescale(program, n, m, rng);
  return { family, n, m, program, truth };
}

function dot(values: ArrayLike<number>, offset: number, x: ArrayLike<number>, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += values[offset + j]! * x[j]!;
  return sum;
}

function copyRow(A: Float64Array, n: number, from: number, to: number, factor: number): void {
  for (let j = 0; j < n; j++) A[to * n + j] = factor * A[from * n + j]!;
}

function addRow(A: Float64Array, n: number, from: number, to: number, factor: number): void {
  for (let j = 0; j < n; j++) A[to * n + j]! += factor * A[from * n + j]!;
}

/** Takes from `row` its part along `direction`. */
function project(row: number[], direction: Float64Array): void {
  let along = 0;
  let square = 0;
  for (let j = 0; j < row.length; j++) {
    along += row[j]! * direction[j]!;
    square += direction[j]! ** 2;
  }
  for (let j = 0; j < row.length; j++) row[j]! -= (along / square) * direction[j]!;
}

/** New units for variables, rows and cost, by powers of two so that nothing is rounded. */
function rescale(
  { P, q, A, l, u, lx, ux }: Record<'P' | 'q' | 'A' | 'l' | 'u' | 'lx' | 'ux', Float64Array>,
  n: number,
  m: number,
  rng: Rng,
): void {
  const power = (): number => 2 ** (rng.integer(27) - 13);
  const cost = power();
  const columns = Float64Array.from({ length: n }, power);
  const rows = Float64Array.from({ length: m }, power);
  for (let i = 0; i < n; i++) {
    q[i]! *= cost * columns[i]!;
    lx[i]! /= columns[i]!;
    ux[i]! /= columns[i]!;
    for (let j = 0; j < n; j++) P[i * n + j]! *= cost * columns[i]! * columns[j]!;
  }
  for (let i = 0; i < m; i++) {
    l[i]! *= rows[i]!;
    u[i]! *= rows[i]!;
    for (let j = 0; j < n; j++) A[i * n + j]! *= rows[i]! * columns[j]!;
  }
}

/**
 * Judges an answer by its own conditions alone.
 * @returns undefined where all is well, else what is wrong
 */
export function judgeQpAnswer({ program, n, m, truth }: QpCase, answer: QpResult, tolerance = 1e-8): string | undefined {
  const { P, q, A, l, u, lx, ux } = program;
  const { status, x, y, z, certificate } = answer;
  if (status === 'solved') {
    if (truth === 'infeasible' || truth === 'unbounded') return `solved, but is ${truth}`;
    let gap = 0;
    let gapScale = 0;
    const add = (term: number): void => {
      gap += term;
      gapScale += Math.abs(term);
    };
    for (let i = 0; i < m; i++) {
      const value = dot(A, i * n, x, n);
      let scale = Math.max(1, finite(l[i]!), finite(u[i]!));
      for (let j = 0; j < n; j++) scale = Math.max(scale, Math.abs(A[i * n + j]! * x[j]!));
      if (!(value >= l[i]! - tolerance * scale && value <= u[i]! + tolerance * scale))
        return `row ${i} is ${value}, not in [${l[i]}, ${u[i]}]`;
      if (y[i]! !== 0) add(y[i]! * (y[i]! > 0 ? u[i]! : l[i]!));
    }
    for (let j = 0; j < n; j++) {
      const scale = Math.max(1, Math.abs(x[j]!));
      if (!(x[j]! >= lx[j]! - tolerance * scale && x[j]! <= ux[j]! + tolerance * scale))
        return `x[${j}] is ${x[j]}, not in [${lx[j]}, ${ux[j]}]`;
      if (z[j]! !== 0) add(z[j]! * (z[j]! > 0 ? ux[j]! : lx[j]!));
      let gradient = q[j]! + z[j]!;
      let size = Math.max(1, Math.abs(q[j]!), Math.abs(z[j]!));
      for (let k = 0; k < n; k++) {
        gradient += P[j * n + k]! * x[k]!;
        size = Math.max(size, Math.abs(P[j * n + k]! * x[k]!));
        add(x[j]! * P[j * n + k]! * x[k]!);
      }
      for (let i = 0; i < m; i++) {
        gradient += A[i * n + j]! * y[i]!;
        size = Math.max(size, Math.abs(A[i * n + j]! * y[i]!));
      }
      if (!(Math.abs(gradient) <= tolerance * size)) return `gradient ${j} is ${gradient} of ${size}`;
      add(q[j]! * x[j]!);
    }
    if (!(Math.abs(gap) <= tolerance * Math.max(1, gapScale))) return `gap is ${gap} of ${gapScale}`;
    return undefined;
  }
  if (status === 'primalInfeasible') {
    if (truth === 'solvable') return 'said infeasible, but is solvable';
    if (certificate?.length !== m + n) return 'no certificate';
    let support = 0;
    let size = 0;
    let reach = 0;
    for (let i = 0; i < m + n; i++) {
      const value = certificate[i]!;
      if (value === 0) continue;
      const side = i < m ? (value > 0 ? u[i]! : l[i]!) : value > 0 ? ux[i - m]! : lx[i - m]!;
      support += value * side;
      size += Math.abs(value * side);
    }
    if (!(support < -1e-9 * size)) return `support of the certificate is ${support} of ${size}`;
    let largest = 0;
    for (let i = 0; i < m; i++) largest = Math.max(largest, Math.abs(certificate[i]!));
    for (let j = 0; j < n; j++) {
      let sum = certificate[m + j]!;
      let scale = Math.abs(sum);
      for (let i = 0; i < m; i++) {
        sum += A[i * n + j]! * certificate[i]!;
        scale = Math.max(scale, Math.abs(A[i * n + j]!) * largest);
      }
      if (!(Math.abs(sum) <= 1e-6 * scale)) return `certificate leaves ${sum} of ${scale} at ${j}`;
      reach += Math.abs(sum);
    }
    return reach === 0 || -support / reach > 1e4 ? undefined : `certificate reaches ${-support / reach} only`;
  }
  if (status === 'dualInfeasible') {
    if (truth === 'solvable') return 'said unbounded, but is solvable';
    if (certificate?.length !== n) return 'no certificate';
    let slope = 0;
    for (let j = 0; j < n; j++) slope += q[j]! * certificate[j]!;
    if (!(slope < 0)) return `slope of the certificate is ${slope}`;
    let largest = 0;
    for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(certificate[j]!));
    for (let i = 0; i < n + m + n; i++) {
      let change = 0;
      let scale = 0;
      for (let j = 0; j < n; j++) {
        const element = i < n ? P[i * n + j]! : i < n + m ? A[(i - n) * n + j]! : i - n - m === j ? 1 : 0;
        change += element * certificate[j]!;
        scale = Math.max(scale, Math.abs(element) * largest);
      }
      const up = i < n ? 0 : i < n + m ? u[i - n]! : ux[i - n - m]!;
      const down = i < n ? 0 : i < n + m ? l[i - n]! : lx[i - n - m]!;
      if ((change > 1e-7 * scale && up < Infinity) || (change < -1e-7 * scale && down > -Infinity))
        return `certificate meets constraint ${i} by ${change} of ${scale}`;
    }
    return undefined;
  }
  if (status === 'nonconvex') return truth === 'unknown' ? undefined : 'said nonconvex';
  return undefined;
}

const finite = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : 0);
