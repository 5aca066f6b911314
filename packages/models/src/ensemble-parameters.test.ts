import { createRng, float32, mapLeaves, type NdArray, type Tree } from '@mbrl/core';
import { tf } from '@mbrl/jit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEnsembleFunctions } from './ensemble-functions.js';
import { createEnsembleNetwork } from './ensemble-network.js';
import { copyTree, predictionParameters, type TrainedParameters } from './ensemble-parameters.js';
import { gaussianHead } from './gaussian-head.js';
import { identityTransform } from './input-transform.js';
import type { Statistics } from './normalizer.js';

type Float32 = NdArray<'float32'>;

beforeAll(() => tf.ready());

const toTensors = <T>(tree: unknown): T =>
  mapLeaves<Float32, tf.Tensor>(tree as Tree<Float32>, (leaf) => tf.tensor(leaf.data, [...leaf.shape])) as unknown as T;

const sizes = { ensembleSize: 3, inputSize: 3, outputSize: 4, activation: 'silu' } as const;

interface Case {
  readonly trained: TrainedParameters<Float32>;
  readonly inputs: Statistics<Float32>;
  readonly targets: Statistics<Float32>;
  readonly hiddenSizes: number[];
}

function randomCase(seed: number, hiddenSizes: number[]): Case {
  const rng = createRng(seed);
  const layers = createEnsembleNetwork({ ...sizes, hiddenSizes }).init(rng);
  for (const { bias } of layers) rng.fillNormal(bias.data);
  const draw = (size: number, low: number, high: number): Float32 => {
    const array = float32([size]);
    rng.fillUniform(array.data, low, high);
    return array;
  };
  return {
    trained: { layers, logVariance: { minimum: draw(2, -8, -3), maximum: draw(2, -1, 2) } },
    inputs: { mean: draw(3, -2, 2), deviation: draw(3, 0.1, 3) },
    targets: { mean: draw(2, -2, 2), deviation: draw(2, 0.01, 3) },
    hiddenSizes,
  };
}

describe('predictionParameters', () => {
  it('folds the statistics: the same as normalising, applying the network, bounding, and undoing the normalisation', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.constantFrom<number[]>([], [6], [5, 7]),
        fc.constantFrom<number[]>([0, 1, 2], [1], [0, 2]),
        (seed, hiddenSizes, members) => {
          const { trained, inputs, targets } = randomCase(seed, hiddenSizes);
          const network = createEnsembleNetwork({ ...sizes, hiddenSizes });
          const rows = 4;
          const observation = new Float32Array(rows * 2);
          const action = new Float32Array(rows);
          createRng(seed).split('rows').fillNormal(observation);
          createRng(seed).split('actions').fillNormal(action);
          tf.tidy(() => {
            const params = predictionParameters(trained, inputs, targets, members);
            const x = tf.tensor3d(observation, [1, rows, 2]);
            const u = tf.tensor3d(action, [1, rows, 1]);
            const folded = createEnsembleFunctions(network, identityTransform(2)).predict(toTensors(params), x, u);
            const foldedVariance = tf.square(tf.mul(folded.relativeDeviation, tf.tensor1d(params.deviationGain.data)));

            const t = toTensors<TrainedParameters<tf.Tensor>>(trained);
            const [inStats, outStats] = [toTensors<Statistics<tf.Tensor>>(inputs), toTensors<Statistics<tf.Tensor>>(targets)];
            const normalised = tf.div(tf.sub(tf.concat([x, u], -1), inStats.mean), inStats.deviation);
            const head = gaussianHead(network.apply(t.layers, normalised), t.logVariance);
            const mean = tf.add(x, tf.add(tf.mul(head.mean, outStats.deviation), outStats.mean));
            const variance = tf.mul(head.variance, tf.square(outStats.deviation));

            const pick = (tensor: tf.Tensor): Float32Array => tf.gather(tensor, tf.tensor1d(members, 'int32')).dataSync() as Float32Array;
            const wantedMean = pick(mean);
            folded.mean
              .dataSync()
              .forEach((value, i) => expect(Math.abs(value - wantedMean[i]!)).toBeLessThan(2e-5 * (1 + Math.abs(wantedMean[i]!))));
            const wantedVariance = pick(variance);
            foldedVariance.dataSync().forEach((value, i) => expect(Math.abs(value / wantedVariance[i]! - 1)).toBeLessThan(2e-4));
          });
        },
      ),
      { seed: 1, numRuns: 25 },
    );
  });

  it('copies: what is trained stays as it is', () => {
    const { trained, inputs, targets } = randomCase(1, [4]);
    const before = copyTree(trained);
    const params = predictionParameters(trained, inputs, targets, [0, 1, 2]);
    for (const { kernel, bias } of params.layers) [kernel, bias].forEach(({ data }) => data.fill(9));
    expect(trained).toEqual(before);
  });
});
