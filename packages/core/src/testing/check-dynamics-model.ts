/** The contract of a dynamics model as a check: it learns a noisy linear system, and is asked about it. */
import type { Checkpoint } from '../checkpoint.js';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint-codec.js';
import type { DynamicsModel, EpochReport, FitReport, Prediction } from '../dynamics-model.js';
import { float32, type NdArray } from '../nd-array.js';
import { createRng } from '../rng.js';
import { createTransitionColumns, type TransitionColumns } from '../transition.js';
import { allFinite, type Contract, contract, firstDifference, show } from './contract.js';
import { linearTransitions } from './linear-transitions.js';

type Float32 = NdArray<'float32'>;

/** The clauses of {@link checkDynamicsModel}. */
export type DynamicsModelClause =
  | 'description'
  | 'fit-report'
  | 'fit-determinism'
  | 'fit-abort'
  | 'fit-refusal'
  | 'learns'
  | 'predict-form'
  | 'predict-determinism'
  | 'row-independence'
  | 'inputs-untouched'
  | 'sizes'
  | 'sample-form'
  | 'sample-determinism'
  | 'sample-distribution'
  | 'linearize'
  | 'save-load'
  | 'save-aliasing'
  | 'load-refusal'
  | 'disposed';

/** How to check a dynamics model. */
export interface DynamicsModelCheckOptions {
  /** What to learn from; transitions of a noisy linear system when absent. */
  readonly data?: TransitionColumns;
  /** Rows of that linear system; 256 when absent. */
  readonly rowCount?: number;
  /** 0 when absent. */
  readonly seed?: number;
  /** Greatest squared error of the change of the observation after the fit, by that of predicting no change; 0.5 when absent. */
  readonly errorRatio?: number;
  /** Whether samples vary; true when absent. Give false for a model without noise. */
  readonly stochastic?: boolean;
  /** Draws for the comparison of samples with the prediction; 2,000 when absent. */
  readonly sampleCount?: number;
  /** Greatest difference of a row's prediction alone and in a batch, relative to 1 + the magnitude; 1e-4 when absent. */
  readonly rowTolerance?: number;
  /** Greatest difference of `linearize` from finite differences, relative to 1 + the magnitude; 0.05 when absent. */
  readonly linearizeTolerance?: number;
}

/** What the parts of the check work with. */
interface ModelCheck {
  readonly model: DynamicsModel;
  readonly factory: () => DynamicsModel;
  readonly contract: Contract<DynamicsModelClause>;
  readonly data: TransitionColumns;
  readonly seed: number;
  /** A few rows of the data. */
  readonly observations: Float32;
  readonly actions: Float32;
  readonly options: DynamicsModelCheckOptions;
}

const rowsOf = (values: Float32Array, size: number, count: number): Float32 => float32([count, size], values.slice(0, count * size));
const fieldsOf = (prediction: Prediction): [string, Float32][] => [['mean', prediction.mean], ['aleatoricVariance', prediction.aleatoricVariance], ['epistemicVariance', prediction.epistemicVariance]];
const samePrediction = (a: Prediction, b: Prediction): boolean => fieldsOf(a).every(([name, field]) => firstDifference(field.data, b[name as keyof Prediction].data) === -1);

function checkArray({ require }: Contract<DynamicsModelClause>, clause: DynamicsModelClause, name: string, array: Float32, shape: readonly number[]): void {
  require(clause, array.dtype === 'float32' && array.data instanceof Float32Array, `${name} must be a float32 array`);
  require(clause, array.shape.join() === shape.join() && array.data.length === shape.reduce((a, b) => a * b, 1), `${name} must have shape [${shape.join(', ')}], got [${array.shape.join(', ')}]`);
  require(clause, allFinite(array.data), () => `${name} must be finite, got ${show(array.data)}`);
}

/** Predictions are functions of their inputs, which are only read. */
async function checkPurity({ model, observations, actions, contract: { require, allowAsync } }: ModelCheck): Promise<void> {
  const kept = [observations.data.slice(), actions.data.slice()];
  const prediction = await allowAsync('predict-form', 'predict', () => model.predict(observations, actions));
  const copy = fieldsOf(prediction).map(([, field]) => field.data.slice());
  require('inputs-untouched', firstDifference(observations.data, kept[0]!) === -1 && firstDifference(actions.data, kept[1]!) === -1, 'predict must not write to its inputs');
  require('predict-determinism', samePrediction(prediction, await model.predict(observations, actions)), 'equal rows must give equal predictions');
  const other = rowsOf(observations.data.map((value) => value + 1), model.observationSize, observations.shape[0]!);
  await model.predict(other, actions);
  require('predict-determinism', fieldsOf(prediction).every(([, field], i) => firstDifference(field.data, copy[i]!) === -1), 'a later call must not write to an earlier prediction');
}

async function checkFit(check: ModelCheck): Promise<void> {
  const { model, factory, data, seed, contract: { require, allowAsync } } = check;
  const heard: EpochReport[] = [];
  const report: FitReport = await allowAsync('fit-report', 'fit', () => model.fit(data, { rng: createRng(seed), onEpoch: (epoch) => heard.push(epoch) }));
  const { epochs, bestEpoch, trainCount, holdoutCount, holdoutLossByMember, status } = report;
  require('fit-report', epochs.length >= 1 && epochs.every(({ epoch }, i) => epoch === i + 1), `epochs must count from 1, got ${epochs.map(({ epoch }) => epoch).join(', ')}`);
  require('fit-report', JSON.stringify(heard) === JSON.stringify(epochs), `onEpoch must be called with each epoch's report, got ${heard.length} calls for ${epochs.length} epochs`);
  require('fit-report', Number.isInteger(bestEpoch) && bestEpoch >= 1 && bestEpoch <= epochs.length, `bestEpoch must be in [1, ${epochs.length}], got ${bestEpoch}`);
  require('fit-report', trainCount >= 1 && trainCount + holdoutCount === data.count, `trainCount and holdoutCount must add up to ${data.count}, got ${trainCount} and ${holdoutCount}`);
  const losses = [...epochs.flatMap(({ trainLoss, holdoutLoss }) => [trainLoss, holdoutLoss ?? 0]), ...holdoutLossByMember];
  require('fit-report', allFinite(losses), () => `losses must be finite, got ${show(losses)}`);
  require('fit-report', (holdoutCount === 0) === (holdoutLossByMember.length === 0), `holdoutLossByMember must be there exactly when rows are held out, got ${holdoutLossByMember.length} for ${holdoutCount} rows`);
  require('fit-report', status === 'epochLimit' || status === 'earlyStop', `status must be epochLimit or earlyStop, got ${status}`);

  await checkPurity(check);
  const twin = factory();
  await twin.fit(data, { rng: createRng(seed) });
  const [a, b] = [await model.predict(check.observations, check.actions), await twin.predict(check.observations, check.actions)];
  require('fit-determinism', samePrediction(a, b), () => `equal generators must give equal models, got means ${show(a.mean.data)} and ${show(b.mean.data)}`);
  twin.dispose();

  if (epochs.length > 1) {
    const stopped = factory();
    const controller = new AbortController();
    const short = await stopped.fit(data, { rng: createRng(seed), onEpoch: () => controller.abort(), signal: controller.signal });
    require('fit-abort', short.status === 'aborted' && short.epochs.length === 1, `a fit aborted in its first epoch must end after it, got status ${short.status} after ${short.epochs.length} epochs`);
    const prediction = await stopped.predict(check.observations, check.actions);
    require('fit-abort', allFinite(prediction.mean.data), 'an aborted fit must leave a model that predicts');
    stopped.dispose();
  }

  const changed = (actual: ArrayLike<number>): number => data.nextObservations.reduce((sum, next, i) => sum + (next - actual[i]!) ** 2, 0);
  const all = await model.predict(float32([data.count, data.observationSize], data.observations), float32([data.count, data.actionSize], data.actions));
  const ratio = changed(all.mean.data) / changed(data.observations);
  const { errorRatio = 0.5 } = check.options;
  require('learns', ratio <= errorRatio, `the squared error must be at most ${errorRatio} of that of predicting no change, got ${ratio}`);
}

async function checkFitRefusals(check: ModelCheck): Promise<void> {
  const { model, data, seed, contract: { require, requireError } } = check;
  const before = await model.predict(check.observations, check.actions);
  const rng = createRng(seed);
  await requireError('fit-refusal', 'SHAPE', 'data of another observation size', () => model.fit(createTransitionColumns(8, model.observationSize + 1, model.actionSize), { rng }));
  await requireError('fit-refusal', 'SHAPE', 'data of another action size', () => model.fit(createTransitionColumns(8, model.observationSize, model.actionSize + 1), { rng }));
  await requireError('fit-refusal', 'SHAPE', 'no data', () => model.fit(createTransitionColumns(0, model.observationSize, model.actionSize), { rng }));
  for (const column of ['observations', 'actions', 'nextObservations'] as const) {
    const spoiled = { ...data, [column]: data[column].map((value, i) => (i === 3 ? NaN : value)) };
    await requireError('fit-refusal', 'NUMERICAL', `${column} with NaN`, () => model.fit(spoiled, { rng }));
  }
  require('fit-refusal', samePrediction(before, await model.predict(check.observations, check.actions)), 'a refused fit must not change the model');
}

async function checkPredict(check: ModelCheck): Promise<void> {
  const { model, observations, actions, contract: clauses, options: { rowTolerance = 1e-4 } } = check;
  const { require, requireError } = clauses;
  const count = observations.shape[0]!;
  const size = model.observationSize;
  const prediction = await model.predict(observations, actions);
  for (const [name, field] of fieldsOf(prediction)) {
    checkArray(clauses, 'predict-form', name, field, [count, size]);
    if (name !== 'mean') require('predict-form', field.data.every((value) => value >= 0), () => `${name} must not be negative, got ${show(field.data)}`);
  }
  const single = await model.predict(rowsOf(observations.data.slice(size), size, 1), rowsOf(actions.data.slice(model.actionSize), model.actionSize, 1));
  for (const [name, field] of fieldsOf(prediction)) {
    const alone = single[name as keyof Prediction].data;
    const close = alone.every((value, i) => Math.abs(value - field.data[size + i]!) <= rowTolerance * (1 + Math.abs(value)));
    require('row-independence', close && alone.length === size, () => `${name} of a row must be the same alone and in a batch, got ${show(alone)} and ${show(field.data.slice(size, 2 * size))}`);
  }
  const zeros = (rows: number, width: number): Float32 => float32([rows, width]);
  const a = model.actionSize;
  const wrong: [string, Float32, Float32][] = [
    ['observations of another size', zeros(2, size + 1), zeros(2, a)],
    ['actions of another size', zeros(2, size), zeros(2, a + 1)],
    ['observations and actions of different counts', zeros(2, size), zeros(3, a)],
  ];
  for (const [what, o, u] of wrong) {
    await requireError('sizes', 'SHAPE', `predict of ${what}`, () => model.predict(o, u));
    await requireError('sizes', 'SHAPE', `sample of ${what}`, () => model.sample(o, u, createRng(0)));
  }
  await requireError('sizes', 'SHAPE', 'linearize at an observation of another size', () => model.linearize(new Float32Array(size + 1), new Float32Array(a)));
  await requireError('sizes', 'SHAPE', 'linearize at an action of another size', () => model.linearize(new Float32Array(size), new Float32Array(a + 1)));
}

async function checkSample(check: ModelCheck): Promise<void> {
  const { model, observations, actions, seed, contract: clauses, options: { stochastic = true, sampleCount = 2000 } } = check;
  const { require } = clauses;
  const size = model.observationSize;
  const draw = (drawSeed: number): Promise<Float32> => model.sample(observations, actions, createRng(drawSeed));
  const drawn = await draw(seed);
  checkArray(clauses, 'sample-form', 'a sample', drawn, [observations.shape[0]!, size]);
  require('sample-determinism', firstDifference(drawn.data, (await draw(seed)).data) === -1, 'equal generators must give equal samples');
  if (stochastic) require('sample-determinism', firstDifference(drawn.data, (await draw(seed + 1)).data) !== -1, 'another generator must give other samples');

  const repeat = (row: Float32Array): Float32 => float32([sampleCount, row.length], Float32Array.from({ length: sampleCount * row.length }, (_, i) => row[i % row.length]!));
  const [o, a] = [observations.data.slice(0, size), actions.data.slice(0, model.actionSize)];
  const prediction = await model.predict(float32([1, size], o), float32([1, model.actionSize], a));
  const samples = await model.sample(repeat(o), repeat(a), createRng(seed).split('distribution'));
  for (let i = 0; i < size; i++) {
    let sum = 0;
    let squares = 0;
    for (let n = 0; n < sampleCount; n++) {
      const deviation = samples.data[n * size + i]! - prediction.mean.data[i]!;
      sum += deviation;
      squares += deviation * deviation;
    }
    const variance = prediction.aleatoricVariance.data[i]! + prediction.epistemicVariance.data[i]!;
    const rounding = 1e-4 * (1 + Math.abs(prediction.mean.data[i]!));
    const offset = Math.abs(sum / sampleCount);
    require('sample-distribution', offset <= 6 * Math.sqrt(variance / sampleCount) + rounding, `the mean of ${sampleCount} samples must be the predicted mean at component ${i}, got an offset of ${offset} at a variance of ${variance}`);
    const spread = squares / sampleCount;
    const slack = variance * (0.1 + 12 / Math.sqrt(sampleCount)) + rounding ** 2;
    require('sample-distribution', Math.abs(spread - variance) <= slack, `the variance of ${sampleCount} samples must be the predicted ${variance} at component ${i}, got ${spread}`);
  }
}

/** Compares with central differences of the predicted mean, at one row of the data. */
async function checkLinearize(check: ModelCheck): Promise<void> {
  const { model, observations, actions, contract: clauses, options: { linearizeTolerance = 0.05 } } = check;
  const { observationSize: size, actionSize } = model;
  const width = size + actionSize;
  const [o, a] = [observations.data.slice(0, size), actions.data.slice(0, actionSize)];
  const { nextObservation, A, B } = await clauses.allowAsync('linearize', 'linearize', () => model.linearize(o, a));
  checkArray(clauses, 'linearize', 'nextObservation', nextObservation, [size]);
  checkArray(clauses, 'linearize', 'A', A, [size, size]);
  checkArray(clauses, 'linearize', 'B', B, [size, actionSize]);
  const step = 0.02;
  const points = (values: Float32Array, offset: number): Float32Array => {
    const rows = new Float32Array((2 * width + 1) * values.length);
    for (let row = 0; row <= 2 * width; row++) rows.set(values, row * values.length);
    for (let i = 0; i < values.length; i++) {
      rows[2 * (offset + i) * values.length + i]! += step;
      rows[(2 * (offset + i) + 1) * values.length + i]! -= step;
    }
    return rows;
  };
  const { mean } = await model.predict(float32([2 * width + 1, size], points(o, 0)), float32([2 * width + 1, actionSize], points(a, size)));
  const require = (name: string, actual: number, wanted: number): void =>
    clauses.require('linearize', Math.abs(actual - wanted) <= linearizeTolerance * (1 + Math.abs(wanted)), `${name} must be ${wanted} by predict, got ${actual}`);
  for (let i = 0; i < size; i++) {
    require(`nextObservation[${i}]`, nextObservation.data[i]!, mean.data[2 * width * size + i]!);
    for (let j = 0; j < width; j++) {
      const difference = (mean.data[2 * j * size + i]! - mean.data[(2 * j + 1) * size + i]!) / (2 * step);
      if (j < size) require(`A[${i}, ${j}]`, A.data[i * size + j]!, difference);
      else require(`B[${i}, ${j - size}]`, B.data[i * actionSize + j - size]!, difference);
    }
  }
}

async function checkSaving(check: ModelCheck): Promise<void> {
  const { model, factory, data, seed, observations, actions, contract: { require, requireThrow, allow } } = check;
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
  require('save-load', samePrediction(await predictions(model), await predictions(other)), 'a loaded model must go on learning equally, bit for bit');
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
  for (const [what, checkpoint] of bad) requireThrow('load-refusal', 'CHECKPOINT', `loading a checkpoint with ${what}`, () => other.load(checkpoint));
  require('load-refusal', samePrediction(after, await predictions(other)), 'a refused load must not change the model');
  other.dispose();
}

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
  await checkSaving(check);
  model.dispose();
  const rng = createRng(seed);
  await clauses.requireError('disposed', 'LIFECYCLE', 'predict after dispose', () => model.predict(observations, actions));
  await clauses.requireError('disposed', 'LIFECYCLE', 'sample after dispose', () => model.sample(observations, actions, rng));
  await clauses.requireError('disposed', 'LIFECYCLE', 'fit after dispose', () => model.fit(data, { rng }));
  await clauses.requireError('disposed', 'LIFECYCLE', 'linearize after dispose', () => model.linearize(new Float32Array(observationSize), new Float32Array(actionSize)));
}
