import { tf } from '@mbrl/jit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { gaussianHead, gaussianLoss } from './gaussian-head.js';

beforeAll(() => tf.ready());

const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

/** The bound as the paper states it, in two steps. */
const boundedLogVariance = (raw: number, minimum: number, maximum: number): number => {
  const fromAbove = maximum - softplus(maximum - raw);
  return minimum + softplus(fromAbove - minimum);
};

const head = (outputs: number[], minimum: number[], maximum: number[]): { mean: number[]; variance: number[] } =>
  tf.tidy(() => {
    const { mean, variance } = gaussianHead(tf.tensor2d([outputs]), { minimum: tf.tensor1d(minimum), maximum: tf.tensor1d(maximum) });
    return { mean: [...mean.dataSync()], variance: [...variance.dataSync()] };
  });

describe('gaussianHead', () => {
  it('equals the two softplus steps of the paper, bounds by target', () => {
    const finite = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true }).map(Math.fround);
    fc.assert(
      fc.property(
        fc.tuple(finite(-40, 40), finite(-40, 40)),
        fc.tuple(finite(-12, -2), finite(-12, -2)),
        fc.tuple(finite(-1.5, 4), finite(-1.5, 4)),
        (raw, minimum, maximum) => {
          const { variance } = head([0, 0, ...raw], minimum, maximum);
          variance.forEach((value, i) => {
            const wanted = Math.exp(boundedLogVariance(raw[i]!, minimum[i]!, maximum[i]!));
            expect(Math.abs(value - wanted) / wanted).toBeLessThan(1e-5);
          });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is the raw output well within the bounds and never leaves them by more than their sum', () => {
    const { mean, variance } = head([3, -4, 7, -4, 1000, -1000], [-10, -10, -10], [0.5, 0.5, 0.5]);
    expect(mean).toEqual([3, -4, 7]);
    expect(Math.log(variance[0]!)).toBeCloseTo(-4, 1);
    expect(Math.log(variance[1]!)).toBeCloseTo(0.5, 3);
    expect(Math.log(variance[2]!)).toBeCloseTo(-10, 3);
  });
});

describe('gaussianLoss', () => {
  it('is the negative log-likelihood, up to a factor of two and a constant', () => {
    const [mean, variance, target] = [
      [0.5, -1, 2],
      [0.25, 2, 1e-3],
      [1, -1, 2.1],
    ];
    const loss = tf.tidy(() => [
      ...gaussianLoss({ mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) }, tf.tensor1d(target)).dataSync(),
    ]);
    loss.forEach((value, i) => {
      const density = Math.exp(-((target[i]! - mean[i]!) ** 2) / (2 * variance[i]!)) / Math.sqrt(2 * Math.PI * variance[i]!);
      expect(value).toBeCloseTo(-2 * Math.log(density) - Math.log(2 * Math.PI), 3);
    });
    // (1 − 0.5)² / 0.25 + ln 0.25
    expect(loss[0]).toBeCloseTo(1 - Math.log(4), 6);
  });

  it('is least where the variance is the squared error', () => {
    const at = (variance: number): number =>
      tf.tidy(() => gaussianLoss({ mean: tf.scalar(0), variance: tf.scalar(variance) }, tf.scalar(0.3)).dataSync()[0]!);
    expect(at(0.09)).toBeLessThan(at(0.08));
    expect(at(0.09)).toBeLessThan(at(0.1));
  });
});
