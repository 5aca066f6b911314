/** The environments by name, for configurations and command lines. */
import { OptionError } from '@mbrl/core';
import { type CartPoleOptions, type ContinuousCartPoleOptions, createCartPole, createContinuousCartPole } from './cart-pole.js';
import type { ClassicEnvironment } from './classic-environment.js';
import { nearestNames } from './nearest-names.js';
import { createPendulum, type PendulumOptions } from './pendulum.js';
import { createPetsCartPole } from './pets-cart-pole.js';
import { type CartPoleSwingUpOptions, createCartPoleSwingUp } from './swing-up.js';

/** The options of every environment, by its name. */
export interface EnvironmentOptions {
  readonly 'CartPole-v1': CartPoleOptions;
  readonly 'ContinuousCartPole-v0': ContinuousCartPoleOptions;
  readonly 'CartPoleSwingUp-v0': CartPoleSwingUpOptions;
  readonly 'PetsCartPole-v0': CartPoleSwingUpOptions;
  readonly 'Pendulum-v1': PendulumOptions;
}

/** Names in the registry. */
export type EnvironmentName = keyof EnvironmentOptions;

interface Entry<Options> {
  readonly create: (options: Options) => ClassicEnvironment;
  /** Every key of the options, once: a key that is forgotten here does not compile. */
  readonly keys: { readonly [Key in keyof Required<Options>]: true };
}

const cartPoleKeys = { maxSteps: true, seed: true } as const;
const swingUpKeys = {
  cartMass: true,
  poleMass: true,
  poleLength: true,
  pole: true,
  gravity: true,
  cartFriction: true,
  poleFriction: true,
  actionLimit: true,
  forceGain: true,
  railLimit: true,
  timeStep: true,
  integrationSteps: true,
  angle: true,
  startDeviation: true,
  actionCost: true,
  maxSteps: true,
  seed: true,
} as const;

const entries: { readonly [Name in EnvironmentName]: Entry<EnvironmentOptions[Name]> } = {
  'CartPole-v1': { create: createCartPole, keys: cartPoleKeys },
  'ContinuousCartPole-v0': { create: createContinuousCartPole, keys: { ...cartPoleKeys, forceGain: true } },
  'CartPoleSwingUp-v0': { create: createCartPoleSwingUp, keys: swingUpKeys },
  'PetsCartPole-v0': { create: createPetsCartPole, keys: swingUpKeys },
  'Pendulum-v1': { create: createPendulum, keys: { ...cartPoleKeys, gravity: true } },
};

/** Lists the names that {@link createEnvironment} knows. */
export function environmentNames(): EnvironmentName[] {
  return Object.keys(entries) as EnvironmentName[];
}

/**
 * Makes an environment by its name. The options are those of its own factory; a key that it does not have is refused.
 * @throws OptionError on an unknown name, which names the nearest ones; on an unknown key, which names the known ones;
 * and on a value outside of its bounds.
 */
export function createEnvironment<Name extends EnvironmentName>(name: Name, options?: EnvironmentOptions[Name]): ClassicEnvironment;
export function createEnvironment(name: string, options?: { readonly [key: string]: unknown }): ClassicEnvironment;
export function createEnvironment(name: string, options: { readonly [key: string]: unknown } = {}): ClassicEnvironment {
  if (!Object.hasOwn(entries, name)) {
    const near = nearestNames(name, environmentNames()).map((n) => JSON.stringify(n));
    throw new OptionError(`createEnvironment: name must be a registered one, such as ${near.join(', ')}, got ${JSON.stringify(name)}`);
  }
  const { create, keys } = entries[name as EnvironmentName] as Entry<object>;
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(keys, key)) {
      throw new OptionError(
        `createEnvironment: options of ${name} must be among ${Object.keys(keys).join(', ')}, got ${JSON.stringify(key)}`,
      );
    }
  }
  return create(options);
}
