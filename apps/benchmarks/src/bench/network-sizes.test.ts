import { createRng } from '@mbrl/core';
import { grad, tf } from '@mbrl/jit';
import type { Layer } from '@mbrl/models';
import { expect, test } from 'vitest';
import {
  forwardAndBackwardProducts,
  forwardProducts,
  forwardProductsByMember,
  productOperations,
  trainedNetworks,
} from './network-sizes.js';

const rng = createRng(1);
const normal = (...shape: number[]): tf.Tensor => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  rng.fillNormal(data);
  return tf.tensor(data, shape);
};
const layers: Layer<tf.Tensor>[] = [
  { kernel: normal(2, 3, 4), bias: normal(2, 1, 4) },
  { kernel: normal(2, 4, 5), bias: normal(2, 1, 5) },
  { kernel: normal(2, 5, 2), bias: normal(2, 1, 2) },
];
const x = normal(2, 7, 3);

test('10,000 rows through 6-200-200-200-8 take 1.656 billion operations', () => {
  expect(productOperations(trainedNetworks, 10_000)).toBe(2 * 10_000 * (6 * 200 + 200 * 200 + 200 * 200 + 200 * 8));
});

test('products net by net are the products of all nets', () => {
  const together = forwardProducts(layers, x).dataSync();
  const apart = tf.stack(forwardProductsByMember(layers, x)).dataSync();
  expect(apart.length).toBe(2 * 7 * 2);
  apart.forEach((value, i) => expect(value).toBeCloseTo(together[i]!, 4));
});

test('the products of the backward pass are the gradients of a network without activations', () => {
  const expected = grad((trained: typeof layers) => tf.mul(0.5, tf.sum(tf.square(forwardProducts(trained, x)))))(layers);
  const gradients = forwardAndBackwardProducts(layers, x);
  // They come in the order of the backward pass.
  gradients.toReversed().forEach((gradient, i) => {
    const other = expected[i]!.kernel.dataSync();
    expect(gradient.shape).toEqual(layers[i]!.kernel.shape);
    gradient.dataSync().forEach((value, k) => expect(Math.abs(value - other[k]!)).toBeLessThan(1e-4 * (1 + Math.abs(value))));
  });
});
