import { createRng, NumericalError, OptionError, ShapeError } from '@mbrl/core';
import {
  createLqrBackwardPass,
  createVectorField,
  type Dynamics,
  type FiniteLqrProblem,
  integrateDynamics,
  linearizeAt,
  lqrAction,
  lqrCostToGo,
  solveContinuousFiniteLqr,
  solveFiniteLqr,
  solveLqr,
  stepLinear,
  zeroOrderHold,
} from '@mbrl/control';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';

const rng = createRng(3);
const normals = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.normal()));
const definite = (n: number): number[][] => {
  const root = new Matrix(normals(n, n));
  return root.mmul(root.transpose()).add(Matrix.eye(n).mul(0.1)).to2DArray();
};
const column = (values: ArrayLike<number>): Matrix => Matrix.columnVector(Array.from(values));

interface Stage {
  A: number[][];
  B: number[][];
  c: number[];
  Q: number[][];
  R: number[][];
  S: number[][];
  q: number[];
  r: number[];
  x: number[];
  u: number[];
}

/** The cost of a sequence of actions, straight from the definition. */
function costOf(
  stages: Stage[],
  start: number[],
  actions: number[][],
  terminalQ: number[][],
  terminalq: number[],
  target: number[],
): number {
  let x = column(start);
  let cost = 0;
  const half = (M: Matrix, v: Matrix): number => 0.5 * v.transpose().mmul(M).mmul(v).get(0, 0);
  stages.forEach((stage, t) => {
    const [u, dx, du] = [column(actions[t]!), Matrix.sub(x, column(stage.x)), Matrix.sub(column(actions[t]!), column(stage.u))];
    cost += half(new Matrix(stage.Q), dx) + half(new Matrix(stage.R), du) + dx.transpose().mmul(new Matrix(stage.S)).mmul(du).get(0, 0);
    cost += column(stage.q).dot(x) + column(stage.r).dot(u);
    x = new Matrix(stage.A).mmul(x).add(new Matrix(stage.B).mmul(u)).add(column(stage.c));
  });
  return cost + half(new Matrix(terminalQ), Matrix.sub(x, column(target))) + column(terminalq).dot(x);
}

describe('a terminal cost that is absent', () => {
  it('is that of the state at T, not at T − 1', () => {
    const problem = { horizon: 4, A: [[0.9]], B: [[1]], R: [[1]], Q: (t: number) => [[1 + t]] };
    const [implied, given, other] = [problem, { ...problem, terminalQ: [[5]] }, { ...problem, terminalQ: [[4]] }].map(solveFiniteLqr);
    expect(implied!.P[4]![0]).toBe(5);
    expect(implied!.K).toEqual(given!.K);
    expect(implied!.K).not.toEqual(other!.K);
  });
});

describe('finite horizon', () => {
  const [n, m, T] = [3, 2, 5];
  const stages: Stage[] = Array.from({ length: T }, () => {
    const joint = definite(n + m);
    const [q, r, x] = [normals(1, n)[0]!, normals(1, m)[0]!, normals(1, n)[0]!];
    return {
      A: normals(n, n),
      B: normals(n, m),
      c: normals(1, n)[0]!,
      Q: joint.slice(0, n).map((row) => row.slice(0, n)),
      R: joint.slice(n).map((row) => row.slice(n)),
      S: joint.slice(0, n).map((row) => row.slice(n)),
      q,
      r,
      x,
      u: normals(1, m)[0]!,
    };
  });
  const [terminalQ, terminalq, target, start] = [definite(n), normals(1, n)[0]!, normals(1, n)[0]!, normals(1, n)[0]!];
  const problem: FiniteLqrProblem = {
    horizon: T,
    A: (t) => stages[t]!.A,
    B: (t) => stages[t]!.B,
    c: (t) => stages[t]!.c,
    Q: (t) => stages[Math.min(t, T - 1)]!.Q,
    R: (t) => stages[t]!.R,
    S: (t) => stages[t]!.S,
    q: (t) => stages[t]!.q,
    r: (t) => stages[t]!.r,
    stateReference: (t) => (t === T ? target : stages[t]!.x),
    actionReference: (t) => stages[t]!.u,
    terminalQ,
    terminalq,
  };

  it('time-varying with all terms: the stationary point of the cost as a function of all actions', () => {
    const solution = solveFiniteLqr(problem);
    expect(solution.status).toBe('solved');
    // The cost is quadratic in the T·m actions: its Hessian and gradient come exactly from differences of the definition.
    const size = T * m;
    const unflatten = (flat: number[]): number[][] => Array.from({ length: T }, (_, t) => flat.slice(t * m, (t + 1) * m));
    const f = (flat: number[]): number => costOf(stages, start, unflatten(flat), terminalQ, terminalq, target);
    const unit = (i: number, j = -1): number[] => Array.from({ length: size }, (_, k) => (k === i ? 1 : 0) + (k === j ? 1 : 0));
    const zero = f(unit(-1));
    const single = Array.from({ length: size }, (_, i) => f(unit(i)));
    const H = Matrix.zeros(size, size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) H.set(i, j, f(unit(i, j)) - single[i]! - single[j]! + zero);
    const gradient = single.map((value, i) => value - zero - 0.5 * H.get(i, i));
    const optimum = solve(H, column(gradient).neg()).to1DArray();

    const state = Float64Array.from(start);
    const [action, next] = [new Float64Array(m), new Float64Array(n)];
    const actions: number[] = [];
    for (let t = 0; t < T; t++) {
      lqrAction(solution, t, state, action);
      actions.push(...action);
      const { A, B, c } = stages[t]!;
      stepLinear(Float64Array.from(A.flat()), Float64Array.from(B.flat()), Float64Array.from(c), state, action, next);
      state.set(next);
    }
    actions.forEach((value, i) => expect(value).toBeCloseTo(optimum[i]!, 6));
    expect(lqrCostToGo(solution, 0, Float64Array.from(start)) / f(actions)).toBeCloseTo(1, 9);
    expect(f(actions)).toBeLessThanOrEqual(f(optimum) + 1e-7 * Math.abs(f(optimum)));
  });

  it('each term changes the policy', () => {
    const base = solveFiniteLqr(problem);
    for (const name of ['c', 'q', 'r', 'S', 'stateReference', 'actionReference', 'terminalq', 'terminalQ'] as const) {
      const { [name]: _, ...without } = problem;
      const other = solveFiniteLqr(without as FiniteLqrProblem);
      expect(Array.from(other.k[0]!)).not.toEqual(Array.from(base.k[0]!));
    }
  });

  it('a stationary problem of a long horizon starts with the gain of the infinite one', () => {
    const [A, B, Q, R] = [
      [
        [1, 0.1],
        [0, 1],
      ],
      [[0], [0.1]],
      [
        [1, 0],
        [0, 1],
      ],
      [[0.5]],
    ];
    const finite = solveFiniteLqr({ horizon: 400, A, B, Q, R });
    const infinite = solveLqr({ A, B, Q, R });
    infinite.K.forEach((value, i) => expect(finite.K[0]![i]).toBeCloseTo(value, 12));
    infinite.P.forEach((value, i) => expect(finite.P[0]![i]! / value).toBeCloseTo(1, 12));
    // The terminal cost is that of the state where none is given.
    expect([...finite.P[400]!]).toEqual([1, 0, 0, 1]);
  });

  it('tells at which step the action’s cost is indefinite', () => {
    const solution = solveFiniteLqr({ horizon: 4, A: [[1]], B: [[1]], Q: [[1]], R: (t) => [[t === 2 ? -9 : 1]] });
    expect([solution.status, solution.failedStep]).toEqual(['indefinite', 2]);
  });

  it('refuses bad input, naming the step', () => {
    const good: FiniteLqrProblem = { horizon: 3, A: [[1]], B: [[1]], Q: [[1]], R: [[1]] };
    expect(() => solveFiniteLqr({ ...good, horizon: 0 })).toThrow(OptionError);
    expect(() =>
      solveFiniteLqr({
        ...good,
        A: (t) =>
          t === 1
            ? [
                [1, 2],
                [3, 4],
              ]
            : [[1]],
      }),
    ).toThrow('solveFiniteLqr: A at step 1 must be a matrix [1, 1]');
    expect(() => solveFiniteLqr({ ...good, c: () => [NaN] })).toThrow(NumericalError);
    expect(() => solveFiniteLqr({ ...good, stateReference: [1, 2] })).toThrow(ShapeError);
  });

  it('a pass reuses its arrays and allocates none of them anew', () => {
    const pass = createLqrBackwardPass(1, 1, 2);
    const one = Float64Array.of(1);
    const zero = Float64Array.of(0);
    const stage = { A: one, B: one, c: zero, Q: one, R: one, S: zero, q: zero, r: zero };
    const before = pass.P[0];
    expect(pass.run([stage, stage], one, zero)).toBe(-1);
    expect(pass.P[0]).toBe(before);
    expect([...pass.P[1]!, ...pass.P[0]!]).toEqual([1.5, 1.6]); // 1 + P / (1 + P) from P = 1
  });
});

describe('infinite horizon', () => {
  it('double integrator, continuous: K = [1, √3]', () => {
    const { K, k, averageCost } = solveLqr({
      time: 'continuous',
      A: [
        [0, 1],
        [0, 0],
      ],
      B: [[0], [1]],
      Q: [
        [1, 0],
        [0, 1],
      ],
      R: [[1]],
    });
    expect(K[0]).toBeCloseTo(1, 15);
    expect(K[1]).toBeCloseTo(Math.sqrt(3), 15);
    expect([k[0], averageCost].map((value) => value! + 0)).toEqual([0, 0]);
  });

  it('affine terms and references: the limit of long finite horizons, and the average cost per step', () => {
    const joint = definite(4);
    const problem = {
      A: [
        [0.9, 0.3, 0],
        [0, 1.1, 0.2],
        [0.1, 0, 0.8],
      ],
      B: [[0], [0.5], [1]],
      c: [0.3, -0.2, 0.1],
      Q: joint.slice(0, 3).map((row) => row.slice(0, 3)),
      R: [[joint[3]![3]!]],
      S: joint.slice(0, 3).map((row) => row.slice(3)),
      q: [0.1, -0.4, 0.2],
      r: [0.7],
      stateReference: [1, 2, -1],
      actionReference: [0.5],
    };
    const infinite = solveLqr(problem);
    const finite = solveFiniteLqr({ ...problem, horizon: 300 });
    expect(infinite.status).toBe('converged');
    expect(infinite.k[0]).toBeCloseTo(finite.k[0]![0]!, 10);
    infinite.p.forEach((value, i) => expect(value).toBeCloseTo(finite.p[0]![i]!, 9));
    expect(infinite.averageCost).toBeCloseTo(finite.v[0]! - finite.v[1]!, 9);
  });

  it('continuous affine terms: the limit of fast sampling', () => {
    const problem = {
      A: [
        [0, 1],
        [-1, 0.2],
      ],
      B: [[0], [1]],
      c: [0.1, 0.3],
      Q: [
        [2, 0],
        [0, 1],
      ],
      R: [[0.5]],
      S: [[0.1], [0.2]],
      r: [0.2],
      q: [0.3, 0],
    };
    const continuous = solveLqr({ ...problem, time: 'continuous', stateReference: [1, 0] });
    const h = 1e-4;
    const hold = zeroOrderHold({ ...problem, period: h });
    const q = [problem.q[0]! - 2, problem.q[1]!].map((value) => value * h);
    const sampled = solveLqr({ A: hold.A, B: hold.B, c: hold.c, Q: hold.Q, R: hold.R, S: hold.S, q, r: [(0.2 - 0.1) * h] });
    continuous.K.forEach((value, i) => expect(sampled.K[i]! / value).toBeCloseTo(1, 3));
    expect(sampled.k[0]! / continuous.k[0]!).toBeCloseTo(1, 3);
    expect(sampled.averageCost / h + 1).toBeCloseTo(continuous.averageCost, 3);
  });

  it('keeps statuses, with NaN in what could not be computed', () => {
    const solution = solveLqr({ A: [[2]], B: [[0]], Q: [[1]], R: [[1]] });
    expect([solution.status, solution.k[0], solution.averageCost]).toEqual(['unstabilizable', NaN, NaN]);
    expect(() => solveLqr({ A: [[2]], B: [[1]], Q: [[1]], R: [[1]], c: [1, 2] })).toThrow(ShapeError);
    expect(() => solveLqr({ A: [[2]], B: [[1]], Q: [[1]], R: [[-1]] })).toThrow('solveLqr: R must be symmetric positive semidefinite');
  });
});

describe('expansion of dynamics', () => {
  const pendulum = createVectorField({
    stateSize: 2,
    actionSize: 1,
    rate: ([q = 0, v = 0], [u = 0], t, out) => void out.set([v, 9.8 * Math.sin(q) + u + (t >= 0.1 ? 1 : 0)]),
  });

  it('balances a pendulum at a tilt, on the true dynamics, also asynchronous', async () => {
    const exact = integrateDynamics(pendulum, { period: 0.05 });
    const late: Dynamics = {
      stateSize: 2,
      actionSize: 1,
      step: async (...input) => void exact.step(...input),
      linearize: async (...input) => void exact.linearize(...input),
    };
    // The tilt 0.3 is held by u = −9.8 sin 0.3.
    const [tilt, hold] = [[0.3, 0], [-9.8 * Math.sin(0.3)]];
    const expansion = await linearizeAt(exact, tilt, hold);
    expect(await linearizeAt(late, tilt, hold)).toEqual(expansion);
    const next = new Float64Array(2);
    stepLinear(expansion.A, expansion.B, expansion.c, Float64Array.from(tilt), Float64Array.from(hold), next);
    expect(next[0]).toBeCloseTo(0.3, 13);
    expect(next[1]).toBeCloseTo(0, 13);
    const { K, k, status } = solveLqr({
      ...expansion,
      Q: [
        [1, 0],
        [0, 0.1],
      ],
      R: [[0.01]],
      stateReference: tilt,
      actionReference: hold,
    });
    expect(status).toBe('converged');
    const state = Float64Array.of(-0.4, 0);
    for (let t = 0; t < 200; t++) {
      const action = Float64Array.of(k[0]! - K[0]! * state[0]! - K[1]! * state[1]!);
      void exact.step(state, action, next, 1, Int32Array.of(0));
      state.set(next);
    }
    expect(state[0]).toBeCloseTo(0.3, 9);
    expect(state[1]).toBeCloseTo(0, 9);
    // The step's index reaches the dynamics.
    expect((await linearizeAt(exact, tilt, hold, 2)).c[1]! - expansion.c[1]!).toBeCloseTo(0.05, 3);
  });

  it('refuses points where the dynamics are not finite', async () => {
    const broken = integrateDynamics(createVectorField({ stateSize: 1, actionSize: 1, rate: (_x, _u, _t, out) => void (out[0] = NaN) }), {
      period: 1,
    });
    await expect(linearizeAt(broken, [1], [2])).rejects.toThrow('linearizeAt: the dynamics must be finite at state [1] and action [2]');
    await expect(linearizeAt(broken, [1, 2], [2])).rejects.toThrow(ShapeError);
  });
});

describe('zero-order hold', () => {
  it('double integrator: closed forms of dynamics, cost and noise', () => {
    const h = 0.3;
    const hold = zeroOrderHold({
      A: [
        [0, 1],
        [0, 0],
      ],
      B: [[0], [1]],
      c: [0, 2],
      period: h,
      Q: [
        [1, 0],
        [0, 0],
      ],
      R: [[5]],
      S: [[0], [1]],
      W: [
        [0, 0],
        [0, 1],
      ],
    });
    const expectAll = (actual: Float64Array, expected: number[]): void =>
      expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 14));
    expectAll(hold.A, [1, h, 0, 1]);
    expectAll(hold.B, [h ** 2 / 2, h]);
    expectAll(hold.c, [h ** 2, 2 * h]);
    expectAll(hold.Q, [h, h ** 2 / 2, h ** 2 / 2, h ** 3 / 3]);
    expectAll(hold.S, [h ** 3 / 6, h ** 4 / 8 + h]);
    expectAll(hold.R, [h ** 5 / 20 + 5 * h + h ** 2]);
    expectAll(hold.W, [h ** 3 / 3, h ** 2 / 2, h ** 2 / 2, h]);
  });

  it('a stiff stable system over a long period keeps its integrals', () => {
    const hold = zeroOrderHold({ A: [[-1000]], B: [[1]], period: 10, Q: [[1]], W: [[1]] });
    expect(hold.Q[0]! / (1 / 2000)).toBeCloseTo(1, 13);
    expect(hold.W[0]! / (1 / 2000)).toBeCloseTo(1, 13);
    expect(hold.B[0]! / 1e-3).toBeCloseTo(1, 13);
  });

  it('refuses what it cannot', () => {
    expect(() => zeroOrderHold({ A: [[1]], B: [[1]], period: 0 })).toThrow('zeroOrderHold: period');
    expect(() => zeroOrderHold({ A: [[1]], B: [[1]], period: 1e4 })).toThrow(NumericalError);
  });
});

describe('continuous finite horizon', () => {
  it('integrator: P = tanh(T − t); unstable and stiff scalars alike', () => {
    const { P, K, times, status } = solveContinuousFiniteLqr({ duration: 2, steps: 7, A: [[0]], B: [[1]], Q: [[1]], R: [[1]] });
    expect(status).toBe('solved');
    times.forEach((t, i) => expect(P[i]![0]).toBeCloseTo(Math.tanh(2 - t), 14));
    times.forEach((t, i) => expect(K[i]![0]).toBeCloseTo(Math.tanh(2 - t), 14));
    // Ṗ = −Q − 2aP + P²/r from 0: with β = √(a² + q/r), P = q / (β coth(β s) − a).
    for (const [a, q, r] of [
      [3, 2, 0.1],
      [-500, 4, 1e-3],
      [800, 1, 1],
    ] as const) {
      const solution = solveContinuousFiniteLqr({ duration: 1, steps: 3, A: [[a]], B: [[1]], Q: [[q]], R: [[r]] });
      const beta = Math.hypot(a, Math.sqrt(q / r));
      [0, 1, 2].forEach((i) => expect(solution.P[i]![0]! / (q / (beta / Math.tanh(beta * (1 - i / 3)) - a))).toBeCloseTo(1, 9));
    }
  });

  it('with all terms: the limit of fast sampling', () => {
    const problem = {
      A: [
        [0, 1],
        [-1, 0.2],
      ],
      B: [[0], [1]],
      c: [0.1, 0.3],
      Q: [
        [2, 0],
        [0, 1],
      ],
      R: [[0.5]],
      S: [[0.1], [0.2]],
      q: [0.3, -0.1],
      r: [0.2],
      terminalQ: [
        [3, 0],
        [0, 1],
      ],
      terminalq: [0.5, 1],
    };
    const solution = solveContinuousFiniteLqr({ ...problem, duration: 1, steps: 4 });
    const N = 20_000;
    const hold = zeroOrderHold({ ...problem, period: 1 / N });
    const sampled = solveFiniteLqr({
      horizon: N,
      A: hold.A,
      B: hold.B,
      c: hold.c,
      Q: hold.Q,
      R: hold.R,
      S: hold.S,
      q: problem.q.map((value) => value / N),
      r: [problem.r[0]! / N],
      terminalQ: problem.terminalQ,
      terminalq: problem.terminalq,
    });
    for (const i of [0, 2]) {
      solution.P[i]!.forEach((value, j) => expect(value).toBeCloseTo(sampled.P[(i * N) / 4]![j]!, 4));
      solution.p[i]!.forEach((value, j) => expect(value).toBeCloseTo(sampled.p[(i * N) / 4]![j]!, 4));
      expect(solution.v[i]).toBeCloseTo(sampled.v[(i * N) / 4]!, 4);
      expect(solution.k[i]![0]).toBeCloseTo(sampled.k[(i * N) / 4]![0]!, 3);
    }
  });

  it('time-varying coefficients: order 4 in the step', () => {
    const at = (steps: number): number =>
      solveContinuousFiniteLqr({
        duration: 2,
        steps,
        A: (t) => [
          [0, 1],
          [-1 - Math.sin(3 * t), -0.1 * t],
        ],
        B: (t) => [[0], [1 + 0.5 * Math.cos(t)]],
        Q: (t) => [
          [1 + t, 0],
          [0, 1],
        ],
        R: [[0.5]],
        c: (t) => [0, Math.sin(t)],
        q: (t) => [t, 0],
      }).P[0]![0]!;
    const exact = at(640);
    const order = Math.log2(Math.abs(at(10) - exact) / Math.abs(at(20) - exact));
    expect(order).toBeGreaterThan(3.6);
    expect(order).toBeLessThan(4.6);
  });

  it('tells a finite escape: P = tan(T − t) beyond π/2', () => {
    const problem = { A: [[0]], B: [[1]], Q: [[1]], R: [[1]] };
    const negative = { ...problem, Q: [[-1]] };
    const solution = solveContinuousFiniteLqr({ ...negative, duration: 2, steps: 20 });
    expect(solution.status).toBe('escaped');
    // −P = tan(T − t) leaves at T − t = π/2, between grid points 4 and 5 from 0: 2 − 0.4 = 1.6 > π/2 > 1.5.
    expect(solution.failedStep).toBe(5);
    expect(solution.P[5]![0]).toBeCloseTo(-Math.tan(1.5), 9);
    expect(solveContinuousFiniteLqr({ ...negative, duration: 1.5, steps: 2 }).status).toBe('solved');
  });

  it('refuses bad input', () => {
    const good = { duration: 1, steps: 2, A: [[0]], B: [[1]], Q: [[1]], R: [[1]] };
    expect(() => solveContinuousFiniteLqr({ ...good, duration: -1 })).toThrow('solveContinuousFiniteLqr: duration');
    expect(() => solveContinuousFiniteLqr({ ...good, steps: 0.5 })).toThrow('solveContinuousFiniteLqr: steps');
    expect(() => solveContinuousFiniteLqr({ ...good, R: [[0]] })).toThrow('R must be symmetric positive definite');
  });
});
