/**
 * A TensorFlow.js backend whose kernels do not compute: each appends operations to a graph. Running a function under
 * it records the function, gradients included, because TensorFlow.js differentiates through the same kernels.
 *
 * A traced value may be stored smaller than it is: with extents of one where all elements along an axis are equal.
 * Elementwise operations carry that along, so the many `ones` and broadcasts in gradients cost nothing; `full` expands
 * where an operation needs every element.
 */
import { sizeOf, UnsupportedError } from '@mbrl/core';
import type { ElementType } from '../onnx/model.js';
import { tf } from '../tensorflow.js';
import { broadcastShape, Graph, sameShape } from './graph.js';

/** The name under which the backend stands in TensorFlow.js. */
export const TRACE_BACKEND = 'mbrl-trace';

/** The element types that can be traced. */
export type TracedDType = 'float32' | 'int32' | 'bool';

/** A tensor while it is traced. */
export interface TracedValue {
  /** Name in the graph. */
  readonly name: string;
  /** Shape that TensorFlow.js sees. */
  readonly shape: readonly number[];
  /** Shape in the graph: broadcastable to `shape`. */
  readonly stored: readonly number[];
  readonly dtype: TracedDType;
  /** The value of every element, where that is known while tracing. */
  readonly uniform?: number;
}

/** What a kernel returns to TensorFlow.js. */
export type TracedInfo = { dataId: object; shape: number[]; dtype: TracedDType };

export function checkDType(dtype: string): TracedDType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new UnsupportedError(`jit: element type ${dtype} cannot be compiled; use float32, int32 or bool`);
}

/** Refused while tracing: the function asked for numbers, which do not exist yet. */
const noValues = (what: string): never => {
  throw new UnsupportedError(`jit: ${what} reads a value while the function is compiled; values exist only when it runs`);
};

/** What TensorFlow.js hands to a backend: numbers, or encoded strings. */
type BackendValues = Parameters<tf.KernelBackend['write']>[0];

function numbersOf(values: BackendValues): ArrayLike<number> {
  if (values[0] instanceof Uint8Array) throw new UnsupportedError('jit: strings cannot be compiled');
  return values as ArrayLike<number>;
}

/**
 * Numbers drawn by TensorFlow.js itself arrive as plain values, and would be the same in every call of the program.
 * Only the scope, which bears the op's name, tells where they come from.
 */
function refuseRandomNumbers(): void {
  const { activeScope } = (tf.engine() as unknown as { state: { activeScope?: { name?: string } } }).state;
  const op = /^(rand\w*|truncatedNormal|multinomial)__op$/.exec(activeScope?.name ?? '')?.[1];
  if (op) throw new UnsupportedError(`jit: ${op} draws once, while the function is compiled; let random numbers enter as arguments`);
}

/** The numbers of a tensor that was made before the trace. */
function valuesFromOutside(tensor: { dataId: object }): ArrayLike<number> {
  const { tensorInfo } = (tf.engine() as unknown as { state: { tensorInfo: WeakMap<object, unknown> } }).state;
  if (!tensorInfo.has(tensor.dataId)) {
    throw new UnsupportedError('jit: a tensor from outside of the function was disposed, or belongs to another function that was compiled');
  }
  return tf.engine().readSync(tensor.dataId as tf.Tensor['dataId']) as ArrayLike<number>;
}

/** Records what TensorFlow.js asks it to compute. */
export class TraceBackend extends tf.KernelBackend {
  /** The graph under construction. */
  graph: Graph = new Graph();
  #values = new WeakMap<object, TracedValue>();

  /** Starts a new graph. */
  begin(): Graph {
    this.graph = new Graph();
    this.#values = new WeakMap();
    return this.graph;
  }

  /** Gives TensorFlow.js a tensor that stands for a graph value. */
  info(value: TracedValue): TracedInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** The traced value behind a tensor; a tensor made outside of the trace becomes a constant. */
  value(tensor: { dataId: object; shape: number[]; dtype: string }): TracedValue {
    const known = this.#values.get(tensor.dataId);
    if (known) return sameShape(known.shape, tensor.shape) ? known : { ...known, shape: tensor.shape };
    const value = this.constant(valuesFromOutside(tensor), tensor.shape, checkDType(tensor.dtype));
    this.#values.set(tensor.dataId, value);
    return value;
  }

  /** A constant; stored as one element when all are equal. */
  constant(values: ArrayLike<number>, shape: readonly number[], dtype: TracedDType): TracedValue {
    const first = values[0];
    if (first !== undefined) {
      let uniform = true;
      for (let i = 1; i < values.length && uniform; i++) uniform = Object.is(values[i], first);
      if (uniform) return this.uniform(first, shape, dtype);
    }
    return { name: this.graph.constant(dtype, shape, values), shape, stored: shape, dtype };
  }

  /** A value whose elements all equal `value`. */
  uniform(value: number, shape: readonly number[], dtype: TracedDType): TracedValue {
    const rounded = dtype === 'float32' ? Math.fround(value) : dtype === 'bool' ? Number(Boolean(value)) : value | 0;
    return { name: this.graph.constant(dtype, [], [rounded]), shape, stored: [], dtype, uniform: rounded };
  }

  /** Name of the value with every element present. */
  full(value: TracedValue): string {
    if (sameShape(value.stored, value.shape)) return value.name;
    return this.graph.op('Expand', [value.name, this.graph.integers(value.shape)]);
  }

  /** The value with every element present. */
  expanded(value: TracedValue): TracedValue {
    return { name: this.full(value), shape: value.shape, stored: value.shape, dtype: value.dtype };
  }

  /** An elementwise operation on values whose stored shapes broadcast. */
  elementwise(
    op: string,
    inputs: readonly TracedValue[],
    dtype: TracedDType,
    options: { attributes?: { [name: string]: number | { float: number } } } = {},
  ): TracedValue {
    const shape = inputs.map((input) => input.shape).reduce(broadcastShape);
    const stored = inputs.map((input) => input.stored).reduce(broadcastShape);
    return {
      name: this.graph.op(
        op,
        inputs.map((input) => input.name),
        options.attributes ?? {},
      ),
      shape,
      stored,
      dtype,
    };
  }

  /** The value converted to another element type. */
  cast(value: TracedValue, dtype: TracedDType): TracedValue {
    if (value.dtype === dtype) return value;
    if (value.uniform !== undefined) return this.uniform(value.uniform, value.shape, dtype);
    return { ...value, dtype, name: this.castName(value.name, dtype) };
  }

  /** A graph value in another shape of the same size, by name. */
  reshapedName(name: string, shape: readonly number[]): string {
    // Without allowzero, an extent of zero would mean "as before".
    return this.graph.op('Reshape', [name, this.graph.integers(shape)], shape.includes(0) ? { allowzero: 1 } : {});
  }

  /** Converts a graph value by name. */
  castName(name: string, type: ElementType): string {
    return this.graph.op('Cast', [name], { to: { float32: 1, int32: 6, int64: 7, bool: 9 }[type] });
  }

  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  decRef(): void {}
  override numDataIds(): number {
    return 0;
  }
  override disposeData(): boolean {
    return true;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override write(values: BackendValues | null, shape: number[], dtype: tf.DataType): object {
    refuseRandomNumbers();
    const dataId = {};
    this.#values.set(dataId, this.constant(numbersOf(values ?? new Float32Array(sizeOf(shape))), shape, checkDType(dtype)));
    return dataId;
  }
  override move(dataId: object, values: BackendValues, shape: number[], dtype: tf.DataType): void {
    this.#values.set(dataId, this.constant(numbersOf(values), shape, checkDType(dtype)));
  }
  override readSync(): never {
    return noValues('dataSync (or an op that needs values)');
  }
  override read(): never {
    return noValues('data (or an op that needs values)');
  }
}

/** The one backend instance; registered with TensorFlow.js when first used. */
export const traceBackend: TraceBackend = new TraceBackend();
