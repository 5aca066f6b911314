import { type BatchedFunctions, createRng, OptionError, ShapeError, type TensorLike } from '@mbrl/core';
import { checkSequenceEvaluator } from '@mbrl/core/testing';
import { configureEngine, tf } from '@mbrl/jit';
import { createKnownDynamicsEvaluator, createPlanEvaluator, PROPAGATIONS } from '@mbrl/models';
import { describe, expect, it } from 'vitest';
import { linearModel } from './linear-model.js';

configureEngine({ threadCount: 1 });

const column = (rows: TensorLike, i: number): tf.Tensor => tf.reshape(tf.slice(rows as tf.Tensor, [0, i], [rows.shape[0]!, 1]), [-1]);

/** x' = x + 0.5 v, v' = v + 0.25 u; reward −x'² − 0.1 u². */
const task: BatchedFunctions = {
  dynamics: (rows, actions) => {
    const [x, v] = tf.split(rows as tf.Tensor, 2, 1) as [tf.Tensor, tf.Tensor];
    return tf.concat([tf.add(x, tf.mul(v, 0.5)), tf.add(v, tf.mul(actions as tf.Tensor, 0.25))], 1);
  },
  reward: (_, u, next) => tf.neg(tf.add(tf.square(column(next, 0)), tf.mul(tf.square(column(u, 0)), 0.1))),
};
const horizon = 7;
const sizes = { observationSize: 2, actionSize: 1, horizon };

/** The return of one sequence and its gradient by hand, through the adjoint recursion. */
function byHand([x0, v0]: readonly [number, number], actions: readonly number[]): { total: number; gradient: number[] } {
  const positions: number[] = [];
  let [x, v, total] = [x0, v0, 0];
  for (const u of actions) {
    x += 0.5 * v;
    v += 0.25 * u;
    positions.push(x);
    total -= x * x + 0.1 * u * u;
  }
  let [lambdaX, lambdaV] = [0, 0];
  const gradient = actions.map(() => 0);
  for (let t = actions.length - 1; t >= 0; t--) {
    // The cost of x_{t+1} enters, then x_{t+1} = x_t + 0.5 v_t and v_{t+1} = v_t + 0.25 u_t are undone.
    const byNextX = lambdaX - 2 * positions[t]!;
    gradient[t] = 0.25 * lambdaV - 0.2 * actions[t]!;
    [lambdaX, lambdaV] = [byNextX, lambdaV + 0.5 * byNextX];
  }
  return { total, gradient };
}

const rng = createRng(4);
const sequences = Array.from({ length: 9 }, () => Array.from({ length: horizon }, () => rng.normal()));

describe('createKnownDynamicsEvaluator', () => {
  it('keeps the contract of a sequence evaluator', async () => {
    const evaluator = createKnownDynamicsEvaluator({ task, ...sizes });
    await expect(checkSequenceEvaluator(evaluator, { deterministic: true })).resolves.toBeUndefined();
    evaluator.dispose();
  });

  it('gives the returns and gradients that are worked out by hand, for several population sizes', async () => {
    const evaluator = createKnownDynamicsEvaluator({ task, ...sizes });
    for (const count of [9, 1, 4]) {
      const [returns, gradients] = [new Float32Array(count), new Float32Array(count * horizon)];
      const rows = Float32Array.from(sequences.slice(0, count).flat());
      await evaluator.evaluateWithGradient(Float32Array.of(1, -0.5), rows, returns, gradients, createRng(0));
      for (let n = 0; n < count; n++) {
        const { total, gradient } = byHand([1, -0.5], sequences[n]!);
        expect(returns[n]).toBeCloseTo(total, 4);
        gradient.forEach((value, t) => expect(gradients[n * horizon + t]).toBeCloseTo(value, 4));
      }
    }
    evaluator.dispose();
  });

  it('gives gradients where reward and terminal value are not defined beyond an ending', async () => {
    const walk: BatchedFunctions = {
      dynamics: (x, u) => tf.add(x as tf.Tensor, u as tf.Tensor),
      reward: (_, __, next) => tf.sqrt(tf.sub(1.5, column(next, 0))),
      terminated: (_, __, next) => tf.greater(column(next, 0), 1),
    };
    const terminalValue = { apply: (x: TensorLike) => tf.log(tf.sub(1.5, column(x, 0))) };
    const evaluator = createKnownDynamicsEvaluator({
      task: walk,
      observationSize: 1,
      actionSize: 1,
      horizon: 4,
      objective: { terminalValue },
    });
    const returns = new Float32Array(2);
    const gradients = new Float32Array(8);
    // The first ends at 1.2 and would go on to 2.4, where neither has a value; the second never ends.
    const sequences = Float32Array.of(0.6, 0.6, 0.6, 0.6, 0.1, 0.2, 0.1, 0.2);
    await evaluator.evaluateWithGradient(Float32Array.of(0), sequences, returns, gradients, createRng(1));
    expect(returns[0]).toBeCloseTo(Math.sqrt(0.9) + Math.sqrt(0.3), 5);
    const [early, late] = [-0.5 / Math.sqrt(0.9), -0.5 / Math.sqrt(0.3)];
    [early + late, late, 0, 0].forEach((slope, t) => expect(gradients[t]).toBeCloseTo(slope, 4));
    const slopes = [0.1, 0.3, 0.4, 0.6].map((x) => -0.5 / Math.sqrt(1.5 - x));
    slopes.forEach((_, t) => expect(gradients[4 + t]).toBeCloseTo(slopes.slice(t).reduce((a, b) => a + b) - 1 / 0.9, 4));
    evaluator.dispose();
  });

  it('predicts the one trajectory that there is', async () => {
    const evaluator = createKnownDynamicsEvaluator({ task, ...sizes });
    const { particleCount, observations } = await evaluator.predictTrajectory(
      Float32Array.of(1, 2),
      new Float32Array(horizon).fill(1),
      createRng(0),
    );
    expect(particleCount).toBe(1);
    let [x, v] = [1, 2];
    for (let t = 0; t < horizon; t++) {
      [x, v] = [x + 0.5 * v, v + 0.25];
      expect(observations[2 * t]).toBeCloseTo(x, 4);
      expect(observations[2 * t + 1]).toBeCloseTo(v, 5);
    }
    evaluator.dispose();
  });

  it('agrees with a learned model of the same system', async () => {
    const member = {
      kernel: [
        [0, 0],
        [0.5, 0],
        [0, 0.25],
      ],
    };
    const model = linearModel(2, 1, [member, member]);
    const objective = { discount: 0.9, actionPenalty: 0.1 };
    const known = createKnownDynamicsEvaluator({ task, ...sizes, objective });
    const learned = createPlanEvaluator({ model, task, horizon, particleCount: 2, objective });
    const [one, other] = [new Float32Array(9), new Float32Array(9)];
    await known.evaluate(Float32Array.of(1, 0), Float32Array.from(sequences.flat()), one, createRng(0));
    await learned.evaluate(Float32Array.of(1, 0), Float32Array.from(sequences.flat()), other, createRng(0));
    one.forEach((value, n) => expect(value).toBeCloseTo(other[n]!, 3));
    for (const each of [known, learned, model]) each.dispose();
  });

  it('refuses what it cannot score', () => {
    const { dynamics, reward } = task as Required<Pick<BatchedFunctions, 'dynamics' | 'reward'>>;
    expect(() => createKnownDynamicsEvaluator({ task: { reward }, ...sizes })).toThrow('task must give batched dynamics, got none');
    expect(() => createKnownDynamicsEvaluator({ task: { dynamics }, ...sizes })).toThrow('task must give a batched reward, got none');
    expect(() => createKnownDynamicsEvaluator({ task, ...sizes, horizon: 0 })).toThrow(OptionError);
    expect(() => createKnownDynamicsEvaluator({ task, ...sizes, observationSize: 0 })).toThrow(/observationSize must/);
    expect(() => createKnownDynamicsEvaluator({ task, ...sizes, actionSize: 1.5 })).toThrow(/actionSize must/);
    expect(() => createKnownDynamicsEvaluator({ task, ...sizes, objective: { disagreement: { penalty: 1 } } })).toThrow(/at least 2/);
  });
});

describe('predictTrajectory of an ensemble', () => {
  const twoWorlds = () =>
    linearModel(1, 1, [
      { kernel: [[0], [0]], drift: [1] },
      { kernel: [[0], [0]], drift: [-1] },
    ]);

  it.each(PROPAGATIONS)('follows the propagation: %s', async (propagation) => {
    const model = twoWorlds();
    const reward = (_: TensorLike, __: TensorLike, next: TensorLike): tf.Tensor => column(next, 0);
    const evaluator = createPlanEvaluator({ model, task: { reward }, horizon: 8, particleCount: 5, propagation });
    const { particleCount, observations } = await evaluator.predictTrajectory(new Float32Array(1), new Float32Array(8), createRng(1));
    expect(particleCount).toBe(propagation === 'expectation' ? 1 : 6);
    const ends = Array.from({ length: particleCount }, (_, p) => observations[p * 8 + 7]!);
    const wanted = { tsInfinity: [-8, -8, -8, 8, 8, 8], expectation: [0] } as const;
    if (propagation === 'tsInfinity' || propagation === 'expectation') {
      expect(ends.toSorted((a, b) => a - b).map((value) => Math.round(value * 100) / 100 + 0)).toEqual(wanted[propagation]);
    } else {
      expect(new Set(ends).size).toBeGreaterThan(1);
      expect(Math.max(...ends.map(Math.abs))).toBeLessThan(8.01);
    }
    evaluator.dispose();
    model.dispose();
  });

  it('refuses sizes that do not fit', async () => {
    const model = twoWorlds();
    const evaluator = createPlanEvaluator({ model, task: { reward: (_, __, next) => column(next, 0) }, horizon: 3 });
    await expect(evaluator.predictTrajectory(new Float32Array(2), new Float32Array(3), createRng(0))).rejects.toThrow(ShapeError);
    await expect(evaluator.predictTrajectory(new Float32Array(1), new Float32Array(4), createRng(0))).rejects.toThrow(ShapeError);
    evaluator.dispose();
    model.dispose();
  });
});
