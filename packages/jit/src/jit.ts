/**
 * Compiles a pure function over trees of arrays into one program. Written with TensorFlow.js ops, called with host
 * arrays: the first call for a set of shapes records the function and loads the program, later ones run it.
 */
import {
  checkInteger,
  checkOneOf,
  LifecycleError,
  type NdArray,
  OptionError,
  ShapeError,
  sizeOf,
  treeLeaves,
  UnsupportedError,
} from '@mbrl/core';
import { runEagerly } from './eager.js';
import type { Engine, Executable } from './engine.js';
import { currentEngine, engineGeneration } from './engine-registry.js';
import { encodeModel } from './onnx/model.js';
import type { tf } from './tensorflow.js';
import type { ArrayTree, TensorTree } from './optimizers/optimizer.js';
import { ResultMemory, wasDonated } from './result-memory.js';
import { type ArraySpec, backendSettled, trace } from './trace/trace.js';
import { createTreeBuilder, type TreeBuilder } from './tree-builder.js';
import { type ArgumentMatcher, createArgumentMatcher } from './argument-matcher.js';

/** Facts of one compilation. */
export interface CompileInfo {
  /** The function's name. */
  readonly name: string;
  /** Operations in the program. */
  readonly nodeCount: number;
  /** How many programs this function has now; more than one means that it is called with several shapes. */
  readonly programCount: number;
}

/** How to compile. */
export interface JitOptions {
  /** What to call the function in errors. Default: its own name. */
  readonly name?: string;
  /**
   * Positions of arguments whose arrays the program may overwrite from now on, as JAX calls it. Their memory is used
   * for results of the same shape in the next calls, so a state that goes in and comes out is never copied. After the
   * call those arrays must not be read; passing one again is an error.
   */
  readonly donate?: readonly number[];
  /** `fresh` (default): results belong to the caller. `reuse`: results are overwritten by the next call. */
  readonly outputs?: 'fresh' | 'reuse';
  /** Called after each compilation. */
  readonly onCompile?: (info: CompileInfo) => void;
}

/** A tree of tensors with a host array in place of each; a tree of unknown depth becomes one of arrays. */
export type HostTree<T> = unknown extends T
  ? T
  : [TensorTree] extends [T]
    ? ArrayTree
    : T extends tf.Tensor
      ? NdArray
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: HostTree<T[K]> }
        : T extends object
          ? { -readonly [K in keyof T]: HostTree<T[K]> }
          : T;

/** A function of trees of tensors, as seen by callers who hold trees of host arrays. */
export type Compiled<F> = F extends (...args: infer A) => infer R
  ? {
      (...args: { [K in keyof A]: HostTree<A[K]> }): Promise<HostTree<R>>;
      /** Number of programs held, one for each set of shapes. */
      readonly programCount: number;
      /** Frees all programs. A call after it throws a LifecycleError. */
      dispose(): void;
    }
  : never;

interface Program {
  readonly match: ArgumentMatcher;
  /** Absent where the function runs eagerly. */
  readonly executable: Executable | undefined;
  readonly memory: ResultMemory;
  readonly build: TreeBuilder;
  /** Results of the last call, where they are reused. */
  reused: NdArray[] | undefined;
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Stands for a program without results, which no engine takes. */
const nothingToRun: Executable = { run: () => Promise.resolve(), dispose: () => undefined };

function describeArguments(args: readonly unknown[]): string {
  return treeLeaves<NdArray>(args)
    .map((leaf) => `${leaf.dtype}[${leaf.shape.join(',')}]`)
    .join(' ');
}

/** Places, among all leaves, of the leaves of the arguments at these positions. */
function leafPlaces(args: readonly unknown[], positions: readonly number[]): number[] {
  let next = 0;
  return args.flatMap((arg, position) => {
    const places = treeLeaves(arg).map(() => next++);
    return positions.includes(position) ? places : [];
  });
}

function checkLeaves(name: string, leaves: readonly NdArray[]): void {
  for (const leaf of leaves) {
    const type = arrayTypes[leaf?.dtype];
    if (!type || !Array.isArray(leaf.shape) || typeof leaf.data === 'function') {
      const kind = leaf === null ? 'null' : typeof (leaf as Partial<NdArray>)?.data === 'function' ? 'a tensor' : typeof leaf;
      throw new ShapeError(`${name}: every argument must be a tree of arrays with dtype, shape and data, got ${kind}`);
    }
    if (!leaf.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
      throw new ShapeError(`${name}: extents must be whole numbers from 0, got shape [${leaf.shape.join(', ')}]`);
    }
    if (!(leaf.data instanceof type)) {
      const kind = (leaf.data as object | undefined)?.constructor?.name ?? typeof leaf.data;
      throw new ShapeError(`${name}: an array of ${leaf.dtype} must hold a ${type.name}, got ${kind}`);
    }
    if (leaf.data.length !== sizeOf(leaf.shape)) {
      throw new ShapeError(
        `${name}: an array of shape [${leaf.shape.join(', ')}] must have ${sizeOf(leaf.shape)} elements, got ${leaf.data.length}`,
      );
    }
  }
}

/**
 * Compiles `fn`.
 * @param fn pure function: trees of tensors in, a tree of tensors out; all randomness enters as arguments
 * @returns an asynchronous function of the same trees with host arrays at the leaves
 * @throws (on call) UnsupportedError for an op that cannot be compiled; ShapeError on malformed arrays;
 * LifecycleError after `dispose` and on a donated array.
 * @example
 * const double = jit((x: tf.Tensor) => x.mul(2));
 * (await double(float32([2], [1, 2]))).data; // Float32Array [2, 4]
 */
export function jit<F extends (...args: never[]) => unknown>(fn: F, options: JitOptions = {}): Compiled<F> {
  const { donate = [], outputs: outputMode = 'fresh', onCompile } = options;
  if (typeof fn !== 'function') throw new OptionError(`jit: fn must be a function, got ${fn === null ? 'null' : typeof fn}`);
  checkOneOf('jit', 'outputs', outputMode, ['fresh', 'reuse']);
  const name = options.name ?? (fn.name === '' ? 'anonymous function' : fn.name);
  if (outputMode === 'reuse' && donate.length > 0) {
    throw new OptionError(`jit: outputs 'reuse' and donate exclude each other (in ${name})`);
  }
  for (const position of donate) checkInteger('jit', 'donate', position, { min: 0 });
  let programs: Program[] = [];
  /** Programs on their way, so that overlapping first calls share one. */
  let pending: { readonly match: ArgumentMatcher; readonly program: Promise<Program> }[] = [];
  let generation = engineGeneration();
  let disposed = false;

  const freePrograms = (): void => {
    for (const program of programs) program.executable?.dispose();
    programs = [];
  };

  const loadProgram = async (engine: Engine, bytes: Uint8Array, signature: Parameters<Engine['load']>[1]): Promise<Executable> => {
    try {
      return await engine.load(bytes, signature);
    } catch (error) {
      throw new UnsupportedError(`${name}: ${engine.name} refuses the program: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };

  const load = async (args: readonly unknown[], match: ArgumentMatcher): Promise<Program> => {
    const startedFor = engineGeneration();
    const engine = await currentEngine();
    const inputSpecs = treeLeaves<NdArray>(args).map(({ dtype, shape }) => ({ dtype, shape }));
    const donatedInputs = leafPlaces(args, donate);
    if (!engine) {
      return {
        match,
        executable: undefined,
        memory: new ResultMemory([], inputSpecs, donatedInputs),
        build: () => undefined,
        reused: undefined,
      };
    }
    await backendSettled();
    const { graph, inputNames, outputNames, output } = trace(name, fn, args);
    const executable = outputNames.length === 0 ? nothingToRun : await loadProgram(engine, encodeModel(graph), { inputNames, outputNames });
    if (disposed || startedFor !== engineGeneration()) {
      executable.dispose();
      if (disposed) throw new LifecycleError(`${name}: disposed while it was compiled`);
      return load(args, match);
    }
    const outputSpecs = graph.outputs.map(({ type, shape }) => ({ dtype: type as ArraySpec['dtype'], shape }));
    const memory = new ResultMemory(outputSpecs, inputSpecs, donatedInputs);
    const program: Program = { match, executable, memory, build: createTreeBuilder(output), reused: undefined };
    programs.unshift(program);
    onCompile?.({ name, nodeCount: graph.nodes.length, programCount: programs.length });
    return program;
  };

  const compile = async (args: readonly unknown[]): Promise<Program> => {
    checkLeaves(name, treeLeaves<NdArray>(args));
    const known = pending.find((candidate) => candidate.match(args));
    if (known) return known.program;
    const match = createArgumentMatcher(args);
    const entry = { match, program: load(args, match) };
    pending.push(entry);
    try {
      return await entry.program;
    } finally {
      pending = pending.filter((other) => other !== entry);
    }
  };

  const call = async (...args: unknown[]): Promise<unknown> => {
    if (disposed) throw new LifecycleError(`${name}: called after dispose`);
    if (generation !== engineGeneration()) {
      freePrograms();
      generation = engineGeneration();
    }
    let leaves: NdArray[] | undefined;
    let program: Program | undefined;
    for (const candidate of programs) {
      leaves = candidate.match(args);
      if (leaves) {
        program = candidate;
        break;
      }
    }
    program ??= await compile(args);
    leaves ??= program.match(args)!;
    for (const leaf of leaves) {
      if (wasDonated(leaf)) throw new LifecycleError(`${name}: an argument was donated to an earlier call and must not be used again`);
    }
    const { executable, memory, build } = program;
    memory.mark(leaves);
    if (!executable) return runEagerly(name, fn, args);
    const results = program.reused ?? memory.take();
    if (outputMode === 'reuse') program.reused = results;
    try {
      await executable.run(leaves, results);
    } catch (error) {
      memory.unmark(leaves);
      throw new ShapeError(
        `${name}: the program failed on ${describeArguments(args)}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    memory.keep(leaves);
    return build(results);
  };

  Object.defineProperty(call, 'programCount', { get: () => programs.length });
  return Object.assign(call, {
    dispose(): void {
      disposed = true;
      freePrograms();
    },
  }) as unknown as Compiled<F>;
}
