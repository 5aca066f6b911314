import { checkDynamicsModel, checkSequenceEvaluator } from '@mbrl/core/testing';
import { configureEngine, tf } from '@mbrl/jit';
import { createPlanEvaluator, type ProbabilisticEnsembleOptions, type Propagation, PROPAGATIONS, sineCosineTransform } from '@mbrl/models';
import type { TensorLike } from '@mbrl/core';
import { expect, it } from 'vitest';
import { smallEnsemble } from './toy-systems.js';

configureEngine({ threadCount: 1 });

const base = { observationSize: 3, actionSize: 2, learningRate: 1e-2, epochs: 4 };

it.each<[string, Partial<ProbabilisticEnsembleOptions>]>([
  ['by default', {}],
  ['with elites, early stopping and learned bounds', { holdoutRatio: 0.2, patience: 2, eliteMemberCount: 2, learnLogVarianceBounds: true }],
  ['as a single member without hidden layers', { ensembleSize: 1, hiddenSizes: [], observationSize: 1, actionSize: 3 }],
  [
    'started anew at each fit, without normalisation, on shared data',
    { warmStart: false, normalizeInputs: false, normalizeTargets: false, bootstrap: false, epochs: 15 },
  ],
  [
    'with angles and weight decay',
    { inputTransform: sineCosineTransform(3, [1]), weightDecay: [1e-4, 2e-4, 3e-4], activation: 'leakyRelu' },
  ],
])('createProbabilisticEnsemble keeps the contract of a dynamics model %s', async (_, options) => {
  await expect(checkDynamicsModel(() => smallEnsemble({ ...base, ...options }), { rowCount: 200 })).resolves.toBeUndefined();
});

const task = {
  reward: (_: TensorLike, action: TensorLike, next: TensorLike) =>
    tf.sub(tf.sum(tf.square(action as tf.Tensor), -1), tf.sum(tf.abs(next as tf.Tensor), -1)),
};

it.each<[Propagation, boolean]>(
  PROPAGATIONS.flatMap((propagation) => [
    [propagation, false],
    [propagation, true],
  ]),
)('createPlanEvaluator keeps the contract of a sequence evaluator with %s (single member: %s)', async (propagation, single) => {
  const model = smallEnsemble(single ? { ensembleSize: 1 } : { observationSize: 2, actionSize: 3 });
  const evaluator = createPlanEvaluator({ model, task, horizon: single ? 1 : 4, particleCount: 3, propagation });
  await expect(checkSequenceEvaluator(evaluator, { deterministic: propagation === 'expectation' })).resolves.toBeUndefined();
  evaluator.dispose();
  model.dispose();
});
