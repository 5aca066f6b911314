/**
 * The parameters of a probabilistic ensemble, as a tree: what is trained, and the statistics that normalise. For
 * prediction the statistics are folded into the first and last layers, so that a rollout spends nothing on them.
 */
import { float32, mapLeaves, type NdArray } from '@mbrl/core';
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

/**
 * What prediction needs; inputs and targets in their own units. The variance is `gain² (floor + σ(raw))`, with the upper
 * bound already taken off the raw output (see `gaussian-head.ts`).
 */
export interface PredictionParameters<T> {
  readonly layers: readonly Layer<T>[];
  /** Ratio of the least to the greatest variance, e^{v_min − v_max}, `[D]`. */
  readonly varianceFloor: T;
  /** Greatest standard deviation, in units of the targets, `[D]`. */
  readonly deviationGain: T;
}

/** The same tree in memory of its own. */
export function copyTree<T>(tree: T): T {
  return mapLeaves<Float32, Float32>(tree as never, (leaf) => float32(leaf.shape, leaf.data.slice())) as unknown as T;
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

/** h ↦ d (h W + b) + m for the mean half of the outputs; the variance half loses its upper bound. */
function foldOutput(layer: Layer<Float32>, { mean, deviation }: Statistics<Float32>, upperBound: Float32): void {
  const outputs = layer.kernel.shape[2]!;
  const targets = mean.data.length;
  for (let at = 0; at < layer.kernel.data.length; at++) {
    const o = at % outputs;
    if (o < targets) layer.kernel.data[at] = layer.kernel.data[at]! * deviation.data[o]!;
  }
  for (let at = 0; at < layer.bias.data.length; at++) {
    const o = at % outputs;
    const bias = layer.bias.data[at]!;
    layer.bias.data[at] = o < targets ? bias * deviation.data[o]! + mean.data[o]! : bias - upperBound.data[o - targets]!;
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
  const { minimum, maximum } = trained.logVariance;
  foldOutput(layers.at(-1)!, targets, maximum);
  const size = targets.mean.data.length;
  const byTarget = (value: (i: number) => number): Float32 =>
    float32(
      [size],
      Float32Array.from({ length: size }, (_, i) => value(i)),
    );
  return {
    layers,
    varianceFloor: byTarget((i) => Math.exp(minimum.data[i]! - maximum.data[i]!)),
    deviationGain: byTarget((i) => targets.deviation.data[i]! * Math.exp(maximum.data[i]! / 2)),
  };
}
