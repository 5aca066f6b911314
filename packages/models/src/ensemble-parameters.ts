/**
 * The parameters of a probabilistic ensemble, as a tree: what is trained, and the statistics that normalise. For
 * prediction the statistics are folded into the first and last layers, so that a rollout spends nothing on them.
 */
import { float32, type NdArray } from '@mbrl/core';
import type { Layer } from './ensemble-network.js';
import type { LogVarianceBounds } from './gaussian-head.js';
import type { Statistics } from './normalizer.js';

type Float32 = NdArray<'float32'>;

/** What training changes. */
export interface TrainedParameters<T> {
  readonly layers: readonly Layer<T>[];
  /** Bounds of the log-variance of normalised targets, `[D]`. */
  readonly logVariance: LogVarianceBounds<T>;
}

/** What prediction needs; inputs and targets in their own units. */
export interface PredictionParameters<T> {
  readonly layers: readonly Layer<T>[];
  readonly logVariance: LogVarianceBounds<T>;
  /** Twice the logarithm of the targets' deviations, `[D]`: takes a log-variance back to the targets' units. */
  readonly logVarianceShift: T;
}

/** Copies the given members out of a `[E, …]` array. */
function pickMembers(array: Float32, members: readonly number[]): Float32 {
  const [, ...rest] = array.shape;
  const stride = rest.reduce((a, b) => a * b, 1);
  const picked = float32([members.length, ...rest]);
  members.forEach((member, i) => picked.data.set(array.data.subarray(member * stride, (member + 1) * stride), i * stride));
  return picked;
}

/** x ↦ ((x − m) / d) W + b becomes x ↦ x W' + b'. Computed in float64. */
function foldInput(layer: Layer<Float32>, { mean, deviation }: Statistics<Float32>): void {
  const [members, inputs, outputs] = layer.kernel.shape as [number, number, number];
  const kernel = layer.kernel.data;
  for (let e = 0; e < members; e++) {
    for (let o = 0; o < outputs; o++) {
      let bias = layer.bias.data[e * outputs + o]!;
      for (let i = 0; i < inputs; i++) {
        const at = (e * inputs + i) * outputs + o;
        const scaled = kernel[at]! / deviation.data[i]!;
        bias -= scaled * mean.data[i]!;
        kernel[at] = scaled;
      }
      layer.bias.data[e * outputs + o] = bias;
    }
  }
}

/** h ↦ d (h W + b) + m for the mean half of the outputs. */
function foldOutput(layer: Layer<Float32>, { mean, deviation }: Statistics<Float32>): void {
  const outputs = layer.kernel.shape[2]!;
  const targets = mean.data.length;
  for (let at = 0; at < layer.kernel.data.length; at++) {
    const o = at % outputs;
    if (o < targets) layer.kernel.data[at] = layer.kernel.data[at]! * deviation.data[o]!;
  }
  for (let at = 0; at < layer.bias.data.length; at++) {
    const o = at % outputs;
    if (o < targets) layer.bias.data[at] = layer.bias.data[at]! * deviation.data[o]! + mean.data[o]!;
  }
}

/** Copies the given members, with the statistics of inputs and targets folded in. */
export function predictionParameters(
  trained: TrainedParameters<Float32>,
  inputs: Statistics<Float32>,
  targets: Statistics<Float32>,
  members: readonly number[],
): PredictionParameters<Float32> {
  const layers = trained.layers.map(({ kernel, bias }) => ({ kernel: pickMembers(kernel, members), bias: pickMembers(bias, members) }));
  foldInput(layers[0]!, inputs);
  foldOutput(layers.at(-1)!, targets);
  const shift = float32([targets.mean.data.length], Float32Array.from(targets.deviation.data, (deviation) => 2 * Math.log(deviation)));
  const { minimum, maximum } = trained.logVariance;
  const copy = (array: Float32): Float32 => float32(array.shape, array.data.slice());
  return { layers, logVariance: { minimum: copy(minimum), maximum: copy(maximum) }, logVarianceShift: shift };
}
