import {
  type BatchLinearization,
  type Checkpoint,
  createRng,
  type DynamicsModel,
  type FitReport,
  float32,
  type NdArray,
  type Prediction,
  type TransitionColumns,
} from '@mbrl/core';
import { checkDynamicsModel, type DynamicsModelCheckOptions, type DynamicsModelClause } from '@mbrl/core/testing';
import { describe, expect, it } from 'vitest';
import { casesOf, expectBroken } from './toys/expect-broken.js';
import { ToyModel } from './toys/toy-model.js';

type Rows = NdArray<'float32'>;

/** A toy with some members replaced; `self` behaves rightly, with its state. */
const wrong = (change: (self: ToyModel) => object) => (): DynamicsModel => {
  const self = new ToyModel();
  const changed = change(self);
  return new Proxy(self, {
    get: (target, key) => {
      const from = key in changed ? changed : target;
      const value: unknown = Reflect.get(from, key);
      return typeof value === 'function' ? (value as (...inputs: unknown[]) => unknown).bind(from) : value;
    },
  });
};
const wrongReport = (change: (report: FitReport) => Partial<FitReport>) =>
  wrong((self) => ({
    fit: async (...inputs: Parameters<DynamicsModel['fit']>) => {
      const report = await self.fit(...inputs);
      return { ...report, ...change(report) };
    },
  }));
const wrongPredict = (change: (prediction: Prediction, observations: Rows, actions: Rows) => Partial<Prediction>) =>
  wrong((self) => ({
    predict: async (observations: Rows, actions: Rows) => {
      const prediction = await self.predict(observations, actions);
      return { ...prediction, ...change(prediction, observations, actions) };
    },
  }));
const wrongSample = (change: (sample: Rows, rng: ReturnType<typeof createRng>, mean: Rows) => Rows) =>
  wrong((self) => ({
    sample: async (observations: Rows, actions: Rows, rng: ReturnType<typeof createRng>) =>
      change(await self.sample(observations, actions, rng), rng, (await self.predict(observations, actions)).mean),
  }));
const wrongBatch = (change: (batch: BatchLinearization) => Partial<BatchLinearization>) =>
  wrong((self) => ({
    linearizeBatch: async (observations: Rows, actions: Rows) => {
      const batch = await self.linearizeBatch(observations, actions);
      return { ...batch, ...change(batch) };
    },
  }));
const mapped = (array: Rows, fn: (value: number, i: number) => number): Rows => float32(array.shape, array.data.map(fn));
const cut = (array: Rows, shape: number[]): Rows =>
  float32(
    shape,
    array.data.slice(
      0,
      shape.reduce((a, b) => a * b, 1),
    ),
  );

let count = 0;

const wrongs: { readonly [clause in DynamicsModelClause]: { readonly [what: string]: () => DynamicsModel } } = {
  description: { 'has no observation': wrong(() => ({ observationSize: 0 })), 'has half an action': wrong(() => ({ actionSize: 0.5 })) },
  'fit-report': {
    'counts epochs from 0': wrongReport(({ epochs }) => ({ epochs: epochs.map((report) => ({ ...report, epoch: report.epoch - 1 })) })),
    'tells nobody': wrong((self) => ({ fit: (data: TransitionColumns, { rng, signal }: never) => self.fit(data, { rng, signal }) })),
    'has its best epoch after the last': wrongReport(() => ({ bestEpoch: 5 })),
    'loses rows': wrongReport(({ trainCount }) => ({ trainCount: trainCount - 1 })),
    'has a loss of NaN': wrongReport(() => ({ holdoutLossByMember: [NaN] })),
    'has no loss for what it holds out': wrongReport(() => ({ holdoutLossByMember: [] })),
    'calls itself aborted': wrongReport(() => ({ status: 'aborted' })),
    throws: wrong(() => ({ fit: () => Promise.reject(new Error('no')) })),
  },
  'fit-determinism': {
    'draws from elsewhere': wrong((self) => ({
      fit: (data: TransitionColumns, options: { rng: never }) => self.fit(data, { ...options, rng: createRng(++count) }),
    })),
  },
  'fit-abort': {
    'cannot be stopped': wrong((self) => ({ fit: (data: TransitionColumns, { rng, onEpoch }: never) => self.fit(data, { rng, onEpoch }) })),
    'does not say that it was': wrongReport(() => ({ status: 'epochLimit' })),
  },
  'fit-refusal': {
    'learns from other sizes': wrong((self) => ({
      fit: (data: TransitionColumns, options: never) => self.fit({ ...data, observationSize: 3 }, options),
    })),
    'learns from nothing': wrong((self) => ({
      fit: async (data: TransitionColumns, options: never) => (data.count === 0 ? undefined : self.fit(data, options)),
    })),
    'learns from NaN': wrong((self) => ({
      fit: (data: TransitionColumns, options: never) =>
        self.fit({ ...data, actions: data.actions.map((value) => (Number.isNaN(value) ? 0 : value)) }, options),
    })),
    'forgets all when it refuses': wrong((self) => ({
      fit: async (data: TransitionColumns, options: never) => {
        const before = self.weights;
        self.weights = data.nextObservations.includes(NaN) ? new Float32Array(15) : before;
        return self.fit(data, options);
      },
    })),
  },
  learns: {
    'predicts no change': wrongPredict((_, observations) => ({ mean: mapped(observations, (value) => value) })),
    'forgets its weights': wrong((self) => ({
      fit: async (...inputs: Parameters<DynamicsModel['fit']>) => {
        const report = await self.fit(...inputs);
        self.weights.fill(0);
        return report;
      },
    })),
  },
  'predict-form': {
    'predicts a negative variance': wrongPredict(({ epistemicVariance }) => ({
      epistemicVariance: mapped(epistemicVariance, (value) => -value),
    })),
    'predicts NaN': wrongPredict(({ aleatoricVariance }) => ({ aleatoricVariance: mapped(aleatoricVariance, () => NaN) })),
    'predicts one variance for all rows': wrongPredict(({ aleatoricVariance }) => ({ aleatoricVariance: cut(aleatoricVariance, [3]) })),
    'predicts in a flat shape': wrongPredict(({ mean }) => ({ mean: { ...mean, shape: [mean.data.length] } })),
  },
  'predict-determinism': {
    'predicts by chance': wrongPredict(({ epistemicVariance }) => ({
      epistemicVariance: mapped(epistemicVariance, (value) => value + 1e-6 * ++count),
    })),
    'predicts into one array': wrong((self) => {
      const shared = new Map<number, Float32Array>();
      return {
        predict: async (observations: Rows, actions: Rows) => {
          const prediction = await self.predict(observations, actions);
          const rows = prediction.mean.shape[0]!;
          const data = shared.get(0) ?? new Float32Array(3000);
          shared.set(0, data);
          data.set(prediction.mean.data);
          return { ...prediction, mean: { ...prediction.mean, data: data.subarray(0, rows * 3) } };
        },
      };
    }),
  },
  'row-independence': {
    'looks at the first row only': wrongPredict(({ mean }) => ({
      mean: mapped(mean, (value, i) => (mean.shape[0] === 5 ? mean.data[i % 3]! : value)),
    })),
    'subtracts the mean of the batch': wrongPredict(({ mean }) => ({
      mean: mean.shape[0]! > 200 ? mean : mapped(mean, (value) => value - mean.data.reduce((a, b) => a + b, 0) / mean.data.length),
    })),
  },
  'inputs-untouched': {
    'normalises in place': wrongPredict((_, observations) => (observations.data.set(observations.data.map((x) => 0.999 * x)), {})),
  },
  sizes: {
    'reads what is there': wrong((self) => ({
      predict: (observations: Rows, actions: Rows) => self.predict(cut(observations, [observations.shape[0]!, 3]), actions),
    })),
    'samples other sizes': wrong((self) => ({
      sample: (observations: Rows, actions: Rows, rng: never) => self.sample(observations, cut(actions, [observations.shape[0]!, 2]), rng),
    })),
    'linearises any rows at once': wrong((self) => ({
      linearizeBatch: (observations: Rows, actions: Rows) => self.linearizeBatch(observations, cut(actions, [observations.shape[0]!, 2])),
    })),
    'linearises anywhere': wrong((self) => ({
      linearize: (observation: Float32Array, action: Float32Array) => self.linearize(observation.slice(0, 3), action),
    })),
  },
  'sample-form': {
    'samples a row too few': wrongSample((sample) => cut(sample, [sample.shape[0]! - 1, 3])),
    'samples infinity': wrongSample((sample) => mapped(sample, (value, i) => (i === 4 ? Infinity : value))),
  },
  'sample-determinism': {
    'samples by chance': wrongSample((sample) => mapped(sample, (value) => value + 1e-4 * (++count % 7))),
    'samples the mean': wrongSample((_, __, mean) => mean),
  },
  'sample-distribution': {
    'samples off the mean': wrongSample((sample) => mapped(sample, (value) => value + 0.05)),
    'samples twice the deviation': wrongSample((sample, _, mean) =>
      mapped(sample, (value, i) => mean.data[i]! + 2 * (value - mean.data[i]!)),
    ),
    'samples one noise for all rows': wrong((self) => ({
      sample: async (observations: Rows, actions: Rows, rng: ReturnType<typeof createRng>) => {
        const noise = [rng.normal(), rng.normal(), rng.normal()];
        const { mean } = await self.predict(observations, actions);
        return mapped(mean, (value, i) => value + Math.sqrt(self.variances[i % 3]!) * noise[i % 3]!);
      },
    })),
  },
  linearize: {
    'forgets that it predicts a change': wrong((self) => ({
      linearize: async (...inputs: Parameters<DynamicsModel['linearize']>) => {
        const line = await self.linearize(...inputs);
        return { ...line, A: mapped(line.A, (value, i) => value - (i % 4 === 0 ? 1 : 0)) };
      },
    })),
    'gives B transposed': wrong((self) => ({
      linearize: async (...inputs: Parameters<DynamicsModel['linearize']>) => {
        const line = await self.linearize(...inputs);
        return {
          ...line,
          B: float32(
            [3, 2],
            Float32Array.from({ length: 6 }, (_, k) => line.B.data[(k % 3) * 2 + Math.floor(k / 3)]!),
          ),
        };
      },
    })),
    'gives where it was': wrong((self) => ({
      linearize: async (observation: Float32Array, action: Float32Array) => ({
        ...(await self.linearize(observation, action)),
        nextObservation: float32([3], observation.slice(0, 3)),
      }),
    })),
  },
  'linearize-batch': {
    'gives the next observation of the first row to all': wrongBatch((batch) => ({
      nextObservations: mapped(batch.nextObservations, (_, i) => batch.nextObservations.data[i % 3]!),
    })),
    'fills A for the first rows only': wrongBatch((batch) => ({ A: mapped(batch.A, (value, i) => (i < 9 * 64 ? value : 0)) })),
    'gives B transposed': wrongBatch((batch) => ({
      B: mapped(batch.B, (_, k) => batch.B.data[6 * Math.floor(k / 6) + (k % 3) * 2 + Math.floor((k % 6) / 3)]!),
    })),
    'gives A of another shape': wrongBatch((batch) => ({ A: float32([batch.A.shape[0]! * 3, 3], batch.A.data) })),
    'gives NaN': wrongBatch((batch) => ({ B: mapped(batch.B, () => NaN) })),
    'knows one row only': wrong((self) => ({
      linearizeBatch: async (observations: Rows, actions: Rows) => {
        if (self.rows(observations, actions) > 1) throw new Error('too many rows');
        return self.linearizeBatch(observations, actions);
      },
    })),
    'writes to its inputs': wrong((self) => ({
      linearizeBatch: async (observations: Rows, actions: Rows) => {
        const batch = await self.linearizeBatch(observations, actions);
        observations.data.fill(0);
        return batch;
      },
    })),
  },
  'save-load': {
    'saves no variances': wrong((self) => ({
      load: (checkpoint: Checkpoint) => {
        self.load(checkpoint);
        self.variances.fill(1);
      },
    })),
    'saves what cannot be written': wrong((self) => ({ save: () => ({ ...self.save(), json: { loss: NaN } }) })),
    'keeps an optimiser state to itself': wrong((self) => {
      let steps = 0;
      return {
        fit: async (...inputs: Parameters<DynamicsModel['fit']>) => {
          const report = await self.fit(...inputs);
          self.weights[0]! += 0.01 * steps++;
          return report;
        },
      };
    }),
  },
  'save-aliasing': {
    'gives its weights away': wrong((self) => ({
      save: () => ({ ...self.save(), arrays: { ...self.save().arrays, weights: float32([3, 5], self.weights) } }),
    })),
  },
  'load-refusal': {
    'loads any kind': wrong((self) => ({ load: (checkpoint: Checkpoint) => self.load({ ...checkpoint, kind: 'ToyModel' }) })),
    'loads any version': wrong((self) => ({ load: (checkpoint: Checkpoint) => self.load({ ...checkpoint, version: 1 }) })),
    'trips over missing JSON': wrong((self) => ({
      load: (checkpoint: Checkpoint) => self.load({ ...checkpoint, json: (checkpoint.json as { sizes: number[] }).sizes }),
    })),
    'loads any shape': wrong((self) => ({
      load: (checkpoint: Checkpoint) =>
        self.load({
          ...checkpoint,
          arrays: {
            ...checkpoint.arrays,
            weights: checkpoint.arrays['weights'] && float32([3, 5], (checkpoint.arrays['weights'] as Rows).data.slice(0, 15)),
          } as never,
        }),
    })),
    'is half loaded when it refuses': wrong((self) => ({
      load: (checkpoint: Checkpoint) => {
        if (checkpoint.kind !== 'ToyModel') self.variances.fill(2);
        self.load(checkpoint);
      },
    })),
  },
  disposed: {
    'goes on for ever': wrong(() => ({ dispose: () => undefined })),
    'goes on linearising batches': wrong((self) => {
      const other = new ToyModel();
      return {
        linearizeBatch: (observations: Rows, actions: Rows) =>
          (self.disposed ? Object.assign(other, { weights: self.weights }) : self).linearizeBatch(observations, actions),
      };
    }),
  },
};

describe('checkDynamicsModel', () => {
  it('finds nothing wrong with a right model', () => checkDynamicsModel(() => new ToyModel()));

  it('finds nothing wrong with one that does not linearise batches', () =>
    checkDynamicsModel(wrong(() => ({ linearizeBatch: undefined }))));

  it.each(casesOf(wrongs))('$clause: finds a model that $what', ({ clause, subject }) =>
    expectBroken('checkDynamicsModel', clause, () => checkDynamicsModel(subject)),
  );
});

describe('its options', () => {
  const expectClause = (
    clause: DynamicsModelClause,
    options: DynamicsModelCheckOptions,
    factory: () => DynamicsModel = () => new ToyModel(),
  ) => expectBroken('checkDynamicsModel', clause, () => checkDynamicsModel(factory, options));

  it('errorRatio sets how well it must learn', () => expectClause('learns', { errorRatio: 1e-4 }));

  it('stochastic: false allows samples without noise', async () => {
    const certain = wrong((self) => ({
      predict: async (o: Rows, a: Rows) => {
        const { mean } = await self.predict(o, a);
        return { mean, aleatoricVariance: mapped(mean, () => 0), epistemicVariance: mapped(mean, () => 0) };
      },
      sample: async (o: Rows, a: Rows) => (await self.predict(o, a)).mean,
    }));
    await expectClause('sample-determinism', {}, certain);
    await checkDynamicsModel(certain, { stochastic: false });
  });

  it('rowTolerance and linearizeTolerance allow rougher numerics', async () => {
    const rough = wrongPredict(({ mean }) => ({ mean: mapped(mean, (value, i) => value + 1e-3 * Math.min(1, Math.floor(i / 3))) }));
    await expectClause('row-independence', {}, rough);
    await checkDynamicsModel(rough, { rowTolerance: 0.01 });
    await expectClause('linearize', { linearizeTolerance: 1e-9 });
  });

  it('data, rowCount, sampleCount and seed reach the model', async () => {
    const fitted: TransitionColumns[] = [];
    const sampled = new Set<number>();
    const noting = wrong((self) => ({
      fit: (...inputs: Parameters<DynamicsModel['fit']>) => (fitted.push(inputs[0]), self.fit(...inputs)),
      sample: (...inputs: Parameters<DynamicsModel['sample']>) => (sampled.add(inputs[0].shape[0]!), self.sample(...inputs)),
    }));
    await checkDynamicsModel(noting, { rowCount: 100, sampleCount: 1234 });
    const [first] = fitted as [TransitionColumns];
    expect(first.count).toBe(100);
    expect(sampled).toContain(1234);
    fitted.length = 0;
    await checkDynamicsModel(noting, { rowCount: 100, seed: 1 });
    expect(fitted[0]!.observations).not.toEqual(first.observations);
    fitted.length = 0;
    await checkDynamicsModel(noting, { data: first });
    expect(fitted[0]).toBe(first);
  });
});
