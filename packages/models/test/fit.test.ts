import {
  createRng,
  createTransitionColumns,
  decodeCheckpoint,
  encodeCheckpoint,
  type EpochReport,
  float32,
  LifecycleError,
  NumericalError,
  OptionError,
  ShapeError,
  type TransitionColumns,
} from '@mbrl/core';
import { configureEngine, tf } from '@mbrl/jit';
import {
  createProbabilisticEnsemble,
  type ProbabilisticEnsemble,
  type ProbabilisticEnsembleOptions,
  sineCosineTransform,
} from '@mbrl/models';
import { describe, expect, it } from 'vitest';
import { drawTransitions, fingerprint, noisyIntegrator, rows, smallEnsemble } from './toy-systems.js';

configureEngine({ threadCount: 1 });

type Options = Partial<ProbabilisticEnsembleOptions>;

/** Fits a small ensemble and gives it with its report. */
async function fitted(options: Options, data: TransitionColumns, seed = 1) {
  const model = smallEnsemble(options);
  const report = await model.fit(data, { rng: createRng(seed) });
  return { model, report };
}

/** Root of the mean square of the kernels of each layer. */
const kernelSizes = (model: ProbabilisticEnsemble): number[] =>
  model.predictionParameters().layers.map((_, i) => {
    const kernel = model.save().arrays[`state.params.layers.${i}.kernel`]!.data as Float32Array;
    return Math.sqrt(kernel.reduce((sum, weight) => sum + weight * weight, 0) / kernel.length);
  });

const data = noisyIntegrator(64);

describe('learning', () => {
  it('recovers the mean and the noise of a known system', async () => {
    const truth = (x: number, u: number): number => x + 0.3 * u - 0.1 * x;
    const deviation = (u: number): number => 0.05 + 0.1 * Math.abs(u);
    const system = drawTransitions({
      count: 1500,
      observationSize: 1,
      actionSize: 1,
      drift: ([x], [u]) => [0.3 * u! - 0.1 * x!],
      noise: (_, [u]) => [deviation(u!)],
    });
    const { model } = await fitted({ epochs: 40, batchSize: 50, learningRate: 5e-3 }, system);
    for (const x of [-0.7, 0, 0.7]) {
      for (const u of [-0.8, 0, 0.8]) {
        const { mean, aleatoricVariance, epistemicVariance } = await model.predict(rows([[x]]), rows([[u]]));
        expect(Math.abs(mean.data[0]! - truth(x, u))).toBeLessThan(0.03);
        const ratio = Math.sqrt(aleatoricVariance.data[0]!) / deviation(u);
        expect(ratio, `noise at ${x}, ${u}`).toBeGreaterThan(0.7);
        expect(ratio, `noise at ${x}, ${u}`).toBeLessThan(1.45);
        expect(epistemicVariance.data[0]!).toBeLessThan(0.2 * deviation(u) ** 2);
      }
    }
    model.dispose();
  });

  it('knows what it does not know: members disagree away from the data', async () => {
    const { model } = await fitted({ epochs: 30, ensembleSize: 5 }, noisyIntegrator(200));
    const at = async (x: number): Promise<number> => (await model.predict(rows([[x]]), rows([[0]]))).epistemicVariance.data[0]!;
    const [inside, outside, far] = [await at(0.3), await at(3), await at(6)];
    expect(outside).toBeGreaterThan(10 * inside);
    expect(far).toBeGreaterThan(2 * outside);
    model.dispose();
  });

  it('knows less from less data', async () => {
    const mean = async (count: number): Promise<number> => {
      const { model } = await fitted({ epochs: Math.ceil(6000 / count), ensembleSize: 5 }, noisyIntegrator(count, 3));
      const { epistemicVariance } = await model.predict(rows([[-0.5], [0], [0.5], [0.9]]), rows([[0.5], [-0.5], [0], [0.9]]));
      model.dispose();
      return epistemicVariance.data.reduce((a, b) => a + b, 0);
    };
    expect(await mean(30)).toBeGreaterThan(3 * (await mean(600)));
  });
});

describe('equal seeds', () => {
  it('give equal fits, bit for bit, and other seeds others', async () => {
    const run = async (options: Options & { seed?: number }, seed: number): Promise<number[]> => {
      const { model } = await fitted({ holdoutRatio: 0.2, ...options }, data, seed);
      const result = await fingerprint(model);
      model.dispose();
      return result;
    };
    const first = await run({}, 1);
    expect(await run({}, 1)).toEqual(first);
    expect(await run({}, 2)).not.toEqual(first);
    expect(await run({ seed: 2 }, 1)).not.toEqual(first);
  });
});

describe('each option changes what is learned', () => {
  const changes: [string, Options][] = [
    ['hiddenSizes', { hiddenSizes: [16] }],
    ['activation leakyRelu', { activation: 'leakyRelu' }],
    ['activation relu', { activation: 'relu' }],
    ['activation tanh', { activation: 'tanh' }],
    ['inputTransform', { inputTransform: sineCosineTransform(1, [0]) }],
    ['learningRate', { learningRate: 1e-3 }],
    ['weightDecay', { weightDecay: 0.1 }],
    ['batchSize', { batchSize: 8 }],
    ['epochs', { epochs: 4 }],
    ['holdoutRatio', { holdoutRatio: 0.2 }],
    ['bootstrap', { bootstrap: false }],
    ['normalizeInputs', { normalizeInputs: false }],
    ['normalizeTargets', { normalizeTargets: false }],
    ['logVarianceBounds', { logVarianceBounds: [-8, 0.5] }],
    ['learnLogVarianceBounds', { learnLogVarianceBounds: true }],
    ['ensembleSize', { ensembleSize: 4 }],
  ];
  it('differs by option', async () => {
    const seen = new Map<string, string>();
    for (const [name, options] of [['default', {}], ...changes] as [string, Options][]) {
      const { model } = await fitted(options, data);
      const key = (await fingerprint(model)).join();
      expect(seen.get(key), `${name} changed nothing`).toBeUndefined();
      seen.set(key, name);
      model.dispose();
    }
  });
});

describe('bootstrap', () => {
  it('is what makes members learn from different rows; without, only their start and order differ', async () => {
    // A linear model on noiseless-scale data converges to its rows' least squares, whatever its start.
    const spread = async (bootstrap: boolean): Promise<number> => {
      const { model } = await fitted(
        { bootstrap, hiddenSizes: [], ensembleSize: 6, batchSize: 40, epochs: 500, learningRate: 1e-2, logVarianceBounds: [-0.01, 0] },
        noisyIntegrator(40),
      );
      const { epistemicVariance } = await model.predict(rows([[0.8]]), rows([[0.8]]));
      model.dispose();
      return epistemicVariance.data[0]!;
    };
    expect(await spread(true)).toBeGreaterThan(50 * (await spread(false)));
  });
});

describe('normalisation', () => {
  it('makes learning independent of the units', async () => {
    const scaled = (x: number, u: number, d: TransitionColumns): TransitionColumns => ({
      ...d,
      observations: d.observations.map((v) => v * x),
      nextObservations: d.nextObservations.map((v) => v * x),
      actions: d.actions.map((v) => v * u),
    });
    // Powers of two, so that nothing is rounded on the way.
    const error = async (options: Options): Promise<number> => {
      const { model } = await fitted({ ...options, seed: 1 } as Options, data);
      const { model: other } = await fitted({ ...options, seed: 1 } as Options, scaled(1024, 1 / 64, data));
      const a = (await model.predict(rows([[0.5]]), rows([[0.5]]))).mean.data[0]!;
      const b = (await other.predict(rows([[512]]), rows([[1 / 128]]))).mean.data[0]! / 1024;
      model.dispose();
      other.dispose();
      return Math.abs(a - b);
    };
    expect(await error({})).toBeLessThan(1e-5);
    expect(await error({ normalizeInputs: false })).toBeGreaterThan(1e-3);
    expect(await error({ normalizeTargets: false })).toBeGreaterThan(1e-3);
  });
});

describe('weightDecay', () => {
  it('shrinks the kernels of just the layers that it is given for', async () => {
    const sizes = async (weightDecay: number | number[]): Promise<number[]> => {
      const { model } = await fitted({ weightDecay, epochs: 25 }, data);
      const result = kernelSizes(model);
      model.dispose();
      return result;
    };
    const none = await sizes(0);
    expect(none).toHaveLength(3);
    expect(await sizes([0, 0, 0])).toEqual(none);
    for (const layer of [0, 1, 2]) {
      const some = await sizes([0, 1, 2].map((i) => (i === layer ? 1 : 0)));
      expect(some[layer]! / none[layer]!, `layer ${layer}`).toBeLessThan(0.5);
      // The others may grow to make up for it.
      [0, 1, 2]
        .filter((i) => i !== layer)
        .forEach((i) => expect(some[i]! / none[i]!, `layer ${i} with decay of ${layer}`).toBeGreaterThan(0.7));
    }
    expect((await sizes(1)).every((size, i) => size / none[i]! < 0.5)).toBe(true);
  });
});

describe('logVarianceBounds', () => {
  const variance = async (options: Options, system = data): Promise<number[]> => {
    const { model } = await fitted({ epochs: 30, learningRate: 1e-2, ...options }, system);
    const { aleatoricVariance } = await model.predict(rows([[0], [0.5]]), rows([[0.3], [-0.2]]));
    model.dispose();
    return [...aleatoricVariance.data];
  };

  it('hold the variance of normalised targets from below and above', async () => {
    // Targets 0.3 u without noise: their variance is about 0.03.
    const noiseless = noisyIntegrator(64, 0, 0);
    const targetVariance = noiseless.nextObservations.reduce((sum, next, i) => sum + (next - noiseless.observations[i]!) ** 2, 0) / 64;
    for (const value of await variance({ logVarianceBounds: [0, 0.5] }, noiseless)) expect(value).toBeGreaterThan(0.99 * targetVariance);
    for (const value of await variance({ logVarianceBounds: [-10, 0.5] }, noiseless)) expect(value).toBeLessThan(0.3 * targetVariance);
    for (const value of await variance({ logVarianceBounds: [-10, -4] }))
      expect(value).toBeLessThan(1.01 * (Math.exp(-4) + Math.exp(-10)) * 0.05);
  });

  it('are pulled together when learned, and stay when not', async () => {
    const distance = async (learnLogVarianceBounds: boolean): Promise<number> => {
      const { model } = await fitted({ learnLogVarianceBounds, epochs: 30 }, noisyIntegrator(64, 0, 0.3));
      const { arrays } = model.save();
      model.dispose();
      return (
        (arrays['state.params.logVariance.maximum']!.data[0] as number) - (arrays['state.params.logVariance.minimum']!.data[0] as number)
      );
    };
    expect(await distance(false)).toBe(10.5);
    expect(await distance(true)).toBeLessThan(10.3);
  });
});

describe('warmStart', () => {
  it('goes on from what was learned; without it a fit depends on its generator and data alone', async () => {
    const twice = async (warmStart: boolean): Promise<{ second: number[]; losses: [number, number] }> => {
      const { model, report } = await fitted({ warmStart }, noisyIntegrator(64, 9));
      const again = await model.fit(noisyIntegrator(64, 9), { rng: createRng(2) });
      const second = await fingerprint(model);
      model.dispose();
      return { second, losses: [report.epochs[0]!.trainLoss, again.epochs[0]!.trainLoss] };
    };
    const once = async (): Promise<number[]> => {
      const { model } = await fitted({ warmStart: false, seed: 77 } as Options, noisyIntegrator(64, 9), 2);
      const result = await fingerprint(model);
      model.dispose();
      return result;
    };
    const [warm, cold] = [await twice(true), await twice(false)];
    expect(cold.second).toEqual(await once());
    expect(warm.second).not.toEqual(cold.second);
    expect(warm.losses[1]).toBeLessThan(warm.losses[0] - 0.1);
    expect(Math.abs(cold.losses[1] - cold.losses[0])).toBeLessThan(Math.abs(warm.losses[1] - warm.losses[0]));
  });
});

describe('held-out rows', () => {
  /** Nothing to learn from, so that training longer only fits noise. */
  const pureNoise = (seed: number): TransitionColumns =>
    drawTransitions({ count: 40, observationSize: 1, actionSize: 1, drift: () => [0], noise: () => [1], seed });
  const noise = pureNoise(4);
  const overfitting = { holdoutRatio: 0.3, epochs: 60, hiddenSizes: [32, 32], learningRate: 2e-2, batchSize: 7, bootstrap: false };

  it('stop a fit after `patience` epochs in which no member improved', async () => {
    const long = await fitted(overfitting, noise);
    expect(long.report).toMatchObject({ status: 'epochLimit', trainCount: 28, holdoutCount: 12 });
    expect(long.report.epochs).toHaveLength(60);
    const short = await fitted({ ...overfitting, patience: 4 }, noise);
    expect(short.report.status).toBe('earlyStop');
    expect(short.report.epochs.length).toBe(short.report.bestEpoch + 4);
    expect(short.report.epochs.length).toBeLessThan(60);
    for (const { model } of [long, short]) model.dispose();
  });

  it('choose the parameters that are kept: those of the last epoch in which a member improved on its best', async () => {
    const options = { ...overfitting, epochs: 40, improvementThreshold: 0.05 };
    const noise = pureNoise(5);
    const { model, report } = await fitted(options, noise);
    const best = report.holdoutLossByMember.reduce((a, b) => a + b, 0) / 3;
    expect(report.bestEpoch).toBeGreaterThan(0);
    expect(report.bestEpoch).toBeLessThan(40);
    expect(best).toBeLessThan(0.95 * report.epochs.at(-1)!.holdoutLoss!);
    expect(best).toBeCloseTo(report.epochs[report.bestEpoch - 1]!.holdoutLoss!, 6);
    // The same fit cut off at that epoch ends with the same parameters; one cut off an epoch earlier does not.
    const [cut, earlier] = [smallEnsemble(options), smallEnsemble(options)];
    const cutReport = await cut.fit(noise, { rng: createRng(1), epochs: report.bestEpoch });
    expect(cutReport.holdoutLossByMember).toEqual(report.holdoutLossByMember);
    expect(await fingerprint(cut)).toEqual(await fingerprint(model));
    await earlier.fit(noise, { rng: createRng(1), epochs: report.bestEpoch - 1 });
    expect(await fingerprint(earlier)).not.toEqual(await fingerprint(model));
    for (const each of [model, cut, earlier]) each.dispose();
  });

  it('keep the parameters from before where no epoch improved on them', async () => {
    const { model } = await fitted({ ...overfitting, normalizeInputs: false, normalizeTargets: false, improvementThreshold: 0.9 }, noise);
    const before = await fingerprint(model);
    const report = await model.fit(noise, { rng: createRng(8) });
    expect(report.bestEpoch).toBe(0);
    expect(await fingerprint(model)).toEqual(before);
    model.dispose();
  });

  it('improvementThreshold decides what counts as improvement', async () => {
    const best = async (improvementThreshold: number): Promise<number> => {
      const { model, report } = await fitted({ holdoutRatio: 0.3, epochs: 12, improvementThreshold }, data);
      model.dispose();
      return report.bestEpoch;
    };
    expect(await best(0.5)).toBeLessThan(await best(0));
  });

  it('choose the elites: the members with the least held-out loss, and they alone predict', async () => {
    const all = await fitted({ holdoutRatio: 0.3, ensembleSize: 5 }, data);
    const elite = await fitted({ holdoutRatio: 0.3, ensembleSize: 5, eliteMemberCount: 2 }, data);
    expect(elite.report.holdoutLossByMember).toEqual(all.report.holdoutLossByMember);
    const losses = elite.report.holdoutLossByMember;
    const wanted = [0, 1, 2, 3, 4]
      .sort((a, b) => losses[a]! - losses[b]!)
      .slice(0, 2)
      .sort((a, b) => a - b);
    expect((elite.model.save().json as { members: number[] }).members).toEqual(wanted);
    expect(wanted).not.toEqual([0, 1]);
    expect(elite.model.predictingMemberCount).toBe(2);
    const [x, u] = [rows([[0.4]]), rows([[-0.6]])];
    const kernels = all.model.predictionParameters().layers[1]!.kernel;
    const chosen = elite.model.predictionParameters().layers[1]!.kernel;
    expect(chosen.shape).toEqual([2, 16, 16]);
    wanted.forEach((member, i) =>
      expect(chosen.data.slice(i * 256, (i + 1) * 256)).toEqual(kernels.data.slice(member * 256, (member + 1) * 256)),
    );
    expect((await elite.model.predict(x, u)).mean.data).not.toEqual((await all.model.predict(x, u)).mean.data);
    for (const { model } of [all, elite]) model.dispose();
  });

  it('may be more than one call of the program takes, and are averaged over all', async () => {
    const many = noisyIntegrator(900, 2);
    const { model, report } = await fitted({ holdoutRatio: 0.4, epochs: 1, improvementThreshold: 0 }, many);
    expect(report.holdoutCount).toBe(360);
    // The rows held out are a function of the generator, so the error can be computed again through predict.
    const order = Int32Array.from({ length: 900 }, (_, i) => i);
    createRng(1).split('holdout').shuffle(order);
    const held = Array.from(order.subarray(0, 360));
    const targets = many.nextObservations.map((next, i) => next - many.observations[i]!);
    const mean = targets.reduce((a, b) => a + b, 0) / 900;
    const variance = targets.reduce((a, b) => a + (b - mean) ** 2, 0) / 900;
    const single = await model.predict(rows(held.map((i) => [many.observations[i]!])), rows(held.map((i) => [many.actions[i]!])));
    // E over members of the squared error is the squared error of their mean and their variance.
    const error =
      held.reduce((sum, i, k) => sum + (single.mean.data[k]! - many.nextObservations[i]!) ** 2 + single.epistemicVariance.data[k]!, 0) /
      360 /
      variance;
    const reported = report.holdoutLossByMember.reduce((a, b) => a + b, 0) / 3;
    expect(reported).toBeCloseTo(error, 4);
    model.dispose();
  });
});

describe('a fit that does not come to its end', () => {
  /** A system whose loss overflows: with fixed, tiny variance and a huge step size. */
  const exploding: Options = { learningRate: 1e30, epochs: 6 };

  it('with a loss that is not finite names epoch and member, and leaves the model as it was', async () => {
    const model = smallEnsemble({ ...exploding });
    const before = await fingerprint(model);
    const saved = encodeCheckpoint(model.save());
    const attempt = model.fit(data, { rng: createRng(1) });
    await expect(attempt).rejects.toThrow(NumericalError);
    await expect(attempt).rejects.toThrow(/^fit: the (loss|parameters) must stay finite, got .* in epoch [1-6] for member [0-2]$/);
    expect(await fingerprint(model)).toEqual(before);
    expect(encodeCheckpoint(model.save())).toEqual(saved);
    model.dispose();
  });

  it('stopped by an error from onEpoch leaves the model as it was, and a later fit as if nothing had been', async () => {
    const options = { holdoutRatio: 0.2, epochs: 4 };
    const [model, twin] = [smallEnsemble(options), smallEnsemble(options)];
    for (const each of [model, twin]) await each.fit(data, { rng: createRng(1) });
    const saved = encodeCheckpoint(model.save());
    const other = noisyIntegrator(50, 8, 0.5);
    const stop = ({ epoch }: EpochReport): void => {
      if (epoch === 2) throw new Error('enough');
    };
    await expect(model.fit(other, { rng: createRng(2), onEpoch: stop })).rejects.toThrow('enough');
    expect(encodeCheckpoint(model.save())).toEqual(saved);
    expect(await fingerprint(model)).toEqual(await fingerprint(twin));
    for (const each of [model, twin]) await each.fit(other, { rng: createRng(3) });
    expect(encodeCheckpoint(model.save())).toEqual(encodeCheckpoint(twin.save()));
    for (const each of [model, twin]) each.dispose();
  });

  it('stopped by an error leaves a model that starts anew at each fit as it was, too', async () => {
    const { model } = await fitted({ warmStart: false }, data);
    const before = await fingerprint(model);
    await expect(
      model.fit(noisyIntegrator(20, 8), {
        rng: createRng(2),
        onEpoch: () => {
          throw new Error('enough');
        },
      }),
    ).rejects.toThrow('enough');
    expect(await fingerprint(model)).toEqual(before);
    model.dispose();
  });

  it('aborted by its signal ends after the epoch and keeps the best so far', async () => {
    const controller = new AbortController();
    const model = smallEnsemble({ epochs: 10 });
    const report = await model.fit(data, {
      rng: createRng(1),
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 3 && controller.abort(),
    });
    expect(report).toMatchObject({ status: 'aborted', bestEpoch: 3 });
    expect(report.epochs).toHaveLength(3);
    const three = smallEnsemble({ epochs: 3 });
    await three.fit(data, { rng: createRng(1) });
    expect(await fingerprint(model)).toEqual(await fingerprint(three));
    for (const each of [model, three]) each.dispose();
  });

  it('serves predictions from before while it is under way, and refuses a second fit and a load', async () => {
    const model = smallEnsemble({ epochs: 3 });
    const before = await fingerprint(model);
    const saved = model.save();
    const during: number[][] = [];
    const fit = model.fit(data, { rng: createRng(1), onEpoch: () => void fingerprint(model).then((numbers) => during.push(numbers)) });
    await expect(model.fit(data, { rng: createRng(1) })).rejects.toThrow(LifecycleError);
    expect(() => model.load(saved)).toThrow(LifecycleError);
    during.push(await fingerprint(model));
    await fit;
    expect(during[0]).toEqual(before);
    expect(during[1]).toEqual(before);
    expect(await fingerprint(model)).not.toEqual(before);
    model.load(saved);
    expect(await fingerprint(model)).toEqual(before);
    model.dispose();
  });

  it('reads its data before it waits: they may be overwritten at once', async () => {
    const copy = {
      ...data,
      observations: data.observations.slice(),
      actions: data.actions.slice(),
      nextObservations: data.nextObservations.slice(),
    };
    const [model, twin] = [smallEnsemble(), smallEnsemble()];
    const fit = model.fit(copy, { rng: createRng(1) });
    for (const column of [copy.observations, copy.actions, copy.nextObservations]) column.fill(1e9);
    await fit;
    await twin.fit(data, { rng: createRng(1) });
    expect(await fingerprint(model)).toEqual(await fingerprint(twin));
    for (const each of [model, twin]) each.dispose();
  });
});

describe('small and odd data', () => {
  it.each([1, 2, 3])('fits %i rows, one of them held out where there are two', async (count) => {
    const { model, report } = await fitted({ holdoutRatio: 0.1, epochs: 2 }, noisyIntegrator(count));
    expect([report.trainCount, report.holdoutCount]).toEqual([Math.max(1, count - 1), Math.min(1, count - 1)]);
    expect((await fingerprint(model)).every(Number.isFinite)).toBe(true);
    model.dispose();
  });

  it('fits columns that never change', async () => {
    const still = createTransitionColumns(30, 1, 1);
    still.observations.fill(5);
    still.nextObservations.fill(5);
    const { model } = await fitted({ epochs: 200, learningRate: 1e-2 }, still);
    const { mean, aleatoricVariance } = await model.predict(rows([[5]]), rows([[0]]));
    expect(mean.data[0]).toBeCloseTo(5, 1);
    expect(Math.sqrt(aleatoricVariance.data[0]!)).toBeLessThan(0.2);
    model.dispose();
  });

  it('refuses columns that are too short, and epochs out of bounds', async () => {
    const model = smallEnsemble();
    await expect(model.fit({ ...data, actions: data.actions.slice(1) }, { rng: createRng(1) })).rejects.toThrow(ShapeError);
    await expect(model.fit(data, { rng: createRng(1), epochs: 0 })).rejects.toThrow(/^fit: epochs must be an integer in \[1, .*got 0/);
    await expect(model.fit(data, { rng: createRng(1), epochs: 1.5 })).rejects.toThrow(OptionError);
    model.dispose();
  });
});

it('goes on from a checkpoint bit for bit, the optimiser included', async () => {
  const options = { holdoutRatio: 0.2, eliteMemberCount: 2, learnLogVarianceBounds: true };
  const { model } = await fitted(options, data);
  const bytes = encodeCheckpoint(model.save());
  const other = smallEnsemble({ ...options, seed: 5 });
  other.load(decodeCheckpoint(bytes));
  expect(await fingerprint(other)).toEqual(await fingerprint(model));
  const more = noisyIntegrator(80, 6);
  const [a, b] = [await model.fit(more, { rng: createRng(4) }), await other.fit(more, { rng: createRng(4) })];
  expect(b).toEqual(a);
  expect(encodeCheckpoint(other.save())).toEqual(encodeCheckpoint(model.save()));

  // Without the moments of the optimiser the next fit is another one.
  const fresh = smallEnsemble(options);
  const { arrays, ...rest } = decodeCheckpoint(bytes);
  fresh.load({
    ...rest,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        /Moment/.test(name) ? float32(array.shape, new Float32Array(array.data.length)) : array,
      ]),
    ),
  });
  await fresh.fit(more, { rng: createRng(4) });
  expect(await fingerprint(fresh)).not.toEqual(await fingerprint(model));
  for (const each of [model, other, fresh]) each.dispose();
});

it('leaves no tensor of TensorFlow.js behind', async () => {
  const options = { holdoutRatio: 0.2, inputTransform: sineCosineTransform(1, [0]) };
  const work = async (): Promise<void> => {
    const { model } = await fitted(options, data);
    await model.sample(rows([[1]]), rows([[1]]), createRng(1));
    await model.linearize([0], [0]);
    model.dispose();
  };
  await work();
  const { numTensors } = tf.memory();
  await work();
  expect(tf.memory().numTensors).toBe(numTensors);
});

describe('bad options', () => {
  it.each<[string, object, RegExp]>([
    ['observationSize', { observationSize: 0 }, /observationSize must be an integer in \[1, .*got 0/],
    ['actionSize', { actionSize: 1.5 }, /actionSize .*got 1.5/],
    ['ensembleSize', { ensembleSize: 0 }, /ensembleSize .*got 0/],
    ['eliteMemberCount', { eliteMemberCount: 4, holdoutRatio: 0.1 }, /eliteMemberCount must be an integer in \[1, 3\], got 4/],
    ['eliteMemberCount without held-out rows', { eliteMemberCount: 2 }, /holdoutRatio must be above 0/],
    ['hiddenSizes', { hiddenSizes: [16, 0] }, /hiddenSizes\[1\] .*got 0/],
    ['activation', { activation: 'swish' }, /activation must be one of "silu", .*got "swish"/],
    ['learningRate', { learningRate: 0 }, /learningRate .*\(0, .*got 0/],
    ['weightDecay', { weightDecay: -1 }, /weightDecay .*got -1/],
    ['weightDecay by layer', { weightDecay: [0, 0] }, /weightDecay must have one rate for each of the 3 layers, got 2/],
    ['weightDecay of a layer', { weightDecay: [0, NaN, 0] }, /weightDecay\[1\] .*got NaN/],
    ['batchSize', { batchSize: 0 }, /batchSize .*got 0/],
    ['epochs', { epochs: 0 }, /epochs .*got 0/],
    ['holdoutRatio', { holdoutRatio: 1 }, /holdoutRatio .*\[0, 1\), got 1/],
    ['patience', { patience: -1, holdoutRatio: 0.1 }, /patience .*got -1/],
    ['patience without held-out rows', { patience: 2 }, /patience needs held-out rows/],
    ['improvementThreshold', { improvementThreshold: 1 }, /improvementThreshold .*got 1/],
    ['logVarianceBounds', { logVarianceBounds: [0, -1] }, /logVarianceBounds\[1\] .*\(0, .*got -1/],
  ])('refuses %s', (_, options, message) => {
    const make = (): ProbabilisticEnsemble =>
      createProbabilisticEnsemble({ observationSize: 1, actionSize: 1, ensembleSize: 3, hiddenSizes: [16, 16], ...options });
    expect(make).toThrow(OptionError);
    expect(make).toThrow(message);
    expect(make).toThrow(/^createProbabilisticEnsemble: /);
  });
});
