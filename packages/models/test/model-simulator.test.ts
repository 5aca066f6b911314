import { type BatchedFunctions, boxSpace, createRng, OptionError, ShapeError, type TensorLike } from '@mbrl/core';
import { configureEngine, tf } from '@mbrl/jit';
import { createModelSimulator } from '@mbrl/models';
import { describe, expect, it } from 'vitest';
import { linearModel } from './linear-model.js';

configureEngine({ threadCount: 1 });

const column = (rows: TensorLike, i: number): tf.Tensor => tf.reshape(tf.slice(rows as tf.Tensor, [0, i], [rows.shape[0]!, 1]), [-1]);
const task: BatchedFunctions = {
  reward: (x, u, next) => tf.add(tf.mul(column(x, 0), 100), tf.add(tf.mul(column(u, 0), 10), column(next, 0))),
  terminated: (_, __, next) => tf.greater(column(next, 0), 2),
};
const actionSpace = boxSpace({ low: [-3], high: [3] });

/** x' = x + u, give or take the drift of a member. */
const drifting = (drifts: readonly number[]) =>
  linearModel(
    1,
    1,
    drifts.map((drift) => ({ kernel: [[0], [1]], drift: [drift] })),
  );

const step = async (simulator: ReturnType<typeof createModelSimulator>, x: number, u: number, seed = 0) => {
  const next = new Float64Array(1);
  const outcome = await simulator.step(Float64Array.of(x), Float32Array.of(u), next, createRng(seed));
  return { next: next[0]!, ...outcome };
};

describe('createModelSimulator', () => {
  it('gives the transition that the model predicts, its reward and its ending', async () => {
    const model = drifting([0]);
    const simulator = createModelSimulator({ model, task, actionSpace, outcome: 'mean' });
    const first = await step(simulator, 0.5, 1);
    expect(first.next).toBeCloseTo(1.5, 5);
    expect(first.reward).toBeCloseTo(50 + 10 + 1.5, 4);
    expect(first.terminated).toBe(false);
    expect((await step(simulator, 0.5, 2)).terminated).toBe(true);
    for (const each of [simulator, model]) each.dispose();
  });

  it('draws a member, or takes the mean of all', async () => {
    const model = drifting([1, -1]);
    const [drawn, expected] = (['sample', 'mean'] as const).map((outcome) => createModelSimulator({ model, task, actionSpace, outcome }));
    const ends = new Set<number>();
    for (let seed = 0; seed < 12; seed++) ends.add(Math.round((await step(drawn!, 0, 0, seed)).next));
    expect([...ends].toSorted((a, b) => a - b)).toEqual([-1, 1]);
    expect((await step(drawn!, 0, 0, 5)).next).toBe((await step(drawn!, 0, 0, 5)).next);
    expect((await step(expected!, 0, 0)).next).toBeCloseTo(0, 5);
    for (const each of [drawn!, expected!, model]) each.dispose();
  });

  it('never ends where the task never does', async () => {
    const model = drifting([0]);
    const simulator = createModelSimulator({ model, task: { reward: task.reward! }, actionSpace });
    expect((await step(simulator, 50, 1)).terminated).toBe(false);
    for (const each of [simulator, model]) each.dispose();
  });

  it('refuses what does not fit', () => {
    const model = drifting([0]);
    expect(() => createModelSimulator({ model, task: {}, actionSpace })).toThrow(OptionError);
    expect(() => createModelSimulator({ model, task, actionSpace, outcome: 'best' as never })).toThrow(/outcome must/);
    expect(() => createModelSimulator({ model, task, actionSpace: boxSpace({ low: [0, 0], high: [1, 1] }) })).toThrow(ShapeError);
    model.dispose();
  });
});
