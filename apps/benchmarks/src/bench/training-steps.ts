/**
 * Training steps of a probabilistic ensemble as pure functions: ours, and the form that a first sketch of the compiler
 * was measured with. The sketch has Adam as its paper writes it, the log-variance bounded by two softplus, and SiLU
 * differentiated as the product x · σ(x).
 */
import { float32, mapLeaves, type NdArray, type Rng } from '@mbrl/core';
import { adam, applyUpdates, type ArrayTree, mapTogether, type Optimizer, tf, type TensorTree, valueAndGradWithAux } from '@mbrl/jit';
import { createEnsembleFunctions, createEnsembleNetwork, identityTransform, type Layer } from '@mbrl/models';
import { type HostLayers, trainedNetworks } from './network-sizes.js';

/** Bounds of the log-variance. */
const [LEAST, GREATEST] = [-10, 0.5] as const;

const LEARNING_RATE = 1e-3;

/** What a step takes and gives back; `T` is a host array outside of a program and a tensor inside. */
export interface StepState<T> {
  readonly layers: readonly Layer<T>[];
  readonly optimizer: unknown;
}

/** One step on batches `[E, B, I]` and `[E, B, O]`: the next state, and the loss by member. */
export type TrainingStep = (
  state: StepState<tf.Tensor>,
  inputs: tf.Tensor,
  targets: tf.Tensor,
) => { state: StepState<tf.Tensor>; losses: tf.Tensor };

/** A step and how its state starts. */
export interface TrainingProcedure {
  readonly step: TrainingStep;
  initialState(rng: Rng): StepState<NdArray<'float32'>>;
}

const network = createEnsembleNetwork({ ...trainedNetworks, activation: 'silu' });
const targetSize = trainedNetworks.outputSize / 2;

function initialLayers(rng: Rng): HostLayers {
  return network.init(rng);
}

function procedure(
  optimizer: Optimizer,
  lossOf: (layers: readonly Layer<tf.Tensor>[], inputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor,
): TrainingProcedure {
  return {
    step({ layers, optimizer: state }, inputs, targets) {
      const { aux, grads } = valueAndGradWithAux((trained: readonly Layer<tf.Tensor>[]) => {
        const losses = tf.mean(lossOf(trained, inputs, targets), 1);
        return { value: tf.sum(losses), aux: losses };
      })(layers);
      const next = optimizer.update(grads as unknown as TensorTree, state as TensorTree, layers as unknown as TensorTree);
      return {
        state: { layers: applyUpdates(layers, next.updates) as unknown as readonly Layer<tf.Tensor>[], optimizer: next.state },
        losses: aux,
      };
    },
    initialState(rng) {
      const layers = initialLayers(rng);
      return { layers, optimizer: optimizer.init(layers as unknown as ArrayTree) };
    },
  };
}

const functions = createEnsembleFunctions(network, identityTransform(targetSize));

/** The step of our ensembles: loss, gradient and Adam as they stand in the packages. */
export const ourStep: TrainingProcedure = procedure(adam({ learningRate: LEARNING_RATE }), (layers, inputs, targets) => {
  const bound = (value: number): tf.Tensor => tf.mul(value, tf.ones([targetSize]));
  return functions.loss({ layers, logVariance: { minimum: bound(LEAST), maximum: bound(GREATEST) } }, inputs, targets);
});

interface PlainAdamState {
  readonly firstMoment: TensorTree;
  readonly secondMoment: TensorTree;
  readonly beta1Power: tf.Tensor;
  readonly beta2Power: tf.Tensor;
}

/** Adam as the paper writes it, every factor where it stands there. */
const plainAdam: Optimizer = {
  init(params) {
    const zeros = (): ArrayTree => mapLeaves<NdArray, NdArray>(params, ({ shape }) => float32(shape));
    return { firstMoment: zeros(), secondMoment: zeros(), beta1Power: float32([], [1]), beta2Power: float32([], [1]) };
  },
  update(grads, state) {
    const before = state as unknown as PlainAdamState;
    const beta1Power = tf.mul(before.beta1Power, 0.9);
    const beta2Power = tf.mul(before.beta2Power, 0.999);
    const firstMoment = mapTogether(([m, g]) => tf.add(tf.mul(m!, 0.9), tf.mul(g!, 0.1)), before.firstMoment, grads);
    const secondMoment = mapTogether(([v, g]) => tf.add(tf.mul(v!, 0.999), tf.mul(tf.square(g!), 0.001)), before.secondMoment, grads);
    const updates = mapTogether(
      ([m, v]) => {
        const corrected = tf.sqrt(tf.div(v!, tf.sub(1, beta2Power)));
        return tf.mul(tf.div(tf.div(m!, tf.sub(1, beta1Power)), tf.add(corrected, 1e-8)), -LEARNING_RATE);
      },
      firstMoment,
      secondMoment,
    );
    return { updates, state: { firstMoment, secondMoment, beta1Power, beta2Power } };
  },
};

/** The sketch's step. */
export const sketchStep: TrainingProcedure = procedure(plainAdam, (layers, inputs, targets) => {
  const outputs = layers.reduce((hidden, { kernel, bias }, i) => {
    const next = tf.add(tf.matMul(hidden, kernel), bias);
    return i < layers.length - 1 ? tf.mul(next, tf.sigmoid(next)) : next;
  }, inputs);
  const [mean, raw] = tf.split(outputs, 2, -1) as [tf.Tensor, tf.Tensor];
  const below = tf.sub(GREATEST, tf.softplus(tf.sub(GREATEST, raw)));
  const logVariance = tf.add(LEAST, tf.softplus(tf.sub(below, LEAST)));
  return tf.mean(tf.add(tf.mul(tf.square(tf.sub(mean, targets)), tf.exp(tf.neg(logVariance))), logVariance), -1);
});
