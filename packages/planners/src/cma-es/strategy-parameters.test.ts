import { expect, it } from 'vitest';
import { defaultPopulationSize, strategyParameters } from './strategy-parameters.js';

const negativeSum = (weights: Float64Array): number => -weights.reduce((sum, weight) => sum + Math.min(weight, 0), 0);

it('has the populations of the tutorial', () => {
  expect([2, 10, 20, 100].map(defaultPopulationSize)).toEqual([6, 10, 12, 17]);
});

it('has the constants of the tutorial at n = 10, λ = 10, worked out by hand', () => {
  const p = strategyParameters({ dimension: 10, populationSize: 10, active: true, separable: false });
  // ln 5.5 − ln i for i = 1 … 5: 1.70475, 1.01160, 0.60614, 0.31845, 0.09531, which sum to 3.73625; squares to 4.40740.
  expect(p.parentCount).toBe(5);
  expect(p.weights[0]).toBeCloseTo(1.70475 / 3.73625, 5);
  expect(p.effectiveParentCount).toBeCloseTo(3.1673, 4);
  expect(p.stepPathRate).toBeCloseTo(5.1673 / 16.1673, 5);
  expect(p.stepDamping).toBeCloseTo(1 + 5.1673 / 16.1673, 5);
  expect(p.covariancePathRate).toBeCloseTo((4 + 0.31673) / (14 + 0.63346), 5);
  expect(p.rankOneRate).toBeCloseTo(2 / (127.69 + 3.1673), 6);
  expect(p.rankMuRate).toBeCloseTo((2 * (0.25 + 3.1673 - 2 + 1 / 3.1673)) / (144 + 3.1673), 5);
  expect(p.expectedLength).toBeCloseTo(3.0847, 4);
});

it('scales negative weights by the least of three bounds, each of which counts somewhere', () => {
  const binding = new Set<number>();
  for (const [dimension, populationSize] of [
    [2, 6],
    [10, 10],
    [20, 12],
    [3, 400],
    [40, 15],
    [5, 100],
  ] as const) {
    for (const separable of [false, true]) {
      const p = strategyParameters({ dimension, populationSize, active: true, separable });
      const raw = Array.from({ length: populationSize }, (_, i) => Math.log((populationSize + 1) / 2) - Math.log(i + 1)).slice(
        p.parentCount,
      );
      const effective = raw.reduce((sum, value) => sum + value, 0) ** 2 / raw.reduce((sum, value) => sum + value ** 2, 0);
      const bounds = [
        1 + p.rankOneRate / p.rankMuRate,
        1 + (2 * effective) / (p.effectiveParentCount + 2),
        (1 - p.rankOneRate - p.rankMuRate) / (dimension * p.rankMuRate),
      ];
      expect(negativeSum(p.weights)).toBeCloseTo(Math.min(...bounds), 10);
      binding.add(bounds.indexOf(Math.min(...bounds)));
      expect(p.weightSum).toBeCloseTo(1 - Math.min(...bounds), 10);
    }
  }
  expect([...binding].toSorted()).toEqual([0, 1, 2]);
  expect(negativeSum(strategyParameters({ dimension: 5, populationSize: 8, active: false, separable: false }).weights)).toBeCloseTo(0, 15);
});

it('learns a diagonal (n + 2) / 3 times as fast', () => {
  const [full, diagonal] = [false, true].map((separable) =>
    strategyParameters({ dimension: 10, populationSize: 10, active: true, separable }),
  );
  expect(diagonal!.rankOneRate / full!.rankOneRate).toBeCloseTo(4, 12);
  expect(diagonal!.rankMuRate / full!.rankMuRate).toBeCloseTo(4, 12);
});
