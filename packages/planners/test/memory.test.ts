/** What a plan allocates once its planner is warm: measured, not assumed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { boxSpace, createRng, type SequenceEvaluator } from '@mbrl/core';
import { createCem } from '@mbrl/planners';
import { expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const settings = { horizon: 25, actionSpace: boxSpace({ low: [-3], high: [3] }), populationSize: 400, eliteCount: 40, keptEliteCount: 3 };
const observation = new Float32Array(4);
const indexed: SequenceEvaluator = {
  observationSize: 4,
  actionSize: 1,
  horizon: 25,
  evaluate: async (_, sequences, returns) => {
    for (let n = 0; n < returns.length; n++) returns[n] = sequences[25 * n]!;
  },
};

it('keeps nothing: memory stands still over 1,000 plans', async () => {
  const planner = createCem(settings);
  const rng = createRng(1);
  let state = planner.initialState();
  const plans = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) state = planner.shift((await planner.plan({ observation, evaluator: indexed, state, rng })).state);
  };
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  await plans(100);
  const before = used();
  await plans(1000);
  // A thousand sets of candidates would be 40 MB.
  expect(used() - before).toBeLessThan(300_000);
});

it('works on the same candidates and returns in every iteration and call', async () => {
  const planner = createCem(settings);
  const buffers = new Set<ArrayBufferLike>();
  const evaluator: SequenceEvaluator = {
    ...indexed,
    evaluate: async (start, sequences, returns, rng) => {
      buffers.add(sequences.buffer).add(returns.buffer);
      await indexed.evaluate(start, sequences, returns, rng);
    },
  };
  for (let i = 0; i < 20; i++) await planner.plan({ observation, evaluator, state: planner.initialState(), rng: createRng(i) });
  expect(buffers.size).toBe(2);
});
