import { type ClassicEnvironment, createReacher7 } from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { describe, expect, it } from 'vitest';
import { physicsOf, stateAfter } from './classic-state.js';

type Matrix = number[][];

const still = [0, 0, 0, 0, 0, 0, 0];
const target = [0.5, 0.2, 0.9];
const bent = [0.4, -0.3, 0.7, 1.1, -0.5, 0.6, 0.2];
const lengths = [0.1, 0.4, 0.32, 0.17] as const;
const masses = [1.5, 1, 0.5] as const;
const inertia = [2, 2, 1, 1, 0.3, 0.3, 0.1];

const multiply = (a: Matrix, b: Matrix): Matrix => a.map((row) => b[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
const about: { readonly [axis: string]: (angle: number) => Matrix } = {
  x: (a) => [
    [1, 0, 0],
    [0, Math.cos(a), -Math.sin(a)],
    [0, Math.sin(a), Math.cos(a)],
  ],
  y: (a) => [
    [Math.cos(a), 0, Math.sin(a)],
    [0, 1, 0],
    [-Math.sin(a), 0, Math.cos(a)],
  ],
  z: (a) => [
    [Math.cos(a), -Math.sin(a), 0],
    [Math.sin(a), Math.cos(a), 0],
    [0, 0, 1],
  ],
};

/** The end and the height of the masses by products of rotation matrices, link by link. */
function pose(angles: readonly number[]): { readonly end: number[]; readonly potential: number } {
  let frame: Matrix = about['z']!(angles[0]!);
  let at = [0, 0, 1];
  const along = (part: number): number[] => at.map((v, i) => v + part * frame[i]![0]!);
  at = along(lengths[0]);
  let potential = 0;
  [
    ['y', 'x'],
    ['y', 'x'],
    ['y', 'x'],
  ].forEach((axes, link) => {
    axes.forEach((axis, j) => (frame = multiply(frame, about[axis]!(angles[1 + 2 * link + j]!))));
    potential += 9.81 * masses[link]! * along(lengths[link + 1]! / 2)[2]!;
    at = along(lengths[link + 1]!);
  });
  return { end: at, potential };
}

/** The reward of standing still at an angle tells the distance of the end from the target. */
function distanceAt(environment: ClassicEnvironment, angles: readonly number[], goal: readonly number[]): number {
  environment.reset({ state: [...angles, ...still, ...goal] });
  return -environment.step(still).reward;
}

describe('the 7-joint reacher', () => {
  const frozen = (): ClassicEnvironment => createReacher7({ drive: 'velocity', actionCost: 0 });

  it('reaches where products of rotations say', () => {
    for (const angles of [still, bent, [1, 2, -3, 0.5, 2, -1, 3]]) {
      const { end } = pose(angles);
      expect(distanceAt(frozen(), angles, end)).toBeCloseTo(0, 12);
      expect(distanceAt(frozen(), angles, [end[0]! + 0.3, end[1]!, end[2]! - 0.4])).toBeCloseTo(0.5, 12);
    }
    expect(distanceAt(frozen(), still, [0.99, 0, 1])).toBeCloseTo(0, 12);
    // A quarter turn of the pan points along y, of the lift straight down.
    expect(distanceAt(frozen(), [Math.PI / 2, 0, 0, 0, 0, 0, 0], [0, 0.99, 1])).toBeCloseTo(0, 12);
    expect(distanceAt(frozen(), [0, Math.PI / 2, 0, 0, 0, 0, 0], [0.1, 0, 0.11])).toBeCloseTo(0, 12);
  });

  it('is pulled by the slope of its potential energy, joint by joint', () => {
    const h = 1e-5;
    const after = stateAfter(createReacher7({ timeStep: h, friction: still }), [...bent, ...still, ...target], still);
    bent.forEach((_, j) => {
      const [up, down] = [1e-5, -1e-5].map((by) => pose(bent.map((v, i) => v + (i === j ? by : 0))).potential) as [number, number];
      expect(after[7 + j]! / h).toBeCloseTo(-(up - down) / 2e-5 / inertia[j]!, 3);
    });
  });

  it('keeps its energy without friction and torque, better by 2⁴ with half the step', () => {
    const energy = (state: readonly number[]): number =>
      pose(state).potential + 0.5 * inertia.reduce((sum, part, j) => sum + part * state[7 + j]! ** 2, 0);
    const start = [...bent, 0.5, -1, 1, 0.3, -2, 1, 0.5, ...target];
    const drift = (integrationSteps: number): number => {
      const environment = createReacher7({ friction: still, integrationSteps });
      environment.reset({ state: start });
      for (let t = 0; t < 40; t++) environment.step(still);
      return Math.abs(energy(physicsOf(environment)) - energy(start));
    };
    expect(drift(1)).toBeLessThan(0.02);
    expect(drift(4) / drift(8)).toBeGreaterThan(10);
  });

  it('hangs at rest straight down, and turns a weightless joint by its torque and friction alone', () => {
    const down = [0, Math.PI / 2, 0, 0, 0, 0, 0, ...still, ...target];
    stateAfter(createReacher7(), down, still).forEach((v, i) => expect(v).toBeCloseTo(down[i]!, 12));
    // v̇ = (τ − b v) / J from rest: v = τ / b (1 − e^(−b t / J)).
    const environment = createReacher7({ gravity: 0, integrationSteps: 4 });
    environment.reset({ state: [...bent, ...still, ...target] });
    for (let t = 0; t < 20; t++) environment.step([0, 0, 0, 0.5, 0, 0, 0]);
    expect(physicsOf(environment)[10]).toBeCloseTo(5 * (1 - Math.exp(-1)), 6);
    expect(physicsOf(environment)[7]).toBe(0);
  });

  it('follows commanded velocities at once when it is driven by them', () => {
    const after = stateAfter(createReacher7({ drive: 'velocity' }), [...bent, ...still, ...target], [1, -1, 0.5, 0, 0, 0, 9]);
    const velocities = [1.5, -1.5, 0.75, 0, 0, 0, 1.5];
    bent.forEach((v, j) => {
      expect(after[7 + j]).toBe(velocities[j]);
      expect(after[j]).toBeCloseTo(v + 0.05 * velocities[j]!, 12);
    });
  });

  it('has a finite gradient at the target itself', async () => {
    await tf.setBackend('cpu');
    const { batched } = createReacher7();
    const { end } = pose(still);
    const state = tf.tensor2d([[...still, ...still, ...end]]);
    const action = tf.zeros([1, 7]);
    const slope = tf.grad((next: tf.Tensor) => tf.sum(batched.reward!(state, action, next) as tf.Tensor))(state);
    expect(Array.from(slope.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it('draws targets that it can reach, above the floor', () => {
    const environment = createReacher7();
    for (let i = 0; i < 300; i++) {
      environment.reset();
      const [x, y, z] = physicsOf(environment).slice(14) as [number, number, number];
      expect(Math.hypot(x, y, z - 1)).toBeLessThanOrEqual(0.9 * 0.99 + 1e-9);
      expect(Math.hypot(x, y, z - 1)).toBeGreaterThanOrEqual(0.4 * 0.99 - 1e-9);
      expect(z).toBeGreaterThan(0.05);
    }
  });
});
