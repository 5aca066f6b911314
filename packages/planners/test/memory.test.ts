/** What a plan allocates once its planner is warm: measured, not assumed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { boxSpace, createRng, discreteSpace, type Plan, type Planner, type SequenceEvaluator } from '@mbrl/core';
import {
  createCategoricalCem,
  createCem,
  createCmaEsPlanner,
  createGradientCem,
  createGradientPlanner,
  createIcem,
  createMppi,
  createPddm,
  createRandomShooting,
} from '@mbrl/planners';
import { expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const box = { horizon: 25, actionSpace: boxSpace({ low: [-3], high: [3] }), populationSize: 200 };
const observation = new Float32Array(4);
const indexed: SequenceEvaluator = {
  observationSize: 4,
  actionSize: 1,
  horizon: 25,
  evaluate: async (_, sequences, returns) => {
    for (let n = 0; n < returns.length; n++) returns[n] = sequences[25 * n]!;
  },
  evaluateWithGradient: async (_, sequences, returns, gradients) => {
    gradients.fill(0);
    for (let n = 0; n < returns.length; n++) {
      returns[n] = sequences[25 * n]!;
      gradients[25 * n] = 1;
    }
  },
};

const planners: readonly [string, Planner][] = [
  ['createCem', createCem({ ...box, keptEliteCount: 3 })],
  ['createCem, full covariance', createCem({ ...box, covariance: 'full', iterations: 2 })],
  ['createIcem', createIcem(box)],
  ['createMppi', createMppi({ ...box, covarianceAdaptation: 0.2, controlCostRatio: 0.1, iterations: 3 })],
  ['createPddm', createPddm({ ...box, iterations: 3 })],
  ['createCmaEsPlanner', createCmaEsPlanner({ ...box, iterations: 3 })],
  ['createCmaEsPlanner, separable, restarts', createCmaEsPlanner({ ...box, covariance: 'separable', iterations: 5, restarts: 1 })],
  ['createRandomShooting', createRandomShooting({ ...box, distribution: 'coloured', iterations: 3 })],
  ['createGradientPlanner', createGradientPlanner({ horizon: 25, actionSpace: box.actionSpace, startCount: 100, iterations: 4 })],
  [
    'createGradientPlanner, plain, projected',
    createGradientPlanner({ ...box, startCount: 100, iterations: 4, optimizer: 'gradient', box: 'project' }),
  ],
  ['createGradientCem', createGradientCem({ ...box, eliteCount: 100, iterations: 1, refinementSteps: 2 })],
  ['createCategoricalCem', createCategoricalCem({ ...box, actionSpace: discreteSpace(3), keptEliteCount: 2 })],
];

it.each(planners)('%s makes no arrays but those of the plan, and keeps nothing', async (_, planner) => {
  const rng = createRng(1);
  let state = planner.initialState();
  const plans = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) state = planner.shift((await planner.plan({ observation, evaluator: indexed, state, rng })).state);
  };
  await plans(20);
  collect();
  const before = process.memoryUsage();
  // Few enough that nothing is collected on the way: what is there at the end is what was made.
  await plans(5);
  // Plan, state and shifted state are 100 bytes a sequence, and at most three are kept; one set of candidates is 20,000.
  expect((process.memoryUsage().arrayBuffers - before.arrayBuffers) / 5).toBeLessThan(3000);
  await plans(20);
  collect();
  const after = process.memoryUsage();
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(300_000);
});

it.each(planners)('%s works on the same candidates and returns in every call', async (_, planner) => {
  const buffers = new Set<ArrayBufferLike>();
  const evaluator: SequenceEvaluator = {
    ...indexed,
    evaluate: async (start, sequences, returns, rng) => {
      buffers.add(sequences.buffer).add(returns.buffer);
      await indexed.evaluate(start, sequences, returns, rng);
    },
    evaluateWithGradient: async (start, sequences, returns, gradients, rng) => {
      buffers.add(sequences.buffer).add(returns.buffer).add(gradients.buffer);
      await indexed.evaluateWithGradient!(start, sequences, returns, gradients, rng);
    },
  };
  const plan = (i: number): Promise<Plan> => planner.plan({ observation, evaluator, state: planner.initialState(), rng: createRng(i) });
  await plan(0);
  const { size } = buffers;
  for (let i = 1; i < 4; i++) await plan(i);
  // Candidates and returns; where gradients are climbed, those too, and for the hybrid those of its elites.
  expect(size).toBeLessThanOrEqual(5);
  expect(buffers.size).toBe(size);
});
