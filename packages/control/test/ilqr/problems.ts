/** Problems for tests. */
import { functionCost, type IlqrResult, type OptimalControlProblem, pointwiseDynamics } from '@mbrl/control';
import { expect } from 'vitest';
import { optimality } from '../../bench/ilqr-cases.js';

/** A pendulum from hanging, torque-driven: x = (angle, rate). */
export function pendulum(horizon = 30, extra: Partial<OptimalControlProblem> = {}): OptimalControlProblem {
  return {
    horizon,
    dynamics: pointwiseDynamics({
      stateSize: 2,
      actionSize: 1,
      step(x, u, _t, next) {
        const rate = x[1]! + 0.1 * (u[0]! - Math.sin(x[0]!) - 0.1 * x[1]!);
        next[0] = x[0]! + 0.1 * rate;
        next[1] = rate;
      },
    }),
    cost: functionCost({
      stateSize: 2,
      actionSize: 1,
      stage: (x, u) => 0.05 * (1 + Math.cos(x[0]!)) + 0.01 * x[1]! ** 2 + 0.02 * u[0]! ** 2,
      terminal: (x) => 5 * (1 + Math.cos(x[0]!)) + x[1]! ** 2,
      expandStage(x, u, _t, out) {
        out.x[0] = -0.05 * Math.sin(x[0]!);
        out.x[1] = 0.02 * x[1]!;
        out.xx[0] = -0.05 * Math.cos(x[0]!);
        out.xx[3] = 0.02;
        out.u[0] = 0.04 * u[0]!;
        out.uu[0] = 0.04;
      },
      expandTerminal(x, out) {
        out.x[0] = -5 * Math.sin(x[0]!);
        out.x[1] = 2 * x[1]!;
        out.xx[0] = -5 * Math.cos(x[0]!);
        out.xx[3] = 2;
      },
    }),
    ...extra,
  };
}

/** Demands that a result which calls itself converged is so. */
export function expectOptimal(problem: OptimalControlProblem, initialState: ArrayLike<number>, result: IlqrResult, tolerance = 1e-5): void {
  const { stationarity, violation, complementarity, leastMultiplier, drift, scale } = optimality(problem, initialState, result);
  expect(stationarity / scale).toBeLessThan(tolerance);
  expect(violation).toBeLessThan(tolerance);
  expect(complementarity).toBeLessThan(tolerance);
  expect(leastMultiplier).toBeGreaterThanOrEqual(0);
  expect(drift).toBeLessThan(1e-9);
}
