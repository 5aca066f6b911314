/**
 * Which engine programs run on. The first that opens is used, in the order native, WebAssembly, eager; a choice can be
 * made by name. `describeEngines` says what there is and why something is not.
 */
import { checkInteger, checkOneOf, UnsupportedError } from '@mbrl/core';
import type { Engine, EngineName, EngineSettings } from './engine.js';
import { tf } from './tensorflow.js';

/** Engines in the order of preference. */
export const ENGINE_NAMES: readonly EngineName[] = ['onnxruntime-node', 'onnxruntime-web', 'eager'];

/** How programs are to be run. */
export interface EngineChoice {
  /** Which engine; `auto` takes the first that is there. Default `auto`. */
  readonly engine?: EngineName | 'auto';
  /** Threads for one program, at least 1. Default: the processor's cores, at most 8. */
  readonly threadCount?: number;
  /**
   * For pages: address of the folder that serves `ort-wasm-simd-threaded.mjs` and `.wasm` of onnxruntime-web. Without it
   * the `.wasm` file is looked for beside the page's script, and programs run on one thread.
   */
  readonly wasmPath?: string;
}

/** One engine, for people to read. */
export interface EngineDescription {
  /** An engine; or `tfjs-node`, the native TensorFlow on which `eager` is fastest where an app has loaded it. */
  readonly name: EngineName | 'tfjs-node';
  readonly available: boolean;
  /** Whether programs run on it now. */
  readonly inUse: boolean;
  readonly version?: string;
  readonly threadCount?: number;
  /** Why it is not available, or what it runs on. */
  readonly note: string;
}

/** `undefined` stands for eager, which loads no program. */
type Opened = Engine | undefined;

type NodeProcess = { versions?: { node?: string }; getBuiltinModule?(name: 'node:os'): { availableParallelism(): number } };

const { process, navigator } = globalThis as { process?: NodeProcess; navigator?: { hardwareConcurrency?: number } };

const isNode = typeof process?.versions?.node === 'string';

interface Choice {
  readonly engine: EngineName | 'auto';
  readonly threadCount: number | undefined;
  readonly wasmPath: string | undefined;
}

let choice: Choice = { engine: 'auto', threadCount: undefined, wasmPath: undefined };
let opening: Promise<Opened> | undefined;
let generation = 0;

/** Node 20 has no `navigator`; the number of cores comes from the system there, without an import that bundlers see. */
function coreCount(): number {
  const cores = process?.getBuiltinModule?.('node:os').availableParallelism() ?? navigator?.hardwareConcurrency ?? 4;
  return Math.max(1, Math.min(8, cores));
}

async function openByName(name: EngineName): Promise<Opened> {
  if (name === 'eager') return undefined;
  const settings: EngineSettings = { threadCount: choice.threadCount ?? coreCount(), wasmPath: choice.wasmPath };
  if (name === 'onnxruntime-node') {
    if (!isNode) throw new UnsupportedError('onnxruntime-node runs in Node only');
    return (await import('#engine-native')).openEngine(settings);
  }
  return (await import('#engine-web')).openEngine(settings);
}

/** Why something did not load, in one line for people: a missing package by its name, else the error's first line. */
function reasonOf(error: unknown): string {
  const { message, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error), code: undefined };
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined && (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')) return `${missing} is not installed`;
  return message.split('\n')[0]!;
}

async function openChosen(): Promise<Opened> {
  if (choice.engine !== 'auto') {
    try {
      return await openByName(choice.engine);
    } catch (error) {
      throw new UnsupportedError(`engine ${choice.engine} is not available: ${reasonOf(error)}`, { cause: error });
    }
  }
  for (const name of ENGINE_NAMES) {
    // In Node the WebAssembly build is only for those who ask for it: eager on the native TensorFlow is faster.
    if (name === 'onnxruntime-web' && isNode) continue;
    try {
      return await openByName(name);
    } catch {
      continue;
    }
  }
  return undefined;
}

/**
 * Chooses the engine for all programs compiled from now on; those compiled before are compiled anew at their next call.
 * `eager` runs on the backend that TensorFlow.js has then, so an app that loads `@tensorflow/tfjs-node` runs on that.
 * @throws OptionError on an unknown engine or a thread count below 1.
 */
export function configureEngine({ engine = 'auto', threadCount, wasmPath }: EngineChoice): void {
  checkOneOf('configureEngine', 'engine', engine, [...ENGINE_NAMES, 'auto']);
  if (threadCount !== undefined) checkInteger('configureEngine', 'threadCount', threadCount, { min: 1 });
  choice = { engine, threadCount, wasmPath };
  opening = undefined;
  generation++;
}

/** Counts the changes of engine, so that programs know when they are stale. */
export function engineGeneration(): number {
  return generation;
}

/** The engine in use; undefined stands for eager. @throws UnsupportedError when the one chosen by name is not there. */
export function currentEngine(): Promise<Opened> {
  opening ??= openChosen();
  return opening;
}

async function describeEngine(name: EngineName, current: EngineName): Promise<EngineDescription> {
  const inUse = name === current;
  if (name === 'eager') {
    const note = `TensorFlow.js op by op on its ${tf.getBackend()} backend`;
    return { name, available: true, inUse, version: tf.version['tfjs'] ?? 'unknown', threadCount: 1, note };
  }
  try {
    const { version, threadCount } = (await openByName(name))!;
    const note =
      name === 'onnxruntime-web' && isNode ? 'WebAssembly; used in browsers, and in Node when chosen by name' : 'compiled programs';
    return { name, available: true, inUse, version, threadCount, note };
  } catch (error) {
    return { name, available: false, inUse, note: reasonOf(error) };
  }
}

/** Tries to load the native TensorFlow; the backend in use stays the one it was. */
async function describeNativeTensorflow(current: EngineName): Promise<EngineDescription> {
  const name = 'tfjs-node';
  const before = tf.getBackend();
  try {
    const { version } = await (await import('#tfjs-node')).loadNativeTensorflow();
    return {
      name,
      available: true,
      inUse: current === 'eager' && before === 'tensorflow',
      version,
      note: 'native TensorFlow, for the eager engine',
    };
  } catch (error) {
    return { name, available: false, inUse: false, note: reasonOf(error) };
  } finally {
    await tf.setBackend(before);
  }
}

/** Lists the engines: which are there, which is in use, and why another is not available. */
export async function describeEngines(): Promise<EngineDescription[]> {
  await tf.ready();
  const current = (await currentEngine())?.name ?? 'eager';
  const descriptions: EngineDescription[] = [];
  for (const name of ENGINE_NAMES) descriptions.push(await describeEngine(name, current));
  descriptions.push(await describeNativeTensorflow(current));
  return descriptions;
}
