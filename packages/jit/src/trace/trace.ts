/** Records a function over trees of tensors as an ONNX graph. */
import { type DType, MbrlError, type NdArray, ShapeError, treeMap, UnsupportedError } from '@mbrl/core';
import type { GraphDescription } from '../onnx/model.js';
import { abandonTape } from '../tape-order.js';
import { tf } from '../tensorflow.js';
import { convolutionKernels } from './kernels/convolution.js';
import { elementwiseKernels } from './kernels/elementwise.js';
import { gatherKernels } from './kernels/gather.js';
import { imageKernels } from './kernels/image.js';
import { matrixKernels } from './kernels/matrix.js';
import { normalizationKernels } from './kernels/normalization.js';
import { poolingKernels } from './kernels/pooling.js';
import { reductionKernels } from './kernels/reduction.js';
import { registerKernels } from './kernels/register.js';
import { shapeKernels } from './kernels/shape.js';
import { checkResult } from './function-result.js';
import { checkDType, TRACE_BACKEND, traceBackend } from './trace-backend.js';

/** Shape and element type of one array. */
export interface ArraySpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A function of trees of tensors, as `jit` takes it. */
export type TensorFunction = (...args: never[]) => unknown;

/** What a trace gives. */
export interface Trace {
  readonly graph: GraphDescription;
  /** One input name for each leaf of the arguments. */
  readonly inputNames: readonly string[];
  /** The result with a {@link ArraySpec} at every leaf. */
  readonly output: unknown;
  /** One output name for each leaf of the result. */
  readonly outputNames: readonly string[];
}

const kernelTables = [
  elementwiseKernels,
  reductionKernels,
  shapeKernels,
  matrixKernels,
  gatherKernels,
  normalizationKernels,
  convolutionKernels,
  poolingKernels,
  imageKernels,
];

let registered = false;

function registerBackend(): void {
  if (registered) return;
  registered = true;
  tf.registerBackend(TRACE_BACKEND, () => traceBackend, 0);
  for (const table of kernelTables) registerKernels(table);
}

/** Which backend TensorFlow.js runs on; none before its first use. In a page that first use would start WebGL. */
interface BackendSlot {
  backendName: string | undefined;
  backendInstance: object | null | undefined;
  readonly pendingBackendInit: Promise<boolean> | null | undefined;
}

/** Waits for a backend that is just being started, if one is; a trace cannot run before. */
export async function backendSettled(): Promise<void> {
  await (tf.engine() as unknown as BackendSlot).pendingBackendInit;
}

/** A variable would be left holding a value that exists only in the trace. */
function refuseAssignment(): never {
  throw new UnsupportedError('jit: assigning a variable cannot be compiled; return its next value');
}

/** Runs `body` with the trace backend in place of the current one, and puts that back whatever happens. */
function underTrace<T>(body: () => T): T {
  const slot = tf.engine() as unknown as BackendSlot;
  const { backendName, backendInstance } = slot;
  registerBackend();
  // Setting a backend that needs no asynchronous start takes effect before the call returns.
  void tf.setBackend(TRACE_BACKEND);
  tf.engine().startScope('trace');
  const { assign } = tf.Variable.prototype;
  tf.Variable.prototype.assign = refuseAssignment;
  try {
    return body();
  } finally {
    tf.Variable.prototype.assign = assign;
    abandonTape();
    tf.engine().endScope();
    if (backendInstance && backendName !== undefined) void tf.setBackend(backendName);
    else Object.assign(slot, { backendName, backendInstance });
  }
}

/** Says which op of which function cannot be compiled, in place of TensorFlow.js' own message. */
function explain(name: string, error: unknown): unknown {
  if (error instanceof UnsupportedError)
    return error.message.endsWith(`(in ${name})`) ? error : new UnsupportedError(`${error.message} (in ${name})`, { cause: error });
  const kernel = error instanceof Error ? /[Kk]ernel '(\w+)' not registered/.exec(error.message)?.[1] : undefined;
  const slope = error instanceof Error ? /gradient function not found for (\w+)/.exec(error.message)?.[1] : undefined;
  if (slope) return new UnsupportedError(`jit: op ${slope} has no gradient (in ${name})`, { cause: error });
  if (error instanceof ShapeError) return new ShapeError(`${error.message} (in ${name})`, { cause: error });
  if (kernel) return new UnsupportedError(`jit: op ${kernel} cannot be compiled (in ${name})`, { cause: error });
  return error;
}

/** The tensor's graph name and spec. */
function outputOf(leaf: tf.Tensor): { name: string; spec: ArraySpec } {
  const value = traceBackend.value(leaf);
  return { name: traceBackend.full(value), spec: { dtype: checkDType(leaf.dtype), shape: [...leaf.shape] } };
}

/**
 * Records `fn` applied to arguments of the given shapes.
 * @param name what to call the function in errors
 * @param args trees whose leaves have `shape` and `dtype`
 * @throws UnsupportedError for an op that cannot be compiled, naming the op and the function.
 */
export function trace(name: string, fn: TensorFunction, args: readonly unknown[]): Trace {
  return underTrace(() => {
    const graph = traceBackend.begin();
    const inputs: { name: string; spec: ArraySpec }[] = [];
    const symbols = treeMap<unknown, unknown, NdArray>(args, (leaf) => {
      const spec = { dtype: leaf.dtype, shape: [...leaf.shape] };
      const input = `in${inputs.length}`;
      inputs.push({ name: input, spec });
      const { dataId } = traceBackend.info({ name: input, shape: spec.shape, stored: spec.shape, dtype: spec.dtype });
      return tf.engine().makeTensorFromTensorInfo({ dataId, shape: spec.shape, dtype: spec.dtype }, traceBackend);
    }) as never[];
    let result: unknown;
    try {
      result = fn(...symbols);
      const outputs = checkResult(name, result).map(outputOf);
      // An output needs a name of its own: inputs, constants and values returned twice are passed through Identity.
      const taken = new Set(inputs.map((input) => input.name));
      const outputNames = outputs.map((output) => {
        const direct = !taken.has(output.name) && !graph.isConstant(output.name);
        const named = direct ? output.name : graph.copy(output.name);
        taken.add(named);
        return named;
      });
      let next = 0;
      const description = graph.describe(
        name,
        inputs.map((input) => ({ name: input.name, type: input.spec.dtype, shape: input.spec.shape })),
        outputs.map((output, i) => ({ name: outputNames[i]!, type: output.spec.dtype, shape: output.spec.shape })),
      );
      return {
        graph: description,
        inputNames: inputs.map((input) => input.name),
        outputNames,
        output: treeMap(result, () => outputs[next++]!.spec),
      };
    } catch (error) {
      throw error instanceof MbrlError || error instanceof Error ? explain(name, error) : error;
    }
  });
}
