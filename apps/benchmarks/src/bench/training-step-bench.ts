/**
 * A training step of an ensemble: compiled, beside the bare matrix products of its forward and backward pass, beside
 * the sketch's form of the step, and beside the same function run op by op.
 */
import { createRng, float32, type NdArray, treeLeaves, treeMap } from '@mbrl/core';
import { jit, tf } from '@mbrl/jit';
import type { Layer } from '@mbrl/models';
import {
  type Bench,
  type BenchContext,
  type BenchFigure,
  type Comparison,
  compareRatio,
  type Target,
  withFigureTarget,
} from './bench-figure.js';
import { type EagerBackend, eagerBackends, openBackend } from './eager-backends.js';
import { describeWidths, forwardAndBackwardProducts, productOperations, trainedNetworks } from './network-sizes.js';
import { quantityOf, timeRatio, timeTogether, type Variant } from './time-together.js';
import { ourStep, sketchStep, type StepState, type TrainingProcedure, type TrainingStep } from './training-steps.js';

type Float32 = NdArray<'float32'>;

interface Batch {
  readonly inputs: Float32;
  readonly targets: Float32;
}

/** A variant that holds things to be freed. */
interface Held extends Variant {
  dispose(): void;
}

/** What is asked of a step at one batch size. */
interface Goals {
  readonly batchSize: number;
  /** Greatest time by the sketch's. */
  readonly sketchRatio: number;
  /** Greatest time on the machine that the sketch was measured on, in ms. */
  readonly milliseconds: number;
}

const goals: readonly Goals[] = [
  { batchSize: 32, sketchRatio: 0.88, milliseconds: 1.5 },
  { batchSize: 256, sketchRatio: 0.95, milliseconds: 3.5 },
];

function drawBatch(batchSize: number): Batch {
  const { ensembleSize, inputSize, outputSize } = trainedNetworks;
  const rng = createRng(2);
  const inputs = float32([ensembleSize, batchSize, inputSize]);
  const targets = float32([ensembleSize, batchSize, outputSize / 2]);
  rng.fillNormal(inputs.data);
  rng.fillNormal(targets.data);
  return { inputs, targets };
}

/** The state goes in and comes out, as in a fit. */
function compiledStep({ step, initialState }: TrainingProcedure, { inputs, targets }: Batch, name: string): Held {
  type HostStep = (state: StepState<Float32>, inputs: Float32, targets: Float32) => Promise<{ state: StepState<Float32> }>;
  const compiled = jit<TrainingStep>(step, { name, donate: [0] });
  let state = initialState(createRng(1));
  return {
    async run() {
      ({ state } = await (compiled as unknown as HostStep)(state, inputs, targets));
    },
    dispose: () => compiled.dispose(),
  };
}

/** Op by op, the state held in tensors of the backend; reading the losses waits until the step is done. */
async function eagerStep({ step, initialState }: TrainingProcedure, { inputs, targets }: Batch, { name }: EagerBackend): Promise<Held> {
  await tf.setBackend(name);
  const tensorOf = (leaf: Float32): tf.Tensor => tf.tensor(leaf.data, [...leaf.shape], 'float32');
  const toTensors = <T>(tree: T) => treeMap<tf.Tensor, T, Float32>(tree, tensorOf);
  const free = (tree: unknown): void => tf.dispose(treeLeaves<tf.Tensor>(tree));
  const batch = { x: tensorOf(inputs), y: tensorOf(targets) };
  let state = toTensors(initialState(createRng(1))) as StepState<tf.Tensor>;
  return {
    async run() {
      await tf.setBackend(name);
      const next = tf.tidy(
        () => step(state, batch.x, batch.y) as unknown as tf.TensorContainerObject,
      ) as unknown as ReturnType<TrainingStep>;
      free(state);
      state = next.state;
      next.losses.dataSync();
      free(next.losses);
    },
    dispose() {
      free(state);
      free(batch);
    },
  };
}

function bareProducts({ inputs }: Batch): Held {
  const products = jit(forwardAndBackwardProducts, { outputs: 'reuse' });
  const layers = ourStep.initialState(createRng(1)).layers as Layer<Float32>[];
  return { run: () => products(layers, inputs), dispose: () => products.dispose() };
}

async function measure({ batchSize, sketchRatio, milliseconds }: Goals, { quick }: BenchContext): Promise<BenchFigure> {
  const batch = drawBatch(batchSize);
  const held: { [name: string]: Held } = {
    ours: compiledStep(ourStep, batch, 'benchTrainingStep'),
    sketch: compiledStep(sketchStep, batch, 'benchSketchStep'),
    products: bareProducts(batch),
  };
  await tf.ready();
  const backendBefore = tf.getBackend();
  const skipped = new Map<string, string>();
  try {
    for (const backend of eagerBackends) {
      const reason = await openBackend(backend);
      if (reason === undefined) held[backend.name] = await eagerStep(ourStep, batch, backend);
      else skipped.set(backend.name, reason);
    }
    const times = await timeTogether(held, quick ? { rounds: 1, warmUp: 1, settle: false } : { rounds: 25, warmUp: 5, settle: true });
    const ours = times['ours']!;
    const figure = quantityOf(ours, 'ms');
    const beside = (name: string, label: string, target?: Target): Comparison =>
      compareRatio(label, quantityOf(times[name]!, 'ms'), timeRatio(ours, times[name]!), 'time', target);
    const rows = trainedNetworks.ensembleSize * batchSize;
    return {
      bench: trainingStepBench.name,
      size: `${trainedNetworks.ensembleSize} nets ${describeWidths(trainedNetworks)} SiLU, batch ${batchSize}, Adam`,
      figure,
      // The backward pass has two products for each of the forward pass but the first layer's, which has one.
      gigaflops:
        (3 * productOperations(trainedNetworks, rows) - 2 * rows * trainedNetworks.inputSize * trainedNetworks.hiddenSizes[0]!) /
        figure.value /
        1e6,
      comparisons: [
        beside('sketch', "the sketch's form", { kind: 'atMost', limit: sketchRatio }),
        compareRatio('bare matrix products', quantityOf(times['products']!, 'ms'), timeRatio(times['products']!, ours), 'rate'),
        ...eagerBackends.map(({ name, label }): Comparison => {
          const reason = skipped.get(name);
          if (reason !== undefined) return { with: label, skipped: reason };
          return beside(name, label, name === 'tensorflow' ? { kind: 'atMost', limit: 0.25 } : undefined);
        }),
        withFigureTarget({ with: 'a quiet machine: 2 cores, AVX-512' }, figure, { kind: 'atMost', limit: milliseconds, unit: 'ms' }),
      ],
    };
  } finally {
    for (const variant of Object.values(held)) variant.dispose();
    await tf.setBackend(backendBefore);
  }
}

/** Batches of 32 and 256. */
export const trainingStepBench: Bench = {
  name: 'training-step',
  description: 'one step of Adam on an ensemble, batches of 32 and 256',
  async run(context) {
    const figures: BenchFigure[] = [];
    for (const goal of goals) figures.push(await measure(goal, context));
    return figures;
  },
};
