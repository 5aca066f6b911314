/** A fitted ensemble stands where dynamics stand in LQR, iLQR, DDP, SQP, SCP and MPC; each is held against itself on the true system. */
import {
  createDdp,
  createExtendedKalmanFilter,
  createIlqr,
  createRealTimeMpc,
  createUnscentedKalmanFilter,
  type Dynamics,
  linearizeAt,
  type OptimalControlProblem,
  pointwiseDynamics,
  quadraticCost,
  solveLqr,
  solveScp,
  solveSqpAsync,
  transcribeDiscrete,
} from '@mbrl/control';
import { createReplayBuffer, createRng, type DynamicsModel, float32 } from '@mbrl/core';
import { createProbabilisticEnsemble } from '@mbrl/models';
import { beforeAll, describe, expect, it } from 'vitest';

const [n, m, horizon] = [2, 1, 30];
/** A mass with quadratic drag, pushed ten times a second: x = (position, speed). */
const truth = pointwiseDynamics({
  stateSize: n,
  actionSize: m,
  step(x, u, _t, next) {
    next[0] = x[0]! + 0.1 * x[1]!;
    next[1] = x[1]! + 0.1 * (2 * u[0]! - 0.5 * x[1]! * Math.abs(x[1]!));
  },
});
const Q = [1, 0, 0, 0.1];
const terminalQ = [10, 0, 0, 10];
const R = [0.1];
const cost = quadraticCost({ stateSize: n, actionSize: m, Q, R, terminalQ });
const initialState = [1, 0];
const problemOf = (dynamics: Dynamics | DynamicsModel): OptimalControlProblem => ({
  dynamics,
  cost,
  horizon,
  actionLow: -1,
  actionHigh: 1,
});

/** What a policy costs on the true system. */
function costOnTruth(act: (x: Float64Array, t: number) => number): number {
  let x = Float64Array.from(initialState);
  let sum = 0;
  for (let t = 0; t < horizon; t++) {
    const u = Float64Array.of(Math.min(1, Math.max(-1, act(x, t))));
    sum += cost.stage(x, u, t);
    const next = new Float64Array(n);
    void truth.step(x, u, next, 1, Int32Array.of(t));
    x = next;
  }
  return sum + cost.terminal(x);
}
/** Follows a plan, with feedback where it leaves the plan; gains `[1 or T, n]` of u = uₜ + K(x − xₜ). */
const follow = ({ states, actions }: { readonly states: Float64Array; readonly actions: Float64Array }, gains: Float64Array): number =>
  costOnTruth((x, t) => {
    let u = actions[t]!;
    for (let i = 0; i < n; i++) u += gains[(gains.length > n ? t * n : 0) + i]! * (x[i]! - states[t * n + i]!);
    return u;
  });
/** The regulator at rest. */
const regulator = async (dynamics: Dynamics | DynamicsModel) =>
  solveLqr({
    ...(await linearizeAt(dynamics, [0, 0], [0])),
    Q: [
      [1, 0],
      [0, 0.1],
    ],
    R: [[0.1]],
  });

let model: DynamicsModel;
beforeAll(async () => {
  const rng = createRng(0);
  const data = createReplayBuffer({ observationSize: n, actionSize: m, capacity: 1000 });
  const uniform = (limit: number): number => limit * (2 * rng.uniform() - 1);
  for (let i = 0; i < 1000; i++) {
    const [x, u, next] = [Float64Array.of(uniform(1.5), uniform(1.5)), Float64Array.of(uniform(1)), new Float64Array(n)];
    void truth.step(x, u, next, 1, new Int32Array(1));
    data.add({
      observation: Float32Array.from(x),
      action: Float32Array.from(u),
      reward: 0,
      nextObservation: Float32Array.from(next),
      terminated: false,
      truncated: false,
    });
  }
  // Small and soon fitted; every method below takes it as it is.
  model = createProbabilisticEnsemble({ observationSize: n, actionSize: m, ensembleSize: 3, hiddenSizes: [32, 32], epochs: 40 });
  await model.fit(data.columns(), { rng });
});

/** Least cost on the true system. */
const best = createIlqr(problemOf(truth)).solve({ initialState }).cost;
/** What a plan over the ensemble may cost more in closed loop on the true system, relative. */
const gap = 0.02;

describe('a fitted ensemble as dynamics', () => {
  it('LQR acts as on the true system', async () => {
    const [wanted, learned] = [await regulator(truth), await regulator(model)];
    expect(learned.status).toBe('converged');
    const costOf = (K: Float64Array): number => costOnTruth((x) => -K[0]! * x[0]! - K[1]! * x[1]!);
    expect(Math.abs(costOf(learned.K) / costOf(wanted.K) - 1)).toBeLessThan(gap);
    // It is the ensemble that was linearised.
    expect(learned.K).not.toEqual(wanted.K);
  });

  it.each([
    ['iLQR', createIlqr],
    ['DDP', createDdp],
  ] as const)('%s', async (_name, create) => {
    const plan = await create(problemOf(model)).solveAsync({ initialState });
    expect(plan.status).toBe('converged');
    expect(Math.abs(plan.cost / best - 1)).toBeLessThan(gap);
    const reached = follow(plan, plan.gains);
    expect(reached).toBeGreaterThanOrEqual(best);
    expect(reached).toBeLessThan((1 + gap) * best);
  });

  it.each(['exact', 'gaussNewton'] as const)('SQP with the %s Hessian', async (hessian) => {
    const { program, pack, unpack } = transcribeDiscrete(problemOf(model), initialState);
    const result = await solveSqpAsync(program, pack(), { hessian });
    expect(result.status).toBe('converged');
    expect(result.iterations).toBeLessThan(10);
    // The optimum over the ensemble that iLQR finds, and near that of the true system in closed loop.
    const plan = await createIlqr(problemOf(model)).solveAsync({ initialState });
    expect(Math.abs(result.objective - plan.cost)).toBeLessThan(1e-5);
    const { K } = await regulator(model);
    const reached = follow(
      unpack(result.x),
      K.map((value) => -value),
    );
    expect(reached).toBeLessThan((1 + gap) * best);
  });

  it('SCP', async () => {
    const states = Float64Array.from({ length: (horizon + 1) * n }, (_, i) => initialState[i % n]!);
    const result = await solveScp(
      { dynamics: model, horizon, stateCost: Q, inputCost: R, terminalCost: terminalQ, initialState, inputLower: [-1], inputUpper: [1] },
      { states, inputs: new Float64Array(horizon) },
    );
    expect(result.status).toBe('converged');
    const { K } = await regulator(model);
    const gains = K.map((value) => -value);
    expect(follow({ states: result.states, actions: result.inputs }, gains)).toBeLessThan((1 + gap) * best);
  });

  it.each([
    ['extended', createExtendedKalmanFilter],
    ['unscented', createUnscentedKalmanFilter],
  ] as const)('%s Kalman filter', async (_name, create) => {
    const small = [
      [1e-4, 0],
      [0, 1e-4],
    ];
    const measurement = { measurementSize: 1, measure: (x: Float64Array, out: Float64Array) => void (out[0] = x[0]!) };
    const filter = create({ dynamics: model, measurement, W: small, V: [[1e-3]], mean: [0.5, 0.3], covariance: small });
    await filter.predict(Float64Array.of(0.2));
    const { mean } = await model.predict(float32([1, n], Float32Array.of(0.5, 0.3)), float32([1, m], Float32Array.of(0.2)));
    expect(filter.mean[0]).toBeCloseTo(mean.data[0]!, 3);
    expect(filter.mean[1]).toBeCloseTo(mean.data[1]!, 3);
  });

  it('real-time MPC', async () => {
    const mpc = createRealTimeMpc({ dynamics: model, horizon: 20, Q, R, terminalCost: terminalQ, inputLower: [-1], inputUpper: [1] });
    await mpc.start(initialState);
    let x = Float64Array.from(initialState);
    let sum = 0;
    for (let t = 0; t < horizon; t++) {
      await mpc.prepare();
      const { input, status } = mpc.feedback(x);
      expect(status).toBe('solved');
      sum += cost.stage(x, input, t);
      const next = new Float64Array(n);
      void truth.step(x, input, next, 1, Int32Array.of(t));
      x = next;
    }
    expect(sum + cost.terminal(x)).toBeLessThan((1 + gap) * best);
  });
});
