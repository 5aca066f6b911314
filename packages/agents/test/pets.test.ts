import { boxSpace, createRng, discreteSpace, type LearnProgress, OptionError, type Planner, ShapeError } from '@mbrl/core';
import { checkAgent } from '@mbrl/core/testing';
import { configureEngine } from '@mbrl/jit';
import { describe, expect, it } from 'vitest';
import { play, type PlayedStep } from './episodes.js';
import { createPointMass } from './point-mass.js';
import { smallPets, type SmallPetsOptions } from './small-pets.js';

configureEngine({ threadCount: 1 });

it.each<[string, SmallPetsOptions]>([
  ['by default', {}],
  [
    'with fits between episodes, several actions of a plan, elites and moment matching',
    {
      pets: { trainEverySteps: 7, replanEvery: 3, bufferCapacity: 20 },
      model: { holdoutRatio: 0.2, patience: 1, eliteMemberCount: 1, warmStart: false },
      propagation: 'momentMatching',
    },
  ],
])('createPets keeps the contract of an agent %s', async (_, options) => {
  await expect(
    checkAgent(() => smallPets(options), { environment: () => createPointMass(8), stepCount: 34, saveAt: [5, 19, 27] }),
  ).resolves.toBeUndefined();
});

/** Steps (counted from 1) after which the agent learned. */
const fitsOf = (steps: readonly PlayedStep[]): number[] => steps.flatMap(({ learned }, i) => (learned ? [i + 1] : []));

describe('first data', () => {
  it('are random actions, evenly over the action space, without a plan', async () => {
    let plans = 0;
    const wrapPlanner = (planner: Planner): Planner => ({ ...planner, plan: (request) => (plans++, planner.plan(request)) });
    const agent = smallPets({ wrapPlanner, pets: { initialSteps: 10_000, actionSpace: boxSpace({ low: [-0.25], high: [1.75] }) } });
    const actions: number[] = [];
    for (let i = 0; i < 2000; i++) actions.push((await agent.act(Float32Array.of(0, 0)))[0]!);
    expect(agent.lastAct).toEqual({});
    expect(plans).toBe(0);
    expect(Math.min(...actions)).toBeGreaterThanOrEqual(-0.25);
    expect(Math.max(...actions)).toBeLessThanOrEqual(1.75);
    // Each tenth of the space has a tenth of the draws, within 5 deviations of a binomial count.
    const counts = Array.from({ length: 10 }, (_, bin) => actions.filter((a) => Math.floor((a + 0.25) * 5) === bin).length);
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(2000 * 0.09));
    agent.dispose();
  });

  it('end with the first fit; then each action is planned', async () => {
    const agent = smallPets();
    const environment = createPointMass(12);
    let { observation } = environment.reset({ seed: 1 });
    for (let step = 1; step <= 14; step++) {
      const action = await agent.act(observation);
      if (step <= 12) expect(agent.lastAct).toEqual({});
      else
        expect(agent.lastAct).toEqual({
          predictedReturn: expect.any(Number),
          eliteReturn: expect.any(Number),
          nonFiniteCount: 0,
          evaluationCount: 32,
        });
      const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
      agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
      observation = truncated ? environment.reset().observation : nextObservation;
      const learned = await agent.learn();
      expect(learned !== undefined).toBe(step === 12);
      if (truncated) agent.beginEpisode();
    }
    agent.dispose();
  });
});

describe('times to fit', () => {
  it('are the ends of episodes, from the first with enough data on', async () => {
    const agent = smallPets({ pets: { initialSteps: 10 } });
    expect(fitsOf(await play(agent, createPointMass(8), 33))).toEqual([16, 24, 32]);
    expect([agent.observedCount, agent.fitCount]).toEqual([33, 3]);
    agent.dispose();
  });

  it('are every so many steps with trainEverySteps, within episodes too', async () => {
    const agent = smallPets({ pets: { initialSteps: 10, trainEverySteps: 6 } });
    expect(fitsOf(await play(agent, createPointMass(8), 30))).toEqual([10, 16, 22, 28]);
    agent.dispose();
  });

  it('are not missed when the next episode begins before learn is called', async () => {
    const agent = smallPets({ pets: { initialSteps: 8 } });
    const environment = createPointMass(5);
    let { observation } = environment.reset({ seed: 1 });
    const fits: number[] = [];
    for (let step = 1; step <= 17; step++) {
      const action = await agent.act(observation);
      const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
      agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
      if (truncated) agent.beginEpisode();
      if (await agent.learn()) fits.push(step);
      observation = truncated ? environment.reset().observation : nextObservation;
    }
    expect(fits).toEqual([10, 15]);
    agent.dispose();
  });

  it('come once: learn has nothing to do when asked again, or without new data', async () => {
    const agent = smallPets({ pets: { initialSteps: 8 } });
    expect(await agent.learn()).toBeUndefined();
    expect(fitsOf(await play(agent, createPointMass(8), 8))).toEqual([8]);
    expect(await agent.learn()).toBeUndefined();
    expect(agent.fitCount).toBe(1);
    agent.dispose();
  });
});

describe('data', () => {
  it('are aggregated over all episodes', async () => {
    const agent = smallPets();
    const counts = (await play(agent, createPointMass(8), 32)).flatMap(({ learned }) => (learned ? [learned.trainCount] : []));
    expect(counts).toEqual([16, 24, 32]);
    agent.dispose();
  });

  it('are the newest bufferCapacity transitions', async () => {
    const agent = smallPets({ pets: { bufferCapacity: 20 } });
    const counts = (await play(agent, createPointMass(8), 32)).flatMap(({ learned }) => (learned ? [learned.trainCount] : []));
    expect(counts).toEqual([16, 20, 20]);
    agent.dispose();
  });
});

it('takes the epochs of the first fit and of the others from initialEpochs and epochs, or from the model', async () => {
  const epochCounts = async (pets: SmallPetsOptions['pets']): Promise<number[]> => {
    const agent = smallPets({ pets: { ...pets, initialSteps: 8 } });
    const counts = (await play(agent, createPointMass(8), 24)).flatMap(({ learned }) => (learned ? [learned.epochCount!] : []));
    agent.dispose();
    return counts;
  };
  expect(await epochCounts({})).toEqual([3, 3, 3]);
  expect(await epochCounts({ initialEpochs: 5 })).toEqual([5, 3, 3]);
  expect(await epochCounts({ initialEpochs: 4, epochs: 2 })).toEqual([4, 2, 2]);
});

it('plans once for replanEvery actions, and anew in each episode', async () => {
  const plansOf = async (replanEvery: number): Promise<number> => {
    let plans = 0;
    const wrapPlanner = (planner: Planner): Planner => ({ ...planner, plan: (request) => (plans++, planner.plan(request)) });
    const agent = smallPets({ wrapPlanner, pets: { replanEvery, initialSteps: 8 } });
    await play(agent, createPointMass(8), 24);
    agent.dispose();
    return plans;
  };
  expect([await plansOf(1), await plansOf(3), await plansOf(5)]).toEqual([16, 2 * 3, 2 * 2]);
});

it('acts and learns alike under one seed and otherwise under another', async () => {
  const run = async (seed: number): Promise<PlayedStep[]> => {
    const agent = smallPets({ seed });
    const steps = await play(agent, createPointMass(8), 26);
    agent.dispose();
    return steps;
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  const other = await run(2);
  expect(other[0]!.action).not.toEqual(first[0]!.action);
});

it('tells the progress of a fit: a fraction, the epoch and its losses', async () => {
  const agent = smallPets({ model: { holdoutRatio: 0.25 } });
  const environment = createPointMass(12);
  let { observation } = environment.reset({ seed: 1 });
  const progress: LearnProgress[] = [];
  for (let step = 0; step < 12; step++) {
    const action = await agent.act(observation);
    const { observation: nextObservation, reward, terminated, truncated } = environment.step(action);
    agent.observe({ observation, action, reward, nextObservation, terminated, truncated });
    observation = nextObservation;
  }
  const learned = await agent.learn({ onProgress: (report) => progress.push(report) });
  expect(progress.map(({ fraction }) => fraction)).toEqual([1 / 3, 2 / 3, 1]);
  expect(progress.map(({ metrics }) => metrics.epoch)).toEqual([1, 2, 3]);
  expect(learned).toMatchObject({
    trainLoss: progress[2]!.metrics.trainLoss,
    holdoutLoss: progress[2]!.metrics.holdoutLoss,
    trainCount: 9,
  });
  agent.dispose();
});

describe('bad options', () => {
  it.each<[string, object, RegExp]>([
    ['initialSteps 0', { initialSteps: 0 }, /^createPets: initialSteps must be an integer in \[1, .*got 0/],
    ['trainEverySteps −1', { trainEverySteps: -1 }, /^createPets: trainEverySteps .*got -1/],
    ['initialEpochs 0', { initialEpochs: 0 }, /^createPets: initialEpochs .*got 0/],
    ['epochs 1.5', { epochs: 1.5 }, /^createPets: epochs .*got 1.5/],
    ['replanEvery beyond the horizon', { replanEvery: 6 }, /replanEvery must be .*5\], got 6/],
    ['bufferCapacity 0', { bufferCapacity: 0 }, /capacity .*got 0/],
    ['a discrete action space', { actionSpace: discreteSpace(3) }, /^createPets: actionSpace must be a box, got discrete/],
  ])('refuses %s', (_, pets, message) => {
    expect(() => smallPets({ pets })).toThrow(message);
    expect(() => smallPets({ pets })).toThrow(OptionError);
  });

  it('refuses parts that do not fit together', () => {
    expect(() => smallPets({ pets: { actionSpace: boxSpace({ low: [-1, -1], high: [1, 1] }) } })).toThrow(ShapeError);
    expect(() =>
      smallPets({
        model: { observationSize: 3 },
        pets: { evaluator: { observationSize: 2, actionSize: 1, horizon: 5, evaluate: async () => {} } },
      }),
    ).toThrow(/^createPets: model, evaluator and action space must agree.*observations of 3 and 2/);
    expect(() => smallPets({ pets: { evaluator: { observationSize: 2, actionSize: 1, horizon: 4, evaluate: async () => {} } } })).toThrow(
      ShapeError,
    );
  });

  it('refuses transitions of other sizes or that are not finite, and forgets them', () => {
    const agent = smallPets();
    const transition = {
      observation: Float32Array.of(0, 0),
      action: Float32Array.of(0),
      reward: 0,
      nextObservation: Float32Array.of(0, 0),
      terminated: false,
      truncated: false,
    };
    expect(() => agent.observe({ ...transition, action: Float32Array.of(0, 0) })).toThrow(ShapeError);
    expect(() => agent.observe({ ...transition, nextObservation: Float32Array.of(0, NaN) })).toThrow(/finite/);
    expect(agent.observedCount).toBe(0);
    agent.dispose();
  });
});

it('draws from generators of its own: the one that it was given does not move', async () => {
  const rng = createRng(5);
  const before = rng.save();
  const agent = smallPets({ pets: { rng } });
  await play(agent, createPointMass(8), 18);
  expect(rng.save()).toEqual(before);
  agent.dispose();
});
