import fc from 'fast-check';
import { createRng, NumericalError } from '@mbrl/core';
import {
  boundConstraint,
  carParkingProblem,
  createDdp,
  createIlqr,
  goalConstraint,
  obstacleConstraint,
  type OptimalControlProblem,
  pointwiseDynamics,
  QUADROTOR_HOVER_THRUST,
  quadraticCost,
  quadrotorGapProblem,
  quadrotorGapStart,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { judgeIlqrResult, makeIlqrCase } from '../../bench/ilqr-cases.js';
import { expectOptimal, pendulum } from './problems.js';

const solvers = { createIlqr, createDdp };

/** What `work` returns, or nothing where it throws an error of this kind. */
function solveOr<T>(kind: typeof NumericalError, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

describe.each(Object.entries(solvers))('%s', (_name, create) => {
  it('never calls converged what is not: random problems, checked by differences', () => {
    let converged = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const example = makeIlqrCase(seed);
        const solver = create(example.problem, { maxIterations: 300, gradientTolerance: 1e-7 });
        const result = solveOr(NumericalError, () => solver.solve(example.start));
        // The dynamics are NaN along the start.
        if (result === undefined) return;
        expect(judgeIlqrResult(example, result)).toBeUndefined();
        if (result.status === 'converged') converged += 1;
      }),
      { numRuns: 40, seed: 5 },
    );
    // Most of them are feasible and within reach.
    expect(converged).toBeGreaterThan(30);
  });

  it('solves a linear-quadratic problem with cross terms in one step, to the optimum of its normal equations', () => {
    const rng = createRng(4);
    const [n, m, T] = [3, 2, 4];
    const [A, B] = [n * n, n * m].map((count) => Float64Array.from({ length: count }, () => 0.5 * rng.normal()));
    const problem: OptimalControlProblem = {
      horizon: T,
      dynamics: pointwiseDynamics({
        stateSize: n,
        actionSize: m,
        step(x, u, _t, next) {
          for (let i = 0; i < n; i++) {
            next[i] = 0.1;
            for (let j = 0; j < n; j++) next[i] = next[i]! + A![i * n + j]! * x[j]!;
            for (let j = 0; j < m; j++) next[i] = next[i]! + B![i * m + j]! * u[j]!;
          }
        },
        linearize(_x, _u, _t, outA, outB) {
          outA.set(A!);
          outB.set(B!);
        },
      }),
      cost: quadraticCost({ stateSize: n, actionSize: m, Q: [1, 2, 3], R: [1, 0.5], N: [0.1, 0, 0.2, 0, -0.1, 0], target: [1, 0, -1] }),
    };
    const result = create(problem, { gradientTolerance: 1e-9 }).solve({ initialState: [1, 2, 3] });
    expect(result.status).toBe('converged');
    expect(result.iterations).toBe(1);
    expectOptimal(problem, [1, 2, 3], result, 1e-7);
  });

  it('keeps a pendulum under a rate limit, actions in bounds and the end where it is to be', () => {
    const problem = pendulum(60, {
      actionLow: -1.5,
      actionHigh: 1.5,
      constraints: [
        boundConstraint({ on: 'state', low: [-Infinity, -1.2], high: [Infinity, 1.2], to: 'terminal' }),
        goalConstraint([1.5, NaN]),
        { kind: 'equality', size: 1, from: 10, to: 10, evaluate: (x, u, _t, out) => void (out[0] = u[0]! - 0.2 * x[0]!) },
      ],
    });
    const result = create(problem).solve({ initialState: [0, 0] });
    expect(result.status).toBe('converged');
    expectOptimal(problem, [0, 0], result);
    expect(result.states[2 * 60]).toBeCloseTo(1.5, 6);
    expect(result.multipliers.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });

  it('parks a car around an obstacle', () => {
    const problem = carParkingProblem({ horizon: 120, obstacles: [{ center: [0.5, 0.6], radius: 0.3 }] });
    const initialState = [1, 1.2, -2, 0];
    const result = create(problem, { maxIterations: 500 }).solve({ initialState, actions: new Float64Array(240).fill(0.1) });
    expect(result.status).toBe('converged');
    expectOptimal(problem, initialState, result);
  });
});

describe('the measure of convergence', () => {
  // Relative to large terms every step within small bounds is small: such a start was called converged.
  it.each(Object.entries(solvers))('does not depend on the unit of the cost where actions are bounded: %s', (_name, create) => {
    const solve = (unit: number) =>
      create({
        horizon: 12,
        dynamics: pointwiseDynamics({
          stateSize: 2,
          actionSize: 1,
          step(x, u, _t, next) {
            next[0] = x[0]! + 0.2 * x[1]!;
            next[1] = x[1]! + 0.2 * u[0]!;
          },
        }),
        cost: quadraticCost({ stateSize: 2, actionSize: 1, Q: [unit, 0], R: [0.1 * unit] }),
        actionLow: -1,
        actionHigh: 1,
      }).solve({ initialState: [2, 0] });
    const plain = solve(1);
    for (const unit of [1e4, 1e8, 1e12]) {
      const { status, actions, iterations } = solve(unit);
      expect(status).toBe('converged');
      expect(iterations).toBeGreaterThan(0);
      for (let t = 0; t < 12; t++) expect(actions[t]).toBeCloseTo(plain.actions[t]!, 5);
    }
    expect(Math.min(...plain.actions)).toBe(-1);
  });

  it('is no finer than the constraints are met: through the hole in the wall', () => {
    const problem = quadrotorGapProblem({ horizon: 40, center: [0.8, 1.3] });
    const actions = new Float64Array(160).fill(QUADROTOR_HOVER_THRUST);
    const { status, iterations } = createIlqr(problem).solve({ initialState: quadrotorGapStart, actions });
    expect(status).toBe('converged');
    expect(iterations).toBeLessThan(150);
  });
});

describe('constraints', () => {
  it('reports an infeasible problem as such, with what was reached', () => {
    // One step of one unit cannot go two.
    const problem: OptimalControlProblem = {
      horizon: 1,
      actionLow: -1,
      actionHigh: 1,
      dynamics: pointwiseDynamics({ stateSize: 1, actionSize: 1, step: (x, u, _t, next) => void (next[0] = x[0]! + u[0]!) }),
      cost: quadraticCost({ stateSize: 1, actionSize: 1, Q: [1], R: [1] }),
      constraints: [goalConstraint([2])],
    };
    const { status, constraintViolation, actions } = createIlqr(problem).solve({ initialState: [0] });
    expect(status).toBe('infeasible');
    expect(actions[0]).toBe(1);
    expect(constraintViolation).toBeCloseTo(1, 12);
  });

  it('have the derivatives of their functions', () => {
    const rng = createRng(1);
    const x = Float64Array.from({ length: 3 }, () => rng.normal());
    const u = Float64Array.from({ length: 2 }, () => rng.normal());
    for (const constraint of [
      goalConstraint([1, NaN, 2]),
      boundConstraint({ on: 'action', low: [-1, -Infinity], high: [1, 3] }),
      boundConstraint({ on: 'state', high: [1, 2, Infinity] }),
      obstacleConstraint({
        stateSize: 3,
        components: [0, 2],
        obstacles: [
          { center: [1, 2], radius: 0.5 },
          { center: [0, 0], radius: 1 },
        ],
      }),
    ]) {
      const p = constraint.size;
      const [outX, outU] = [new Float64Array(p * 3), new Float64Array(p * 2)];
      constraint.linearize!(x, u, 0, outX, outU);
      for (const [point, slopes] of [
        [x, outX],
        [u, outU],
      ] as const) {
        for (let j = 0; j < point.length; j++) {
          const [plus, minus] = [new Float64Array(p), new Float64Array(p)];
          const value = point[j]!;
          point[j] = value + 1e-6;
          constraint.evaluate(x, u, 0, plus);
          point[j] = value - 1e-6;
          constraint.evaluate(x, u, 0, minus);
          point[j] = value;
          for (let i = 0; i < p; i++) expect(slopes[i * point.length + j]).toBeCloseTo((plus[i]! - minus[i]!) / 2e-6, 7);
        }
      }
    }
  });
});
