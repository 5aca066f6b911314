import { type Environment, type StepResult } from '@mbrl/core';
import { configureEngine } from '@mbrl/jit';
import { runEpisode } from '@mbrl/agents';
import { describe, expect, it } from 'vitest';
import { createPointMass } from './point-mass.js';
import { smallPets } from './small-pets.js';

configureEngine({ threadCount: 1 });

/** An environment that notes the results of its steps. */
function watched(environment: Environment): { environment: Environment; results: StepResult[] } {
  const results: StepResult[] = [];
  const step: Environment['step'] = (action) => {
    const result = environment.step(action);
    results.push(result);
    return result;
  };
  return { environment: { ...environment, step }, results };
}

describe('runEpisode', () => {
  it('plays to the end and adds up the rewards', async () => {
    const agent = smallPets();
    const { environment, results } = watched(createPointMass(8));
    const result = await runEpisode({ environment, agent, seed: 5 });
    expect(results).toHaveLength(8);
    expect(result).toEqual({
      return: results.reduce((sum, { reward }) => sum + reward, 0),
      stepCount: 8,
      terminated: false,
      truncated: true,
    });
    agent.dispose();
  });

  it('lets the agent remember and learn, unless it is told not to', async () => {
    const agent = smallPets();
    const environment = createPointMass(8);
    await runEpisode({ environment, agent, learn: false });
    expect([agent.observedCount, agent.fitCount]).toEqual([0, 0]);
    await runEpisode({ environment, agent });
    expect([agent.observedCount, agent.fitCount]).toEqual([8, 0]);
    await runEpisode({ environment, agent });
    expect([agent.observedCount, agent.fitCount]).toEqual([16, 1]);
    agent.dispose();
  });

  it('starts from a seed, or goes on with the environment’s own generator', async () => {
    const starts: number[] = [];
    const inner = createPointMass(3);
    const reset: Environment['reset'] = (options) => {
      const result = inner.reset(options);
      starts.push(result.observation[0]!);
      return result;
    };
    const agent = smallPets();
    for (const seed of [4, undefined, 4])
      await runEpisode({ environment: { ...inner, reset }, agent, ...(seed === undefined ? {} : { seed }) });
    expect(starts[2]).toBe(starts[0]);
    expect(starts[1]).not.toBe(starts[0]);
    agent.dispose();
  });
});
