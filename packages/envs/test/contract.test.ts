import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import { createCartPoleSwingUp, createEnvironment } from '@mbrl/envs';
import { tf } from '@mbrl/jit';
import { beforeAll, describe, expect, it } from 'vitest';
import { classicNames } from './classic-names.js';

const tensors: EnvironmentCheckOptions['tensors'] = {
  toTensor: (values, shape) => tf.tensor(values, shape),
  toArray: (tensor) => (tensor as tf.Tensor).dataSync(),
};

/** What an environment needs beyond the defaults. */
const needs: { readonly [Name in (typeof classicNames)[number]]?: EnvironmentCheckOptions } = {
  // A second of hard pushes into soft stops: float32 observations lose more there.
  'PetsCartPole-v0': { batchedTolerance: 5e-5 },
  'MountainCarContinuous-v0': { stepLimit: 999 },
};

describe('the contract of an environment', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(classicNames)('%s keeps it', (name) => {
    const options = { tensors, mustEnd: true, stepLimit: 500, ...needs[name] };
    expect(() => tf.tidy(() => checkEnvironment(() => createEnvironment(name), options))).not.toThrow();
  });

  it('CartPoleSwingUp-v0 keeps it with the raw angle and a track of 1 m', () => {
    const options = { tensors, mustEnd: true, batchedTolerance: 5e-5 };
    expect(() => tf.tidy(() => checkEnvironment(() => createCartPoleSwingUp({ angle: 'raw', railLimit: 0.5 }), options))).not.toThrow();
  });
});
