import { createRng, type DynamicsModel, float32, type Rng, type TransitionColumns } from '@mbrl/core';
import { expect, test } from 'vitest';
import { evaluateModel } from './evaluate-model.js';

/** next = 0.9 observation + action + noise of deviation `noise`; the model believes in a deviation of its own. */
function linearModel(believed: number): Pick<DynamicsModel, 'observationSize' | 'actionSize' | 'predict' | 'sample'> {
  const mean = (x: Float32Array, a: Float32Array): Float32Array => x.map((value, i) => 0.9 * value + a[i]!);
  return {
    observationSize: 1,
    actionSize: 1,
    predict: async (x, a) => ({
      mean: float32(x.shape, mean(x.data, a.data)),
      aleatoricVariance: float32(x.shape, new Float32Array(x.data.length).fill(0.75 * believed ** 2)),
      epistemicVariance: float32(x.shape, new Float32Array(x.data.length).fill(0.25 * believed ** 2)),
    }),
    sample: async (x, a, rng) =>
      float32(
        x.shape,
        mean(x.data, a.data).map((value) => value + believed * rng.normal()),
      ),
  };
}

function trajectory(count: number, noise: number, rng: Rng): TransitionColumns {
  const observations = new Float32Array(count);
  const actions = Float32Array.from({ length: count }, () => rng.normal());
  const nextObservations = new Float32Array(count);
  let x = 0;
  for (let i = 0; i < count; i++) {
    observations[i] = x;
    x = 0.9 * x + actions[i]! + noise * rng.normal();
    nextObservations[i] = x;
  }
  return {
    count,
    observationSize: 1,
    actionSize: 1,
    observations,
    actions,
    rewards: new Float32Array(count),
    nextObservations,
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
  };
}

const options = { horizon: 20, heldOut: true, particleCount: 400 };

test('a model that knows its noise is calibrated; one that believes in half of it is too sure, one in twice of it too careful', async () => {
  const data = trajectory(4000, 0.3, createRng(1));
  const at = async (believed: number): Promise<number[]> => [
    ...(await evaluateModel(linearModel(believed) as DynamicsModel, data, { ...options, rng: createRng(2) }))!.calibration.observed,
  ];
  const expected = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
  const exact = await at(0.3);
  exact.forEach((share, i) => expect(Math.abs(share - expected[i]!)).toBeLessThan(0.03));
  const sure = await at(0.15);
  const careful = await at(0.6);
  expect(sure[9]).toBeCloseTo(0.264, 1);
  expect(careful[9]).toBeCloseTo(0.823, 1);
});

test('open-loop predictions start from what was observed, spread as the noise adds up, and hold what was observed', async () => {
  const data = trajectory(200, 0.3, createRng(3));
  const { predictions } = (await evaluateModel(linearModel(0.3) as DynamicsModel, data, { ...options, rng: createRng(4) }))!;
  expect(predictions.map(({ start }) => start)).toEqual([0, 36, 72, 108, 144, 180]);
  let inside = 0;
  for (const { start, mean, standardDeviation, actual } of predictions) {
    expect(actual.map(([value]) => value)).toEqual(Array.from(data.nextObservations.subarray(start, start + 20)));
    let variance = 0;
    for (let h = 0; h < 20; h++) {
      variance = 0.81 * variance + 0.09;
      expect(standardDeviation[h]![0]! / Math.sqrt(variance)).toBeGreaterThan(0.85);
      expect(standardDeviation[h]![0]! / Math.sqrt(variance)).toBeLessThan(1.15);
      if (Math.abs(actual[h]![0]! - mean[h]![0]!) <= 2 * standardDeviation[h]![0]!) inside++;
    }
  }
  expect(inside / 120).toBeGreaterThan(0.8);
});

test('a trial shorter than the horizon is predicted as far as it goes; one without steps not at all', async () => {
  const model = linearModel(0.3) as DynamicsModel;
  const short = (await evaluateModel(model, trajectory(7, 0.3, createRng(5)), { ...options, rng: createRng(6) }))!;
  expect(short.predictions.map(({ start, horizon }) => [start, horizon])).toEqual([[0, 7]]);
  expect(await evaluateModel(model, trajectory(0, 0.3, createRng(5)), { ...options, rng: createRng(6) })).toBeUndefined();
});

test('the same generator gives the same judgement, another one other particles', async () => {
  const data = trajectory(60, 0.3, createRng(7));
  const judge = (seed: number) => evaluateModel(linearModel(0.3) as DynamicsModel, data, { ...options, rng: createRng(seed) });
  expect(await judge(1)).toEqual(await judge(1));
  expect((await judge(2))!.predictions[0]!.mean).not.toEqual((await judge(1))!.predictions[0]!.mean);
});
