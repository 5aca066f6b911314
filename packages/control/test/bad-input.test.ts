/** Every public function is given every kind of bad input that applies to its arguments, and has to say what is wrong. */
import {
  boundConstraint,
  createDdp,
  createDifferenceDynamics,
  createExtendedKalmanFilter,
  createIlqr,
  createIlqrMpc,
  createKalmanFilter,
  createLinearMpc,
  createLqrBackwardPass,
  createRealTimeMpc,
  createUnscentedKalmanFilter,
  createVectorField,
  type Dynamics,
  findUndetectableModes,
  findUnstabilizableModes,
  fitGaussianMixture,
  fitLinearModel,
  goalConstraint,
  integrateDynamics,
  linearizeAt,
  type NonlinearProgram,
  obstacleConstraint,
  type OptimalControlProblem,
  pointwiseDynamics,
  quadraticCost,
  solveCare,
  solveContinuousFiniteLqr,
  solveDare,
  solveFiniteLqr,
  solveLqg,
  solveLqi,
  solveLqr,
  solveLyapunov,
  solveOde,
  solveScp,
  solveSqp,
  solveSqpAsync,
  solveStein,
  solveSteadyKalman,
  solveSylvester,
  transcribe,
  transcribeDiscrete,
  zeroOrderHold,
} from '@mbrl/control';
import { createRng, MbrlError } from '@mbrl/core';
import { describe, expect, it } from 'vitest';

const A = [
  [1, 0.1],
  [0, 1],
];
const B = [[0.005], [0.1]];
const C = [[1, 0]];
const I = [
  [1, 0],
  [0, 1],
];
const flatA = [1, 0.1, 0, 1];
const flatI = [1, 0, 0, 1];
const flatB = [0.005, 0.1];
const dynamics = pointwiseDynamics({
  stateSize: 2,
  actionSize: 1,
  step(x, u, _t, next) {
    next[0] = x[0]! + 0.1 * x[1]!;
    next[1] = x[1]! + 0.1 * u[0]!;
  },
});
const field = createVectorField({
  stateSize: 2,
  actionSize: 1,
  rate: (x, u, _t, out) => void out.set([x[1]!, u[0]!]),
});
const cost = quadraticCost({ stateSize: 2, actionSize: 1, Q: [1, 1], R: [1] });
const problem: OptimalControlProblem = { dynamics, cost, horizon: 3 };
const measurement = { measurementSize: 1, measure: (x: Float64Array, out: Float64Array) => void (out[0] = x[0]!) };
const rollouts = {
  stateSize: 2,
  actionSize: 1,
  horizon: 2,
  states: Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i)),
  actions: Float64Array.from({ length: 40 }, (_, i) => Math.cos(i * i)),
};
const program: NonlinearProgram & object = {
  variableCount: 2,
  constraintCount: 1,
  objective: (x) => x[0]! ** 2 + x[1]! ** 2,
  gradient: (x, out) => void out.set([2 * x[0]!, 2 * x[1]!]),
  constraints: (x, out) => void (out[0] = x[0]! + x[1]!),
  jacobian: (_x, out) => void out.fill(1),
  lower: [1],
  upper: [1],
  variableLower: [-5, -5],
  variableUpper: [5, 5],
};

type Kind = 'size' | 'nan' | 'number' | 'choice';
interface Case {
  /** Arguments that are right. */
  readonly base: Readonly<Record<string, unknown>>;
  call(given: never): unknown;
  /** What is no fault of an argument. */
  readonly legal?: Readonly<Record<string, readonly Kind[]>>;
  /** The function that speaks, where it is another. */
  readonly speaker?: string;
}
const cases: Readonly<Record<string, Case>> = {
  solveDare: { base: { A, B, Q: I, R: [[1]], S: [[0], [0]], E: I }, call: solveDare },
  solveCare: { base: { A, B, Q: I, R: [[1]], S: [[0], [0]], E: I }, call: solveCare },
  solveLyapunov: {
    base: {
      A: [
        [-1, 0],
        [0, -2],
      ],
      Q: I,
      E: I,
    },
    call: solveLyapunov,
  },
  solveStein: {
    base: {
      A: [
        [0.5, 0],
        [0, 0.2],
      ],
      Q: I,
      E: I,
    },
    call: solveStein,
  },
  solveSylvester: {
    base: { A: I, B: I, C: I },
    call: (given: { A: number[][]; B: number[][]; C: number[][] }) => solveSylvester(given.A, given.B, given.C),
  },
  findUnstabilizableModes: {
    base: { A, B, tolerance: 1e-9, time: 'discrete' },
    call: ({ A: a, B: b, ...options }: { A: number[][]; B: number[][] }) => findUnstabilizableModes(a, b, options),
  },
  findUndetectableModes: {
    base: { A, C, tolerance: 1e-9, time: 'discrete' },
    call: ({ A: a, C: c, ...options }: { A: number[][]; C: number[][] }) => findUndetectableModes(a, c, options),
    // Any number of outputs will do.
    legal: { C: ['size'] },
  },
  solveLqr: {
    base: {
      time: 'discrete',
      A,
      B,
      Q: I,
      R: [[1]],
      S: [[0], [0]],
      c: [0, 0],
      q: [0, 0],
      r: [0],
      stateReference: [0, 0],
      actionReference: [0],
    },
    call: solveLqr,
  },
  solveFiniteLqr: {
    base: { horizon: 3, A, B, Q: I, R: [[1]], S: [[0], [0]], c: [0, 0], q: [0, 0], r: [0], terminalQ: I, terminalq: [0, 0] },
    call: solveFiniteLqr,
  },
  solveContinuousFiniteLqr: {
    base: { duration: 1, steps: 3, A, B, Q: I, R: [[1]], S: [[0], [0]], c: [0, 0], q: [0, 0], r: [0], terminalQ: I, terminalq: [0, 0] },
    call: solveContinuousFiniteLqr,
  },
  solveLqi: { base: { time: 'discrete', A, B, C, Q: I, integralQ: [[1]], R: [[1]] }, call: solveLqi },
  createLqrBackwardPass: {
    base: { n: 2, m: 1, horizon: 2 },
    call: (given: { n: number; m: number; horizon: number }) => createLqrBackwardPass(given.n, given.m, given.horizon),
  },
  zeroOrderHold: { base: { A, B, c: [0, 0], period: 0.1, Q: I, R: [[1]], S: [[0], [0]], W: I }, call: zeroOrderHold },
  linearizeAt: {
    base: { state: [0, 0], action: [0], step: 0 },
    call: (given: { state: number[]; action: number[]; step: number }) => linearizeAt(dynamics, given.state, given.action, given.step),
  },
  createKalmanFilter: {
    base: { A, B, c: [0, 0], C, D: [[0]], W: I, V: [[1]], mean: [0, 0], covariance: I, form: 'covariance' },
    call: createKalmanFilter,
  },
  createExtendedKalmanFilter: {
    base: { dynamics, measurement, W: I, V: [[1]], mean: [0, 0], covariance: I, form: 'covariance', iterations: 1 },
    call: createExtendedKalmanFilter,
  },
  createUnscentedKalmanFilter: {
    base: { dynamics, measurement, W: I, V: [[1]], mean: [0, 0], covariance: I, alpha: 1, beta: 2 },
    call: createUnscentedKalmanFilter,
  },
  solveSteadyKalman: { base: { time: 'discrete', A, C, W: I, V: [[1]], N: [[0], [0]] }, call: solveSteadyKalman },
  solveLqg: {
    base: { time: 'discrete', A, B, C, Q: I, R: [[1]], W: I, V: [[1]], estimate: 'filter' },
    call: solveLqg,
    speaker: '(solveLqr|solveSteadyKalman|solveLqg)',
  },
  createVectorField: { base: { stateSize: 2, actionSize: 1, rate: field.rate }, call: createVectorField },
  integrateDynamics: {
    base: { period: 0.1, method: 'rungeKutta4', substeps: 1 },
    call: (given: { period: number }) => integrateDynamics(field, given),
  },
  solveOde: { base: { field, state: [1, 0], action: [0], times: [0, 1] }, call: solveOde, legal: { times: ['size'] } },
  pointwiseDynamics: { base: { stateSize: 2, actionSize: 1, step: () => undefined }, call: pointwiseDynamics },
  createDifferenceDynamics: {
    base: { method: 'central', relativeStep: 1e-5 },
    call: (given: object) => createDifferenceDynamics(dynamics, given),
  },
  quadraticCost: {
    base: { stateSize: 2, actionSize: 1, Q: [1, 1], R: [1], terminalQ: [1, 1], N: [0, 0], target: [0, 0], actionTarget: [0] },
    call: quadraticCost,
    // A target for each step has more elements.
    legal: { actionTarget: ['size'] },
  },
  goalConstraint: { base: { goal: [1] }, call: (given: { goal: number[] }) => goalConstraint(given.goal), legal: { goal: ['size'] } },
  boundConstraint: { base: { on: 'state', low: [0, 0], high: [1, 1] }, call: boundConstraint },
  obstacleConstraint: {
    base: { stateSize: 2, components: [0, 1], obstacles: [{ center: [1, 1], radius: 1 }] },
    call: obstacleConstraint,
  },
  createIlqr: {
    base: { ...problem, actionLow: [-1], actionHigh: [1] },
    call: (given: OptimalControlProblem) => createIlqr(given),
  },
  createDdp: { base: { ...problem, actionLow: [-1], actionHigh: [1] }, call: (given: OptimalControlProblem) => createDdp(given) },
  'createIlqr options': {
    speaker: 'createIlqr',
    base: { maxIterations: 3, gradientTolerance: 1e-6, constraintTolerance: 1e-6 },
    call: (given: object) => createIlqr(problem, given),
  },
  createIlqrMpc: {
    base: { ...problem, actionLow: [-1], actionHigh: [1] },
    call: (given: OptimalControlProblem) => createIlqrMpc(given),
    speaker: 'createIlqr(Mpc)?',
  },
  solve: {
    base: { initialState: [0, 0], actions: [0, 0, 0], states: [0, 0, 0, 0, 0, 0, 0, 0], gains: [0, 0, 0, 0, 0, 0], penalty: 1 },
    call: (given: { initialState: number[] }) => createIlqr(problem).solve(given),
  },
  solveSqp: {
    base: { ...program },
    call: (given: NonlinearProgram) => solveSqp(given, [0, 0]),
  },
  'solveSqp options': {
    speaker: 'solveSqp',
    base: { start: [0, 0], hessian: 'bfgs', globalization: 'merit', maxIterations: 5, tolerance: 1e-6, initialRadius: 1, elasticPrice: 10 },
    call: ({ start, ...options }: { start: number[] }) => solveSqp(program, start, options),
  },
  solveSqpAsync: {
    base: { start: [0, 0], tolerance: 1e-6 },
    call: ({ start, ...options }: { start: number[] }) => solveSqpAsync(program, start, options),
  },
  transcribe: {
    base: {
      stateSize: 2,
      inputSize: 1,
      dynamics: () => undefined,
      duration: 1,
      stateLower: [-1, -1],
      stateUpper: [1, 1],
      inputLower: [-1],
      inputUpper: [1],
      initialState: [0, 0],
      finalState: [0, 0],
    },
    call: (given: Parameters<typeof transcribe>[0]) => transcribe(given, { method: 'trapezoid', intervalCount: 3 }),
    // NaN: a component that is free.
    legal: { initialState: ['nan'], finalState: ['nan'] },
  },
  'transcribe options': {
    speaker: 'transcribe',
    base: { method: 'trapezoid', intervalCount: 3 },
    call: (given: { method: 'trapezoid'; intervalCount: number }) =>
      transcribe({ stateSize: 1, inputSize: 1, dynamics: () => undefined, duration: 1, initialState: [0] }, given),
  },
  transcribeDiscrete: {
    base: { initialState: [0, 0], horizon: 3, actionLow: [-1], actionHigh: [1] },
    call: ({ initialState, ...given }: { initialState: number[]; horizon: number }) =>
      transcribeDiscrete({ ...problem, ...given }, initialState),
  },
  solveScp: {
    base: {
      dynamics,
      horizon: 2,
      stateCost: flatI,
      inputCost: [1],
      terminalCost: flatI,
      reference: [0, 0],
      initialState: [0, 0],
      stateLower: [-1, -1],
      stateUpper: [1, 1],
      inputLower: [-1],
      inputUpper: [1],
    },
    call: (given: Parameters<typeof solveScp>[0]) => solveScp(given, { states: new Float64Array(6), inputs: new Float64Array(2) }),
  },
  'solveScp options': {
    speaker: 'solveScp',
    base: { states: new Float64Array(6), inputs: new Float64Array(2), maxIterations: 3, tolerance: 1e-6, initialRadius: 1, price: 10 },
    call: ({ states, inputs, ...options }: { states: Float64Array; inputs: Float64Array }) =>
      solveScp(
        { dynamics, horizon: 2, stateCost: flatI, inputCost: [1], terminalCost: flatI, initialState: [0, 0] },
        { states, inputs },
        options,
      ),
  },
  createLinearMpc: {
    base: {
      horizon: 3,
      A: flatA,
      B: flatB,
      Q: flatI,
      R: [1],
      inputLower: [-1],
      inputUpper: [1],
      stateLower: [-1, -1],
      stateUpper: [1, 1],
    },
    call: createLinearMpc,
  },
  createRealTimeMpc: {
    base: {
      dynamics,
      horizon: 3,
      Q: flatI,
      R: [1],
      terminalCost: flatI,
      reference: [0, 0],
      inputLower: [-1],
      inputUpper: [1],
      stateLower: [-1, -1],
      stateUpper: [1, 1],
    },
    call: createRealTimeMpc,
  },
  fitGaussianMixture: {
    base: {
      points: Float64Array.from({ length: 20 }, (_, i) => Math.sin(i * i)),
      size: 2,
      clusterCount: 2,
      maxIterations: 3,
      tolerance: 1e-6,
    },
    call: ({ points, ...options }: { points: Float64Array; size: number; clusterCount: number }) =>
      fitGaussianMixture(points, { ...options, rng: createRng(0) }),
  },
  fitLinearModel: {
    base: { ...rollouts },
    call: (given: typeof rollouts) => fitLinearModel(given, { prior: 'none' }),
  },
};

/** Arguments gone bad, one at a time. */
function* spoiled({ base, legal = {} }: Case): Generator<readonly [what: string, given: Record<string, unknown>]> {
  for (const [name, value] of Object.entries(base)) {
    const spoil = (kind: Kind, what: string, bad: unknown): (readonly [string, Record<string, unknown>])[] =>
      legal[name]?.includes(kind) === true ? [] : [[`${name} ${what}`, { ...base, [name]: bad }]];
    if (Array.isArray(value) && Array.isArray(value[0])) {
      const rows = value as number[][];
      yield* spoil('size', 'with a row too many', [...rows, ...rows]);
      yield* spoil('size', 'without rows', []);
      yield* spoil('nan', 'with NaN', [[NaN, ...rows[0]!.slice(1)], ...rows.slice(1)]);
      yield* spoil('nan', 'with Infinity', [[Infinity, ...rows[0]!.slice(1)], ...rows.slice(1)]);
    } else if ((Array.isArray(value) && typeof value[0] === 'number') || value instanceof Float64Array) {
      const numbers = Array.from(value as number[]);
      yield* spoil('size', 'with an element too many', Float64Array.from([...numbers, 0]));
      yield* spoil('nan', 'with NaN', Float64Array.from([NaN, ...numbers.slice(1)]));
    } else if (typeof value === 'number') {
      for (const bad of [NaN, -1]) yield* spoil('number', `of ${bad}`, bad);
    } else if (typeof value === 'string') yield* spoil('choice', 'of nonsense', 'nonsense');
  }
}

const table = Object.entries(cases).flatMap(([name, one]) => [...spoiled(one)].map(([what, given]) => ({ name, what, given, one })));

describe('bad input', () => {
  it.each(Object.entries(cases))('%s takes what is right', async (_name, { base, call }) => {
    expect(await (call as (given: unknown) => unknown)(base)).toBeDefined();
  });

  it.each(table)('$name refuses $what', async ({ name, given, one: { call, speaker = name } }) => {
    let error: unknown;
    try {
      await (call as (given: unknown) => unknown)(given);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MbrlError);
    expect((error as Error).message).toMatch(new RegExp(`^${speaker}: \\S+ .*must .*, got .+`, 's'));
  });
});

const nanAfter = (limit: number): Dynamics =>
  pointwiseDynamics({
    stateSize: 2,
    actionSize: 1,
    step(x, u, t, next) {
      void dynamics.step(x, u, next, 1, Int32Array.of(t));
      if (Math.abs(x[0]!) > limit) next.fill(NaN);
    },
  });
const unstable = {
  A: [
    [2, 0],
    [0, 0.5],
  ],
  B: [[0], [1]],
};

/** What is well formed and yet cannot be solved: what was reached is told as a status, and never as success. */
const outcomes: Readonly<Record<string, readonly [status: string, call: () => unknown]>> = {
  'solveDare, unstabilisable': ['unstabilizable', () => solveDare({ ...unstable, Q: I, R: [[1]] })],
  'solveCare, unstabilisable': ['unstabilizable', () => solveCare({ ...unstable, Q: I, R: [[1]] })],
  'solveDare, undetectable': [
    'undetectable',
    () =>
      solveDare({
        A: [
          [1, 0],
          [0, 0.5],
        ],
        B: [[1], [1]],
        Q: [
          [0, 0],
          [0, 1],
        ],
        R: [[1]],
      }),
  ],
  'solveCare, undetectable': [
    'undetectable',
    () =>
      solveCare({
        A: [
          [0, 1],
          [-1, 0],
        ],
        B: [[0], [1]],
        Q: [
          [0, 0],
          [0, 0],
        ],
        R: [[1]],
      }),
  ],
  'solveDare, undetectable behind a cross term': [
    'undetectable',
    // With u = −x₂ + v the second state drops out of the cost, and the first was never in it.
    () =>
      solveDare({
        A: [
          [1, 0],
          [0, 0.5],
        ],
        B: [[1], [1]],
        Q: [
          [0, 0],
          [0, 1],
        ],
        R: [[1]],
        S: [[0], [1]],
      }),
  ],
  'solveLqr, unstabilisable': ['unstabilizable', () => solveLqr({ ...unstable, Q: I, R: [[1]] })],
  'solveLqi, unstabilisable': ['unstabilizable', () => solveLqi({ ...unstable, C: [[0, 1]], Q: I, integralQ: [[1]], R: [[1]] })],
  'solveLqg, unstabilisable': ['unstabilizable', () => solveLqg({ ...unstable, C: I, Q: I, R: [[1]], W: I, V: I })],
  'solveFiniteLqr, indefinite R': ['indefinite', () => solveFiniteLqr({ horizon: 3, A, B, Q: I, R: [[-5]] })],
  'solveLyapunov, singular': [
    'singular',
    () =>
      solveLyapunov({
        A: [
          [1, 0],
          [0, -1],
        ],
        Q: I,
      }),
  ],
  'solveStein, singular': ['singular', () => solveStein({ A: I, Q: I })],
  'solveOde, NaN': [
    'notFinite',
    () =>
      solveOde({
        field: createVectorField({ stateSize: 1, actionSize: 0, rate: (_x, _u, t, out) => void (out[0] = t > 0.5 ? NaN : 1) }),
        state: [0],
        times: [0, 1],
      }),
  ],
  'solveSqp, NaN at the start': ['invalid', () => solveSqp({ ...program, objective: () => NaN }, [0, 0])],
  'solveSqp, infeasible': ['infeasible', () => solveSqp({ ...program, lower: [20], upper: [20] }, [0, 0])],
  'solveSqp, iteration limit': [
    'iterationLimit',
    () =>
      solveSqp(
        { ...program, objective: (x) => x[0]! ** 4 + x[1]! ** 4, gradient: (x, out) => out.set([4 * x[0]! ** 3, 4 * x[1]! ** 3]) },
        [3, 1],
        { maxIterations: 1 },
      ),
  ],
  'createIlqr, infeasible': [
    'infeasible',
    () => createIlqr({ ...problem, actionLow: -1, actionHigh: 1, constraints: [goalConstraint([50, 0])] }).solve({ initialState: [0, 0] }),
  ],
  'createIlqr, iteration limit': [
    'iterationLimit',
    () =>
      createIlqr(
        {
          dynamics: pointwiseDynamics({ stateSize: 1, actionSize: 1, step: (x, u, _t, next) => void (next[0] = x[0]! + Math.sin(u[0]!)) }),
          cost: quadraticCost({ stateSize: 1, actionSize: 1, Q: [1], R: [1] }),
          horizon: 5,
        },
        { maxIterations: 1 },
      ).solve({ initialState: [5] }),
  ],
  'solveScp, NaN at the start': [
    'stalled',
    () =>
      solveScp(
        { dynamics: nanAfter(1), horizon: 2, stateCost: flatI, inputCost: [1], terminalCost: flatI, initialState: [2, 0] },
        { states: new Float64Array(6), inputs: new Float64Array(2) },
      ),
  ],
  'solveScp, infeasible': [
    'infeasible',
    () =>
      solveScp(
        { dynamics, horizon: 2, stateCost: flatI, inputCost: [1], terminalCost: flatI, initialState: [2, 0], stateUpper: [1, 1] },
        { states: new Float64Array(6), inputs: new Float64Array(2) },
      ),
  ],
  'createLinearMpc, infeasible': [
    'primalInfeasible',
    () =>
      createLinearMpc({ horizon: 3, A: flatA, B: flatB, Q: flatI, R: [1], inputLower: [-1], inputUpper: [1], stateUpper: [0, 0] }).step([
        5, 5,
      ]),
  ],
};

describe('what cannot be solved', () => {
  it.each(Object.entries(outcomes))('%s', async (_name, [status, call]) => {
    expect(((await call()) as { readonly status: string }).status).toBe(status);
  });

  it.each([
    ['createLinearMpc', () => createLinearMpc({ horizon: 3, A: flatA, B: flatB, Q: flatI, R: [-50] })],
    ['createLinearMpc', () => createLinearMpc({ horizon: 3, A: flatA, B: flatB, Q: [1, 1, 0, 1], R: [1] })],
    ['createRealTimeMpc', () => createRealTimeMpc({ dynamics, horizon: 3, Q: [1, 0, 0, -1], R: [1] })],
    [
      'solveScp',
      () =>
        solveScp(
          { dynamics, horizon: 2, stateCost: flatI, inputCost: [-1], terminalCost: flatI, initialState: [2, 0] },
          { states: new Float64Array(6), inputs: new Float64Array(2) },
        ),
    ],
    ['solveDare', () => solveDare({ A, B, Q: I, R: [[NaN]] })],
    ['solveLqr', () => solveLqr({ A, B, Q: I, R: [[-1]] })],
    [
      'createKalmanFilter',
      () =>
        createKalmanFilter({
          A,
          C,
          W: [
            [1, 0],
            [0, -1],
          ],
          V: [[1]],
          covariance: I,
        }),
    ],
    ['createKalmanFilter', () => createKalmanFilter({ A, C, W: I, V: [[-1]], covariance: I })],
    ['ilqr', () => createIlqr({ ...problem, dynamics: nanAfter(1) }).solve({ initialState: [2, 0] })],
    ['linearizeAt', () => linearizeAt(nanAfter(1), [2, 0], [0])],
    ['createLinearMpc', () => createLinearMpc({ horizon: 3, A: flatA, B: flatB, Q: flatI, R: [1], inputLower: [1], inputUpper: [-1] })],
    [
      'transcribe',
      () =>
        transcribe(
          { stateSize: 1, inputSize: 1, dynamics: () => undefined, duration: 1, initialState: [0], inputLower: [1], inputUpper: [0] },
          { method: 'trapezoid', intervalCount: 3 },
        ),
    ],
    ['createIlqr', () => createIlqr({ ...problem, dynamics: {} as Dynamics })],
    ['createIlqr', () => createIlqr({ ...problem, dynamics: null as unknown as Dynamics })],
    [
      'solveScp',
      () =>
        solveScp(
          {
            dynamics: undefined as unknown as Dynamics,
            horizon: 2,
            stateCost: flatI,
            inputCost: [1],
            terminalCost: flatI,
            initialState: [2, 0],
          },
          { states: [], inputs: [] },
        ),
    ],
  ] as const)('%s refuses it with a message', async (name, call) => {
    let error: unknown;
    try {
      await call();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MbrlError);
    expect((error as Error).message).toMatch(new RegExp(`^${name}: .*must .*, got .+|^${name}: .*must be finite at .+`, 's'));
  });
});
