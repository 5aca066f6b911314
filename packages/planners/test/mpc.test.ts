import { boxSpace, type Checkpoint, createRng, decodeCheckpoint, encodeCheckpoint, type Planner, type SequenceEvaluator } from '@mbrl/core';
import { createCem, createMpc, type Mpc } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { doubleIntegrator, evaluatorOf, quadraticEvaluator } from './analytic-evaluators.js';

const HORIZON = 5;
const actionSpace = boxSpace({ low: [-1, -2], high: [1, 2] });
const here = Float32Array.of(0.5);

/** The best first action follows the observation. */
const following = (): SequenceEvaluator =>
  evaluatorOf(
    { horizon: HORIZON, actionSize: 2 },
    (sequence, observation) => -sequence.reduce((sum, action) => sum + (action - observation[0]!) ** 2, 0),
  );

const cem = (): Planner =>
  createCem({ horizon: HORIZON, actionSpace, populationSize: 40, eliteCount: 6, keptEliteCount: 2, iterations: 3 });

const mpcOf = (replanEvery?: number): Mpc => createMpc({ planner: cem(), evaluator: following(), ...(replanEvery ? { replanEvery } : {}) });

it('holds a double integrator as the Riccati gain does, from a learned start', async () => {
  const { evaluator, optimalAction, step } = doubleIntegrator(10);
  const planner = createCem({
    horizon: 10,
    actionSpace: boxSpace({ low: [-4], high: [4] }),
    populationSize: 300,
    eliteCount: 30,
    iterations: 8,
  });
  const mpc = createMpc({ planner, evaluator });
  const rng = createRng(2);
  let state: [number, number] = [1, 0];
  let reference: [number, number] = [1, 0];
  for (let t = 0; t < 25; t++) {
    const [action] = await mpc.act(Float32Array.from(state), rng);
    state = step(state, action!);
    reference = step(reference, optimalAction(reference));
    expect(Math.hypot(state[0] - reference[0], state[1] - reference[1])).toBeLessThan(0.05);
  }
  expect(Math.hypot(...state)).toBeLessThan(0.1);
});

it('replanEvery: plans every k steps, takes the plan in between, and shifts by k', async () => {
  for (const every of [1, 2, 3, HORIZON]) {
    const planned: number[] = [];
    const shifts: number[] = [];
    const inner = cem();
    let step = 0;
    const planner: Planner = {
      ...inner,
      shift: (state, steps = 1) => {
        shifts.push(steps);
        return inner.shift(state, steps);
      },
      plan: (request) => {
        planned.push(step);
        return inner.plan(request);
      },
    };
    const mpc = createMpc({ planner, evaluator: following(), replanEvery: every });
    const rng = createRng(1);
    for (; step < 10; step++) {
      const action = await mpc.act(here, rng);
      const offset = (step % every) * 2;
      expect(action).toEqual(mpc.plan!.actions.slice(offset, offset + 2));
      expect(mpc.position).toBe((step % every) + 1);
    }
    const expected = Array.from({ length: 10 }, (_, t) => t).filter((t) => t % every === 0);
    expect(planned).toEqual(expected);
    expect(shifts).toEqual(expected.slice(1).map(() => every));
  }
});

it('plans at every step by default', async () => {
  const mpc = mpcOf();
  const rng = createRng(1);
  await mpc.act(here, rng);
  const first = mpc.plan;
  await mpc.act(here, rng);
  expect(mpc.plan).not.toBe(first);
});

it('exposes the plan and its diagnostics, and forgets them on reset', async () => {
  const mpc = mpcOf(3);
  expect(mpc.plan).toBeUndefined();
  const first = await mpc.act(here, createRng(1));
  expect(mpc.plan!.diagnostics.evaluationCount).toBe(120);
  await mpc.act(here, createRng(2));
  mpc.reset();
  expect(mpc.plan).toBeUndefined();
  expect(mpc.position).toBe(0);
  expect(await mpc.act(here, createRng(1))).toEqual(first);
});

it('gives actions of their own: writing one changes nothing', async () => {
  const [written, kept] = [mpcOf(3), mpcOf(3)];
  (await written.act(here, createRng(1))).fill(99);
  await kept.act(here, createRng(1));
  expect(written.plan).toEqual(kept.plan);
});

describe('saved and loaded', () => {
  it('goes on bit for bit, from any step', async () => {
    const observations = Array.from({ length: 9 }, (_, t) => Float32Array.of(Math.sin(t)));
    for (let cut = 0; cut < 7; cut++) {
      const mpc = mpcOf(3);
      const rng = createRng(11);
      for (const observation of observations.slice(0, cut)) await mpc.act(observation, rng);
      const [checkpoint, generator] = [mpc.save(), rng.save()];
      const resumed = mpcOf(3);
      // What was there before is gone.
      await resumed.act(here, createRng(5));
      resumed.load(decodeCheckpoint(encodeCheckpoint(checkpoint)));
      const resumedRng = createRng(0);
      resumedRng.restore(generator);
      expect(resumed.plan).toEqual(mpc.plan);
      expect(resumed.position).toBe(mpc.position);
      for (const observation of observations.slice(cut)) {
        expect(await resumed.act(observation, resumedRng)).toEqual(await mpc.act(observation, rng));
        expect(resumed.plan).toEqual(mpc.plan);
      }
    }
  });

  it('keeps diagnostics that are not finite', async () => {
    const evaluator = evaluatorOf({ horizon: HORIZON, actionSize: 2 }, () => NaN);
    const mpc = createMpc({ planner: cem(), evaluator });
    await mpc.act(here, createRng(1));
    const other = mpcOf();
    other.load(mpc.save());
    expect(other.plan!.diagnostics.bestReturnByIteration).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(other.plan!.diagnostics.nonFiniteCount).toBe(120);
  });

  it('saves copies, and loads copies', async () => {
    const mpc = mpcOf(2);
    await mpc.act(here, createRng(1));
    const checkpoint = mpc.save();
    const before = structuredClone(checkpoint);
    const other = mpcOf(2);
    other.load(checkpoint);
    for (const array of Object.values(checkpoint.arrays)) array.data.fill(0);
    expect(mpc.save()).toEqual(before);
    expect(other.save()).toEqual(before);
  });

  it('refuses what does not fit, saying why, and stays as it was', async () => {
    const mpc = mpcOf(2);
    await mpc.act(here, createRng(1));
    const good = mpc.save();
    const record = good.json as { readonly [key: string]: number | boolean };
    const without = (name: string): Checkpoint => ({
      ...good,
      arrays: Object.fromEntries(Object.entries(good.arrays).filter(([key]) => key !== name)),
    });
    const withArray = (name: string, shape: number[], data: Float32Array): Checkpoint => ({
      ...good,
      arrays: { ...good.arrays, [name]: { dtype: 'float32', shape, data } },
    });
    const earlier = mpcOf(2);
    earlier.load(without('eliteSpreadByIteration'));
    expect(earlier.plan!.diagnostics.eliteSpreadByIteration).toBeUndefined();
    expect(earlier.plan!.diagnostics.spreadByIteration).toEqual(mpc.plan!.diagnostics.spreadByIteration);
    const bad: readonly [Checkpoint, string][] = [
      [{ ...good, kind: 'Agent' }, 'load: the checkpoint must be of kind Mpc, got Agent'],
      [{ ...good, version: 2 }, 'load: the version of Mpc must be 1, got 2: a newer mbrl wrote it'],
      [{ ...good, json: null }, 'load: checkpoint must hold a record, got null'],
      [{ ...good, json: {} }, 'load: planned must be true or false, got undefined'],
      [{ ...good, json: { ...record, position: 0 } }, 'load: position must be an integer in [1, 5], got 0'],
      [{ ...good, json: { ...record, position: 6 } }, 'load: position must be an integer in [1, 5], got 6'],
      [{ ...good, json: { ...record, nonFiniteCount: -1 } }, 'load: nonFiniteCount must be an integer in [0, 9007199254740991], got -1'],
      [without('actions'), 'load: the Mpc checkpoint must have an array "actions"'],
      [without('spreadByIteration'), 'load: the Mpc checkpoint must have an array "spreadByIteration"'],
      [withArray('actions', [4, 2], new Float32Array(8)), 'load: array "actions" must have shape [5, 2], got [4, 2]'],
      [withArray('actions', [5, 2], new Float32Array(10).fill(NaN)), 'load: actions must be finite, got NaN'],
      [withArray('stateActions', [10], new Float32Array(10)), 'load: array "stateActions" must have shape [5, 2], got [10]'],
      [
        withArray('stateKept', [3, 5, 2], new Float32Array(30)),
        'load: the state must fit this planner, got "shift: state.kept must hold at most 2 sequences of 10 numbers ([5, 2]), got 30 numbers"',
      ],
    ];
    for (const [checkpoint, message] of bad) {
      expect(() => mpc.load(checkpoint)).toThrow(expect.objectContaining({ code: 'CHECKPOINT', message }));
      expect(mpc.save()).toEqual(good);
    }
  });
});

describe('refuses', () => {
  it('an evaluator that does not fit the planner', () => {
    expect(() => createMpc({ planner: cem(), evaluator: quadraticEvaluator([0], 4, 2) })).toThrow(
      'createMpc: evaluator must score sequences of shape [5, 2], got one for [4, 2]',
    );
  });

  it('to replan less often than plans are long', () => {
    expect(() => mpcOf(6)).toThrow('createMpc: replanEvery must be an integer in [1, 5], got 6');
    expect(() => mpcOf(1.5)).toThrow('createMpc: replanEvery must be an integer in [1, 5], got 1.5');
  });

  it('observations of the wrong size or that are not finite, also between plans, and goes on after', async () => {
    const mpc = mpcOf(3);
    await mpc.act(here, createRng(1));
    await expect(mpc.act(new Float32Array(2), createRng(1))).rejects.toMatchObject({
      code: 'SHAPE',
      message: 'act: observation must have 1 components, got 2',
    });
    await expect(mpc.act(Float32Array.of(Infinity), createRng(1))).rejects.toMatchObject({
      code: 'NUMERICAL',
      message: 'act: observation must be finite, got Infinity at component 0',
    });
    expect(mpc.position).toBe(1);
    expect(await mpc.act(here, createRng(1))).toEqual(mpc.plan!.actions.slice(2, 4));
  });

  it('to act, reset, save or load while it acts', async () => {
    const mpc = mpcOf();
    const checkpoint = mpc.save();
    const acting = mpc.act(here, createRng(1));
    // Both are under way together: the first waits for its evaluator.
    const second = mpc.act(here, createRng(1)).catch((error: unknown) => error);
    const wanted = { code: 'LIFECYCLE', message: 'act: must wait for the call of act that is under way' };
    for (const call of [() => mpc.reset(), () => mpc.save(), () => mpc.load(checkpoint)]) {
      expect(call).toThrow(expect.objectContaining({ code: 'LIFECYCLE' }));
    }
    expect(await second).toMatchObject(wanted);
    await acting;
    expect(mpc.save().json).toMatchObject({ planned: true, position: 1 });
  });

  it('nothing after a planner that failed: it stands where it stood', async () => {
    let failing = true;
    const inner = following();
    const evaluator: SequenceEvaluator = {
      ...inner,
      evaluate: (...given) => (failing ? Promise.reject(new Error('no engine')) : inner.evaluate(...given)),
    };
    const mpc = createMpc({ planner: cem(), evaluator });
    await expect(mpc.act(here, createRng(1))).rejects.toThrow('no engine');
    expect(mpc.plan).toBeUndefined();
    failing = false;
    expect(await mpc.act(here, createRng(1))).toEqual(await mpcOf().act(here, createRng(1)));
  });
});
