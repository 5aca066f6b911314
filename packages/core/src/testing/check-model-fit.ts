/** The clauses of a dynamics model about fitting, saving and loading. */
import type { Checkpoint } from '../checkpoint.js';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint-codec.js';
import type { DynamicsModel, EpochReport, FitReport, Prediction } from '../dynamics-model.js';
import { float32 } from '../nd-array.js';
import { createRng } from '../rng.js';
import { createTransitionColumns } from '../transition.js';
import { checkPurity } from './check-model-predict.js';
import { allFinite, firstDifference, show } from './contract.js';
import { type ModelCheck, samePrediction } from './model-check.js';

/** A fit: its report, determinism, abort, and what was learned. Leaves `check.model` fitted. */
export async function checkFit(check: ModelCheck): Promise<void> {
  const {
    model,
    factory,
    data,
    seed,
    contract: { require, allowAsync },
  } = check;
  const heard: EpochReport[] = [];
  const report: FitReport = await allowAsync('fit-report', 'fit', () =>
    model.fit(data, { rng: createRng(seed), onEpoch: (epoch) => heard.push(epoch) }),
  );
  const { epochs, bestEpoch, trainCount, holdoutCount, holdoutLossByMember, status } = report;
  require('fit-report', epochs.length >= 1 &&
    epochs.every(({ epoch }, i) => epoch === i + 1), `epochs must count from 1, got ${epochs.map(({ epoch }) => epoch).join(', ')}`);
  require('fit-report', JSON.stringify(heard) ===
    JSON.stringify(epochs), `onEpoch must be called with each epoch's report, got ${heard.length} calls for ${epochs.length} epochs`);
  require('fit-report', Number.isInteger(bestEpoch) &&
    bestEpoch >= 1 &&
    bestEpoch <= epochs.length, `bestEpoch must be in [1, ${epochs.length}], got ${bestEpoch}`);
  require('fit-report', trainCount >= 1 &&
    trainCount + holdoutCount ===
      data.count, `trainCount and holdoutCount must add up to ${data.count}, got ${trainCount} and ${holdoutCount}`);
  const losses = [...epochs.flatMap(({ trainLoss, holdoutLoss }) => [trainLoss, holdoutLoss ?? 0]), ...holdoutLossByMember];
  require('fit-report', allFinite(losses), () => `losses must be finite, got ${show(losses)}`);
  require('fit-report', (holdoutCount === 0) ===
    (holdoutLossByMember.length ===
      0), `holdoutLossByMember must be there exactly when rows are held out, got ${holdoutLossByMember.length} for ${holdoutCount} rows`);
  require('fit-report', status === 'epochLimit' || status === 'earlyStop', `status must be epochLimit or earlyStop, got ${status}`);

  await checkPurity(check);
  const twin = factory();
  await twin.fit(data, { rng: createRng(seed) });
  const [a, b] = [await model.predict(check.observations, check.actions), await twin.predict(check.observations, check.actions)];
  require('fit-determinism', samePrediction(a, b), () =>
    `equal generators must give equal models, got means ${show(a.mean.data)} and ${show(b.mean.data)}`);
  twin.dispose();

  if (epochs.length > 1) {
    const stopped = factory();
    const controller = new AbortController();
    const short = await stopped.fit(data, { rng: createRng(seed), onEpoch: () => controller.abort(), signal: controller.signal });
    require('fit-abort', short.status === 'aborted' &&
      short.epochs.length ===
        1, `a fit aborted in its first epoch must end after it, got status ${short.status} after ${short.epochs.length} epochs`);
    const prediction = await stopped.predict(check.observations, check.actions);
    require('fit-abort', allFinite(prediction.mean.data), 'an aborted fit must leave a model that predicts');
    stopped.dispose();
  }

  const changed = (actual: ArrayLike<number>): number => data.nextObservations.reduce((sum, next, i) => sum + (next - actual[i]!) ** 2, 0);
  const all = await model.predict(
    float32([data.count, data.observationSize], data.observations),
    float32([data.count, data.actionSize], data.actions),
  );
  const ratio = changed(all.mean.data) / changed(data.observations);
  const { errorRatio = 0.5 } = check.options;
  require('learns', ratio <= errorRatio, `the squared error must be at most ${errorRatio} of that of predicting no change, got ${ratio}`);
}

/** Data that cannot be learned from are refused, without a trace. */
export async function checkFitRefusals(check: ModelCheck): Promise<void> {
  const {
    model,
    data,
    seed,
    contract: { require, requireError },
  } = check;
  const before = await model.predict(check.observations, check.actions);
  const rng = createRng(seed);
  await requireError('fit-refusal', 'SHAPE', 'data of another observation size', () =>
    model.fit(createTransitionColumns(8, model.observationSize + 1, model.actionSize), { rng }),
  );
  await requireError('fit-refusal', 'SHAPE', 'data of another action size', () =>
    model.fit(createTransitionColumns(8, model.observationSize, model.actionSize + 1), { rng }),
  );
  await requireError('fit-refusal', 'SHAPE', 'no data', () =>
    model.fit(createTransitionColumns(0, model.observationSize, model.actionSize), { rng }),
  );
  for (const column of ['observations', 'actions', 'nextObservations'] as const) {
    const spoiled = { ...data, [column]: data[column].map((value, i) => (i === 3 ? NaN : value)) };
    await requireError('fit-refusal', 'NUMERICAL', `${column} with NaN`, () => model.fit(spoiled, { rng }));
  }
  require('fit-refusal', samePrediction(
    before,
    await model.predict(check.observations, check.actions),
  ), 'a refused fit must not change the model');
}

/** Saving and loading, through bytes; what does not fit is refused. */
export async function checkSaving(check: ModelCheck): Promise<void> {
  const {
    model,
    factory,
    data,
    seed,
    observations,
    actions,
    contract: { require, requireThrow, allow },
  } = check;
  const saved = allow('save-load', 'save', () => model.save());
  const bytes = allow('save-load', 'encodeCheckpoint of what save gave', () => encodeCheckpoint(saved));
  const predictions = (of: DynamicsModel): Promise<Prediction> => of.predict(observations, actions);
  const before = await predictions(model);
  const other = factory();
  allow('save-load', 'load of what save gave', () => other.load(decodeCheckpoint(bytes)));
  require('save-load', samePrediction(before, await predictions(other)), 'a loaded model must predict the same, bit for bit');
  const [a, b] = [await model.sample(observations, actions, createRng(seed)), await other.sample(observations, actions, createRng(seed))];
  require('save-load', firstDifference(a.data, b.data) === -1, 'a loaded model must sample the same, bit for bit');
  for (const each of [model, other]) await each.fit(data, { rng: createRng(seed + 7) });
  require('save-load', samePrediction(
    await predictions(model),
    await predictions(other),
  ), 'a loaded model must go on learning equally, bit for bit');
  require('save-aliasing', firstDifference(encodeCheckpoint(saved), bytes) === -1, 'what save gave must not change when the model goes on');

  const after = await predictions(other);
  const first = Object.keys(saved.arrays)[0];
  const without = Object.fromEntries(Object.entries(saved.arrays).filter(([name]) => name !== first));
  const bad: [string, Checkpoint][] = [
    ['another kind', { ...saved, kind: 'Nonsense' }],
    ['a newer version', { ...saved, version: saved.version + 1 }],
  ];
  if (saved.json !== null) bad.push(['no JSON value', { ...saved, json: null }]);
  if (first !== undefined) {
    const array = saved.arrays[first]!;
    bad.push([`no array ${first}`, { ...saved, arrays: without }]);
    bad.push([`array ${first} of another shape`, { ...saved, arrays: { ...saved.arrays, [first]: float32([array.data.length + 1]) } }]);
  }
  for (const [what, checkpoint] of bad)
    requireThrow('load-refusal', 'CHECKPOINT', `loading a checkpoint with ${what}`, () => other.load(checkpoint));
  require('load-refusal', samePrediction(after, await predictions(other)), 'a refused load must not change the model');
  other.dispose();
}
