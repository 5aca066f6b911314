/** A forward pass of an ensemble over many rows, beside the bare matrix products of its layers. */
import { createRng, float32 } from '@mbrl/core';
import { jit, type tf } from '@mbrl/jit';
import { createEnsembleNetwork, type Layer } from '@mbrl/models';
import { type Bench, type Comparison, compareRatio, type Target } from './bench-figure.js';
import { describeWidths, forwardProducts, forwardProductsByMember, productOperations, trainedNetworks } from './network-sizes.js';
import { quantityOf, type Samples, timeRatio, timeTogether } from './time-together.js';

const ROWS = 10_000;

/** Forward pass of 5 nets, 2,000 rows each. */
export const forwardBench: Bench = {
  name: 'forward',
  description: 'forward pass of an ensemble over 10,000 rows',
  async run({ quick }) {
    const { ensembleSize, inputSize } = trainedNetworks;
    const rng = createRng(1);
    const network = createEnsembleNetwork({ ...trainedNetworks, activation: 'silu' });
    const layers = network.init(rng.split('layers'));
    const x = float32([ensembleSize, ROWS / ensembleSize, inputSize]);
    rng.fillNormal(x.data);
    const forward = jit(
      function benchForward(parameters: readonly Layer<tf.Tensor>[], inputs: tf.Tensor) {
        return network.apply(parameters, inputs);
      },
      { outputs: 'reuse' },
    );
    const products = jit(forwardProducts, { outputs: 'reuse' });
    const memberProducts = jit(forwardProductsByMember, { outputs: 'reuse' });
    try {
      const times = await timeTogether(
        {
          forward: { run: () => forward(layers, x) },
          products: { run: () => products(layers, x) },
          memberProducts: { run: () => memberProducts(layers, x) },
        },
        quick ? { rounds: 1, warmUp: 1, settle: false } : { rounds: 41, warmUp: 5, settle: true },
      );
      const figure = quantityOf(times.forward, 'ms');
      const share = (samples: Samples, name: string, target?: Target): Comparison =>
        compareRatio(name, quantityOf(samples, 'ms'), timeRatio(samples, times.forward), 'rate', target);
      return [
        {
          bench: forwardBench.name,
          size: `${ensembleSize} nets ${describeWidths(trainedNetworks)} SiLU, 10,000 rows`,
          figure,
          gigaflops: productOperations(trainedNetworks, ROWS) / figure.value / 1e6,
          comparisons: [
            share(times.products, 'bare matrix products', { kind: 'atLeast', limit: 0.75 }),
            share(times.memberProducts, 'bare matrix products, net by net'),
          ],
        },
      ];
    } finally {
      forward.dispose();
      products.dispose();
      memberProducts.dispose();
    }
  },
};
