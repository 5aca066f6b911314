/**
 * Which engine programs run on. The first that opens is used, in the order native, WebAssembly, eager; a choice can be
 * made by name. `describeEngines` says what there is and why something is not.
 */
import { checkInteger, checkOneOf, UnsupportedError } from '@mbrl/core';
import type { Engine, EngineName } from './engine.js';
import { tf } from './tensorflow.js';

/** Engines in the order of preference. */
export const ENGINE_NAMES: readonly EngineName[] = ['onnxruntime-node', 'onnxruntime-web', 'eager'];

/** How programs are to be run. */
export interface EngineChoice {
  /** Which engine; `auto` takes the first that is there. Default `auto`. */
  readonly engine?: EngineName | 'auto';
  /** Threads for one program, at least 1. Default: the processor's cores, at most 8. */
  readonly threadCount?: number;
}

/** One engine, for people to read. */
export interface EngineDescription {
  readonly name: EngineName;
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

const isNode = typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === 'string';

function coreCount(): number {
  const cores = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;
  return Math.max(1, Math.min(8, cores ?? 4));
}

let choice: { engine: EngineName | 'auto'; threadCount: number | undefined } = { engine: 'auto', threadCount: undefined };
let opening: Promise<Opened> | undefined;
let generation = 0;

/** Node 20 has no `navigator`; the number of cores comes from the system there. */
async function threadsToUse(): Promise<number> {
  if (choice.threadCount !== undefined) return choice.threadCount;
  if (!isNode) return coreCount();
  const { availableParallelism } = await import('node:os');
  return Math.max(1, Math.min(8, availableParallelism()));
}

async function openByName(name: EngineName): Promise<Opened> {
  if (name === 'eager') return undefined;
  const threads = await threadsToUse();
  if (name === 'onnxruntime-node') {
    if (!isNode) throw new UnsupportedError('onnxruntime-node runs in Node only');
    return (await import('#engine-native')).openEngine(threads);
  }
  return (await import('#engine-web')).openEngine(threads);
}

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!;
};

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
 * @throws OptionError on an unknown engine or a thread count below 1.
 */
export function configureEngine({ engine = 'auto', threadCount }: EngineChoice): void {
  checkOneOf('configureEngine', 'engine', engine, [...ENGINE_NAMES, 'auto']);
  if (threadCount !== undefined) checkInteger('configureEngine', 'threadCount', threadCount, { min: 1 });
  choice = { engine, threadCount };
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

/** Lists the engines: which are there, which is in use, and why another is not available. */
export async function describeEngines(): Promise<EngineDescription[]> {
  await tf.ready();
  const current = (await currentEngine())?.name ?? 'eager';
  const descriptions: EngineDescription[] = [];
  for (const name of ENGINE_NAMES) {
    const inUse = name === current;
    if (name === 'eager') {
      const note = `TensorFlow.js op by op on its ${tf.getBackend()} backend`;
      descriptions.push({ name, available: true, inUse, version: tf.version['tfjs'] ?? 'unknown', threadCount: 1, note });
      continue;
    }
    try {
      const engine = (await openByName(name))!;
      const note = name === 'onnxruntime-web' && isNode ? 'WebAssembly; used in browsers, and in Node when chosen by name' : 'compiled programs';
      descriptions.push({ name, available: true, inUse, version: engine.version, threadCount: engine.threadCount, note });
    } catch (error) {
      descriptions.push({ name, available: false, inUse, note: reasonOf(error) });
    }
  }
  return descriptions;
}
