import { boxSpace, discreteSpace, type Planner } from '@mbrl/core';
import { checkPlanner, type PlannerCheckOptions } from '@mbrl/core/testing';
import {
  createCategoricalCem,
  createCem,
  createCmaEsPlanner,
  createIcem,
  createMppi,
  createPddm,
  createRandomShooting,
} from '@mbrl/planners';
import { expect, it } from 'vitest';

const low = [-1, 0.1];
const high = [1, 7];
const box = { horizon: 6, actionSpace: boxSpace({ low, high }) };
const cem = { ...box, populationSize: 200, eliteCount: 20, iterations: 6 };
const short = { horizon: 2, actionSpace: boxSpace({ low, high }) };
const discrete = { horizon: 5, actionSpace: discreteSpace(4) };

const planners: readonly [string, () => Planner, PlannerCheckOptions?][] = [
  ['createCem', () => createCem(cem)],
  ['createCem, clipped, coloured, best', () => createCem({ ...cem, sampling: 'clipped', noiseCorrelation: 0.7, returned: 'best' })],
  ['createCem, kept elites, mean as candidate', () => createCem({ ...cem, keptEliteCount: 3, includeMean: true, fill: 'repeat' })],
  ['createCem, started from the mean', () => createCem({ ...cem, returned: 'best', warmStart: 'mean', keptEliteCount: 1 })],
  ['createCem, ends on convergence', () => createCem({ ...cem, convergenceTolerance: 0.05, minimumStandardDeviationRatio: 0.01 })],
  ['createCem, full covariance', () => createCem({ ...cem, covariance: 'full', noiseCorrelation: 0.3 })],
  ['createCem, power law, decay', () => createCem({ ...cem, noiseExponent: 1, populationDecay: 1.5 })],
  ['createIcem', () => createIcem({ ...box, noiseExponent: 0.5, iterations: 6 })],
  ['createIcem, odd sizes', () => createIcem({ ...box, populationSize: 101, eliteCount: 7, iterations: 7, noiseExponent: 0 })],
  ['createMppi', () => createMppi({ ...box, iterations: 6 })],
  [
    'createMppi, adapted',
    () => createMppi({ ...box, populationSize: 153, iterations: 6, covarianceAdaptation: 0.5, noiseCorrelation: 0.2 }),
  ],
  [
    'createMppi, one iteration, best',
    () => createMppi({ ...box, populationSize: 1500, returned: 'best', includeMean: false, noiseExponent: 0 }),
    { improvement: 0.3 },
  ],
  ['createPddm', () => createPddm({ ...box, iterations: 8, rewardWeight: 5, standardDeviationRatio: 0.25 })],
  [
    'createPddm, white, odd size',
    () => createPddm({ ...box, populationSize: 333, filterRatio: 1, iterations: 8, standardDeviationRatio: 0.15 }),
  ],
  ['createCmaEsPlanner', () => createCmaEsPlanner(box)],
  ['createCmaEsPlanner, separable', () => createCmaEsPlanner({ ...box, covariance: 'separable', populationSize: 17 })],
  [
    'createCmaEsPlanner, restarts, mean',
    () => createCmaEsPlanner({ ...box, iterations: 40, restarts: 2, returned: 'mean', functionTolerance: 0.1 }),
  ],
  ['createRandomShooting', () => createRandomShooting(short)],
  [
    'createRandomShooting, gaussian',
    () => createRandomShooting({ ...short, distribution: 'gaussian', populationSize: 501, iterations: 3 }),
  ],
  [
    'createRandomShooting, coloured around the plan',
    () => createRandomShooting({ ...short, distribution: 'coloured', center: 'plan', iterations: 2 }),
  ],
  ['createRandomShooting, discrete', () => createRandomShooting({ ...discrete, horizon: 3, populationSize: 301 }), { discreteCount: 4 }],
  ['createCategoricalCem', () => createCategoricalCem(discrete), { discreteCount: 4 }],
  [
    'createCategoricalCem, mode, kept',
    () => createCategoricalCem({ ...discrete, returned: 'mode', keptEliteCount: 2, populationSize: 99 }),
    { discreteCount: 4 },
  ],
];

it.each(planners)('%s keeps the contract of a planner', async (_, factory, options) => {
  await expect(checkPlanner(factory, options?.discreteCount ? options : { low, high, ...options })).resolves.toBeUndefined();
});
