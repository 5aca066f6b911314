import {
  type DynamicsModel,
  float32,
  LifecycleError,
  type NdArray,
  NumericalError,
  OptionError,
  ShapeError,
  UnsupportedError,
} from '@mbrl/core';
import {
  acrobotProblem,
  asDynamics,
  cartPoleProblem,
  createDdp,
  createIlqr,
  createIlqrMpc,
  type Dynamics,
  goalConstraint,
  learnedDynamics,
  type OptimalControlProblem,
  pointwiseDynamics,
  quadraticCost,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { pendulum } from './problems.js';

/** The same dynamics, answering later. */
function later(inner: Dynamics): Dynamics {
  return {
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
}

/** A model of float32 that knows the dynamics. */
function modelOf(inner: Dynamics, batched: boolean): DynamicsModel & { calls: Record<'predict' | 'linearize' | 'linearizeBatch', number> } {
  const { stateSize: n, actionSize: m } = inner;
  const calls = { predict: 0, linearize: 0, linearizeBatch: 0 };
  const at = (x: ArrayLike<number>, u: ArrayLike<number>) => {
    const count = x.length / n;
    const [A, B, next] = [new Float64Array(count * n * n), new Float64Array(count * n * m), new Float64Array(count * n)];
    const points = [Float64Array.from(x), Float64Array.from(u)] as const;
    void inner.step(...points, next, count, new Int32Array(count));
    void inner.linearize(...points, A, B, count, new Int32Array(count));
    return {
      count,
      A: float32([count, n, n], Float32Array.from(A)),
      B: float32([count, n, m], Float32Array.from(B)),
      next: float32([count, n], Float32Array.from(next)),
    };
  };
  const unused = (): never => {
    throw new UnsupportedError('not in this test');
  };
  return {
    calls,
    observationSize: n,
    actionSize: m,
    fit: unused,
    sample: unused,
    save: unused,
    load: unused,
    dispose: unused,
    async predict(observations: NdArray<'float32'>, actions: NdArray<'float32'>) {
      calls.predict += 1;
      const { next } = at(observations.data, actions.data);
      return { mean: next, aleatoricVariance: next, epistemicVariance: next };
    },
    async linearize(observation, action) {
      calls.linearize += 1;
      const { A, B, next } = at(observation, action);
      return { A: float32([n, n], A.data), B: float32([n, m], B.data), nextObservation: float32([n], next.data) };
    },
    ...(batched && {
      async linearizeBatch(observations: NdArray<'float32'>, actions: NdArray<'float32'>) {
        calls.linearizeBatch += 1;
        const { A, B, next } = at(observations.data, actions.data);
        return { A, B, nextObservations: next };
      },
    }),
  };
}

describe('asynchronous dynamics', () => {
  it.each([
    ['iLQR', createIlqr, acrobotProblem()],
    ['constrained DDP', createDdp, cartPoleProblem({ horizon: 50 })],
  ] as const)('give bit for bit what synchronous ones give: %s', async (_name, create, problem) => {
    const waiting = { ...problem, dynamics: later(problem.dynamics as Dynamics) };
    const start = { initialState: [0, 0, 0, 0] };
    const wanted = create(problem).solve(start);
    expect(await create(waiting).solveAsync(start)).toEqual(wanted);
    expect(await create(problem).solveAsync(start)).toEqual(wanted);
  });

  it('also from states with gaps', async () => {
    const problem = pendulum();
    const start = { initialState: [0, 0], states: Float64Array.from({ length: 62 }, (_, i) => Math.sin(i)) };
    const waiting = { ...problem, dynamics: later(problem.dynamics as Dynamics) };
    expect(await createIlqr(waiting).solveAsync(start)).toEqual(createIlqr(problem).solve(start));
  });

  it('are refused by solve', () => {
    const problem = pendulum();
    const solver = createIlqr({ ...problem, dynamics: later(problem.dynamics as Dynamics) });
    expect(() => solver.solve({ initialState: [0, 0] })).toThrow(UnsupportedError);
  });

  it('let one solve run at a time', async () => {
    const problem = pendulum();
    const solver = createIlqr({ ...problem, dynamics: later(problem.dynamics as Dynamics) });
    const first = solver.solveAsync({ initialState: [0, 0] });
    await expect(solver.solveAsync({ initialState: [0, 0] })).rejects.toThrow(LifecycleError);
    expect((await first).status).toBe('converged');
    expect((await solver.solveAsync({ initialState: [0, 0] })).status).toBe('converged');
  });

  it('hand their own errors on', async () => {
    const problem = pendulum();
    const dynamics: Dynamics = { ...(problem.dynamics as Dynamics), step: async () => Promise.reject(new Error('engine gone')) };
    await expect(createIlqr({ ...problem, dynamics }).solveAsync({ initialState: [0, 0] })).rejects.toThrow('engine gone');
  });
});

describe('learned dynamics', () => {
  it.each([true, false])(
    'drop into a problem as they are (batched expansions: %s), and reach the optimum of the truth',
    async (batched) => {
      const problem = pendulum();
      const truth = createIlqr(problem).solve({ initialState: [0.1, 0] });
      const model = modelOf(problem.dynamics as Dynamics, batched);
      const result = await createIlqr({ ...problem, dynamics: model }).solveAsync({ initialState: [0.1, 0] });
      expect(result.status).toBe('converged');
      expect(result.relativeGradient).toBeLessThanOrEqual(1e-4);
      expect(result.cost / truth.cost).toBeCloseTo(1, 4);
      // One expansion at the start and one after each step taken.
      const expansions = 1 + result.log.filter(({ stepLength }) => stepLength > 0).length;
      expect(model.calls.linearize).toBe(batched ? 0 : 30 * expansions);
      expect(model.calls.linearizeBatch).toBe(batched ? expansions : 0);
      // All step lengths go through the model in one call for each step of the horizon.
      expect(model.calls.predict).toBeLessThanOrEqual(30 * (result.iterations + 1));
    },
  );

  it('serve DDP with constraints', async () => {
    const problem = pendulum(30, { constraints: [goalConstraint([1, 0])], actionLow: -1.5, actionHigh: 1.5 });
    const truth = createDdp(problem).solve({ initialState: [0, 0] });
    const model = modelOf(problem.dynamics as Dynamics, true);
    const result = await createDdp({ ...problem, dynamics: model }).solveAsync({ initialState: [0, 0] });
    expect([truth.status, result.status]).toEqual(['converged', 'converged']);
    expect(result.constraintViolation).toBeLessThanOrEqual(1e-4);
    expect(result.cost / truth.cost).toBeCloseTo(1, 3);
  });

  it('are told from dynamics, and from neither', () => {
    const dynamics = pendulum().dynamics as Dynamics;
    expect(asDynamics(dynamics)).toBe(dynamics);
    const learned = asDynamics(modelOf(dynamics, true));
    expect([learned.stateSize, learned.actionSize, learned.precision, learned.batched]).toEqual([2, 1, 2 ** -24, true]);
    expect(learnedDynamics(modelOf(dynamics, true)).stateSize).toBe(2);
    expect(() => asDynamics({} as Dynamics)).toThrow(UnsupportedError);
  });
});

describe('bad input', () => {
  const good = pendulum();
  const poisoned = (when: (x: Float64Array, t: number) => boolean, value = NaN): OptimalControlProblem => ({
    ...good,
    dynamics: pointwiseDynamics({
      stateSize: 2,
      actionSize: 1,
      step(x, u, t, next) {
        next[0] = x[0]! + 0.1 * x[1]!;
        next[1] = when(x, t) ? value : x[1]! + u[0]!;
      },
    }),
  });

  it('names the step at which dynamics are not finite', () => {
    expect(() => createIlqr(poisoned((_, t) => t === 7)).solve({ initialState: [0, 0] })).toThrow(
      /^ilqr: the next state must be finite, got NaN from step 7 of the starting actions$/,
    );
    expect(() => createIlqr(poisoned(() => true, Infinity)).solve({ initialState: [0, 0] })).toThrow(NumericalError);
    const states = new Float64Array(62);
    expect(() => createIlqr(poisoned((_, t) => t === 7)).solve({ initialState: [0, 0], states })).toThrow(/got NaN from step 7/);
  });

  it('names derivatives and costs that are not finite', () => {
    const dynamics = good.dynamics as Dynamics;
    const bad = {
      ...dynamics,
      linearize: (...[x, u, A, B, count, times]: Parameters<Dynamics['linearize']>) =>
        void (dynamics.linearize(x, u, A, B, count, times), (A[4 * 3] = NaN)),
    };
    expect(() => createIlqr({ ...good, dynamics: bad }).solve({ initialState: [0, 0] })).toThrow(
      /derivative of the dynamics by the state must be finite, got NaN at step 3/,
    );
    const cost = { ...good.cost, stage: () => NaN };
    expect(() => createIlqr({ ...good, cost }).solve({ initialState: [0, 0] })).toThrow(/the cost must be finite, got NaN/);
  });

  it('steps back from where the dynamics are not finite', () => {
    // Beyond an angle of 1 there is nothing; the way there is found all the same, from inside.
    const problem: OptimalControlProblem = {
      ...poisoned((x) => Math.abs(x[0]!) > 1),
      cost: quadraticCost({ stateSize: 2, actionSize: 1, Q: [1, 1], R: [0.1], target: [0.95, 0] }),
    };
    const { status, states } = createIlqr(problem, { gradientTolerance: 1e-4 }).solve({ initialState: [0, 0] });
    expect(status).toBe('converged');
    expect(Math.max(...states.filter((_, i) => i % 2 === 0))).toBeLessThan(1);
  });

  it('names sizes and options that do not fit', () => {
    expect(() => createIlqr({ ...good, horizon: 0 })).toThrow(OptionError);
    expect(() => createIlqr({ ...good, actionLow: [0, 1] })).toThrow(/actionLow must have 1 elements, got 2/);
    expect(() => createIlqr({ ...good, actionLow: 1, actionHigh: 0 })).toThrow(/actionLow must not be above actionHigh, got 1 and 0 at 0/);
    expect(() => createIlqr({ ...good, actionLow: NaN })).toThrow(OptionError);
    expect(() => createIlqr(good, { lineSearch: { factor: 1 } })).toThrow(/lineSearch.factor/);
    expect(() => createIlqr(good, { lineSearch: { maxRatio: 1 } })).toThrow(/lineSearch.maxRatio/);
    expect(() => createIlqr(good, { penalty: { initial: 2, max: 1 } })).toThrow(/penalty.max/);
    expect(() => createIlqr({ ...good, constraints: [{ ...goalConstraint([1, 2]), from: 99 }] })).toThrow(/constraint.from/);
    expect(() => goalConstraint([NaN])).toThrow(OptionError);
    const solver = createIlqr(good);
    expect(() => solver.solve({ initialState: [0] })).toThrow(ShapeError);
    expect(() => solver.solve({ initialState: [0, NaN] })).toThrow(/initialState must be finite, got NaN at 1/);
    expect(() => solver.solve({ initialState: [0, 0], actions: [1] })).toThrow(/actions must have 30 elements, got 1/);
    expect(() => solver.solve({ initialState: [0, 0], gains: new Float64Array(60) })).toThrow(/states must be given with gains/);
    expect(() => createIlqrMpc(good, { budget: 5 })).toThrow(/clock must be given/);
  });
});
