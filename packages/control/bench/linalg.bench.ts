/**
 * The flat kernels beside ml-matrix in the same run, and what they allocate. Each ratio is the median time of ml-matrix over ours, for
 * the same operation on the same numbers; the last column is the heap that a call leaves behind, averaged over many.
 *
 * Run with `npx tsx --conditions=@mbrl/source --expose-gc bench/linalg.bench.ts` (from the package's folder).
 */
import {
  createKalmanFilter,
  createLqrBackwardPass,
  createVectorField,
  integrateDynamics,
  type IntegratorMethod,
  solveDare,
  type LqrStage,
} from '@mbrl/control';
import { CholeskyDecomposition, LuDecomposition, Matrix, QrDecomposition } from 'ml-matrix';
import { factorCholesky, solveCholesky } from '../src/linalg/cholesky.js';
import { factorLu, solveLu } from '../src/linalg/lu.js';
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from '../src/linalg/multiply.js';
import { factorQr, solveLeastSquares } from '../src/linalg/qr.js';
import { congruence } from '../src/linalg/symmetric-product.js';
import { createExponentialWork, exponentiate } from '../src/linalg/matrix-exponential.js';
import { createSteinWork, doubleStein } from '../src/riccati/stein-doubling.js';

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const collect = (globalThis as { gc?: () => void }).gc;
let seed = 1;
const random = (): number => {
  seed = (seed * 16807) % 2147483647;
  return seed / 2147483647 - 0.5;
};

/** Nanoseconds of a call of each, in turns. */
function time(ours: () => void, theirs: () => void, calls: number): [number, number] {
  const [first, second]: [number[], number[]] = [[], []];
  for (let round = 0; round < 25; round++) {
    const begin = performance.now();
    for (let i = 0; i < calls; i++) ours();
    const middle = performance.now();
    for (let i = 0; i < calls; i++) theirs();
    const end = performance.now();
    if (round < 5) continue;
    first.push((1e6 * (middle - begin)) / calls);
    second.push((1e6 * (end - middle)) / calls);
  }
  return [median(first), median(second)];
}

/** Bytes of heap that a call leaves behind. */
function growth(work: () => void, calls = 2000): string {
  if (collect === undefined) return 'not measured';
  for (let i = 0; i < 200; i++) work();
  collect();
  const before = process.memoryUsage();
  for (let i = 0; i < calls; i++) work();
  const after = process.memoryUsage();
  return `${((after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / calls).toFixed(2)} B a call`;
}

for (const n of [2, 4, 8, 12, 20, 32, 50]) {
  const [a, b, c, work] = [1, 2, 3, 4].map(() => Float64Array.from({ length: n * n }, random)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const spd = new Float64Array(n * n);
  multiplyTransposedRight(a, a, spd, n, n, n);
  for (let i = 0; i < n; i++) spd[i * (n + 1)]! += 1;
  const [A, B, S] = [a, b, spd].map((values) => Matrix.from1DArray(n, n, values)) as [Matrix, Matrix, Matrix];
  const [factor, pivots, right, tau] = [new Float64Array(n * n), new Int32Array(n), new Float64Array(n * n), new Float64Array(n)];
  const calls = Math.max(20, Math.round(400_000 / n ** 3));
  const cases: [string, () => void, () => void][] = [
    ['A B', () => multiply(a, b, c, n, n, n), () => A.mmul(B)],
    ['Aᵀ B', () => multiplyTransposedLeft(a, b, c, n, n, n), () => A.transpose().mmul(B)],
    ['A Bᵀ', () => multiplyTransposedRight(a, b, c, n, n, n), () => A.mmul(B.transpose())],
    ['Aᵀ S A', () => congruence(a, spd, c, work, n, n), () => A.transpose().mmul(S).mmul(A)],
    [
      'Cholesky, solve',
      () => {
        factorCholesky(spd, factor, n);
        right.set(b);
        solveCholesky(factor, right, n, n);
      },
      () => new CholeskyDecomposition(S).solve(B),
    ],
    [
      'LU, solve',
      () => {
        factor.set(a);
        factorLu(factor, pivots, n);
        right.set(b);
        solveLu(factor, pivots, right, n, n);
      },
      () => new LuDecomposition(A).solve(B),
    ],
    [
      'QR, solve',
      () => {
        factor.set(a);
        factorQr(factor, tau, n, n);
        right.set(b);
        solveLeastSquares(factor, tau, right, n, n, n);
      },
      () => new QrDecomposition(A).solve(B),
    ],
  ];
  const parts = cases.map(([name, ours, theirs]) => {
    const [x, y] = time(ours, theirs, calls);
    return `${name} ${(x / 1000).toFixed(2)} µs ×${(y / x).toFixed(1)}`;
  });
  console.log(`n = ${String(n).padStart(2)}: ${parts.join(' | ')}`);
  if (n === 12) console.log(`  heap: ${cases.map(([name, ours]) => `${name} ${growth(ours)}`).join(' | ')}`);
}

console.log('loops, heap left behind:');
{
  const [n, m, T] = [12, 4, 50];
  const fill = (size: number, scale = 1): Float64Array => Float64Array.from({ length: size }, () => scale * random());
  const eye = (k: number): Float64Array => Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
  const stage: LqrStage = {
    A: fill(n * n, 0.3),
    B: fill(n * m),
    c: fill(n),
    Q: eye(n),
    R: eye(m),
    S: new Float64Array(n * m),
    q: fill(n),
    r: fill(m),
  };
  const stages = Array.from({ length: T }, () => stage);
  const pass = createLqrBackwardPass(n, m, T);
  console.log(`  LQR backward pass 12 × 4 × 50: ${growth(() => pass.run(stages, stage.Q, stage.q), 500)}`);
  const stein = createSteinWork(n);
  const X = new Float64Array(n * n);
  console.log(`  Stein by doubling, n = 12: ${growth(() => doubleStein(stage.A, stage.Q, X, stein), 500)}`);
  const exponential = createExponentialWork(n);
  console.log(`  exponential, n = 12: ${growth(() => exponentiate(stage.A, X, exponential), 500)}`);
  for (const form of ['covariance', 'squareRoot'] as const) {
    const filter = createKalmanFilter({ A: stage.A, C: fill(4 * n), W: eye(n), V: eye(4), covariance: eye(n), form });
    const y = fill(4);
    const step = (): void => {
      filter.predict();
      filter.update(y);
    };
    console.log(`  Kalman filter, ${form}, 12 states, 4 outputs: ${growth(step)}`);
  }
  const field = createVectorField({
    stateSize: 2,
    actionSize: 1,
    rate: (x, u, _, out) => {
      out[0] = x[1]!;
      out[1] = -Math.sin(x[0]!) + u[0]!;
    },
  });
  const [x, u, A, B, t] = [fill(2 * T), fill(T), new Float64Array(4 * T), new Float64Array(2 * T), new Int32Array(T)];
  const methods: IntegratorMethod[] = ['euler', 'semiImplicitEuler', 'rungeKutta4', 'implicitMidpoint', 'dormandPrince'];
  for (const method of methods) {
    const dynamics = integrateDynamics(field, { method, period: 0.1 });
    console.log(`  linearize 50 points, ${method}: ${growth(() => void dynamics.linearize(x, u, A, B, T, t), 500)}`);
  }
  for (const size of [4, 12, 30]) {
    const begin = performance.now();
    const problem = { A: fill(size * size, 0.6), B: fill(size * 2), Q: eye(size), R: eye(2) };
    for (let i = 0; i < 20; i++) solveDare(problem);
    console.log(`  solveDare, n = ${size}: ${((performance.now() - begin) / 20).toFixed(2)} ms`);
  }
}
