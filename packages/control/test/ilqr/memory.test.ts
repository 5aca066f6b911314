import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDdp, createIlqr, pointwiseDynamics, quadraticCost } from '@mbrl/control';
import { expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of typed arrays that a call allocates, with what it returns. */
function arrayBytes(call: () => void): number {
  collect();
  const before = process.memoryUsage().arrayBuffers;
  call();
  return process.memoryUsage().arrayBuffers - before;
}

it.each([
  ['iLQR', createIlqr],
  ['DDP', createDdp],
] as const)('%s allocates no arrays while it iterates', (_name, create) => {
  const horizon = 500;
  const problem = {
    horizon,
    dynamics: pointwiseDynamics({
      stateSize: 2,
      actionSize: 1,
      step(x, u, _t, next) {
        next[0] = x[0]! + 0.01 * x[1]!;
        next[1] = x[1]! + 0.01 * (u[0]! - Math.sin(x[0]!));
      },
    }),
    cost: quadraticCost({ stateSize: 2, actionSize: 1, Q: [1, 1], R: [0.1], target: [3, 0] }),
  };
  const [few, many] = [1, 5].map((maxIterations) => {
    const solver = create(problem, { maxIterations, gradientTolerance: 1e-15 });
    const run = (): void => {
      expect(solver.solve({ initialState: [0, 0] }).iterations).toBe(maxIterations);
    };
    run();
    // Memory of earlier calls may be given back while one is measured, which makes it look small: the greatest counts.
    return Math.max(...Array.from({ length: 15 }, () => arrayBytes(run)));
  });
  // What a solve returns is the same for any number of iterations: states alone are 8,016 bytes.
  expect(few!).toBeGreaterThan(8016);
  expect(Math.abs(many! - few!)).toBeLessThan(4000);
});
