import fc from 'fast-check';
import { createRng } from '@mbrl/core';
import {
  boundConstraint,
  carParkingProblem,
  type Constraint,
  createDdp,
  createIlqr,
  functionCost,
  goalConstraint,
  obstacleConstraint,
  type OptimalControlProblem,
  pointwiseDynamics,
  quadraticCost,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { expectOptimal, pendulum } from './problems.js';

const solvers = { createIlqr, createDdp };

/** A random problem: mildly nonlinear dynamics, a cost that need not be convex, bounds and constraints here and there. */
function randomProblem(seed: number): { problem: OptimalControlProblem; initialState: number[] } {
  const rng = createRng(seed);
  const n = 1 + rng.integer(4);
  const m = 1 + rng.integer(3);
  const horizon = 1 + rng.integer(12);
  const draw = (count: number, scale: number): number[] => Array.from({ length: count }, () => scale * rng.normal());
  const [A, B, bend, push] = [draw(n * n, 0.4), draw(n * m, 0.7), draw(n, 0.3), draw(n * m, 0.2)];
  const target = draw(n, 1);
  const concave = rng.uniform() < 0.3 ? 0.5 : 0;
  const constraints: Constraint[] = [];
  if (rng.uniform() < 0.3)
    constraints.push(boundConstraint({ on: 'state', high: target.map((value) => value + 0.5), from: 1, to: 'terminal' }));
  if (rng.uniform() < 0.3 && horizon > n) constraints.push(goalConstraint([target[0]!, ...new Array<number>(n - 1).fill(NaN)]));
  if (rng.uniform() < 0.2 && m > 1)
    constraints.push({ kind: 'equality', size: 1, evaluate: (x, u, _t, out) => void (out[0] = u[0]! + u[1]! * u[1]! - 0.1 * x[0]!) });
  return {
    initialState: draw(n, 1),
    problem: {
      horizon,
      constraints,
      ...(rng.uniform() < 0.4 && { actionLow: -0.7, actionHigh: draw(m, 0.5).map((value) => 0.8 + Math.abs(value)) }),
      dynamics: pointwiseDynamics({
        stateSize: n,
        actionSize: m,
        step(x, u, t, next) {
          for (let i = 0; i < n; i++) {
            let sum = bend[i]! * Math.sin(x[(i + 1) % n]! + 0.1 * t);
            for (let j = 0; j < n; j++) sum += (i === j ? 0.7 : 0) * x[j]! + A[i * n + j]! * x[j]!;
            for (let j = 0; j < m; j++) sum += B[i * m + j]! * u[j]! + push[i * m + j]! * u[j]! * Math.cos(x[i]!);
            next[i] = sum;
          }
        },
      }),
      cost: functionCost({
        stateSize: n,
        actionSize: m,
        stage: (x, u, t) => {
          let sum = 0;
          for (let i = 0; i < n; i++) sum += (0.1 + 0.02 * t) * (x[i]! - target[i]!) ** 2 + concave * Math.cos(x[i]!);
          for (let i = 0; i < m; i++) sum += 0.2 * u[i]! ** 2;
          return sum + 0.05 * u[0]! * x[0]!;
        },
        terminal: (x) => x.reduce((sum, value, i) => sum + 2 * (value - target[i]!) ** 2, 0),
      }),
    },
  };
}

describe.each(Object.entries(solvers))('%s', (_name, create) => {
  it('never calls converged what is not: random problems, checked by differences', () => {
    let converged = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const { problem, initialState } = randomProblem(seed);
        const result = create(problem, { maxIterations: 300, gradientTolerance: 1e-7 }).solve({ initialState });
        expect(Number.isFinite(result.cost)).toBe(true);
        if (result.status !== 'converged') return;
        converged += 1;
        expectOptimal(problem, initialState, result);
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
