/** How another thread makes an environment of its own: by a name in the registry, or by a module that exports a factory. */
import { type Environment, OptionError } from '@mbrl/core';
import type { EnvironmentName, EnvironmentOptions } from '../registry.js';

/** An environment by its name in the registry, with its options; they must be data that can be copied. */
export interface NamedEnvironment<Name extends EnvironmentName = EnvironmentName> {
  readonly name: Name;
  readonly options?: EnvironmentOptions[Name];
}

/** An environment by the URL of a module, such as `new URL('./my-task.js', import.meta.url).href`. */
export interface EnvironmentModule {
  readonly module: string;
  /** Name of the exported factory, which may be asynchronous. Default `createEnvironment`. */
  readonly export?: string;
  /** What the factory is called with; data that can be copied. */
  readonly options?: unknown;
}

/** Either way to say which environment a worker makes. */
export type EnvironmentSource = NamedEnvironment | EnvironmentModule;

/**
 * Makes the environment that a source stands for.
 * @throws OptionError when the module cannot be loaded or has no such factory; as `loadEnvironment` does for a name.
 */
export async function makeEnvironment(source: EnvironmentSource): Promise<Environment> {
  if ('name' in source) {
    const { loadEnvironment } = await import('../registry.js');
    return loadEnvironment(source.name, source.options as { readonly [key: string]: unknown } | undefined);
  }
  const { module, export: name = 'createEnvironment', options } = source;
  let exported: { readonly [name: string]: unknown };
  try {
    exported = (await import(/* @vite-ignore */ /* webpackIgnore: true */ module)) as { readonly [name: string]: unknown };
  } catch (cause) {
    throw new OptionError(`makeEnvironment: module must be one that can be loaded, got ${module}: ${String(cause)}`, { cause });
  }
  const factory = exported[name];
  if (typeof factory !== 'function')
    throw new OptionError(`makeEnvironment: ${module} must export the function ${name}, got ${typeof factory}`);
  return (await (factory as (options: unknown) => Environment | Promise<Environment>)(options)) as Environment;
}
