import { createRng, type Environment } from '@mbrl/core';
import { createCliffHill, createKinematicBicycle, type KinematicBicycleOptions } from '@mbrl/envs';
import { describe, expect, it } from 'vitest';
import { physicsOf, stateAfter } from './classic-state.js';

describe('the kinematic bicycle', () => {
  const open: KinematicBicycleOptions = { obstacles: [], fieldRadius: 1000, maxSpeed: 100, maxSteps: 10_000 };

  it('runs straight when it is not steered, and speeds up by its acceleration', () => {
    const after = stateAfter(createKinematicBicycle({ ...open, timeStep: 0.5 }), [1, 2, 0.6, 3], [0.5, 0]);
    const way = 3 * 0.5 + 0.5 * 1 * 0.25;
    [1 + way * Math.cos(0.6), 2 + way * Math.sin(0.6), 0.6, 3.5].forEach((v, i) => expect(after[i]).toBeCloseTo(v, 12));
  });

  it.each([0.6, -0.3])('runs on a circle of radius l_r / sin β when steered by %d, and comes back', (steering) => {
    const [front, rear] = [0.4, 0.7];
    const slip = Math.atan((rear / (front + rear)) * Math.tan(steering));
    const radius = rear / Math.sin(Math.abs(slip));
    const steps = 200;
    const timeStep = (2 * Math.PI * radius) / 2 / steps;
    const environment = createKinematicBicycle({ ...open, frontLength: front, rearLength: rear, timeStep, goal: [500, 0] });
    environment.reset({ state: [0, 0, 0, 2] });
    let widest = 0;
    for (let t = 0; t < steps; t++) {
      environment.step([0, steering / 0.6]);
      const [x, y] = physicsOf(environment) as [number, number];
      widest = Math.max(widest, Math.hypot(x, y));
    }
    const [x, y, heading, speed] = physicsOf(environment) as [number, number, number, number];
    expect(Math.hypot(x, y)).toBeLessThan(1e-5);
    expect(heading).toBeCloseTo(Math.sign(steering) * 2 * Math.PI, 8);
    expect(speed).toBe(2);
    expect(widest).toBeCloseTo(2 * radius, 3);
  });

  it('mirrors, and backs up along the way that it came', () => {
    const environment = createKinematicBicycle(open);
    const left = stateAfter(environment, [0, 1, 0.3, 2], [0.4, 0.8]);
    const right = stateAfter(environment, [0, -1, -0.3, 2], [0.4, -0.8]);
    [1, -1, -1, 1].forEach((sign, i) => expect(right[i]).toBeCloseTo(sign * left[i]!, 12));
    const there = stateAfter(environment, [0, 0, 0.3, 2], [0, 0.8]);
    const back = stateAfter(environment, [...there.slice(0, 3), -2], [0, 0.8]);
    [0, 0, 0.3].forEach((v, i) => expect(back[i]).toBeCloseTo(v, 5));
  });

  it('pays for coming nearer, for the goal and against a crash', () => {
    const step = (state: number[]): { reward: number; terminated: boolean } => {
      const environment = createKinematicBicycle({ actionCost: 0 });
      environment.reset({ state });
      return environment.step([0, 0]);
    };
    expect(step([0, 0, 0, 2])).toMatchObject({ reward: expect.closeTo(0.2, 10), terminated: false });
    expect(step([0, 0, Math.PI, 2])).toMatchObject({ reward: expect.closeTo(-0.2, 10), terminated: false });
    expect(step([9.4, 0, 0, 2])).toMatchObject({ reward: expect.closeTo(10.2, 10), terminated: true });
    expect(step([9.2, 0, 0, 2])).toMatchObject({ terminated: false });
    expect(step([2.1, 0.5, 0, 2]).reward).toBeCloseTo(-10 + (Math.hypot(7.9, 0.5) - Math.hypot(7.7, 0.5)), 10);
    expect(step([1.9, 0.5, 0, 2]).terminated).toBe(false);
    expect(step([5, 6.9, Math.PI / 2, 2])).toMatchObject({ terminated: true });
    expect(step([5, 6.7, Math.PI / 2, 2])).toMatchObject({ terminated: false });
  });
});

describe('the hill with a cliff', () => {
  it('moves as a pushed mass with friction, and is as high as the hill', () => {
    const after = stateAfter(createCliffHill(), [4, 1], 0.5);
    const velocity = 1 + (2 * 0.5 - 0.5 * 1) * 0.1;
    expect(after).toEqual([4 + velocity * 0.1, velocity]);
    const environment = createCliffHill();
    const heights = [-3, 0, 4, 11.9, 12.1].map((x) => environment.reset({ state: [x, 0] }).observation[2]);
    [0, 0, 1, 2.975, -20].forEach((v, i) => expect(heights[i]).toBeCloseTo(v, 6));
    environment.reset({ state: [11.95, 3] });
    expect(environment.step(1)).toMatchObject({ reward: -20, terminated: true });
    environment.reset({ state: [4, 0] });
    expect(environment.step(0)).toMatchObject({ reward: 1, terminated: false });
  });

  /** Plans by random shooting over constant pushes, on predicted heights. */
  const play = (predict: (state: readonly number[], push: number, steps: number) => number): { fell: boolean; total: number } => {
    const environment = createCliffHill();
    let { observation } = environment.reset({ seed: 3 });
    let total = 0;
    for (;;) {
      const pushes = [-1, -0.5, 0, 0.5, 1];
      const scores = pushes.map((push) => predict(Array.from(observation), push, 20));
      const result = environment.step(pushes[scores.indexOf(Math.max(...scores))]!);
      observation = result.observation;
      total += result.reward;
      if (result.terminated || result.truncated) return { fell: result.terminated, total };
    }
  };

  it('is not fallen off by random pushes; a model fitted to them leads off the cliff, the true dynamics do not', () => {
    const rng = createRng(2);
    const rows: { readonly from: number[]; readonly change: number[] }[] = [];
    const environment = createCliffHill();
    for (let i = 0; i < 20; i++) {
      let { observation } = environment.reset({ seed: i });
      for (;;) {
        const action = 2 * rng.uniform() - 1;
        const result = environment.step(action);
        expect(result.terminated).toBe(false);
        rows.push({
          from: [...observation, action, 1],
          change: Array.from(result.observation, (v, j) => v - observation[j]!),
        });
        observation = result.observation;
        if (result.truncated) break;
      }
    }
    const weights = [0, 1, 2].map((j) =>
      leastSquares(
        rows.map(({ from }) => from),
        rows.map(({ change }) => change[j]!),
      ),
    );
    const learned = (state: readonly number[], push: number, steps: number): number => {
      let now = state;
      let total = 0;
      for (let t = 0; t < steps; t++) {
        const before = [...now, push, 1];
        now = now.map((v, j) => v + weights[j]!.reduce((sum, w, k) => sum + w * before[k]!, 0));
        total += now[2]!;
      }
      return total;
    };
    const simulator = createCliffHill();
    const known = (state: readonly number[], push: number, steps: number): number => {
      simulator.reset({ state: state.slice(0, 2) });
      let total = 0;
      for (let t = 0; t < steps; t++) {
        // A planner that goes on after a fall would count on walking back up.
        const { reward, terminated } = simulator.step(push);
        total += reward;
        if (terminated) return total - 20 * (steps - t);
      }
      return total;
    };
    expect(play(learned).fell).toBe(true);
    const careful = play(known);
    expect(careful.fell).toBe(false);
    expect(careful.total).toBeGreaterThan(150);
    expect(careful.total).toBeGreaterThan(play(learned).total + 50);
  });
});

/** Weights that make the rows fit best, by the normal equations with a trace of ridge. */
function leastSquares(inputs: readonly number[][], outputs: readonly number[]): number[] {
  const n = inputs[0]!.length;
  const system = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_unused, j) => inputs.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 1e-6 : 0)),
    inputs.reduce((sum, row, k) => sum + row[i]! * outputs[k]!, 0),
  ]);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = system[k]![i]! / system[i]![i]!;
      system[k] = system[k]!.map((v, j) => v - factor * system[i]![j]!);
    }
  }
  return system.map((row, i) => row[n]! / row[i]!);
}

describe('errors of vector actions', () => {
  it('name the components', () => {
    const environment: Environment = createKinematicBicycle();
    environment.reset();
    expect(() => environment.step([1])).toThrow('KinematicBicycle-v0.step: action must have 2 components, got 1');
    expect(() => environment.step(1)).toThrow('KinematicBicycle-v0.step: action must have 2 components, got a number');
    expect(() => environment.step([1, NaN])).toThrow('KinematicBicycle-v0.step: action must be finite, got NaN at component 1');
  });
});
