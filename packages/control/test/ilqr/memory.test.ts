import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDdp, createIlqr, pointwiseDynamics, quadraticCost } from '@mbrl/control';
import { expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that stay or go for one call, with nothing collected in between: what the call allocates. */
function allocated(call: () => void): number {
  collect();
  const before = process.memoryUsage();
  call();
  const after = process.memoryUsage();
  return after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
}

it.each([
  // One number for each of the 450 more steps would be 3,600 bytes.
  ['iLQR', createIlqr, 2000],
  // Their second derivatives are 32,400 bytes.
  ['DDP', createDdp, 8000],
] as const)('%s allocates no arrays while it iterates', (_name, create, limit) => {
  const perIteration = (horizon: number): number => {
    const problem = {
      horizon,
      dynamics: pointwiseDynamics({
        stateSize: 2,
        actionSize: 1,
        step(x, u, _t, next) {
          next[0] = x[0]! + 0.01 * x[1]!;
          next[1] = x[1]! + 0.01 * (u[0]! - Math.sin(x[0]!));
        },
        linearize(x, _u, _t, A, B) {
          A[0] = 1;
          A[1] = 0.01;
          A[2] = -0.01 * Math.cos(x[0]!);
          A[3] = 1;
          B[0] = 0;
          B[1] = 0.01;
        },
      }),
      cost: quadraticCost({ stateSize: 2, actionSize: 1, Q: [1, 1], R: [0.1], target: [3, 0] }),
    };
    const samples = [2, 12].map((maxIterations) => {
      const solver = create(problem, { maxIterations, gradientTolerance: 1e-15 });
      for (let i = 0; i < 25; i++) solver.solve({ initialState: [0, 0] });
      return Array.from({ length: 5 }, () => allocated(() => void solver.solve({ initialState: [0, 0] }))).sort((a, b) => a - b)[2]!;
    });
    return (samples[1]! - samples[0]!) / 10;
  };
  const [short, long] = [perIteration(50), perIteration(500)];
  expect(short).toBeLessThan(4000);
  expect(long - short).toBeLessThan(limit);
});
