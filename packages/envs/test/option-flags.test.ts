/** Options that are yes or no. */
import { OptionError } from '@mbrl/core';
import { createEnvironment, loadMujoco } from '@mbrl/envs';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => loadMujoco());

const make = createEnvironment as (name: string, options: unknown) => { readonly name: string };

// `mbrl show FrozenLake-v1 --set isSlippery=no` gave slippery ice, for the word counted as yes.
describe('options that are yes or no', () => {
  const runner = ['excludeCurrentPositionsFromObservation'];
  const walker = [...runner, 'terminateWhenUnhealthy'];
  it.each([
    ['CartPole-v1', ['suttonBartoReward']],
    ['WindyQuadrotor-v0', ['observeWind']],
    ['FrozenLake-v1', ['isSlippery']],
    ['FrozenLake8x8-v1', ['isSlippery']],
    ['CliffWalking-v1', ['isSlippery']],
    ['Taxi-v4', ['isRainy', 'fickle']],
    ['WindyGridWorld-v0', ['stochasticWind']],
    ['HalfCheetah-v5', runner],
    ['Swimmer-v5', runner],
    ['Hopper-v5', walker],
    ['Walker2d-v5', walker],
    ['Ant-v5', [...walker, 'includeCfrcExtInObservation']],
    [
      'Humanoid-v5',
      [
        ...walker,
        'includeCinertInObservation',
        'includeCvelInObservation',
        'includeQfrcActuatorInObservation',
        'includeCfrcExtInObservation',
      ],
    ],
  ] as const)('%s takes no word for them', (name, flags) => {
    for (const flag of flags) {
      for (const value of ['no', 1]) {
        expect(() => make(name, { [flag]: value })).toThrow(OptionError);
        expect(() => make(name, { [flag]: value })).toThrow(`${flag} must be true or false, got ${JSON.stringify(value)}`);
      }
      expect(() => make(name, { [flag]: false })).not.toThrow();
    }
  });

  it('bounds are numbers, not words', () => {
    expect(() => make('Hopper-v5', { healthyZRange: ['0', '1'] })).toThrow('healthyZRange must be two numbers in order');
  });

  it('options are an object', () => {
    for (const options of [null, 'maxSteps'])
      expect(() => make('Pendulum-v1', options)).toThrow(`createEnvironment: options must be an object, got ${JSON.stringify(options)}`);
  });
});
