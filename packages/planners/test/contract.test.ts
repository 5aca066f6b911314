import { boxSpace } from '@mbrl/core';
import { checkPlanner } from '@mbrl/core/testing';
import { type CemOptions, createCem } from '@mbrl/planners';
import { expect, it } from 'vitest';

const low = [-1, 0.1];
const high = [1, 7];
const base = { horizon: 6, actionSpace: boxSpace({ low, high }), populationSize: 200, eliteCount: 20, iterations: 6 };

it.each<[string, Partial<CemOptions>]>([
  ['by default', {}],
  ['with clipped, coloured noise and the best returned', { sampling: 'clipped', noiseCorrelation: 0.7, returned: 'best' }],
  ['with kept elites and the mean as a candidate', { keptEliteCount: 3, includeMean: true, fill: 'repeat' }],
  ['with the search started from the mean', { returned: 'best', warmStart: 'mean', keptEliteCount: 1 }],
  ['with an end on convergence', { convergenceTolerance: 0.05, minimumStandardDeviationRatio: 0.01 }],
])('createCem keeps the contract of a planner %s', async (_, options) => {
  await expect(checkPlanner(() => createCem({ ...base, ...options }), { low, high })).resolves.toBeUndefined();
});
