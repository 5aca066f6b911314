/** The environments by name, for configurations and command lines. */
import { type Environment, OptionError } from '@mbrl/core';
import type { Catalogue, CatalogueEntry } from './catalogue.js';
import { classicCatalogue, type ClassicOptions } from './classic/catalogue.js';
import type { ClassicEnvironment } from './classic/classic-environment.js';
import { mujocoCatalogue, type MujocoOptions } from './mujoco/catalogue.js';
import type { MujocoEnvironment } from './mujoco/mujoco-task.js';
import { nearestNames } from './nearest-names.js';
import { tabularCatalogue, type TabularOptions } from './tabular/catalogue.js';
import type { TabularEnvironment } from './tabular/tabular-environment.js';

/** The options of every environment, by its name. */
export interface EnvironmentOptions extends ClassicOptions, MujocoOptions, TabularOptions {}

/** Names in the registry. */
export type EnvironmentName = keyof EnvironmentOptions;

const catalogue: Catalogue<EnvironmentOptions> = { ...classicCatalogue, ...mujocoCatalogue, ...tabularCatalogue };

/** Lists the names that {@link createEnvironment} knows. */
export function environmentNames(): EnvironmentName[] {
  return Object.keys(catalogue) as EnvironmentName[];
}

/** What {@link describeEnvironment} tells. */
export interface EnvironmentDescription {
  readonly name: string;
  /** The reward of a step: its range, or what it is. */
  readonly reward: string;
  /** The package or paper whose task it is. */
  readonly source: string;
  /** Whether something must be loaded before it can be made: use {@link loadEnvironment}. */
  readonly needsLoading: boolean;
}

/** Says where an environment is from and what it rewards. @throws OptionError on an unknown name. */
export function describeEnvironment(name: string): EnvironmentDescription {
  const { reward, source, load } = findEntry('describeEnvironment', name);
  return { name, reward, source, needsLoading: load !== undefined };
}

function findEntry(caller: string, name: string): CatalogueEntry<object> {
  if (!Object.hasOwn(catalogue, name)) {
    const near = nearestNames(name, environmentNames()).map((n) => JSON.stringify(n));
    throw new OptionError(`${caller}: name must be a registered one, such as ${near.join(', ')}, got ${JSON.stringify(name)}`);
  }
  return catalogue[name as EnvironmentName] as CatalogueEntry<object>;
}

/** What {@link createEnvironment} gives for a name. */
export type EnvironmentOf<Name extends string> = Name extends keyof ClassicOptions
  ? ClassicEnvironment
  : Name extends keyof TabularOptions
    ? TabularEnvironment
    : Name extends keyof MujocoOptions
      ? MujocoEnvironment
      : Environment;

/**
 * Makes an environment by its name. The options are those of its own factory; a key that it does not have is refused.
 * Tasks that run on MuJoCo need `await loadMujoco()` once before; {@link loadEnvironment} does both.
 * @throws OptionError on an unknown name, which names the nearest ones; on an unknown key, which names the known ones;
 * and on a value outside of its bounds. LifecycleError on a task whose physics is not loaded.
 */
export function createEnvironment<Name extends EnvironmentName>(name: Name, options?: EnvironmentOptions[Name]): EnvironmentOf<Name>;
export function createEnvironment(name: string, options?: { readonly [key: string]: unknown }): Environment;
export function createEnvironment(name: string, options: { readonly [key: string]: unknown } = {}): Environment {
  return make('createEnvironment', name, options);
}

/**
 * Loads what an environment runs on, and makes it as {@link createEnvironment} does; for programs that do not care
 * which kind it is.
 * @throws as `createEnvironment` does.
 */
export async function loadEnvironment<Name extends EnvironmentName>(
  name: Name,
  options?: EnvironmentOptions[Name],
): Promise<EnvironmentOf<Name>>;
export async function loadEnvironment(name: string, options?: { readonly [key: string]: unknown }): Promise<Environment>;
export async function loadEnvironment(name: string, options: { readonly [key: string]: unknown } = {}): Promise<Environment> {
  await findEntry('loadEnvironment', name).load?.();
  return make('loadEnvironment', name, options);
}

function make(caller: string, name: string, options: { readonly [key: string]: unknown }): Environment {
  const { create, keys } = findEntry(caller, name);
  if (typeof options !== 'object' || options === null)
    throw new OptionError(`${caller}: options must be an object, got ${JSON.stringify(options)}`);
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(keys, key)) {
      throw new OptionError(`${caller}: options of ${name} must be among ${Object.keys(keys).join(', ')}, got ${JSON.stringify(key)}`);
    }
  }
  return create(options);
}
