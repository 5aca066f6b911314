import { OptionError } from '@mbrl/core';
import { describe, expect, it } from 'vitest';
import { makeEnvironment } from './environment-module.js';

describe('makeEnvironment', () => {
  it('makes an environment by its name and options, and names the nearest for an unknown one', async () => {
    const environment = await makeEnvironment({ name: 'FrozenLake-v1', options: { map: ['SFG'] } });
    expect(environment.observationSpace).toMatchObject({ kind: 'discrete', count: 3 });
    await expect(makeEnvironment({ name: 'Pendulum' as 'Pendulum-v1' })).rejects.toThrow(/such as "Pendulum-v1"/);
  });

  it('makes one by a module, whose factory may take its time', async () => {
    const module = new URL('../../test/worker-tasks.ts', import.meta.url).href;
    expect((await makeEnvironment({ module, export: 'createNoisyPoint' })).name).toBe('NoisyPoint');
    await expect(makeEnvironment({ module })).rejects.toThrow(/must export the function createEnvironment, got undefined/);
    await expect(makeEnvironment({ module: 'file:///nowhere.js' })).rejects.toThrow(OptionError);
  });
});
