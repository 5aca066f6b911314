import {
  type BatchedFunctions,
  createRng,
  LifecycleError,
  OptionError,
  type SequenceEvaluator,
  ShapeError,
  type TensorLike,
} from '@mbrl/core';
import { configureEngine, tf } from '@mbrl/jit';
import { createPlanEvaluator, type PlanEvaluatorOptions, type ProbabilisticEnsemble, type Propagation, PROPAGATIONS } from '@mbrl/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearModel } from './linear-model.js';
import { type PlainTask, referenceReturns } from './reference-rollout.js';
import { drawTransitions, smallEnsemble } from './toy-systems.js';

configureEngine({ threadCount: 1 });

const column = (rows: TensorLike, i: number): tf.Tensor => tf.reshape(tf.slice(rows as tf.Tensor, [0, i], [rows.shape[0]!, 1]), [-1]);

/** Evaluates `[N][H][A]` sequences. */
async function returnsOf(
  evaluator: SequenceEvaluator,
  observation: readonly number[],
  sequences: readonly (readonly (readonly number[])[])[],
  seed = 1,
): Promise<number[]> {
  const returns = new Float32Array(sequences.length);
  await evaluator.evaluate(Float32Array.from(observation), Float32Array.from(sequences.flat(2)), returns, createRng(seed));
  return [...returns];
}

const constant = (action: readonly number[], horizon: number): number[][] => Array.from({ length: horizon }, () => [...action]);

describe('against a plain rollout in float64 with the same noise', () => {
  const horizon = 5;
  let model: ProbabilisticEnsemble;
  beforeAll(async () => {
    model = smallEnsemble({ observationSize: 2, actionSize: 3, ensembleSize: 4, holdoutRatio: 0.2, eliteMemberCount: 3, epochs: 8 });
    const drift = ([x, v]: number[], [a, b, c]: number[]): number[] => [0.3 * v! + 0.2 * a!, 0.4 * b! - 0.3 * Math.sin(2 * x!) + 0.1 * c!];
    await model.fit(
      drawTransitions({ count: 150, observationSize: 2, actionSize: 3, drift, noise: ([x]) => [0.05, 0.1 + 0.1 * Math.abs(x!)] }),
      { rng: createRng(1) },
    );
  });
  afterAll(() => model.dispose());

  const plain: PlainTask = {
    reward: ([x], [a], [nextX, nextV]) => Math.cos(nextX!) - 0.1 * nextV! * nextV! + 0.3 * x! * a!,
    ended: ([x], _, [nextX]) => nextX! > 0.6 || x! < -0.7,
  };
  const batched: BatchedFunctions = {
    reward: (x, u, next) =>
      tf.add(tf.sub(tf.cos(column(next, 0)), tf.mul(tf.square(column(next, 1)), 0.1)), tf.mul(tf.mul(column(x, 0), column(u, 0)), 0.3)),
    terminated: (x, _, next) => tf.logicalOr(tf.greater(column(next, 0), 0.6), tf.less(column(x, 0), -0.7)),
  };
  const draw = (count: number, seed: number): number[][][] => {
    const rng = createRng(seed).split('actions');
    return Array.from({ length: count }, () => Array.from({ length: horizon }, () => [rng.normal(), rng.normal(), rng.normal()]));
  };

  it.each(PROPAGATIONS.flatMap((propagation) => [true, false].map((ends) => [propagation, ends] as const)))(
    '%s (with an ending: %s)',
    async (propagation, ends) => {
      const evaluator = createPlanEvaluator({
        model,
        task: ends ? batched : { reward: batched.reward! },
        horizon,
        particleCount: 6,
        propagation,
      });
      const observation = [0.2, -0.4];
      const all: number[] = [];
      for (const [count, seed] of [
        [7, 1],
        [1, 2],
        [7, 3],
      ] as const) {
        const sequences = draw(count, seed);
        const returns = await returnsOf(evaluator, observation, sequences, seed);
        const task = ends ? plain : { reward: plain.reward };
        const wanted = referenceReturns({ model, task, propagation, particleCount: 6, horizon, observation, sequences, seed });
        returns.forEach((value, n) => expect(value, `candidate ${n} of ${count}`).toBeCloseTo(wanted[n]!, 4));
        all.push(...returns);
      }
      expect(new Set(all).size).toBe(15);
      evaluator.dispose();
    },
  );

  it('gives the same eagerly', async () => {
    const sequences = draw(4, 5);
    const results: number[][] = [];
    for (const engine of ['eager', undefined] as const) {
      configureEngine({ ...(engine ? { engine } : {}), threadCount: 1 });
      for (const propagation of PROPAGATIONS) {
        const evaluator = createPlanEvaluator({ model, task: batched, horizon, particleCount: 3, propagation });
        results.push(await returnsOf(evaluator, [0.1, 0.2], sequences));
        evaluator.dispose();
      }
    }
    PROPAGATIONS.forEach((_, i) => results[i]!.forEach((value, n) => expect(value).toBeCloseTo(results[i + 4]![n]!, 4)));
  });
});

const positionReward: BatchedFunctions = { reward: (_, __, next) => column(next, 0) };

describe('on linear systems without noise', () => {
  it.each(PROPAGATIONS)('%s gives the return that is known in closed form, in the order of the candidates', async (propagation) => {
    // x' = x + 0.5 v, v' = v + 0.25 u.
    const member = {
      kernel: [
        [0, 0],
        [0.5, 0],
        [0, 0.25],
      ],
    };
    const model = linearModel(2, 1, [member, member, member]);
    const horizon = 6;
    const evaluator = createPlanEvaluator({ model, task: positionReward, horizon, particleCount: 3, propagation });
    const forces = [1, -2, 0, 0.5, 3, -1, 4];
    const returns = await returnsOf(
      evaluator,
      [1, 2],
      forces.map((u) => constant([u], horizon)),
    );
    forces.forEach((u, n) => {
      // x_t = x₀ + 0.5 Σ_{s<t} v_s with v_s = v₀ + 0.25 u s.
      let wanted = 0;
      for (let t = 1; t <= horizon; t++) wanted += 1 + 0.5 * (t * 2 + (0.25 * u * t * (t - 1)) / 2);
      expect(returns[n]).toBeCloseTo(wanted, 4);
    });
    evaluator.dispose();
    model.dispose();
  });

  it('takes one step at horizon 1, and each component of actions of three', async () => {
    const model = linearModel(1, 3, [{ kernel: [[0], [1], [10], [100]] }]);
    const evaluator = createPlanEvaluator({ model, task: positionReward, horizon: 1, particleCount: 1 });
    expect(await returnsOf(evaluator, [0.5], [[[1, 2, 3]], [[4, 5, 6]]])).toEqual([321.5, 654.5]);
    evaluator.dispose();
    model.dispose();
  });

  it('uses each action at its own step', async () => {
    const model = linearModel(1, 1, [{ kernel: [[0], [1]] }]);
    const evaluator = createPlanEvaluator({ model, task: positionReward, horizon: 4, particleCount: 1 });
    // Σ_t Σ_{s ≤ t} u_s: the first action counts four times, the last once.
    expect(
      await returnsOf(
        evaluator,
        [0],
        [
          [[1], [0], [0], [0]],
          [[0], [1], [0], [0]],
          [[0], [0], [0], [1]],
        ],
      ),
    ).toEqual([4, 3, 1]);
    evaluator.dispose();
    model.dispose();
  });

  it('counts the reward of the step that ends an episode and none after it', async () => {
    const model = linearModel(1, 1, [{ kernel: [[0], [1]] }]);
    const task: BatchedFunctions = {
      reward: (_, __, next) => tf.onesLike(column(next, 0)),
      terminated: (_, __, next) => tf.greater(column(next, 0), 2.5),
    };
    const horizon = 6;
    const evaluator = createPlanEvaluator({ model, task, horizon, particleCount: 1 });
    expect(
      await returnsOf(
        evaluator,
        [0],
        [1, 3, 0.5, 0.1].map((u) => constant([u], horizon)),
      ),
    ).toEqual([3, 1, 6, 6]);
    // An ending is final, also where the state comes back.
    expect(await returnsOf(evaluator, [0], [[[3], [-3], [0], [0], [0], [0]]])).toEqual([1]);
    evaluator.dispose();
    model.dispose();
  });

  it('lets no reward from after an ending in, not even one that is not finite', async () => {
    const model = linearModel(1, 1, [{ kernel: [[1e6], [1]] }]);
    const task: BatchedFunctions = {
      reward: (_, __, next) => column(next, 0),
      terminated: (_, __, next) => tf.greater(column(next, 0), 2.5),
    };
    const evaluator = createPlanEvaluator({ model, task, horizon: 12, propagation: 'expectation' });
    expect(await returnsOf(evaluator, [0], [constant([3], 12), constant([0], 12)])).toEqual([3, 0]);
    evaluator.dispose();
    model.dispose();
  });

  it('passes returns on that are not finite, each at its place', async () => {
    const model = linearModel(1, 1, [{ kernel: [[0], [1]] }]);
    const task: BatchedFunctions = { reward: (_, __, next) => tf.log(column(next, 0)) };
    const evaluator = createPlanEvaluator({ model, task, horizon: 1, propagation: 'expectation' });
    expect(await returnsOf(evaluator, [0], [[[1]], [[-1]], [[0]], [[1]]])).toEqual([0, NaN, -Infinity, 0]);
    evaluator.dispose();
    model.dispose();
  });
});

describe('uncertainty', () => {
  /** Two worlds: in one everything drifts up by 1 a step, in the other down. */
  const twoWorlds = (): ProbabilisticEnsemble =>
    linearModel(1, 1, [
      { kernel: [[0], [0]], drift: [1] },
      { kernel: [[0], [0]], drift: [-1] },
    ]);
  const lastSquare: BatchedFunctions = { reward: (x, _, next) => tf.sub(tf.square(column(next, 0)), tf.square(column(x, 0))) };
  const horizon = 16;

  it.each<[Propagation, number, number]>([
    // Each particle stays in its world: x_H = ±H.
    ['tsInfinity', horizon ** 2, 1e-3],
    // A new world at each step: a random walk, E x² = H.
    ['ts1', horizon, 5],
    // The worlds cancel.
    ['expectation', 0, 1e-3],
    // Redrawn with the variance of the particles: E x² grows by 1 a step, but for the factor (1 − 1/P) of the redrawing.
    ['momentMatching', horizon, 5],
  ])('%s carries disagreement along in its own way', async (propagation, wanted, tolerance) => {
    const model = twoWorlds();
    const evaluator = createPlanEvaluator({ model, task: lastSquare, horizon, particleCount: 400, propagation });
    const [value] = await returnsOf(evaluator, [0], [constant([0], horizon)]);
    expect(Math.abs(value! - wanted)).toBeLessThan(tolerance);
    evaluator.dispose();
    model.dispose();
  });

  it.each<[Propagation, number]>([
    ['tsInfinity', 3],
    ['ts1', 3],
    ['momentMatching', 3],
    ['expectation', 0],
  ])('%s adds up the noise of the steps', async (propagation, wanted) => {
    const model = linearModel(1, 1, [{ kernel: [[0], [0]] }], Math.log(0.25));
    const evaluator = createPlanEvaluator({ model, task: lastSquare, horizon: 12, particleCount: 3000, propagation });
    const [value] = await returnsOf(evaluator, [0], [constant([0], 12)]);
    // Twelve steps of variance 0.25; the mean of 3,000 squares has deviation 3 √(2 / 3000) = 0.08.
    expect(Math.abs(value! - wanted)).toBeLessThan(propagation === 'momentMatching' ? 0.8 : 0.4);
    evaluator.dispose();
    model.dispose();
  });

  it('asks the elites alone', async () => {
    const drifts = [1, 10, 100, 1000];
    const members = drifts.map((drift) => ({ kernel: [[0], [0]], drift: [drift] }));
    const model = linearModel(1, 1, members, -40, [1, 3]);
    const evaluator = createPlanEvaluator({ model, task: positionReward, horizon: 1, particleCount: 2 });
    expect(await returnsOf(evaluator, [0], [[[0]], [[5]]])).toEqual([505, 505]);
    evaluator.dispose();
    model.dispose();
  });

  it('particleCount is the number of particles that a return is the mean of', async () => {
    const model = linearModel(1, 1, [{ kernel: [[0], [0]] }], 0);
    const spread = async (particleCount: number): Promise<number> => {
      const evaluator = createPlanEvaluator({ model, task: positionReward, horizon: 1, particleCount });
      const returns = await returnsOf(
        evaluator,
        [0],
        Array.from({ length: 2000 }, () => [[0]]),
      );
      evaluator.dispose();
      return returns.reduce((sum, value) => sum + value * value, 0) / 2000;
    };
    expect(await spread(1)).toBeCloseTo(1, 0.8);
    expect((await spread(16)) * 16).toBeCloseTo(1, 0.8);
    model.dispose();
  });
});

describe('what users do', () => {
  const horizon = 3;
  const sequences = (count: number, seed = 0): number[][][] => {
    const rng = createRng(seed);
    return Array.from({ length: count }, () => Array.from({ length: horizon }, () => [rng.normal()]));
  };
  const make = (model: ProbabilisticEnsemble, options: Partial<PlanEvaluatorOptions> = {}) =>
    createPlanEvaluator({ model, task: positionReward, horizon, particleCount: 3, ...options });

  it('a population that changes between calls', async () => {
    const model = smallEnsemble();
    const [evaluator, fresh] = [make(model), make(model)];
    const wanted = await returnsOf(fresh, [0.5], sequences(4));
    for (const count of [9, 4, 1, 4]) {
      const returns = await returnsOf(evaluator, [0.5], sequences(count));
      expect(returns).toHaveLength(count);
      if (count === 4) expect(returns).toEqual(wanted);
    }
    for (const each of [evaluator, fresh, model]) each.dispose();
  });

  it('calls that overlap, from different starts and of different sizes', async () => {
    const model = smallEnsemble();
    const evaluator = make(model);
    const calls = [
      [0, 4],
      [1, 7],
      [2, 4],
      [3, 4],
    ] as const;
    const together = await Promise.all(calls.map(([x, count]) => returnsOf(evaluator, [x], sequences(count, x), x)));
    for (const [i, [x, count]] of calls.entries()) expect(together[i]).toEqual(await returnsOf(evaluator, [x], sequences(count, x), x));
    // A call that is refused holds nobody up.
    const [refused, served] = await Promise.allSettled([
      evaluator.evaluate(new Float32Array(2), new Float32Array(3), new Float32Array(1), createRng(0)),
      returnsOf(evaluator, [1], sequences(7, 1), 1),
    ]);
    expect(refused.status).toBe('rejected');
    expect(served).toEqual({ status: 'fulfilled', value: together[1] });
    for (const each of [evaluator, model]) each.dispose();
  });

  it('two evaluators on one model, each with its own settings', async () => {
    const model = smallEnsemble();
    const [short, long] = [make(model, { propagation: 'ts1' }), make(model, { horizon: 6 })];
    const six = [...sequences(2), ...sequences(2, 1)].map((sequence) => [...sequence, ...sequence]);
    const alone = [await returnsOf(short, [0], sequences(4)), await returnsOf(long, [0], six)];
    const together = await Promise.all([returnsOf(short, [0], sequences(4)), returnsOf(long, [0], six)]);
    expect(together).toEqual(alone);
    for (const each of [short, long, model]) each.dispose();
  });

  it('evaluating while the model is fitted: by the model from before until the fit is done', async () => {
    const model = smallEnsemble();
    const evaluator = make(model);
    const before = await returnsOf(evaluator, [0.5], sequences(4));
    const data = drawTransitions({ count: 40, observationSize: 1, actionSize: 1, drift: (_, [u]) => [2 * u!] });
    const during: number[][] = [];
    const fit = model.fit(data, {
      rng: createRng(1),
      onEpoch: () => void returnsOf(evaluator, [0.5], sequences(4)).then((returns) => during.push(returns)),
    });
    during.push(await returnsOf(evaluator, [0.5], sequences(4)));
    await fit;
    const after = await returnsOf(evaluator, [0.5], sequences(4));
    expect(during.length).toBeGreaterThan(2);
    for (const returns of during.slice(0, 3)) expect(returns).toEqual(before);
    expect(after).not.toEqual(before);
    const saved = model.save();
    await model.fit(data, { rng: createRng(2) });
    expect(await returnsOf(evaluator, [0.5], sequences(4))).not.toEqual(after);
    model.load(saved);
    expect(await returnsOf(evaluator, [0.5], sequences(4))).toEqual(after);
    for (const each of [evaluator, model]) each.dispose();
  });

  it('writing other candidates into the same array', async () => {
    const model = smallEnsemble();
    const evaluator = make(model);
    const array = Float32Array.from(sequences(4).flat(2));
    const returns = new Float32Array(4);
    await evaluator.evaluate(Float32Array.of(0), array, returns, createRng(1));
    const first = [...returns];
    array.set(sequences(4, 7).flat(2));
    await evaluator.evaluate(Float32Array.of(0), array, returns, createRng(1));
    expect([...returns]).not.toEqual(first);
    expect([...returns]).toEqual(await returnsOf(evaluator, [0], sequences(4, 7)));
    for (const each of [evaluator, model]) each.dispose();
  });

  it.each(['ts1', 'tsInfinity', 'momentMatching'] as const)(
    'where rows cannot be dealt to the members in equal parts, an idle candidate joins them: %s',
    async (propagation) => {
      const model = smallEnsemble({ ensembleSize: 3 });
      const evaluator = make(model, { particleCount: 2, propagation });
      const five = Float32Array.from(sequences(5).flat(2));
      const six = Float32Array.from([
        ...five,
        ...sequences(1)
          .flat(2)
          .map(() => 0),
      ]);
      const wanted = new Float32Array(6);
      const wantedGradients = new Float32Array(six.length);
      await evaluator.evaluateWithGradient(Float32Array.of(0), six, wanted, wantedGradients, createRng(1));
      for (let repetition = 0; repetition < 2; repetition++) {
        const returns = new Float32Array(5);
        const gradients = new Float32Array(five.length);
        await evaluator.evaluateWithGradient(Float32Array.of(0), five, returns, gradients, createRng(1));
        expect([...returns]).toEqual([...wanted.subarray(0, 5)]);
        expect([...gradients]).toEqual([...wantedGradients.subarray(0, five.length)]);
        await evaluator.evaluate(Float32Array.of(0), five, returns, createRng(1));
        returns.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
      }
      for (const each of [evaluator, model]) each.dispose();
    },
  );

  it('an expectation needs no filling', async () => {
    const model = smallEnsemble({ ensembleSize: 3 });
    const expectation = make(model, { particleCount: 4, propagation: 'expectation' });
    expect(await returnsOf(expectation, [0], sequences(4))).toHaveLength(4);
    for (const each of [expectation, model]) each.dispose();
  });

  it('no candidates are refused', async () => {
    const model = smallEnsemble();
    const evaluator = make(model);
    await expect(returnsOf(evaluator, [0], [])).rejects.toThrow(ShapeError);
    for (const each of [evaluator, model]) each.dispose();
  });

  it('calls after dispose are refused', async () => {
    const model = smallEnsemble();
    const evaluator = make(model);
    evaluator.dispose();
    await expect(returnsOf(evaluator, [0], sequences(3))).rejects.toThrow(LifecycleError);
    model.dispose();
  });

  it.each<[string, object, RegExp]>([
    ['horizon', { horizon: 0 }, /^createPlanEvaluator: horizon must be an integer in \[1, .*got 0/],
    ['particleCount', { particleCount: 0.5 }, /^createPlanEvaluator: particleCount .*got 0.5/],
    ['propagation', { propagation: 'TS1' }, /^createPlanEvaluator: propagation must be one of "ts1", .*got "TS1"/],
    ['task', { task: {} }, /^createPlanEvaluator: task must give a batched reward, got none/],
  ])('bad options are refused: %s', (_, options, message) => {
    const model = smallEnsemble();
    expect(() => make(model, options)).toThrow(OptionError);
    expect(() => make(model, options)).toThrow(message);
    model.dispose();
  });
});
