import { decodeCheckpoint, encodeCheckpoint } from '@mbrl/core';
import { configureEngine } from '@mbrl/jit';
import { describe, expect, it } from 'vitest';
import { smallPets } from './small-pets.js';

configureEngine({ threadCount: 1 });

const count = 4000;

async function actions(correlation: number, length = count): Promise<number[]> {
  const agent = smallPets({ pets: { initialSteps: count, randomActionCorrelation: correlation } });
  const drawn: number[] = [];
  for (let i = 0; i < length; i++) drawn.push((await agent.act(Float32Array.of(0, 0)))[0]!);
  agent.dispose();
  return drawn;
}

function lagOneCorrelation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.slice(1).reduce((sum, value, i) => sum + (value - mean) * (values[i]! - mean), 0) / variance;
}

describe('randomActionCorrelation', () => {
  it('of 0 draws evenly, each action apart from the one before', async () => {
    const drawn = await actions(0);
    expect(Math.abs(lagOneCorrelation(drawn))).toBeLessThan(0.06);
    // The even distribution over [−1, 1] has variance 1/3.
    expect(Math.abs(drawn.reduce((sum, value) => sum + value * value, 0) / count - 1 / 3)).toBeLessThan(0.03);
  });

  it('of 0.9 draws actions that last, within the bounds', async () => {
    const drawn = await actions(0.9);
    // Clipping to the bounds takes a little off 0.9.
    expect(lagOneCorrelation(drawn)).toBeGreaterThan(0.8);
    expect(lagOneCorrelation(drawn)).toBeLessThan(0.95);
    expect(drawn.every((value) => value >= -1 && value <= 1)).toBe(true);
    // A normal noise of unit variance is beyond the bounds in 32 of 100 draws.
    const clipped = drawn.filter((value) => Math.abs(value) === 1).length / count;
    expect(clipped).toBeGreaterThan(0.22);
    expect(clipped).toBeLessThan(0.42);
  });

  it('starts anew with each episode', async () => {
    const pets = { initialSteps: count, randomActionCorrelation: 0.999 };
    const agent = smallPets({ pets });
    const firsts: number[] = [];
    for (let i = 0; i < 60; i++) {
      agent.beginEpisode();
      firsts.push((await agent.act(Float32Array.of(0, 0)))[0]!);
    }
    agent.dispose();
    expect(Math.abs(lagOneCorrelation(firsts))).toBeLessThan(0.5);
  });

  it('goes on from a checkpoint with the same noise', async () => {
    const pets = { initialSteps: count, randomActionCorrelation: 0.9 };
    const observation = Float32Array.of(0, 0);
    const agent = smallPets({ pets });
    for (let i = 0; i < 7; i++) await agent.act(observation);
    const resumed = smallPets({ seed: 2, pets });
    resumed.load(decodeCheckpoint(encodeCheckpoint(agent.save())));
    for (let i = 0; i < 5; i++) expect(await resumed.act(observation)).toEqual(await agent.act(observation));
    agent.dispose();
    resumed.dispose();
  });

  it.each([1, -0.1, Number.NaN])('refuses %s', (randomActionCorrelation) => {
    expect(() => smallPets({ pets: { randomActionCorrelation } })).toThrow(
      'createPets: randomActionCorrelation must be a finite number in [0, 1)',
    );
  });
});
