/** The clauses of a dynamics model about predictions, samples and linearisation. */
import { float32 } from '../nd-array.js';
import type { Prediction } from '../dynamics-model.js';
import { createRng } from '../rng.js';
import { firstDifference, show } from './contract.js';
import { checkArray, fieldsOf, type Float32, type ModelCheck, rowsOf, samePrediction } from './model-check.js';

/** Predictions are functions of their inputs, which are only read. */
export async function checkPurity({ model, observations, actions, contract: { require, allowAsync } }: ModelCheck): Promise<void> {
  const kept = [observations.data.slice(), actions.data.slice()];
  const prediction = await allowAsync('predict-form', 'predict', () => model.predict(observations, actions));
  const copy = fieldsOf(prediction).map(([, field]) => field.data.slice());
  require('inputs-untouched', firstDifference(observations.data, kept[0]!) === -1 &&
    firstDifference(actions.data, kept[1]!) === -1, 'predict must not write to its inputs');
  require('predict-determinism', samePrediction(
    prediction,
    await model.predict(observations, actions),
  ), 'equal rows must give equal predictions');
  const other = rowsOf(
    observations.data.map((value) => value + 1),
    model.observationSize,
    observations.shape[0]!,
  );
  await model.predict(other, actions);
  require('predict-determinism', fieldsOf(prediction).every(
    ([, field], i) => firstDifference(field.data, copy[i]!) === -1,
  ), 'a later call must not write to an earlier prediction');
}

/** Form, row independence, and refusal of wrong sizes. */
export async function checkPredict(check: ModelCheck): Promise<void> {
  const {
    model,
    observations,
    actions,
    contract: clauses,
    options: { rowTolerance = 1e-4 },
  } = check;
  const { require, requireError } = clauses;
  const count = observations.shape[0]!;
  const size = model.observationSize;
  const prediction = await model.predict(observations, actions);
  for (const [name, field] of fieldsOf(prediction)) {
    checkArray(clauses, 'predict-form', name, field, [count, size]);
    if (name !== 'mean')
      require('predict-form', field.data.every((value) => value >= 0), () => `${name} must not be negative, got ${show(field.data)}`);
  }
  const single = await model.predict(
    rowsOf(observations.data.slice(size), size, 1),
    rowsOf(actions.data.slice(model.actionSize), model.actionSize, 1),
  );
  for (const [name, field] of fieldsOf(prediction)) {
    const alone = single[name as keyof Prediction].data;
    const close = alone.every((value, i) => Math.abs(value - field.data[size + i]!) <= rowTolerance * (1 + Math.abs(value)));
    require('row-independence', close && alone.length === size, () =>
      `${name} of a row must be the same alone and in a batch, got ${show(alone)} and ${show(field.data.slice(size, 2 * size))}`);
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
  await requireError('sizes', 'SHAPE', 'linearize at an observation of another size', () =>
    model.linearize(new Float32Array(size + 1), new Float32Array(a)),
  );
  await requireError('sizes', 'SHAPE', 'linearize at an action of another size', () =>
    model.linearize(new Float32Array(size), new Float32Array(a + 1)),
  );
}

/** Samples: form, determinism, and agreement with the predicted mean and variance. */
export async function checkSample(check: ModelCheck): Promise<void> {
  const {
    model,
    observations,
    actions,
    seed,
    contract: clauses,
    options: { stochastic = true, sampleCount = 2000 },
  } = check;
  const { require } = clauses;
  const size = model.observationSize;
  const draw = (drawSeed: number): Promise<Float32> => model.sample(observations, actions, createRng(drawSeed));
  const drawn = await draw(seed);
  checkArray(clauses, 'sample-form', 'a sample', drawn, [observations.shape[0]!, size]);
  require('sample-determinism', firstDifference(drawn.data, (await draw(seed)).data) === -1, 'equal generators must give equal samples');
  if (stochastic)
    require('sample-determinism', firstDifference(drawn.data, (await draw(seed + 1)).data) !==
      -1, 'another generator must give other samples');

  const repeat = (row: Float32Array): Float32 =>
    float32(
      [sampleCount, row.length],
      Float32Array.from({ length: sampleCount * row.length }, (_, i) => row[i % row.length]!),
    );
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
    require('sample-distribution', offset <=
      6 * Math.sqrt(variance / sampleCount) +
        rounding, `the mean of ${sampleCount} samples must be the predicted mean at component ${i}, got an offset of ${offset} at a variance of ${variance}`);
    const spread = squares / sampleCount;
    const slack = variance * (0.1 + 12 / Math.sqrt(sampleCount)) + rounding ** 2;
    require('sample-distribution', Math.abs(spread - variance) <=
      slack, `the variance of ${sampleCount} samples must be the predicted ${variance} at component ${i}, got ${spread}`);
  }
}

/** Compares with central differences of the predicted mean, at one row of the data. */
export async function checkLinearize(check: ModelCheck): Promise<void> {
  const {
    model,
    observations,
    actions,
    contract: clauses,
    options: { linearizeTolerance = 0.05 },
  } = check;
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
    clauses.require(
      'linearize',
      Math.abs(actual - wanted) <= linearizeTolerance * (1 + Math.abs(wanted)),
      `${name} must be ${wanted} by predict, got ${actual}`,
    );
  for (let i = 0; i < size; i++) {
    require(`nextObservation[${i}]`, nextObservation.data[i]!, mean.data[2 * width * size + i]!);
    for (let j = 0; j < width; j++) {
      const difference = (mean.data[2 * j * size + i]! - mean.data[(2 * j + 1) * size + i]!) / (2 * step);
      if (j < size) require(`A[${i}, ${j}]`, A.data[i * size + j]!, difference);
      else require(`B[${i}, ${j - size}]`, B.data[i * actionSize + j - size]!, difference);
    }
  }
}

/** Where many points are linearised at once: what {@link checkLinearize} found right, row by row. */
export async function checkLinearizeBatch(check: ModelCheck): Promise<void> {
  const {
    model,
    observations,
    actions,
    contract: clauses,
    options: { rowTolerance = 1e-4 },
  } = check;
  if (model.linearizeBatch === undefined) return;
  const clause = 'linearize-batch';
  const { observationSize: size, actionSize } = model;
  const known = observations.shape[0]!;
  // Fewer than a batch of a compiled program, one, and more; the rows are those of the data, over and over.
  for (const count of [1, known, 2 * known + 3, 67]) {
    const repeat = (from: Float32, width: number): Float32 =>
      rowsOf(
        Float32Array.from({ length: count * width }, (_, i) => from.data[i % from.data.length]!),
        width,
        count,
      );
    const [o, a] = [repeat(observations, size), repeat(actions, actionSize)];
    const kept = [o.data.slice(), a.data.slice()] as const;
    const batch = await clauses.allowAsync(clause, `linearizeBatch of ${count} rows`, async () => model.linearizeBatch!(o, a));
    clauses.require(
      clause,
      firstDifference(o.data, kept[0]) === -1 && firstDifference(a.data, kept[1]) === -1,
      'linearizeBatch must not write to its inputs',
    );
    checkArray(clauses, clause, 'nextObservations', batch.nextObservations, [count, size]);
    checkArray(clauses, clause, 'A', batch.A, [count, size, size]);
    checkArray(clauses, clause, 'B', batch.B, [count, size, actionSize]);
    for (let row = 0; row < count; row++) {
      // Rows repeat: the first and the last of each are compared, and those around the ends of batches are among them.
      if (row >= known && row < count - known) continue;
      const one = await model.linearize(o.data.slice(row * size, (row + 1) * size), a.data.slice(row * actionSize, (row + 1) * actionSize));
      for (const [name, rows, alone] of [
        ['nextObservations', batch.nextObservations, one.nextObservation],
        ['A', batch.A, one.A],
        ['B', batch.B, one.B],
      ] as const) {
        const width = alone.data.length;
        const close = alone.data.every((value, i) => Math.abs(rows.data[row * width + i]! - value) <= rowTolerance * (1 + Math.abs(value)));
        clauses.require(
          clause,
          close,
          () =>
            `${name} of row ${row} of ${count} must be ${show(alone.data)} as by linearize, got ${show(rows.data.slice(row * width, (row + 1) * width))}`,
        );
      }
    }
  }
  const zeros = (rows: number, width: number): Float32 => float32([rows, width]);
  for (const [what, o, a] of [
    ['observations of another size', zeros(2, size + 1), zeros(2, actionSize)],
    ['actions of another size', zeros(2, size), zeros(2, actionSize + 1)],
    ['observations and actions of different counts', zeros(2, size), zeros(3, actionSize)],
  ] as const) {
    await clauses.requireError('sizes', 'SHAPE', `linearizeBatch of ${what}`, async () => model.linearizeBatch!(o, a));
  }
}
