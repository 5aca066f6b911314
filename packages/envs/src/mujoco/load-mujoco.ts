/**
 * Loading of the physics: the official WebAssembly build of MuJoCo 3.14, one module for a thread (a worker loads its
 * own). The module is asked to print nothing and to write no log.
 */
import { LifecycleError, UnsupportedError } from '@mbrl/core';
import type { MainModule } from '@mujoco/mujoco';

/** Where the WebAssembly file comes from. */
export interface LoadMujocoOptions {
  /**
   * Address of `mujoco.wasm`. Default: beside the module of `@mujoco/mujoco`, by `new URL('mujoco.wasm',
   * import.meta.url)`, which Node resolves and bundlers rewrite.
   */
  readonly wasmUrl?: string | { readonly href: string };
  /** The file's bytes, where the program has them already. */
  readonly wasmBinary?: ArrayBuffer | Uint8Array;
}

let loading: Promise<void> | undefined;
let loaded: MainModule | undefined;

async function load({ wasmUrl, wasmBinary }: LoadMujocoOptions): Promise<void> {
  const silent = (): void => undefined;
  const address = typeof wasmUrl === 'object' ? wasmUrl.href : wasmUrl;
  try {
    const { default: create } = await import('@mujoco/mujoco');
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
    loaded = module;
  } catch (cause) {
    loading = undefined;
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

/** The text of whatever was thrown, on one line. */
export function describeCause(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}
