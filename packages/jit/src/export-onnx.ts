/** Writes a function as an ONNX file that any ONNX Runtime opens. */
import { type MapLeaves, type NdArray, OptionError, treeEntries } from '@mbrl/core';
import { encodeModel, type GraphDescription } from './onnx/model.js';
import type { tf } from './tensorflow.js';
import { trace } from './trace/trace.js';

/** How to name what is exported. */
export interface ExportOptions {
  /** What to call the function, in errors and in the file. Default: its own name. */
  readonly name?: string;
  /** Names of the arguments, each different. Default: `input0`, `input1`, … */
  readonly argumentNames?: readonly string[];
  /** Name of the result. Default: `output`. */
  readonly resultName?: string;
}

/** An exported program. */
export interface OnnxExport {
  /** The file's content. */
  readonly bytes: Uint8Array;
  /** Name of each input, in the order of the arguments' leaves: the argument's name and the path in it, as `params.w0`. */
  readonly inputNames: readonly string[];
  /** Name of each output, in the order of the result's leaves: the result's name and the path in it. */
  readonly outputNames: readonly string[];
}

const join = (name: string, path: string): string => (path === '' ? name : `${name}.${path}`);

/** Renames values of a graph; others step aside where they bear a new name already. */
function renamed(graph: GraphDescription, names: ReadonlyMap<string, string>): GraphDescription {
  const taken = new Set(names.values());
  const rename = (name: string): string => {
    const given = names.get(name);
    if (given !== undefined || name === '') return given ?? name;
    let free = name;
    while (taken.has(free)) free += '_';
    return free;
  };
  return {
    name: graph.name,
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    constants: graph.constants.map((constant) => ({ ...constant, name: rename(constant.name) })),
    inputs: graph.inputs.map((port) => ({ ...port, name: rename(port.name) })),
    outputs: graph.outputs.map((port) => ({ ...port, name: rename(port.name) })),
  };
}

/**
 * Records `fn` for arguments of the given shapes as an ONNX model (opset 21; some products and activations use ONNX
 * Runtime's `com.microsoft` operators).
 * @param fn pure function over trees of tensors
 * @param args trees of arrays; only their shapes and element types matter
 * @throws UnsupportedError for an op that cannot be compiled; OptionError when two inputs or outputs have one name,
 * or one has none.
 */
export function exportOnnx<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  args: { readonly [K in keyof A]: MapLeaves<A[K], tf.Tensor, NdArray> },
  options: ExportOptions = {},
): OnnxExport {
  const { name = fn.name === '' ? 'exported' : fn.name, argumentNames = [], resultName = 'output' } = options;
  const program = trace(name, fn as (...args: never[]) => unknown, args);
  const inputNames = args.flatMap((arg, i) => treeEntries(arg).map(({ path }) => join(argumentNames[i] ?? `input${i}`, path)));
  const outputNames = treeEntries(program.output).map(({ path }) => join(resultName, path));
  const given = [...inputNames, ...outputNames];
  if (given.includes('')) throw new OptionError('exportOnnx: every input and output must have a name, got ""');
  const twice = given.find((candidate, i) => given.indexOf(candidate) !== i);
  if (twice !== undefined)
    throw new OptionError(`exportOnnx: every input and output must have a name of its own, got ${JSON.stringify(twice)} twice`);
  const names = new Map([...program.inputNames, ...program.outputNames].map((internal, i) => [internal, given[i]!]));
  return { bytes: encodeModel(renamed(program.graph, names)), inputNames, outputNames };
}
