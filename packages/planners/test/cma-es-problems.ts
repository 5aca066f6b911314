/** The functions that the evolution strategy is measured on, with the reference's numbers: pycma, defaults, to 1e-9. */
import { createRng } from '@mbrl/core';
import { type CmaEsResult, minimizeByCmaEs } from '@mbrl/planners';

/** A function to minimise, from one start, and how the reference fared. */
export interface CmaEsProblem {
  readonly name: 'sphere' | 'ellipsoid' | 'Rosenbrock' | 'Rastrigin';
  readonly dimension: number;
  readonly cost: (x: Float64Array) => number;
  readonly start: number;
  readonly stepSize: number;
  /** λ by dimension where it is not the default. */
  readonly populationRatio?: number;
  readonly reference: { readonly evaluationCount: number; readonly solvedCount: number };
}

const sphere = (x: Float64Array): number => x.reduce((sum, value) => sum + value * value, 0);
const ellipsoid = (x: Float64Array): number => x.reduce((sum, value, i) => sum + 1e6 ** (i / (x.length - 1)) * value * value, 0);
const rosenbrock = (x: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i]! ** 2 - x[i + 1]!) ** 2 + (x[i]! - 1) ** 2;
  return sum;
};
const rastrigin = (x: Float64Array): number =>
  x.reduce((sum, value) => sum + value * value - 10 * Math.cos(2 * Math.PI * value), 10 * x.length);

const problems = (
  name: CmaEsProblem['name'],
  cost: CmaEsProblem['cost'],
  start: number,
  stepSize: number,
  reference: { readonly [dimension: number]: readonly [evaluationCount: number, solvedCount: number] },
  populationRatio?: number,
): CmaEsProblem[] =>
  [10, 20].map((dimension) => {
    const [evaluationCount, solvedCount] = reference[dimension]!;
    return {
      name,
      dimension,
      cost,
      start,
      stepSize,
      ...(populationRatio && { populationRatio }),
      reference: { evaluationCount, solvedCount },
    };
  });

/** All problems. */
export const cmaEsProblems: readonly CmaEsProblem[] = [
  ...problems('sphere', sphere, 1, 0.5, { 10: [1490, 15], 20: [2808, 15] }),
  ...problems('ellipsoid', ellipsoid, 1, 0.5, { 10: [4100, 15], 20: [13_008, 15] }),
  ...problems('Rosenbrock', rosenbrock, 0, 0.5, { 10: [5235, 14], 20: [16_512, 15] }),
  ...problems('Rastrigin', rastrigin, 2, 2, { 10: [24_800, 9], 20: [99_600, 7] }, 20),
];

/** Runs the strategy once on a problem. */
export function runProblem(problem: CmaEsProblem, seed: number): CmaEsResult {
  const { dimension, cost, start, stepSize, populationRatio } = problem;
  return minimizeByCmaEs(cost, {
    start: new Float64Array(dimension).fill(start),
    stepSize,
    rng: createRng(seed),
    target: 1e-9,
    ...(populationRatio && { populationSize: populationRatio * dimension }),
  });
}
