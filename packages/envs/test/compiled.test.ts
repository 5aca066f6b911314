import { createRng, float32 } from '@mbrl/core';
import { type ClassicEnvironment, createCartPoleSwingUp, createEnvironment } from '@mbrl/envs';
import { grad, jit, tf } from '@mbrl/jit';
import { describe, expect, it } from 'vitest';
import { classicNames } from './classic-names.js';

const count = 64;

/** Observations of random states, and actions, some of them beyond the bounds. */
function batch(environment: ClassicEnvironment): { observation: Float32Array; action: Float32Array } {
  const rng = createRng(11);
  const size = environment.observationSpace.size;
  const width = environment.actionSpace.size;
  const observation = new Float32Array(count * size);
  const action = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const state = environment.stateLabels.map(() => 3 * (2 * rng.uniform() - 1));
    observation.set(environment.reset({ state }).observation, row * size);
    for (let i = 0; i < width; i++)
      action[row * width + i] = environment.actionSpace.kind === 'discrete' ? rng.integer(2) : 4 * (2 * rng.uniform() - 1);
  }
  return { observation, action };
}

const stops = createCartPoleSwingUp({ railLimit: 1, angle: 'raw' });
const environments = [
  ...classicNames.map((name) => [name, createEnvironment(name)] as const),
  ['swing-up with stops, raw angle', stops] as const,
];

describe.each(environments)('inside a compiled program: %s', (_, environment) => {
  const size = environment.observationSpace.size;
  const { observation, action } = batch(environment);
  const { reward, terminated, dynamics } = environment.batched;

  const play = (o: tf.Tensor, a: tf.Tensor): { next: tf.Tensor; reward: tf.Tensor; ended: tf.Tensor } => {
    const next = dynamics!(o, a) as tf.Tensor;
    const paid = reward!(o, a, next) as tf.Tensor;
    return { next, reward: paid, ended: (terminated?.(o, a, next) as tf.Tensor | undefined) ?? tf.zeros([count], 'bool') };
  };

  it('gives what it gives eagerly', async () => {
    const compiled = jit(play);
    const result = await compiled(float32([count, size], observation), float32([count, environment.actionSpace.size], action));
    const eager = play(tf.tensor2d(observation, [count, size]), tf.tensor2d(action, [count, environment.actionSpace.size]));
    for (const key of ['next', 'reward', 'ended'] as const) {
      const wanted = eager[key].dataSync();
      expect(result[key].shape).toEqual(eager[key].shape);
      result[key].data.forEach((v, i) => expect(Math.abs(v - wanted[i]!)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted[i]!))));
    }
    compiled.dispose();
  });

  it('has gradients of the reward after a step that agree with differences', () => {
    // Rows do not touch each other, so all of them are shifted at once. In float32 a difference is good to a per cent or two.
    const total = (o: tf.Tensor, a: tf.Tensor): tf.Tensor => {
      const next = dynamics!(o, a) as tf.Tensor;
      return tf.add(tf.sum(reward!(o, a, next) as tf.Tensor), tf.sum(tf.mul(next, 0.1)));
    };
    const a = tf.tensor2d(action, [count, environment.actionSpace.size]);
    const slope = grad((o: tf.Tensor) => total(o, a))(tf.tensor2d(observation, [count, size])).dataSync();
    expect(slope.every(Number.isFinite)).toBe(true);
    const width = 1e-2;
    const rowTotal = (o: tf.Tensor): Float32Array => {
      const next = dynamics!(o, a) as tf.Tensor;
      return tf.add(reward!(o, a, next) as tf.Tensor, tf.sum(tf.mul(next, 0.1), 1)).dataSync() as Float32Array;
    };
    // Along the first velocity: few kinks lie there, the pendulum's greatest speed and the stops' touch.
    const velocity = environment.stateLabels.findIndex((label) => label.includes('velocity')) + size - environment.stateLabels.length;
    const shifted = (by: number): tf.Tensor =>
      tf.tensor2d(
        observation.map((v, i) => (i % size === velocity ? v + by : v)),
        [count, size],
      );
    const up = rowTotal(shifted(width));
    const down = rowTotal(shifted(-width));
    let agreeing = 0;
    up.forEach((v, row) => {
      const difference = (v - down[row]!) / (2 * width);
      if (Math.abs(difference - slope[row * size + velocity]!) <= 0.02 * (1 + Math.abs(difference))) agreeing++;
    });
    expect(agreeing).toBeGreaterThanOrEqual(count - 3);
  });
});
