/** Evaluators that break their contract are told so by every planner, in clear words. */
import { boxSpace, type SequenceEvaluator } from '@mbrl/core';
import { createCem, createCmaEsPlanner, createIcem, createMppi, createPddm, createRandomShooting } from '@mbrl/planners';
import { describe, expect, it } from 'vitest';
import { quadraticEvaluator } from './analytic-evaluators.js';
import { planOnce } from './planning.js';

const base = { horizon: 3, actionSpace: boxSpace({ low: [-1], high: [1] }), populationSize: 10 };
const right = quadraticEvaluator([0.2], 3);
const planners = [createCem, createIcem, createMppi, createPddm, createCmaEsPlanner, createRandomShooting].map(
  (create) => [create.name, create(base)] as const,
);

describe.each(planners)('%s refuses', (_, planner) => {
  it.each<[string, () => SequenceEvaluator, string]>([
    [
      'an evaluator that takes the returns away',
      () => ({
        ...right,
        evaluate: async (_, __, returns) => void structuredClone(returns, { transfer: [returns.buffer as ArrayBuffer] }),
      }),
      'plan: evaluator must leave the arrays that it is given, 10 returns, got 0 after its call',
    ],
    [
      'one that answers with an array of its own',
      () => ({ ...right, evaluate: (async () => new Float32Array(3)) as unknown as SequenceEvaluator['evaluate'] }),
      'plan: evaluator must write its 10 returns into the array that it is given, got another of 3',
    ],
    [
      'one that changes its horizon on the way',
      () => {
        let horizon = 3;
        return {
          ...right,
          get horizon() {
            return horizon;
          },
          evaluate: (...given) => ((horizon = 4), right.evaluate(...given)),
        };
      },
      'plan: evaluator must go on scoring sequences of shape [3, 1], got one for [4, 1] after its call',
    ],
    [
      'one of another horizon',
      () => quadraticEvaluator([0], 5),
      'plan: evaluator must score sequences of shape [3, 1], got one for [5, 1]',
    ],
  ])('%s', async (__, make, message) => {
    await expect(planOnce(planner, make())).rejects.toMatchObject({ code: 'SHAPE', message });
    // It works again after that.
    await expect(planOnce(planner, right)).resolves.toBeDefined();
  });
});
