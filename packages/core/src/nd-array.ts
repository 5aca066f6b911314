/**
 * Host arrays: what goes into and comes out of compiled programs, checkpoints and buffers. Row-major.
 */
import { ShapeError } from './errors.js';

/** The element types that programs and checkpoints know. */
export type DType = 'float32' | 'int32' | 'bool';

/** The typed array that holds elements of type `D`. */
export type TypedArrayOf<D extends DType> = D extends 'float32' ? Float32Array : D extends 'int32' ? Int32Array : Uint8Array;

/** A dense, row-major array of a known shape. `data.length` is the product of `shape`. */
export interface NdArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrayOf<D>;
}

/** Number of elements of an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

function checkLength(caller: string, shape: readonly number[], length: number): void {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(`${caller}: every extent must be a non-negative integer, got [${shape.join(', ')}]`);
  }
  if (sizeOf(shape) !== length) {
    throw new ShapeError(`${caller}: data must have ${sizeOf(shape)} elements for shape [${shape.join(', ')}], got ${length}`);
  }
}

/** A float32 array; `data` is aliased when it is a Float32Array, copied when it is a plain list, zeros when absent. */
export function float32(shape: readonly number[], data?: Float32Array | readonly number[]): NdArray<'float32'> {
  const values = data instanceof Float32Array ? data : data ? Float32Array.from(data) : new Float32Array(sizeOf(shape));
  checkLength('float32', shape, values.length);
  return { dtype: 'float32', shape, data: values };
}

/** An int32 array; aliasing as in {@link float32}. */
export function int32(shape: readonly number[], data?: Int32Array | readonly number[]): NdArray<'int32'> {
  const values = data instanceof Int32Array ? data : data ? Int32Array.from(data) : new Int32Array(sizeOf(shape));
  checkLength('int32', shape, values.length);
  return { dtype: 'int32', shape, data: values };
}

/** A boolean array, one byte an element (0 or 1); aliasing as in {@link float32}. */
export function bool(shape: readonly number[], data?: Uint8Array | readonly number[]): NdArray<'bool'> {
  const values = data instanceof Uint8Array ? data : data ? Uint8Array.from(data) : new Uint8Array(sizeOf(shape));
  checkLength('bool', shape, values.length);
  return { dtype: 'bool', shape, data: values };
}
