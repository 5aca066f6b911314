import { type Environment, LifecycleError } from '@mbrl/core';
import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import { createHopper, loadMujoco, withActionRepeat, withActionRescale, withDelay, withNoise, withTimeLimit } from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { beforeAll, describe, expect, it } from 'vitest';

/** Ways to wrap a task, and whether what follows then draws. */
const wrappers: { readonly [name: string]: { readonly wrap: (environment: Environment) => Environment; readonly isNoisy?: boolean } } = {
  withTimeLimit: { wrap: (environment) => withTimeLimit(environment, 12) },
  withActionRepeat: { wrap: (environment) => withActionRepeat(environment, { repeatCount: 2 }) },
  withActionRescale: { wrap: (environment) => withActionRescale(environment, { low: -2, high: 2 }) },
  withNoise: { wrap: (environment) => withNoise(environment, { observationNoise: 0.1, actionNoise: 0.1 }), isNoisy: true },
  withDelay: { wrap: (environment) => withDelay(environment, { actionDelay: 2, observationDelay: 1 }) },
  'two of them': { wrap: (environment) => withTimeLimit(withNoise(environment, { actionNoise: 0.1 }), 12), isNoisy: true },
};

describe.each(Object.entries(wrappers))('%s over a MuJoCo task', (_, { wrap, isNoisy = false }) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    await loadMujoco();
  });

  const walk = (environment: Environment, steps: number): number[] =>
    Array.from({ length: steps }, (_step, t) => {
      const { observation, reward } = environment.step([Math.sin(t), 0.5, -Math.cos(t)]);
      return [...observation, reward];
    }).flat();

  it('keeps the contract', () => {
    const tensors: EnvironmentCheckOptions['tensors'] = {
      toTensor: (values, shape) => tf.tensor(values, shape),
      toArray: (tensor) => (tensor as tf.Tensor).dataSync(),
    };
    const check = { tensors, mustEnd: true, stepLimit: 25 };
    expect(() => tf.tidy(() => checkEnvironment(() => wrap(createHopper({ maxSteps: 20 })), check))).not.toThrow();
  });

  it('goes on from a snapshot bit for bit, and takes a new seed where it draws', () => {
    const environment = wrap(createHopper());
    environment.reset({ seed: 3 });
    walk(environment, 4);
    const snapshot = environment.snapshot!();
    const first = walk(environment, 4);
    environment.restoreSnapshot!(snapshot);
    expect(walk(environment, 4)).toEqual(first);
    expect(environment.reseed !== undefined).toBe(isNoisy);
    if (isNoisy) {
      environment.restoreSnapshot!(snapshot);
      environment.reseed!(77);
      expect(walk(environment, 4)).not.toEqual(first);
    }
    environment.dispose!();
  });

  it('shows the task in space, and frees it', () => {
    const inner = createHopper();
    const environment = wrap(inner);
    environment.reset({ seed: 3 });
    walk(environment, 3);
    expect(environment.solidScene!()).toEqual(inner.solidScene());
    expect(environment.solidScene!().shapes.length).toBeGreaterThan(4);
    environment.dispose!();
    expect(() => inner.solidScene()).toThrow(LifecycleError);
    expect(() => environment.step([0, 0, 0])).toThrow(LifecycleError);
  });
});
