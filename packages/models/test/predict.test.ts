import {
  CheckpointError,
  createRng,
  decodeCheckpoint,
  encodeCheckpoint,
  float32,
  LifecycleError,
  type NdArray,
  ShapeError,
} from '@mbrl/core';
import { configureEngine } from '@mbrl/jit';
import { type ProbabilisticEnsemble, sineCosineTransform } from '@mbrl/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint, noisyIntegrator, pendulumLike, rows, smallEnsemble } from './toy-systems.js';

configureEngine({ threadCount: 1 });

const options = {
  observationSize: 2,
  ensembleSize: 4,
  epochs: 10,
  holdoutRatio: 0.1,
  eliteMemberCount: 3,
  inputTransform: sineCosineTransform(2, [0]),
};
let model: ProbabilisticEnsemble;

beforeAll(async () => {
  model = smallEnsemble(options);
  await model.fit(pendulumLike(200), { rng: createRng(1) });
});
afterAll(() => model.dispose());

const draw = (count: number, size: number, seed: number): NdArray<'float32'> => {
  const array = float32([count, size]);
  createRng(seed).fillNormal(array.data);
  return array;
};

/** One member's distribution of the next observation in float64, by the definitions and the checkpoint alone. */
function reference(
  of: ProbabilisticEnsemble,
  member: number,
  x: readonly [number, number],
  u: number,
): { mean: number[]; variance: number[] } {
  const { arrays } = of.save();
  const get = (name: string): Float32Array => arrays[name]!.data as Float32Array;
  const input = { mean: get('statistics.inputs.mean'), deviation: get('statistics.inputs.deviation') };
  const target = { mean: get('statistics.targets.mean'), deviation: get('statistics.targets.deviation') };
  let hidden = [x[1], Math.sin(x[0]), Math.cos(x[0]), u].map((value, i) => (value - input.mean[i]!) / input.deviation[i]!);
  for (const layer of [0, 1, 2]) {
    const bias = get(`state.params.layers.${layer}.bias`);
    const kernel = get(`state.params.layers.${layer}.kernel`);
    const outputs = bias.length / 4;
    hidden = Array.from({ length: outputs }, (_, o) => {
      const sum = hidden.reduce(
        (total, value, i) => total + value * kernel[(member * hidden.length + i) * outputs + o]!,
        bias[member * outputs + o]!,
      );
      return layer < 2 ? sum / (1 + Math.exp(-sum)) : sum;
    });
  }
  const softplus = (value: number): number => Math.log1p(Math.exp(value));
  const mean = [0, 1].map((i) => x[i]! + hidden[i]! * target.deviation[i]! + target.mean[i]!);
  const variance = [0, 1].map((i) => {
    const minimum = get('state.params.logVariance.minimum')[i]!;
    const maximum = get('state.params.logVariance.maximum')[i]!;
    const fromAbove = maximum - softplus(maximum - hidden[2 + i]!);
    return Math.exp(minimum + softplus(fromAbove - minimum)) * target.deviation[i]! ** 2;
  });
  return { mean, variance };
}

describe('predict', () => {
  it('is the mixture of the elite members: mean of means, mean of variances, variance of means', async () => {
    const { members } = model.save().json as { members: number[] };
    expect(members).toHaveLength(3);
    for (const [x, u] of [
      [[0.3, -0.5], 0.7],
      [[-2, 1.5], -1],
      [[0, 0], 0],
    ] as [[number, number], number][]) {
      const { mean, aleatoricVariance, epistemicVariance } = await model.predict(rows([x]), rows([[u]]));
      const parts = members.map((member) => reference(model, member, x, u));
      for (const i of [0, 1]) {
        const means = parts.map((part) => part.mean[i]!);
        const wantedMean = means.reduce((a, b) => a + b, 0) / 3;
        expect(mean.data[i]).toBeCloseTo(wantedMean, 5);
        expect(aleatoricVariance.data[i]! / (parts.reduce((sum, part) => sum + part.variance[i]!, 0) / 3)).toBeCloseTo(1, 3);
        expect(epistemicVariance.data[i]).toBeCloseTo(means.reduce((sum, value) => sum + (value - wantedMean) ** 2, 0) / 3, 6);
      }
    }
  });

  it('gives each row the same in a batch of more than 256, alone, and at another place', async () => {
    const count = 600;
    const [x, u] = [draw(count, 2, 1), draw(count, 1, 2)];
    const all = await model.predict(x, u);
    for (const row of [0, 255, 256, 511, 512, 599]) {
      const single = await model.predict(float32([1, 2], x.data.slice(2 * row, 2 * row + 2)), float32([1, 1], u.data.slice(row, row + 1)));
      for (const name of ['mean', 'aleatoricVariance', 'epistemicVariance'] as const)
        expect(all[name].data.slice(2 * row, 2 * row + 2), `${name} of row ${row}`).toEqual(single[name].data);
    }
    expect(all.mean.shape).toEqual([count, 2]);
  });

  it('takes no rows at all', async () => {
    const { mean } = await model.predict(float32([0, 2]), float32([0, 1]));
    expect(mean.shape).toEqual([0, 2]);
  });

  it('may be called again before the first call is done', async () => {
    const inputs = [1, 2, 3].map((seed) => [draw(300, 2, seed), draw(300, 1, seed + 10)] as const);
    const together = await Promise.all(inputs.map(([x, u]) => model.predict(x, u)));
    for (const [i, [x, u]] of inputs.entries()) expect(together[i]).toEqual(await model.predict(x, u));
  });

  it('leaves results of earlier calls alone', async () => {
    const first = await model.predict(rows([[1, 1]]), rows([[1]]));
    const copy = first.mean.data.slice();
    await model.predict(rows([[0, 0]]), rows([[0]]));
    expect(first.mean.data).toEqual(copy);
  });

  it('has no disagreement with a single member', async () => {
    const single = smallEnsemble({ ensembleSize: 1 });
    await single.fit(noisyIntegrator(30), { rng: createRng(1) });
    const { aleatoricVariance, epistemicVariance } = await single.predict(rows([[0.1], [5]]), rows([[0], [1]]));
    expect([...epistemicVariance.data]).toEqual([0, 0]);
    expect(Math.min(...aleatoricVariance.data)).toBeGreaterThan(0);
    single.dispose();
  });

  it('says which shapes it wants', async () => {
    await expect(model.predict(float32([3, 2]), float32([2, 1]))).rejects.toThrow(
      /^predict: observations and actions must be \[N, 2\] and \[N, 1\], got \[3, 2\] and \[2, 1\]$/,
    );
    await expect(model.predict(float32([2]), float32([1, 1]))).rejects.toThrow(ShapeError);
    await expect(model.sample(float32([1, 3]), float32([1, 1]), createRng(0))).rejects.toThrow(/^sample: /);
  });
});

describe('sample', () => {
  it('has the moments of the prediction, in several calls of the program', async () => {
    const count = 20_000;
    const [x, u] = [[0.4, -0.8], [0.5]];
    const { mean, aleatoricVariance, epistemicVariance } = await model.predict(rows([x]), rows([u]));
    const repeat = (row: number[]): NdArray<'float32'> =>
      float32(
        [count, row.length],
        Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length]!),
      );
    const samples = await model.sample(repeat(x), repeat(u), createRng(3));
    for (const i of [0, 1]) {
      const values = Array.from({ length: count }, (_, n) => samples.data[2 * n + i]!);
      const average = values.reduce((a, b) => a + b, 0) / count;
      const variance = values.reduce((a, b) => a + (b - average) ** 2, 0) / count;
      const total = aleatoricVariance.data[i]! + epistemicVariance.data[i]!;
      expect(Math.abs(average - mean.data[i]!)).toBeLessThan(5 * Math.sqrt(total / count));
      expect(Math.abs(variance / total - 1)).toBeLessThan(5 * Math.sqrt(3 / count));
    }
  });

  it('draws the same from the same generator, and leaves another state of it than before', async () => {
    const [x, u] = [draw(5, 2, 1), draw(5, 1, 2)];
    const rng = createRng(1);
    const [first, second] = [await model.sample(x, u, rng), await model.sample(x, u, rng)];
    expect((await model.sample(x, u, createRng(1))).data).toEqual(first.data);
    expect(second.data).not.toEqual(first.data);
  });
});

describe('linearize', () => {
  it('agrees with central differences of the mean', async () => {
    const [x, u] = [[0.4, -0.3], [0.2]];
    const { nextObservation, A, B } = await model.linearize(x, u);
    expect([nextObservation.shape, A.shape, B.shape]).toEqual([[2], [2, 2], [2, 1]]);
    const next = (values: number[]): Promise<Float32Array> =>
      model.predict(rows([values.slice(0, 2)]), rows([values.slice(2)])).then(({ mean }) => mean.data);
    const base = await next([...x, ...u]);
    const h = 0.01;
    for (const i of [0, 1]) {
      expect(nextObservation.data[i]).toBeCloseTo(base[i]!, 5);
      for (const j of [0, 1, 2]) {
        const shifted = (sign: number): number[] => [...x, ...u].map((value, k) => (k === j ? value + sign * h : value));
        const difference = ((await next(shifted(1)))[i]! - (await next(shifted(-1)))[i]!) / (2 * h);
        expect(j < 2 ? A.data[2 * i + j]! : B.data[i]!).toBeCloseTo(difference, 3);
      }
    }
  });

  it('finds the matrices of a linear system', async () => {
    const linear = smallEnsemble({ hiddenSizes: [], epochs: 60, learningRate: 2e-2 });
    await linear.fit(noisyIntegrator(300, 0, 0.01), { rng: createRng(1) });
    const { A, B } = await linear.linearize([3], [-2]);
    expect(A.data[0]).toBeCloseTo(1, 1.5);
    expect(B.data[0]).toBeCloseTo(0.3, 1.5);
    linear.dispose();
  });
});

describe('load', () => {
  it('gives the same predictions, and refuses what does not fit without a trace', async () => {
    const saved = decodeCheckpoint(encodeCheckpoint(model.save()));
    const other = smallEnsemble({ ...options, seed: 9 });
    const before = await fingerprint(other);
    const json = saved.json as { members: number[]; activation: string };
    const bad = [
      { ...saved, json: null },
      { ...saved, json: { ...json, members: [0, 1] } },
      { ...saved, json: { ...json, members: [0, 1, 4] } },
      { ...saved, json: { ...json, members: [0, 1, 1] } },
      { ...saved, json: { ...json, members: '012' } },
      { ...saved, json: { ...json, activation: 'relu' } },
      { ...saved, arrays: { ...saved.arrays, 'statistics.inputs.mean': float32([3]) } },
      { ...saved, arrays: {} },
    ];
    for (const checkpoint of bad) expect(() => other.load(checkpoint)).toThrow(CheckpointError);
    expect(await fingerprint(other)).toEqual(before);
    other.load(saved);
    expect(await fingerprint(other)).toEqual(await fingerprint(model));
    // What was loaded is not shared with the checkpoint.
    for (const { data } of Object.values(saved.arrays)) data.fill(0);
    expect(await fingerprint(other)).toEqual(await fingerprint(model));
    other.dispose();
  });

  it('refuses a model of other sizes', () => {
    const saved = model.save();
    for (const change of [
      { hiddenSizes: [16] },
      { hiddenSizes: [16, 17] },
      { ensembleSize: 3 },
      { actionSize: 2 },
      { inputTransform: sineCosineTransform(2, [0, 1]) },
    ]) {
      const other = smallEnsemble({ ...options, ...change });
      expect(() => other.load(saved), JSON.stringify(change)).toThrow(CheckpointError);
      other.dispose();
    }
    // Eight targets have sixteen outputs: every array of the shallow model is in the deep one's checkpoint.
    const [deep, shallow] = [smallEnsemble({ observationSize: 8 }), smallEnsemble({ observationSize: 8, hiddenSizes: [16] })];
    expect(() => shallow.load(deep.save())).toThrow(/must be of a model like this one, got an array state\.params\.layers\.2/);
    for (const each of [deep, shallow]) each.dispose();
  });
});

it('refuses every call after dispose, by name', async () => {
  const gone = smallEnsemble();
  gone.dispose();
  gone.dispose();
  const [x, u] = [rows([[0]]), rows([[0]])];
  const calls: [string, () => unknown][] = [
    ['predict', () => gone.predict(x, u)],
    ['sample', () => gone.sample(x, u, createRng(0))],
    ['linearize', () => gone.linearize([0], [0])],
    ['fit', () => gone.fit(noisyIntegrator(5), { rng: createRng(0) })],
    ['load', async () => gone.load(gone.save())],
  ];
  for (const [name, call] of calls) {
    await expect(call()).rejects.toThrow(LifecycleError);
    await expect(call()).rejects.toThrow(`${name}: called after dispose`);
  }
});

describe('linearizeBatch', () => {
  it('is linearize at each row, over several calls of the program', async () => {
    const count = 300;
    const [x, u] = [draw(count, 2, 7), draw(count, 1, 8)];
    const { nextObservations, A, B } = await model.linearizeBatch(x, u);
    expect([nextObservations.shape, A.shape, B.shape]).toEqual([
      [count, 2],
      [count, 2, 2],
      [count, 2, 1],
    ]);
    for (const row of [0, 17, 255, 256, 299]) {
      const one = await model.linearize(x.data.subarray(2 * row, 2 * row + 2), u.data.subarray(row, row + 1));
      for (let i = 0; i < 2; i++) expect(nextObservations.data[2 * row + i]).toBeCloseTo(one.nextObservation.data[i]!, 5);
      for (let i = 0; i < 4; i++) expect(A.data[4 * row + i]).toBeCloseTo(one.A.data[i]!, 4);
      for (let i = 0; i < 2; i++) expect(B.data[2 * row + i]).toBeCloseTo(one.B.data[i]!, 4);
    }
  });

  it('says which shapes it wants', async () => {
    await expect(model.linearizeBatch(float32([3, 2]), float32([2, 1]))).rejects.toThrow(/^linearizeBatch: observations and actions/);
  });
});
