/**
 * Loading of the physics: the official WebAssembly build of MuJoCo 3.14, one module for a thread (a worker loads its
 * own). The module is asked to print nothing and to write no log.
 */
import { LifecycleError, UnsupportedError } from '@mbrl/core';
import type { MainModule } from '@mujoco/mujoco';
import { describeCause } from './describe-cause.js';
import { importMujoco } from './mujoco-glue.js';
import { noteStack } from './wasm-stack.js';

/** Where the two files of `@mujoco/mujoco` come from, `mujoco.js` and `mujoco.wasm`. */
export interface LoadMujocoOptions {
  /**
   * Address of `mujoco.js`, relative to the page. Default: in Node the installed package; in a browser the file of that
   * name beside this code, which for a program in one bundle is beside the bundle.
   */
  readonly moduleUrl?: string | { readonly href: string };
  /** Address of `mujoco.wasm`. Default: beside `mujoco.js`. */
  readonly wasmUrl?: string | { readonly href: string };
  /** The file's bytes, where the program has them already. */
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
}

let loading: Promise<void> | undefined;
let loaded: MainModule | undefined;
let giveBackStack = (): void => {};

async function load({ moduleUrl, wasmUrl, wasmBinary }: LoadMujocoOptions): Promise<void> {
  const silent = (): void => undefined;
  const address = typeof wasmUrl === 'object' ? wasmUrl.href : wasmUrl;
  try {
    const create = await importMujoco(typeof moduleUrl === 'object' ? moduleUrl.href : moduleUrl);
    const module = await create({
      print: silent,
      printErr: silent,
      ...(address === undefined ? {} : { locateFile: () => address }),
      ...(wasmBinary === undefined ? {} : { wasmBinary }),
    });
    const log = module.mju_getLogConfig();
    log.logto_console = false;
    log.logto_file = false;
    module.mju_setLogConfig(log);
    log.delete();
    giveBackStack = noteStack(module);
    loaded = module;
  } catch (cause) {
    loading = undefined;
    if (cause instanceof UnsupportedError) throw cause;
    throw new UnsupportedError(
      `loadMujoco: the WebAssembly of @mujoco/mujoco must load${address === undefined ? '' : ` from ${address}`}, got ${describeCause(cause)}`,
      { cause },
    );
  }
}

/**
 * Loads MuJoCo, once for a thread; a call after the first waits for the same load, whatever its options, and one after
 * a failed load tries again.
 * @throws UnsupportedError (as a rejection) where the WebAssembly cannot be fetched or started.
 */
export function loadMujoco(options: LoadMujocoOptions = {}): Promise<void> {
  loading ??= load(options);
  return loading;
}

/** The module. @throws LifecycleError before it is loaded. */
export function mujocoModule(caller: string): MainModule {
  if (loaded === undefined) throw new LifecycleError(`${caller}: await loadMujoco() must have been called before`);
  return loaded;
}

/** Frees what an error that MuJoCo threw in the middle of a computation left on its stack; to be called after each such. */
export function clearStack(): void {
  giveBackStack();
}
