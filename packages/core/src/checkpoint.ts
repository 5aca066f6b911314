/**
 * A checkpoint: named arrays and a JSON value. In memory it is this record; as bytes it is one safetensors file whose
 * metadata carries the JSON, the format's version and a checksum (see `encodeCheckpoint`).
 */
import type { Json } from './json.js';
import type { NdArray } from './nd-array.js';

/** Arrays that a checkpoint can hold: programs' element types, and float64, uint8 and uint32 for exact states. */
export type CheckpointArray =
  | NdArray<'float32'>
  | NdArray<'int32'>
  | NdArray<'bool'>
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'uint32'; readonly shape: readonly number[]; readonly data: Uint32Array }
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array };

/** Named arrays and a JSON value. */
export interface Checkpoint {
  /** What wrote it, such as `ProbabilisticEnsemble`; a reader refuses a kind that it does not know. */
  readonly kind: string;
  /** Version of that kind's layout, counted from 1. */
  readonly version: number;
  readonly json: Json;
  readonly arrays: { readonly [name: string]: CheckpointArray };
}
