import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import { createEnvironment, describeEnvironment, type EnvironmentName, environmentNames, loadMujoco } from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { beforeAll, describe, expect, it } from 'vitest';

const tensors: EnvironmentCheckOptions['tensors'] = {
  toTensor: (values, shape) => tf.tensor(values, shape),
  toArray: (tensor) => (tensor as tf.Tensor).dataSync(),
};

/** All tasks with their defaults, and those with batched rewards that need an option, in episodes that end. */
const cases: [name: EnvironmentName, options: object][] = [
  ...environmentNames()
    .filter((name) => describeEnvironment(name).needsLoading)
    .map((name): [EnvironmentName, object] => [name, name.includes('Hand') ? { maxSteps: 6, frameSkip: 3 } : { maxSteps: 25 }]),
  ['HalfCheetah-v5', { excludeCurrentPositionsFromObservation: false, maxSteps: 25 }],
  ['Swimmer-v5', { excludeCurrentPositionsFromObservation: false, maxSteps: 25 }],
  ['Hopper-v5', { excludeCurrentPositionsFromObservation: false, maxSteps: 60 }],
  ['Walker2d-v5', { excludeCurrentPositionsFromObservation: false, maxSteps: 60 }],
  ['Hopper-v5', { terminateWhenUnhealthy: false, maxSteps: 40 }],
];

describe('the contract of an environment, MuJoCo', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    await loadMujoco();
  });

  it.each(cases)('%s with %o keeps it', (name, options) => {
    // Differences of float32 positions, divided by the time step: 1e-7 / 0.008.
    const check = { tensors, mustEnd: true, stepLimit: 60, batchedTolerance: 5e-5 };
    expect(() => tf.tidy(() => checkEnvironment(() => createEnvironment(name, { ...options }), check))).not.toThrow();
  });
});
