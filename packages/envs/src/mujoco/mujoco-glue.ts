/**
 * The import of MuJoCo's JavaScript half, the module `@mujoco/mujoco`. Bundlers must not follow it: it imports Node's
 * `module`, in Node only, which a bundler for browsers cannot resolve, and it belongs to the programs alone that use MuJoCo.
 * So Node imports it by its name, and a browser by its address.
 */
import { UnsupportedError } from '@mbrl/core';
import type { MainModule } from '@mujoco/mujoco';
import { describeCause } from './describe-cause.js';

/** Makes a module of physics; the default export of `@mujoco/mujoco`. */
export type CreateMujoco = (settings: object) => Promise<MainModule>;

interface Runtime {
  readonly process?: { readonly versions?: { readonly node?: string }; readonly type?: string };
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string };
}

declare const URL: new (path: string, base: string) => { readonly href: string };

/** Where the module is: `moduleUrl`, or by its name in Node, or the file `mujoco.js` beside this code in a browser. */
function addressOf(moduleUrl: string | undefined): string {
  const { process, document, location } = globalThis as Runtime;
  const page = document?.baseURI ?? location?.href;
  const isNode = process?.versions?.node !== undefined && process.type !== 'renderer';
  if (moduleUrl !== undefined) return page === undefined || isNode ? moduleUrl : new URL(moduleUrl, page).href;
  if (isNode) return '@mujoco/mujoco';
  // In parts, for bundlers take the whole expression for a file of this package. A bundle of another kind has no address.
  const { url } = import.meta as unknown as { readonly url?: string };
  const base = url ?? page;
  if (base === undefined) throw new UnsupportedError('loadMujoco: moduleUrl must be given in this runtime');
  return new URL('mujoco.js', base).href;
}

/** Imports it. @throws UnsupportedError, with the address, where there is no such module. */
export async function importMujoco(moduleUrl: string | undefined): Promise<CreateMujoco> {
  const address = addressOf(moduleUrl);
  try {
    const { default: create } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ address)) as { readonly default?: unknown };
    if (typeof create === 'function') return create as CreateMujoco;
  } catch (cause) {
    throw new UnsupportedError(`loadMujoco: mujoco.js must load from ${address}, got ${describeCause(cause)}`, { cause });
  }
  throw new UnsupportedError(`loadMujoco: ${address} must be the module mujoco.js, got one without a function as its default export`);
}
