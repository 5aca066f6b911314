import { checkEnvironment, type EnvironmentCheckOptions } from '@mbrl/core/testing';
import { createAcrobot, createCartPoleSwingUp, createEnvironment, createWindyQuadrotor } from '@mbrl/envs';
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
};

describe('the contract of an environment', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(classicNames)('%s keeps it', (name) => {
    // Short episodes: each is played some thirty times.
    const options = { tensors, mustEnd: true, ...needs[name] };
    expect(() => tf.tidy(() => checkEnvironment(() => createEnvironment(name, { maxSteps: 80 }), options))).not.toThrow();
  });

  it('Acrobot-v1 keeps it with noise of the torque, which a snapshot holds', () => {
    expect(() =>
      tf.tidy(() => checkEnvironment(() => createAcrobot({ torqueNoise: 0.5, maxSteps: 80 }), { tensors, mustEnd: true })),
    ).not.toThrow();
  });

  it('WindyQuadrotor-v0 keeps it with a hidden wind', () => {
    expect(() =>
      tf.tidy(() => checkEnvironment(() => createWindyQuadrotor({ observeWind: false, maxSteps: 80 }), { tensors, mustEnd: true })),
    ).not.toThrow();
  });

  it('CartPoleSwingUp-v0 keeps it with the raw angle and a track of 1 m', () => {
    const options = { tensors, mustEnd: true, batchedTolerance: 5e-5 };
    expect(() => tf.tidy(() => checkEnvironment(() => createCartPoleSwingUp({ angle: 'raw', railLimit: 0.5 }), options))).not.toThrow();
  });
});
