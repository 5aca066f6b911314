import { createRng, float32, mapLeaves, type NdArray, treeLeaves } from '@mbrl/core';
import {
  adam,
  adamw,
  addDecayedWeights,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  clipByValue,
  configureEngine,
  jit,
  type Optimizer,
  sgd,
  tf,
  type TensorTree,
} from '@mbrl/jit';
import { beforeAll, describe, expect, test } from 'vitest';

type Params = { readonly layers: readonly { readonly kernel: NdArray<'float32'>; readonly bias: NdArray<'float32'> }[] };

beforeAll(() => configureEngine({ threadCount: 1 }));

const rng = createRng('optimizers');

function normal(shape: readonly number[], key: number): NdArray<'float32'> {
  const array = float32(shape);
  rng.split(key).fillNormal(array.data);
  return array;
}

const shapes = [[3, 4], [4], [4, 2], [2]] as const;
const params = (): Params => ({
  layers: [
    { kernel: normal(shapes[0], 0), bias: normal(shapes[1], 1) },
    { kernel: normal(shapes[2], 2), bias: normal(shapes[3], 3) },
  ],
});
const gradients = (step: number): Params => ({
  layers: [
    { kernel: normal(shapes[0], 10 * step + 10), bias: normal(shapes[1], 10 * step + 11) },
    { kernel: normal(shapes[2], 10 * step + 12), bias: normal(shapes[3], 10 * step + 13) },
  ],
});

/** Applies `steps` compiled updates with given gradients, and gives the parameters, flattened. */
async function run(
  optimizer: Optimizer,
  steps: number,
  start: Params = params(),
  grads: (step: number) => Params = gradients,
): Promise<number[]> {
  const step = jit(function optimizerStep(state: { params: TensorTree; optimizer: TensorTree }, g: TensorTree) {
    const next = optimizer.update(g, state.optimizer, state.params);
    return { params: applyUpdates(state.params, next.updates), optimizer: next.state };
  });
  let state = { params: start as unknown, optimizer: optimizer.init(start as never) as unknown };
  for (let i = 0; i < steps; i++) state = (await step(state as never, grads(i) as never)) as never;
  step.dispose();
  return flat(state.params);
}

const flat = (tree: unknown): number[] => treeLeaves<NdArray>(tree).flatMap((leaf) => Array.from(leaf.data));

/** Algorithm 1 of the Adam paper, in float64. */
function adamReference(steps: number, { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decoupled = 0 } = {}): number[] {
  const w = flat(params());
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  for (let t = 1; t <= steps; t++) {
    flat(gradients(t - 1)).forEach((g, i) => {
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const step = (rate * (m[i]! / (1 - beta1 ** t))) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon);
      w[i] = w[i]! - step - rate * decoupled * w[i]!;
    });
  }
  return w;
}

function expectClose(got: readonly number[], expected: readonly number[], tolerance = 2e-6): void {
  expect(got.length).toBe(expected.length);
  got.forEach((value, i) => expect(Math.abs(value - expected[i]!), `component ${i}`).toBeLessThan(tolerance));
}

describe('adam', () => {
  test('follows the algorithm of the paper', async () => {
    expectClose(await run(adam(), 7), adamReference(7));
  });

  test.each([
    ['learningRate', { learningRate: 0.05 }, { rate: 0.05 }],
    ['beta1', { beta1: 0.5 }, { beta1: 0.5 }],
    ['beta2', { beta2: 0.9 }, { beta2: 0.9 }],
    ['epsilon', { epsilon: 0.3 }, { epsilon: 0.3 }],
  ])('takes %s', async (_name, options, reference) => {
    const result = await run(adam(options), 5);
    expectClose(result, adamReference(5, reference), 5e-6);
    const plain = adamReference(5);
    expect(result.some((value, i) => Math.abs(value - plain[i]!) > 1e-5)).toBe(true);
  });

  test('treats a large leaf as it treats small ones', async () => {
    const leaf = (key: number): Params => ({ layers: [{ kernel: normal([200, 200], key), bias: normal([3], key + 1) }] });
    const start = leaf(500);
    const together = await run(adam({ learningRate: 0.01 }), 3, start, (step) => leaf(600 + 10 * step));
    const rows = (array: NdArray<'float32'>): NdArray<'float32'>[] => [
      float32([100, 200], array.data.slice(0, 20_000)),
      float32([100, 200], array.data.slice(20_000)),
    ];
    const halves = (tree: Params): Params => ({
      layers: rows(tree.layers[0]!.kernel).map((kernel) => ({ kernel, bias: tree.layers[0]!.bias })),
    });
    const apart = await run(adam({ learningRate: 0.01 }), 3, halves(start), (step) => halves(leaf(600 + 10 * step)));
    expect(together.slice(0, 20_000)).toEqual(apart.slice(0, 20_000));
    expect(together.slice(20_000)).toEqual(apart.slice(20_003));
  });

  test('works where all leaves are large', async () => {
    const one = { only: normal([200, 200], 900) };
    const result = await run(adam({ learningRate: 0.1 }), 1, one as never, () => ({ only: normal([200, 200], 901) }) as never);
    const signs = flat({ only: normal([200, 200], 901) });
    flat(one).forEach((value, i) => expect(Math.abs(result[i]! - (value - 0.1 * Math.sign(signs[i]!)))).toBeLessThan(1e-4));
  });

  test('refuses settings out of bounds by name', () => {
    expect(() => adam({ learningRate: 0 })).toThrow('adam: learningRate must be a finite number in (0, Infinity), got 0');
    expect(() => adam({ beta1: 1 })).toThrow('adam: beta1 must be a finite number in [0, 1), got 1');
    expect(() => adam({ beta2: -0.1 })).toThrow('adam: beta2');
    expect(() => adam({ epsilon: 0 })).toThrow('adam: epsilon');
  });
});

test('adamw shrinks weights apart from the moments', async () => {
  expectClose(await run(adamw({ learningRate: 0.01, weightDecay: 0.2 }), 4), adamReference(4, { rate: 0.01, decoupled: 0.2 }), 5e-6);
  const kernelsOnly = await run(adamw({ learningRate: 0.01, weightDecay: (path) => (path.endsWith('kernel') ? 0.2 : 0) }), 1);
  const all = adamReference(1, { rate: 0.01, decoupled: 0.2 });
  const none = adamReference(1, { rate: 0.01 });
  expectClose(kernelsOnly.slice(0, 12), all.slice(0, 12));
  expectClose(kernelsOnly.slice(12, 16), none.slice(12, 16));
});

describe('sgd', () => {
  const once = (rate: number): number[] => flat(params()).map((w, i) => w - rate * flat(gradients(0))[i]!);

  test('takes a plain step', async () => expectClose(await run(sgd({ learningRate: 0.3 }), 1), once(0.3)));

  test.each([false, true])('keeps momentum (nesterov %s)', async (nesterov) => {
    const [g0, g1] = [flat(gradients(0)), flat(gradients(1))];
    const expected = flat(params()).map((w, i) => {
      const t0 = g0[i]!;
      const t1 = 0.8 * t0 + g1[i]!;
      return nesterov ? w - 0.1 * (0.8 * t0 + g0[i]!) - 0.1 * (0.8 * t1 + g1[i]!) : w - 0.1 * t0 - 0.1 * t1;
    });
    expectClose(await run(sgd({ learningRate: 0.1, momentum: 0.8, nesterov }), 2), expected);
  });

  test('refuses settings out of bounds by name', () => {
    expect(() => sgd({ learningRate: -1 })).toThrow('sgd: learningRate');
    expect(() => sgd({ momentum: 1 })).toThrow('sgd: momentum must be a finite number in [0, 1), got 1');
  });
});

describe('transformations of gradients', () => {
  const after = async (transformation: Optimizer): Promise<number[]> => {
    const start = mapLeaves<NdArray, NdArray>(params() as never, (leaf) => float32(leaf.shape)) as unknown as Params;
    return (await run(chain(transformation, sgd({ learningRate: 1 })), 1, start)).map((value) => -value || 0);
  };

  test('clipByGlobalNorm scales all gradients together, and leaves short ones alone', async () => {
    const g = flat(gradients(0));
    const norm = Math.hypot(...g);
    expectClose(
      await after(clipByGlobalNorm(norm / 3)),
      g.map((value) => value / 3),
    );
    expectClose(await after(clipByGlobalNorm(norm * 2)), g);
    expect(() => clipByGlobalNorm(0)).toThrow('clipByGlobalNorm: maxNorm');
  });

  test('clipByValue bounds every component', async () => {
    expectClose(
      await after(clipByValue(0.5)),
      flat(gradients(0)).map((value) => Math.min(0.5, Math.max(-0.5, value))),
    );
    expect(() => clipByValue(Number.NaN)).toThrow('clipByValue: bound');
  });

  test('addDecayedWeights decays by branch of the tree', async () => {
    const decay = chain(
      addDecayedWeights((path) => (path === 'layers.1.kernel' ? 0.5 : 0)),
      sgd({ learningRate: 1 }),
    );
    const expected = flat(params()).map((w, i) => w - flat(gradients(0))[i]! - (i >= 16 && i < 24 ? 0.5 * w : 0));
    expectClose(await run(decay, 1), expected);
    await expect(
      run(
        chain(
          addDecayedWeights(() => Number.NaN),
          sgd(),
        ),
        1,
      ),
    ).rejects.toThrow('addDecayedWeights: decay at layers.0.kernel');
  });

  test('a chain keeps the state of each part', async () => {
    const chained = await run(chain(clipByValue(0.7), adam({ learningRate: 0.02 }), addDecayedWeights(0.1)), 3);
    const other = await run(chain(clipByValue(0.7), adam({ learningRate: 0.02 })), 3);
    expect(chained).not.toEqual(other);
  });
});

test('optimisers run eagerly to the same numbers', async () => {
  const compiled = await run(adam({ learningRate: 0.05 }), 4);
  configureEngine({ engine: 'eager' });
  const eager = await run(adam({ learningRate: 0.05 }), 4);
  configureEngine({ threadCount: 1 });
  expectClose(eager, compiled);
  expect(tf.memory().numTensors).toBe(0);
});
