import { type Environment, createRng, type Rng } from '@mbrl/core';
import {
  createCartPole,
  createCartPoleSwingUp,
  createContinuousCartPole,
  createPendulum,
  createPetsCartPole,
  type ClassicEnvironment,
} from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly label: string;
  readonly environment: ClassicEnvironment;
  /** Draws a physical state that covers more than an episode visits. */
  readonly drawState: (rng: Rng) => number[];
  /** Allowed error of the next observation, by float32 rounding times the state's size. */
  readonly tolerance: number;
}

const spread = (rng: Rng, ...scales: number[]): number[] => scales.map((scale) => scale * (2 * rng.uniform() - 1));
const swingUpState = (rng: Rng): number[] => spread(rng, 2.8, 7, 4, 12);

const cases: Case[] = [
  {
    label: 'CartPole-v1, Sutton and Barto',
    environment: createCartPole({ suttonBartoReward: true }),
    drawState: (rng) => spread(rng, 2.6, 3, 0.25, 3),
    tolerance: 2e-6,
  },
  { label: 'CartPole-v1', environment: createCartPole(), drawState: (rng) => spread(rng, 2.6, 3, 0.25, 3), tolerance: 2e-6 },
  {
    label: 'ContinuousCartPole-v0',
    environment: createContinuousCartPole(),
    drawState: (rng) => spread(rng, 2.6, 3, 0.25, 3),
    tolerance: 2e-6,
  },
  {
    label: 'continuous, forceGain 4',
    environment: createContinuousCartPole({ forceGain: 4 }),
    drawState: (rng) => spread(rng, 2.6, 3, 0.25, 3),
    tolerance: 2e-6,
  },
  { label: 'CartPoleSwingUp-v0', environment: createCartPoleSwingUp(), drawState: swingUpState, tolerance: 1e-5 },
  {
    label: 'swing-up, raw angle, rod, friction',
    environment: createCartPoleSwingUp({ angle: 'raw', pole: 'rod', cartFriction: 0.5, poleFriction: 0.02 }),
    drawState: swingUpState,
    tolerance: 1e-5,
  },
  {
    label: 'swing-up, stops, two integration steps',
    environment: createCartPoleSwingUp({ railLimit: 2, integrationSteps: 2, actionCost: 0.3 }),
    drawState: swingUpState,
    tolerance: 1e-4,
  },
  { label: 'PetsCartPole-v0', environment: createPetsCartPole(), drawState: swingUpState, tolerance: 1e-4 },
  { label: 'Pendulum-v1', environment: createPendulum(), drawState: (rng) => spread(rng, 10, 8), tolerance: 2e-6 },
];

const drawAction = (rng: Rng, environment: Environment): number => {
  const space = environment.actionSpace;
  // One and a half times the bounds: clipping must agree too.
  return space.kind === 'discrete' ? rng.integer(space.count) : 1.5 * space.high[0]! * (2 * rng.uniform() - 1);
};

describe.each(cases)('batched functions of $label', ({ environment, drawState, tolerance }) => {
  const count = 400;
  const observations: Float32Array[] = [];
  const actions: number[] = [];
  const nexts: Float32Array[] = [];
  const rewards: number[] = [];
  const ends: boolean[] = [];
  const rng = createRng(7);
  for (let i = 0; i < count; i++) {
    const action = Math.fround(drawAction(rng, environment));
    const { observation } = environment.reset({ state: drawState(rng) });
    const result = environment.step(action);
    observations.push(observation);
    actions.push(action);
    nexts.push(result.observation);
    rewards.push(result.reward);
    ends.push(result.terminated);
  }

  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const tensors = (): { observation: tf.Tensor2D; action: tf.Tensor2D; next: tf.Tensor2D } => ({
    observation: tf.tensor2d(observations.map((o) => Array.from(o))),
    action: tf.tensor2d(actions.map((a) => [a])),
    next: tf.tensor2d(nexts.map((o) => Array.from(o))),
  });

  afterEach(() => {
    tf.disposeVariables();
  });

  it('reward equals that of step', () => {
    const { observation, action, next } = tensors();
    const result = environment.batched.reward!(observation, action, next) as tf.Tensor;
    expect(result.shape).toEqual([count]);
    expect(result.dtype).toBe('float32');
    const values = result.dataSync();
    rewards.forEach((reward, i) => expect(Math.abs(values[i]! - reward)).toBeLessThanOrEqual(4e-7 * Math.max(1, Math.abs(reward)) + 2e-6));
  });

  it('ending equals that of step', () => {
    if (environment.batched.terminated === undefined) {
      expect(ends).not.toContain(true);
      return;
    }
    expect(ends).toContain(true);
    expect(ends).toContain(false);
    const { observation, action, next } = tensors();
    const result = environment.batched.terminated(observation, action, next) as tf.Tensor;
    expect(result.shape).toEqual([count]);
    expect(result.dtype).toBe('bool');
    expect(Array.from(result.dataSync(), Boolean)).toEqual(ends);
  });

  it('dynamics equal those of step', () => {
    const { observation, action } = tensors();
    const result = environment.batched.dynamics!(observation, action) as tf.Tensor;
    expect(result.shape).toEqual([count, environment.observationSpace.size]);
    const values = result.dataSync();
    const size = environment.observationSpace.size;
    let worst = 0;
    nexts.forEach((next, i) =>
      next.forEach((v, j) => (worst = Math.max(worst, Math.abs(values[i * size + j]! - v) / Math.max(1, Math.abs(v))))),
    );
    expect(worst).toBeLessThanOrEqual(tolerance);
  });

  it('leave no tensor behind but their result', () => {
    const { observation, action, next } = tensors();
    const { reward, terminated, dynamics } = environment.batched;
    for (const call of [
      () => reward!(observation, action, next),
      () => terminated?.(observation, action, next),
      () => dynamics!(observation, action),
    ]) {
      const before = tf.memory().numTensors;
      (call() as tf.Tensor | undefined)?.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('row by row: a row does not depend on its neighbours', () => {
    const { observation, action } = tensors();
    const whole = (environment.batched.dynamics!(observation, action) as tf.Tensor2D).arraySync();
    const single = environment.batched.dynamics!(observation.slice([17, 0], [1, -1]), action.slice([17, 0], [1, -1])) as tf.Tensor2D;
    expect(single.arraySync()[0]).toEqual(whole[17]);
  });
});

describe('gradients', () => {
  it('of the swing-up reward lead towards the goal', () => {
    const environment = createCartPoleSwingUp();
    const action = tf.tensor2d([[0]]);
    const reward = (next: tf.Tensor2D): tf.Scalar => (environment.batched.reward!(next, action, next) as tf.Tensor1D).sum();
    // Upright, but 0.3 m to the right: moving left pays.
    const slope = tf
      .grad(reward as (x: tf.Tensor) => tf.Tensor)(tf.tensor2d([[0.3, 0, -1, 0, 0]]))
      .dataSync();
    expect(slope[0]!).toBeCloseTo(((-2 * 0.3) / 0.36) * Math.exp(-0.09 / 0.36), 5);
  });

  it('of the pendulum reward are finite at the top, the bottom and the sides', () => {
    const environment = createPendulum();
    const action = tf.tensor2d([[0], [0], [0], [0]]);
    const reward = (o: tf.Tensor2D): tf.Scalar => (environment.batched.reward!(o, action, o) as tf.Tensor1D).sum();
    const slope = tf
      .grad(reward as (x: tf.Tensor) => tf.Tensor)(
        tf.tensor2d([
          [1, 0, 0],
          [-1, 0, 0],
          [0, 1, 0],
          [0, -1, 0],
        ]),
      )
      .dataSync();
    expect(Array.from(slope).every(Number.isFinite)).toBe(true);
  });
});
