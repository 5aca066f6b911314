import { createRng } from '@mbrl/core';
import {
  acrobotProblem,
  cartPoleProblem,
  type Constraint,
  type Cost,
  createDdp,
  createIlqr,
  goalConstraint,
  type IlqrOptions,
  type OptimalControlProblem,
  quadraticCost,
  integrateDynamics,
  cartPoleSystem,
} from '@mbrl/control';
import { describe, expect, it } from 'vitest';
import { expectOptimal, pendulum } from './problems.js';

const REST = [0, 0, 0, 0];
const acrobot = (options: IlqrOptions = {}) => createIlqr(acrobotProblem(), options).solve({ initialState: REST });

describe('line search', () => {
  it('gives bit for bit the same with all step lengths in one call, in fewer calls', () => {
    const problem = acrobotProblem();
    const counted = (parallel: number) => {
      let calls = 0;
      const inner = problem.dynamics as Exclude<typeof problem.dynamics, { predict: unknown }>;
      const dynamics: typeof inner = {
        ...inner,
        step(...points) {
          calls += 1;
          return inner.step(...points);
        },
      };
      const result = createIlqr({ ...problem, dynamics }, { lineSearch: { parallel } }).solve({ initialState: REST });
      return { calls, result };
    };
    const [one, four] = [counted(1), counted(4)];
    expect(four.result).toEqual(one.result);
    expect(four.calls).toBeLessThan(one.calls);
  });

  it('shortens by the factor given', () => {
    const lengths = acrobot({ lineSearch: { factor: 0.3 } }).log.map(({ stepLength }) => stepLength);
    for (const length of lengths) expect(Math.log(length) / Math.log(0.3)).toBeCloseTo(Math.round(Math.log(length) / Math.log(0.3)), 9);
    expect(lengths.some((length) => length < 1)).toBe(true);
  });

  it('accepts only within the ratios given', () => {
    for (const { actualDecrease, expectedDecrease } of acrobot({ lineSearch: { minRatio: 0.7 }, maxIterations: 40 }).log)
      expect(actualDecrease === 0 || actualDecrease / expectedDecrease >= 0.7).toBe(true);
    const limited = acrobot({ lineSearch: { maxRatio: 1.3 }, maxIterations: 40 }).log;
    for (const { actualDecrease, expectedDecrease } of limited) expect(actualDecrease / expectedDecrease).toBeLessThanOrEqual(1.3);
    expect(acrobot({ maxIterations: 40 }).log.some(({ actualDecrease, expectedDecrease }) => actualDecrease / expectedDecrease > 1.3)).toBe(
      true,
    );
  });

  it('regularises where no step length is accepted', () => {
    const { log } = acrobot({ lineSearch: { maxTrials: 1 }, maxIterations: 60 });
    expect(log.some(({ stepLength, regularization }, i) => stepLength === 0 && log[i + 1]!.regularization > regularization)).toBe(true);
    expect(log.at(-1)!.cost).toBeLessThan(log[0]!.cost);
  });

  it('lowers the merit at every step taken', () => {
    const { log } = acrobot();
    for (let i = 1; i < log.length; i++) expect(log[i]!.merit).toBeLessThanOrEqual(log[i - 1]!.merit + 1e-12);
  });
});

describe('regularisation', () => {
  it('starts at its initial value, falls by its factor, and is at least its least', () => {
    const weights = acrobot({ regularization: { initial: 1, factor: 2, min: 1e-3 }, maxIterations: 12 }).log.map(
      ({ regularization }) => regularization,
    );
    expect(weights.slice(0, 4)).toEqual([1, 0.5, 0.125, 1 / 64]);
    expect(weights.at(-1)).toBe(0);
  });

  it('differs on states and on actions', () => {
    const first = (on: 'state' | 'action' | 'both'): number => acrobot({ regularization: { on, initial: 1 }, maxIterations: 1 }).cost;
    expect(new Set([first('state'), first('action'), first('both')]).size).toBe(3);
  });

  it('gives up at its greatest value, and says so', () => {
    // A cost without a minimum.
    const problem = { ...acrobotProblem(), cost: quadraticCost({ stateSize: 4, actionSize: 1, Q: [0, 0, 0, 0], R: [-1] }) };
    const { status } = createIlqr(problem, { regularization: { max: 1e-3 } }).solve({
      initialState: REST,
      actions: new Float64Array(50).fill(1),
    });
    expect(status).toBe('stalled');
  });
});

describe('limits', () => {
  it('stops at the iteration limit', () => {
    const { status, iterations, log } = acrobot({ maxIterations: 3 });
    expect([status, iterations, log.length]).toEqual(['iterationLimit', 3, 3]);
  });

  it('converges to the gradient tolerance', () => {
    for (const gradientTolerance of [1e-3, 1e-6]) {
      const { status, relativeGradient } = acrobot({ gradientTolerance });
      expect(status).toBe('converged');
      expect(relativeGradient).toBeLessThanOrEqual(gradientTolerance);
    }
    expect(acrobot({ gradientTolerance: 1e-3 }).iterations).toBeLessThan(acrobot({ gradientTolerance: 1e-6 }).iterations);
  });

  it('does not call a stop by cost tolerance converged', () => {
    const { status, log } = acrobot({ costTolerance: 1e-3 });
    expect(status).toBe('stalled');
    expect(log.at(-1)!.actualDecrease).toBeLessThan(1e-3);
  });

  it('refuses a deadline that it could not keep', () => {
    expect(() => createIlqr(acrobotProblem()).solve({ initialState: REST, deadline: 1 })).toThrow(/clock must be given with a deadline/);
    const solver = createIlqr(acrobotProblem(), { clock: () => 0 });
    expect(() => solver.solve({ initialState: REST, deadline: NaN })).toThrow(/deadline must be a number, got NaN/);
  });

  it('names what is not finite', () => {
    const base = acrobotProblem();
    const solve = (changes: Partial<OptimalControlProblem>) => () => createIlqr({ ...base, ...changes }).solve({ initialState: REST });
    const row = { kind: 'equality', size: 1, from: 3, to: 3 } as const;
    const wrong: Constraint = { ...row, evaluate: (_x, _u, _t, out) => void (out[0] = NaN) };
    expect(solve({ constraints: [wrong] })).toThrow('constraints must be finite, got NaN at step 3');
    const steep: Constraint = {
      ...row,
      evaluate: (_x, u, _t, out) => void (out[0] = u[0]!),
      linearize: (_x, _u, _t, _outX, outU) => void (outU[0] = Infinity),
    };
    expect(solve({ constraints: [steep] })).toThrow('the derivatives of constraints must be finite, got Infinity as their sum at step 3');
    const cost: Cost = {
      ...base.cost,
      expandStage(x, u, t, out) {
        base.cost.expandStage(x, u, t, out);
        if (t === 2) out.ux[0] = NaN;
      },
    };
    expect(solve({ cost })).toThrow('the mixed second derivative of the cost must be finite, got NaN at step 2');
  });

  it('stops at a deadline by its clock, with the best so far', () => {
    let now = 0;
    const clock = (): number => (now += 1);
    const { status, iterations, cost } = createIlqr(acrobotProblem(), { clock }).solve({ initialState: REST, deadline: 6 });
    expect(status).toBe('deadline');
    expect(iterations).toBe(5);
    expect(cost).toBe(acrobot({ maxIterations: 5 }).cost);
  });

  it('keeps to its tolerance of constraints', () => {
    for (const constraintTolerance of [1e-3, 1e-9]) {
      const { status, constraintViolation } = createDdp(cartPoleProblem({ horizon: 50 }), { constraintTolerance, polish: false }).solve({
        initialState: REST,
      });
      expect(status).toBe('converged');
      expect(constraintViolation).toBeLessThanOrEqual(constraintTolerance);
    }
  });
});

describe('augmented Lagrangian', () => {
  const solve = (options: IlqrOptions) => createDdp(cartPoleProblem({ horizon: 50 }), options).solve({ initialState: REST });

  it('starts with its penalty and raises it by its factor, up to its greatest', () => {
    const { log } = solve({ penalty: { initial: 3, factor: 5, max: 70 }, polish: false });
    const penalties = [...new Set(log.map(({ penalty }) => penalty))];
    expect(penalties[0]).toBe(3);
    for (const penalty of penalties) expect([3, 15, 70]).toContain(penalty);
  });

  it('needs fewer iterations with the polish, to the same optimum', () => {
    const [plain, polished] = [solve({ polish: false }), solve({ polish: true })];
    expect(plain.status).toBe('converged');
    expect(polished.iterations).toBeLessThan(0.9 * plain.iterations);
    expect(polished.cost).toBeCloseTo(plain.cost, 5);
    expect(polished.constraintViolation).toBeLessThan(1e-9);
  });

  it('goes on from multipliers and a penalty of an earlier result', () => {
    const problem = cartPoleProblem({ horizon: 50 });
    const solver = createDdp(problem);
    const first = solver.solve({ initialState: REST });
    const { actions, multipliers, penalty } = first;
    const warm = solver.solve({ initialState: REST, actions, multipliers, penalty });
    expect(warm.status).toBe('converged');
    expect(warm.iterations).toBe(0);
    expect(solver.solve({ initialState: REST, actions, multipliers, penalty: 7 }).penalty).toBe(7);
    expect(solver.solve({ initialState: REST, actions }).iterations).toBeGreaterThan(0);
  });
});

describe('starts', () => {
  it('closes the gaps of states that do not follow from the actions, and ends where a rollout ends', () => {
    const problem = cartPoleProblem({ goal: false, horizon: 50 });
    const states = Float64Array.from({ length: 51 * 4 }, (_, i) => (i % 4 === 1 ? (Math.PI * Math.floor(i / 4)) / 50 : 0));
    const solver = createDdp(problem);
    const { status, gap, log, cost, states: found } = solver.solve({ initialState: REST, states });
    expect(status).toBe('converged');
    expect(gap).toBe(0);
    const before = createDdp(problem, { maxIterations: 0 }).solve({ initialState: REST, states });
    expect(before.gap).toBeGreaterThan(0.05);
    // A step of length α leaves 1 − α of each gap.
    const gaps = [before.gap, ...log.map(({ gap }) => gap)];
    for (let i = 1; i < gaps.length; i++) expect(gaps[i]!).toBeCloseTo((1 - log[i - 1]!.stepLength) * gaps[i - 1]!, 9);
    expect([...found.subarray(0, 4)]).toEqual(REST);
    expectOptimal(problem, REST, solver.solve({ initialState: REST, states }));
    expect(cost).toBeLessThan(2);
  });

  it('lowers the merit, gaps included, at every step', () => {
    const states = Float64Array.from({ length: 31 * 2 }, (_, i) => Math.sin(i));
    const { log, status } = createIlqr(pendulum()).solve({ initialState: [0, 0], states });
    expect(status).toBe('converged');
    for (const { actualDecrease, stepLength } of log) expect(stepLength === 0 || actualDecrease > -1e-12).toBe(true);
  });

  it('starts from a policy around states where the first state is not the expected one', () => {
    // Balancing upright: what is planned from one state falls over from another without feedback.
    const problem = {
      dynamics: integrateDynamics(cartPoleSystem(), { method: 'rungeKutta4', period: 0.05 }),
      horizon: 60,
      cost: quadraticCost({ stateSize: 4, actionSize: 1, Q: [1, 1, 0.1, 0.1], R: [0.01], target: [0, Math.PI, 0, 0] }),
    };
    const plan = createIlqr(problem).solve({ initialState: [0, Math.PI, 0, 0] });
    const moved = [0, Math.PI + 0.05, 0, 0];
    const once = createIlqr(problem, { maxIterations: 0 });
    const { actions, states, gains } = plan;
    const withFeedback = once.solve({ initialState: moved, actions, states, gains }).cost;
    const without = once.solve({ initialState: moved, actions }).cost;
    const best = createIlqr(problem).solve({ initialState: moved }).cost;
    expect(withFeedback).toBeLessThan(1.05 * best);
    expect(without).toBeGreaterThan(10 * best);
  });

  it('returns gains that hold the trajectory against disturbances', () => {
    const problem = cartPoleProblem({ goal: false, horizon: 50 });
    const { states, actions, gains, cost } = createDdp(problem).solve({ initialState: REST });
    const start = [0.02, -0.03, 0.02, 0.05];
    const once = createIlqr(problem, { maxIterations: 0 });
    const open = once.solve({ initialState: start, actions }).cost;
    const closed = once.solve({ initialState: start, actions, states, gains }).cost;
    expect(closed - cost).toBeLessThan(0.2 * (open - cost));
  });

  it('is deterministic, and a solver used again gives the same', () => {
    const actions = Float64Array.from({ length: 50 }, () => createRng(1).normal());
    const solver = createIlqr(acrobotProblem());
    const first = solver.solve({ initialState: REST, actions });
    solver.solve({ initialState: [1, 1, 1, 1] });
    expect(solver.solve({ initialState: REST, actions })).toEqual(first);
    expect(createIlqr(acrobotProblem()).solve({ initialState: REST, actions })).toEqual(first);
  });
});

describe('second order', () => {
  it('is what createDdp adds, and createIlqr takes as an option', () => {
    const settings = { gradientTolerance: 1e-8 };
    const ddp = createDdp(pendulum(), settings).solve({ initialState: [0.1, 0] });
    expect(createIlqr(pendulum(), { ...settings, secondOrder: true }).solve({ initialState: [0.1, 0] })).toEqual(ddp);
    expect(ddp.iterations).toBeLessThan(createIlqr(pendulum(), settings).solve({ initialState: [0.1, 0] }).iterations);
  });

  it('uses the second derivatives of the dynamics where they are given', () => {
    const plain = pendulum();
    let calls = 0;
    const dynamics = {
      ...(plain.dynamics as Exclude<typeof plain.dynamics, { predict: unknown }>),
      contractSecond(states: Float64Array, _actions: Float64Array, multipliers: Float64Array, hessians: Float64Array, count: number): void {
        calls += 1;
        hessians.fill(0, 0, count * 9);
        // rate⁺ = … − 0.1 sin θ, θ⁺ = θ + 0.1 rate⁺.
        for (let p = 0; p < count; p++)
          hessians[9 * p] = 0.1 * Math.sin(states[2 * p]!) * (multipliers[2 * p + 1]! + 0.1 * multipliers[2 * p]!);
      },
    };
    const settings = { gradientTolerance: 1e-8 };
    const [given, differenced] = [{ ...plain, dynamics }, plain].map((problem) =>
      createDdp(problem, settings).solve({ initialState: [0.1, 0] }),
    );
    expect(calls).toBeGreaterThan(0);
    expect(given!.status).toBe('converged');
    expect(given!.cost).toBeCloseTo(differenced!.cost, 10);
    expect(given!.iterations).toBeLessThanOrEqual(differenced!.iterations);
  });
});

describe('goalConstraint', () => {
  it('leaves NaN components free', () => {
    const problem = pendulum(40, { constraints: [goalConstraint([NaN, 0.5])] });
    expect(createIlqr(problem).solve({ initialState: [0, 0] }).states[81]).toBeCloseTo(0.5, 6);
  });
});
