/**
 * The quadratic programs of `test/data/qp`: ours against `quadprog` and Clarabel's WASM (in `cvxjs`), each from its own
 * input format to an answer, and a warm step of linear MPC (12 states, 4 inputs, 50 stages, bounds on both).
 * Run on the built package, as its users do: compiled on the fly, every function made in a call costs a name.
 *
 *   npx tsc -b && npx tsx bench/qp.bench.ts
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createQpSolver, solveQp } from '@mbrl/control';
import { timeMpcSteps } from './mpc-step.js';
import { type QpFile, readQpFile } from './qp-files.js';

const require = createRequire(import.meta.url);
const quadprog = require('quadprog') as {
  solveQP(P: number[][], q: number[], A: number[][], b: number[], equalities: number): { solution: number[]; message?: string };
};
const clarabel = require(join(dirname(require.resolve('cvxjs')), '../wasm/pkg/nodejs/clarabel_wasm.js')) as {
  solve(...input: unknown[]): { status: string; objVal?: number; obj_val?: number; x: ArrayLike<number> };
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Least of medians over five groups, after 0.3 s of warming up: what the machine does when it is left alone. */
function time(run: () => void): number {
  const warmUntil = process.hrtime.bigint() + 300_000_000n;
  do run();
  while (process.hrtime.bigint() < warmUntil);
  const groups: number[] = [];
  for (let group = 0; group < 5; group++) {
    const times: number[] = [];
    for (let i = 0; i < 9; i++) {
      const start = process.hrtime.bigint();
      run();
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    groups.push(median(times));
  }
  return Math.min(...groups);
}

/** Columns of the upper half of P, or of stacked one-sided rows. */
function toColumns(rows: number, columns: number, element: (i: number, j: number) => number): [Uint32Array, Uint32Array, Float64Array] {
  const starts = [0];
  const index: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      const value = element(i, j);
      if (value === 0) continue;
      index.push(i);
      values.push(value);
    }
    starts.push(index.length);
  }
  return [Uint32Array.from(starts), Uint32Array.from(index), Float64Array.from(values)];
}

/** Rows split into equalities a x = b and one-sided a x ≤ b. */
function splitRows({ program: { l, u }, m }: QpFile): { equal: [number, number][]; below: [number, number, number][] } {
  const equal: [number, number][] = [];
  const below: [number, number, number][] = [];
  for (let i = 0; i < m; i++) {
    if (l[i] === u[i]) equal.push([i, l[i]!]);
    else {
      if (u[i]! < Infinity) below.push([i, 1, u[i]!]);
      if (l[i]! > -Infinity) below.push([i, -1, -l[i]!]);
    }
  }
  return { equal, below };
}

function prepareClarabel(file: QpFile): () => number {
  const { n, program } = file;
  const { equal, below } = splitRows(file);
  const rows = [...equal.map(([i]) => [i, 1] as const), ...below.map(([i, sign]) => [i, sign] as const)];
  const [pStart, pIndex, pValues] = toColumns(n, n, (i, j) => (i <= j ? program.P[i * n + j]! : 0));
  const [aStart, aIndex, aValues] = toColumns(rows.length, n, (i, j) => rows[i]![1] * program.A[rows[i]![0] * n + j]!);
  const b = Float64Array.from([...equal.map(([, side]) => side), ...below.map(([, , side]) => side)]);
  const cones = JSON.stringify({ zero: equal.length, nonneg: below.length, nonnegative: below.length, soc: [], exp: 0, power: [] });
  const settings = JSON.stringify({ verbose: false, tol_gap_abs: 1e-9, tol_gap_rel: 1e-9, tol_feas: 1e-9 });
  const q = Float64Array.from(Array.from({ length: n }, (_, j) => program.q[j]!));
  return () => {
    const { x } = clarabel.solve(pStart, pIndex, pValues, q, aStart, aIndex, aValues, b, n, rows.length, cones, settings);
    return objective(file, x);
  };
}

function prepareQuadprog(file: QpFile): () => number {
  const { n, program } = file;
  const { equal, below } = splitRows(file);
  const matrix = (rows: number, columns: number, element: (i: number, j: number) => number): number[][] =>
    Array.from({ length: rows + 1 }, (_, i) =>
      Array.from({ length: columns + 1 }, (_unused, j) => (i === 0 || j === 0 ? 0 : element(i - 1, j - 1))),
    );
  const rows: [number, number, number][] = [
    ...equal.map(([i, side]): [number, number, number] => [i, 1, side]),
    ...below.map(([i, sign, side]): [number, number, number] => [i, -sign, -side]),
  ];
  const q = [0, ...Array.from({ length: n }, (_, j) => -program.q[j]!)];
  const A = matrix(n, rows.length, (j, i) => rows[i]![1] * program.A[rows[i]![0] * n + j]!);
  const b = [0, ...rows.map(([, , side]) => side)];
  return () => {
    // It overwrites its matrix.
    const P = matrix(n, n, (i, j) => program.P[i * n + j]!);
    const { solution, message } = quadprog.solveQP(P, q, A, b, equal.length);
    return message === '' || message === undefined ? objective(file, solution.slice(1)) : NaN;
  };
}

function objective({ n, program: { P, q } }: QpFile, x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += q[i]! * x[i]!;
    for (let j = 0; j < n; j++) sum += 0.5 * x[i]! * P[i * n + j]! * x[j]!;
  }
  return sum;
}

const folder = new URL('../test/data/qp/', import.meta.url);
const ratios: Record<string, number[]> = { quadprog: [], clarabel: [], 'quadprog, size kept': [], 'clarabel, size kept': [] };
const show = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3)).padStart(10);
process.stdout.write(
  `${'ms'.padEnd(12)}${'n'.padStart(5)}${'m'.padStart(5)}${'ours'.padStart(10)}${'size kept'.padStart(10)}${'quadprog'.padStart(10)}${'clarabel'.padStart(10)}\n`,
);
for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
  const file = readQpFile(readFileSync(new URL(name, folder), 'utf8'));
  const solver = createQpSolver({ variableCount: file.n, constraintCount: file.m });
  const ours = time(() => solveQp(file.program));
  const kept = time(() => solver.solve(file.program));
  const others = { quadprog: prepareQuadprog(file), clarabel: prepareClarabel(file) };
  const times = Object.entries(others).map(([rival, run]) => {
    let value = NaN;
    try {
      value = run();
    } catch {
      value = NaN;
    }
    const right = Math.abs(value + file.constant - file.optimum) <= 1e-6 * Math.max(1, Math.abs(file.optimum));
    const spent = right ? time(run) : NaN;
    if (right) {
      ratios[rival]!.push(spent / ours);
      ratios[`${rival}, size kept`]!.push(spent / kept);
    }
    return spent;
  });
  process.stdout.write(
    `${file.name.padEnd(12)}${String(file.n).padStart(5)}${String(file.m).padStart(5)}${[ours, kept, ...times].map(show).join('')}\n`,
  );
}
for (const [rival, values] of Object.entries(ratios)) {
  const mean = Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  process.stdout.write(`${rival}: solves ${values.length}; ours is ${mean.toFixed(2)} times as fast in the geometric mean\n`);
}
timeMpcSteps((line) => process.stdout.write(`${line}\n`));
