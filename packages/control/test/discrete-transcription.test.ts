import {
  boundConstraint,
  createIlqr,
  type Dynamics,
  goalConstraint,
  pointwiseDynamics,
  type OptimalControlProblem,
  solveSqp,
  solveSqpAsync,
  transcribeDiscrete,
} from '@mbrl/control';
import { LifecycleError, NumericalError, ShapeError, UnsupportedError } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { follow } from '../bench/ilqr-cases.js';
import { pendulum } from './ilqr/problems.js';

const constrained = (horizon = 15): OptimalControlProblem =>
  pendulum(horizon, {
    actionLow: -2,
    actionHigh: 2,
    constraints: [
      goalConstraint([1, NaN]),
      boundConstraint({ on: 'state', high: [Infinity, 1.1], from: 1 }),
      { kind: 'inequality', size: 1, evaluate: (x, u, _t, out) => void (out[0] = u[0]! * x[1]! - 1.2) },
    ],
  });
/** The same dynamics, answering later. */
const later = (problem: OptimalControlProblem): OptimalControlProblem => {
  const inner = problem.dynamics as Dynamics;
  const dynamics: Dynamics = {
    ...inner,
    async step(...points) {
      await Promise.resolve();
      await inner.step(...points);
    },
    async linearize(...points) {
      await Promise.resolve();
      await inner.linearize(...points);
    },
  };
  return { ...problem, dynamics };
};

describe('transcribeDiscrete', () => {
  it.each([
    ['free', pendulum(20)],
    ['bounded and constrained', constrained()],
  ])('poses the problem of iLQR to SQP: %s', (_name, problem) => {
    const initialState = [0.3, 0];
    const { program, pack, unpack } = transcribeDiscrete(problem, initialState);
    const wanted = createIlqr(problem, { gradientTolerance: 1e-9, constraintTolerance: 1e-9 }).solve({ initialState });
    const T = problem.horizon;
    // Somewhere near, since the pendulum has other local optima.
    const start = pack(
      wanted.states.map((value, i) => value + 0.1 * Math.sin(i)),
      wanted.actions.map((value, i) => value + 0.1 * Math.cos(i)),
    );
    for (const hessian of ['exact', 'gaussNewton', 'bfgs'] as const) {
      const result = solveSqp(program, start, { hessian, tolerance: 1e-7, maxIterations: 500 });
      expect([hessian, result.status]).toEqual([hessian, 'converged']);
      expect(Math.abs(result.objective - wanted.cost)).toBeLessThan(1e-6 * wanted.cost);
      const { states, actions } = unpack(result.x);
      follow(problem, initialState, actions).forEach((value, i) => expect(states[i]).toBeCloseTo(value, 6));
      // The multipliers of the defects are the costates.
      for (let i = 0; i < T * 2; i++) expect(result.y[i]).toBeCloseTo(wanted.costates[2 + i]!, 3);
    }
    const newton = solveSqp(program, start);
    expect(newton.iterations).toBeLessThan(solveSqp(program, start, { hessian: 'bfgs' }).iterations);
  });

  it('has derivatives that agree with differences', () => {
    // Second derivatives between the components of state and action too.
    const dynamics = pointwiseDynamics({
      stateSize: 2,
      actionSize: 1,
      step(x, u, t, next) {
        next[0] = x[0]! + 0.1 * x[1]! * x[0]!;
        next[1] = x[1]! + 0.1 * u[0]! * Math.cos(x[0]! + 0.1 * t) + 0.2 * u[0]! * x[1]!;
      },
    });
    const { program } = transcribeDiscrete({ ...constrained(4), dynamics }, [0.3, -0.2]);
    const { variableCount: size, constraintCount: count } = program;
    const z = Float64Array.from({ length: size }, (_, i) => Math.sin(1 + 2 * i));
    const y = Float64Array.from({ length: count }, (_, i) => Math.cos(i));
    const constraintsAt = (at: Float64Array): Float64Array => {
      const out = new Float64Array(count);
      program.prepare!(at, 0, y);
      program.constraints!(at, out);
      return out;
    };
    const slopesAt = (at: Float64Array): Float64Array => {
      const [gradient, jacobian] = [new Float64Array(size), new Float64Array(count * size)];
      program.prepare!(at, 1, y);
      program.gradient(at, gradient);
      program.jacobian!(at, jacobian);
      return gradient.map((value, j) => y.reduce((sum, multiplier, i) => sum + multiplier * jacobian[i * size + j]!, value));
    };
    const moved = (j: number, step: number): Float64Array => z.map((value, k) => (k === j ? value + step : value));
    const slopes = slopesAt(z);
    const hessian = new Float64Array(size * size);
    program.prepare!(z, 2, y);
    program.hessian!(z, y, hessian);
    const step = 1e-5;
    for (let j = 0; j < size; j++) {
      const lagrangian = (at: Float64Array): number =>
        constraintsAt(at).reduce((sum, value, i) => sum + y[i]! * value, program.objective(at));
      expect(slopes[j]).toBeCloseTo((lagrangian(moved(j, step)) - lagrangian(moved(j, -step))) / (2 * step), 6);
      const [plus, minus] = [slopesAt(moved(j, step)), slopesAt(moved(j, -step))];
      for (let i = 0; i < size; i++) expect(hessian[i * size + j]).toBeCloseTo((plus[i]! - minus[i]!) / (2 * step), 4);
    }
  });

  it('waits for dynamics that answer later, with the same result bit for bit', async () => {
    const at = [0.3, 0];
    const { program, pack } = transcribeDiscrete(constrained(), at);
    const waiting = transcribeDiscrete(later(constrained()), at);
    const wanted = solveSqp(program, pack());
    expect(await solveSqpAsync(waiting.program, waiting.pack())).toEqual(wanted);
    expect(await solveSqpAsync(program, pack())).toEqual(wanted);
    expect(() => solveSqp(waiting.program, waiting.pack())).toThrow(UnsupportedError);
  });

  it('passes on what the dynamics throw', async () => {
    const problem = later(pendulum(5));
    const broken = { ...(problem.dynamics as Dynamics), step: () => Promise.reject(new Error('no network')) };
    const { program, pack } = transcribeDiscrete({ ...problem, dynamics: broken }, [0, 0]);
    await expect(solveSqpAsync(program, pack())).rejects.toThrow('no network');
  });

  it('packs and unpacks', () => {
    const { pack, unpack } = transcribeDiscrete(pendulum(2), [0.3, 0.1]);
    expect([...pack()]).toEqual([0.3, 0.1, 0.3, 0.1, 0.3, 0.1, 0, 0]);
    const z = pack([1, 2, 3, 4, 5, 6], [7, 8]);
    expect(unpack(z)).toEqual({ states: Float64Array.of(1, 2, 3, 4, 5, 6), actions: Float64Array.of(7, 8) });
    expect(() => pack([1])).toThrow(ShapeError);
    expect(() => pack(undefined, [1])).toThrow('DiscreteTranscription.pack: actions must have 2 elements, got 1');
  });

  it('refuses bad input, and to be read before it is prepared', () => {
    expect(() => transcribeDiscrete(pendulum(5), [0])).toThrow('transcribeDiscrete: initialState must have 2 elements, got 1');
    expect(() => transcribeDiscrete(pendulum(5), [0, NaN])).toThrow(NumericalError);
    const { program, pack } = transcribeDiscrete(pendulum(5), [0, 0]);
    expect(() => program.constraints!(pack(), new Float64Array(program.constraintCount))).toThrow(LifecycleError);
    program.prepare!(pack(), 0, new Float64Array(program.constraintCount));
    expect(() => program.constraints!(pack().fill(1), new Float64Array(program.constraintCount))).toThrow(LifecycleError);
  });
});
