/**
 * Measures what iterations leave on the heap: bytes allocated by solves of many iterations less those of few, by iteration.
 *
 *   node --expose-gc --import tsx --conditions=@mbrl/source bench/heap.bench.ts
 */
import { Session } from 'node:inspector/promises';
import process from 'node:process';
import { acrobotProblem, cartPoleProblem, createDdp, createIlqr, createKalmanFilter, createLinearMpc } from '@mbrl/control';

const collect = (globalThis as { readonly gc?: () => void }).gc;
if (collect === undefined) throw new Error('heap.bench: must be run with --expose-gc');

/** Bytes of heap that a call takes, the least of several: what the engine does by itself only adds. Typed arrays are counted in tests. */
function bytesOf(call: () => unknown): number {
  let heap = Infinity;
  for (let trial = 0; trial < 9; trial++) {
    collect!();
    const before = process.memoryUsage().heapUsed;
    call();
    heap = Math.min(heap, process.memoryUsage().heapUsed - before);
  }
  return heap;
}

interface SampledNode {
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly selfSize: number;
  readonly children: readonly SampledNode[];
}

/** The files that take most of it, by the engine's sampling of allocations, with bytes by iteration. */
async function placesOf(call: () => number): Promise<string> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 64,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as never);
  let iterations = 0;
  for (let i = 0; i < 5; i++) iterations += call();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  const bytes = new Map<string, number>();
  const add = ({ callFrame, selfSize, children }: SampledNode): void => {
    const file = callFrame.url.split('/').at(-1) ?? '';
    if (file !== '') bytes.set(file, (bytes.get(file) ?? 0) + selfSize);
    children.forEach(add);
  };
  add(profile.head);
  const places = [...bytes].sort(([, a], [, b]) => b - a).slice(0, 4);
  return places.map(([file, size]) => `${file} ${(size / iterations).toFixed(0)}`).join(', ');
}

/** Compares few with many; the calls return how many iterations they did. */
async function report(name: string, run: (iterations: number) => () => number, few: number, many: number): Promise<void> {
  const [short, long] = [run(few), run(many)];
  // Compiled before it is measured.
  for (let i = 0; i < 30; i++) {
    short();
    long();
  }
  const iterations = long() - short();
  const each = (bytesOf(long) - bytesOf(short)) / iterations;
  process.stdout.write(`${name}: ${each.toFixed(0)} bytes an iteration, over ${iterations}; ${await placesOf(long)}\n`);
}

const acrobot = acrobotProblem();
for (const [name, create] of [
  ['iLQR', createIlqr],
  ['DDP', createDdp],
] as const) {
  const run = (problem: Parameters<typeof create>[0]) => (maxIterations: number) => {
    const solver = create(problem, { maxIterations, gradientTolerance: 1e-15, constraintTolerance: 1e-15 });
    return () => solver.solve({ initialState: [0, 0, 0, 0] }).iterations;
  };
  await report(`${name}, acrobot, T = 50`, run(acrobot), 2, 30);
  await report(`${name}, acrobot within bounds`, run({ ...acrobot, actionLow: -5, actionHigh: 5 }), 2, 20);
  await report(`${name}, cart-pole with constraints, T = 100`, run(cartPoleProblem({ horizon: 100 })), 2, 20);
}
await report(
  'Kalman filter',
  (steps) => {
    const filter = createKalmanFilter({
      A: [
        [1, 0.1],
        [0, 1],
      ],
      C: [[1, 0]],
      W: [
        [0.01, 0],
        [0, 0.01],
      ],
      V: [[0.1]],
      covariance: [
        [1, 0],
        [0, 1],
      ],
    });
    const measured = Float64Array.of(0.1);
    return () => {
      for (let i = 0; i < steps; i++) {
        void filter.predict();
        filter.update(measured);
      }
      return steps;
    };
  },
  100,
  1100,
);
await report(
  'linear MPC, N = 30',
  (steps) => {
    const mpc = createLinearMpc({
      horizon: 30,
      A: [1, 0.1, 0, 1],
      B: [0.005, 0.1],
      Q: [1, 0, 0, 0.1],
      R: [0.1],
      inputLower: [-1],
      inputUpper: [1],
    });
    return () => {
      for (let i = 0; i < steps; i++) mpc.step([1 + 0.01 * (i % 7), 0]);
      return steps;
    };
  },
  2,
  22,
);
