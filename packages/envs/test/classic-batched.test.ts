import { createRng, type Rng } from '@mbrl/core';
import {
  type ClassicEnvironment,
  createAcrobot,
  createAcrobotSwingUp,
  createCliffHill,
  createDoublePendulum,
  createKinematicBicycle,
  createLander,
  createMountainCar,
  createMountainCarContinuous,
  createPlanarQuadrotor,
  createQuadrotor,
  createReacher2,
  createReacher7,
  createWindyQuadrotor,
} from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly label: string;
  readonly environment: ClassicEnvironment;
  /** Draws a physical state that covers more than an episode visits. */
  readonly drawState: (rng: Rng) => number[];
  /** Allowed error of the next observation relative to 1 + its magnitude, by float32 rounding. */
  readonly tolerance: number;
}

const spread = (rng: Rng, ...scales: number[]): number[] => scales.map((scale) => scale * (2 * rng.uniform() - 1));
const flying = (rng: Rng): number[] => {
  const [x, y, z, ...rest] = spread(rng, 3.2, 3.2, 1.7, 1, 1, 1, 1, 3, 3, 3, 6, 6, 6);
  return [x!, y!, 1.6 + z!, ...rest];
};
const low = (rng: Rng): number[] => {
  const state = flying(rng);
  return [0.2 * state[0]!, 0.2 * state[1]!, 0.1 + 0.5 * rng.uniform(), ...state.slice(3)];
};
const chain = (rng: Rng): number[] => spread(rng, 7, 7, 6, 8);
const arm = (rng: Rng): number[] => spread(rng, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1);

const cases: Case[] = [
  {
    label: 'MountainCar-v0',
    environment: createMountainCar(),
    drawState: (rng) => [-0.3 + spread(rng, 0.9)[0]!, ...spread(rng, 0.07)],
    tolerance: 1e-6,
  },
  {
    label: 'MountainCarContinuous-v0',
    environment: createMountainCarContinuous(),
    drawState: (rng) => [-0.3 + spread(rng, 0.9)[0]!, ...spread(rng, 0.07)],
    tolerance: 1e-6,
  },
  { label: 'Acrobot-v1', environment: createAcrobot(), drawState: (rng) => spread(rng, 3.1, 3.1, 9, 20), tolerance: 1e-4 },
  {
    label: 'Acrobot-v1, nips',
    environment: createAcrobot({ dynamics: 'nips' }),
    drawState: (rng) => spread(rng, 3.1, 3.1, 9, 20),
    tolerance: 1e-4,
  },
  { label: 'AcrobotSwingUp-v0', environment: createAcrobotSwingUp({ friction: 0.1, actionCost: 0.2 }), drawState: chain, tolerance: 1e-5 },
  {
    label: 'DoublePendulum-v0',
    environment: createDoublePendulum({ links: 'point', secondLength: 0.7 }),
    drawState: chain,
    tolerance: 3e-5,
  },
  { label: 'Reacher2-v0', environment: createReacher2(), drawState: (rng) => [...chain(rng), ...spread(rng, 0.8, 0.8)], tolerance: 2e-5 },
  { label: 'Reacher7-v0', environment: createReacher7(), drawState: arm, tolerance: 1e-5 },
  { label: 'Reacher7-v0, velocities', environment: createReacher7({ drive: 'velocity' }), drawState: arm, tolerance: 1e-6 },
  { label: 'Reacher7-v0, no weight', environment: createReacher7({ gravity: 0, integrationSteps: 2 }), drawState: arm, tolerance: 1e-5 },
  {
    label: 'PlanarQuadrotor-v0',
    environment: createPlanarQuadrotor({ integrationSteps: 2 }),
    drawState: (rng) => [spread(rng, 3.2)[0]!, 1.5 + spread(rng, 1.7)[0]!, ...spread(rng, 4, 3, 3, 8)],
    tolerance: 3e-6,
  },
  { label: 'Quadrotor-v0', environment: createQuadrotor({ actionCost: 0.2 }), drawState: flying, tolerance: 1e-5 },
  { label: 'Lander-v0', environment: createLander(), drawState: flying, tolerance: 1e-5 },
  { label: 'Lander-v0 near the ground', environment: createLander({ softSpeed: 3, padRadius: 1 }), drawState: low, tolerance: 1e-5 },
  { label: 'Lander-v0, nominal', environment: createLander({ residualScale: 0 }), drawState: low, tolerance: 1e-5 },
  {
    label: 'WindyQuadrotor-v0',
    environment: createWindyQuadrotor(),
    drawState: (rng) => [...flying(rng), ...spread(rng, 8, 8, 3)],
    tolerance: 1e-5,
  },
  {
    label: 'WindyQuadrotor-v0, hidden wind',
    environment: createWindyQuadrotor({ observeWind: false }),
    drawState: (rng) => [...flying(rng), ...spread(rng, 8, 8, 3)],
    tolerance: 0,
  },
  {
    label: 'KinematicBicycle-v0',
    environment: createKinematicBicycle({ rearLength: 0.8 }),
    drawState: (rng) => [5 + spread(rng, 7.2)[0]!, ...spread(rng, 5, 6, 3)],
    tolerance: 3e-6,
  },
  {
    label: 'CliffHill-v0',
    environment: createCliffHill(),
    drawState: (rng) => [6 + spread(rng, 8)[0]!, ...spread(rng, 4)],
    tolerance: 2e-6,
  },
];

describe.each(cases)('batched functions of $label', ({ environment, drawState, tolerance }) => {
  const count = 300;
  const size = environment.observationSpace.size;
  const width = environment.actionSpace.size;
  const observations = new Float32Array(count * size);
  const actions = new Float32Array(count * width);
  const nexts = new Float32Array(count * size);
  const rewards: number[] = [];
  const ends: boolean[] = [];
  const states: number[][] = [];
  const rng = createRng(7);
  for (let i = 0; i < count; i++) {
    const state = drawState(rng);
    // One and a half times the bounds: clipping must agree too.
    const space = environment.actionSpace;
    const action = Float32Array.from({ length: width }, () =>
      space.kind === 'discrete' ? rng.integer(space.count) : 1.5 * (2 * rng.uniform() - 1),
    );
    observations.set(environment.reset({ state }).observation, i * size);
    const result = environment.step(action);
    actions.set(action, i * width);
    nexts.set(result.observation, i * size);
    rewards.push(result.reward);
    ends.push(result.terminated);
    states.push(state);
  }
  const { reward, terminated, dynamics } = environment.batched;

  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const tensors = (): [observation: tf.Tensor2D, action: tf.Tensor2D, next: tf.Tensor2D] => [
    tf.tensor2d(observations, [count, size]),
    tf.tensor2d(actions, [count, width]),
    tf.tensor2d(nexts, [count, size]),
  ];

  it('reward and ending equal those of step', () => {
    const result = reward!(...tensors()) as tf.Tensor;
    expect(result.shape).toEqual([count]);
    expect(result.dtype).toBe('float32');
    const values = result.dataSync();
    rewards.forEach((wanted, i) => expect(Math.abs(values[i]! - wanted)).toBeLessThanOrEqual(5e-6 * (1 + Math.abs(wanted))));
    if (terminated === undefined) return expect(ends).not.toContain(true);
    expect(ends).toContain(true);
    expect(ends).toContain(false);
    const ended = terminated(...tensors()) as tf.Tensor;
    expect(ended.shape).toEqual([count]);
    expect(ended.dtype).toBe('bool');
    expect(Array.from(ended.dataSync(), Boolean)).toEqual(ends);
  });

  it('dynamics equal those of step, row by row', () => {
    if (tolerance === 0) return expect(dynamics).toBeUndefined();
    const [observation, action] = tensors();
    const result = dynamics!(observation, action) as tf.Tensor2D;
    expect(result.shape).toEqual([count, size]);
    const values = result.dataSync();
    let worst = 0;
    nexts.forEach((v, i) => (worst = Math.max(worst, Math.abs(values[i]! - v) / (1 + Math.abs(v)))));
    expect(worst).toBeLessThanOrEqual(tolerance);
    const single = dynamics!(observation.slice([17, 0], [1, -1]), action.slice([17, 0], [1, -1])) as tf.Tensor2D;
    expect(Array.from(single.dataSync())).toEqual(Array.from(values.subarray(17 * size, 18 * size)));
  });

  it('leave no tensor behind but their result', () => {
    const [observation, action, next] = tensors();
    for (const call of [
      () => reward!(observation, action, next),
      () => terminated?.(observation, action, next),
      () => dynamics?.(observation, action),
    ]) {
      const before = tf.memory().numTensors;
      (call() as tf.Tensor | undefined)?.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it('gradients by the action are the slopes of step', () => {
    if (tolerance === 0 || environment.actionSpace.kind === 'discrete') return;
    const rows = 12;
    const weights = Float32Array.from({ length: size }, (_, i) => Math.cos(1 + i));
    // Within the bounds, where clipping does not bend the slope.
    const inner = actions.subarray(0, rows * width).map((v) => 0.5 * v);
    const observation = tf.tensor2d(observations.subarray(0, rows * size), [rows, size]);
    const along = (action: tf.Tensor): tf.Tensor => tf.sum(tf.mul(dynamics!(observation, action) as tf.Tensor, tf.tensor1d(weights)));
    const slope = tf
      .grad(along)(tf.tensor2d(inner, [rows, width]))
      .dataSync();
    const push = 0.02;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) {
        const [up, down] = [push, -push].map((by) => {
          environment.reset({ state: states[row]! });
          const action = inner.slice(row * width, (row + 1) * width);
          action[i] = action[i]! + by;
          return environment.step(action).observation.reduce((sum, v, j) => sum + v * weights[j]!, 0);
        }) as [number, number];
        const difference = (up - down) / (2 * push);
        expect(Math.abs(slope[row * width + i]! - difference)).toBeLessThanOrEqual(0.003 * (1 + Math.abs(difference)));
      }
    }
  });
});
