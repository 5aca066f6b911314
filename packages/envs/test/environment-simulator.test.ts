import { createRng, UnsupportedError } from '@mbrl/core';
import { createCartPole, createEnvironment, createPendulum, environmentSimulator } from '@mbrl/envs';
import { describe, expect, it } from 'vitest';

describe('environmentSimulator', () => {
  it('steps from any state as the environment itself does', () => {
    const acting = createPendulum();
    acting.reset({ seed: 3 });
    const model = environmentSimulator(createPendulum());
    const [states, rewards] = [[acting.snapshot!()], [] as number[]];
    for (let t = 0; t < 5; t++) {
      rewards.push(acting.step([0.3 * t - 0.5]).reward);
      states.push(acting.snapshot!());
    }
    // In another order than they came.
    for (const t of [3, 0, 4, 1, 2]) {
      const next = new Float64Array(model.stateSize);
      expect(model.step(states[t]!, Float32Array.of(0.3 * t - 0.5), next, createRng(0))).toEqual({
        reward: expect.closeTo(rewards[t]!, 6),
        terminated: false,
      });
      next.forEach((value, i) => expect(value).toBeCloseTo(states[t + 1]![i]!, 6));
    }
  });

  it('ends where the environment terminates, and where its time is up', () => {
    const model = environmentSimulator(createCartPole({ maxSteps: 2 }));
    const acting = createCartPole({ maxSteps: 2 });
    const next = new Float64Array(model.stateSize);
    acting.reset({ state: [0, 0, 0, 0] });
    expect(model.step(acting.snapshot!(), Float32Array.of(1), next, createRng(0))).toEqual({ reward: 1, terminated: false });
    const last = new Float64Array(model.stateSize);
    expect(model.step(next, Float32Array.of(1), last, createRng(0))).toEqual({ reward: 1, terminated: true });
    acting.reset({ state: [0, 0, 0.2, 3] });
    expect(model.step(acting.snapshot!(), Float32Array.of(1), next, createRng(0))).toEqual({ reward: 1, terminated: true });
  });

  it('draws the noise of a step from the generator that it is given', () => {
    const make = () => createEnvironment('FrozenLake-v1');
    const acting = make();
    acting.reset({ seed: 1 });
    const model = environmentSimulator(make());
    const seen = (seed: number): string => {
      const rng = createRng(seed);
      const next = new Float64Array(model.stateSize);
      return Array.from({ length: 30 }, () => {
        void model.step(acting.snapshot!(), Float32Array.of(2), next, rng);
        // After the phase comes the cell.
        return next[1];
      }).join();
    };
    expect(seen(1)).toBe(seen(1));
    expect(seen(1)).not.toBe(seen(2));
  });

  it('gives equal states for equal outcomes, whatever was drawn', () => {
    const acting = createEnvironment('FrozenLake-v1');
    acting.reset({ seed: 1 });
    const model = environmentSimulator(createEnvironment('FrozenLake-v1'));
    const rng = createRng(4);
    const states = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const next = new Float64Array(model.stateSize);
      void model.step(acting.snapshot!(), Float32Array.of(2), next, rng);
      states.add(next.join());
    }
    expect(states.size).toBe(3);
  });

  it('refuses an environment that cannot go back', () => {
    const { snapshot: _, ...rest } = createPendulum();
    expect(() => environmentSimulator({ ...rest, name: 'Blind', snapshot: undefined } as never)).toThrow(UnsupportedError);
  });
});
