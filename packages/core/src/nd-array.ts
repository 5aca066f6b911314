/**
 * Host arrays: what goes into and comes out of compiled programs, checkpoints and buffers. Row-major.
 */
import { OptionError, ShapeError } from './errors.js';

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

function checkShape(caller: string, shape: readonly number[]): readonly number[] {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(`${caller}: every extent must be a non-negative integer, got [${shape.join(', ')}]`);
  }
  return shape;
}

function checkLength(caller: string, shape: readonly number[], length: number): void {
  if (sizeOf(shape) !== length) {
    throw new ShapeError(`${caller}: data must have ${sizeOf(shape)} elements for shape [${shape.join(', ')}], got ${length}`);
  }
}

/** Checks that a plain list went into a typed array unchanged. */
function checkKept(caller: string, requirement: string, list: readonly number[], isAllowed: (value: number) => boolean): readonly number[] {
  const index = list.findIndex((value) => !isAllowed(value));
  if (index >= 0) throw new OptionError(`${caller}: data must be ${requirement}, got ${list[index]} at index ${index}`);
  return list;
}

/**
 * Makes a float32 array; `data` is aliased when it is a Float32Array, copied when it is a plain list, zeros when absent.
 * @throws ShapeError when the number of elements is not that of the shape.
 */
export function float32(shape: readonly number[], data?: Float32Array | readonly number[]): NdArray<'float32'> {
  checkShape('float32', shape);
  const values = data instanceof Float32Array ? data : data ? Float32Array.from(data) : new Float32Array(sizeOf(shape));
  checkLength('float32', shape, values.length);
  return { dtype: 'float32', shape, data: values };
}

/** Makes an int32 array; aliasing as in {@link float32}. @throws as it, and OptionError on a list with other than 32-bit integers. */
export function int32(shape: readonly number[], data?: Int32Array | readonly number[]): NdArray<'int32'> {
  checkShape('int32', shape);
  const fromList = (list: readonly number[]): Int32Array =>
    Int32Array.from(checkKept('int32', '32-bit integers', list, (value) => (value | 0) === value));
  const values = data instanceof Int32Array ? data : data ? fromList(data) : new Int32Array(sizeOf(shape));
  checkLength('int32', shape, values.length);
  return { dtype: 'int32', shape, data: values };
}

/** Makes a boolean array, one byte an element; aliasing as in {@link float32}. @throws as it, and OptionError on a list with other than 0 and 1. */
export function bool(shape: readonly number[], data?: Uint8Array | readonly number[]): NdArray<'bool'> {
  checkShape('bool', shape);
  const fromList = (list: readonly number[]): Uint8Array =>
    Uint8Array.from(checkKept('bool', '0 or 1', list, (value) => value === 0 || value === 1));
  const values = data instanceof Uint8Array ? data : data ? fromList(data) : new Uint8Array(sizeOf(shape));
  checkLength('bool', shape, values.length);
  return { dtype: 'bool', shape, data: values };
}
