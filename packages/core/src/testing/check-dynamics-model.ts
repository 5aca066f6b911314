/** The contract of a dynamics model as a check: it learns a noisy linear system, and is asked about it. */
import type { DynamicsModel } from '../dynamics-model.js';
import { createRng } from '../rng.js';
import { checkFit, checkFitRefusals, checkSaving } from './check-model-fit.js';
import { checkLinearize, checkLinearizeBatch, checkPredict, checkSample } from './check-model-predict.js';
import { type Contract, contract } from './contract.js';
import { linearTransitions } from './linear-transitions.js';
import { type DynamicsModelCheckOptions, type DynamicsModelClause, type ModelCheck, rowsOf } from './model-check.js';

/**
 * Checks that a dynamics model keeps the contract. Its clauses, by name:
 *
 * - `description`: the sizes are whole and positive
 * - `fit-report`: epochs, counts, losses and status of a fit are consistent, and `onEpoch` hears each epoch
 * - `fit-determinism`: equal generators give equal models, bit for bit
 * - `fit-abort`: a fit ends after the epoch in which its signal is aborted
 * - `fit-refusal`: data of wrong sizes, none, or with NaN are refused with ShapeError or NumericalError, without a trace
 * - `learns`: the error after the fit is well below that of predicting no change (option `errorRatio`)
 * - `predict-form`, `predict-determinism`, `row-independence`, `inputs-untouched`: predictions are finite, of the
 *   declared shapes, with variances ≥ 0, the same at each call and for a row alone, and inputs are only read
 * - `sizes`: inputs of wrong sizes are refused with a ShapeError
 * - `sample-form`, `sample-determinism`, `sample-distribution`: samples depend on the generator alone and have the
 *   predicted mean and variance
 * - `linearize`: agrees with finite differences of the predicted mean
 * - `linearize-batch`: where it is offered, it equals `linearize` row by row, for any number of rows; inputs are only read
 * - `save-load`, `save-aliasing`: a model loaded from the bytes of a checkpoint predicts, samples and learns on equally
 * - `load-refusal`: what does not fit is refused with a CheckpointError, without a trace
 * - `disposed`: calls after `dispose` are refused with a LifecycleError
 *
 * @param factory makes a new, untrained model at each call, all alike; small ones, since they are fitted several times
 * @throws ContractError that names the clause which is broken.
 */
export async function checkDynamicsModel(factory: () => DynamicsModel, options: DynamicsModelCheckOptions = {}): Promise<void> {
  const { seed = 0, rowCount = 256 } = options;
  const model = factory();
  const { observationSize, actionSize } = model;
  const clauses: Contract<DynamicsModelClause> = contract('checkDynamicsModel', 'the model');
  for (const [name, value] of Object.entries({ observationSize, actionSize })) {
    clauses.require('description', Number.isSafeInteger(value) && value >= 1, `${name} must be a positive integer, got ${value}`);
  }
  const data = options.data ?? linearTransitions(rowCount, observationSize, actionSize, createRng(seed).split('data'));
  const count = Math.min(5, data.count);
  const observations = rowsOf(data.observations, observationSize, count);
  const actions = rowsOf(data.actions, actionSize, count);
  const check: ModelCheck = { model, factory, contract: clauses, data, seed, observations, actions, options };
  await checkFit(check);
  await checkFitRefusals(check);
  await checkPredict(check);
  await checkSample(check);
  await checkLinearize(check);
  await checkLinearizeBatch(check);
  await checkSaving(check);
  model.dispose();
  const rng = createRng(seed);
  await clauses.requireError('disposed', 'LIFECYCLE', 'predict after dispose', () => model.predict(observations, actions));
  await clauses.requireError('disposed', 'LIFECYCLE', 'sample after dispose', () => model.sample(observations, actions, rng));
  await clauses.requireError('disposed', 'LIFECYCLE', 'fit after dispose', () => model.fit(data, { rng }));
  await clauses.requireError('disposed', 'LIFECYCLE', 'linearize after dispose', () =>
    model.linearize(new Float32Array(observationSize), new Float32Array(actionSize)),
  );
  if (model.linearizeBatch) {
    await clauses.requireError('disposed', 'LIFECYCLE', 'linearizeBatch after dispose', async () =>
      model.linearizeBatch?.(observations, actions),
    );
  }
}
