/** MPC with delayed actions, an open loop, deadlines and diagnostics; the rest is in `mpc.test.ts`. */
import { boxSpace, createRng, decodeCheckpoint, encodeCheckpoint, type PlanRequest, type SequenceEvaluator } from '@mbrl/core';
import { createCem, createCmaEsPlanner, createMpc, createMppi, type Mpc, type MpcOptions, type PredictObservation } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, evaluatorOf } from './analytic-evaluators.js';
import { recording } from './planning.js';

const HORIZON = 10;
const { evaluator, optimalAction, step } = doubleIntegrator(HORIZON);
const actionSpace = boxSpace({ low: [-4], high: [4] });
const planner = createCmaEsPlanner({ horizon: HORIZON, actionSpace, iterations: 80 });

/** The true motion, as a prediction. */
const predict: PredictObservation = async (observation, actions) => {
  let state: [number, number] = [observation[0]!, observation[1]!];
  for (const action of actions) state = step(state, action);
  return Float32Array.from(state);
};
/** A double integrator with trajectories; two particles to either side of the truth. */
const predicting: SequenceEvaluator = {
  ...evaluator,
  predictTrajectory: async (observation, sequence) => {
    const observations = new Float32Array(2 * HORIZON * 2);
    for (const [p, offset] of [-0.5, 0.5].entries()) {
      for (let t = 0; t < HORIZON; t++) {
        const [x, v] = await predict(observation, sequence.slice(0, t + 1), createRng(0));
        observations.set([x! + offset, v! - offset], (p * HORIZON + t) * 2);
      }
    }
    return { particleCount: 2, observations };
  },
};

/** Runs an episode in which each action takes effect `delay` steps late. */
async function episode(mpc: Mpc, { steps, delay, push = 0 }: { readonly steps: number; readonly delay: number; readonly push?: number }) {
  const rng = createRng(2);
  let state: [number, number] = [1, 0.5];
  const underway: number[] = Array(delay).fill(0);
  const states = [state];
  for (let t = 0; t < steps; t++) {
    const [action] = await mpc.act(Float32Array.from(state), rng);
    underway.push(action!);
    state = step(state, underway.shift()!);
    state = [state[0], state[1] + push];
    states.push(state);
  }
  return states;
}
const cost = (states: readonly (readonly [number, number])[]): number => states.reduce((sum, [x, v]) => sum + x * x + v * v, 0);

describe('delaySteps', () => {
  it('plans from where the actions under way lead: as the Riccati gain does from there', async () => {
    const delay = 3;
    const mpc = createMpc({ planner, evaluator, delaySteps: delay, predict });
    let reference: [number, number] = [1, 0.5];
    for (let t = 0; t < delay; t++) reference = step(reference, 0);
    const states = await episode(mpc, { steps: 15, delay });
    for (let t = delay; t <= 15; t++) {
      expect(Math.hypot(states[t]![0] - reference[0], states[t]![1] - reference[1])).toBeLessThan(0.02);
      reference = step(reference, optimalAction(reference));
    }
  });

  it('does better than planning as if there were none', async () => {
    const aware = await episode(createMpc({ planner, evaluator, delaySteps: 4, predict }), { steps: 25, delay: 4 });
    const unaware = await episode(createMpc({ planner, evaluator }), { steps: 25, delay: 4 });
    expect(cost(unaware)).toBeGreaterThan(2 * cost(aware));
  });

  it("predicts by the mean of the evaluator's trajectories where nothing else is given", async () => {
    const own = await episode(createMpc({ planner, evaluator: predicting, delaySteps: 2 }), { steps: 5, delay: 2 });
    const given = await episode(createMpc({ planner, evaluator, delaySteps: 2, predict }), { steps: 5, delay: 2 });
    for (const [t, state] of own.entries()) expect(Math.hypot(state[0] - given[t]![0], state[1] - given[t]![1])).toBeLessThan(0.01);
  });

  it('idleAction: what is applied before the first decision takes effect', async () => {
    const asked: number[][] = [];
    const noting: PredictObservation = (observation, actions, rng) => {
      asked.push(Array.from(actions));
      return predict(observation, actions, rng);
    };
    const mpc = createMpc({ planner, evaluator, delaySteps: 2, predict: noting, idleAction: [0.5] });
    const rng = createRng(1);
    const first = await mpc.act(Float32Array.of(1, 0), rng);
    const second = await mpc.act(Float32Array.of(1, 0), rng);
    await mpc.act(Float32Array.of(1, 0), rng);
    mpc.reset();
    await mpc.act(Float32Array.of(1, 0), rng);
    expect(asked).toEqual([
      [0.5, 0.5],
      [0.5, first[0]],
      [first[0], second[0]],
      [0.5, 0.5],
    ]);
  });

  it('goes well with replanEvery, and is saved and loaded bit for bit', async () => {
    const make = (): Mpc => createMpc({ planner, evaluator, delaySteps: 2, predict, replanEvery: 3 });
    for (const cut of [0, 1, 2, 3, 4]) {
      const mpc = make();
      const rng = createRng(3);
      for (let t = 0; t < cut; t++) await mpc.act(Float32Array.of(1, t), rng);
      const resumed = make();
      resumed.load(decodeCheckpoint(encodeCheckpoint(mpc.save())));
      const resumedRng = createRng(0);
      resumedRng.restore(rng.save());
      for (let t = 0; t < 4; t++) {
        const observation = Float32Array.of(0.5, -t);
        expect(await resumed.act(observation, resumedRng)).toEqual(await mpc.act(observation, rng));
      }
    }
  });
});

describe("loop: 'open'", () => {
  it('sees a push in a closed loop alone', async () => {
    const closed = await episode(createMpc({ planner, evaluator }), { steps: 22, delay: 0, push: 0.1 });
    const open = await episode(createMpc({ planner, evaluator, loop: 'open', predict }), { steps: 22, delay: 0, push: 0.1 });
    expect(Math.abs(open.at(-1)![0])).toBeGreaterThan(2);
    expect(Math.abs(closed.at(-1)![0])).toBeLessThan(1);
  });

  it('does as well as a closed loop where nothing disturbs, with and without a delay', async () => {
    for (const delay of [0, 2] as const) {
      const options = { planner, evaluator, predict, delaySteps: delay };
      const closed = await episode(createMpc(options), { steps: 12, delay });
      for (const replanEvery of [1, 4]) {
        const open = await episode(createMpc({ ...options, loop: 'open', replanEvery }), { steps: 12, delay });
        for (const [t, state] of open.entries()) expect(Math.hypot(state[0] - closed[t]![0], state[1] - closed[t]![1])).toBeLessThan(0.05);
      }
    }
  });

  it('looks at the observation of the first step alone, also when it was loaded', async () => {
    const make = (): Mpc => createMpc({ planner, evaluator, loop: 'open', predict, replanEvery: 2 });
    const [one, other] = [make(), make()];
    const [rng, otherRng] = [createRng(1), createRng(1)];
    await one.act(Float32Array.of(1, 0), rng);
    await other.act(Float32Array.of(1, 0), otherRng);
    const loaded = make();
    loaded.load(other.save());
    for (let t = 0; t < 5; t++)
      expect(await one.act(Float32Array.of(7, t), rng)).toEqual(await loaded.act(Float32Array.of(-3, t), otherRng));
  });
});

it('warmStart: false begins each search anew', async () => {
  const starts: Float32Array[] = [];
  const noting = { ...planner, plan: (request: PlanRequest) => (starts.push(request.state.actions), planner.plan(request)) };
  for (const warmStart of [true, false]) {
    const mpc = createMpc({ planner: noting, evaluator, warmStart });
    const rng = createRng(1);
    await mpc.act(Float32Array.of(1, 0), rng);
    await mpc.act(Float32Array.of(1, 0), rng);
  }
  expect(starts.map((actions) => actions.some((action) => action !== 0))).toEqual([false, true, false, false]);
});

describe('deadlineMs', () => {
  const cem = createCem({ horizon: HORIZON, actionSpace, populationSize: 40, iterations: 6 });
  /** Time passes in the evaluator and the prediction alone: 4 ms a call, 7 ms the prediction. */
  const timed = (options: Partial<MpcOptions>) => {
    let now = 50;
    const slow: SequenceEvaluator = { ...evaluator, evaluate: (...given) => ((now += 4), evaluator.evaluate(...given)) };
    const slowPredict: PredictObservation = (...given) => ((now += 7), predict(...given));
    return createMpc({ planner: cem, evaluator: slow, predict: slowPredict, clock: () => now, ...options });
  };

  it('is shared by prediction and plan, and reports the iterations done', async () => {
    const done = async (options: Partial<MpcOptions>): Promise<readonly [number | undefined, string | undefined]> => {
      const mpc = timed(options);
      await mpc.act(Float32Array.of(1, 0), createRng(1));
      const { iterationCount, status } = mpc.plan!.diagnostics;
      return [iterationCount, status];
    };
    expect(await done({ deadlineMs: 100 })).toEqual([6, 'iterationLimit']);
    expect(await done({ deadlineMs: 13 })).toEqual([3, 'deadline']);
    // The fourth, after three of 4 ms, is taken to last 4 · (1 + 0.25 / 3) ms.
    expect(await done({ deadlineMs: 16.3 })).toEqual([3, 'deadline']);
    expect(await done({ deadlineMs: 16.4 })).toEqual([4, 'deadline']);
    expect(await done({ deadlineMs: 16.4, delaySteps: 1 })).toEqual([2, 'deadline']);
    // One iteration is done whatever the time.
    expect(await done({ deadlineMs: 5, delaySteps: 1 })).toEqual([1, 'deadline']);
    expect(await done({})).toEqual([6, 'iterationLimit']);
  });

  it('returns the best plan found by then', async () => {
    const { evaluator: seen, candidates, returns } = recording(evaluator);
    let now = 0;
    const mpc = createMpc({
      planner: createCem({ horizon: HORIZON, actionSpace, populationSize: 40, iterations: 6, returned: 'best' }),
      evaluator: { ...seen, evaluate: (...given) => ((now += 4), seen.evaluate(...given)) },
      clock: () => now,
      deadlineMs: 9,
    });
    const action = await mpc.act(Float32Array.of(1, 0), createRng(1));
    expect(returns.length).toBe(2);
    const all = returns.flatMap((each) => Array.from(each));
    const best = all.indexOf(Math.max(...all));
    expect(action[0]).toBe(candidates[Math.floor(best / 40)]![(best % 40) * HORIZON]);
  });

  it('foretells an iteration by its number of candidates', async () => {
    // A millisecond a candidate; generations of 8, then 16 after a restart that comes at once.
    let now = 0;
    const flat: SequenceEvaluator = evaluatorOf({ horizon: HORIZON, actionSize: 1, observationSize: 2 }, () => 0);
    const slow: SequenceEvaluator = {
      ...flat,
      evaluate: (o, s, returns, rng) => ((now += returns.length), flat.evaluate(o, s, returns, rng)),
    };
    const restarting = createCmaEsPlanner({ horizon: HORIZON, actionSpace, populationSize: 8, iterations: 200, restarts: 1 });
    for (let deadlineMs = 300; deadlineMs < 700; deadlineMs += 37) {
      const start = now;
      const plan = await restarting.plan({
        observation: new Float32Array(2),
        evaluator: slow,
        state: restarting.initialState(),
        rng: createRng(1),
        clock: () => now,
        deadlineMs,
      });
      expect(now - start).toBeLessThanOrEqual(deadlineMs);
      expect(plan.diagnostics.evaluationCount).toBe(now - start);
    }
  });
});

describe('diagnostics', () => {
  it('give times by a clock and elites on request, which survive a checkpoint', async () => {
    let now = 0;
    const mppi = createMppi({ horizon: HORIZON, actionSpace, populationSize: 30, iterations: 2, covarianceAdaptation: 0.5 });
    const slow: SequenceEvaluator = { ...evaluator, evaluate: (...given) => ((now += 4), evaluator.evaluate(...given)) };
    const make = (): Mpc => createMpc({ planner: mppi, evaluator: slow, clock: () => (now += 0.25), recordElites: true });
    const mpc = make();
    await mpc.act(Float32Array.of(1, 0), createRng(1));
    const { diagnostics, state } = mpc.plan!;
    // Each reading of the clock takes a quarter of a millisecond itself.
    expect(diagnostics.phaseMilliseconds).toEqual({ sampling: 0.5, evaluation: 8.5, update: 0.5 });
    expect(diagnostics.elitesByIteration!.map((elites) => elites.length)).toEqual([3 * HORIZON, 3 * HORIZON]);
    expect(diagnostics.effectiveSampleSizeByIteration!.length).toBe(2);
    const spreadOf = (elites: Float32Array): number => {
      const by = Array.from({ length: HORIZON }, (_, t) => [elites[t]!, elites[HORIZON + t]!, elites[2 * HORIZON + t]!]);
      const deviations = by.map((values) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / 3;
        return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
      });
      return deviations.reduce((sum, value) => sum + value, 0) / HORIZON;
    };
    diagnostics.elitesByIteration!.forEach((elites, i) => expect(diagnostics.eliteSpreadByIteration![i]).toBeCloseTo(spreadOf(elites), 6));
    expect(state.spread!.length).toBe(HORIZON);
    const other = make();
    other.load(decodeCheckpoint(encodeCheckpoint(mpc.save())));
    expect(other.plan).toEqual(mpc.plan);
  });

  it('are refused where a checkpoint holds what they cannot be', async () => {
    const mpc = createMpc({ planner, evaluator, clock: () => 1 });
    await mpc.act(Float32Array.of(1, 0), createRng(1));
    const good = mpc.save();
    const record = good.json as { readonly [key: string]: number };
    for (const [changes, message] of [
      [{ status: 'late' }, 'load: status must be one of "iterationLimit", "converged", "deadline", got "late"'],
      [{ phaseMilliseconds: 3 }, 'load: phaseMilliseconds.sampling must be a finite number, got undefined'],
      [{ iterationCount: -1 }, 'load: iterationCount must be an integer in [0, 9007199254740991], got -1'],
    ] as const) {
      expect(() => mpc.load({ ...good, json: { ...record, ...changes } })).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT', message }),
      );
    }
    const delayed = createMpc({ planner, evaluator, delaySteps: 1, predict });
    expect(() => delayed.load(good)).toThrow('load: the Mpc checkpoint must have an array "committed"');
  });
});

it.each<[string, Partial<MpcOptions>, string]>([
  ['a deadline without a clock', { deadlineMs: 5 }, 'clock must be given with a deadline, got deadlineMs 5 alone'],
  ['a deadline of 0', { deadlineMs: 0, clock: () => 0 }, 'deadlineMs must be a finite number in (0, Infinity), got 0'],
  ['a delay beyond the horizon', { delaySteps: 11, predict }, 'delaySteps must be an integer in [0, 10], got 11'],
  [
    'a delay without a prediction',
    { delaySteps: 1 },
    'predict must be given for delaySteps 1, since the evaluator predicts no trajectories',
  ],
  [
    'an open loop without a prediction',
    { loop: 'open' },
    'predict must be given for an open loop, since the evaluator predicts no trajectories',
  ],
  ['an unknown loop', { loop: 'half' as 'open' }, 'loop must be one of "closed", "open", got "half"'],
  ['an idle action of the wrong size', { delaySteps: 1, predict, idleAction: [1, 2] }, 'idleAction must have 1 components, got 2'],
  [
    'an idle action that is not finite',
    { delaySteps: 1, predict, idleAction: [NaN] },
    'idleAction must be a finite number in (-Infinity, Infinity), got NaN',
  ],
])('refuses %s', (_, options, message) => {
  expect(() => createMpc({ planner, evaluator, ...options })).toThrow(`createMpc: ${message}`);
});

it('refuses a prediction of another size, or that is not finite', async () => {
  const act = (prediction: PredictObservation) =>
    createMpc({ planner, evaluator, delaySteps: 1, predict: prediction }).act(Float32Array.of(1, 0), createRng(1));
  await expect(act(async () => new Float32Array(3))).rejects.toThrow('act: predict must give an observation of 2 components, got 3');
  await expect(act(async () => Float32Array.of(0, NaN))).rejects.toThrow('plan: observation must be finite, got NaN at component 1');
});
