/** Shifts and scales columns to mean 0 and deviation 1. Statistics are taken in float64 from the data of a fit. */
import { float32, type NdArray } from '@mbrl/core';

/** Statistics of columns; `T` is a host array outside of a program and a tensor inside. Both `[size]`. */
export interface Statistics<T> {
  readonly mean: T;
  readonly deviation: T;
}

/** Deviations under this (relative to 1 + |mean|) count as constant: such a column is shifted and not scaled. */
const CONSTANT_BELOW = 1e-6;

/** Statistics that change nothing. */
export function identityStatistics(size: number): Statistics<NdArray<'float32'>> {
  return { mean: float32([size]), deviation: float32([size], new Float32Array(size).fill(1)) };
}

/** Statistics of the first `count` rows of `[N, size]` values. */
export function columnStatistics(values: Float32Array, count: number, size: number): Statistics<NdArray<'float32'>> {
  const result = identityStatistics(size);
  for (let column = 0; column < size; column++) {
    let mean = 0;
    for (let row = 0; row < count; row++) mean += values[row * size + column]!;
    mean /= count;
    let variance = 0;
    for (let row = 0; row < count; row++) variance += (values[row * size + column]! - mean) ** 2;
    const deviation = Math.sqrt(variance / count);
    result.mean.data[column] = mean;
    result.deviation.data[column] = deviation > CONSTANT_BELOW * (1 + Math.abs(mean)) ? deviation : 1;
  }
  return result;
}

/** Normalises rows in place. */
export function normalizeRows(values: Float32Array, statistics: Statistics<NdArray<'float32'>>): void {
  const mean = statistics.mean.data;
  const deviation = statistics.deviation.data;
  const size = mean.length;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean[i % size]!) / deviation[i % size]!;
}
