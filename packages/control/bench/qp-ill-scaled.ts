/**
 * Hard quadratic programs with a known optimal pair, of the kind of Maros and Mészáros's: linear programs of planning
 * with a small quadratic added. Rows and columns in units from 1e-4 to 1e5, sparse, with repeated and dependent rows,
 * fixed and free variables, tiny and huge bounds, degenerate vertices, and P of low rank on few variables.
 *
 *   npx tsx --conditions=@mbrl/source bench/qp-ill-scaled.ts [COUNT=100] [SEED=1]
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createRng, type Rng } from '@mbrl/core';
import { solveQp, type QpResult, type QuadraticProgram } from '@mbrl/control';

/** A program, its optimum, and the rounding of its largest terms: what no float64 answer can be expected to beat. */
export interface IllScaledCase {
  readonly n: number;
  readonly m: number;
  readonly program: Required<QuadraticProgram>;
  readonly optimum: number;
  readonly floor: { readonly violation: number; readonly stationarity: number; readonly gap: number };
}

const power = (rng: Rng, low: number, high: number): number => 10 ** (low + (high - low) * rng.uniform());
const sign = (rng: Rng): number => (rng.uniform() < 0.5 ? -1 : 1);

/** Builds case number `index` of a seed. */
export function makeIllScaledCase(seed: number, index: number): IllScaledCase {
  const rng = createRng(seed).split(index);
  const n = 20 + rng.integer(130);
  const m = 10 + rng.integer(Math.floor(0.8 * n));
  const width = 3 * rng.uniform();
  const A = new Float64Array(m * n);
  for (let j = 0; j < n; j++) {
    const unit = power(rng, -width / 2, width / 2);
    for (let e = 0, count = 1 + rng.integer(6); e < count; e++)
      A[rng.integer(m) * n + j] = sign(rng) * unit * (rng.uniform() < 0.5 ? 1 : power(rng, -1, 1));
  }
  for (let i = 0; i < m; i++) {
    const scale = rng.uniform() < 0.7 ? 1 : power(rng, -width, width);
    A[i * n + rng.integer(n)] = sign(rng);
    for (let j = 0; j < n; j++) A[i * n + j]! *= scale;
  }
  // Repeated and dependent rows.
  for (let i = 2; i < m; i++) {
    const draw = rng.uniform();
    if (draw > 0.12) continue;
    const one = rng.integer(i);
    const other = rng.integer(i);
    const factor = draw < 0.04 ? 0 : sign(rng) * 2 ** (rng.integer(5) - 2);
    for (let j = 0; j < n; j++) A[i * n + j] = A[one * n + j]! + factor * A[other * n + j]!;
  }
  const P = new Float64Array(n * n);
  const rank = Math.ceil(power(rng, -2, -0.7) * n);
  const part = Array.from({ length: Math.max(2, Math.ceil(0.3 * n * rng.uniform())) }, () => rng.integer(n));
  for (let k = 0; k < rank; k++) {
    const row = new Map(part.filter(() => rng.uniform() < 0.5).map((j) => [j, sign(rng) * power(rng, -1.5, 1)]));
    for (const [i, a] of row) for (const [j, b] of row) P[i * n + j]! += a * b;
  }
  const x = Float64Array.from({ length: n }, () => (rng.uniform() < 0.5 ? 0 : power(rng, -2, 2.5)));
  const lx = new Float64Array(n);
  const ux = new Float64Array(n).fill(Infinity);
  const z = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const draw = rng.uniform();
    if (draw < 0.05) lx[j] = ux[j] = x[j]!;
    else if (draw < 0.12) lx[j] = -Infinity;
    else if (draw < 0.3) ux[j] = rng.uniform() < 0.3 ? x[j]! : x[j]! + power(rng, -4, 6);
    if (rng.uniform() < 0.1) lx[j] = Math.min(lx[j]!, x[j]! - power(rng, -4, 4));
    const pushed = rng.uniform() < 0.85 ? power(rng, -2, 2) : 0;
    if (lx[j] === ux[j]) z[j] = sign(rng) * pushed;
    else if (x[j] === ux[j]) z[j] = pushed;
    else if (x[j] === lx[j]) z[j] = -pushed;
  }
  const l = new Float64Array(m).fill(-Infinity);
  const u = new Float64Array(m).fill(Infinity);
  const y = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    let value = 0;
    for (let j = 0; j < n; j++) value += A[i * n + j]! * x[j]!;
    const draw = rng.uniform();
    const pressed = rng.uniform() < 0.8 ? power(rng, -2, 2) : 0;
    if (draw < 0.5) {
      l[i] = u[i] = value;
      y[i] = sign(rng) * pressed;
    } else if (draw < 0.75) {
      u[i] = value;
      y[i] = pressed;
    } else if (draw < 0.85) {
      l[i] = value;
      u[i] = value + power(rng, -4, 5);
      y[i] = -pressed;
    } else l[i] = value - power(rng, -3, 4);
  }
  const q = new Float64Array(n);
  const largest = { violation: 0, stationarity: 0, gap: 0 };
  const note = (name: keyof typeof largest, value: number): number => {
    largest[name] = Math.max(largest[name], Math.abs(value));
    return value;
  };
  let optimum = 0;
  for (let j = 0; j < n; j++) {
    let quadratic = 0;
    for (let k = 0; k < n; k++) {
      quadratic += note('stationarity', P[j * n + k]! * x[k]!);
      note('gap', x[j]! * P[j * n + k]! * x[k]!);
    }
    q[j] = -quadratic - z[j]!;
    for (let i = 0; i < m; i++) {
      q[j]! -= note('stationarity', A[i * n + j]! * y[i]!);
      note('violation', A[i * n + j]! * x[j]!);
    }
    optimum += note('gap', x[j]! * q[j]!) + note('gap', (x[j]! * quadratic) / 2);
  }
  for (let i = 0; i < m; i++) if (y[i] !== 0) note('gap', y[i]! * (y[i]! > 0 ? u[i]! : l[i]!));
  const unit = 2 ** -51;
  return {
    n,
    m,
    program: { P, q, A, l, u, lx, ux },
    optimum,
    floor: { violation: unit * largest.violation, stationarity: unit * largest.stationarity, gap: unit * largest.gap },
  };
}

/** Residuals by plain sums, as an outsider would take them. */
export function residualsOf(
  { n, m, program }: IllScaledCase,
  { x, y, z }: QpResult,
): { violation: number; stationarity: number; gap: number } {
  const { P, q, A, l, u, lx, ux } = program;
  let violation = 0;
  let stationarity = 0;
  let gap = 0;
  const press = (multiplier: number, low: number, high: number): void => {
    if (multiplier !== 0) gap += multiplier * (multiplier > 0 ? high : low);
  };
  for (let i = 0; i < m; i++) {
    let value = 0;
    for (let j = 0; j < n; j++) value += A[i * n + j]! * x[j]!;
    violation = Math.max(violation, l[i]! - value, value - u[i]!);
    press(y[i]!, l[i]!, u[i]!);
  }
  for (let j = 0; j < n; j++) {
    violation = Math.max(violation, lx[j]! - x[j]!, x[j]! - ux[j]!);
    press(z[j]!, lx[j]!, ux[j]!);
    let gradient = q[j]! + z[j]!;
    let quadratic = 0;
    for (let k = 0; k < n; k++) quadratic += P[j * n + k]! * x[k]!;
    gradient += quadratic;
    gap += x[j]! * quadratic + q[j]! * x[j]!;
    for (let i = 0; i < m; i++) gradient += A[i * n + j]! * y[i]!;
    stationarity = Math.max(stationarity, Math.abs(gradient));
  }
  return { violation, stationarity, gap: Math.abs(gap) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const count = Number(process.argv[2] ?? 100);
  const seed = Number(process.argv[3] ?? 1);
  let strict = 0;
  let rounded = 0;
  let exact = 0;
  const statuses: Record<string, number> = {};
  const begin = process.hrtime.bigint();
  for (let index = 0; index < count; index++) {
    const example = makeIllScaledCase(seed, index);
    const answer = solveQp(example.program);
    const residuals = residualsOf(example, answer);
    const names = ['violation', 'stationarity', 'gap'] as const;
    if (names.every((name) => residuals[name] <= 1e-9)) strict++;
    // The solver's own measures are free of the rounding of plain sums.
    if (Math.max(answer.primalResidual, answer.dualResidual, answer.gap) <= 1e-9) exact++;
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    if (names.every((name) => residuals[name] <= Math.max(1e-9, example.floor[name]))) rounded++;
    else {
      const show = names.map((name) => `${name} ${residuals[name].toExponential(1)} (floor ${example.floor[name].toExponential(1)})`);
      process.stdout.write(
        `case ${index}, n=${example.n} m=${example.m}: ${answer.status} in ${answer.iterations}+${answer.polishRounds}, ${show.join(', ')}\n`,
      );
    }
  }
  const spent = Number(process.hrtime.bigint() - begin) / 1e9;
  process.stdout.write(
    `${count} programs in ${spent.toFixed(1)} s: ${strict} to 1e-9, ${exact} with sums in doubled precision, ${rounded} to 1e-9 or rounding, ${JSON.stringify(statuses)}\n`,
  );
}
